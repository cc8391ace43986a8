"""Linear: matrix product, bias and ReLU as one function.

    y = relu(x W^T + b)

    dx = d W,   dW = d^T x,   db = sum of d over the rows,   d: the gradient before ReLU

Backward, ReLU's gradient is one pass, which may write over the incoming gradient; dW and db may be written where they belong.
"""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.kernels.relu import takes, through_relu


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None, relu: bool = False, owns_gradient: bool = False) -> Tensor:
    """x W^T + b on the last axis, then ReLU if asked for.

    Args:
        x: (..., n_in).
        weight: (n_out, n_in).
        bias: (n_out,) or None.
        relu: whether ReLU follows.
        owns_gradient: as in `convolution`.

    Returns:
        (..., n_out).

    Example:
        >>> linear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [-5.0, 0.0]]), relu=True)
        tensor([[11.,  0.]])
    """
    if takes(x, weight):
        return Linear.apply(x, weight, bias, relu, owns_gradient)
    return plain(x, weight, bias, relu)


def plain(x: Tensor, weight: Tensor, bias: Tensor | None, relu: bool) -> Tensor:
    """The plain twin of `linear`, for any dtype and device."""
    y = F.linear(x, weight, bias)
    return F.relu(y) if relu else y


class Linear(torch.autograd.Function):
    """`linear`, fused."""

    @staticmethod
    def forward(ctx, x, weight, bias, relu, owns_gradient):
        y = F.linear(x, weight, bias)
        y = y.relu_() if relu else y
        ctx.owns_gradient = owns_gradient
        ctx.save_for_backward(x, weight, y if relu else None)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        return *Linear.gradients(ctx, g), None, None

    @staticmethod
    def gradients(ctx, g, out=(None, None)):
        """(dx, dW, db); dW and db are written into the tensors of `out` that are given and have their dtype."""
        x, weight, y = ctx.saved_tensors
        need, g = ctx.needs_input_grad, g.contiguous()
        d = rows(g if y is None else through_relu(g, y, ctx.owns_gradient))
        dx = d @ weight if need[0] else None
        dw = torch.mm(d.t(), rows(x), out=fitting(out[0], d)) if need[1] else None
        db = torch.sum(d, 0, out=fitting(out[1], d)) if need[2] else None
        return dx if dx is None or x.dim() == 2 else dx.view(x.shape), dw, db


def rows(x: Tensor) -> Tensor:
    """(..., n) as a matrix of rows."""
    return x if x.dim() == 2 else x.reshape(-1, x.shape[-1])


def fitting(place: Tensor | None, d: Tensor) -> Tensor | None:
    """A place to write to, if it has the dtype of what is to be written."""
    return place if place is not None and place.dtype is d.dtype else None
