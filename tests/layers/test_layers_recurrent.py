"""Recurrent layers against the slides' loops in NumPy and torch's own layers; states, directions, masks, dropout, errors."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, DataError, ShapeError, StateError
from nabi.core.random import Key
from nabi.layers.recurrent.cell import SECOND
from oracles import recurrent

EXACT = {"rtol": 0, "atol": 1e-12}
KINDS = {"SimpleRNN": (recurrent.simple_rnn, {}), "LSTM": (recurrent.lstm, {}), "GRU": (recurrent.gru, {}),
         "GRU before": (recurrent.gru, {"reset_after": False})}
N, T, F, U = 3, 5, 4, 2


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def made(kind, dtype="float64", **options):
    """A layer with weights drawn for it, and the arrays."""
    layer = getattr(L, kind.split()[0])(U, dtype=dtype, **KINDS[kind][1], **options)
    layer.build((None, T, F))
    layer.set_weights([numbers(*w.shape, seed=i + 1) for i, w in enumerate(layer.weights)])
    return layer, [w.astype(float) for w in layer.get_weights()]


def arrays(result):
    return [t.detach().numpy() for t in (result if isinstance(result, list) else [result])]


@pytest.mark.parametrize("kind", KINDS)
def test_the_loops_of_the_slides(kind):
    step, x = KINDS[kind][0], numbers(N, T, F)
    mask = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]], bool)
    for backwards, zeros, masked in ((False, False, False), (True, False, False), (False, False, True), (True, True, True)):
        layer, weights = made(kind, return_sequences=True, return_state=True, go_backwards=backwards, zero_output_for_mask=zeros)
        first = [numbers(N, U, seed=7 + k) for k in range(len(layer.state_sizes))]
        given = {"mask": torch.from_numpy(mask)} if masked else {}
        got = arrays(layer(torch.from_numpy(x), initial_state=[torch.from_numpy(s) for s in first], **given))
        outputs, ends = recurrent.run(step, x, first, weights, mask if masked else None, backwards, zeros)
        for a, b in zip(got, [outputs, *ends], strict=True):
            np.testing.assert_allclose(a, b, **EXACT)
        layer.return_sequences = layer.return_state = False
        last = layer(torch.from_numpy(x), initial_state=[torch.from_numpy(s) for s in first], **given)
        np.testing.assert_allclose(arrays(last)[0], outputs[:, -1], **EXACT)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_torchs_lstm_and_gru(dtype, bias):
    """Outputs, states and all gradients; in float32 LSTM runs torch's kernel, and its own loop with use_cudnn=False."""
    x, tolerance = torch.from_numpy(numbers(N, T, F)).to(dtype), 1e-12 if dtype is torch.float64 else 2e-6

    def gates(weight, kind):  # Keras' order z r g to torch's r z n
        parts = weight.chunk(3, -1)
        return torch.cat([parts[1], parts[0], parts[2]], -1) if kind == "GRU" else weight

    for kind in ("LSTM", "GRU"):
        for cudnn in ("auto", False):
            layer, weights = made(kind, str(dtype)[6:], return_sequences=True, return_state=True, use_bias=bias, use_cudnn=cudnn)
            theirs = getattr(torch.nn, kind)(F, U, bias=bias, batch_first=True, dtype=dtype)
            w, u, *b = (gates(torch.from_numpy(weight).to(dtype), kind) for weight in weights)
            rows = [] if not b else [b[0], torch.zeros_like(b[0])] if kind == "LSTM" else list(b[0])
            with torch.no_grad():
                for parameter, value in zip(theirs.parameters(), (w.t(), u.t(), *rows), strict=True):
                    parameter.copy_(value)
            leaves = [weight.value.detach().clone().requires_grad_() for weight in layer.weights]
            for weight, leaf in zip(layer.weights, leaves, strict=True):
                weight.bound = leaf
            y, *ends = layer(x)
            expected, last = theirs(x)
            for a, b in ((y, expected), *zip(ends, last if kind == "LSTM" else [last], strict=True)):
                torch.testing.assert_close(a, b.view_as(a), rtol=0, atol=tolerance)
            factors = torch.from_numpy(numbers(N, T, U, seed=9)).to(dtype)
            mine = torch.autograd.grad((y * factors).sum() + 3 * ends[-1].sum(), leaves)
            other = torch.autograd.grad((expected * factors).sum() + 3 * (last[-1] if kind == "LSTM" else last).sum(),
                                        list(theirs.parameters()))
            for a, b in zip(mine[:2], other[:2], strict=True):
                torch.testing.assert_close(a, b.t() if kind == "LSTM" else back(b.t()), rtol=0, atol=10 * tolerance)


def back(weight):
    """torch's r z n to Keras' z r g."""
    r, z, g = weight.chunk(3, -1)
    return torch.cat([z, r, g], -1)


def test_torchs_kernel_is_taken_where_it_has_the_formula(monkeypatch):
    calls = []
    monkeypatch.setattr(torch, "lstm", lambda *a, real=torch.lstm: calls.append(1) or real(*a))
    x = torch.randn(N, T, F)
    for options, taken in (({}, 1), ({"dropout": 0.5}, 1), ({"use_cudnn": False}, 0), ({"activation": "relu"}, 0),
                           ({"recurrent_dropout": 0.5}, 0), ({"dtype": "float64"}, 0)):
        calls.clear()
        L.LSTM(U, **options)(x, training=True)
        assert len(calls) == taken, options


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_masked_steps_are_left_out_of_torchs_kernel(kind):
    """The steps that count move up, and their outputs back: as in the loop, gradients too."""
    x, rng = torch.from_numpy(numbers(N + 3, T, F)).float(), np.random.default_rng(3)
    mask = rng.random((N + 3, T)) > 0.5
    mask[0], mask[1, 3:] = False, False
    for options in ({}, {"return_sequences": True}, {"return_sequences": True, "go_backwards": True},
                    {"return_sequences": True, "zero_output_for_mask": True}, {"zero_output_for_mask": True}):
        found = []
        for cudnn in ("auto", False):
            layer, _ = made(kind, "float32", use_cudnn=cudnn, **options)
            leaves = [x.clone().requires_grad_(), *(w.value.detach().clone().requires_grad_() for w in layer.weights)]
            for weight, leaf in zip(layer.weights, leaves[1:], strict=True):
                weight.bound = leaf
            y = layer(leaves[0], mask=mask)
            factors = torch.from_numpy(numbers(*y.shape, seed=4)).float()
            found.append([y, *torch.autograd.grad((y * factors).sum(), leaves)])
        for a, b in zip(*found, strict=True):
            torch.testing.assert_close(a, b, rtol=0, atol=2e-6)
        assert layer(x, mask=np.zeros((N + 3, T))).abs().sum() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_has_one_mask_for_all_time_steps(kind):
    """The masks are kernels.dropout's of the call's key; each gate has its own where there is a recurrent one."""
    x = numbers(N, T, F)
    layer, weights = made(kind, dropout=0.4, recurrent_dropout=0.3, return_sequences=True, seed=5)
    got = arrays(layer(torch.from_numpy(x), training=True))[0]
    key, cell = Key(5, 0, 1 << 48 | 1), layer.cell
    g = cell.num_gates
    on_x = nabi.kernels.dropout(torch.ones(g, N, F, dtype=torch.float64), 0.4, key).numpy()
    on_h = nabi.kernels.dropout(torch.ones(g, N, U, dtype=torch.float64), 0.3, key._replace(call=key.call | SECOND)).numpy()
    assert {0.0} < set(np.unique(on_x)) and (on_x[0] != on_x[-1]).any() or g == 1
    w, u, b = weights

    def dropped(x_t, states, n):
        """The step with gate k's inputs and states masked: its products are put in front of the formula."""
        h, *rest = states
        wide = range(g)
        z = np.concatenate([(x_t * on_x[k, n]) @ w[:, k * U:(k + 1) * U] for k in wide])
        r = np.concatenate([(h * on_h[k, n]) @ u[:, k * U:(k + 1) * U] for k in wide])
        return by_parts(kind, z, r, h, rest, u, b, lambda v: (v * on_h[2, n]) if g == 3 else v)

    expected = np.zeros((N, T, U))
    for n in range(N):
        states = [np.zeros(U)] * cell.num_states
        for t in range(T):
            states = dropped(x[n, t], states, n)
            expected[n, t] = states[0]
    np.testing.assert_allclose(got, expected, **EXACT)
    with_other_rate, _ = made(kind, dropout=0.4, recurrent_dropout=0.35, return_sequences=True, seed=5)
    assert np.abs(arrays(with_other_rate(torch.from_numpy(x), training=True))[0] - got).max() > 1e-3


def test_broken_formulas_are_far_outside_the_tolerance():
    """Gates in another order, the update gate the other way round, masked steps that move the state."""
    x, mask = numbers(N, T, F), np.array([[1, 0, 1, 1, 1]] * N, bool)
    for kind, other in (("LSTM", [1, 0, 2, 3]), ("LSTM", [0, 1, 3, 2]), ("GRU", [1, 0, 2]), ("GRU", [0, 2, 1])):
        layer, weights = made(kind)
        wrong = [np.concatenate([np.split(w, len(other), -1)[k] for k in other], -1) for w in weights]
        first = [np.zeros((N, U))] * layer.cell.num_states
        y, broken = arrays(layer(torch.from_numpy(x)))[0], recurrent.run(KINDS[kind][0], x, first, wrong)[0][:, -1]
        assert np.abs(y - broken).max() > 1e-2
        assert np.abs(y - arrays(layer(torch.from_numpy(x), mask=torch.from_numpy(mask)))[0]).max() > 1e-3
        flipped = recurrent.run(KINDS[kind][0], x, first, weights, backwards=True)[0][:, -1]
        assert np.abs(y - flipped).max() > 1e-2


def by_parts(kind, z, r, h, rest, u, b, mask_g):
    """The cells' formulas from z = x W and r = h U, with which dropout has been at work."""
    s = recurrent.sigmoid
    if kind == "SimpleRNN":
        return [np.tanh(z + r + b)]
    if kind == "LSTM":
        i, f, g, o = np.split(z + r + b, 4)
        c = s(f) * rest[0] + s(i) * np.tanh(g)
        return [s(o) * np.tanh(c), c]
    before = b.ndim == 1
    x_z, x_r, x_g = np.split(z + (b if before else b[0]), 3)
    u_z, u_r, u_g = np.split(r + (0 if before else b[1]), 3)
    gate_z, gate_r = s(x_z + u_z), s(x_r + u_r)
    new = np.tanh(x_g + (mask_g(gate_r * h) @ u[:, 2 * U:] if before else gate_r * u_g))
    return [gate_z * h + (1 - gate_z) * new]


def test_first_values():
    """Kernels glorot, recurrent kernels orthogonal, the forget gate's bias 1, as in Keras."""
    layer = L.LSTM(8)
    layer.build((None, T, F))
    w, u, b = layer.get_weights()
    np.testing.assert_allclose(u @ u.T, np.eye(8), atol=1e-5)
    assert np.abs(w).max() <= np.sqrt(6 / (F + 32)) and b.tolist() == [0] * 8 + [1] * 8 + [0] * 16
    layer = L.LSTM(2, unit_forget_bias=False, bias_initializer="ones")
    layer.build((None, T, F))
    assert layer.get_weights()[2].tolist() == [1] * 8
    assert [w.shape for w in made("GRU")[0].weights] == [(F, 6), (U, 6), (2, 6)]


def test_a_cell_of_ones_own():
    """A cell with a layer inside, two states and an output of another size, built by one step; saved by its registered name."""

    @nabi.core.registry.register("layer")
    class Counting(nabi.Layer):
        state_size = [3, 1]
        output_size = 2

        def __init__(self, **base):
            super().__init__(**base)
            self.dense = L.Dense(3, activation="tanh")
            self.out = L.Dense(2)

        def call(self, x, states):
            h, n = states
            h = self.dense(torch.cat([x, h], -1))
            return self.out(h) * n, [h, n + 1]

        def get_initial_state(self, batch_size):
            return [torch.zeros(batch_size, 3), torch.ones(batch_size, 1)]

    layer = L.RNN(Counting(), return_sequences=True, return_state=True)
    x = nabi.Input((None, F))
    model = nabi.Model(x, layer(x)[:2])
    data = numbers(N, T, F).astype("float32")
    y, h = model.predict(data, verbose=0)
    w, b, w_out, b_out = model.get_weights()
    state, n = np.zeros((N, 3)), 1
    for t in range(T):
        state = np.tanh(np.concatenate([data[:, t], state], -1) @ w + b)
        np.testing.assert_allclose(y[:, t], (state @ w_out + b_out) * n, atol=1e-5)
        n += 1
    np.testing.assert_allclose(h, state, atol=1e-6)
    twin = nabi.Model.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin.predict(data, verbose=0)[0], y)
    nabi.core.registry.TABLE["layer"].pop("Counting")


def test_cells_are_called_as_in_keras():
    cell = L.LSTMCell(U, dtype="float64")
    x, h, c = (torch.from_numpy(numbers(N, size, seed=size)) for size in (F, U, U))
    y, after = cell(x, [h, c])
    expected = recurrent.run(recurrent.lstm, x.numpy()[:, None], [h.numpy(), c.numpy()], cell.get_weights())
    np.testing.assert_allclose(y.numpy(), expected[0][:, 0], **EXACT)
    np.testing.assert_allclose(after[1].numpy(), expected[1][1], **EXACT)
    sequence = torch.from_numpy(numbers(N, T, F))
    plain = L.LSTM(U, dtype="float64")
    plain.build((None, T, F))
    plain.set_weights(cell.get_weights())
    assert torch.equal(L.RNN(cell)(sequence), plain(sequence))

    class Turned(L.LSTMCell):
        def call(self, inputs, states, training=False):
            output, after = super().call(inputs, states, training)
            return -output, after

    turned = Turned(U, dtype="float64", dropout=0.5)
    turned.build((None, F))
    turned.set_weights(cell.get_weights())
    layer = L.RNN(turned, return_sequences=True)
    plain.return_sequences = True
    torch.testing.assert_close(layer(sequence), -plain(sequence))
    assert not torch.allclose(layer(sequence, training=True), -plain(sequence))
    both = L.StackedRNNCells([cell, L.GRUCell(2, dtype="float64")], dtype="float64")
    above, (of_cell, of_above) = both(x, [[h, c], torch.zeros(N, 2, dtype=torch.float64)])
    assert torch.equal(of_cell[1], after[1]) and torch.equal(above, both.cells[1](y, [torch.zeros_like(above)])[0])
    assert torch.equal(above, of_above)


@pytest.mark.parametrize("make", [
    lambda: L.LSTM(4, return_sequences=True, dropout=0.2, name="a"), lambda: L.GRU(3, reset_after=False, go_backwards=True),
    lambda: L.Bidirectional(L.LSTM(3), merge_mode="ave", backward_layer=L.GRU(3, go_backwards=True)),
    lambda: L.TimeDistributed(L.Dense(4, activation="relu")), lambda: L.RNN(L.SimpleRNNCell(3), return_state=False),
    lambda: L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_sequences=True),
    lambda: L.TimeDistributed(nabi.Sequential([nabi.Input((F,)), L.Dense(2)])),
    lambda: L.SimpleRNN(3, kernel_regularizer="l2", recurrent_initializer="identity", kernel_constraint="max_norm"),
])  # fmt: skip
def test_configuration_and_file(make, tmp_path):
    layer = make()
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    model = nabi.Sequential([nabi.Input((T, F)), layer])
    x = numbers(N, T, F).astype("float32")
    model.save(tmp_path / "m.safetensors")
    loaded = nabi.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
    assert [w.path for w in loaded.weights] == [w.path for w in model.weights]


SEQ = nabi.Input((T, F))


@pytest.mark.parametrize("make, said", [
    (lambda: L.LSTM(0), r"LSTM\(units\): expected a whole number from 1 upwards, got 0"),
    (lambda: L.GRU("8"), r"GRU\(units\)"),
    (lambda: L.SimpleRNN(4, dropout=1.0), r"SimpleRNN\(dropout\): expected a share in \[0, 1\), got 1.0"),
    (lambda: L.LSTM(4, recurrent_dropout=-1), r"LSTM\(recurrent_dropout\)"),
    (lambda: L.LSTM(4, seed=0.5), r"LSTM\(seed\)"),
    (lambda: L.LSTM(4, use_cudnn="no"), r"LSTM\(use_cudnn\): expected 'auto', True or False"),
    (lambda: L.GRU(4, implementation=3), r"GRU\(implementation\)"),
    (lambda: L.GRU(4, activation=L.Dense(3)), r"expected a name or function, got the layer"),
    (lambda: L.RNN(L.Dense(3)), r"RNN\(cell\): expected a layer with call\(self, x, states\) and state_size"),
    (lambda: L.RNN([]), r"StackedRNNCells\(cells\): expected one cell or more, in a list, got"),
    (lambda: L.Bidirectional(L.Dense(3)), r"Bidirectional\(layer\): expected a recurrent layer"),
    (lambda: L.Bidirectional(L.LSTM(3), merge_mode="conct"), r"Did you mean 'concat'"),
    (lambda: L.Bidirectional(L.LSTM(3), backward_layer=L.LSTM(3)), r"layers of opposite directions"),
    (lambda: L.Bidirectional(L.LSTM(3), backward_layer=L.LSTM(3, go_backwards=True, stateful=True)), r"stateful: expected False"),
    (lambda: L.TimeDistributed("dense"), r"TimeDistributed\(layer\)"),
    (lambda: L.Embedding(0, 3), r"Embedding\(input_dim\)"),
    (lambda: L.Embedding(3, 2.5), r"Embedding\(output_dim\)"),
    (lambda: L.Masking("0"), r"Masking\(mask_value\)"),
    (lambda: L.LSTM(4)(nabi.Input((T,))), r"3 axes \(batch, steps, features\), got 2: \(5\) a sample. .*Embedding"),
    (lambda: L.LSTM(4)(nabi.Input((T, 8, 8, 1))), r"TimeDistributed\(Flatten\(\)\)"),
    (lambda: L.LSTM(4)(nabi.Input((T, None))), r"a known number of features"),
    (lambda: L.LSTM(4)(SEQ, initial_state=[nabi.Input((4,))]), r"\(initial_state\): expected 2 states of \[4, 4\]"),
    (lambda: L.GRU(4)(SEQ, initial_state=torch.zeros(3, 4)), r"symbols beside a symbol"),
    (lambda: L.Bidirectional(L.GRU(4))(SEQ, initial_state=[nabi.Input((4,))]), r"as many states for each direction"),
    (lambda: L.LSTM(4)(SEQ, mask=torch.ones(3, T)), r"Masks find their own way"),
    (lambda: L.LSTMCell(3)(torch.zeros(2, 4)), r"expected 2 states, got none. RNN\(cell\)"),
    (lambda: L.TimeDistributed(L.LSTM(3, return_state=True))(nabi.Input((2, T, F))), r"a layer with one output"),
])  # fmt: skip
def test_errors(make, said):
    with pytest.raises((ArgumentError, ShapeError), match=said):
        make()


def test_errors_of_data():
    with pytest.raises(DataError, match=r"whole numbers from 0 to 4, got 1 to 7. Write Embedding\(8, 3\)"):
        L.Embedding(5, 3)([[1, 7]])
    with pytest.raises(DataError, match=r"got -1 to 1. Number the words from 0"):
        L.Embedding(5, 3)([[1, -1]])
    layer = L.LSTM(3, stateful=True)
    layer(torch.zeros(4, T, F))
    with pytest.raises(StateError, match=r"stateful: expected 4 samples, as in the batch before, got 2. .*reset_states\(\)"):
        layer(torch.zeros(2, T, F))
    with pytest.raises(ShapeError, match="4 features as it was built with, got 6"):
        layer(torch.zeros(4, T, 6))


def test_time_distributed_is_the_layer_at_each_step():
    film = torch.randn(2, 3, 6, 6, 2)
    inner = L.Conv2D(4, 3, activation="relu")
    y = L.TimeDistributed(inner)(film)
    for t in range(3):
        torch.testing.assert_close(y[:, t], inner(film[:, t]))
    assert L.TimeDistributed(inner).compute_output_shape((None, None, 6, 6, 2)) == (None, None, 4, 4, 4)


def test_embedding_is_dense_on_one_hot_vectors():
    table = numbers(6, 3)
    layer = L.Embedding(6, 3, weights=[table], dtype="float64", input_length=4)
    tokens = np.array([[0, 5, 2, 2], [1, 1, 3, 4]])
    np.testing.assert_array_equal(layer(tokens).numpy(), np.eye(6)[tokens] @ table)
    assert nabi.Sequential([layer]).output.shape == (None, 4, 3)


def test_multiply_adds():
    """(n + units) units for each gate and step, twice both ways; counted once inside a layer of one's own; open where T is."""
    wide = 4 * (F + 3) * 3 * T

    class Block(nabi.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.two, self.dense = L.Bidirectional(L.LSTM(3)), L.TimeDistributed(nabi.Sequential([L.Dense(F)]))

        def call(self, x):
            return self.two(self.dense(x))

    block = Block()
    model = nabi.Sequential([nabi.Input((T, F)), block])
    assert model.layers[0].macs((None, T, F), (None, 6)) == model.macs((None, T, F), (None, 6)) == 2 * wide + T * F * F
    layer = L.GRU(3)
    layer.build((None, None, F))
    assert layer.macs((None, None, F), (None, 3)) is None and layer.macs((None, T, F), (None, 3)) == 3 * wide // 4


def test_old_spellings():
    """Keras 2's first layers: the batch in the shape, an embedding that says how long its sequences are."""
    model = nabi.Sequential([L.LSTM(4, batch_input_shape=(2, T, F), stateful=True), L.Dense(1)])
    assert model.input.shape == (None, T, F)
    assert type(model.layers[0]).from_config(model.layers[0].get_config()).input_shape == (T, F)
    assert nabi.Sequential([L.Bidirectional(L.GRU(4), input_shape=(T, F))]).output.shape == (None, 8)
    layer = L.Bidirectional(L.SimpleRNN(2), weights=[numbers(F, 2), numbers(2, 2), numbers(2)] * 2)
    layer.build((None, T, F))
    np.testing.assert_allclose(layer.get_weights()[3], numbers(F, 2), rtol=1e-6)
