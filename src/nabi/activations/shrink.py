"""Shrinking: numbers near 0 become 0; thresholds as functions.

    hard_shrink(x) = x where |x| > t, else 0                     derivative 1 where |x| > t, else 0
    soft_shrink(x) = sign(x) max(|x| - t, 0)                     derivative 1 where |x| > t, else 0
    tanh_shrink(x) = x - tanh(x)                                 derivative tanh^2
    threshold(x)   = x where x > t, else a value of one's own    derivative 1 where x > t, else 0

Source: Donoho & Johnstone, "Ideal spatial adaptation by wavelet shrinkage", 1994 (hard and soft).
"""

import torch
from torch.nn import functional

from nabi.core.numbers import number
from nabi.core.registry import register


@register("activation")
def hard_shrink(x: torch.Tensor, threshold: float = 0.5) -> torch.Tensor:
    """x where |x| > threshold, else 0. Derivative 1 where |x| > threshold, else 0.

    Example:
        >>> hard_shrink(torch.tensor([-2.0, 0.3, 0.7]))
        tensor([-2.0000,  0.0000,  0.7000])
    """
    number("hard_shrink(threshold)", threshold, least=0)
    return functional.hardshrink(x, threshold)


@register("activation")
def soft_shrink(x: torch.Tensor, threshold: float = 0.5) -> torch.Tensor:
    """sign(x) max(|x| - threshold, 0): a step of L1 regularization. Derivative 1 where |x| > threshold, else 0.

    Example:
        >>> soft_shrink(torch.tensor([-2.0, 0.25, 0.75]))
        tensor([-1.5000,  0.0000,  0.2500])
    """
    number("soft_shrink(threshold)", threshold, least=0)
    return functional.softshrink(x, threshold)


@register("activation")
def tanh_shrink(x: torch.Tensor) -> torch.Tensor:
    """x - tanh(x): flat around 0, x -+ 1 far away. Derivative tanh^2.

    Example:
        >>> tanh_shrink(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([-1.0360,  0.0000,  1.0360])
    """
    return functional.tanhshrink(x)


def threshold(x: torch.Tensor, threshold: float, default_value: float) -> torch.Tensor:
    """x where x > threshold, else default_value. Derivative 1 where x > threshold, else 0.

    Its numbers have no defaults, so a layer takes it as a function: `activation=lambda x: threshold(x, 0.5, 0.0)`.

    Example:
        >>> threshold(torch.tensor([-2.0, 0.3, 0.7]), 0.5, -1.0)
        tensor([-1.0000, -1.0000,  0.7000])
    """
    number("threshold(threshold)", threshold)
    number("threshold(default_value)", default_value)
    return functional.threshold(x, threshold, default_value)
