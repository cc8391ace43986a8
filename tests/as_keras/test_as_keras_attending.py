"""Attention with masks, scores and dropout, and keras.ops.image, against Keras on the same weights and pictures."""

import keras
import numpy as np
import pytest
import torch

import nabi
from nabi.as_keras.layers.many_heads import MultiHeadAttention
from nabi.as_keras.names import layers as served_layers
from nabi.as_keras.names import ops_image
from nabi.core.masks import ATTRIBUTE
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


SHORT, LONG = torch.tensor(RNG.random((2, 5)) > 0.3), torch.tensor(RNG.random((2, 6)) > 0.4)
SHORT[0, 1], LONG[:, 0] = False, True
MASKED = {
    "many heads": (lambda L: L.MultiHeadAttention(2, 4, dropout=0.3), {}, "carried"),
    "many heads, fast": (lambda L: L.MultiHeadAttention(2, 4, value_dim=3), {"attention_mask": MASK}, "carried"),
    "groups": (lambda L: L.GroupQueryAttention(4, 4, 2), {"attention_mask": MASK}, ""),
    "one head": (lambda L: L.Attention(use_scale=True, dropout=0.3), {"use_causal_mask": True}, "given"),
    "sums": (lambda L: L.AdditiveAttention(), {"return_attention_scores": True}, "carried"),
    "joined": (lambda L: L.Attention(score_mode="concat"), {}, "given"),
}


@pytest.mark.parametrize("name", MASKED)
def test_masks_of_attention_as_keras(name):
    make, options, masks = MASKED[name]
    made = []
    for layer, attribute in ((make(keras.layers), "_keras_mask"), (make(served_layers), ATTRIBUTE)):
        layer([Q, V]) if hasattr(layer, "use_scale") else layer(Q, V)
        q, v = Q.clone(), V.clone()
        if masks == "carried":
            setattr(q, attribute, SHORT), setattr(v, attribute, LONG)
        several = [q, v] if hasattr(layer, "use_scale") else q
        more = {"mask": [SHORT, LONG]} if masks == "given" else {} if several is not q else {"value": v}
        if made:
            layer.set_weights(made[0])
        else:
            made.append(layer.get_weights())
        out = layer(several, **more, **options)
        first = out[0] if isinstance(out, (list, tuple)) else out
        made.append((first, getattr(first, attribute, None)))
    for a, b in zip(*made[1:], strict=True):
        assert (a is None) == (b is None) and (a is None or np.allclose(a.detach(), b.detach(), atol=1e-5))


def test_weights_of_attention_are_dropped():
    """In training weights are off, or doubled; on the mean over many equal samples the output is that of inference."""
    q, v = Q[:1].expand(3000, -1, -1), V[:1].expand(3000, -1, -1)
    _, weights = served_layers.Attention(dropout=0.5, seed=1)([q, v], training=True, return_attention_scores=True)
    kept = weights / served_layers.Attention()([q, v], return_attention_scores=True)[1]
    assert abs((kept == 0).double().mean() - 0.5) < 0.01 and torch.allclose(kept[kept > 0], torch.tensor(2.0))
    layer = MultiHeadAttention(2, 4, dropout=0.5, seed=1)
    still, moved, again = layer(q, v), layer(q, v, training=True), layer(q, v, training=True)
    assert torch.equal(still, layer(q, v)) and not torch.equal(moved, again)
    assert (moved - still).abs().mean() > 20 * (moved.mean(0) - still[0]).abs().mean()


def blocks(lib):
    """A transformer's encoder with positions, built for open lengths; a mask of the words, an output without a target."""
    L, k = lib.layers if lib is keras else served_layers, lib.layers
    ops = lib.ops

    class Places(k.Layer):
        def __init__(self):
            super().__init__()
            self.words, self.places = k.Embedding(9, 4), k.Embedding(7, 4)
            self.supports_masking = True

        def call(self, x):
            return self.words(x) + self.places(ops.arange(0, x.shape[-1]))

        def compute_mask(self, x, mask=None):
            return ops.not_equal(x, 0)

    class Block(k.Layer):
        def __init__(self):
            super().__init__()
            self.attention, self.dense = L.MultiHeadAttention(2, 3), k.Dense(4, activation="relu")
            self.norm = k.LayerNormalization()
            self.supports_masking = True

        def call(self, x, mask=None):
            allowed = None if mask is None else mask[:, None, :]
            return self.norm(x + self.dense(self.attention(x, x, attention_mask=allowed)))

    i = lib.Input((None,), dtype="int32")
    x = Block()(Places()(i))
    model = lib.Model(i, [k.Dense(9, activation="softmax")(x), x])
    model.compile(lib.optimizers.SGD(0.5), [lib.losses.SparseCategoricalCrossentropy(), None])
    return model


def test_a_transformer_of_open_length_learns_as_in_keras():
    ours, theirs = blocks(nabi), blocks(keras)
    ours.set_weights(theirs.get_weights())
    x = RNG.integers(0, 9, (6, 7))
    for length in (7, 5, 7):
        losses = [model.train_on_batch(x[:, :length], x[:, :length]) for model in (ours, theirs)]
        np.testing.assert_allclose(np.ravel(losses[0])[0], np.ravel(losses[1])[0], rtol=1e-5)
    for a, b in zip(ours.predict(x, verbose=0), theirs.predict(x, verbose=0), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    assert ours.outputs[1].shape == (None, None, 4)


def test_attention_goes_to_keras_with_what_its_call_was_told(tmp_path):
    i, told = Input((5, 8)), Input((5, 5))
    x = served_layers.MultiHeadAttention(2, 4, dropout=0.1)(i, i, use_causal_mask=True)
    x = served_layers.AdditiveAttention()([x, i])
    model = Model([i, told], served_layers.MultiHeadAttention(2, 4)(x, i, attention_mask=told))
    model.save(tmp_path / "m.keras")
    clone = nabi.models.clone_model(model)
    clone.set_weights(model.get_weights())
    data = [Q.numpy(), MASK[..., :5].numpy().astype("float32")]
    made = model.predict(data, verbose=0)
    assert np.array_equal(clone.predict(data, verbose=0), made)
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "m.keras").predict(data, verbose=0), made, atol=1e-5)


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
