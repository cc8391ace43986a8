"""What Keras lets one ask of a model, and inputs and outputs by name."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError

RNG = np.random.default_rng(0)
XA, XB = RNG.normal(size=(3, 4)).astype("float32"), RNG.normal(size=(3, 4)).astype("float32")


def two(**how):
    a, b = nabi.Input((4,), name="a"), nabi.Input((4,), name="b")
    return nabi.Model([a, b], L.Concatenate()([L.Rescaling(10.0)(a), b]), **how)


def test_inputs_in_a_dict_go_by_name():
    model = two()
    wanted = np.concatenate([10 * XA, XB], -1)
    np.testing.assert_allclose(model({"b": XB, "a": XA}).numpy(), wanted, rtol=1e-6)
    q, p = nabi.Input((4,), name="q"), nabi.Input((4,), name="p")
    outer = nabi.Model([p, q], model({"b": q, "a": p}))
    np.testing.assert_allclose(outer([XA, XB]).numpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("given, said", [({"a": XA}, r"missing \['b'\]"), ({"a": XA, "b": XB, "c": XB}, r"unknown \['c'\]")])
def test_names_that_do_not_fit_are_refused(given, said):
    with pytest.raises(ArgumentError, match=said):
        two()(given)


def forked():
    x = nabi.Input((4,))
    return nabi.Model(x, {"p": L.Dense(2)(x), "q": L.Dense(3)(x)})


def test_outputs_in_a_dict_come_back_in_one():
    model = forked()
    found = model(XA)
    assert {name: tuple(y.shape) for name, y in found.items()} == {"p": (3, 2), "q": (3, 3)} == {
        name: (3, *shape[1:]) for name, shape in model.output_shape.items()}
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    for name, y in copy(XA).items():
        assert (y == found[name]).all()
    x = nabi.Input((4,))
    outer = nabi.Model(x, model(x)["q"])
    assert (outer(XA) == found["q"]).all()
    assert [w.shape for w in nabi.Model.from_config(outer.get_config()).weights] == [w.shape for w in outer.weights]


def test_a_shared_layer_at_two_outputs_has_two_names():
    a, b = nabi.Input((4,)), nabi.Input((4,))
    d = L.Dense(2, name="d")
    assert nabi.Model([a, b], [d(a), d(b)]).output_names == ["d", "d_1"]


def test_shapes_and_variables_as_in_keras():
    import keras

    def build(lib):
        x = lib.Input((6, 6, 2))
        y = lib.layers.BatchNormalization()(lib.layers.Conv2D(3, 3)(x))
        return lib.Model(x, [y, lib.layers.Flatten()(y)])

    ours, theirs = build(nabi), build(keras)
    assert ours.input_shape == theirs.input_shape and ours.output_shape == theirs.output_shape
    for name in ("variables", "trainable_variables", "non_trainable_variables"):
        assert [w.shape for w in getattr(ours, name)] == [tuple(w.shape) for w in getattr(theirs, name)], name
    assert two().input_shape == [(None, 4), (None, 4)]


def test_a_built_chain_knows_its_shapes():
    model = nabi.Sequential([L.Dense(2)])
    model.build((None, 7))
    assert (model.input_shape, model.output_shape) == ((None, 7), (None, 2))


def test_metrics_are_listed_and_reset():
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(2)])
    assert model.metrics == []
    model.compile("sgd", "mse", metrics=["mae"])
    model.train_on_batch(XA, XB[:, :2])
    assert len(model.metrics) == 2 and model.metrics[0].result() > 0
    model.reset_metrics()
    assert not model.metrics[0].result() > 0


def test_json_holds_the_architecture():
    model = two(name="mine")
    entry = json.loads(model.to_json(indent=1))
    assert entry["class_name"] == "Model"
    assert nabi.Model.from_config(entry["config"]).get_config() == model.get_config()


def test_dir_names_what_is_for_users():
    """Keras' names that there are, and those of a class of the user's; nothing of how a model is made."""
    class Own(nabi.Model):
        def __init__(self):
            super().__init__()
            self.first = L.Dense(2)

        def call(self, x):
            return self.first(x)

        def more(self):
            """A method of the user's."""

    own, chain = Own(), nabi.Sequential([nabi.Input((4,)), L.Dense(2)])
    assert {"first", "more", "fit", "card", "__init__"} <= {*dir(own)} and {"add", "pop", "card", "lr_find"} <= {*dir(chain)}
    for model in (own, chain):
        shown = [name for name in dir(model) if not name.startswith("_")]
        assert not {"slot_shapes", "own_seed", "measures", "trainer", "through"} & {*shown} and len(shown) < 90
        assert all(hasattr(type(model), name) or name in vars(model) for name in shown)
    assert "more" not in dir(chain) and "first" not in dir(chain)


def spoken():
    """(file, name) of each `model.name` in a text of the sources that is not a docstring."""
    import re

    for path in sorted(Path(nabi.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "model." not in text:
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise):
                texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                for text in texts:
                    yield from ((path.name, name) for name in re.findall(r"\bmodel\.([a-z_]+)\b(?!\.py)", text))


def test_what_errors_name_exists():
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(2)])
    model.compile("sgd", "mse")
    found = list(spoken())
    assert len(found) > 5
    others = "safetensors", "keras", "h", "state_dict"  # endings of files, and what models of torch have
    unknown = [(file, name) for file, name in found if not hasattr(model, name) and name not in others]
    assert not unknown
