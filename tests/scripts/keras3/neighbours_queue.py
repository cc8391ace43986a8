"""Two views of a picture are told alike: a queue of features as a variable, two optimizers, zipped streams."""

import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

(x, y), (x_test, y_test) = keras.datasets.cifar10.load_data()
x, x_test = (a[:320].astype("float32") / 255 for a in (x, x_test))
plain = tf.data.Dataset.from_tensor_slices(x[:256]).shuffle(256).batch(32, drop_remainder=True)
known = tf.data.Dataset.from_tensor_slices((x[256:], y[256:320])).batch(8)
tests = tf.data.Dataset.from_tensor_slices((x_test[:64], y_test[:64])).batch(32)


class Brightness(layers.Layer):
    def __init__(self, most):
        super().__init__()
        self.most = most

    def call(self, images):
        factor = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), 1 - self.most, 1 + self.most)
        return ops.clip(factor * images, 0, 1)


class Neighbours(keras.Model):
    def __init__(self, kept=64, width=16):
        super().__init__()
        self.views = keras.Sequential([keras.Input((32, 32, 3)), layers.RandomFlip("horizontal"), Brightness(0.4)])
        self.encoder = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(8, 3, strides=3, activation="relu"),
                                         layers.Flatten(), layers.Dense(width)])
        self.probe = keras.Sequential([keras.Input((width,)), layers.Dense(10)])
        first = keras.utils.normalize(keras.random.normal((kept, self.encoder.output_shape[1])), axis=1, order=2)
        self.queue = keras.Variable(first, trainable=False)
        self.contrast, self.right = keras.metrics.SparseCategoricalAccuracy(), keras.metrics.SparseCategoricalAccuracy()
        self.probe_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compile(self, contrast_optimizer, probe_optimizer, **kwargs):
        super().compile(**kwargs)
        self.contrast_optimizer, self.probe_optimizer = contrast_optimizer, probe_optimizer

    def alike(self, a, b):
        a, b = (keras.utils.normalize(one, axis=1, order=2) for one in (a, b))
        near = ops.take(self.queue, ops.argmax(ops.matmul(a, ops.transpose(self.queue)), axis=1), axis=0)
        scores = ops.matmul(a + ops.stop_gradient(near - a), ops.transpose(b)) / 0.1
        labels = ops.arange(ops.shape(a)[0])
        self.contrast.update_state(labels, scores)
        self.queue.assign(ops.concatenate([ops.stop_gradient(a), self.queue[:-32]], axis=0))
        return ops.mean(keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True))

    def train_step(self, data):
        images, (labelled, labels) = data
        with tf.GradientTape() as tape:
            loss = self.alike(self.encoder(self.views(images)), self.encoder(self.views(images)))
        weights = self.encoder.trainable_weights
        self.contrast_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        features = self.encoder(labelled)
        with tf.GradientTape() as tape:
            logits = self.probe(features)
            probe = self.probe_loss(labels, logits)
        weights = self.probe.trainable_weights
        self.probe_optimizer.apply_gradients(zip(tape.gradient(probe, weights), weights))
        self.right.update_state(labels, logits)
        return {"c_loss": loss, "c_acc": self.contrast.result(), "p_loss": probe, "p_acc": self.right.result()}

    def test_step(self, data):
        images, labels = data
        logits = self.probe(self.encoder(images, training=False), training=False)
        self.right.update_state(labels, logits)
        return {"p_loss": self.probe_loss(labels, logits), "p_acc": self.right.result()}


model = Neighbours()
model.compile(contrast_optimizer=keras.optimizers.Adam(), probe_optimizer=keras.optimizers.Adam())
history = model.fit(tf.data.Dataset.zip((plain, known)), epochs=2, validation_data=tests, verbose=0)
print(sorted(history.history), np.asarray(model.queue).shape)
