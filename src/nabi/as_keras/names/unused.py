"""Unused: names from inside TensorFlow and Keras that an editor imported by itself and nobody uses.

    from tensorflow.python.ops.control_flow_util import OpInContext          nothing happens
    OpInContext(op, context)                                                 an error that says what was asked for

Paths inside the two (`tensorflow.python`, `keras.src`, ...) that nabi does not know show all its names, whatever file had them.
"""

from typing import Any, NoReturn

from nabi.core.errors import NotServed

INSIDE = ("tensorflow.python.", "tensorflow_core.python.", "keras.src.", "tensorflow.keras.src.", "tensorflow.lite.",
          "tensorflow.core.", "tensorflow.compiler.", "tensorflow.contrib.", "tensorflow.tools.")  # fmt: skip
KERAS = tuple(f"nabi.{name}" for name in (
    "as_keras.layers layers as_keras.models models as_keras.optimizers optimizers as_keras.callbacks callbacks "
    "as_keras.losses losses as_keras.metrics metrics as_keras.activations activations as_keras.initializers initializers "
    "as_keras.regularizers regularizers as_keras.utils utils as_keras.preprocessing preprocessing preprocessing.image "
    "preprocessing.sequence preprocessing.text applications datasets schedules as_keras.wrappers backend saving").split())
TENSORFLOW = ("nabi.as_keras.tensorflow.root", "nabi.as_keras.tensorflow.version1", "nabi.backend")
SPECIAL = {"tensorflow.python.platform": ("nabi.as_keras.tensorflow.files", "nabi.as_keras.tensorflow.logs")}


def sources_of(path: str) -> tuple[str, ...] | None:
    """Modules of nabi whose names a path inside TensorFlow or Keras shows; None for a path that is not inside.

    Example:
        >>> sources_of("tensorflow.python.ops.math_ops")[0], sources_of("keras.layers.hyper")
        ('nabi.as_keras.tensorflow.root', None)
    """
    if not f"{path}.".startswith(INSIDE):
        return None
    return KERAS if ".keras" in path or path.startswith("keras") else SPECIAL.get(path, TENSORFLOW)


class Unused:
    """A name that nabi does not have, imported from inside TensorFlow: an error where it is used.

    Example:
        >>> Unused("tensorflow.python.ops.io_ops.save")
        <tensorflow.python.ops.io_ops.save, not part of nabi>
    """

    def __init__(self, path: str):
        self.__dict__["path"] = path

    def __repr__(self) -> str:
        return f"<{self.__dict__['path']}, not part of nabi>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return refuse(f"{self.__dict__['path']}.{name}")

    def __call__(self, *args: Any, **options: Any) -> NoReturn:
        refuse(self.__dict__["path"])

    def __mro_entries__(self, bases: tuple) -> NoReturn:
        refuse(self.__dict__["path"])

    def __iter__(self) -> NoReturn:
        refuse(self.__dict__["path"])


def refuse(path: str) -> NoReturn:
    """Raises NotServed for a name from inside TensorFlow."""
    raise NotServed(f"{path} is not part of nabi: it belongs to TensorFlow's inside, which may change with every version. "
                    f"Use a public name of tf or keras.")
