"""RandomTranslation: moved pictures against Keras' affine transform and NumPy's shifts; the draws."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.layers import RandomTranslation
from nabi.layers.translation import moved

X = torch.randn(3, 6, 5, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
DISTANCES = torch.tensor([[1.3, -0.4], [-2.0, 3.0], [0.25, -4.75]], dtype=torch.float64)


@pytest.mark.parametrize("fill_mode", ["constant", "nearest", "reflect", "wrap"])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_moved_pictures_are_those_of_keras(keras64, fill_mode, interpolation):
    one, zero = np.ones((3, 1)), np.zeros((3, 1))
    down, right = -DISTANCES.numpy().T[..., None]
    transform = np.concatenate([one, zero, right, zero, one, down, zero, zero], axis=1)
    wanted = keras64.ops.image.affine_transform(X.numpy(), transform, interpolation, fill_mode, fill_value=0.5,
                                                data_format="channels_last")
    got = moved(X, DISTANCES, fill_mode=fill_mode, interpolation=interpolation, fill_value=0.5)
    assert np.allclose(got, np.asarray(wanted), atol=1e-6, rtol=0)
    mutated = moved(X, -DISTANCES, fill_mode=fill_mode, interpolation=interpolation, fill_value=0.5)
    assert not np.allclose(mutated, np.asarray(wanted), atol=1e-2)


@pytest.mark.parametrize("step", [-7, -2, 0, 1, 4])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_whole_steps_are_numpys(step, interpolation):
    x = X.numpy()
    pads = {"wrap": "wrap", "reflect": "symmetric", "nearest": "edge", "constant": "constant"}
    for axis, n in ((1, 6), (2, 5)):
        d = torch.zeros(3, 2)
        d[:, axis - 1] = step
        for fill_mode, mode in pads.items():
            width = [(8, 8) if a == axis else (0, 0) for a in range(4)]
            wanted = np.pad(x, width, mode=mode).take(range(8 - step, 8 - step + n), axis)
            assert np.array_equal(moved(X, d, fill_mode, interpolation), wanted), (fill_mode, axis)


def test_distances_fill_their_range_evenly_and_are_drawn_for_each_picture():
    ramp = torch.arange(100.0).view(1, 100, 1, 1).expand(4000, 100, 1, 1)
    layer = RandomTranslation((-0.3, 0.1), 0.0, fill_mode="nearest")
    d = 50 - layer.call(ramp, training=True, key=Key(5, 1, 1))[:, 50, 0, 0]
    assert -30 <= d.min() < -29.9 and 9.9 < d.max() <= 10
    counts = np.histogram(d.numpy(), bins=20, range=(-30, 10))[0]
    assert ((counts - 200) ** 2 / 200).sum() < 45  # chi square, 19 degrees of freedom: 99.9 % below 43.8
    again = 50 - layer.call(ramp, training=True, key=Key(5, 1, 1))[:, 50, 0, 0]
    other = 50 - layer.call(ramp, training=True, key=Key(5, 1, 2))[:, 50, 0, 0]
    assert torch.equal(d, again) and abs(np.corrcoef(d, other)[0, 1]) < 0.06


def test_rows_and_columns_move_apart():
    x = torch.zeros(500, 21, 21, 1)
    x[:, 10, 10] = 1
    y = RandomTranslation(0.2, 0.2, "constant", "nearest", seed=1)(x, training=True)[..., 0]
    places = torch.stack([y.sum(2).argmax(1), y.sum(1).argmax(1)]).double()
    assert torch.equal(y.sum((1, 2)), torch.ones(500)) and abs(np.corrcoef(places)[0, 1]) < 0.15
    assert places.min() == 6 and places.max() == 14  # 0.2 of 21 is 4.2 pixels


def test_only_training_moves():
    x = torch.rand(4, 8, 8, 1)
    model = nabi.Sequential([nabi.Input((8, 8, 1)), RandomTranslation(0.5, 0.5, name="move")])
    assert np.array_equal(model.predict(x.numpy(), verbose=0), x.numpy())
    assert not torch.equal(model(x, training=True), x)
    assert RandomTranslation.from_config(model.layers[-1].get_config()).get_config() == model.layers[-1].get_config()


@pytest.mark.parametrize("options, says", [
    ({"height_factor": 1.5}, r"height_factor.*\[-1, 1\]"),
    ({"width_factor": (0.1,)}, "width_factor.*a pair"),
    ({"width_factor": "0.1"}, "width_factor"),
    ({"fill_mode": "reflekt"}, "Did you mean 'reflect'"),
    ({"interpolation": "cubic"}, "bilinear, nearest"),
    ({"seed": 0.5}, "whole number"),
])
def test_arguments_that_cannot_be_meant(options, says):
    with pytest.raises(ArgumentError, match=says):
        RandomTranslation(**{"height_factor": 0.1, "width_factor": 0.1, **options})


def test_pictures_have_four_axes():
    with pytest.raises(ShapeError):
        RandomTranslation(0.1, 0.1)(torch.zeros(3, 4, 1))
