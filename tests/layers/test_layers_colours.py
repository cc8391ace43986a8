"""Layers that change colours and sharpness: Keras' formula on what nabi drew; the draws; grey pictures; other ranges."""

import numpy as np
import pytest
import torch
from layers_drawn import COLOURED, KEY, PICTURES, drawn, uniform_between

from nabi import layers as L
from nabi.core.errors import ShapeError

MANY = torch.zeros(2000, 1, 1, 3, dtype=torch.float64)
COLOURS = [  # layer, Keras' arguments, Keras' name of what was drawn, from nabi's draws to Keras'
    (L.RandomHue(0.9), {"factor": 0.9}, "factor", lambda d: d.flatten()),
    (L.RandomSharpness((0.1, 0.9)), {"factor": 0.9}, "factor", lambda s: s.flatten() / 2),
    (L.RandomColorDegeneration((0.2, 0.9)), {"factor": 0.9}, "factor", lambda f: f),
    (L.RandomInvert((0.5, 0.5)), {}, "apply_inversion", lambda chosen: chosen.flatten()),
    (L.RandomPosterization((1, 8)), {"factor": 4}, "shift_factor", lambda b: (8 - b.flatten()).to(torch.uint8)),
    (L.RandomContrast((0.3, 0.9)), {"factor": 0.9}, "contrast_factor", lambda k: k),
    (L.RandomBrightness(0.4), {"factor": 0.4}, "rgb_delta", lambda d: 255 * d),
]


@pytest.mark.parametrize(("layer", "options", "name", "as_keras"), COLOURS, ids=lambda part: type(part).__name__)
def test_formula_is_that_of_keras(keras64, layer, options, name, as_keras):
    (draw,), y = drawn(layer)
    theirs = getattr(keras64.layers, type(layer).__name__)(**options)
    wanted = np.asarray(theirs.transform_images(PICTURES.clone(), {name: as_keras(draw)}))
    np.testing.assert_allclose(y, wanted, rtol=0, atol=2e-4)  # Keras brings ranges to one another in float32
    assert np.abs(wanted - COLOURED).max() > 20 and len(torch.unique(draw)) > 1


def test_saturation_is_that_of_keras(keras64):
    layer = L.RandomSaturation((0.1, 0.9), value_range=(0, 1))
    (k,), y = drawn(layer, PICTURES / 255)
    theirs = keras64.layers.RandomSaturation(0.9, (0, 1))
    wanted = theirs.transform_images(PICTURES / 255, {"factor": k.flatten()})
    np.testing.assert_allclose(y, np.asarray(wanted), rtol=0, atol=1e-12)
    assert y.min() > -1e-12 and y.max() < 1 + 1e-12
    np.testing.assert_allclose(255 * y, L.RandomSaturation(0.5).varied(PICTURES, k), rtol=0, atol=1e-9)
    unlike = L.RandomSaturation(0.5).varied(PICTURES, k * 1.05)
    assert (unlike - 255 * y).abs().max() > 1


def test_solarization_grayscale_and_autocontrast_are_those_of_keras(keras64):
    layer = L.Solarization((0.1, 0.4), (0.3, 0.9))
    (a, t), y = drawn(layer)
    wanted = keras64.layers.Solarization().transform_images(PICTURES.clone(), {"additions": 255 * a, "thresholds": 255 * t})
    np.testing.assert_allclose(y, np.asarray(wanted), rtol=0, atol=1e-10)
    (chosen,), y = drawn(L.RandomGrayscale(0.5))
    wanted = keras64.layers.RandomGrayscale().transform_images(PICTURES.clone(), chosen)
    np.testing.assert_allclose(y, np.asarray(wanted), rtol=0, atol=1e-10)
    assert 0 < chosen.sum() < len(chosen)
    wanted = keras64.layers.AutoContrast()(PICTURES.clone())
    np.testing.assert_allclose(L.AutoContrast()(PICTURES), np.asarray(wanted), rtol=0, atol=1e-10)


@pytest.mark.parametrize("bins", [256, 16])
def test_each_picture_is_equalized_as_keras_does_one(keras64, bins):
    dark = (PICTURES / 3).floor()
    dark[0] = 9
    y, theirs = L.Equalization(bins=bins)(dark), keras64.layers.Equalization(bins=bins)
    wanted = np.concatenate([np.asarray(theirs(dark[n:n + 1])) for n in range(len(dark))])
    np.testing.assert_array_equal(y.numpy(), wanted)
    assert torch.equal(y[0], dark[0]) and not np.array_equal(y.numpy(), np.asarray(theirs(dark))), "one histogram a picture"


def test_blur_is_that_of_keras_for_each_picture(keras64):
    layer = L.RandomGaussianBlur((0.6, 0.6), 5, (0.3, 1.5))
    (chosen, sigma), y = drawn(layer)
    blurred = [np.asarray(keras64.ops.image.gaussian_blur(PICTURES[n:n + 1], (5, 5), (float(s), float(s)), "channels_last"))
               for n, s in enumerate(sigma.flatten())]
    wanted = np.where(chosen, np.concatenate(blurred), COLOURED)
    np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-10)
    assert 0 < chosen.sum() < len(chosen) and np.abs(wanted - COLOURED).max() > 20
    wide = L.RandomGaussianBlur((1, 1), (1, 3), (0.8, 0.8)).call(PICTURES, training=True, key=KEY)
    g = np.exp(-0.5 * np.arange(-1, 2) ** 2 / 0.8**2)
    padded = np.pad(COLOURED, ((0, 0), (0, 0), (1, 1), (0, 0)))
    along_rows = sum(w * padded[:, :, k:k + 5] for k, w in enumerate(g / g.sum()))
    np.testing.assert_allclose(wide, along_rows, rtol=0, atol=1e-3)


def test_jitter_is_its_four_layers_one_after_the_other():
    factors = {"brightness_factor": 0.2, "contrast_factor": 0.5, "saturation_factor": (0.3, 0.8), "hue_factor": 0.7}
    y = L.RandomColorJitter(**factors).call(PICTURES, training=True, key=KEY)
    u = L.RandomColorJitter().draws(PICTURES, KEY)
    x = PICTURES
    x = (x + (0.4 * u[0] - 0.2) * 255).clamp(0, 255)
    x = L.RandomContrast(0.5).varied(x, 0.5 + u[1])
    f = 0.3 + 0.5 * u[2]
    x = L.RandomSaturation(0.5).varied(x, f / (1 - f))
    x = L.RandomHue(0.5).varied(x, 0.35 * u[3] * torch.where(u[4] < 0.5, -1, 1))
    torch.testing.assert_close(y, x, rtol=0, atol=1e-3)
    assert torch.equal(L.RandomColorJitter()(PICTURES, training=True), PICTURES), "nothing is asked for"


@pytest.mark.parametrize(("layer", "low", "high"), [
    (L.RandomSharpness((0.2, 0.6)), 0.4, 1.2), (L.RandomColorDegeneration(0.4), 0, 0.4), (L.RandomHue(0.6), -0.3, 0.3),
    (L.Solarization(0.3, 0.9), 0, 0.3), (L.RandomPosterization((3, 7)), 2.5, 7.5), (L.RandomBrightness((-0.1, 0.3)), -0.1, 0.3),
    (L.RandomContrast((0.2, 0.6)), 0.8, 1.6)], ids=lambda part: type(part).__name__)
def test_draws_fill_their_range(layer, low, high):
    draw, bins = layer.draws(MANY, KEY)[0], 5 if isinstance(layer, L.RandomPosterization) else 10
    assert draw.shape == (2000, 1, 1, 1) and uniform_between(draw, low, high, bins)
    another = layer.draws(MANY, KEY._replace(call=4))[0]
    assert abs(np.corrcoef(draw.flatten(), another.flatten())[0, 1]) < 0.07


def test_shares_of_pictures():
    strength = L.RandomSaturation(0.4).draws(MANY, KEY)[0]
    assert uniform_between(strength / (1 + strength), 0, 0.4)
    for layer, share in ((L.RandomGrayscale(0.3), 0.3), (L.RandomInvert(0.6), 0.3), (L.RandomInvert((0.2, 0.6)), 0.4),
                         (L.RandomGaussianBlur(0.8), 0.4)):
        assert abs(float(layer.draws(MANY, KEY)[0].double().mean()) - share) < 0.04
    sigma = L.RandomGaussianBlur(sigma=(0.5, 2)).draws(MANY, KEY)[1]
    assert uniform_between(sigma, 0.5, 2.001)


ALL = [*(case[0] for case in COLOURS), L.RandomSaturation((0.2, 0.9)), L.Solarization(0.3, 0.5), L.RandomGrayscale(),
       L.RandomGaussianBlur(), L.RandomColorJitter((0, 255), 0.2, 0.2, (0.3, 0.7), 0.2), L.AutoContrast(), L.Equalization()]


@pytest.mark.parametrize("layer", ALL, ids=lambda layer: type(layer).__name__)
def test_ranges_grey_pictures_bytes_and_inference(layer):
    config = layer.get_config()
    options = {word: config[word] for word in type(layer).__init__.__code__.co_varnames[1:] if word in config}
    trains = {"training": True, "key": KEY} if layer.random else {}
    y = layer.call(PICTURES, **trains)
    if "value_range" in options:
        shifted = type(layer)(**{**options, "value_range": (-1, 1)})
        again = (shifted.call(PICTURES / 127.5 - 1, **trains) + 1) * 127.5
        steps = 255 if isinstance(layer, L.RandomPosterization) else 2 if isinstance(layer, L.Equalization) else 1e-6
        close = (again - y).abs()
        zeros_outside = isinstance(layer, (L.RandomSharpness, L.RandomGaussianBlur))  # 0 is black in one, grey in the other
        inner = close[:, 1:-1, 1:-1] if zeros_outside else close
        assert inner.max() <= steps and (steps < 255 or (inner > 1).double().mean() < 0.02)
    one = layer.call(PICTURES[..., :1], **trains)
    assert one.shape == (8, 6, 5, 1)
    if type(layer) in (L.RandomHue, L.RandomSaturation, L.RandomGrayscale, L.RandomColorDegeneration):
        assert torch.equal(one, PICTURES[..., :1])
        with pytest.raises(ShapeError, match="expected pictures of 3 channels .red, green, blue. or 1 .grey., got 2 channels"):
            layer.call(PICTURES[..., :2], **trains)
    assert layer(PICTURES.to(torch.uint8)).dtype is torch.float32
    if layer.random:
        assert torch.equal(layer(PICTURES, training=False), PICTURES)
        assert torch.equal(y, layer.call(PICTURES, **trains)) and not torch.equal(y, PICTURES)
    assert torch.equal(PICTURES, torch.from_numpy(COLOURED)), "what came in stays as it was"
