"""Signatures: what nabi and Keras share has the same names, order and defaults; the differences are stated here, as data."""

import inspect

import pytest

import nabi
from nabi.core.pieces import arguments

PACKAGES = ("layers", "optimizers", "losses", "metrics", "callbacks", "initializers", "regularizers", "constraints")
NOT_HAD = {  # arguments of Keras that nabi does not take, and why
    "dtype": "losses count in the predictions' dtype",
    "renorm": "not yet", "renorm_clipping": "not yet", "renorm_momentum": "not yet",
    "synchronized": "one machine", "retstep": "numpy.linspace has it", "lora_rank": "not yet", "lora_alpha": "not yet",
    "quantization_config": "not yet",
    "autocast": "compile(precision=...) decides", "aggregation": "one machine", "overwrite_with_gradient": "not yet",
    "tensor": "inputs are symbols", "input_tensor": "inputs are symbols", "optional": "not yet", "sparse": "not yet",
    "ragged": "not yet", "batch_shape": "Input takes it", "custom_objects": "load_model takes them", "skip_mismatch": "not yet",
    "rebuild": "a chain is built when it is needed", "zipped": "one file", "max_shard_size": "one file",
}  # fmt: skip
OTHER_ORDER = {"Metric": "name before dtype, as in Keras 2 and in every metric"}
OTHER_DEFAULT = {**{(name, "pool_size"): "2 as MaxPooling2D" for name in ("AveragePooling1D", "AvgPool1D", "AveragePooling2D",
                                                                          "AvgPool2D")},
                 ("add_weight", "shape"): "a number", ("add_weight", "initializer"): "Keras puts it in for None"}


def parameters(thing) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(thing).parameters.values() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


def differences(name: str, ours, theirs) -> list[str]:
    """What is neither the same nor stated above."""
    mine, keras = parameters(ours), parameters(theirs)
    known = {p.name for p in mine} | (set(arguments(ours)) if inspect.isclass(ours) else set())
    found = [f"{name}: no {p.name}" for p in keras if p.name not in known | set(NOT_HAD)]
    ordered = [[p.name for p in side if p.kind != p.KEYWORD_ONLY] for side in (mine, keras)]
    for a, b in zip(*ordered, strict=False):
        if a != b and name not in OTHER_ORDER and b in known:
            found.append(f"{name}: {a} stands where Keras has {b}")
            break
    defaults = {p.name: p.default for p in keras}
    for p in mine:
        wanted = defaults.get(p.name, p.default)
        same = wanted == p.default or (isinstance(wanted, tuple) and wanted == (p.default,) * len(wanted))
        if not same and (name, p.name) not in OTHER_DEFAULT:
            found.append(f"{name}({p.name}={p.default!r}), in Keras {wanted!r}")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_classes_are_called_as_in_keras(package):
    import keras

    ours, theirs = getattr(nabi, package), getattr(keras, package)
    names = [name for name in ours.__all__ if inspect.isclass(getattr(ours, name)) and hasattr(theirs, name)] \
        + (["Input"] if package == "layers" else [])
    assert len(names) > 4
    assert [text for name in names for text in differences(name, getattr(ours, name), getattr(theirs, name))] == []


@pytest.mark.parametrize("name", ["Model", "Sequential"])
def test_methods_are_called_as_in_keras(name):
    import keras

    ours, theirs = getattr(nabi, name), getattr(keras, name)
    shared = [n for n in dir(ours) if n[0] != "_" and n != "call" and inspect.isroutine(getattr(ours, n)) and hasattr(theirs, n)]
    assert len(shared) > 15
    assert [text for n in shared for text in differences(n, getattr(ours, n), getattr(theirs, n))] == []


def test_the_functions_beside_them():
    import keras

    pairs = [("Sequential", nabi.Sequential, keras.Sequential),
             ("to_categorical", nabi.utils.to_categorical, keras.utils.to_categorical)]
    assert [text for pair in pairs for text in differences(*pair)] == []


def test_functions_of_ops():
    import keras

    shared = [name for name in nabi.ops.__all__ if hasattr(keras.ops, name)]
    assert set(nabi.ops.__all__) - set(shared) <= {"deg2rad"} and len(shared) > 130
    assert [text for name in shared for text in differences(name, getattr(nabi.ops, name), getattr(keras.ops, name))] == []


def test_a_swapped_argument_would_be_found():
    def ours(b, a=1):
        return a, b

    def theirs(a, b=1):
        return a, b

    assert len(differences("f", ours, theirs)) == 3
