"""Root: what `import tensorflow as tf` itself shows beside its modules."""

from typing import Any

from nabi.as_keras.initializers import (
    constant_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    zeros_initializer,
)
from nabi.as_keras.tensorflow import arranging, dtypes, tensors
from nabi.as_keras.tensorflow.arranging import *  # noqa: F403
from nabi.as_keras.tensorflow.dtypes import *  # noqa: F403
from nabi.as_keras.tensorflow.modules import Module
from nabi.as_keras.tensorflow.renaming import ARRAYS, MATH, table
from nabi.as_keras.tensorflow.taping import GradientTape
from nabi.as_keras.tensorflow.tensors import *  # noqa: F403
from nabi.as_keras.tensorflow.variables import Variable
from nabi.as_keras.tensorflow.version import GIT_VERSION
from nabi.as_keras.tensorflow.version import VERSION as __version__

NAMES = table(MATH) | table(ARRAYS)
globals().update({name: function for name, function in NAMES.items() if name not in {*tensors.__all__, *arranging.__all__}})
newaxis = None

__all__ = [*sorted({*arranging.__all__, *dtypes.__all__, *tensors.__all__, *NAMES}), "GradientTape", "Module", "TensorShape",
           "TensorSpec", "Variable", "UnconnectedGradients", "constant_initializer", "get_logger",
           "global_variables_initializer", "newaxis", "ones_initializer", "random_normal_initializer",
           "random_uniform_initializer", "truncated_normal_initializer", "zeros_initializer", "GIT_VERSION", "__version__"]
INSTEAD = {
    "placeholder": "nabi computes at once: write keras.Input for a model, or call the function on the numbers.",
    "Session": "nabi computes at once; tf.compat.v1.Session is accepted where a script only sets it up for Keras.",
    "estimator": "fit, evaluate and predict of a model do what an estimator does.",
    "feature_column": "nabi has no feature columns: one-hot numbers by keras.utils.to_categorical.",
    "contrib": "tf.contrib ended with TensorFlow 1.",
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


class TensorShape(tuple):
    """Lengths of axes.

    Args:
        dims: the lengths, None for open ones.
    """

    def as_list(self) -> list:
        """They as a list."""
        return list(self)


class TensorSpec:
    """Shape and dtype of a tensor to come.

    Args:
        shape, dtype, name: kept.
    """

    def __init__(self, shape: Any = None, dtype: Any = None, name: str | None = None):
        self.shape, self.dtype, self.name = shape, dtype, name
