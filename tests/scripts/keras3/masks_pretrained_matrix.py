"""An embedding from a matrix, masks through an LSTM, a callback that keeps the best weights, a second training at a lower rate."""

import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(7)
vocab, dim, length = 60, 10, 14
matrix = rng.normal(0, 0.4, (vocab, dim)).astype("float32")
matrix[0] = 0
x = np.zeros((300, length), "int32")
for row in x:
    n = rng.integers(3, length + 1)
    row[:n] = rng.integers(1, vocab, n)
y = (np.array([matrix[row[row > 0], 0].mean() for row in x]) > 0).astype("float32")
inputs = keras.Input(shape=(length,), dtype="int64")
embedded = layers.Embedding(vocab, dim, embeddings_initializer=keras.initializers.Constant(matrix), trainable=False, mask_zero=True)(inputs)
h = layers.LSTM(12)(embedded)
h = layers.Dropout(0.2)(h)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
model.compile(optimizer=keras.optimizers.RMSprop(1e-2), loss="binary_crossentropy", metrics=["accuracy"])
callbacks = [keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True, monitor="val_loss")]
model.fit(x[:240], y[:240], validation_data=(x[240:], y[240:]), epochs=4, batch_size=20, callbacks=callbacks, verbose=2)
best = keras.models.load_model("best.keras")
print(f"Test acc: {best.evaluate(x[240:], y[240:], verbose=0)[1]:.3f}")
best.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
best.fit(x[:240], y[:240], epochs=1, verbose=0)
