"""ReLU and its relatives: linear where x > 0, nearly nothing below.

    relu(x)       = max(0, x)                            derivative 1 where x > 0, else 0
    relu6(x)      = min(max(0, x), 6)                    derivative 1 where 0 < x < 6, else 0
    leaky_relu(x) = x where x > 0, else a x              derivative 1, else a: a small slope
    elu(x)        = x where x > 0, else a (e^x - 1)      derivative 1, else a e^x = elu(x) + a
    celu(x)       = x where x > 0, else a (e^(x/a) - 1)  derivative 1, else e^(x/a): no kink for any a
    selu(x)       = 1.0507 elu(x), a = 1.6733            keeps mean 0 and variance 1 from layer to layer

Source: Nair & Hinton 2010 (ReLU); Krizhevsky 2010 (ReLU6); Maas et al. 2013 (leaky); Clevert et al. 2016 (ELU); Klambauer et al.
2017 (SELU); Barron, "Continuously differentiable exponential linear units", 2017 (CELU).
"""

import torch
from torch.nn import functional

from nabi.core.numbers import number
from nabi.core.registry import register


@register("activation")
def relu(x: torch.Tensor, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> torch.Tensor:
    """max(0, x); in full: `max_value` at most, x above `threshold`, negative_slope (x - threshold) below.

    Derivative 1 between threshold and max_value, 0 above, negative_slope below; 0 at 0.

    Example:
        >>> relu(torch.tensor([-2.0, 0.0, 3.0]))
        tensor([0., 0., 3.])
        >>> relu(torch.tensor([-2.0, 0.5, 3.0, 9.0]), negative_slope=0.1, max_value=6, threshold=1.0)
        tensor([-0.3000, -0.0500,  3.0000,  6.0000])
    """
    if (negative_slope, threshold, max_value) != (0.0, 0.0, None):
        number("relu(negative_slope)", negative_slope)
        number("relu(threshold)", threshold)
        number("relu(max_value)", 0 if max_value is None else max_value)
    if max_value is None and threshold == 0:
        return functional.leaky_relu(x, negative_slope) if negative_slope else x.relu()
    above = torch.where(x <= threshold, 0.0, x)
    above = above if max_value is None else above.clamp(max=max_value)
    return above + negative_slope * (x - threshold).clamp(max=0) if negative_slope else above


@register("activation")
def relu6(x: torch.Tensor) -> torch.Tensor:
    """min(max(0, x), 6), which needs few bits: MobileNet's activation. Derivative 1 where 0 < x < 6, else 0.

    Example:
        >>> relu6(torch.tensor([-2.0, 3.0, 8.0]))
        tensor([0., 3., 6.])
    """
    return functional.relu6(x)


@register("activation")
def leaky_relu(x: torch.Tensor, negative_slope: float = 0.2) -> torch.Tensor:
    """x where x > 0, else negative_slope x: a unit that is off still gets a gradient. Derivative 1, else negative_slope.

    Example:
        >>> leaky_relu(torch.tensor([-2.0, 3.0]))
        tensor([-0.4000,  3.0000])

    The slope: Keras' function .2, Keras' layer LeakyReLU .3, torch .01.
    """
    number("leaky_relu(negative_slope)", negative_slope)
    return functional.leaky_relu(x, negative_slope)


@register("activation")
def elu(x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    """x where x > 0, else alpha (e^x - 1): smooth at 0 for alpha = 1, at least -alpha. Derivative 1, else alpha e^x.

    Example:
        >>> elu(torch.tensor([-2.0, 3.0]))
        tensor([-0.8647,  3.0000])
    """
    number("elu(alpha)", alpha)
    return functional.elu(x, alpha)


@register("activation")
def celu(x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    """x where x > 0, else alpha (e^(x / alpha) - 1): an ELU that is smooth at 0 for every alpha.

    Derivative 1, else e^(x / alpha).

    Example:
        >>> celu(torch.tensor([-2.0, 3.0]), alpha=2.0)
        tensor([-1.2642,  3.0000])
    """
    number("celu(alpha)", alpha, above=0)
    return functional.celu(x, alpha)


@register("activation")
def selu(x: torch.Tensor) -> torch.Tensor:
    """1.0507 x where x > 0, else 1.7581 (e^x - 1); wants lecun_normal weights. Derivative 1.0507, else 1.7581 e^x.

    Example:
        >>> selu(torch.tensor([-2.0, 3.0]))
        tensor([-1.5202,  3.1521])
    """
    return functional.selu(x)
