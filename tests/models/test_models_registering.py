"""nabi.saving: Keras' path to files, and its decorator that lets them name classes and functions of one's own."""

import importlib

import numpy as np
import pytest
import torch

import nabi
from nabi import saving
from nabi.core.errors import ArgumentError, FileError
from nabi.core.registry import HOMES, TABLE
from nabi.saving import load_model, register_keras_serializable, save_model


@pytest.fixture(autouse=True)
def clean():
    """What a test enters is gone afterwards."""
    for home in HOMES.values():
        importlib.import_module(home)
    before = {kind: dict(table) for kind, table in TABLE.items()}
    yield
    for kind, table in TABLE.items():
        table.clear()
        table.update(before[kind])


class Scale(nabi.layers.Layer):
    def __init__(self, factor=2.0, **base):
        super().__init__(**base)
        self.factor = factor

    def call(self, x):
        return self.factor * x


class Gap(nabi.losses.Loss):
    def call(self, y_true, y_pred):
        return torch.abs(y_true - y_pred).mean(-1)


def doubled(x):
    return 2 * x


def ridge(w):
    return 0.1 * (w**2).sum()


def fourth(y_true, y_pred):
    return ((y_true - y_pred) ** 4).mean(-1)


def test_a_file_may_name_what_is_registered(tmp_path):
    """A layer, an activation, a regularizer, a loss and a metric of one's own; without the decorator the file is refused."""
    for thing in (Scale, Gap, doubled, ridge, fourth):
        assert register_keras_serializable("mine")(thing) is thing
    layers = [nabi.Input((3,)), Scale(3.0), nabi.layers.Dense(2, activation=doubled, kernel_regularizer=ridge)]
    model = nabi.Sequential(layers)
    model.compile("sgd", loss=Gap(), metrics=[fourth])
    save_model(model, tmp_path / "m.safetensors")
    loaded, x, y = load_model(tmp_path / "m.safetensors"), np.eye(3, dtype="float32"), np.ones((3, 2), "float32")
    assert type(loaded.layers[0]) is Scale and loaded.layers[0].factor == 3.0 and loaded.layers[1].activation is doubled
    assert loaded.predict(x, verbose=0).tolist() == model.predict(x, verbose=0).tolist()
    assert loaded.evaluate(x, y, verbose=0) == model.evaluate(x, y, verbose=0)
    for name in ("Scale", "mine>Scale"):
        TABLE["layer"].pop(name)
    with pytest.raises(FileError, match="custom_objects"):
        load_model(tmp_path / "m.safetensors")


def test_the_kind_is_that_of_the_base_class():
    bases = {kind: base for kind, base in saving.BASES.items() if kind != "layer"}
    for kind, base in bases.items():
        own = register_keras_serializable(name="Other")(type(f"My{kind}", (base,), {"__module__": __name__}))
        held = {(k, name) for k, table in TABLE.items() for name, thing in table.items() if thing is own}
        assert held == {(kind, f"My{kind}"), (kind, "Other"), (kind, "Custom>Other")}
    model = register_keras_serializable()(type("Net", (nabi.Model,), {"__module__": __name__}))
    assert TABLE["layer"]["Net"] is model


def test_it_is_kerass_path():
    assert importlib.import_module("nabi.saving") is nabi.saving and set(saving.__all__) <= set(vars(saving))
    assert nabi.saving.load_model is nabi.load_model


@pytest.mark.parametrize("enter, said", [
    (lambda: register_keras_serializable(Scale), "Write it with brackets"),
    (lambda: register_keras_serializable("mine", 3), "name.: expected a name, got 3"),
    (lambda: register_keras_serializable()(type("Dense", (Scale,), {"__module__": "mine"})), "nabi's layer names, got 'Dense'"),
    (lambda: register_keras_serializable(name="Dense")(Scale), "nabi's layer names, got 'Dense'"),
    (lambda: register_keras_serializable()(object), "of object: expected a subclass of Layer, Loss"),
    (lambda: register_keras_serializable()(lambda x: x), "a function with a name, got neither"),
    (lambda: register_keras_serializable()(3), "of 3: expected a subclass"),
    (lambda: register_keras_serializable(pakage="mine"), "Did you mean 'package'")])
def test_errors(enter, said):
    before = {kind: dict(table) for kind, table in TABLE.items()}
    with pytest.raises(ArgumentError, match=said):
        enter()
    assert TABLE == before
