"""Pictures out of noise: sines of the noise's strength, a small U of convolutions, its slow twin, pictures by callback."""

import math

import numpy as np
import matplotlib.pyplot as plt
import tensorflow as tf
import keras
from keras import layers, ops

size, width = 8, 16
(x, _), _ = keras.datasets.fashion_mnist.load_data()
x = tf.data.Dataset.from_tensor_slices(x[:128, ::3, ::3][:, 1:9, 1:9, None].astype("float32") / 255).shuffle(128).batch(32)


@keras.saving.register_keras_serializable()
def waves(noise):
    rates = ops.exp(ops.linspace(ops.log(1.0), ops.log(100.0), 4))
    angles = ops.cast(2.0 * math.pi * rates, "float32") * noise
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=3)


def network():
    noisy, strength = keras.Input((size, size, 1)), keras.Input((1, 1, 1))
    told = layers.UpSampling2D(size)(layers.Lambda(waves, output_shape=(1, 1, 8))(strength))
    a = layers.Conv2D(width, 3, padding="same", activation="swish")(layers.Concatenate()([layers.Conv2D(8, 1)(noisy), told]))
    b = layers.Conv2D(width, 3, padding="same", activation="swish")(layers.AveragePooling2D(2)(a))
    b = layers.UpSampling2D(2, interpolation="bilinear")(layers.BatchNormalization(center=False, scale=False)(b))
    return keras.Model([noisy, strength], layers.Conv2D(1, 1, kernel_initializer="zeros")(layers.Concatenate()([a, b])))


class Diffusion(keras.Model):
    def __init__(self):
        super().__init__()
        self.normalizer = layers.Normalization()
        self.network = network()
        self.slow = keras.models.clone_model(self.network)

    def compile(self, **kwargs):
        super().compile(**kwargs)
        self.noise_loss = keras.metrics.Mean(name="n_loss")

    @property
    def metrics(self):
        return [self.noise_loss]

    def rates(self, times):
        start, end = ops.cast(ops.arccos(0.95), "float32"), ops.cast(ops.arccos(0.02), "float32")
        angles = start + times * (end - start)
        return ops.sin(angles), ops.cos(angles)

    def noisy(self, images):
        n = ops.shape(images)[0]
        noises = keras.random.normal((n, size, size, 1))
        noise, signal = self.rates(keras.random.uniform((n, 1, 1, 1)))
        return noises, noise, signal * images + noise * noises

    def train_step(self, images):
        noises, noise, mixed = self.noisy(self.normalizer(images, training=True))
        with tf.GradientTape() as tape:
            loss = self.loss(noises, self.network([mixed, noise**2], training=True))
        weights = self.network.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.noise_loss.update_state(loss)
        for fast, slow in zip(self.network.weights, self.slow.weights):
            slow.assign(0.99 * slow + 0.01 * fast)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, images):
        noises, noise, mixed = self.noisy(self.normalizer(images, training=False))
        self.noise_loss.update_state(self.loss(noises, self.slow([mixed, noise**2], training=False)))
        return {m.name: m.result() for m in self.metrics}

    def draw(self, epoch=None, logs=None, steps=3):
        images = keras.random.normal((2, size, size, 1))
        for step in range(steps):
            noise, signal = self.rates(ops.ones((2, 1, 1, 1)) - step / steps)
            guessed = self.slow([images, noise**2], training=False)
            clean = (images - noise * guessed) / signal
            noise, signal = self.rates(ops.ones((2, 1, 1, 1)) - (step + 1) / steps)
            images = signal * clean + noise * guessed
        images = ops.clip(self.normalizer.mean + images * self.normalizer.variance**0.5, 0.0, 1.0)
        plt.imshow(images[0])
        plt.axis("off")
        plt.show()
        plt.close()


model = Diffusion()
model.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-4), loss=keras.losses.mean_absolute_error)
model.normalizer.adapt(x)
best = keras.callbacks.ModelCheckpoint("diffusion.weights.h5", save_weights_only=True, monitor="val_n_loss", mode="min",
                                       save_best_only=True)
history = model.fit(x, epochs=2, validation_data=x, verbose=0,
                    callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=model.draw), best])
model.load_weights("diffusion.weights.h5")
print(sorted(history.history), len(model.trainable_weights) > 0)
