"""Attention with masks and scores, and keras.ops.image, against Keras on the same weights and pictures."""

import keras
import numpy as np
import pytest
import torch

from nabi.as_keras import ops_image
from nabi.as_keras.attending import MultiHeadAttention
from nabi.layers import Input
from nabi.models import Model

RNG = np.random.default_rng(0)
Q, V = (torch.tensor(RNG.normal(size=(2, n, 8)).astype("float32")) for n in (5, 6))
MASK = torch.tensor(RNG.random((2, 5, 6)) > 0.4)
MASK[..., 0] = True


@pytest.fixture(scope="module")
def pair():
    ours, theirs = MultiHeadAttention(2, 4), keras.layers.MultiHeadAttention(2, 4)
    ours(Q, V), theirs(Q, V)
    ours.set_weights(theirs.get_weights())  # in one order
    return ours, theirs


@pytest.mark.parametrize("value, options", [(V, {}), (V, {"attention_mask": MASK}), (Q, {"use_causal_mask": True})])
def test_attention_as_keras(pair, value, options):
    ours, theirs = (layer(Q, value, return_attention_scores=True, **options) for layer in pair)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.detach(), b.detach().cpu(), atol=1e-5)
    alone = pair[0](Q, value, **options)
    assert torch.equal(alone, ours[0])
    if options:
        assert not torch.allclose(alone, pair[0](Q, value), atol=1e-3)


def test_attention_in_a_model(pair):
    query, value = Input((5, 8)), Input((6, 8))
    out, scores = MultiHeadAttention(2, 4)(query, value, return_attention_scores=True)
    made = Model([query, value], [out, scores]).predict([Q, V], verbose=0)
    assert made[0].shape == (2, 5, 8) and made[1].shape == (2, 2, 5, 6)
    np.testing.assert_allclose(made[1].sum(-1), 1, atol=1e-5)


X = torch.tensor(RNG.random((2, 9, 8, 3)).astype("float32"))
PICTURES = [("extract_patches", (3,), {}), ("extract_patches", ((2, 3),), {"strides": 2, "padding": "same"}),
            ("resize", ((4, 5),), {}), ("resize", ((4, 5),), {"crop_to_aspect_ratio": True}),
            ("resize", ((6, 5),), {"pad_to_aspect_ratio": True}), ("rgb_to_grayscale", (), {}),
            ("pad_images", (1, 2), {"target_height": 12, "target_width": 12}), ("rgb_to_hsv", (), {}), ("hsv_to_rgb", (), {}),
            ("crop_images", (1, 2), {"target_height": 4, "target_width": 4})]


@pytest.mark.parametrize("name, args, options", PICTURES)
def test_pictures_as_keras(name, args, options):
    ours, theirs = getattr(ops_image, name)(X, *args, **options), getattr(keras.ops.image, name)(X, *args, **options)
    np.testing.assert_allclose(ours, theirs.cpu(), atol=1e-6)


def test_patches_of_a_symbol():
    x = Input((9, 8, 3))
    made = Model(x, ops_image.extract_patches(x, 3)).predict(X, verbose=0)
    np.testing.assert_allclose(made, ops_image.extract_patches(X, 3), atol=1e-6)
