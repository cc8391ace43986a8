"""RandomContrast, RandomBrightness, Resizing: Keras with its own draws put in, the draws, bad arguments, a fit that says so."""

import re

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key

X = np.random.default_rng(0).uniform(0, 255, size=(4000, 2, 3, 2))
BYTES = torch.from_numpy(X)


def test_contrast_is_that_of_keras_with_its_draws(keras64):
    y = L.RandomContrast((0.3, 0.9)).call(BYTES, training=True, key=Key(1, 2, 3)).numpy()
    mu = X.mean((1, 2), keepdims=True)
    inside = (y > 0) & (y < 255) & (np.abs(X - mu) > 1)
    k = np.array([np.median(((b - m) / (a - m))[keep]) for a, b, m, keep in zip(X, y, mu, inside, strict=True)])
    factor = {"contrast_factor": torch.from_numpy(k).view(-1, 1, 1, 1)}
    wanted = keras64.layers.RandomContrast(0.5).transform_images(BYTES, factor)
    np.testing.assert_allclose(y, np.asarray(wanted), atol=1e-9)
    counts = np.histogram(k, bins=20, range=(0.7, 1.9))[0]
    assert counts.sum() == 4000 and ((counts - 200) ** 2 / 200).sum() < 45  # chi square, 19 degrees of freedom
    single = L.RandomContrast(0.5).call(BYTES, training=True, key=Key(1, 2, 3)).std((1, 2)) / BYTES.std((1, 2))
    assert single.min() < 0.51 and single.median() < 1.05, "both ways, as Keras' documentation has it"


def test_brightness_is_that_of_keras_with_its_draws(keras64):
    layer = L.RandomBrightness((-0.3, 0.1), value_range=(0, 1))
    y = layer.call(BYTES / 255, training=True, key=Key(1, 2, 3)).numpy()
    inside = (y > 0) & (y < 1)
    d = np.array([np.median((b - a)[keep]) for a, b, keep in zip(X / 255, y, inside, strict=True)])
    wanted = keras64.layers.RandomBrightness(0.5, (0, 1)).transform_images(BYTES / 255, {"rgb_delta": d.reshape(-1, 1, 1, 1)})
    np.testing.assert_allclose(y, np.asarray(wanted), atol=1e-12)
    wide = L.RandomBrightness((-0.3, 0.1), value_range=(-1, 1)).call(BYTES / 255 * 2 - 1, training=True, key=Key(1, 2, 3)).numpy()
    np.testing.assert_allclose(wide, y * 2 - 1, atol=1e-6)
    counts = np.histogram(d, bins=20, range=(-0.3, 0.1))[0]
    assert counts.sum() == 4000 and ((counts - 200) ** 2 / 200).sum() < 45
    other = layer.call(torch.full((4000, 1, 1, 1), 0.5), training=True, key=Key(1, 2, 4)).flatten()
    assert abs(np.corrcoef(d, other)[0, 1]) < 0.06
    black = L.RandomBrightness((-1, -1))(BYTES[:2], training=True)
    assert torch.equal(black, torch.zeros_like(black)) and torch.equal(layer(BYTES[:2], training=False), BYTES[:2])


@pytest.mark.parametrize("options", [{}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": 7.0},
                                     {"interpolation": "bicubic", "antialias": True}, {"interpolation": "nearest"}], ids=str)
def test_resizing_is_that_of_keras(keras64, options):
    x = X[:4].reshape(2, 8, 3, 1)
    for size in ((4, 4), (5, 2), (16, 6), (3, 9)):
        ours, theirs = L.Resizing(*size, **options), keras64.layers.Resizing(*size, **options)
        assert ours.compute_output_shape((None, 8, 3, 1)) == (None, *size, 1)
        np.testing.assert_allclose(ours(torch.from_numpy(x)), np.asarray(theirs(x)), atol=1e-10)


@pytest.mark.parametrize("channels", [1, 3])
def test_one_smoothed_column_whatever_the_memory_order(channels):
    """Of maps that lie channels first torch (2.13) makes wrong numbers; against the triangle's weights."""

    def weights(N, n):
        d = (torch.arange(N) - ((torch.arange(n).double()[:, None] + 0.5) * N / n - 0.5)) / (N / n)
        w = (1 - d.abs()).clamp(min=0)
        return w / w.sum(1, keepdim=True)

    x = torch.rand(2, channels, 8, 6, dtype=torch.float64).permute(0, 2, 3, 1)
    for height, width in ((2, 1), (1, 3), (1, 1), (3, 2), (8, 1)):
        wanted = torch.einsum("ih,nhwc,jw->nijc", weights(8, height), x, weights(6, width))
        for given in (x, x.contiguous()):
            got = L.Resizing(height, width, antialias=True)(given)
            torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)


def test_in_a_model_that_is_saved(tmp_path):
    model = nabi.Sequential([nabi.Input((None, None, 3)), L.Resizing(4, 4, "lanczos3"), L.RandomContrast(0.1), L.RandomBrightness(
        [0.0, 0.2], [0, 255], seed=1), L.RandomRotation(0.1), L.RandomZoom(0.1), L.Rescaling(1 / 255), L.Flatten(), L.Dense(2)])
    x = np.random.default_rng(1).integers(0, 256, (6, 5, 7, 3)).astype("uint8")
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch(x, np.zeros((6, 2))))
    model.save(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors")
    assert np.array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0)) and again.layers[0].height == 4


def test_pixels_that_were_scaled_before_are_told_apart():
    def check(*layers, x):
        model = nabi.Sequential([nabi.Input((2, 3, 2)), *layers, L.Flatten(), L.Dense(2, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model.check(x, np.arange(40) % 2)

    pixels = X[:40]
    (said,) = check(L.Rescaling(1 / 255), L.RandomFlip(), L.RandomBrightness(0.2, name="light"), x=pixels)
    assert "RandomBrightness 'light': expected pixels 0 to 255, its value_range, got pixels up to 0.99" in said, said
    assert "value_range=(0, 1)" in said
    assert check(L.RandomBrightness(0.2), L.Rescaling(1 / 255), x=pixels) == []
    assert check(L.Rescaling(1 / 255), L.RandomContrast(0.2, (0, 1)), x=pixels) == []


SHARE, RANGE = "a share in [-1, 1] or a pair of them", "the lowest and the highest value of a pixel"
REFUSED = [
    (lambda: L.RandomRotation(1.5), f"RandomRotation(factor): expected {SHARE}, got 1.5. A share of a turn"),
    (lambda: L.RandomRotation((0.1, 0.2, 0.3)), "got (0.1, 0.2, 0.3)."), (lambda: L.RandomRotation("30"), "got '30'."),
    (lambda: L.RandomRotation(), "RandomRotation(factor): expected a value, got none."),
    (lambda: L.RandomRotation(0.1, fill_mode="zeros"), "RandomRotation(fill_mode): expected one of constant, nearest, reflect"),
    (lambda: L.RandomRotation(0.1, fill_value=None), "RandomRotation(fill_value): expected a finite number, got None."),
    (lambda: L.RandomZoom(-1), "RandomZoom(height_factor): expected a share in (-1, 1] or a pair of them, got -1."),
    (lambda: L.RandomZoom(0.1, True), "RandomZoom(width_factor): expected a share in (-1, 1] or a pair of them, got True."),
    (lambda: L.RandomZoom(0.1, interpolation="bicubic"), "RandomZoom(interpolation): expected one of bilinear, nearest, got"),
    (lambda: L.RandomZoom(0.1, seed="a"), "RandomZoom(seed): expected a whole number or None, got 'a'."),
    (lambda: L.RandomContrast(-0.2), "RandomContrast(factor): expected a share in [0, 1] or a pair of them, got -0.2."),
    (lambda: L.RandomContrast(0.2, 255), f"RandomContrast(value_range): expected {RANGE}, got 255. (0, 255) for bytes"),
    (lambda: L.RandomBrightness((0, 2)), f"RandomBrightness(factor): expected {SHARE}, got (0, 2)."),
    (lambda: L.RandomBrightness(0.2, (1, 0)), f"RandomBrightness(value_range): expected {RANGE}, got (1, 0)."),
    (lambda: L.RandomBrightness(0.2, data_format="channels_first"), "RandomBrightness(data_format): expected 'channels_last'"),
    (lambda: L.Resizing(0, 4), "Resizing(height): expected a whole number from 1 upwards, got 0."),
    (lambda: L.Resizing(4, 4, "lanczos4"), "Resizing(interpolation): expected one of bilinear, nearest, bicubic, area, lanczos3, "
                                           "lanczos5, got 'lanczos4'. Did you mean 'lanczos"),
    (lambda: L.Resizing(4, 4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), "got both. Cutting keeps the middle large"),
    (lambda: L.Resizing(4, 4, fill_mode="reflect"), "Resizing(fill_mode): expected 'constant', got 'reflect'."),
    (lambda: L.Resizing(4, 4, antialias=2), "Resizing(antialias): expected True or False, got 2."),
]  # fmt: skip


@pytest.mark.parametrize("make, says", REFUSED)
def test_arguments_that_cannot_be_meant(make, says):
    with pytest.raises(ArgumentError, match=re.escape(says)):
        make()


def test_pictures_have_four_axes():
    for layer in (L.Resizing(2, 2), L.RandomRotation(0.1), L.RandomContrast(0.1)):
        with pytest.raises(ShapeError, match="expected 4 axes"):
            layer(torch.zeros(3, 4, 1))
