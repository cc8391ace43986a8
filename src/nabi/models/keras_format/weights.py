"""Weights: where Keras' two layouts keep each weight of a model.

    Keras 3     layers/conv2d/vars/0, layers/conv2d/vars/1, layers/bidirectional/forward_layer/cell/vars/0 ...
                by class and order, whatever the layers' names are; a layer inside a layer by its attribute
    Keras 1, 2  conv2d/conv2d/kernel ... with the attributes layer_names and weight_names, which say the order;
                of each layer the trainable weights first

Source: Keras 3, saving/saving_lib.py (`_walk_saveable`) and legacy/saving/legacy_h5_format.py.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nabi.core.errors import FileError, ShapeError
from nabi.core.names import snake_case
from nabi.core.warning import warn
from nabi.layers.inside import local_names
from nabi.layers.layer import Layer
from nabi.layers.weight import Weight
from nabi.models.keras_format.hdf5 import DAMAGED, Tree, write_arrays, write_texts
from nabi.models.keras_format.older import as_now
from nabi.models.keras_format.own_state import Loading, arrays_in, stored
from nabi.models.keras_format.own_state import own as own_method
from nabi.models.naming import is_model, unused

NOTHING_CHANGED = "Nothing was changed. Build the model as the saved one."
HIDDEN = ("nodes", "graph", "trainer", "inference", "history", "counters", "card")
Found = list[tuple[Any, Any]]  # weights and arrays; or layers that read their arrays themselves


# Keras 3 ----------------------------------------------------------------------------------------------------------------------


def places(model: Any) -> Iterator[tuple[str, Layer, list[Weight]]]:
    """Each layer once: its path, itself, and its own weights in Keras' order: those that can learn, then the others.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3), nabi.layers.Dense(2)])
        >>> [path for path, layer, weights in places(model) if weights]
        ['layers/dense', 'layers/dense_1']
    """
    seen: set[int] = set()
    todo: list[tuple[str, Layer]] = [("", model)]
    while todo:
        path, layer = todo.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        own = sorted(layer.own_weights, key=lambda weight: not weight.trainable)
        yield path, layer, own
        within = [child for name, value in attributes(layer) for child in children(f"{path}/{name}".lstrip("/"), value)]
        todo += reversed(within)


def attributes(layer: Any) -> list[tuple[str, Any]]:
    """A layer's attributes as Keras goes through them: a model's layers first, private ones last."""
    if is_model(layer) and not layer.written:
        return [("layers", layer.layers)]
    found = {name: value for name, value in vars(layer).items() if name not in HIDDEN and not name.startswith("_")}
    if is_model(layer):
        found["layers"] = layer.layers
    private = {
        name: value
        for name, value in vars(layer).items()
        if name.startswith("_") and name not in ("_weights", "_tried", "_inside", "_left")
    }
    return [*sorted(found.items()), *sorted(private.items())]


def children(path: str, value: Any) -> list[tuple[str, Layer]]:
    """The layers in an attribute with their paths; those in a list by class and number."""
    if isinstance(value, Layer):
        return [(path, value)]
    if not isinstance(value, (list, tuple, dict)):
        return []
    used: dict[str, int] = {}
    found = []
    for part in value.values() if isinstance(value, dict) else value:
        if not isinstance(part, (Layer, list, tuple, dict)):
            continue
        name = class_name(part) if isinstance(part, Layer) else "container"
        used[name] = used.get(name, -1) + 1
        found += children(f"{path}/{name}" + (f"_{used[name]}" if used[name] else ""), part)
    return found


def class_name(layer: Layer) -> str:
    """The word that Keras 3 has for a layer's class in paths."""
    if is_model(layer) and type(layer).__module__.startswith("nabi."):
        return "sequential" if hasattr(layer, "chain") else "functional"
    return snake_case(type(layer).__name__)


def extra(layer: Layer) -> dict[int, np.ndarray]:
    """Arrays that Keras keeps and nabi does not need: how many samples a Normalization was adapted to."""
    return {2: np.zeros((), "int32")} if type(layer).__name__ == "Normalization" and layer.own_weights else {}


def write_new(root: Any, model: Any) -> None:
    """Writes Keras 3's layout into an HDF5 group."""
    for path, layer, own in places(model):
        group = root.require_group(f"{path}/vars" if path else "vars")
        group.attrs["name"] = layer.name
        save = own_method(layer, "save_own_variables")
        usual = {**{n: weight.numpy() for n, weight in enumerate(own)}, **extra(layer)}
        for number, array in (usual if save is None else stored(layer, save)).items():
            group.create_dataset(str(number), data=array)


def read_new(root: Tree, model: Any, skip_mismatch: bool = False) -> Found:
    """The arrays of Keras 3's layout for a model's weights; all are checked before one is taken.

    Raises:
        FileError: a layer without its arrays, or with other ones. ShapeError: only shapes differ.
    """
    found: Found = []
    older = root.tree("_layer_checkpoint_dependencies") is not None
    for path, layer, own in places(model):
        load = own_method(layer, "load_own_variables")
        if not own and load is None:
            continue
        spellings = [path, path.replace("layers/", "layers\\"), path.replace("functional", "model")]
        if older:
            spellings.append(path.replace("layers", "_layer_checkpoint_dependencies"))
        group = next((g for s in spellings if (g := root.tree(f"{s}/vars" if s else "vars")) is not None), None)
        if load is not None:
            found.append((Loading(load), arrays_in(group)))
            continue
        arrays = [] if group is None else [group.array(name) for name in sorted(group.names(), key=numbered)]
        arrays = arrays[: len(own)] if extra(layer) else arrays
        found += matched(layer, own, arrays, root.where, path, skip_mismatch)
    return found


def numbered(name: str) -> tuple[int, str]:
    """The order of the arrays in a group: "2" before "10"."""
    return (int(name), "") if name.isdecimal() else (2**31, name)


def matched(layer: Any, weights: list[Weight], arrays: list[np.ndarray], where: str, path: str, skip: bool) -> Found:
    """A layer's weights and the arrays for them.

    Raises:
        FileError: more or fewer arrays. ShapeError: other shapes. With `skip` a warning instead, and nothing for this layer.
    """
    problem: Exception | None = None
    expected, got = [weight.shape for weight in weights], [array.shape for array in arrays]
    if len(expected) != len(got):
        problem = FileError(
            f"{where} into {layer.label}",
            f"{len(expected)} arrays {expected} at '{path}'",
            f"{len(got)}: {got}" if got else "none",
            NOTHING_CHANGED,
        )
    elif expected != got:
        problem = ShapeError(f"{where} into {layer.label}", f"arrays of shapes {expected}", got, NOTHING_CHANGED)
    if problem is None:
        return list(zip(weights, arrays, strict=True))
    if not skip:
        raise problem
    warn(f"Weights of {layer.label} were left as they are: the file has {got or 'none'} for {expected}.")
    return []


# Keras 1 and 2 ----------------------------------------------------------------------------------------------------------------


def in_old_order(layer: Any) -> list[Weight]:
    """A layer's weights as the older files have them: those that are trained, then the others."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def write_old(group: Any, model: Any, version: str, backend: str) -> None:
    """Writes the layout of Keras 1 and 2 into an HDF5 group."""
    write_texts(group, "layer_names", [layer.name for layer in model.layers])
    group.attrs["backend"], group.attrs["keras_version"] = backend, version
    for layer in sorted(model.layers, key=lambda one: one.name):
        if "/" in layer.name or layer.name in (".", ""):
            raise FileError(f"writing {layer.label}", "a name without a slash", repr(layer.name), "Rename the layer.")
        arrays = {name: weight.numpy() for name, weight in names_of(layer).items()}
        arrays.update({f"{layer.name}/count": array for array in extra(layer).values()})
        write_arrays(group.create_group(layer.name), arrays)
    write_arrays(group.create_group("top_level_model_weights"), {weight.name: weight.numpy() for weight in model.own_weights})


def names_of(layer: Any) -> dict[str, Weight]:
    """The weights of a layer by names such as "conv2d/kernel" or "encoder/dense/kernel", in the old order."""
    named: dict[int, str] = {}
    stack = [(layer, layer.name)]
    while stack:
        inner, prefix = stack.pop()
        if is_model(inner):
            stack += [(child, f"{prefix}/{child.name}") for child in inner.layers]
            named.update({id(w): f"{prefix}/{w.name}" for w in inner.own_weights})
        else:
            named.update({id(w): f"{prefix}/{name}" for name, w in local_names(inner).items()})
    found: dict[str, Weight] = {}
    for weight in in_old_order(layer):
        found[unused(named.get(id(weight), f"{layer.name}/{weight.name}"), found)] = weight
    return found


def read_old(root: Tree, model: Any, by_name: bool = False, skip_mismatch: bool = False) -> Found:
    """The arrays of the older layout for a model's weights: layer after layer, or by the layers' names.

    Raises:
        FileError: more or fewer layers or arrays. ShapeError: only shapes differ.
    """
    names = root.texts("layer_names")
    if names is None:
        raise FileError(root.where, "the weights of a Keras model", "an HDF5 file without layer_names", DAMAGED)
    version, backend = root.text("keras_version") or "1", root.text("backend")
    arrays: dict[str, list[np.ndarray]] = {}
    for name in names:
        group = root.tree(name)
        if group is None:
            raise FileError(root.where, f"a group for the layer '{name}'", "none", DAMAGED)
        arrays[name] = [group.array(word) for word in group.texts("weight_names") or []]
    found: Found = []
    if by_name:
        layers = {layer.name: layer for layer in model.layers}
        pairs = [(layers[name], name) for name in arrays if name in layers and (arrays[name] or layers[name].weights)]
        if not pairs:
            warn(f"{root.where}: no layer of {model.label} has a name of the file's; nothing was loaded.")
    else:
        mine, theirs = [layer for layer in model.layers if layer.weights], [name for name in arrays if arrays[name]]
        if len(mine) != len(theirs):
            raise FileError(
                f"{root.where} into {model.label}",
                f"{len(mine)} layers with weights: {listed(x.name for x in mine)}",
                f"{len(theirs)}: {listed(theirs)}",
                f"{NOTHING_CHANGED} by_name=True takes layers of the same names.",
            )
        pairs = list(zip(mine, theirs, strict=True))
    for layer, name in pairs:
        now = as_now(layer, arrays[name], version, backend)
        weights = in_old_order(layer)
        if type(layer).__name__ == "Normalization":
            now = now[: len(weights)]
        found += matched(layer, weights, now, root.where, name, skip_mismatch)
    top = root.tree("top_level_model_weights")
    if top is not None and model.own_weights:
        found += matched(
            model,
            model.own_weights,
            [top.array(w) for w in top.texts("weight_names") or []],
            root.where,
            "top_level_model_weights",
            skip_mismatch,
        )
    return found


def listed(names: Any) -> str:
    """The first names."""
    names = list(names)
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def assigned(found: Found) -> None:
    """Overwrites the weights."""
    for weight, array in found:
        weight.assign(array if isinstance(array, dict) else np.ascontiguousarray(array))
