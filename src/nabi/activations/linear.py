"""Linear and step: the activations of the output of a regression and of the perceptron.

    linear(x) = x                            derivative 1
    step(x)   = 1 where x > 0, else 0        derivative 0

Source: Rosenblatt, "The perceptron", 1958.
"""

import torch

from nabi.core.registry import register


@register("activation")
def linear(x: torch.Tensor) -> torch.Tensor:
    """x as it is; the activation None. Derivative 1.

    Example:
        >>> linear(torch.tensor([-1.0, 2.0]))
        tensor([-1.,  2.])
    """
    return x


@register("activation")
def step(x: torch.Tensor) -> torch.Tensor:
    """1 where x > 0, else 0. Derivative 0, so nothing before it learns by gradient descent.

    Example:
        >>> step(torch.tensor([-1.0, 0.0, 0.5]))
        tensor([0., 0., 1.])

    Keras has no such activation; it is here for the perceptron and its logic gates.
    """
    return torch.where(x.isnan(), x, x.sign().clamp(min=0))
