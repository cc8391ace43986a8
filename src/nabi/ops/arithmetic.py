"""Functions of two tensors, number by number: z_i = f(x_i, y_i); the smaller one is stretched as in NumPy, last axis first."""

from typing import Any

import torch

from nabi.ops.elementwise import promoted
from nabi.ops.op import floats, numberwise, pair, tensor

Tensor = torch.Tensor


@numberwise
def add(x1: Any, x2: Any) -> Tensor:
    """x + y.

    Example:
        >>> add([1.0, 2.0], 10)
        tensor([11., 12.])
    """
    return torch.add(*pair(x1, x2))


@numberwise
def subtract(x1: Any, x2: Any) -> Tensor:
    """x - y; beside a number, True counts as 1."""
    x, y = pair(x1, x2)
    dtype = torch.result_type(x, y)  # torch takes no truth values
    return torch.subtract(x.to(dtype), y.to(dtype))


@numberwise
def multiply(x1: Any, x2: Any) -> Tensor:
    """x y, number by number; `matmul` multiplies matrices."""
    return torch.multiply(*pair(x1, x2))


@numberwise
def divide(x1: Any, x2: Any) -> Tensor:
    """x / y, of whole numbers too."""
    return torch.true_divide(*pair(x1, x2))


@numberwise
def true_divide(x1: Any, x2: Any) -> Tensor:
    """NumPy's long name of `divide`."""
    return torch.true_divide(*pair(x1, x2))


@numberwise
def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """x / y, and 0 where y is 0; the gradient is 0 there, too.

    Example:
        >>> divide_no_nan([1.0, 2.0], [0.0, 4.0])
        tensor([0.0000, 0.5000])
    """
    x, y = pair(x1, x2)
    return torch.where(y == 0, 0.0, torch.true_divide(x, torch.where(y == 0, 1.0, y)))


@numberwise
def floor_divide(x1: Any, x2: Any) -> Tensor:
    """x / y rounded down."""
    return torch.floor_divide(*pair(x1, x2))


@numberwise
def mod(x1: Any, x2: Any) -> Tensor:
    """What a division rounded down leaves: x - y floor(x / y), with the sign of y.

    Example:
        >>> mod([-1, 4], 3)
        tensor([2, 1])
    """
    return torch.remainder(*pair(x1, x2))


@numberwise
def power(x1: Any, x2: Any) -> Tensor:
    """x^y."""
    return torch.pow(*pair(x1, x2))


@numberwise
def maximum(x1: Any, x2: Any) -> Tensor:
    """The larger of the two; equal ones share the gradient."""
    return torch.maximum(*promoted(x1, x2))


@numberwise
def minimum(x1: Any, x2: Any) -> Tensor:
    """The smaller of the two; equal ones share the gradient."""
    return torch.minimum(*promoted(x1, x2))


@numberwise
def arctan2(x1: Any, x2: Any) -> Tensor:
    """The angle in (-pi, pi] of the point with ordinate x1 and abscissa x2."""
    a, b = pair(floats(x1), floats(x2))
    return torch.arctan2(a, b)


@numberwise
def logaddexp(x1: Any, x2: Any) -> Tensor:
    """log(e^x + e^y), without overflow."""
    return torch.logaddexp(*pair(floats(x1), floats(x2)))


@numberwise
def equal(x1: Any, x2: Any) -> Tensor:
    """True where x = y."""
    return torch.eq(*pair(x1, x2))


@numberwise
def not_equal(x1: Any, x2: Any) -> Tensor:
    """True where x and y differ."""
    return torch.ne(*pair(x1, x2))


@numberwise
def greater(x1: Any, x2: Any) -> Tensor:
    """True where x > y."""
    return torch.gt(*pair(x1, x2))


@numberwise
def greater_equal(x1: Any, x2: Any) -> Tensor:
    """True where x >= y."""
    return torch.ge(*pair(x1, x2))


@numberwise
def less(x1: Any, x2: Any) -> Tensor:
    """True where x < y."""
    return torch.lt(*pair(x1, x2))


@numberwise
def less_equal(x1: Any, x2: Any) -> Tensor:
    """True where x <= y."""
    return torch.le(*pair(x1, x2))


@numberwise
def logical_and(x1: Any, x2: Any) -> Tensor:
    """True where neither is 0."""
    return torch.logical_and(*pair(x1, x2))


@numberwise
def logical_or(x1: Any, x2: Any) -> Tensor:
    """True where at least one is not 0."""
    return torch.logical_or(*pair(x1, x2))


@numberwise
def logical_xor(x1: Any, x2: Any) -> Tensor:
    """True where exactly one is not 0."""
    return torch.logical_xor(*pair(x1, x2))


@numberwise
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition is true, else x2; without them the places where it is true, one array an axis.

    Example:
        >>> where([True, False], [1.0, 2.0], 0)
        tensor([1., 0.])
    """
    c = tensor(condition).bool()
    return torch.where(c) if x1 is None and x2 is None else torch.where(c, *pair(x1, x2))
