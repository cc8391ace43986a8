"""Functions of one tensor, number by number: y_i = f(x_i), with NumPy's names."""

import math
from typing import Any

import torch

from nabi.ops.op import dtype_named, floats, numberwise, pair, tensor

Tensor = torch.Tensor


@numberwise
def abs(x: Any) -> Tensor:
    """|x|; truth values stay.

    Example:
        >>> abs([-2.0, 3.0])
        tensor([2., 3.])
    """
    t = tensor(x)
    return t if t.dtype is torch.bool else t.abs()


@numberwise
def absolute(x: Any) -> Tensor:
    """NumPy's long name of `abs`."""
    return abs(x)


@numberwise
def negative(x: Any) -> Tensor:
    """-x."""
    return -tensor(x)


@numberwise
def sign(x: Any) -> Tensor:
    """-1, 0 or 1.

    Example:
        >>> sign([-2.0, 0.0, 3.0])
        tensor([-1.,  0.,  1.])
    """
    return tensor(x).sign()


@numberwise
def square(x: Any) -> Tensor:
    """x^2."""
    return tensor(x).square()


@numberwise
def sqrt(x: Any) -> Tensor:
    """The square root; its slope at 0 is infinite."""
    return floats(x).sqrt()


@numberwise
def rsqrt(x: Any) -> Tensor:
    """1 / sqrt(x)."""
    return floats(x).rsqrt()


@numberwise
def reciprocal(x: Any) -> Tensor:
    """1 / x."""
    return floats(x).reciprocal()


@numberwise
def exp(x: Any) -> Tensor:
    """e^x."""
    return floats(x).exp()


@numberwise
def expm1(x: Any) -> Tensor:
    """e^x - 1, exact near 0."""
    return floats(x).expm1()


@numberwise
def log(x: Any) -> Tensor:
    """The natural logarithm."""
    return floats(x).log()


@numberwise
def log1p(x: Any) -> Tensor:
    """log(1 + x), exact near 0."""
    return floats(x).log1p()


@numberwise
def log2(x: Any) -> Tensor:
    """The logarithm to base 2."""
    return floats(x).log2()


@numberwise
def log10(x: Any) -> Tensor:
    """The logarithm to base 10."""
    return floats(x).log10()


@numberwise
def sin(x: Any) -> Tensor:
    """Sine, x in radians."""
    return floats(x).sin()


@numberwise
def cos(x: Any) -> Tensor:
    """Cosine, x in radians."""
    return floats(x).cos()


@numberwise
def tan(x: Any) -> Tensor:
    """Tangent, x in radians."""
    return floats(x).tan()


@numberwise
def arcsin(x: Any) -> Tensor:
    """The angle in [-pi/2, pi/2] whose sine is x."""
    return floats(x).arcsin()


@numberwise
def arccos(x: Any) -> Tensor:
    """The angle in [0, pi] whose cosine is x."""
    return floats(x).arccos()


@numberwise
def arctan(x: Any) -> Tensor:
    """The angle in (-pi/2, pi/2) whose tangent is x."""
    return floats(x).arctan()


@numberwise
def sinh(x: Any) -> Tensor:
    """(e^x - e^-x) / 2."""
    return floats(x).sinh()


@numberwise
def cosh(x: Any) -> Tensor:
    """(e^x + e^-x) / 2."""
    return floats(x).cosh()


@numberwise
def erf(x: Any) -> Tensor:
    """2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x."""
    return floats(x).erf()


@numberwise
def floor(x: Any) -> Tensor:
    """The largest whole number that is not above x."""
    return floats(x).floor()


@numberwise
def ceil(x: Any) -> Tensor:
    """The smallest whole number that is not below x."""
    return floats(x).ceil()


@numberwise
def round(x: Any, decimals: int = 0) -> Tensor:
    """The nearest number with so many decimals; halves go to the even one. Whole numbers stay whole.

    Example:
        >>> round([0.5, 1.5, 2.345], 1)
        tensor([0.5000, 1.5000, 2.3000])
    """
    t = tensor(x)
    if t.is_floating_point():
        return torch.round(t, decimals=decimals)
    return t if decimals >= 0 else torch.round(t.double(), decimals=decimals).to(t.dtype)


@numberwise
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """x between two bounds, numbers or tensors; None for no bound.

    Example:
        >>> clip([-2.0, 0.5, 3.0], 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
    """
    y = tensor(x)
    y = y if x_min is None else torch.maximum(*promoted(y, x_min))
    return y if x_max is None else torch.minimum(*promoted(y, x_max))


def promoted(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Two as tensors of one dtype."""
    a, b = pair(a, b)
    dtype = torch.promote_types(a.dtype, b.dtype)
    return a.to(dtype), b.to(dtype)


@numberwise
def isnan(x: Any) -> Tensor:
    """True where x is NaN."""
    return tensor(x).isnan()


@numberwise
def isinf(x: Any) -> Tensor:
    """True where x is infinite."""
    return tensor(x).isinf()


@numberwise
def isfinite(x: Any) -> Tensor:
    """True where x is neither NaN nor infinite."""
    return tensor(x).isfinite()


@numberwise
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """x with NaN replaced by `nan`, infinities by the largest numbers or by what is given."""
    return tensor(x).nan_to_num(nan, posinf, neginf)


@numberwise
def logical_not(x: Any) -> Tensor:
    """True where x is 0."""
    return tensor(x).logical_not()


@numberwise
def cast(x: Any, dtype: Any) -> Tensor:
    """x in another dtype, by name: "float32", "int64", "bool".

    Example:
        >>> cast([0.0, 2.7], "int64")
        tensor([0, 2])
    """
    return tensor(x).to(dtype_named("cast", dtype))


@numberwise
def stop_gradient(variable: Any) -> Tensor:
    """The same numbers; nothing is learned through them."""
    return tensor(variable).detach()


@numberwise
def deg2rad(x: Any) -> Tensor:
    """Degrees as radians: x pi / 180."""
    return floats(x) * (math.pi / 180)
