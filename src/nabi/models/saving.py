"""Saving: a model, or its weights, as one `.safetensors` file, and back; Keras' own files are in `keras_format`.

    arrays      conv2d/kernel, conv2d/bias, encoder/dense/kernel, ...        contiguous, in Keras' shapes
    metadata    nabi           {"format": 1, "kind": "model" | "weights", "versions": {...}}
                architecture   layers by registered name, their arguments, who reads whom       see `config`
                compile        optimizer, losses, metrics, precision                            see `compiled`
                counters       seed, epochs trained, calls of the random layers
                card           model.card: preprocessing, class names, data fingerprint, metrics: what the user put there

Nothing in a file is run: it can name registered layers and functions only. A weight is refused before memory is taken for it if
the file holds no array of its shape. The optimizer's memory is not saved: training that must go on exactly needs a checkpoint.
"""

import os
import platform
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, FileError, NabiError
from nabi.core.numbers import flag
from nabi.core.registry import TABLE
from nabi.core.version import __version__
from nabi.core.warning import warn
from nabi.layers.function import speaking
from nabi.layers.inside import opened
from nabi.layers.weight import supplied
from nabi.models import safefile
from nabi.models.compiled import compile_config, compile_from_config
from nabi.models.config import layer_entry, layer_from_entry
from nabi.models.keras_format import is_keras_file, read_model, read_weights, write_model, write_weights
from nabi.models.naming import check_card, is_model, named_weights, paired

__all__ = ["from_bytes", "load_model", "load_weights", "save_model", "save_weights", "to_bytes", "twin"]

FORMAT = 1


def save_model(model, filepath, overwrite: bool = True, include_optimizer: bool = True) -> None:
    """Writes architecture, weights, compile settings, counters and card to one file.

    Args:
        model: the model; its layers, and what they are configured with, must be registered.
        filepath: ends in ".safetensors", or in ".keras", ".h5" or ".hdf5": then it is a file of Keras' (see `keras_format`).
        overwrite: False makes an existing file an error.
        include_optimizer: False leaves compile settings and the optimizer's memory out of a file of Keras'.

    A loss or metric that is not registered leaves the compile settings out, with a warning. `model.card["class_names"]`, where it
    is set, must name as many classes as the output has (two for one unit).

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2)])
        >>> save_model(model, "model.safetensors")
        >>> load_model("model.safetensors").output.shape
        (None, 2)

    Raises FileError: also for layers that Keras has not, where a file of Keras' is asked for. ArgumentError.
    """
    check_card(model)
    optimizer = flag("save(include_optimizer)", include_optimizer)
    if is_keras_file(filepath):
        write_model(model, fresh(filepath, overwrite), optimizer)
        return
    safefile.write(fresh(filepath, overwrite), weight_arrays(model), model_metadata(model))


@checked
def load_model(filepath, custom_objects: Mapping[str, Any] | None = None, compile: bool = True, safe_mode: bool = True):
    """The model of a file, with weights; compiled as it was, if it was, with a fresh optimizer of the same settings.

    Args:
        filepath: a file that `save_model` or Keras 1 to 3 wrote: .safetensors, .keras, .h5, .hdf5.
        custom_objects: {name: class or function} that the file may name besides what is registered.
        compile: False leaves the compile settings aside.
        safe_mode: accepted as in Keras; code in a file is refused with False, too.

    Raises:
        FileError: a damaged, hostile or foreign file; a layer or function that is not registered.
    """
    if is_keras_file(filepath):
        with also_known(custom_objects or {}):
            return read_model(filepath, compile)
    with also_known(custom_objects or {}), safefile.opened(filepath) as file:
        return model_from_file(file, compile)


def has_weights(model) -> bool:
    """Whether it has its weights: it was built, or, written without `call` around other models, these were."""
    return model.built or (model.written and bool(model.layers) and all(layer.built for layer in model.layers))


def save_weights(model, filepath, overwrite: bool = True) -> None:
    """Writes the weights alone."""
    if not has_weights(model):
        raise ArgumentError(f"save_weights of {model.label}", "a model with weights", "one that was never built",
                            "Give the first layer input_shape=..., or call model.build((None, 28, 28, 1)).")
    if is_keras_file(filepath):
        write_weights(model, fresh(filepath, overwrite))
        return
    safefile.write(fresh(filepath, overwrite), weight_arrays(model), {"nabi": heading("weights")})


def load_weights(model, filepath, skip_mismatch: bool = False, by_name: bool = False) -> None:
    """Reads weights from a model, weights or checkpoint file, from Keras' files, or any safetensors file of the same names.

    Names must be the same but for running numbers (`dense_3` may be `dense`). Nothing is changed unless all fit. Keras' files
    (.keras, .h5, .hdf5) are read layer by layer in their order, whatever the names are.

    Args:
        model: the model.
        filepath: the file.
        skip_mismatch: leaves layers of other shapes as they are, with a warning, in Keras' files.
        by_name: takes the layers of the same names, whatever else the file (.h5, .hdf5) and the model have.

    Raises:
        FileError: names are missing or left over, with the list; a damaged file. ShapeError: only shapes differ.
    """
    if not has_weights(model):
        raise ArgumentError(f"load_weights into {model.label}", "a model with weights", "one that was never built",
                            "Give the first layer input_shape=..., or call model.build((None, 28, 28, 1)).")
    skipping, named = flag("load_weights(skip_mismatch)", skip_mismatch), flag("load_weights(by_name)", by_name)
    if is_keras_file(filepath):
        read_weights(model, filepath, named, skipping)
        return
    if skipping or named:
        raise ArgumentError("load_weights(skip_mismatch, by_name)", "a file of Keras' (.h5) with them", repr(filepath),
                            "Set weights layer by layer: layer.set_weights(arrays).")
    with safefile.opened(filepath) as file:
        fill(model, file.arrays(), file.where)


def to_bytes(model) -> bytes:
    """The model file in memory."""
    return safefile.as_bytes(weight_arrays(model), model_metadata(model))


def from_bytes(data: bytes, custom_objects: Mapping[str, Any] | None = None):
    """The model of `to_bytes`; what `pickle` calls."""
    with also_known(custom_objects or {}), safefile.opened(data) as file:
        return model_from_file(file, compile=True)


def twin(model):
    """A copy that shares nothing: layers, weights, counters, compile settings; its optimizer starts afresh.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2)])
        >>> copy = twin(model)
        >>> copy.weights[0].assign(copy.weights[0].value + 1)
        >>> bool((copy.weights[0].value == model.weights[0].value + 1).all())
        True
    """
    with speaking():
        return from_bytes(to_bytes(model), own_classes(model))


def own_classes(model) -> dict[str, type]:
    """The user's classes among a model and the layers inside it: what a file needs `custom_objects` for."""
    every = {id(layer): type(layer) for layer in opened(model)}
    return {kind.__name__: kind for kind in every.values() if not kind.__module__.startswith("nabi.")}


# Parts ------------------------------------------------------------------------------------------------------------------------


def weight_arrays(model) -> dict[str, np.ndarray]:
    """The weights by their names in the file."""
    return {name: weight.numpy() for name, weight in named_weights(model).items()}


def heading(kind: str) -> dict[str, Any]:
    """What every file of nabi says of itself."""
    versions = {"nabi": __version__, "torch": torch.__version__, "numpy": np.__version__, "python": platform.python_version()}
    return {"format": FORMAT, "kind": kind, "versions": versions}


def model_metadata(model) -> dict[str, Any]:
    """All of a model that is no array."""
    try:
        settings = compile_config(model)
    except ArgumentError as error:
        settings = None
        warn(f"The copy or file of {model.label} has no compile settings: {error} Call compile again after loading.")
    return {"nabi": heading("model"), "architecture": layer_entry(model), "compile": settings, "counters": model.counters.state(),
            "card": model.card}


def fresh(filepath, overwrite: bool):
    """The path, which must not exist unless it may be overwritten."""
    if not flag("save(overwrite)", overwrite) and os.path.exists(filepath):
        raise FileError(f"writing {filepath}", "a file that does not exist yet, since overwrite=False", "one that does")
    return filepath


def check_heading(file: safefile.SafeFile, kind: str) -> None:
    """Holds the file's own words against what was asked for."""
    said = file.json("nabi")
    if not isinstance(said, dict) or type(said.get("format")) is not int:
        raise FileError(file.where, f"a {kind} that nabi saved", "a safetensors file of another program",
                        "Build the model and call model.load_weights(path), which reads arrays of the same names and shapes, or "
                        "nabi.zoo.load_torch(model, path) for weights of torchvision or timm.")
    if said["format"] != FORMAT:
        versions = said.get("versions")
        writer = versions.get("nabi", "?") if isinstance(versions, dict) else "?"
        newer = said["format"] > FORMAT
        remedy = "update nabi" if newer else f"load and save it with nabi {writer}, or train again"
        raise FileError(file.where, f"format {FORMAT}, that of nabi {__version__}", f"format {said['format']}",
                        f"{'A newer' if newer else 'An older'} nabi ({writer}) wrote it; {remedy}.")
    if said.get("kind") != kind:
        raise FileError(file.where, f"a {kind} file", f"a {said.get('kind')!r} file".replace("'", ""),
                        "load_model reads models, model.load_weights the weights of any file, BackupAndRestore checkpoints.")


def require(file: safefile.SafeFile, *parts: str) -> None:
    """Raises FileError where a file's metadata lack parts of a model."""
    missing = [part for part in parts if part not in file.metadata]
    if missing:
        raise FileError(file.where, f"{' and '.join(parts)} in a model file", f"a file without {' and '.join(missing)}",
                        "It is damaged, or another program wrote it anew; model.load_weights(path) reads its arrays.")


@contextmanager
def blame(file: safefile.SafeFile, what: str, remedy: str = safefile.DAMAGED):
    """Whatever goes wrong with what a file says is the file's fault: one FileError."""
    try:
        yield
    except Exception as error:
        if isinstance(error, FileError) and str(error).startswith(file.where):
            raise
        said = str(error) if isinstance(error, NabiError) else f"{type(error).__name__}: {error}"
        cause = None if isinstance(error, NabiError) else error
        raise FileError(file.where, what, f"this error: {said[:500]}", remedy) from cause


def model_from_file(file: safefile.SafeFile, compile: bool):
    """The model that an open file describes."""
    check_heading(file, "model")
    arrays = file.arrays()
    require(file, "architecture")
    left = Counter(array.shape for array in arrays.values())

    def supply(layer, shape, dtype):
        if not left[shape]:
            raise FileError(f"{file.where}: {layer.label}", f"an array of shape {shape}", "none in the file", safefile.DAMAGED)
        left[shape] -= 1
        return torch.zeros((), dtype=dtype).expand(shape)

    with blame(file, "an architecture of registered layers", "Register your own layers before loading, or pass custom_objects."):
        with supplied(supply):
            model = layer_from_entry(file.json("architecture"), [])
        if not is_model(model):
            raise FileError(file.where, "a model", model.label, safefile.DAMAGED)
    fill(model, arrays, file.where)
    require(file, "counters", "card")
    with blame(file, "counters and a card"):
        model.counters.load_state(file.json("counters"))
        model.card = dict(file.json("card"))
    settings = file.json("compile") if compile else None
    if settings is not None:
        with blame(file, "compile settings of registered parts", "Call load_model(path, compile=False) and compile it yourself."):
            compile_from_config(model, settings)
    return model


def fill(model, arrays: dict[str, np.ndarray], where: str) -> None:
    """Overwrites all weights of a model by a file's arrays, or none of them."""
    weights, shapes = named_weights(model), {name: array.shape for name, array in arrays.items() if name[:1] != "@"}
    pairs = paired(weights, shapes, f"{where} into {model.label}")
    for source in pairs.values():
        if arrays[source].dtype.kind != "f":
            raise FileError(f"{where}, array '{source}'", "floating-point numbers", str(arrays[source].dtype))
    for name, weight in weights.items():
        weight.assign(arrays[pairs[name]])


@contextmanager
def also_known(things: Mapping[str, Any]):
    """Within the block, names of the caller's own that a file may use, as if they were registered."""
    before = {kind: dict(table) for kind, table in TABLE.items()}
    for table in TABLE.values():
        table.update(things)
    try:
        yield
    finally:
        for kind, table in TABLE.items():
            for name in things:
                table.pop(name, None)
                if name in before[kind]:
                    table[name] = before[kind][name]
