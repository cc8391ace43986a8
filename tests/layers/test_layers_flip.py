"""RandomFlip: mirrored pictures against NumPy's and Keras', the draws, a model that flips in training only."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.layers import RandomFlip

X = np.random.default_rng(0).normal(size=(64, 5, 4, 3))
WAYS = {"as it is": (), "rows": (0,), "columns": (1,), "both": (0, 1)}


def ways(x, y) -> list[str]:
    """How each picture of x was flipped to that of y."""
    return [next(name for name, axes in WAYS.items() if np.array_equal(np.flip(a, axes) if axes else a, b))
            for a, b in zip(x, y, strict=True)]


@pytest.mark.parametrize("mode, allowed", [("horizontal", {"as it is", "columns"}), ("vertical", {"as it is", "rows"}),
                                           ("horizontal_and_vertical", set(WAYS))])
def test_pictures_are_flipped_as_numpy_flips(mode, allowed):
    y = RandomFlip(mode, seed=1)(torch.from_numpy(X), training=True).numpy()
    assert set(ways(X, y)) == allowed


@pytest.mark.parametrize("mode", ["horizontal", "vertical"])
def test_a_flipped_picture_is_that_of_keras(keras64, mode):
    """Keras' own draws put in the place of nabi's: the same pictures come out."""
    theirs = keras64.layers.RandomFlip(mode)
    flips = np.arange(len(X)) % 3 == 0
    wanted = np.asarray(theirs.transform_images(X, {"flips": keras64.ops.convert_to_tensor(flips[:, None, None, None])}))
    axis = 2 if mode == "horizontal" else 1
    places = nabi.layers.flip.mirrored(X.shape[axis], torch.from_numpy(flips))
    y = nabi.kernels.pictures(torch.from_numpy(X), **{"columns" if axis == 2 else "rows": places})
    assert np.array_equal(y, wanted)


def test_each_way_comes_up_a_quarter_of_the_time_and_hangs_on_the_key_alone():
    x = torch.arange(4.0).view(1, 2, 2, 1).expand(8000, 2, 2, 1)
    layer = RandomFlip()
    corner = layer.call(x, training=True, key=Key(3, 1, 1))[:, 0, 0, 0]  # 0, 1, 2 or 3 says which way
    counts = np.bincount(corner.long().numpy(), minlength=4)
    assert ((counts - 2000) ** 2 / 2000).sum() < 16.3  # chi square, 3 degrees of freedom: 99.9 % below
    other = layer.call(x, training=True, key=Key(3, 1, 2))[:, 0, 0, 0]
    assert torch.equal(corner[:100], layer.call(x[:100], training=True, key=Key(3, 1, 1))[:, 0, 0, 0])
    assert abs(np.corrcoef(corner, other)[0, 1]) < 0.04 and abs(np.corrcoef(corner[1:], corner[:-1])[0, 1]) < 0.04


def test_only_training_flips():
    x = torch.rand(8, 6, 6, 1)
    model = nabi.Sequential([nabi.Input((6, 6, 1)), RandomFlip("vertical", name="flip")])
    assert np.array_equal(model.predict(x.numpy(), verbose=0), x.numpy())
    assert not torch.equal(model(x, training=True), x)
    assert RandomFlip.from_config(model.layers[-1].get_config()).get_config() == model.layers[-1].get_config()


def test_arguments_that_cannot_be_meant():
    with pytest.raises(ArgumentError, match="Did you mean 'horizontal'"):
        RandomFlip("horizontl")
    with pytest.raises(ArgumentError, match="RandomFlip\\(seed\\): expected a whole number or None, got 0.5"):
        RandomFlip(seed=0.5)
    with pytest.raises(ArgumentError, match="channels_last"):
        RandomFlip(data_format="channels_first")
