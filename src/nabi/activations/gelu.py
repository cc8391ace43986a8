"""GELU and SiLU: x times a gate that opens with x.

    gelu(x) = x P(X <= x) = x/2 (1 + erf(x / sqrt 2)),  X normal
    silu(x) = x sigmoid(x)

Source: Hendrycks & Gimpel, "Gaussian error linear units", 2016; Ramachandran et al., "Searching for activation functions", 2017.
"""

import torch
from torch.nn import functional

from nabi.core.registry import register


@register("activation")
def gelu(x: torch.Tensor, approximate: bool = False) -> torch.Tensor:
    """x/2 (1 + erf(x / sqrt 2)), or with `approximate` x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).

    Example:
        >>> gelu(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
    return functional.gelu(x, approximate="tanh" if approximate else "none")


@register("activation", "swish")
def silu(x: torch.Tensor) -> torch.Tensor:
    """x sigmoid(x), also called swish.

    Example:
        >>> silu(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """
    return functional.silu(x)
