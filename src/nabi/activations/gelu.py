"""GELU, SiLU and Mish: x times a gate that opens with x.

    gelu(x) = x P(X <= x) = x/2 (1 + erf(x / sqrt 2)),  X normal          derivative P(X <= x) + x e^(-x^2 / 2) / sqrt(2 pi)
    silu(x) = x s,   s = sigmoid(x)                                       derivative s (1 + x (1 - s))
    mish(x) = x t,   t = tanh(softplus(x))                                derivative t + x s (1 - t^2)

Source: Hendrycks & Gimpel, "Gaussian error linear units", 2016; Ramachandran et al., "Searching for activation functions", 2017;
Misra, "Mish: a self regularized non-monotonic activation function", 2020.
"""

import torch
from torch.nn import functional

from nabi.core.numbers import flag, whole
from nabi.core.registry import register


def glu(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """a sigmoid(b), where a and b are the halves of x along `axis`: half as many numbers come out as go in.

    A layer's activation keeps the shape, so this one is called by hand, in a Lambda or in a layer of one's own.

    Example:
        >>> glu(torch.tensor([[1.0, 2.0, 0.0, 0.0]]))
        tensor([[0.5000, 1.0000]])

    Source: Dauphin et al., "Language modeling with gated convolutional networks", 2017.
    """
    return functional.glu(x, whole("glu(axis)", axis))


@register("activation")
def gelu(x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    """x/2 (1 + erf(x / sqrt 2)), or with `approximate` x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), 5e-4 off at most.

    Derivative P(X <= x) + x e^(-x^2 / 2) / sqrt(2 pi), from -0.13 to 1.13.

    Example:
        >>> gelu(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
    flag("gelu(approximate)", approximate)
    return functional.gelu(x, approximate="tanh" if approximate else "none")


@register("activation", "swish")
def silu(x: torch.Tensor) -> torch.Tensor:
    """x sigmoid(x), also called swish. Derivative s (1 + x (1 - s)), from -0.10 to 1.10.

    Example:
        >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """
    return functional.silu(x)


@register("activation")
def mish(x: torch.Tensor) -> torch.Tensor:
    """x tanh(log(1 + e^x)). Derivative t + x s (1 - t^2), from -0.11 to 1.09.

    Example:
        >>> mish(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.3034,  0.0000,  0.8651])
    """
    return functional.mish(x)
