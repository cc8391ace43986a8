"""Softmax: numbers to class probabilities; and its logarithm.

    p_i     = e^x_i / sum_j e^x_j        p_i > 0, sum p = 1; of two numbers it is the sigmoid of their difference
    log p_i = x_i - log sum_j e^x_j

    dp_i / dx_j = p_i ([i = j] - p_j)          d log p_i / dx_j = [i = j] - p_j

Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
"""

import torch

from nabi.core.numbers import whole
from nabi.core.registry import register


@register("activation")
def softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """e^x / sum e^x along `axis`, computed from x - max x, so that nothing overflows. Derivative p_i ([i = j] - p_j).

    Example:
        >>> softmax(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[0.0900, 0.2447, 0.6652]])
    """
    whole("softmax(axis)", axis)
    return x.softmax(axis)


@register("activation")
def log_softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """x - log sum e^x along `axis`: log-probabilities, exact also where a probability is too small for a float.

    Derivative [i = j] - p_j.

    Example:
        >>> log_softmax(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[-2.4076, -1.4076, -0.4076]])
    """
    whole("log_softmax(axis)", axis)
    return x.log_softmax(axis)
