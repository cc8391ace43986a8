"""Two views of a picture shall lie together, others apart: contrastive learning, then a linear layer on what was found."""
import keras
import numpy as np
from keras import layers, ops


def coder(width=24):
    return keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3, 2, activation="relu"), layers.Conv2D(16, 3, 2, activation="relu"),
                             layers.Flatten(), layers.Dense(width, activation="relu")], name="coder")


class Contrastive(keras.Model):
    def __init__(self, coder, temperature=0.2):
        super().__init__()
        self.coder = coder
        self.views = keras.Sequential([layers.RandomTranslation(0.1, 0.1), layers.RandomRotation(0.05)])
        self.head = keras.Sequential([layers.Dense(24, activation="relu"), layers.Dense(12)], name="head")
        self.temperature = temperature
        self.hit = keras.metrics.SparseCategoricalAccuracy(name="pair_accuracy")

    @property
    def metrics(self):
        return super().metrics + [self.hit]

    def call(self, x, training=False):
        both = [self.head(self.coder(self.views(x, training=training))) for _ in range(2)]
        return ops.stack(both, axis=1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **kwargs):
        a, b = (z / (ops.norm(z, axis=-1, keepdims=True) + 1e-6) for z in (y_pred[:, 0], y_pred[:, 1]))
        alike = ops.matmul(a, ops.transpose(b)) / self.temperature
        labels = ops.arange(ops.shape(alike)[0])
        self.hit.update_state(labels, alike)
        return ops.mean(keras.losses.sparse_categorical_crossentropy(
            ops.concatenate([labels, labels], axis=0), ops.concatenate([alike, ops.transpose(alike)], axis=0), from_logits=True))


(images, labels), _ = keras.datasets.fashion_mnist.load_data()
images, labels = images[:320, ..., None].astype("float32") / 255, labels[:320].astype("int32")
model = Contrastive(coder())
model.compile(optimizer=keras.optimizers.Adam(1e-3))
history = model.fit(images, batch_size=32, epochs=2, verbose=2)
print(sorted(history.history))

model.coder.trainable = False
probe = keras.Sequential([model.coder, layers.Dense(10, activation="softmax")])
probe.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
probe.fit(images[:128], labels[:128], epochs=2, batch_size=32, verbose=2)
print(probe.predict(images[:5], verbose=0).shape, [len(layer.trainable_weights) for layer in probe.layers])
