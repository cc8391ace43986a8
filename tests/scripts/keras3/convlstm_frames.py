"""A dot moves over small frames; ConvLSTM2D says where it is next."""

import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(0)
frames = np.zeros((40, 7, 12, 12, 1), "float32")
for film in frames:
    i, j = rng.integers(2, 5, 2)
    di, dj = rng.choice([0, 1], 2)
    for t in range(7):
        film[t, i + di * t - 1:i + di * t + 1, j + dj * t - 1:j + dj * t + 1] = 1.0
x, y = frames[:, :-1], frames[:, 1:]
inp = layers.Input(shape=(None, 12, 12, 1))
h = layers.ConvLSTM2D(filters=8, kernel_size=(3, 3), padding="same", return_sequences=True, activation="relu")(inp)
h = layers.BatchNormalization()(h)
h = layers.ConvLSTM2D(filters=8, kernel_size=(1, 1), padding="same", return_sequences=True, activation="relu")(h)
h = layers.Conv3D(filters=1, kernel_size=(3, 3, 3), activation="sigmoid", padding="same")(h)
model = keras.models.Model(inp, h)
model.compile(loss=keras.losses.binary_crossentropy, optimizer=keras.optimizers.Adam())
history = model.fit(x, y, batch_size=5, epochs=2, validation_split=0.1)
print(model.predict(x[:1], verbose=0).shape, history.history.keys())
