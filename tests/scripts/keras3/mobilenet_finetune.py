"""MobileNetV2 without its top, frozen, then with its last layers free; weights=None, so that nothing is fetched."""

import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(0)
labels = rng.integers(0, 2, 48)
images = rng.normal(110, 30, (48, 48, 48, 3)).clip(0, 255).astype("float32")
images[labels == 1, 12:36, 12:36, 0] = 220

base_model = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(48, 48, 3), alpha=0.35)
base_model.trainable = False
inputs = keras.Input(shape=(48, 48, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = keras.applications.mobilenet_v2.preprocess_input(x)
x = base_model(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.BinaryAccuracy(threshold=0.5, name="accuracy")])
assert len(model.trainable_variables) == 2
history = model.fit(images, labels, batch_size=16, epochs=1)
base_model.trainable = True
for layer in base_model.layers[:100]:
    layer.trainable = False
model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss=keras.losses.BinaryCrossentropy(),
              metrics=[keras.metrics.BinaryAccuracy(threshold=0.5, name="accuracy")])
print("layers:", len(base_model.layers), "trained:", len(model.trainable_variables))
history_fine = model.fit(images, labels, batch_size=16, epochs=2, initial_epoch=history.epoch[-1] + 1)
print(model.predict(images[:3], verbose=0).shape, history_fine.epoch)
