"""Version 1: `tf.compat.v1` and what scripts of TensorFlow 1 set up for Keras: sessions and their settings."""

from typing import Any

from nabi.as_keras.tensorflow.files import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
    decode_csv,
    decode_raw,
    matching_files,
    parse_example,
    parse_single_example,
    parse_tensor,
    read_file,
    serialize_tensor,
    write_file,
)
from nabi.as_keras.tensorflow.random import normal as random_normal
from nabi.as_keras.tensorflow.random import truncated_normal
from nabi.as_keras.tensorflow.random import uniform as random_uniform
from nabi.as_keras.tensorflow.summaries import Summary
from nabi.as_keras.tensorflow.tensors import Block
from nabi.as_keras.tensorflow.tensors import numpy_function as py_func
from nabi.backend import cast, clear_session
from nabi.backend.settings import NoSession, get_session
from nabi.utils import set_random_seed as _seed

__all__ = ["ConfigProto", "FixedLenFeature", "FixedLenSequenceFeature", "VarLenFeature", "decode_csv", "decode_raw",
           "matching_files", "parse_example", "parse_single_example", "parse_tensor", "read_file", "serialize_tensor",
           "write_file", "GPUOptions", "Graph", "InteractiveSession", "Session", "Summary", "control_dependencies",
           "disable_eager_execution", "disable_v2_behavior", "disable_v2_tensorshape", "enable_eager_execution",
           "enable_resource_variables", "enable_v2_behavior", "get_default_graph", "get_default_session",
           "global_variables_initializer", "initialize_all_variables", "local_variables_initializer", "name_scope", "py_func",
           "reset_default_graph", "set_random_seed", "random_normal", "random_uniform", "tables_initializer", "to_double",
           "to_float", "to_int32", "to_int64", "truncated_normal", "variable_scope"]
INSTEAD = {
    "get_variable": "tf.Variable makes a variable; a layer's weights come from self.add_weight.",
    "placeholder": "nabi computes at once: write keras.Input for a model, or call the function on the numbers.",
    "trainable_variables": "model.trainable_weights lists them.", "get_collection": "model.trainable_weights lists weights.",
    "Saver": "model.save and model.save_weights write files.",
}

Session = InteractiveSession = NoSession
get_default_session = get_session
name_scope = variable_scope = control_dependencies = Block


class ConfigProto:
    """Settings of a session: kept, without a meaning here.

    Args:
        options: whatever it was called with.
    """

    def __init__(self, *values: Any, **options: Any):
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = self.__dict__[name] = ConfigProto()
        return found

    def CopyFrom(self, other: Any) -> None:
        """Takes over settings."""
        self.__dict__.update(other.__dict__)


GPUOptions = ConfigProto


class Graph(NoSession):
    """Stands where TensorFlow 1 had a graph."""


def get_default_graph() -> Graph:
    """What stands where TensorFlow 1 had its graph."""
    return Graph()


def reset_default_graph() -> None:
    """Starts the running numbers of layer names anew."""
    clear_session()


def set_random_seed(seed: int) -> None:
    """Starts nabi's generators anew at this seed."""
    _seed(int(seed) % 2**32)


def nothing(*values: Any, **options: Any) -> None:
    """What has no meaning here."""


disable_eager_execution = enable_eager_execution = disable_v2_behavior = enable_v2_behavior = nothing
disable_v2_tensorshape = enable_resource_variables = nothing
global_variables_initializer = initialize_all_variables = local_variables_initializer = tables_initializer = nothing


def to_float(x: Any, name: Any = None) -> Any:
    """x as float32."""
    return cast(x, "float32")


def to_double(x: Any, name: Any = None) -> Any:
    """x as float64."""
    return cast(x, "float64")


def to_int32(x: Any, name: Any = None) -> Any:
    """x as int32."""
    return cast(x, "int32")


def to_int64(x: Any, name: Any = None) -> Any:
    """x as int64."""
    return cast(x, "int64")
