"""Unusual graphs: very deep ones, unused inputs, outputs that are inputs or come twice, equal names, layers without weights."""

import numpy as np
import pytest

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.core.errors import ArgumentError, ShapeError
from parity.twins import Twins, close, randomize

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 4)), RNG.normal(size=(24, 2))


def test_a_chain_of_200_layers(tmp_path):
    deep = [layers.Dense(4, activation="tanh", kernel_initializer="he_normal") for _ in range(200)]
    model = Sequential([Input((4,)), *deep, layers.Dense(2)])
    model.compile("sgd", "mse")
    history = model.fit(X, Y, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all() and len(model.get_weights()) == 402
    model.save(tmp_path / "deep.safetensors")
    again = nabi.load_model(tmp_path / "deep.safetensors")
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    shown = []
    model.summary(print_fn=shown.append)
    assert "4,010" in shown[0]


@pytest.mark.learn
def test_a_deep_functional_graph_and_its_errors_need_no_recursion():
    x = Input((64, 64, 1))
    h = x
    for _ in range(600):
        h = layers.Add()([h, layers.Rescaling(0.5)(h)])
    model = Model(x, h)
    assert len(model.layers) == 1201 and model.predict(np.zeros((1, 64, 64, 1)), verbose=0).shape == (1, 64, 64, 1)
    with pytest.raises(ShapeError, match=r"window 65x65 does not fit; smallest input for the layers so far is 65x65"):
        layers.MaxPooling2D(65)(h)


def test_an_input_that_nothing_reads():
    a, b = Input((4,), name="a"), Input((7,), name="b")
    model = Model([a, b], layers.Dense(2)(a))
    model.compile("sgd", "mse")
    idle = RNG.normal(size=(24, 7))
    history = model.fit([X, idle], Y, epochs=2, verbose=0).history["loss"]
    assert history[1] < history[0]
    assert np.array_equal(model.predict({"a": X, "b": idle}, verbose=0), model.predict([X, 0 * idle], verbose=0))


def test_an_output_that_is_an_input(keras64):
    def recipe(lib):
        x = lib.Input((4,), name="given")
        return lib.Model(x, [x, lib.layers.Dense(2, name="out")(x)])

    twins = Twins(keras64, recipe, "sgd", ["mse", "mse"])
    ours = twins.ours.fit(X, [X + 1, Y], epochs=2, verbose=0, shuffle=False).history
    theirs = twins.theirs.fit(X, [X + 1, Y], epochs=2, verbose=0, shuffle=False).history
    close(ours["loss"], theirs["loss"], 1e-9)
    assert ours["given_loss"] == pytest.approx([1.0, 1.0]), "its loss is 1 and moves nothing"
    same, _ = twins.ours.predict(X, verbose=0)
    assert np.array_equal(same, X)


def test_a_loss_that_depends_on_no_weight_changes_none():
    x = Input((4,), name="given")
    model = Model(x, [x, layers.Dense(2, name="out")(x)])
    model.compile("adam", {"given": "mse"})
    before = model.get_weights()
    model.fit(X, [X + 1, Y], epochs=2, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_same_output_twice_learns_from_both():
    """Two losses on one output: the gradient is that of their sum."""

    def made(times):
        x = Input((4,))
        out = layers.Dense(2, activation="softmax", name="out")(x)
        model = Model(x, [out] * times)
        randomize(model)
        return model

    twice, once = made(2), made(1)
    assert twice.output_names == ["out", "out_1"]
    twice.compile(nabi.optimizers.SGD(0.1), ["mse", "mse"], precision="float64", metrics=[["mae"], ["mae"]])
    once.compile(nabi.optimizers.SGD(0.2), "mse", precision="float64")
    history = twice.fit(X, [Y, Y], epochs=2, verbose=0, shuffle=False).history
    once.fit(X, Y, epochs=2, verbose=0, shuffle=False)
    assert list(history) == ["loss", "out_loss", "out_1_loss", "out_mae", "out_1_mae"]
    close(history["loss"], 2 * np.array(history["out_loss"]), 1e-12)
    for a, b in zip(twice.get_weights(), once.get_weights(), strict=True):
        close(a, b, 1e-9)
    first, second = twice.predict(X, verbose=0)
    assert np.array_equal(first, second) and np.allclose(first.sum(1), 1)


def test_one_layer_with_two_outputs_of_the_model():
    shared = layers.Dense(2, name="shared")
    a, b = Input((4,)), Input((4,))
    model = Model([a, b], [shared(a), shared(b)])
    assert model.output_names == ["shared", "shared_1"]
    model.compile("sgd", {"shared": "mse", "shared_1": "mae"})
    history = model.fit([X, X], {"shared": Y, "shared_1": Y}, verbose=0).history
    assert set(history) == {"loss", "shared_loss", "shared_1_loss"} and len(model.weights) == 2


def test_two_layers_of_one_name_are_refused():
    with pytest.raises(ArgumentError, match="'twin' twice"):
        Sequential([Input((4,)), layers.Dense(3, name="twin"), layers.Dense(2, name="twin")])
    x = Input((4,))
    with pytest.raises(ArgumentError, match="'twin' twice"):
        Model(x, layers.Dense(2, name="twin")(layers.Dense(3, name="twin")(x)))


def test_a_model_without_weights_can_be_compiled_evaluated_and_fitted():
    model = Sequential([Input((4,)), layers.Rescaling(0.5)])
    assert np.array_equal(model.predict(X.astype("float32"), verbose=0), X.astype("float32") / 2)
    model.compile("adam", "mse")
    expected = np.mean((X / 2 - X) ** 2)
    assert model.evaluate(X, X, verbose=0) == pytest.approx(expected, rel=1e-6)
    assert model.fit(X, X, epochs=2, verbose=0).history["loss"] == pytest.approx([expected] * 2, rel=1e-6)


def test_a_model_that_is_its_input():
    x = Input((4,), name="given")
    model = Model(x, x)
    assert np.array_equal(model.predict(X.astype("float32"), verbose=0), X.astype("float32"))
    out = model.predict(X.astype("float32"), verbose=0)
    out += 1
    assert not np.shares_memory(out, X)


@pytest.mark.filterwarnings("ignore:x. expected values that differ")
def test_one_sample_and_one_feature():
    model = Sequential([Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit([[2.0]], [[3.0]], epochs=3, verbose=0)
    assert history.history["loss"][2] < history.history["loss"][0] and model.predict([[2.0]], verbose=0).shape == (1, 1)
