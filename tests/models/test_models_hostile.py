"""Hostile and damaged model files: always one FileError, nothing run, no memory taken for what the file does not hold."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_networks import NETWORKS

import nabi
from nabi import layers as L
from nabi.core.errors import FileError
from nabi.models import safefile
from nabi.models.saving import from_bytes, to_bytes


def contents(model):
    """(arrays, metadata) of a model's file."""
    with safefile.opened(to_bytes(model)) as file:
        return file.arrays(), {key: file.json(key) for key in file.metadata if key != safefile.CHECKSUM}


def chain():
    model = nabi.Sequential([nabi.Input((6,)), L.Dense(4, name="a"), L.Dense(2, name="b")])
    model.compile("adam", "mse", metrics=["mae"])
    return model


def graph():
    x = nabi.Input((6,))
    return nabi.Model(x, L.Dense(2, name="b")(L.Dense(4, name="a")(x)))


def altered(build, change, key="architecture"):
    """A model's file with one change in its metadata."""
    arrays, metadata = contents(build())
    change(metadata[key])
    return safefile.as_bytes(arrays, metadata)


def refused(data, said):
    with pytest.raises(FileError, match=said):
        from_bytes(data)


def layers_of(architecture):
    return architecture["config"]["layers"]


def put(*path_and_value):
    """A change that sets what lies at a path."""
    *path, last, value = path_and_value

    def change(tree):
        for step in path:
            tree = tree[step]
        tree[last] = value

    return change


CHAINS = {
    "an unknown layer": (put("config", "layers", 0, "class_name", "Shell"), "layer 'Shell': expected a known layer"),
    "a module for a layer": (put("config", "layers", 0, "class_name", "os.system"), "layer 'os.system'"),
    "an optimizer for a layer": (put("config", "layers", 0, "class_name", "Adam"), "layer 'Adam'"),
    "a list for a name": (put("config", "layers", 0, "class_name", ["Dense"]), "unhashable"),
    "a layer for the model": (lambda a: a.update(copy.deepcopy(layers_of(a)[0])), "expected a model, got Dense 'a'"),
    "billions of units": (put("config", "layers", 0, "config", "units", 10**10), r"shape \(6, 10000000000\), got none in"),
    "more weights than arrays": (lambda a: layers_of(a).append({"class_name": "Dense", "config": {"units": 2, "name": "c"}}),
                                 r"Dense 'c': expected an array of shape \(2, 2\)"),
    "fewer weights than arrays": (lambda a: layers_of(a).pop(), "not in the model: 'b/kernel'"),
    "another name": (put("config", "layers", 0, "config", "name", "z"), "missing in the file: 'z/kernel'"),
    "a number for a name": (put("config", "layers", 0, "config", "name", 3), "a text as the layer's name"),
    "a negative number of units": (put("config", "layers", 0, "config", "units", -1), "units"),
    "units as text": (put("config", "layers", 0, "config", "units", "4; import os"), "units"),
    "an argument too many": (put("config", "layers", 0, "config", "code", "1"), "a known argument, got 'code'"),
    "an unknown activation": (put("config", "layers", 0, "config", "activation", "__import__"), "activation '__import__'"),
    "an input of 10**9 x 10**9": (put("config", "input_shape", [10**9, 10**9]), "none in the file"),
    "no layers": (lambda a: a["config"].pop("layers"), "KeyError"),
    "the model inside itself": (lambda a: layers_of(a).append({"same_as": 0}), "a layer named earlier, got same_as 0, a circle"),
    "a layer to come": (lambda a: layers_of(a).insert(0, {"same_as": 5}), "same_as 5"),
    "a layer number -1": (lambda a: layers_of(a).append({"same_as": -1}), "same_as -1"),
    "a list for the architecture": (lambda a: a.clear(), "KeyError"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHAINS)
def test_a_chain_that_lies_is_refused(what):
    change, said = CHAINS[what]
    refused(altered(chain, change), said)


GRAPHS = {
    "a layer that reads itself": put("config", "calls", 1, 1, [[1, 0]]),
    "two layers in a circle": put("config", "calls", 1, 1, [[2, 0]]),
    "an output that is not there": put("config", "calls", 1, 1, [[0, 1]]),
    "call -1": put("config", "calls", 1, 1, [[-1, 0]]),
    "a truth value for a call": put("config", "calls", 1, 1, [[False, 0]]),
    "a layer that is not there": put("config", "calls", 1, 0, 9),
    "layer -1": put("config", "calls", 1, 0, -1),
    "nothing read": put("config", "calls", 1, 1, []),
    "no outputs": put("config", "outputs", []),
    "an output to come": put("config", "outputs", [[7, 0]]),
    "names that are no texts": put("config", "input_names", [1]),
    "too many names": put("config", "output_names", ["a", "b"]),
}


@pytest.mark.parametrize("what", GRAPHS)
def test_a_graph_that_lies_is_refused(what):
    refused(altered(graph, GRAPHS[what]), "expected")


OTHERS = {
    "a newer format": ("nabi", put("format", 2), r"expected format 1, .*got format 2. A newer nabi \(.*\) wrote it"),
    "another kind": ("nabi", put("kind", "checkpoint"), "a model file, got a checkpoint file"),
    "no format": ("nabi", lambda said: said.clear(), "of another program"),
    "a text for a seed": ("counters", put("seed", "x"), "counters and a card"),
    "endless epochs": ("counters", put("epochs", float("inf")), "counters and a card"),
    "an unknown optimizer": ("compile", put("optimizer", "class_name", "Shell"), "optimizer 'Shell'.*compile=False"),
    "an unknown loss": ("compile", put("loss", "my_loss"), "loss 'my_loss'.*compile=False"),
    "an optimizer's argument": ("compile", put("optimizer", "config", "code", 1), "'code'"),
    "a rate for a layer that is not there": ("compile", put("rates", [1, 1, 1, 1]), "compile settings"),
    "a text for a rate": ("compile", put("rates", ["x", 1]), "compile settings"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_lies_are_refused(what):
    key, change, said = OTHERS[what]
    refused(altered(chain, change, key), said)


def test_nested_models_have_a_limit():
    """A thousand boxes in each other would exhaust Python's stack; the JSON's depth stops them first. Fifteen are fine."""
    box = '{"class_name": "Sequential", "config": {"name": "m", "input_shape": null, "layers": ['
    for number, said in ((1000, "JSON, got something else"), (30, "levels deep")):
        metadata = {"nabi": '{"format": 1, "kind": "model"}', "architecture": box * number + "]}}" * number}
        metadata[safefile.CHECKSUM] = safefile.checksum({}, metadata)
        text = json.dumps({"__metadata__": metadata}).encode()
        refused(len(text).to_bytes(8, "little") + text, said)
    model = chain()
    for _ in range(15):
        model = nabi.Sequential([model])
    assert from_bytes(to_bytes(model)).count_params() == model.count_params()


def test_the_number_of_layers_has_a_limit(monkeypatch):
    monkeypatch.setattr("nabi.models.config.MOST_LAYERS", 3)
    assert from_bytes(to_bytes(chain())).layers[1].units == 2
    refused(altered(chain, lambda a: layers_of(a).append({"class_name": "Flatten", "config": {}})), "at most 3 layers")


def test_arrays_of_whole_numbers_are_no_weights():
    arrays, metadata = contents(chain())
    refused(safefile.as_bytes({**arrays, "a/bias": np.zeros(4, "int32")}, metadata), "'a/bias'.*floating-point.*int32")


def test_a_refused_file_leaves_nothing_registered_or_built():
    model = chain()
    before = model.get_weights()
    with pytest.raises(FileError):
        from_bytes(altered(chain, put("config", "layers", 0, "config", "units", 10**10)))
    assert nabi.layers.Dense(2)(np.ones((1, 3), "float32")).shape == (1, 2), "weights are drawn again, not taken from a file"
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))


WHOLE = {}  # the files that hypothesis damages, made once


def whole(name):
    if name not in WHOLE:
        WHOLE[name] = to_bytes(NETWORKS[name]())
    return WHOLE[name]


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(["lecture", "nested"]), data=st.data())
def test_flipped_and_cut_bytes_are_refused(name, data):
    """Whatever is damaged is a FileError, unless the file still says the same (a space for a line's end)."""
    file = whole(name)
    end = 8 + int.from_bytes(file[:8], "little")
    bad = bytearray(file)
    for _ in range(data.draw(st.integers(1, 3))):
        bad[data.draw(st.integers(0, end if data.draw(st.booleans()) else len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    bad = bytes(bad[: data.draw(st.one_of(st.just(len(bad)), st.integers(0, len(bad))))])
    try:
        model = from_bytes(bad)
    except FileError:
        assert bad != file
    else:
        assert to_bytes(model) == file


KEYS = st.sampled_from(["class_name", "config", "same_as", "name"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 12), st.sampled_from([2**31, 10**12, 2**63, 10**30]), st.floats(),
              st.sampled_from(["Dense", "Conv2D", "relu", "same", "", "float64", "Sequential", "x" * 1000])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner)),
    max_leaves=4,
)  # fmt: skip


@pytest.mark.learn
@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["lecture", "nested", "every_layer"]),
    key=st.sampled_from(["architecture", "compile", "counters", "card"]),
    data=st.data(),
)
def test_any_json_in_the_metadata_is_read_or_refused(name, key, data):
    """One value somewhere in the metadata is replaced by any other: a model of the same size, or a FileError."""
    file = whole(name)
    with safefile.opened(file) as opened:
        arrays, metadata = opened.arrays(), {k: opened.json(k) for k in opened.metadata if k != safefile.CHECKSUM}
    tree, last = metadata, key
    while isinstance(tree[last], dict | list) and tree[last] and data.draw(st.integers(0, 5)):
        tree = tree[last]
        last = data.draw(st.sampled_from(sorted(tree) if isinstance(tree, dict) else range(len(tree))))
    tree[last] = data.draw(JSON)
    try:
        model = from_bytes(safefile.as_bytes(arrays, metadata))
    except FileError:
        return
    assert model.count_params() == sum(array.size for array in arrays.values())
