"""Reductions: functions that make fewer numbers of many, along `axis` (one, a list of them, or None for all)."""

from typing import Any

import torch

from nabi.core.config import config
from nabi.ops.op import axes_of, dtype_named, floats, op, tensor

Tensor = torch.Tensor


@op
def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum.

    Example:
        >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
        tensor([4., 6.])
    """
    t = tensor(x)
    return t.sum(axes_of(axis, t.ndim), keepdim=keepdims)


@op
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum divided by how many there are.

    Example:
        >>> mean([[1.0, 2.0], [3.0, 4.0]], axis=-1, keepdims=True).tolist()
        [[1.5], [3.5]]
    """
    t = floats(x)
    return t.mean(axes_of(axis, t.ndim), keepdim=keepdims)


@op
def var(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean of (x - mean)^2; torch divides by n - 1 instead."""
    t = floats(x)
    return t.var(axes_of(axis, t.ndim), correction=0, keepdim=keepdims)


@op
def std(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The square root of `var`."""
    t = floats(x)
    return t.std(axes_of(axis, t.ndim), correction=0, keepdim=keepdims)


@op
def moments(x: Any, axes: Any, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """Mean and variance along the axes."""
    t = floats(x)
    found = torch.var_mean(t, axes_of(axes, t.ndim), correction=0, keepdim=keepdims)
    return found[1], found[0]


@op
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: float | None = None) -> Tensor:
    """The largest; equal ones share the gradient. `initial` is a least value."""
    t = tensor(x)
    y = t.amax(axes_of(axis, t.ndim), keepdim=keepdims)
    return y if initial is None else y.clamp(min=initial)


@op
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: float | None = None) -> Tensor:
    """The smallest; equal ones share the gradient. `initial` is a largest value."""
    t = tensor(x)
    y = t.amin(axes_of(axis, t.ndim), keepdim=keepdims)
    return y if initial is None else y.clamp(max=initial)


@op
def amax(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """NumPy's other name of `max`."""
    return max(x, axis, keepdims)


@op
def amin(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """NumPy's other name of `min`."""
    return min(x, axis, keepdims)


@op
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Tensor:
    """The product."""
    wanted = None if dtype is None else dtype_named("prod", dtype)
    t = tensor(x, wanted)
    for a in sorted(axes_of(axis, t.ndim), reverse=True):
        t = t.prod(a, keepdim=keepdims, dtype=wanted)
    return t


@op
def any(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """True where at least one number is not 0."""
    t = tensor(x).bool()
    return t.any(axes_of(axis, t.ndim), keepdim=keepdims)


@op
def all(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """True where no number is 0."""
    t = tensor(x).bool()
    return t.all(axes_of(axis, t.ndim), keepdim=keepdims)


@op
def count_nonzero(x: Any, axis: Any = None) -> Tensor:
    """How many numbers are not 0."""
    t = tensor(x)
    return torch.count_nonzero(t, axes_of(axis, t.ndim))


@op
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """log of the sum of e^x, without overflow."""
    t = floats(x)
    return t.logsumexp(axes_of(axis, t.ndim), keepdim=keepdims)


@op
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the largest number; without an axis in the flattened array.

    Example:
        >>> argmax([[0.1, 0.7, 0.2]], axis=-1)
        tensor([1])
    """
    return ordered(x).argmax(axis, keepdim=keepdims)


@op
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The place of the smallest number; without an axis in the flattened array."""
    return ordered(x).argmin(axis, keepdim=keepdims)


def ordered(x: Any) -> Tensor:
    """As `tensor`; of truth values, False is 0 and True 1."""
    t = tensor(x)
    return t.byte() if t.dtype is torch.bool else t


@op
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The sum of all numbers up to each place; without an axis of the flattened array.

    Example:
        >>> cumsum([1.0, 2.0, 3.0])
        tensor([1., 3., 6.])
    """
    t = tensor(x).flatten() if axis is None else tensor(x)
    return t.cumsum(axis or 0, dtype=None if dtype is None else dtype_named("cumsum", dtype))


@op
def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Tensor:
    """The product of all numbers up to each place; without an axis of the flattened array."""
    t = tensor(x).flatten() if axis is None else tensor(x)
    return t.cumprod(axis or 0, dtype=None if dtype is None else dtype_named("cumprod", dtype))


@op
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    """(sum |x|^ord)^(1/ord) of vectors along one axis, ord = 2 by default; of matrices along two.

    Example:
        >>> norm([[3.0, 4.0]], axis=-1)
        tensor([5.])

    Source: numpy.linalg.norm, whose other orders it has too.
    """
    axis = tuple(axis) if isinstance(axis, list) else axis
    return torch.linalg.norm(floats(x), ord, axis, keepdim=keepdims)


@op
def normalize(x: Any, axis: int = -1, order: int = 2, epsilon: float | None = None) -> Tensor:
    """x / max(norm of x along the axis, epsilon); epsilon is `nabi.config.epsilon` by default."""
    small = config.epsilon if epsilon is None else epsilon
    return torch.nn.functional.normalize(floats(x), p=order, dim=axis, eps=small)
