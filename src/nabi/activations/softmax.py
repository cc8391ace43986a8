"""Softmax: numbers to class probabilities.

    p_i = e^x_i / sum_j e^x_j        p_i > 0, sum p = 1; of two numbers it is the sigmoid of their difference

Source: Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
"""

import torch

from nabi.core.registry import register


@register("activation")
def softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """e^x / sum e^x along `axis`, computed from x - max x, so that nothing overflows.

    Example:
        >>> softmax(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[0.0900, 0.2447, 0.6652]])
    """
    return x.softmax(axis)
