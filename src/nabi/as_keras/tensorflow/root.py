"""Root: what `import tensorflow as tf` itself shows beside its modules."""

from typing import Any

from nabi.as_keras.dressing.shapes import Lengths as TensorShape
from nabi.as_keras.names.initializers import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    zeros_initializer,
)
from nabi.as_keras.tensorflow import arranging, dtypes, listing, measuring, rearranging, selecting, tensors
from nabi.as_keras.tensorflow.arithmetic import accumulate_n, acosh, asinh, atanh, complex, scalar_mul
from nabi.as_keras.tensorflow.arranging import *  # noqa: F403
from nabi.as_keras.tensorflow.dtypes import *  # noqa: F403
from nabi.as_keras.tensorflow.listing import *  # noqa: F403
from nabi.as_keras.tensorflow.measuring import *  # noqa: F403
from nabi.as_keras.tensorflow.modules import Module
from nabi.as_keras.tensorflow.ragged import RaggedTensor
from nabi.as_keras.tensorflow.rearranging import *  # noqa: F403
from nabi.as_keras.tensorflow.renaming import ARRAYS, MATH, table
from nabi.as_keras.tensorflow.selecting import *  # noqa: F403
from nabi.as_keras.tensorflow.sparse import SparseTensor
from nabi.as_keras.tensorflow.taping import GradientTape
from nabi.as_keras.tensorflow.tensors import *  # noqa: F403
from nabi.as_keras.tensorflow.variables import Variable
from nabi.as_keras.tensorflow.version import GIT_VERSION
from nabi.as_keras.tensorflow.version import VERSION as __version__

NAMES = table(MATH) | table(ARRAYS)
OWN = {name for module in (arranging, dtypes, listing, measuring, rearranging, selecting, tensors) for name in module.__all__}
globals().update({name: function for name, function in NAMES.items() if name not in OWN})
newaxis = None

__all__ = [*sorted(OWN | set(NAMES)), "GradientTape", "Module", "RaggedTensor", "SparseTensor", "TensorShape", "TensorSpec",
           "Variable", "UnconnectedGradients", "accumulate_n", "acosh", "asinh", "atanh", "complex",
           "constant_initializer", "get_logger",
           "global_variables_initializer", "newaxis", "ones_initializer", "random_normal_initializer",
           "random_uniform_initializer", "scalar_mul", "truncated_normal_initializer", "zeros_initializer", "GIT_VERSION",
           "__version__"]
INSTEAD = {
    "placeholder": "nabi computes at once: write keras.Input for a model, or call the function on the numbers.",
    "Session": "nabi computes at once; tf.compat.v1.Session is accepted where a script only sets it up for Keras.",
    "estimator": "fit, evaluate and predict of a model do what an estimator does.",
    "feature_column": "nabi has no feature columns: keras.utils.FeatureSpace makes columns of a table ready.",
    "contrib": "tf.contrib ended with TensorFlow 1.",
    "raw_ops": "Each has a public function: tf.raw_ops.Add is tf.add, tf.raw_ops.MatMul is tf.matmul.",
    "while_loop": "Write a loop in Python.",
}


def get_logger() -> Any:
    """A logger named tensorflow, to which nobody writes."""
    import logging

    return logging.getLogger("tensorflow")


def global_variables_initializer() -> None:
    """Nothing: weights have their numbers when they are made."""


class UnconnectedGradients:
    """What a tape gives where there is no way."""

    NONE, ZERO = "none", "zero"


class TensorSpec:
    """Shape and dtype of a tensor to come.

    Args:
        shape, dtype, name: kept.
    """

    def __init__(self, shape: Any = None, dtype: Any = None, name: str | None = None):
        self.shape, self.dtype, self.name = None if shape is None else TensorShape(shape), dtype, name
