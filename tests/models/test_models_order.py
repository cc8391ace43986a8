"""Order of the layers in a functional model: Keras' own, so that `set_weights(keras_model.get_weights())` is right."""

import sys
import time

import numpy as np
import pytest

import nabi
from nabi.core.errors import ArgumentError, FileError, ShapeError, StateError


def shortcut(lib, L):
    i = lib.Input((4,), name="i")
    x = L.Dense(4, name="a")(i)
    s = L.Dense(4, name="short")(i)
    y = L.Dense(4, name="b", activation="tanh")(x)
    return lib.Model(i, L.Add(name="add")([s, y]), name="shortcut")


def residual(lib, L):
    i = lib.Input((6, 6, 2), name="i")
    x = L.Conv2D(3, 3, padding="same", name="stem")(i)
    for n in range(3):
        short = L.Conv2D(3, 1, name=f"short{n}")(x) if n % 2 == 0 else x
        y = L.BatchNormalization(name=f"norm{n}")(L.Conv2D(3, 3, padding="same", name=f"first{n}")(x))
        y = L.Conv2D(3, 3, padding="same", name=f"second{n}")(L.ReLU(name=f"relu{n}")(y))
        x = L.Add(name=f"add{n}")([short, y] if n else [y, short])
    return lib.Model(i, L.Dense(2, name="out")(L.GlobalAveragePooling2D(name="pool")(x)))


def inception(lib, L):
    i = lib.Input((6, 6, 2), name="i")
    a = L.Conv2D(2, 1, name="one")(i)
    b = L.Conv2D(2, 3, padding="same", name="three")(L.Conv2D(3, 1, name="three_reduce")(i))
    c = L.Conv2D(2, 5, padding="same", name="five")(L.Conv2D(3, 1, name="five_reduce")(i))
    d = L.Conv2D(2, 1, name="project")(L.MaxPooling2D(3, strides=1, padding="same", name="pool")(i))
    return lib.Model(i, L.Dense(2, name="out")(L.Flatten(name="flat")(L.Concatenate(name="cat")([a, b, c, d]))))


def dense_block(lib, L):
    i = lib.Input((5, 5, 2), name="i")
    x = i
    for n in range(4):
        x = L.Concatenate(name=f"cat{n}")([L.Conv2D(2, 3, padding="same", activation="tanh", name=f"conv{n}")(x), x])
    return lib.Model(i, x)


def shared(lib, L):
    i = lib.Input((4,), name="i")
    both = L.Dense(4, name="both", activation="tanh")
    early = L.Dense(4, name="early")(i)
    late = both(L.Dense(4, name="late")(both(early)))
    return lib.Model(i, L.Add(name="add")([L.Dense(4, name="side")(i), both(i), late]))


def nested(lib, L):
    i = lib.Input((4,), name="i")
    inner = shortcut(lib, L)
    chain = lib.Sequential([lib.Input((4,)), L.Dense(4, name="p"), L.Dense(4, name="q")], name="chain")
    joined = L.Add(name="join")([L.Dense(4, name="far")(i), inner(chain(i)), inner(i)])
    return lib.Model(i, [L.Dense(2, name="one")(joined), L.Dense(1, name="two")(chain(joined))])


def several(lib, L):
    b, a, unused = lib.Input((4,), name="b"), lib.Input((4,), name="a"), lib.Input((4,), name="unused")
    x = L.Dense(4, name="x")(a)
    return lib.Model([a, b, unused], [L.Dense(2, name="p")(L.Add(name="add")([b, x])), L.Dense(3, name="q")(b)])


@pytest.mark.parametrize("build", [shortcut, residual, inception, dense_block, shared, nested, several])
def test_layers_and_weights_stand_as_in_keras(build):
    import keras

    ours, theirs = build(nabi, nabi.layers), build(keras, keras.layers)
    names = [layer.name for layer in theirs.layers]
    assert [layer.name for layer in ours.layers] == names
    rng = np.random.default_rng(0)
    theirs.set_weights([np.abs(rng.normal(size=w.shape)).astype("float32") * 0.3 + 0.01 for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    x = [rng.normal(size=(3, *s.shape[1:])).astype("float32") for s in ours.inputs]
    found, wanted = ours(x if len(x) > 1 else x[0]), theirs(x if len(x) > 1 else x[0])
    for y, z in zip(*(v if isinstance(v, (list, tuple)) else [v] for v in (found, wanted)), strict=True):
        np.testing.assert_allclose(y.detach().numpy(), z.detach().cpu().numpy(), rtol=1e-5, atol=1e-5)


def test_a_shortcut_as_the_books_write_it():
    assert [layer.name for layer in shortcut(nabi, nabi.layers).layers] == ["i", "a", "short", "b", "add"]


def doubling(levels: int) -> dict:
    """Configuration of models that each call the one before twice."""
    entry = {"class_name": "InputLayer", "config": {"shape": [2], "name": "x"}}
    inner = {"class_name": "ReLU", "config": {"name": "relu"}}
    for number in range(levels):
        config = {"name": f"m{number}", "layers": [dict(entry, config={"shape": [2], "name": f"x{number}"}), inner],
                  "calls": [[0, []], [1, [[0, 0]]], [1, [[1, 0]]]], "inputs": [[0, 0]], "outputs": [[2, 0]]}
        inner = {"class_name": "Model", "config": config}
    return inner["config"]


@pytest.fixture
def fewer_calls(monkeypatch):
    """A bound that is reached ten times sooner."""
    for module in ("graph", "config"):
        assert sys.modules[f"nabi.models.{module}"].MOST_CALLS == 100_000
        monkeypatch.setattr(f"nabi.models.{module}.MOST_CALLS", 10_000)


def test_a_small_file_cannot_ask_for_endless_calls(fewer_calls):
    start = time.process_time()
    with pytest.raises((FileError, ShapeError), match=" 10000 calls"):
        nabi.Model.from_config(doubling(60))
    assert time.process_time() - start < 1
    assert len(nabi.Model.from_config(doubling(10)).graph.calls) == 1024


def test_calls_that_nothing_reads_are_counted_too(fewer_calls):
    config = doubling(13)
    config["calls"] += [[1, [[0, 0]]]] * 1000
    with pytest.raises(FileError, match=" 10000 calls"):
        nabi.Model.from_config(config)


def test_a_graph_by_hand_is_bounded_too(fewer_calls):
    x = nabi.Input((2,))
    model = nabi.Model(x, nabi.layers.ReLU()(x))
    with pytest.raises(ShapeError, match=" 10000 calls"):
        for _ in range(20):
            x = nabi.Input((2,))
            model = nabi.Model(x, model(model(x)))


def test_two_layers_of_one_name_are_refused():
    import keras

    for lib in (nabi, keras):
        x = lib.Input((4,))
        y = lib.layers.Dense(4, name="same")(lib.layers.Dense(4, name="same")(x))
        with pytest.raises((ArgumentError, ValueError), match="unique"):
            lib.Model(x, y)
    layer = nabi.layers.Dense(4, name="same")
    x = nabi.Input((4,))
    assert len(nabi.Model(x, layer(layer(x))).layers) == 2
    with pytest.raises(ArgumentError, match="unique"):
        nabi.Sequential([nabi.layers.Dense(4, name="same"), nabi.layers.Dense(4, name="same")])


def test_a_long_chain_is_built_in_a_moment():
    start = time.process_time()
    model = nabi.Sequential([nabi.Input((2,)), *(nabi.layers.ReLU() for _ in range(3000))])
    assert len(model.graph.calls) == 3000 and time.process_time() - start < 5


def test_a_chain_follows_add_and_pop():
    model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3, name="a")])
    assert [c.layer.name for c in model.graph.calls] == ["a"]
    model.add(nabi.layers.Dense(2, name="b"))
    assert [c.layer.name for c in model.graph.calls] == ["a", "b"]
    model.pop()
    model.add(nabi.layers.Dense(5, name="b"))
    assert model.output.shape == (None, 5)


def test_a_chain_that_is_not_built_freezes_its_layers():
    model = nabi.Sequential([nabi.layers.Dense(3)], trainable=False)
    assert not model.layers[0].trainable


def test_models_without_layers_or_inputs_say_so():
    with pytest.raises(StateError, match="model.add"):
        nabi.Sequential().predict(np.zeros((2, 4)))

    with pytest.raises(ArgumentError, match="Call layers on an Input"):
        nabi.Model()
