"""Numbers: functions of `keras.ops` number by number that `nabi.ops` does not have: three tables over torch.

    ops.cbrt(8.0)     2
    ops.hypot(3, 4)   5
"""

from typing import Any

import torch

from nabi import ops
from nabi.as_keras.operations.entered import entered, made_of
from nabi.ops.op import alike, dtype_named, floats, pair, tensor

ONE = """arccosh arcsinh arctanh erfc erfinv exp2 sinc i0 rad2deg"""
KEPT = """trunc conj conjugate=conj real angle isneginf isposinf isreal signbit bitwise_not bitwise_invert=bitwise_not"""
TWO = "fmax fmin fmod gcd lcm copysign logaddexp2 ldexp"
TWO_ALIKE = "hypot nextafter heaviside"  # of floats, of one dtype
BITS = """bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift left_shift=bitwise_left_shift
right_shift=bitwise_right_shift"""  # whose arguments Keras calls otherwise

FUNCTIONS = (made_of(ONE, torch, lambda f: lambda x: f(floats(x)))
             | made_of(KEPT, torch, lambda f: lambda x: f(tensor(x)))
             | made_of(TWO, torch, lambda f: lambda x1, x2: f(*pair(x1, x2)))
             | made_of(TWO_ALIKE, torch, lambda f: lambda x1, x2: f(*map(floats, alike(x1, x2))))
             | made_of(BITS, torch, lambda f: lambda x, y: f(*pair(x, y))))
globals().update(FUNCTIONS)
__all__ = [*FUNCTIONS, "cbrt", "celu", "fabs", "glu", "hard_shrink", "imag", "isclose", "saturate_cast", "soft_shrink",
           "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink", "threshold", "view"]


@entered
def cbrt(x: Any) -> torch.Tensor:
    """The cube root, of numbers below 0 too."""
    t = floats(x)
    return t.sign() * t.abs().pow(1 / 3)


@entered
def fabs(x: Any) -> torch.Tensor:
    """|x| as floats."""
    return floats(x).abs()


@entered
def imag(x: Any) -> torch.Tensor:
    """The imaginary part; 0 of real numbers."""
    t = tensor(x)
    return t.imag if t.is_complex() else torch.zeros_like(t)


@entered
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> torch.Tensor:
    """True where |x1 - x2| <= atol + rtol |x2|."""
    return torch.isclose(*alike(x1, x2), rtol, atol, equal_nan)


@entered
def saturate_cast(x: Any, dtype: Any) -> torch.Tensor:
    """x in another dtype, brought into its range first."""
    t, wanted = tensor(x), dtype_named("saturate_cast", dtype)
    if not wanted.is_floating_point and wanted is not torch.bool:
        limits = torch.iinfo(wanted)
        t = t.clamp(limits.min, limits.max)
    return t.to(wanted)


@entered
def view(x: Any, dtype: Any = None) -> torch.Tensor:
    """The same bits read as another dtype."""
    t = tensor(x)
    return t if dtype is None else t.view(dtype_named("view", dtype))


@entered
def celu(x: Any, alpha: float = 1.0) -> torch.Tensor:
    """max(0, x) + min(0, alpha (e^(x / alpha) - 1))."""
    return torch.celu(floats(x), alpha)


@entered
def glu(x: Any, axis: int = -1) -> torch.Tensor:
    """a sigmoid(b) of the two halves a and b along an axis."""
    return torch.nn.functional.glu(floats(x), axis)


@entered
def hard_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """x where |x| > threshold, else 0."""
    return torch.nn.functional.hardshrink(floats(x), threshold)


@entered
def soft_shrink(x: Any, threshold: float = 0.5) -> torch.Tensor:
    """x moved towards 0 by the threshold, and 0 within it."""
    return torch.nn.functional.softshrink(floats(x), threshold)


@entered
def tanh_shrink(x: Any) -> torch.Tensor:
    """x - tanh(x)."""
    return torch.nn.functional.tanhshrink(floats(x))


@entered
def threshold(x: Any, threshold: float, default_value: float) -> torch.Tensor:
    """x where it is above the threshold, else a given value."""
    t = floats(x)
    return torch.where(t > threshold, t, default_value)


@entered
def squareplus(x: Any, b: float = 4) -> torch.Tensor:
    """(x + sqrt(x^2 + b)) / 2."""
    t = floats(x)
    return (t + torch.sqrt(t.square() + b)) / 2


@entered
def sparse_plus(x: Any) -> torch.Tensor:
    """0 below -1, (x + 1)^2 / 4 up to 1, then x."""
    t = floats(x)
    return torch.where(t <= -1, 0.0, torch.where(t < 1, (t + 1).square() / 4, t))


@entered
def sparse_sigmoid(x: Any) -> torch.Tensor:
    """(x + 1) / 2 within 0 and 1."""
    return ((floats(x) + 1) / 2).clamp(0, 1)


@entered
def sparsemax(x: Any, axis: int = -1) -> torch.Tensor:
    """The shares nearest to x along an axis; small ones are exactly 0 (Martins and Astudillo, 2016)."""
    t = floats(x).movedim(axis, -1)
    falling = t.sort(-1, descending=True).values
    counts = torch.arange(1, t.shape[-1] + 1, dtype=t.dtype)
    sums = falling.cumsum(-1) - 1
    support = (counts * falling > sums).sum(-1, keepdim=True)
    tau = sums.gather(-1, support - 1) / support
    return (t - tau).clamp(min=0).movedim(-1, axis)


swish, hard_swish = ops.silu, ops.hard_silu
__all__ += ["hard_swish", "swish"]
