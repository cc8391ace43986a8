"""Backward: every gradient is the sum that its table says, and every step the one that train_on_batch then makes, in float64."""

import numpy as np
import pytest
from trace_models import chain, drawn

import nabi
from nabi import layers as L
from nabi import optimizers as O
from nabi import trace
from nabi.core.errors import ArgumentError, StateError, UnknownName
from nabi.kernels import jit
from nabi.layers.inside import local_names
from nabi.trace.formula import lines_of

NEAR = 1e-12  # relative, of 1e-3 at least


@pytest.fixture(autouse=True)
def float64(monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")


def close(a: float, b: float) -> bool:
    return abs(a - b) <= NEAR * max(abs(b), 1e-3)


def follow(model, x, y, steps: int = 2, count: int = 1, **options) -> None:
    """Asks for weights and units of every layer, makes the step, and compares."""
    rng = np.random.default_rng(5)
    for _ in range(steps):
        found, asked = trace(model, x, y, **options), []
        for layer in (one for one in model.leaves if one.trainable):
            for name, w in local_names(layer).items():
                for _ in range(count if w.trainable else 0):
                    step = found.weight(layer, tuple(int(rng.integers(n)) for n in w.shape), name)
                    assert close(step.value, step.computed), str(step)
                    asked.append((w, step))
        for number, call in enumerate(found.run.graph.calls):
            for slot in call.outputs if call.inputs else ():
                sample, *at = (int(rng.integers(n)) for n in found.run.values[slot].shape)
                unit = found.gradient(call.layer, *at, sample=sample, use=found.calls[call.layer.name].index(number))
                assert close(unit.value, unit.computed), str(unit)
        loss = model.train_on_batch(x, y, **options)
        assert close(float(np.ravel(loss)[0]), found.loss)
        for w, step in asked:
            real = float(w.stored[step.place])
            assert close(step.after, real) and close(step.lines[-1].value, real), str(step)


def net():
    return drawn(nabi.Sequential([
        nabi.Input((7, 7, 2)), L.Conv2D(4, 3, activation="relu"), L.BatchNormalization(),
        L.Conv2D(4, 3, padding="same", strides=2, groups=2, activation="tanh", kernel_regularizer="l2"), L.MaxPooling2D(2, 1),
        L.Dropout(0.3), L.DepthwiseConv2D(2), L.Flatten(), L.Dense(5, activation="sigmoid", activity_regularizer="l2"),
        L.Dense(3, activation="softmax")]))  # fmt: skip


OPTIMIZERS = {
    "sgd": lambda: O.SGD(0.1, weight_decay=0.1), "momentum": lambda: O.SGD(0.1, momentum=0.9, nesterov=True, clipnorm=0.1),
    "adam": lambda: O.Adam(0.01, amsgrad=True, global_clipnorm=0.5), "adamw": lambda: O.AdamW(0.01),
    "rmsprop": lambda: O.RMSprop(0.01, momentum=0.5, centered=True, clipvalue=0.01), "adagrad": O.Adagrad, "adadelta": O.Adadelta,
    "adamax": O.Adamax, "nadam": O.Nadam, "lion": O.Lion,
    "gathered": lambda: O.Adam(gradient_accumulation_steps=2, use_ema=True, loss_scale_factor=4.0)}


def step_as_traced(name: str, steps: int) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 7, 7, 2)), rng.integers(0, 3, size=3)
    model = net()
    model.compile(OPTIMIZERS[name](), loss="sparse_categorical_crossentropy")
    follow(model, x, y, steps)


def test_a_step_is_as_traced():
    with jit.using("plain"):  # nothing to be compiled
        step_as_traced("adamw", 1)


@pytest.mark.learn
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_all_optimizers_step_as_traced(name):
    step_as_traced(name, 3)


def test_branches_shared_layers_and_two_losses():
    a = nabi.Input((6, 6, 2))
    shared = L.Conv2D(4, 3, padding="same", kernel_constraint=nabi.constraints.MaxNorm(1.0))
    b = shared(a)
    e = L.Add()([b, L.SeparableConv2D(4, 3, padding="same", activation="relu")(b)])
    g = shared(L.Conv2DTranspose(2, 2, strides=2)(e))
    h = L.Concatenate()([L.GlobalMaxPooling2D()(g), L.GlobalAveragePooling2D()(e)])
    model = drawn(nabi.Model(a, [L.Dense(2, activation="softmax")(h), L.Activation("sigmoid")(L.Dense(1)(h))]))
    model.compile("adam", loss=["categorical_crossentropy", "binary_crossentropy"], loss_weights=[1.0, 0.5])
    rng = np.random.default_rng(1)
    follow(model, rng.normal(size=(3, 6, 6, 2)), [np.eye(2)[[0, 1, 1]], np.array([[0.0], [1.0], [1.0]])], 1)


def test_recurrent_layers_words_and_weights_of_samples():
    rng = np.random.default_rng(2)
    model = chain(L.LSTM(3, return_sequences=True, dropout=0.2), L.GRU(2), L.LayerNormalization(), L.PReLU(), L.Dense(1),
                  shape=(4, 3))
    model.compile("adam", loss="mse")
    follow(model, rng.normal(size=(3, 4, 3)), rng.normal(size=(3, 1)), 1, sample_weight=np.arange(1.0, 4.0))
    words = drawn(nabi.Sequential([nabi.Input((5,)), L.Embedding(9, 3, mask_zero=True), L.SimpleRNN(2), L.Dense(1)]))
    words.compile("sgd", loss="mse")
    follow(words, rng.integers(0, 9, size=(3, 5)), rng.normal(size=(3, 1)), 1)


def line(rate=0.25, optimizer=None):
    """y = m x + b on four points, from m = 1, b = 0."""
    model = nabi.Sequential([nabi.Input((1,)), L.Dense(1, name="line")])
    model.set_weights([np.array([[1.0]]), np.array([0.0])])
    model.compile(optimizer or O.SGD(rate), loss="mse")
    return trace(model, np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([[1.0], [3.0], [5.0], [7.0]]))


def test_a_line_fit_by_hand():
    """E = 1/4 sum (y - (m x + b))^2: dE/dm = -1/2 (0*1 + 1*2 + 2*3 + 3*4) = -10, dE/db = -1/2 (1 + 2 + 3 + 4) = -5."""
    found = line()
    m, b = found.weight("line", (0, 0)), found.weight("line/bias", 0)
    assert (found.loss, m.value, b.value, m.after, b.after) == (7.5, -10.0, -5.0, 3.5, 1.25)
    assert m.tables[0].columns["x"].tolist() == [0, 1, 2, 3]
    assert m.tables[0].columns["upstream"].tolist() == [-0.5, -1, -1.5, -2]
    assert str(m.lines[0]) == "g = sum of 4 products = 0*(-0.5) + 1*(-1) + 2*(-1.5) + 3*(-2) = -10"
    assert str(m.lines[-1]) == "w = w - lr * g = 1 - 0.25 * (-10) = 3.5"
    assert [found.gradient("line", 0, sample=i).value for i in range(4)] == [-0.5, -1, -1.5, -2]


def test_the_last_layers_gradient_is_share_less_target():
    model = drawn(nabi.Sequential([nabi.Input((2,)), L.Dense(3, activation="softmax", name="end")]))
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    found = trace(model, [[1.0, 2.0], [0.5, -1.0]], [2, 0])
    p = model.predict(np.array([[1.0, 2.0], [0.5, -1.0]]), verbose=0)
    for unit in range(3):
        step = found.gradient("end", unit)
        assert step.value == pytest.approx((p[0, unit] - (unit == 2)) / 2, rel=1e-12)
        assert step.lines[-1].formula == "(p - target) / m"


def test_a_chain_leads_to_the_loss():
    model = net()
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    found = trace(model, rng.normal(size=(3, 7, 7, 2)), rng.integers(0, 3, size=3))
    steps = found.chain(model.layers[0], 2, 3, 1, sample=1)
    assert [step.layer for step in steps] == [layer.name for layer in model.layers] and not steps[-1].tables
    for step, after in zip(steps, steps[1:], strict=False):
        columns = step.tables[0].columns
        upstream = columns["upstream"][np.abs(columns["local g"]).argmax()]
        assert upstream == pytest.approx(after.lines[-1].value, rel=1e-10), after.layer


def test_adam_shows_its_symbols():
    step = line(optimizer=O.Adam(0.5)).weight("line", (0, 0))
    said = {entry.name: entry.value for entry in step.lines}
    assert {"m", "v", "alpha", "m_hat", "v_hat", "lr", "beta_1", "epsilon"} <= set(said)
    assert said["m_hat"] == pytest.approx(-10, rel=1e-14) and said["v_hat"] == pytest.approx(100, rel=1e-12)
    assert said["alpha*m/sqrt(v)"] == pytest.approx(said["alpha"] * said["m"] / said["v"] ** 0.5, rel=1e-12)
    paper = 1 - 0.5 * said["m_hat"] / (said["v_hat"] ** 0.5 + 1e-7 / (1 - 0.999) ** 0.5)
    assert step.after == pytest.approx(paper, rel=1e-14)


def test_the_lines_are_those_of_the_formula():
    def wrong(w, g, m, lr):
        m = 0.5 * m + g
        w = w - lr * m
        return w, m

    values = {"w": 1.0, "g": 2.0, "m": 4.0, "lr": 0.5}
    lines, after = lines_of(wrong, values)
    assert [str(one) for one in lines] == ["m = 0.5 * m + g = 0.5 * 4 + 2 = 4", "w = w - lr * m = 1 - 0.5 * 4 = -1"]
    assert (after["w"], after["m"]) == wrong(**values)
    with pytest.raises(StateError, match="assignments made of"):
        lines_of(lambda w, g: w, {"w": 1.0, "g": 1.0})


def test_nothing_changes():
    model = net()
    model.compile(O.Adam(), loss="sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 7, 7, 2)), rng.integers(0, 3, size=3)
    model.train_on_batch(x, y)
    before, state = [w.copy() for w in model.get_weights()], model.optimizer.state_dict()
    trace(model, x, y).weight(model.layers[-1].name, (0, 0))
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert model.optimizer.state_dict() == state


def test_bad_questions():
    found = line()
    with pytest.raises(ArgumentError, match=r"input 0 to 0, unit 0 to 0, got \(1, 0\)"):
        found.weight("line", (1, 0))
    with pytest.raises(UnknownName, match="Did you mean 'kernel'"):
        found.weight("line", (0, 0), "kernle")
    model = nabi.Sequential([nabi.Input((1,)), L.Dense(1, name="one")])
    with pytest.raises(StateError, match="Call model.compile first"):
        trace(model, [[1.0]], [[1.0]])
    model.get_layer("one").trainable = False
    model.compile("sgd", loss="mse")
    with pytest.raises(StateError, match="a weight that learns"):
        trace(model, [[1.0]], [[1.0]]).weight("one", (0, 0))


def test_a_number_that_is_not_the_largest_of_its_window_says_so():
    model = nabi.Sequential([nabi.Input((2, 2, 1)), L.MaxPooling2D(2, name="pool"), L.Flatten(), L.Dense(1)])
    first = nabi.Sequential([nabi.Input((2, 2, 1)), L.Conv2D(1, 1, use_bias=False, name="conv"), *model.layers])
    first.layers[0].set_weights([np.ones((1, 1, 1, 1))])
    first.compile("sgd", loss="mse")
    found = trace(first, np.array([[[[4.0], [1.0]], [[2.0], [3.0]]]]), np.ones((1, 1)))
    assert "another number of the window is larger = 0" in str(found.gradient("conv", 0, 1, 0))
    assert "one product" in str(found.gradient("conv", 0, 0, 0))
