"""Variance scaling: weights whose spread keeps the signal's variance from layer to layer. Glorot (Xavier), He, LeCun.

    Var w = scale / n        n: fan_in, fan_out or their mean; fan = (in or out) x kernel area

    Glorot: scale 1, n = (fan_in + fan_out) / 2     tanh, sigmoid, and Keras' default
    He:     scale 2, n = fan_in                     ReLU halves the variance
    LeCun:  scale 1, n = fan_in                     SELU

    uniform: U[-l, l) with l = sqrt(3 Var w)        normal: truncated at two stddev, stddev = sqrt(Var w) / .8796

Source: Glorot & Bengio 2010, eq. 16; He et al. 2015, eq. 10; LeCun et al. 1998, section 4.6; Keras 3, random_initializers.py.
"""

import math
from collections.abc import Sequence
from typing import Any

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import is_whole, number, whole
from nabi.core.registry import register
from nabi.initializers.initializer import RandomInitializer
from nabi.initializers.law import Law

TRUNCATED_STDDEV = 0.87962566103423978  # of a standard normal within [-2, 2]
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")
Axes = Sequence[int] | None


def fans(shape: tuple[int, ...], input_axes: Axes = None, output_axes: Axes = None) -> tuple[int, int]:
    """(fan_in, fan_out): how many inputs an output has and outputs an input has; products over the axes, if they are named.

    Example:
        >>> fans((784, 100)), fans((3, 3, 16, 32)), fans((5,)), fans(())
        ((784, 100), (144, 288), (5, 5), (1, 1))
        >>> fans((4, 16, 8), input_axes=[1], output_axes=[0, 2])
        (16, 32)
    """
    if input_axes is not None and output_axes is not None:
        if not all(-len(shape) <= axis < len(shape) for axis in (*input_axes, *output_axes)):
            raise ShapeError("input_axes, output_axes", f"axes of a weight of shape {tuple(shape)}",
                             f"{input_axes}, {output_axes}")
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if len(shape) < 2:
        n = math.prod(shape)
        return n, n
    area = math.prod(shape[:-2])
    return shape[-2] * area, shape[-1] * area


def axes_of(where: str, axes: Any) -> Axes:
    """None or a list of axes as it was given."""
    if axes is not None and not (isinstance(axes, list | tuple) and all(map(is_whole, axes))):
        raise ArgumentError(where, "a list of axes, or None", repr(axes))
    return axes


@register("initializer", "variance_scaling")
class VarianceScaling(RandomInitializer):
    """Var w = scale / n.

    Args:
        scale: above 0.
        mode: what n is: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (also "normal"), "untruncated_normal" or "uniform".
        seed: whole number for values that are the same at every call.
        input_axes, output_axes: axes whose product is fan_in, fan_out; None: the last two axes, times the kernel's area.

    Example:
        >>> w = VarianceScaling(scale=2.0, mode="fan_out", seed=3)((5, 5, 8, 16))
        >>> round(float(w.var()) * 5 * 5 * 16, 1)
        2.0

    Raises ArgumentError for an unknown mode or distribution, or scale <= 0; ShapeError for axes that a shape does not have.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ):
        distribution = "truncated_normal" if distribution == "normal" else distribution
        if mode not in MODES:
            raise ArgumentError("VarianceScaling(mode)", f"one of {', '.join(MODES)}", repr(mode))
        if distribution not in DISTRIBUTIONS:
            raise ArgumentError("VarianceScaling(distribution)", f"one of {', '.join(DISTRIBUTIONS)}", repr(distribution))
        self.scale = number("VarianceScaling(scale)", scale, above=0)
        self.mode = mode
        self.distribution = distribution
        self.input_axes = axes_of(f"{type(self).__name__}(input_axes)", input_axes)
        self.output_axes = axes_of(f"{type(self).__name__}(output_axes)", output_axes)
        self.seed = whole(f"{type(self).__name__}(seed)", seed, optional=True)

    def law(self, shape):
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return Law("uniform", -limit, 2 * limit)
        if self.distribution == "untruncated_normal":
            return Law("normal", 0, math.sqrt(variance))
        return Law("truncated", 0, math.sqrt(variance) / TRUNCATED_STDDEV)


@register("initializer", "glorot_uniform")
class GlorotUniform(VarianceScaling):
    """U[-l, l), l = sqrt(6 / (fan_in + fan_out)): Xavier uniform, the default of Dense and Conv2D.

    Example:
        >>> bool(GlorotUniform(seed=3)((2, 4)).abs().max() <= 1)
        True

    torch's `xavier_uniform_` draws from the same law; torch's layers start otherwise.
    """

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_avg", "uniform", seed, input_axes, output_axes)


@register("initializer", "glorot_normal")
class GlorotNormal(VarianceScaling):
    """Truncated normal of variance 2 / (fan_in + fan_out): Xavier normal. torch's `xavier_normal_` does not truncate."""

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, input_axes, output_axes)


@register("initializer", "he_uniform")
class HeUniform(VarianceScaling):
    """U[-l, l), l = sqrt(6 / fan_in)."""

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(2.0, "fan_in", "uniform", seed, input_axes, output_axes)


@register("initializer", "he_normal")
class HeNormal(VarianceScaling):
    """Truncated normal of variance 2 / fan_in: for ReLU, which halves the variance."""

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(2.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)


@register("initializer", "lecun_uniform")
class LecunUniform(VarianceScaling):
    """U[-l, l), l = sqrt(3 / fan_in)."""

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_in", "uniform", seed, input_axes, output_axes)


@register("initializer", "lecun_normal")
class LecunNormal(VarianceScaling):
    """Truncated normal of variance 1 / fan_in: for SELU."""

    def __init__(self, seed: int | None = None, input_axes: Axes = None, output_axes: Axes = None):
        super().__init__(1.0, "fan_in", "truncated_normal", seed, input_axes, output_axes)
