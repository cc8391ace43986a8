"""Asking: what a thing is, and the small functions of Keras' backend that scripts of Keras 1 and 2 call now and then.

Source: keras/backend/tensorflow_backend.py, theano_backend.py and common.py of Keras 1 and 2.
"""

from typing import Any

import numpy as np

from nabi import ops
from nabi.backend.orders import either_order
from nabi.backend.settings import NoSession, epsilon, floatx
from nabi.backend.tensors import int_shape
from nabi.core.symbolic import Symbolic
from nabi.layers.weight import Weight


def is_variable(x: Any) -> bool:
    """Whether it is a weight."""
    return isinstance(x, Weight)


def is_placeholder(x: Any) -> bool:
    """Whether it is a symbol of an input."""
    return isinstance(x, Symbolic) and not getattr(getattr(x, "node", None), "inputs", ())


def is_sparse(x: Any) -> bool:
    """No: tensors hold all their numbers."""
    return False


def to_dense(x: Any) -> Any:
    """x itself."""
    return x


def get_variable_shape(x: Any) -> Any:
    """Its shape as a tuple."""
    return int_shape(x)


def cast_to_floatx(x: Any) -> Any:
    """An array or tensor of the dtype that `floatx` names.

    Example:
        >>> cast_to_floatx(np.array([1, 2])).dtype
        dtype('float32')
    """
    return ops.cast(x, floatx()) if hasattr(x, "requires_grad") or isinstance(x, Symbolic) else np.asarray(x, dtype=floatx())


def name_scope(name: str, *values: Any) -> NoSession:
    """For `with`: nothing changes."""
    return NoSession()


def pattern_broadcast(x: Any, broadcastable: Any) -> Any:
    """x itself: axes of 1 always stretch."""
    return x


def slice(x: Any, start: Any, size: Any) -> Any:
    """x from `start`, `size` entries along each axis; -1 takes the rest."""
    builtin = type(np.s_[:])
    ends = [None if many == -1 else first + many for first, many in zip(start, size, strict=True)]
    return x[tuple(builtin(first, end) for first, end in zip(start, ends, strict=True))]


def batch_normalization(x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3) -> Any:
    """gamma (x - mean) / sqrt(var + epsilon) + beta; None for gamma or beta leaves it out."""
    made = ops.divide(ops.subtract(x, mean), ops.sqrt(ops.add(var, epsilon)))
    made = made if gamma is None else ops.multiply(gamma, made)
    return made if beta is None else ops.add(made, beta)


def normalize_batch_in_training(x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 1e-3) -> tuple:
    """(normalised x, mean, variance) over some axes."""
    axes = tuple(int(axis) for axis in reduction_axes)
    mean, var = ops.mean(x, axis=axes, keepdims=True), ops.var(x, axis=axes, keepdims=True)

    def wide(weight: Any) -> Any:
        return None if weight is None else ops.reshape(weight, [1 if n in axes else -1 for n in range(len(x.shape))])

    made = batch_normalization(x, mean, var, wide(beta), wide(gamma), epsilon=epsilon)
    return made, ops.squeeze(mean, axes), ops.squeeze(var, axes)


@either_order
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around the volumes of a batch."""
    return ops.pad(x, ((0, 0), *map(tuple, padding), (0, 0)))


def asymmetric_spatial_2d_padding(x: Any, top_pad: int = 1, bottom_pad: int = 1, left_pad: int = 1, right_pad: int = 1,
                                  dim_ordering: str | None = None) -> Any:
    """Zeros around the pictures of a batch, as many on each side as said."""
    return ops.pad(x, ((0, 0), (top_pad, bottom_pad), (left_pad, right_pad), (0, 0)))


_EPSILON = epsilon()
