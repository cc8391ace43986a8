"""Masks: who makes, hands on, reads and joins them, in graphs and on tensors; what losses and metrics make of them."""

import warnings

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError
from nabi.layers.masks import ATTRIBUTE, carried

TOKENS = np.array([[3, 1, 0, 0], [2, 0, 4, 1], [5, 5, 5, 5], [1, 0, 0, 0]])
MASK = torch.from_numpy(TOKENS != 0)


def tagger(behind=(), dtype="float64"):
    """A model from tokens to a number at each time step."""
    return nabi.Sequential([nabi.Input((4,)), L.Embedding(6, 3, mask_zero=True, dtype=dtype), *behind])


def test_which_slots_have_masks_is_found_once():
    x = nabi.Input((4,))
    h = L.Embedding(6, 3, mask_zero=True)(x)
    lstm = L.LSTM(2, return_sequences=True)(L.Dropout(0.5)(L.Dense(3, activation="relu")(h)))
    model = nabi.Model(x, [L.Dense(1)(lstm), L.GRU(2)(lstm)])
    calls = {call.layer.name.rstrip("_0123456789"): call for call in model.graph.calls}
    (mask,) = calls["embedding"].filled
    assert mask == max(slot for call in model.graph.calls for slot in call.outputs) + 1  # the slot behind the others
    assert calls["lstm"].masks == calls["gru"].masks == (mask,) and calls["lstm"].reads  # one mask, handed on by all
    assert calls["dense"].masks == calls["dropout"].masks == ()
    assert model.graph.output_masks == {0: mask}
    model.compile("sgd", "mse")
    kinds = [op.kind for op in model.plan().ops]
    assert [kind for kind in kinds if "mask" in kind] == ["mask of " + model.layers[1].name, "LSTM with mask", "GRU with mask"]
    assert "Dense + relu" in kinds  # between a mask and its reader layers are fused as ever


def test_models_without_masks_have_nothing_of_them():
    x = nabi.Input((4, 3))
    joined = L.Concatenate()([L.Add()([x, L.Dense(3)(x)]), L.LSTM(2, return_sequences=True)(x)])
    model = nabi.Model(x, L.Dense(1)(L.GlobalAveragePooling1D()(joined)))
    assert model.graph.masks == {} and all(call.masks == call.filled == () for call in model.graph.calls)
    model.compile("sgd", "mse")
    assert not any("mask" in op.kind for op in model.plan().ops)


def step(h, w, u, b, zeros, mask):
    """A SimpleRNN's outputs in NumPy."""
    state, rows = np.zeros((len(h), u.shape[0])), []
    for t in range(h.shape[1]):
        new = np.tanh(h[:, t] @ w + state @ u + b)
        state = np.where(mask[:, t, None], new, state)
        rows.append(np.where(mask[:, t, None], new, 0) if zeros else state)
    return np.stack(rows, 1)


def test_masks_reach_readers_losses_and_metrics():
    """Everything counted by hand: the loss, one metric that heeds masks and one that does not, as in Keras."""
    model = tagger([L.SimpleRNN(2, return_sequences=True, zero_output_for_mask=True), L.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae", nabi.metrics.RootMeanSquaredError(name="rmse")], precision="float64")
    y = np.random.default_rng(0).normal(size=(4, 4, 1))
    table, w, u, b, w_out, b_out = model.get_weights()
    error = step(table[TOKENS], w, u, b, True, MASK.numpy()) @ w_out + b_out - y
    got = model.evaluate(TOKENS, y, verbose=0, return_dict=True)
    valid = error[MASK.numpy()]
    expected = {"loss": (valid**2).mean(), "mae": np.abs(valid).mean(), "rmse": np.sqrt((error**2).mean())}
    assert got == pytest.approx(expected, rel=1e-9)
    weighted = model.evaluate(TOKENS, y, sample_weight=np.array([1.0, 2, 0, 3]), verbose=0)[0]
    assert weighted == pytest.approx(((error**2)[..., 0] * MASK.numpy()).sum(1) @ [1, 2, 0, 3] / MASK.sum().item(), rel=1e-9)
    assert abs((error**2).mean() - expected["loss"]) > 1e-3


def test_masks_ride_on_tensors_outside_graphs():
    embedding, lstm, dense = L.Embedding(6, 3, mask_zero=True), L.LSTM(2, return_sequences=True), L.Dense(1)
    h = embedding(TOKENS)
    y = dense(lstm(h))
    assert torch.equal(carried([y])[0], MASK) and carried([L.LSTM(2)(h)]) == [None]
    assert torch.equal(lstm(h), lstm(torch.Tensor(h.detach().numpy()), mask=MASK))
    x = nabi.Input((4,))
    model = nabi.Model(x, dense(lstm(embedding(x))))
    by_hand = model(TOKENS)
    torch.testing.assert_close(by_hand, y)
    torch.testing.assert_close(torch.from_numpy(model.predict(TOKENS, verbose=0)), y.detach())
    assert torch.equal(getattr(by_hand, ATTRIBUTE), MASK)

    class Inside(nabi.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.first, self.second = embedding, lstm

        def call(self, x):
            return self.second(self.first(x))

    torch.testing.assert_close(Inside()(TOKENS), lstm(h))
    with pytest.raises(ArgumentError, match="no use for one"):
        L.Flatten()(h, mask=MASK)


def test_who_loses_a_mask_says_so():
    with pytest.warns(UserWarning, match=r"Flatten 'flat': its input has a mask, which this layer does not hand on"):
        model = tagger([L.Flatten(name="flat")])
        assert model.graph.output_masks == {}
    x = nabi.Input((4,))
    h = L.Embedding(6, 3, mask_zero=True)(x)
    with pytest.warns(UserWarning, match=r"beside further inputs it does not read the mask of the first, as in Keras 3"):
        model = nabi.Model(x, L.GRU(3)(h, initial_state=L.GRU(3)(h)))
    assert [call.reads for call in model.graph.calls if isinstance(call.layer, L.GRU)] == [True, False]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tagger([L.LSTM(2), L.Dense(1)]).graph.output_masks == {}


def test_a_mask_made_by_a_layer_of_ones_own():
    class Odd(nabi.Layer):
        """Every second step counts."""

        def call(self, x):
            return x * 2

        def compute_mask(self, inputs, mask=None):
            return torch.arange(inputs.shape[1]).expand(inputs.shape[:2]) % 2 == 1

    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    model = nabi.Sequential([nabi.Input((None, 3)), Odd(), L.GlobalAveragePooling1D()])
    np.testing.assert_allclose(model.predict(x, verbose=0), 2 * x[:, 1::2].mean(1), rtol=1e-6)


def test_joined_masks():
    a, b = torch.randn(4, 4, 3), torch.randn(4, 4, 3)
    other = torch.rand(4, 4) > 0.5
    either, none = MASK | other, ~(MASK | other)
    for layer in (L.Add(), L.Subtract(), L.Average(), L.Multiply(), L.Maximum(), L.Minimum(), L.Concatenate()):
        assert torch.equal(layer.compute_mask([a, b], [MASK, other]), either)
    assert L.Add().compute_mask([a, b], [MASK, None]) is None
    assert torch.equal(L.Concatenate(axis=1).compute_mask([a, b], [None, other])[:, 4:], other)
    product = L.Multiply()([a, b], mask=[MASK, other])
    assert product[none].abs().sum() == 0 and torch.equal(product[MASK & ~other], a[MASK & ~other])
    largest = L.Maximum()([a, b], mask=[MASK, other])
    assert torch.equal(largest[~MASK & other], b[~MASK & other]) and torch.equal(largest[MASK & ~other], a[MASK & ~other])
    assert torch.equal(largest[MASK & other], torch.maximum(a, b)[MASK & other])


def test_softmax_and_batch_normalisation_read_masks():
    scores = torch.randn(4, 4)
    y = L.Softmax()(scores, mask=MASK)
    torch.testing.assert_close(y.sum(1), torch.ones(4))
    assert y[~MASK].abs().sum() == 0 and torch.equal(L.Softmax()(scores, mask=torch.zeros(4, 4)), torch.zeros(4, 4))
    with pytest.raises(ShapeError, match=r'Activation\("softmax"\)'):
        L.Softmax()(torch.randn(4, 4, 3), mask=MASK)
    x, norm = torch.randn(4, 4, 3).double(), L.BatchNormalization(dtype="float64", momentum=0.5)
    y = norm(x, training=True, mask=MASK)
    torch.testing.assert_close(norm.moving_mean * 2, x[MASK].mean(0), rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(y[MASK].mean(0), torch.zeros(3).double(), rtol=0, atol=1e-6)


def test_time_distributed_layers_get_the_masks_of_their_steps():
    x = torch.randn(2, 3, 4, 2)
    x[0, 1, 2:] = 0
    x[1, 2] = 0
    inner = L.SimpleRNN(2)
    y = L.TimeDistributed(inner)(L.Masking()(x))
    for t in range(3):
        torch.testing.assert_close(y[:, t], inner(x[:, t], mask=(x[:, t] != 0).any(-1)))


@pytest.mark.parametrize("function", [lambda k, x, y: x + y, lambda k, x, y: k.ops.tanh(x), lambda k, x, y: k.ops.relu(x) + 1])
def test_functions_lose_masks_as_in_keras_and_layers_do_not(function):
    import keras

    found = {}
    for k in (keras, nabi):
        i = k.Input((4,), dtype="int32")
        x = k.layers.Dropout(0.5)(k.layers.Embedding(6, 3, mask_zero=True)(i))
        y = k.layers.Dense(3)(x)
        ends = [function(k, x, y), k.layers.Add()([x, y])]
        model = k.Model(i, [k.layers.SimpleRNN(2)(end) for end in ends])
        r = np.random.default_rng(0)
        model.set_weights([r.normal(size=w.shape) for w in model.get_weights()])
        found[k] = model.predict(TOKENS, verbose=0)
    for ours, theirs in zip(found[nabi], found[keras], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    assert type((nabi.Input((4, 3)) + nabi.Input((4, 3))).node.layer) is L.Add, "without masks a sum is fused as ever"
