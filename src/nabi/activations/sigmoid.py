"""Sigmoid, tanh and softsign: the S-shaped activations; softplus, whose slope is the sigmoid; and the exponential.

    sigmoid(x)     = s = 1 / (1 + e^-x)          derivative s (1 - s), at most 1/4
    log_sigmoid(x) = -log(1 + e^-x)              derivative 1 - s
    tanh(x)        = (e^x - e^-x) / (e^x + e^-x) derivative 1 - tanh^2, at most 1; tanh(x) = 2 sigmoid(2x) - 1
    softsign(x)    = x / (1 + |x|)               derivative 1 / (1 + |x|)^2, at most 1
    softplus(x)    = log(1 + e^x)                derivative s
    squareplus(x)  = (x + sqrt(x^2 + b)) / 2     derivative (1 + x / sqrt(x^2 + b)) / 2
    exponential(x) = e^x                         derivative e^x

Source: Goodfellow et al., "Deep learning", 3.10 and 6.3.2; softsign: Glorot & Bengio, "Understanding the difficulty of training
deep feedforward neural networks", 2010; squareplus: Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.
"""

import torch
from torch.nn import functional

from nabi.core.numbers import number
from nabi.core.registry import register


@register("activation")
def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """1 / (1 + e^-x): any number to a probability in (0, 1). Derivative s (1 - s), at most 1/4.

    Example:
        >>> sigmoid(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1192, 0.5000, 0.8808])
    """
    return x.sigmoid()


@register("activation")
def log_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """log(1 / (1 + e^-x)): a log-probability that far below 0 is x, where sigmoid would be 0 and its log -infinity.

    Derivative 1 - sigmoid(x).

    Example:
        >>> log_sigmoid(torch.tensor([-200.0, 0.0, 2.0])).tolist()
        [-200.0, -0.6931471824645996, -0.12692801654338837]
    """
    return functional.logsigmoid(x)


@register("activation")
def tanh(x: torch.Tensor) -> torch.Tensor:
    """(e^x - e^-x) / (e^x + e^-x): any number to (-1, 1), around 0. Derivative 1 - tanh^2, at most 1.

    Example:
        >>> tanh(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.7616,  0.0000,  0.7616])
    """
    return x.tanh()


@register("activation")
def softsign(x: torch.Tensor) -> torch.Tensor:
    """x / (1 + |x|): any number to (-1, 1), slower than tanh. Derivative 1 / (1 + |x|)^2, at most 1.

    Example:
        >>> softsign(torch.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.5000,  0.0000,  0.7500])
    """
    return functional.softsign(x)


@register("activation")
def softplus(x: torch.Tensor) -> torch.Tensor:
    """log(1 + e^x): a ReLU without its kink, always above 0. Derivative sigmoid(x).

    Example:
        >>> softplus(torch.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1269, 0.6931, 2.1269])

    torch and Keras on torch return x itself beyond 20, an error of 2e-9; here beyond 40, below the last bit of float64.
    """
    return functional.softplus(x, threshold=40)


@register("activation")
def squareplus(x: torch.Tensor, b: float = 4) -> torch.Tensor:
    """(x + sqrt(x^2 + b)) / 2: a softplus without exponentials; b = 0 is ReLU. Derivative (1 + x / sqrt(x^2 + b)) / 2.

    Example:
        >>> squareplus(torch.tensor([-1.5, 0.0, 1.5]))
        tensor([0.5000, 1.0000, 2.0000])
    """
    number("squareplus(b)", b, least=0)
    return (x + torch.hypot(x, x.new_tensor(b).sqrt())) / 2


@register("activation")
def exponential(x: torch.Tensor) -> torch.Tensor:
    """e^x: a rate above 0, for counts and the Poisson loss. Its own derivative.

    Example:
        >>> exponential(torch.tensor([-1.0, 0.0, 1.0]))
        tensor([0.3679, 1.0000, 2.7183])

    Beyond 88.7 float32 holds it no more: it is infinite, and `fit` says so.
    """
    return x.exp()
