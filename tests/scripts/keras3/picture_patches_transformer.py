"""Pictures as words: patches cut by keras.ops, their places embedded, a small transformer; normalizer adapted before."""

import numpy as np
import keras
from keras import layers, ops

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, y_train, x_test, y_test = x_train[:400], y_train[:400], x_test[:100], y_test[:100]
side, patch = 24, 6
augment = keras.Sequential([layers.Normalization(), layers.Resizing(side, side), layers.RandomFlip("horizontal")], name="augment")
augment.layers[0].adapt(x_train)


class Patches(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def call(self, images):
        n, height, width, channels = ops.shape(images)
        found = ops.image.extract_patches(images, size=self.size)
        return ops.reshape(found, (n, (height // self.size) * (width // self.size), self.size * self.size * channels))

    def get_config(self):
        return {**super().get_config(), "size": self.size}


class Places(layers.Layer):
    def __init__(self, count, width):
        super().__init__()
        self.count = count
        self.project = layers.Dense(width)
        self.embed = layers.Embedding(count, width)

    def call(self, patches):
        return self.project(patches) + self.embed(ops.expand_dims(ops.arange(0, self.count), 0))

    def get_config(self):  # the width is not kept; only weights are saved
        config = super().get_config()
        config.update({"count": self.count})
        return config


inputs = keras.Input((32, 32, 3))
x = Places((side // patch) ** 2, 16)(Patches(patch)(augment(inputs)))
for _ in range(2):
    a = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([layers.MultiHeadAttention(num_heads=2, key_dim=16, dropout=0.1)(a, a), x])
    a = layers.LayerNormalization(epsilon=1e-6)(x)
    a = layers.Dense(32, activation=keras.activations.gelu)(a)
    x = layers.Add()([layers.Dense(16)(a), x])
x = layers.Dropout(0.3)(layers.Flatten()(x))
model = keras.Model(inputs, layers.Dense(10)(x))
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=1e-3, weight_decay=1e-4),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
                       keras.metrics.SparseTopKCategoricalAccuracy(5, name="top-5-accuracy")])
best = keras.callbacks.ModelCheckpoint("best.weights.h5", monitor="val_accuracy", save_best_only=True, save_weights_only=True)
history = model.fit(x_train, y_train, batch_size=64, epochs=2, validation_split=0.1, callbacks=[best], verbose=2)
model.load_weights("best.weights.h5")
print(sorted(history.history), model.evaluate(x_test, y_test, verbose=0)[1] >= 0)
shown = Patches(patch)(ops.convert_to_tensor(x_test[:1].astype("float32")))
print(shown.shape, np.asarray(ops.convert_to_numpy(shown)).max() <= 255)
