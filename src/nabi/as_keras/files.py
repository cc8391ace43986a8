"""Files: names that Keras takes and nabi does not: a folder for a whole model, a checkpoint without an ending.

    model.save("saved_model")                  saved_model/model.keras
    model.save_weights("training/cp-1.ckpt")   training/cp-1.ckpt.weights.h5
"""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

ENDINGS = (".keras", ".h5", ".hdf5", ".safetensors", ".weights", ".hdf", ".he5")
MODEL, WEIGHTS = "model.keras", ".weights.h5"


def has_ending(path: Any) -> bool:
    """Whether a path ends as a model file does."""
    return str(path).lower().endswith(ENDINGS)


def made_folder(path: str) -> str:
    """The path, with the folder it lies in made."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    return path


def saving(method: Callable) -> Callable:
    """`Model.save`, also into a folder, as TensorFlow 2 did; `save_format` and the optimizer's memory are left out."""

    @wraps(method)
    def save(self, filepath, overwrite=True, *more, **options):
        path = os.fspath(filepath)
        if not has_ending(path):
            path = os.path.join(path, MODEL)
        method(self, made_folder(path), overwrite)

    return save


def saving_weights(method: Callable) -> Callable:
    """`Model.save_weights`, also under a name without an ending."""

    @wraps(method)
    def save_weights(self, filepath, overwrite=True, **options):
        path = os.fspath(filepath)
        method(self, made_folder(path if has_ending(path) else path + WEIGHTS), overwrite)

    return save_weights


def loading_weights(method: Callable) -> Callable:
    """`Model.load_weights`, also of a name without an ending; gives what TensorFlow's status objects answer."""

    @wraps(method)
    def load_weights(self, filepath, *more, **options):
        path = os.fspath(filepath)
        named = {word: value for word, value in options.items() if word in ("by_name", "skip_mismatch")}
        method(self, path + WEIGHTS if not has_ending(path) and os.path.isfile(path + WEIGHTS) else path, **named)
        return Loaded()

    return load_weights


class Loaded:
    """What `load_weights` gives: everything was read."""

    def expect_partial(self) -> "Loaded":
        """Itself."""
        return self

    assert_consumed = assert_existing_objects_matched = expect_partial


def model_file(path: Any) -> Any:
    """The file of a model that was saved as a folder; any other path as it is."""
    inside = os.path.join(path, MODEL) if isinstance(path, (str, os.PathLike)) else ""
    if inside and os.path.isfile(inside):
        return inside
    return f"{path}.keras" if not has_ending(path) and os.path.isfile(f"{path}.keras") else path
