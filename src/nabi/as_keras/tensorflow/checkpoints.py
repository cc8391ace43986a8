"""Checkpoints: `tf.train.Checkpoint` and its manager: models, optimizers and variables in one file, written and read again.

    checkpoint = tf.train.Checkpoint(step=tf.Variable(1), optimizer=optimizer, net=model)
    manager = tf.train.CheckpointManager(checkpoint, "ckpts", max_to_keep=3)
    checkpoint.restore(manager.latest_checkpoint);  manager.save()          ckpts/ckpt-1.index, ckpts/ckpt-1.data-00000-of-00001

An array has the name <object>/<number or slot>; the file is HDF5 (`nabi.as_keras.names.files`) and holds numbers alone.
"""

import glob
import io
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi.as_keras.names import files
from nabi.as_keras.names.files import DATA, INDEX, WEIGHTS, Loaded, point_at, pointed_at, weights_file
from nabi.as_keras.tensorflow.modules import Module
from nabi.as_keras.tensorflow.variables import Variable
from nabi.core.errors import FileError, ShapeError
from nabi.core.files import atomic
from nabi.layers import Layer
from nabi.layers.weight import Weight
from nabi.models.keras_format.hdf5 import h5py_module, reading, write_arrays
from nabi.optimizers import Optimizer

__all__ = ["Checkpoint", "CheckpointManager", "get_checkpoint_state", "latest_checkpoint", "list_variables", "load_checkpoint",
           "load_variable"]
Arrays = dict[str, np.ndarray]


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The newest checkpoint of a folder, as the name that `load_weights` and `restore` take; None where there is none."""
    folder = os.fspath(checkpoint_dir)
    named = pointed_at(folder, latest_filename)
    if named:
        return named[-1]
    found = [path for path in glob.glob(os.path.join(glob.escape(folder), "*"))
             if os.path.isfile(path) and (files.has_ending(path) or path.endswith(INDEX))]
    return max(found, key=os.path.getmtime).removesuffix(WEIGHTS).removesuffix(INDEX) if found else None


class CheckpointState(NamedTuple):
    """What a folder says of its checkpoints: the newest, and all from old to new."""

    model_checkpoint_path: str
    all_model_checkpoint_paths: list[str]


def get_checkpoint_state(checkpoint_dir: Any, latest_filename: str | None = None) -> CheckpointState | None:
    """The checkpoints that a folder names; None where it names none."""
    named = pointed_at(os.fspath(checkpoint_dir), latest_filename)
    return CheckpointState(named[-1], named) if named else None


class Checkpoint:
    """Models, layers, modules, optimizers and variables that are written and read together.

    Args:
        root: one of them without a name.
        objects: the others by name; what holds no numbers is passed over.

    Attributes:
        save_counter: how often it was saved.
    """

    def __init__(self, root: Any = None, **objects: Any):
        if root is not None:
            self.root = root
        for name, thing in objects.items():
            setattr(self, name, thing)
        self.save_counter = Variable(0, dtype="int64", trainable=False)

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Writes <prefix>-<number>, and gives that name."""
        self.save_counter.assign_add(1)
        path = self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")
        point_at(path)
        return path

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Writes under this very name."""
        path, buffer = os.fspath(file_prefix), io.BytesIO()
        with h5py_module().File(buffer, "w") as file:
            write_arrays(file, dict(arrays(self)))
        with atomic(files.made_folder(path + DATA)) as target:
            target.write(buffer.getvalue())
        point_at(path)
        return path

    def restore(self, save_path: Any, options: Any = None) -> Loaded:
        """Reads what `save` or `write` wrote; None changes nothing. A model without weights takes its own when it is built.

        Raises FileError; ShapeError for weights of another shape.
        """
        if save_path is not None:
            given(self, read(os.fspath(save_path)), self)
        return Loaded()

    read = restore

    def sync(self) -> None:
        """Nothing: writing ends before `save` gives back."""


class CheckpointManager:
    """Numbers the files of a `Checkpoint`, and removes old ones.

    Args:
        checkpoint: the checkpoint.
        directory: its folder.
        max_to_keep: how many are left; None leaves all.
        checkpoint_name: what their names begin with.
    """

    def __init__(self, checkpoint: Checkpoint, directory: Any, max_to_keep: int | None = None, checkpoint_name: str = "ckpt",
                 step_counter: Any = None, checkpoint_interval: Any = None, **more: Any):
        self.checkpoint, self.directory, self.max_to_keep = checkpoint, os.fspath(directory), max_to_keep
        self.prefix, self.checkpoints = os.path.join(self.directory, checkpoint_name), pointed_at(self.directory)
        self.step_counter, self.checkpoint_interval = step_counter, checkpoint_interval

    @property
    def latest_checkpoint(self) -> str | None:
        """The newest one, None where there is none."""
        return self.checkpoints[-1] if self.checkpoints else None

    def save(self, checkpoint_number: Any = None, check_interval: bool = True, options: Any = None) -> str:
        """Writes the next one."""
        if checkpoint_number is None:
            path = self.checkpoint.save(self.prefix)
        else:
            path = self.checkpoint.write(f"{self.prefix}-{int(checkpoint_number)}")
        self.checkpoints = [one for one in self.checkpoints if one != path] + [path]
        while self.max_to_keep and len(self.checkpoints) > self.max_to_keep:
            old = self.checkpoints.pop(0)
            for ending in (INDEX, DATA):
                if os.path.isfile(old + ending):
                    os.remove(old + ending)
        point_at(path, self.checkpoints)
        return path

    def restore_or_initialize(self) -> str | None:
        """Reads the newest one, if there is one, and gives its name."""
        if self.latest_checkpoint:
            self.checkpoint.restore(self.latest_checkpoint)
        return self.latest_checkpoint


# Numbers of things -------------------------------------------------------------------------------------------------------------


def parts(thing: Any) -> dict[str, Any]:
    """What a checkpoint, list or dict holds, by name."""
    if isinstance(thing, Checkpoint):
        return vars(thing)
    if isinstance(thing, dict):
        return {str(key): value for key, value in thing.items()}
    return {str(n): value for n, value in enumerate(thing)} if isinstance(thing, (list, tuple)) else {}


def weights_of(thing: Any) -> list[Weight]:
    """The weights of a layer, model, module or variable, in order."""
    if isinstance(thing, Weight):
        return [thing]
    return list(thing.variables if isinstance(thing, Module) else thing.weights) if isinstance(thing, (Layer, Module)) else []


def arrays(thing: Any, prefix: str = "", whole: Any = None) -> Iterator[tuple[str, np.ndarray]]:
    """Names and numbers of all that a thing holds."""
    whole = thing if whole is None else whole
    for name, part in parts(thing).items():
        yield from arrays(part, f"{prefix}{name}/", whole)
    for number, weight in enumerate(weights_of(thing)):
        yield f"{prefix}{number}", weight.numpy()
    if isinstance(thing, Optimizer):
        yield f"{prefix}iterations", np.asarray(thing.calls, "int64")
        if isinstance(thing._learning_rate, float):
            yield f"{prefix}learning_rate", np.asarray(thing.learning_rate, "float64")
        for name, value in thing.state.items():
            yield f"{prefix}state/{name}", np.asarray(value, "float64")
        for weight, slots in list(thing.remembered.items()):
            path = owner_path(whole, weight)
            for slot, vector in [(slot, slots[slot]) for slot in thing.slots] if path else ():
                yield f"{prefix}slots/{slot}/{path}", weight.view(vector).detach().cpu().numpy()


def owner_path(thing: Any, weight: Any, prefix: str = "") -> str | None:
    """The name of a weight among all that a thing holds."""
    for name, part in parts(thing).items():
        found = owner_path(part, weight, f"{prefix}{name}/")
        if found:
            return found
    return next((f"{prefix}{number}" for number, one in enumerate(weights_of(thing)) if one is weight), None)


def read(path: str) -> Arrays:
    """The arrays of a checkpoint by name.

    Raises FileError.
    """
    file = path + DATA if os.path.isfile(path + DATA) else weights_file(path)
    if not os.path.isfile(file):
        raise FileError(f"reading {path}", "a checkpoint", "nothing there", "See tf.train.latest_checkpoint(folder).")
    weights_file(path)  # refuses TensorFlow's own
    with reading(file, f"reading {path}") as root:
        names = root.texts("weight_names")
        if names is None:
            raise FileError(f"reading {path}", "what tf.train.Checkpoint wrote", "another file",
                            "model.load_weights reads weights.")
        return {name: root.array(name) for name in names}


def given(thing: Any, found: Arrays, whole: Any, prefix: str = "") -> None:
    """Writes arrays into all that a thing holds, by name; what is not in the file stays as it is."""
    for name, part in parts(thing).items():
        given(part, found, whole, f"{prefix}{name}/")
    own = [found[f"{prefix}{number}"] for number in range(len(found)) if f"{prefix}{number}" in found]
    if own and isinstance(thing, (Layer, Module, Weight)):
        if isinstance(thing, Layer):
            files.when_built(thing, lambda: assigned(thing, own, prefix))
        else:
            assigned(thing, own, prefix)
    if isinstance(thing, Optimizer) and f"{prefix}iterations" in found:
        resume(thing, {name.removeprefix(prefix): array for name, array in found.items() if name.startswith(prefix)}, whole)


def assigned(thing: Any, own: list[np.ndarray], prefix: str) -> None:
    """Overwrites the weights of a thing, all or none."""
    weights = weights_of(thing)
    if [weight.shape for weight in weights] != [array.shape for array in own]:
        raise ShapeError(f"Checkpoint.restore, {prefix[:-1]!r}", f"weights of shapes {[array.shape for array in own]}",
                         [weight.shape for weight in weights], "Build the model as it was when it was saved.")
    for weight, array in zip(weights, own, strict=True):
        weight.assign(torch.from_numpy(np.array(array)))


def resume(optimizer: Optimizer, found: Arrays, whole: Any) -> None:
    """Gives an optimizer its steps, its rate and its memory; that of weights which are not made yet waits for its first step."""
    optimizer.calls = max(int(found["iterations"]), 0)
    if "learning_rate" in found and isinstance(optimizer._learning_rate, float):
        optimizer.learning_rate = float(found["learning_rate"])
    optimizer.state = {name: float(found[place]) if (place := f"state/{name}") in found else value
                       for name, value in optimizer.state.items()}
    slots: dict[str, Arrays] = {}
    for name, array in found.items():
        if name.startswith("slots/"):
            _, slot, path = name.split("/", 2)
            slots.setdefault(path, {})[slot] = array

    def remember(weights: Any) -> None:
        for weight in weights:
            arrays = slots.get(owner_path(whole, weight) or "", {})
            known = optimizer.remembered.setdefault(weight, {})
            for slot in optimizer.slots if arrays or not slots else ():
                vector = known.setdefault(slot, torch.full((weight.size,), optimizer.slot_start(slot), dtype=weight.stored.dtype))
                if slot in arrays and arrays[slot].shape == weight.shape:
                    weight.view(vector).copy_(torch.from_numpy(np.array(arrays[slot])))

    def build(variables: Any) -> None:
        remember(variables or ())
        optimizer.__dict__.pop("build", None)
        optimizer.build(variables)

    remember([weight for weight in every_weight(whole) if weight.trainable])
    if optimizer.hand is None:
        optimizer.__dict__["build"] = build


def every_weight(thing: Any) -> Iterator[Weight]:
    """The weights of all that a thing holds."""
    for part in parts(thing).values():
        yield from every_weight(part)
    yield from weights_of(thing)


class Reader:
    """A checkpoint's arrays by name: what `tf.train.load_checkpoint` gives.

    Args:
        arrays: they.
    """

    def __init__(self, arrays: Arrays):
        self.arrays = arrays

    def get_tensor(self, name: str) -> np.ndarray:
        """The numbers of one."""
        return self.arrays[name]

    def has_tensor(self, name: str) -> bool:
        """Whether there is one of that name."""
        return name in self.arrays

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes of all."""
        return {name: list(array.shape) for name, array in self.arrays.items()}


def load_checkpoint(ckpt_dir_or_file: Any) -> Reader:
    """The arrays of a checkpoint, or of the newest one of a folder."""
    path = os.fspath(ckpt_dir_or_file)
    return Reader(read((latest_checkpoint(path) or path) if os.path.isdir(path) else path))


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """(name, shape) of each array."""
    return list(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def load_variable(ckpt_dir_or_file: Any, name: str) -> np.ndarray:
    """The numbers of one array."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)
