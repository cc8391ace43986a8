"""Pictures told by entries of a codebook: gradients straight through, a variable, weights of a model without call."""

import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

(x, _), _ = keras.datasets.mnist.load_data()
x = np.expand_dims(x[:300], -1) / 255.0 - 0.5
spread = np.var(x)


class Codebook(layers.Layer):
    def __init__(self, entries, width, beta=0.25, **kwargs):
        super().__init__(**kwargs)
        self.entries, self.width, self.beta = entries, width, beta
        self.table = keras.Variable(keras.random.uniform((width, entries), -0.5, 0.5), name="table")

    def nearest(self, rows):
        distances = ops.sum(rows**2, axis=1, keepdims=True) + ops.sum(self.table**2, axis=0) - 2 * ops.matmul(rows, self.table)
        return ops.argmin(distances, axis=1)

    def call(self, x):
        rows = ops.reshape(x, (-1, self.width))
        chosen = ops.one_hot(self.nearest(rows), self.entries)
        found = ops.reshape(ops.matmul(chosen, ops.transpose(self.table)), ops.shape(x))
        self.add_loss(self.beta * ops.mean((ops.stop_gradient(found) - x) ** 2) + ops.mean((found - ops.stop_gradient(x)) ** 2))
        return x + ops.stop_gradient(found - x)


def coder():
    inputs = keras.Input((28, 28, 1))
    h = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(inputs)
    h = layers.Conv2D(4, 3, strides=2, padding="same")(h)
    h = Codebook(16, 4, name="codebook")(h)
    h = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(h)
    return keras.Model(inputs, layers.Conv2DTranspose(1, 3, strides=2, padding="same")(h))


class Trainer(keras.Model):
    def __init__(self):
        super().__init__()
        self.coder = coder()
        self.total, self.drawn = keras.metrics.Mean(name="total_loss"), keras.metrics.Mean(name="reconstruction_loss")

    @property
    def metrics(self):
        return [self.total, self.drawn]

    def train_step(self, x):
        with tf.GradientTape() as tape:
            error = ops.mean((x - self.coder(x)) ** 2) / spread
            loss = error + sum(self.coder.losses)
        weights = self.coder.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.total.update_state(loss)
        self.drawn.update_state(error)
        return {m.name: m.result() for m in self.metrics}


trainer = Trainer()
trainer.compile(optimizer=keras.optimizers.Adam())
history = trainer.fit(x.astype("float32"), epochs=2, batch_size=64, verbose=0)
trainer.save_weights("coder.weights.h5")
again = Trainer()
again.load_weights("coder.weights.h5")
a, b = (one.coder.predict(x[:2].astype("float32"), verbose=0) for one in (trainer, again))
print(sorted(history.history), np.abs(a - b).max() < 1e-5)
