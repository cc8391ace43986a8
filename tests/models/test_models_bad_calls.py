"""The main methods: bad values of each argument, each refused in one line that says where, what was expected and what came."""

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

import nabi
from nabi import layers as L
from nabi.core.errors import NabiError

NAN = float("nan")
X, Y = np.random.default_rng(0).normal(size=(8, 4)).astype("float32"), np.eye(3)[np.arange(8) % 3]
COUNT, EPOCHS, FLAG = [0, -1, 1.5, "32", True, NAN], [-1, 1.5, "2", True, None], ["yes", 2]
SILENT, CALLED = ["loud", 3, None, -1], [3, "x", [3], [L.Dense(2)]]
INPUTS, TARGETS = [None, 3, "x", X[:0], X[:, :2]], [Y[:3], Y[:, :2]]
WEIGHTS, BY_CLASS = ["a", np.ones(3), 3, np.full(8, NAN)], [3, "even", [1.0, 2.0], {0: -1.0}, {0: NAN}, {"a": 1.0}]
PATHS = [3, None, "", "m.pt", "m"]

BAD: dict[str, dict[str, list]] = {
    "compile": {
        "optimizer": [3, "adamm", [], L.Dense(2)], "loss": [3, "categorical_crossentrpy", ["mse", "mse"], {"x": "mse"}],
        "loss_weights": ["a", [1.0, 2.0], {"x": 1.0}, NAN], "metrics": [3, "acuracy", [3], {"x": ["mse"]}],
        "weighted_metrics": [3, "acuracy"], "run_eagerly": FLAG, "steps_per_execution": [0, "a", 1.5], "jit_compile": ["yes", 3],
        "auto_scale_loss": FLAG, "precision": ["float16", 3],
    },
    "fit": {
        "x": INPUTS, "y": [None, 3, *TARGETS, np.full((8, 3), NAN)], "batch_size": COUNT, "epochs": EPOCHS, "verbose": SILENT,
        "callbacks": CALLED, "validation_split": [-0.1, 1.0, 20, NAN, "0.2", True],
        "validation_data": [X, 3, "x", (X,), (X, Y[:3]), (X, Y, None, None)], "shuffle": ["batch", 2, None],
        "class_weight": BY_CLASS, "sample_weight": WEIGHTS, "initial_epoch": EPOCHS, "steps_per_epoch": COUNT,
        "validation_steps": COUNT, "validation_batch_size": COUNT, "validation_freq": [*COUNT, [0], ["a"]],
        "validation_split_mode": ["random", 3], "run": [3, True], "time_budget": ["ten minutes", "0s", 0, -1, True, NAN, [60]],
        "mix": [0.2, "MixUp", True],
        "sampling": ["class", {7: 1.0}, {"a": 1.0}, {0: -1.0}, {0: 0, 1: 0, 2: 0}, np.ones(3), -np.ones(8), np.zeros(8), 3, True],
    },
    "evaluate": {"x": INPUTS, "y": [None, *TARGETS], "batch_size": COUNT, "verbose": SILENT, "sample_weight": WEIGHTS[:3],
                 "steps": COUNT, "callbacks": CALLED, "return_dict": [*FLAG, None]},
    "predict": {"x": INPUTS, "batch_size": COUNT, "verbose": SILENT, "steps": COUNT, "callbacks": CALLED},
    "train_on_batch": {"x": INPUTS, "y": [None, *TARGETS], "sample_weight": WEIGHTS[:3], "class_weight": BY_CLASS,
                       "return_dict": FLAG},
    "test_on_batch": {"x": INPUTS, "y": [None, *TARGETS], "sample_weight": WEIGHTS[:3], "return_dict": FLAG},
    "predict_on_batch": {"x": INPUTS},
    "save": {"filepath": PATHS, "overwrite": FLAG, "include_optimizer": FLAG},
    "save_weights": {"filepath": PATHS, "overwrite": FLAG},
    "load_weights": {"filepath": [3, None, "", "missing.safetensors", "missing.h5"], "skip_mismatch": FLAG, "by_name": FLAG},
    "to_code": {"framework": ["tensorflow", 3, None], "path": [3, "", "net.txt"]},
    "get_layer": {"name": ["c", 3, None], "index": [5, -5, 1.5, "0", True]},
    "add": {"layer": [3, None, "Dense", L.Dense, L.Dense(3, name="a")]},
    "pop": {},
    "set_weights": {"weights": [3, None, "x", [], [np.ones((4, 5))], [np.ones((9, 9))] * 4]},
}  # fmt: skip
SAID = {  # where the argument is not named itself
    "metrics": "metric", "weighted_metrics": "metric", "filepath": "ing ", "add": "add: ",
    "name": "the name of one of its layers", "x": "input '", "set_weights": "weight '", "validation_batch_size": "batch_size: ",
}
GIVEN: dict[str, dict[str, Any]] = {
    "fit": {"x": X, "y": Y, "verbose": 0}, "evaluate": {"x": X, "y": Y, "verbose": 0}, "predict": {"x": X, "verbose": 0},
    "train_on_batch": {"x": X, "y": Y}, "test_on_batch": {"x": X, "y": Y}, "save": {"filepath": "m.safetensors"},
    "save_weights": {"filepath": "m.safetensors"}, "load_weights": {"filepath": "m.h5"},
}


def model():
    made = nabi.Sequential([nabi.Input((4,)), L.Dense(5, name="a"), L.Dense(3, activation="softmax", name="b")])
    made.compile("sgd", "categorical_crossentropy")
    return made


def others(method: str, argument: str) -> dict[str, Any]:
    """The other arguments of the call: those that the tried one means something beside."""
    if argument == "validation_split_mode":
        return {"validation_split": 0.5}
    return {"validation_data": (X, Y)} if argument in ("validation_steps", "validation_batch_size", "validation_freq") else {}


def complaint(method: str, argument: str, value: Any) -> str | None:
    """What is wrong with how a value is refused; None if nothing is."""
    try:
        getattr(model(), method)(**{**GIVEN.get(method, {}), **others(method, argument), argument: value})
    except NabiError as error:
        text = str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    else:
        return "taken"
    named = any(word in text for word in (argument, *(SAID[key] for key in (method, argument) if key in SAID)))
    return None if named and ": expected " in text and ", got " in text and "\n" not in text else text


@pytest.mark.parametrize("method", BAD)
def test_every_argument_is_checked(method, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = [name for name, p in inspect.signature(getattr(nabi.Sequential, method)).parameters.items() if name != "self"
             and p.kind is not p.VAR_KEYWORD]
    assert set(known) == set(BAD[method]), "a row of bad values for each argument, and no other"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of data that look odd
        said = {(argument, repr(value)): complaint(method, argument, value)
                for argument, values in BAD[method].items() for value in values}
    assert {key: text for key, text in said.items() if text is not None} == {}
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_value_to_be_bad(tmp_path):
    empty = nabi.Sequential()
    for call, said in ((empty.pop, "Sequential.pop: expected a model with layers, got an empty one"),
                       (lambda: nabi.load_model(3), "reading a file: expected its name, such as 'model.safetensors', got 3"),
                       (lambda: nabi.load_model(tmp_path / "no.safetensors"), "expected a file, got nothing there"),
                       (lambda: model().save(*[]), r"save(filepath): expected a value, got none")):
        with pytest.raises(NabiError) as caught:
            call()
        assert said in str(caught.value)


def test_remedies_of_validation():
    cases: list[tuple[dict[str, Any], str]] = [
        ({"validation_split": 20}, "For 20 % write 0.2."), ({"validation_split": -1}, "0.2 holds a fifth out."),
        ({"validation_data": X}, "got ndarray. Write validation_data=(x_val, y_val)."),
        ({"validation_data": (X, Y[:3])}, "validation_data, fit/evaluate data: expected as many samples"),
    ]
    for given, remedy in cases:
        with pytest.raises(NabiError) as caught:
            model().fit(X, Y, verbose=0, **given)
        assert remedy in str(caught.value)
