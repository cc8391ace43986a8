"""Sparse activations: exact zeros where softplus, sigmoid and softmax are only small.

    sparse_sigmoid(x) = min(max(0, (x + 1) / 2), 1)              derivative 1/2 where |x| < 1, else 0
    sparse_plus(x)    = 0 below -1, (x + 1)^2 / 4, x above 1     derivative sparse_sigmoid(x)
    sparsemax(x)      = argmin over shares p of |p - x|^2        p_i = max(x_i - tau, 0), sum p = 1

tau = (sum of the k largest x - 1) / k, with the largest k whose k-th largest x lies above it. dp_i / dx_j = [i = j] - 1/k where
p_i, p_j > 0, else 0.
Source: Martins & Astudillo, "From softmax to sparsemax", 2016, algorithm 1; Keras 3 (sparse_plus, sparse_sigmoid).
"""

import torch

from nabi.core.numbers import whole
from nabi.core.registry import register


@register("activation")
def sparse_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """(x + 1) / 2 between -1 and 1, 0 below, 1 above. Derivative 1/2 in between, else 0.

    Example:
        >>> sparse_sigmoid(torch.tensor([-2.0, 0.0, 0.5, 2.0]))
        tensor([0.0000, 0.5000, 0.7500, 1.0000])
    """
    return ((x + 1) / 2).clamp(0, 1)


@register("activation")
def sparse_plus(x: torch.Tensor) -> torch.Tensor:
    """0 below -1, (x + 1)^2 / 4 between, x above 1: a softplus that is exactly 0 and exactly x. Derivative sparse_sigmoid(x).

    Example:
        >>> sparse_plus(torch.tensor([-2.0, 0.0, 1.0, 3.0]))
        tensor([0.0000, 0.2500, 1.0000, 3.0000])
    """
    return (x.clamp(-1, 1) + 1).square() / 4 + (x - 1).clamp(min=0)


@register("activation")
def sparsemax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """The shares nearest to x along `axis`: max(x - tau, 0), which sum to 1; small x get exactly 0.

    Example:
        >>> sparsemax(torch.tensor([[1.0, 1.5, 3.0], [1.0, 1.5, 1.25]]))
        tensor([[0.0000, 0.0000, 1.0000],
                [0.0833, 0.5833, 0.3333]])

    Keras 3.15 sums the partial sums of the largest x in place of taking the last one: where several shares are above 0 its do not
    sum to 1, against the paper.
    """
    z = x - x.amax(whole("sparsemax(axis)", axis), keepdim=True).detach()
    largest = z.sort(axis, descending=True).values.movedim(axis, -1)
    k = torch.arange(1, x.shape[axis] + 1, dtype=x.dtype, device=x.device)
    taken = 1 + k * largest > largest.cumsum(-1)
    tau = ((largest * taken).sum(-1, keepdim=True) - 1) / taken.sum(-1, keepdim=True)
    return (z - tau.movedim(-1, axis)).clamp(min=0)
