"""MixUp, CutMix, RandomErasing, RandomShear: Keras' formula on what nabi drew, the draws, dicts of pictures and labels."""

import re

import numpy as np
import pytest
import torch
from layers_drawn import COLOURED, KEY, PICTURES, drawn, uniform_between

from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError
from nabi.layers.erasing import box

LABELS = torch.eye(8, dtype=torch.float64)[:, :5]


def test_mixing_is_that_of_keras(keras64):
    (order, s), y = drawn(L.MixUp(0.8))
    theirs, known = keras64.layers.MixUp(), {"mix_weight": s.flatten(), "permutation_order": order}
    np.testing.assert_allclose(y, np.asarray(theirs.transform_images(PICTURES.clone(), known)), rtol=0, atol=1e-12)
    mixed, labels = L.MixUp(0.8).mixed(PICTURES, LABELS, KEY)
    np.testing.assert_allclose(labels, np.asarray(theirs.transform_labels(LABELS, known)), rtol=0, atol=1e-12)
    assert torch.equal(mixed, y) and not torch.equal(labels, LABELS)

    (order, s, other), y = drawn(L.CutMix())
    theirs = keras64.layers.CutMix()
    known = {"mix_weight": s.flatten(), "permutation_order": order, "batch_masks": other.unsqueeze(-1)}
    np.testing.assert_array_equal(y, np.asarray(theirs.transform_images(PICTURES.clone(), known)))
    mixed, labels = L.CutMix().mixed(PICTURES, LABELS, KEY)
    np.testing.assert_allclose(labels, np.asarray(theirs.transform_labels(LABELS, known)), rtol=0, atol=1e-12)
    assert torch.equal(mixed, y) and 0 < other.sum() < other.numel() and sorted(order) == list(range(8))


def test_boxes_are_those_of_keras(keras64):
    u = torch.rand(4, 8, 1, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    a, b, v, t = u[0] ** 0.5, u[1] ** 0.5, u[2], u[3]
    top, left = (v * (6 - 6 * a)).flatten(), (t * (5 - 5 * b)).flatten()
    theirs, share = keras64.layers.CutMix()._generate_batch_mask(
        (8, 6, 5, 3), [corner - 0.5 for corner in (left, left + 5 * b.flatten(), top, top + 6 * a.flatten())])
    assert np.array_equal(box(PICTURES, a, b, v, t).unsqueeze(-1).expand(-1, -1, -1, 3), np.asarray(theirs))
    np.testing.assert_allclose(1 - (a * b).flatten(), np.asarray(share).ravel(), atol=1e-12)


def test_shares_follow_beta():
    from scipy.stats import beta, kstest

    many = torch.zeros(3000, 1, 1, 1, dtype=torch.float64)
    order, s = L.MixUp(0.3).draws(many, KEY)
    assert kstest(s.flatten(), beta(0.3, 0.3).cdf).pvalue > 0.001 and kstest(s.flatten(), beta(0.4, 0.4).cdf).pvalue < 0.001
    assert torch.equal(order.sort().values, torch.arange(3000)) and (order == torch.arange(3000)).sum() < 9
    cut = L.CutMix((1, 1)).draws(many, KEY._replace(call=9))
    assert uniform_between(cut[1], 0, 1), "Beta(1, 1) is even"
    again = L.MixUp(0.3).draws(many, KEY._replace(call=4))[1]
    assert abs(np.corrcoef(s.flatten(), again.flatten())[0, 1]) < 0.07


def test_erasing_covers_what_it_says():
    many = torch.full((3000, 8, 8, 1), 100.0)
    layer = L.RandomErasing((0.4, 0.6), (0.1, 0.3), value_range=(-50, 200))
    (erased, fill), y = drawn(layer, many)
    hit = erased.flatten(1).any(1)
    assert abs(float(hit.double().mean()) - 0.5) < 0.04 and torch.equal(y[~erased], many[~erased])
    area = erased[hit].double().mean((1, 2))
    assert abs(float(area.mean()) - ((2 / 3 * (0.3**1.5 - 0.1**1.5)) / 0.2) ** 2) < 0.01  # E[sqrt a]^2
    assert erased.any(2).any(0).all() and erased.any(1).any(0).all(), "boxes reach all sides"
    noise = y[erased].flatten()
    assert noise.min() == -50 and noise.max() == 200 and abs(float((noise <= -50).double().mean()) - 0.4013) < 0.01  # Phi(-1/4)
    boxed = erased[hit][0]
    assert boxed.sum() == boxed.any(0).sum() * boxed.any(1).sum(), "a rectangle"
    painted = L.RandomErasing((1, 1), (1, 1), fill_value=(1, 2, 300)).call(PICTURES, training=True, key=KEY)
    assert torch.equal(painted, torch.tensor([1.0, 2, 255]).double().expand_as(PICTURES))
    with pytest.raises(ShapeError, match="expected pictures of 3 channels, as many as fill_value has numbers, got 1 channels"):
        L.RandomErasing(fill_value=(1, 2, 3))(many)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_shear_is_that_of_keras(keras64, interpolation):
    layer = L.RandomShear((0.1, 0.4), 0.3, interpolation, fill_mode="constant", fill_value=7.0)
    s, y = drawn(layer)
    theirs = keras64.layers.RandomShear(0.1, 0.3, interpolation, "constant", 7.0)
    wanted = np.asarray(theirs._transform_images(PICTURES.clone(), {"shear_factor": s}, interpolation))
    np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-4)
    assert np.abs(wanted - COLOURED).max() > 20
    many = layer.draws(torch.zeros(3000, 1, 1, 1), KEY)
    assert uniform_between(many[:, 0].abs(), 0.1, 0.4) and uniform_between(many[:, 1].abs(), 0, 0.3)
    sign = many.sign()
    assert torch.equal(sign[:, 0], sign[:, 1]) and abs(float(sign[:, 0].mean())) < 0.06
    assert torch.equal(layer(PICTURES, training=False), PICTURES)


def test_dicts_as_in_keras():
    x = PICTURES.to(torch.uint8).numpy()
    mixed = L.MixUp(0.5, seed=1)({"images": x, "labels": LABELS.numpy()})
    images, labels = L.MixUp(0.5).mixed(PICTURES.float(), LABELS, KEY._replace(seed=1, layer=0, call=1))
    assert torch.equal(mixed["images"], images) and torch.equal(mixed["labels"], labels) and set(mixed) == {"images", "labels"}
    whole = L.CutMix()({"images": x, "labels": np.eye(8, dtype=int)})
    torch.testing.assert_close(whole["labels"].sum(1), torch.ones(8))
    assert torch.equal(L.CutMix()({"images": x}, training=False)["images"], PICTURES.float())
    turned = L.RandomFlip("horizontal", seed=0)({"images": x, "labels": [1, 2]})
    assert turned["labels"] == [1, 2] and turned["images"].shape == x.shape
    for labels in (np.arange(8), np.eye(7), np.ones((8, 1), int)):
        with pytest.raises(ShapeError, match=re.escape("expected one row of shares for each of 8 pictures: (8, classes)")):
            L.MixUp()({"images": x, "labels": labels})
    with pytest.raises(ArgumentError, match="a dict of 'images' and 'labels', got the entries .'images', 'boxes'."):
        L.RandomHue(0.1)({"images": x, "boxes": 1})
