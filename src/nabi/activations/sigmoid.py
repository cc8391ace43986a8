"""Sigmoid and tanh: the S-shaped activations, and softplus, whose slope is the sigmoid.

    sigmoid(x)  = s = 1 / (1 + e^-x)          derivative s (1 - s), at most 1/4
    tanh(x)     = (e^x - e^-x) / (e^x + e^-x) derivative 1 - tanh^2, at most 1; tanh(x) = 2 sigmoid(2x) - 1
    softplus(x) = log(1 + e^x)                derivative sigmoid(x)

Source: Goodfellow et al., "Deep learning", 3.10 and 6.3.2.
"""

import torch
from torch.nn import functional

from nabi.core.registry import register


@register("activation")
def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """1 / (1 + e^-x): any number to a probability in (0, 1).

    Example:
        >>> sigmoid(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1192, 0.5000, 0.8808])
    """
    return x.sigmoid()


@register("activation")
def tanh(x: torch.Tensor) -> torch.Tensor:
    """(e^x - e^-x) / (e^x + e^-x): any number to (-1, 1), around 0.

    Example:
        >>> tanh(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.7616,  0.0000,  0.7616])
    """
    return x.tanh()


@register("activation")
def softplus(x: torch.Tensor) -> torch.Tensor:
    """log(1 + e^x): a ReLU without its kink, always above 0.

    Example:
        >>> softplus(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1269, 0.6931, 2.1269])

    torch and Keras on torch return x itself beyond 20, an error of 2e-9; here beyond 40, below the last bit of float64.
    """
    return functional.softplus(x, threshold=40)
