"""Saved modules: `tf.saved_model` of a `tf.Module` or layer: its variables are kept in the folder, its functions are not.

    tf.saved_model.save(module, "export");  loaded = tf.saved_model.load("export")
    loaded(x);  loaded.method(x);  loaded.variables;  loaded.signatures["serving_default"](x)

Nothing in a folder is executed: `load` takes the functions from the script that saved it, and only there.
"""

import copy
import os
from typing import Any

from nabi.as_keras.tensorflow.checkpoints import Checkpoint
from nabi.core.errors import FileError

VARIABLES = os.path.join("variables", "variables")
_saved: dict[str, tuple[Any, Any]] = {}  # folder -> the object as it was saved, and its signatures


class LoadedModule:
    """A module as TensorFlow gives it back: a copy with the variables of the folder.

    Args:
        module: the copy.
        signatures: a function, or functions by name.
    """

    def __init__(self, module: Any, signatures: Any = None):
        self.module = module
        named = signatures if isinstance(signatures, dict) else {} if signatures is None else {"serving_default": signatures}
        self.signatures = {name: owned(function, module) for name, function in named.items()}

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        return self.module(*inputs, **options)

    def __getattr__(self, name: str) -> Any:
        if name == "module":
            raise AttributeError(name)
        return getattr(self.module, name)


def owned(function: Any, module: Any) -> Any:
    """A method of the module that was saved as the same method of its copy; other functions as they are."""
    return getattr(module, function.__name__) if hasattr(function, "__self__") else function


def save_module(module: Any, folder: str, signatures: Any) -> None:
    """Writes the variables of a module, and remembers its functions."""
    os.makedirs(os.path.join(folder, "variables"), exist_ok=True)
    Checkpoint(module=module).write(os.path.join(folder, VARIABLES))
    _saved[os.path.realpath(folder)] = copy.deepcopy(module), signatures


def load_module(folder: str) -> LoadedModule | None:
    """The module of a folder; None for a folder that holds none.

    Raises FileError where another script saved it.
    """
    kept = _saved.get(os.path.realpath(folder))
    if kept is not None:
        module = copy.deepcopy(kept[0])
        Checkpoint(module=module).restore(os.path.join(folder, VARIABLES))
        return LoadedModule(module, kept[1])
    if os.path.isdir(os.path.join(folder, "variables")) and not os.path.exists(os.path.join(folder, "saved_model.pb")):
        raise FileError(folder, "a module that this script saved", "one of another script: its functions are not in the folder",
                        "Make the module, and read its variables with tf.train.Checkpoint(module=module).restore("
                        f"{os.path.join(folder, VARIABLES)!r}).")
    return None
