"""WGAN with a gradient penalty; the train step is written in torch, as Keras 3 lets one do."""

import numpy as np
import torch
import keras
from keras import layers, ops

latent = 8
critic = keras.Sequential([keras.Input((2,)), layers.Dense(32), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)])
generator = keras.Sequential([keras.Input((latent,)), layers.Dense(32, activation="relu"), layers.Dense(2)])


class WGAN(keras.Model):
    def __init__(self, critic, generator, extra_steps=2, gp_weight=10.0):
        super().__init__()
        self.critic, self.generator = critic, generator
        self.extra_steps, self.gp_weight = extra_steps, gp_weight
        self.built = True

    def compile(self, c_optimizer, g_optimizer):
        super().compile()
        self.c_optimizer, self.g_optimizer = c_optimizer, g_optimizer

    def gradient_penalty(self, real, fake):
        alpha = torch.rand((real.shape[0], 1))
        mixed = (alpha * real + (1 - alpha) * fake.detach()).requires_grad_(True)
        score = self.critic(mixed, training=True)
        grads = torch.autograd.grad(score.sum(), mixed, create_graph=True)[0]
        return ((grads.norm(dim=1) - 1.0) ** 2).mean()

    def train_step(self, data):
        real = data[0] if isinstance(data, tuple) else data
        real = torch.as_tensor(np.asarray(real.detach()) if torch.is_tensor(real) else real, dtype=torch.float32)
        for _ in range(self.extra_steps):
            fake = self.generator(torch.randn((real.shape[0], latent)))
            self.zero_grad()
            cost = self.critic(fake.detach()).mean() - self.critic(real).mean() + self.gp_weight * self.gradient_penalty(real, fake)
            cost.backward()
            grads = [v.value.grad for v in self.critic.trainable_weights]
            with torch.no_grad():
                self.c_optimizer.apply(grads, self.critic.trainable_weights)
        self.zero_grad()
        g_loss = -self.critic(self.generator(torch.randn((real.shape[0], latent)))).mean()
        g_loss.backward()
        grads = [v.value.grad for v in self.generator.trainable_weights]
        with torch.no_grad():
            self.g_optimizer.apply(grads, self.generator.trainable_weights)
        return {"c_loss": cost.detach(), "g_loss": g_loss.detach()}


real = np.random.default_rng(1).normal((2, -1), 0.3, (512, 2)).astype("float32")
gan = WGAN(critic, generator)
gan.compile(c_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9), g_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9))
history = gan.fit(real, batch_size=64, epochs=2)
assert sorted(history.history) == ["c_loss", "g_loss"]
print(ops.convert_to_numpy(generator(np.random.normal(size=(3, latent)).astype("float32"))).shape)
