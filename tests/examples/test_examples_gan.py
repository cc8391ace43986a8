"""The GAN example: both networks learn, each by its own loss of the paper."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nabi

spec = importlib.util.spec_from_file_location("gan", Path(__file__).resolve().parents[2] / "examples" / "gan.py")
gan = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gan)


def made():
    nabi.utils.set_random_seed(0)
    (x, _), _ = nabi.datasets.digits.load_data()
    model = gan.GAN()
    model.compile(nabi.optimizers.SGD(0.1), nabi.optimizers.SGD(0.1))
    return model, (x[:20, ..., None] / 255).astype("float32")


def test_each_network_takes_its_own_step():
    """w' = w - 0.1 dL/dw for both networks."""
    model, x = made()
    before = {name: [np.array(w) for w in getattr(model, name).trainable_weights] for name in "GD"}
    kept = {}

    class Watched(gan.GAN):
        def learn(self, loss, network, optimizer):
            super().learn(loss, network, optimizer)
            kept[network.name] = [w.value.grad.clone() for w in network.trainable_weights]

    model.__class__ = Watched
    logs = model.train_on_batch(x, return_dict=True)
    for name, network in (("G", model.G), ("D", model.D)):
        for old, w, g in zip(before[name], network.trainable_weights, kept[network.name], strict=True):
            np.testing.assert_allclose(np.array(w), old - 0.1 * g.numpy(), rtol=1e-5, atol=1e-7)
    assert set(logs) == {"d_loss", "g_loss"} and all(bool(g.any()) for g in kept["generator"])


def test_d_loss_is_the_cross_entropy_of_its_answers():
    model, x = made()
    model.seed = nabi.random.SeedGenerator(5)
    model.D.layers[-2].rate = model.D.layers[-2].rate * 0  # no dropout, so that its answers can be asked for again
    z = nabi.random.normal((20, gan.LATENT), seed=nabi.random.SeedGenerator(5))
    with torch.no_grad():
        real, fake = model.D(torch.from_numpy(x), training=False), model.D(model.G(z, training=True), training=False)
        wanted = (F.binary_cross_entropy_with_logits(real, torch.full_like(real, 0.9))
                  + F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake)))
    assert model.train_on_batch(x, return_dict=True)["d_loss"] == pytest.approx(float(wanted), rel=1e-5)
