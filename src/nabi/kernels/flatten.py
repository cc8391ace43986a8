"""Flatten: each sample as one vector; nothing is copied where the memory is contiguous."""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def flatten(x: Tensor) -> Tensor:
    """(N, ...) -> (N, n).

    Example:
        >>> flatten(torch.zeros(2, 3, 4)).shape
        torch.Size([2, 12])
    """
    return x.reshape(len(x), -1)


class Flatten(torch.autograd.Function):
    """`flatten` with its gradient."""

    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.shape
        return flatten(x)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        return g.reshape(ctx.shape)
