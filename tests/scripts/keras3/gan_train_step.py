"""A GAN whose class trains both parts in one train_step, on torch."""

import numpy as np
import torch
import keras
from keras import layers

latent_dim = 8
discriminator = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3, strides=2, padding="same"),
                                  layers.LeakyReLU(negative_slope=0.2), layers.GlobalMaxPooling2D(), layers.Dense(1)],
                                 name="discriminator")
generator = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(7 * 7 * 8), layers.LeakyReLU(negative_slope=0.2),
                              layers.Reshape((7, 7, 8)), layers.Conv2DTranspose(8, 4, strides=2, padding="same"),
                              layers.LeakyReLU(negative_slope=0.2), layers.UpSampling2D(),
                              layers.Conv2D(1, 7, padding="same", activation="sigmoid")], name="generator")


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.latent_dim = latent_dim
        self.seed_generator = keras.random.SeedGenerator(1)
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.built = True

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer = d_optimizer
        self.g_optimizer = g_optimizer
        self.loss_fn = loss_fn

    def train_step(self, real_images):
        if isinstance(real_images, tuple):
            real_images = real_images[0]
        batch_size = real_images.shape[0]
        noise = keras.random.normal(shape=(batch_size, self.latent_dim), seed=self.seed_generator)
        generated = self.generator(noise)
        combined = torch.concat([generated.detach(), torch.as_tensor(real_images, dtype=torch.float32)], axis=0)
        labels = torch.concat([torch.ones((batch_size, 1)), torch.zeros((batch_size, 1))], axis=0)
        self.zero_grad()
        d_loss = self.loss_fn(labels, self.discriminator(combined))
        d_loss.backward()
        grads = [v.value.grad for v in self.discriminator.trainable_weights]
        with torch.no_grad():
            self.d_optimizer.apply(grads, self.discriminator.trainable_weights)
        self.zero_grad()
        noise = keras.random.normal(shape=(batch_size, self.latent_dim), seed=self.seed_generator)
        g_loss = self.loss_fn(torch.zeros((batch_size, 1)), self.discriminator(self.generator(noise)))
        g_loss.backward()
        grads = [v.value.grad for v in self.generator.trainable_weights]
        with torch.no_grad():
            self.g_optimizer.apply(grads, self.generator.trainable_weights)
        self.d_loss_tracker.update_state(d_loss)
        self.g_loss_tracker.update_state(g_loss)
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


(x_train, _), _ = keras.datasets.mnist.load_data()
images = np.reshape(x_train[:512].astype("float32") / 255, (-1, 28, 28, 1))
gan = GAN(discriminator=discriminator, generator=generator, latent_dim=latent_dim)
gan.compile(d_optimizer=keras.optimizers.Adam(learning_rate=0.0003), g_optimizer=keras.optimizers.Adam(learning_rate=0.0003),
            loss_fn=keras.losses.BinaryCrossentropy(from_logits=True))
history = gan.fit(images, epochs=1, batch_size=64)
assert sorted(history.history) == ["d_loss", "g_loss"]
