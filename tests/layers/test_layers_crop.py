"""RandomCrop and CenterCrop: windows against NumPy's slices and Keras, resized ones against Keras' smart_resize; the draws."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.layers import CenterCrop, RandomCrop

X = np.random.default_rng(0).normal(size=(3, 9, 12, 2))
SIZES = [(4, 5), (9, 12), (9, 4), (5, 12), (20, 16), (3, 30), (12, 9), (1, 1), (18, 24)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_middle_windows_are_those_of_keras(keras64, size):
    y = CenterCrop(*size)(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(y, np.asarray(keras64.layers.CenterCrop(*size)(X)), atol=1e-12)
    smart = np.asarray(keras64.preprocessing.image.smart_resize(X, size))
    np.testing.assert_allclose(RandomCrop(*size)(torch.from_numpy(X), training=False).numpy(), smart, atol=1e-12)
    if size == (20, 16):
        stretched = torch.nn.functional.interpolate(torch.from_numpy(X).permute(0, 3, 1, 2), size, mode="bilinear")
        assert not np.allclose(stretched.permute(0, 2, 3, 1), smart, atol=0.1), "a window of another shape would be seen"


def test_training_cuts_one_window_out_of_all_pictures_and_each_place_is_as_likely():
    places = torch.arange(12.0).view(1, 4, 3, 1) + torch.tensor([0.0, 100]).view(2, 1, 1, 1)
    layer = RandomCrop(2, 2)
    y = torch.stack([layer.call(places, training=True, key=Key(1, 2, number)) for number in range(900)])
    assert torch.equal(y[:, 0] + 100, y[:, 1])
    corner = y[:, 0, 0, 0, 0].long()
    assert torch.equal(y[:, 0, :, :, 0].long(), corner[:, None, None] + torch.tensor([[0, 1], [3, 4]]))
    counts = np.bincount(corner.numpy(), minlength=9)[[0, 1, 3, 4, 6, 7]]
    assert counts.sum() == 900 and ((counts - 150) ** 2 / 150).sum() < 20.6  # chi square, 5 degrees of freedom: 99.9 % below
    wide = torch.stack([RandomCrop(4, 2).call(places, training=True, key=Key(1, 2, number)) for number in range(50)])
    assert set(wide[:, 0, 0, 0, 0].tolist()) == {0, 1}, "a side that fits leaves the other one free"


def test_in_a_model():
    layer = RandomCrop(4, 4, name="crop")
    model = nabi.Sequential([nabi.Input((9, 12, 2)), layer, nabi.layers.Flatten(), nabi.layers.Dense(2)])
    model.compile("sgd", "mse")
    assert layer.output.shape == (None, 4, 4, 2) and np.isfinite(model.train_on_batch(X, np.zeros((3, 2))))
    small = nabi.Sequential([nabi.Input((3, 3, 2)), RandomCrop(6, 4)])
    assert torch.equal(small(torch.ones(1, 3, 3, 2), training=True), torch.ones(1, 6, 4, 2)), "too small: resized in training too"
    for one in (layer, CenterCrop(2, 3)):
        assert type(one).from_config(one.get_config()).get_config() == one.get_config()


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ArgumentError, match=r"RandomCrop\(height\): expected a whole number from 1 upwards, got 0"):
        RandomCrop(0, 3)
    with pytest.raises(ArgumentError, match=r"CenterCrop\(width\).*2.5"):
        CenterCrop(2, 2.5)
    with pytest.raises(ArgumentError, match=r"RandomCrop\(seed\)"):
        RandomCrop(2, 2, seed="x")
    with pytest.raises(ShapeError):
        CenterCrop(2, 2)(torch.zeros(3, 4, 1))


def test_padding_and_a_window_for_each_picture_is_a_move_by_whole_pixels():
    x = torch.rand(3000, 4, 5, 1, generator=torch.Generator().manual_seed(0)) + 1
    p, H, W = 2, 4, 5
    layer = nabi.layers.RandomTranslation((p + 0.5) / H, (p + 0.5) / W, "constant", "nearest")
    y = layer.call(x, training=True, key=Key(1, 2, 3)).numpy()
    padded = np.pad(x.numpy(), ((0, 0), (p, p), (p, p), (0, 0)))
    windows = np.stack([padded[:, a:a + H, b:b + W] for a in range(2 * p + 1) for b in range(2 * p + 1)])
    found = (windows == y).all((2, 3, 4))  # (places, pictures)
    assert (found.sum(0) == 1).all()
    counts = found.sum(1)
    assert ((counts - 120) ** 2 / 120).sum() < 52, "each place as likely: chi square, 24 degrees of freedom"
