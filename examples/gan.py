"""Two networks against each other: a GAN that learns to write digits, as a `train_step` of one's own.

    python examples/gan.py                    5 minutes on two cores; pictures into gan.png

The generator G makes a picture of 28 x 28 from 64 random numbers z; the discriminator D says whether a picture is real. In turn

    D learns from   -log D(x) - log(1 - D(G(z)))        real digits x are real, drawn ones are not
    G learns from   -log D(G(z))                        drawn ones shall be taken for real

Source: Goodfellow et al., "Generative Adversarial Nets", 2014; Radford et al., "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks", 2015 (transposed convolutions, leaky ReLU, Adam with beta_1 = 0.5).
"""

import argparse

import nabi
from nabi import layers, ops, viz

LATENT = 64


def generator():
    """(64,) -> (28, 28, 1), pixels 0-1."""
    return nabi.Sequential([
        nabi.Input((LATENT,)),
        layers.Dense(7 * 7 * 64, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Reshape((7, 7, 64)),
        layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
    ], name="generator")


def discriminator():
    """(28, 28, 1) -> one logit: above 0 is real."""
    return nabi.Sequential([
        nabi.Input((28, 28, 1)),
        layers.Conv2D(32, 4, strides=2, padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Conv2D(64, 4, strides=2, padding="same"),
        layers.LeakyReLU(negative_slope=0.2),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(1),
    ], name="discriminator")


class GAN(nabi.Model):
    """Both networks, and a step that makes each learn once."""

    def __init__(self):
        super().__init__()
        self.G, self.D = generator(), discriminator()
        self.seed = nabi.random.SeedGenerator(0)

    def compile(self, g_optimizer, d_optimizer):
        super().compile()
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self.loss_of = nabi.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, x):
        n = len(x)
        z = nabi.random.normal((n, LATENT), seed=self.seed)
        drawn = self.G(z, training=True)

        real, fake = self.D(x, training=True), self.D(drawn.detach(), training=True)
        d_loss = self.loss_of(0.9 * ops.ones((n, 1)), real) + self.loss_of(ops.zeros((n, 1)), fake)  # 0.9: D is never too sure
        self.learn(d_loss, self.D, self.d_optimizer)

        g_loss = self.loss_of(ops.ones((n, 1)), self.D(drawn, training=True))
        self.learn(g_loss, self.G, self.g_optimizer)
        return {"d_loss": d_loss, "g_loss": g_loss}

    def learn(self, loss, network, optimizer):
        """One step of one network; the other one stays as it is."""
        self.zero_grad()
        loss.backward()
        weights = network.trainable_weights
        optimizer.apply([w.value.grad for w in weights], weights)


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--out", default="gan.png")
    options = parser.parse_args()
    nabi.utils.set_random_seed(0)
    (x, _), _ = nabi.datasets.digits.load_data()
    gan = GAN()
    gan.compile(nabi.optimizers.Adam(2e-4, beta_1=0.5), nabi.optimizers.Adam(2e-4, beta_1=0.5))
    gan.fit((x[: options.samples, ..., None] / 255).astype("float32"), batch_size=50, epochs=options.epochs)
    drawn = gan.G.predict(nabi.random.normal((40, LATENT), seed=1), verbose=0)
    viz.save(viz.picture_grid(drawn, columns=10), options.out)
    print(f"{len(drawn)} digits that nobody wrote: {options.out}")


if __name__ == "__main__":
    main()
