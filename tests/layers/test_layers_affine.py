"""RandomRotation and RandomZoom: right angles and doubles against NumPy, Keras' matrices, the draws, in a model."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.random import Key
from nabi.layers import RandomRotation, RandomZoom

X = np.random.default_rng(0).normal(size=(3, 6, 5, 2))


@pytest.mark.parametrize("quarters", [-1, 1, 2, 4])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_right_angles_are_numpys(quarters, interpolation):
    x = torch.from_numpy(X[:, :5])  # square
    y = RandomRotation((quarters / 4,) * 2, "constant", interpolation, fill_value=9)(x, training=True)
    np.testing.assert_allclose(y, np.rot90(x, quarters, (1, 2)), atol=1e-12)


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect", "wrap"])
def test_turned_and_zoomed_pictures_are_those_of_keras(keras64, fill_mode):
    options = {"fill_mode": fill_mode, "fill_value": 0.5}
    pairs = [(layers.RandomRotation((0.07, 0.07), **options), layers.RandomZoom(0.4, (-0.6, -0.6), **options),
              layers.RandomZoom((0.3, 0.3), **options)) for layers in (nabi.layers, keras64.layers)]
    for ours, theirs in zip(*pairs, strict=True):
        if ours.get_config().get("height_factor") == 0.4:
            theirs.height_lower = theirs.height_upper = 0.25
            ours.height_factor = (0.25, 0.25)
        wanted = np.asarray(theirs(X, training=True))
        np.testing.assert_allclose(ours(torch.from_numpy(X), training=True), wanted, atol=1e-5)  # Keras' matrices are float32
        assert np.abs(wanted - X).max() > 0.5


def test_draws_fill_their_range_evenly_one_for_each_picture():
    ramp = torch.linspace(-1, 1, 41).view(1, 1, 41, 1).expand(3000, 3, 41, 1).contiguous()
    turned = RandomRotation((-0.05, 0.1), "nearest").call(ramp.transpose(1, 2).double(), training=True, key=Key(1, 2, 3))
    sine = (turned[:, 30, 1, 0] - turned[:, 10, 1, 0]) / (ramp[0, 0, 30, 0] - ramp[0, 0, 10, 0])  # the cosine of the angle
    assert (sine > np.cos(0.2 * np.pi) - 1e-6).all() and (sine < 1 + 1e-6).all()
    zoomed = RandomZoom((-0.2, 0.6), (-0.4, 0.0), "nearest").call(ramp, training=True, key=Key(1, 2, 3))
    z = zoomed[:, 1, 25, 0] / ramp[0, 0, 25, 0]
    assert 0.6 <= z.min() < 0.603 and 0.997 < z.max() <= 1
    counts = np.histogram(z.numpy(), bins=20, range=(0.6, 1))[0]
    assert ((counts - 150) ** 2 / 150).sum() < 45  # chi square, 19 degrees of freedom: 99.9 % below 43.8
    both = RandomZoom((-0.4, 0.0), None, "nearest").call(ramp, training=True, key=Key(1, 2, 3))
    tall = RandomZoom((-0.4, 0.0), 0.0, "nearest").call(ramp.transpose(1, 2), training=True, key=Key(1, 2, 3))
    assert torch.equal(both[:, 1, 25, 0], tall[:, 25, 1, 0]), "None takes the height's draw"
    assert torch.equal(z, RandomZoom(0, (-0.4, 0.0), "nearest").call(ramp, training=True, key=Key(1, 2, 3))[:, 1, 25, 0] /
                       ramp[0, 0, 25, 0]), "height and width are drawn apart"
    other = RandomZoom(0, (-0.4, 0.0), "nearest").call(ramp, training=True, key=Key(1, 2, 4))[:, 1, 25, 0]
    assert abs(np.corrcoef(z, other)[0, 1]) < 0.07


def test_only_training_turns_and_zooms():
    x = torch.rand(4, 8, 8, 1)
    for layer in (RandomRotation(0.5, seed=3, name="turn"), RandomZoom(0.5, (0.1, 0.4))):
        model = nabi.Sequential([nabi.Input((8, 8, 1)), layer])
        assert np.array_equal(model.predict(x.numpy(), verbose=0), x.numpy())
        assert not torch.equal(model(x, training=True), x)
        assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()
