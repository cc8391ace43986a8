"""Softmax: cross-entropy behind a softmax, its gradient and the probabilities, in one pass over the logits.

    p_j = exp(z_j - m) / s,   m = max_j z_j,   s = sum_j exp(z_j - m)
    L = - sum_j y_j log p_j,   log p_j = (z_j - m) - log s            labels y: shares of the classes, such as one-hot vectors
    L = - log p_y                                                     labels y: class numbers
    dL/dz_j = p_j sum_k y_k - y_j

Each row's maximum goes out first, so no exponential overflows; NaN and infinity among the logits pass into the loss.
Source: Bishop, "Pattern recognition and machine learning", 4.3.4.
"""

from typing import NamedTuple

import torch
from numpy import float32 as f32
from torch import Tensor

from nabi.kernels import jit

FEW = 24  # classes up to which the fused form is quicker than torch's own functions (measured)


def softmax_crossentropy(z: Tensor, y: Tensor) -> Tensor:
    """- sum_j y_j log p_j with p = softmax(z), along the last axis.

    Args:
        z: logits, (..., C).
        y: shares of the classes, like z; or class numbers, int64 (...).

    Returns:
        (...): the losses. Fused and plain differ by rounding: at most 2e-6 of the largest logit.

    Example:
        >>> z = torch.tensor([[0.0, 2.0], [0.0, -3.0]])
        >>> softmax_crossentropy(z, torch.tensor([[0.0, 1.0], [0.0, 1.0]])), softmax_crossentropy(z, torch.tensor([1, 1]))
        (tensor([0.1269, 3.0486]), tensor([0.1269, 3.0486]))

    Raises RuntimeError where a class number is none.
    """
    return SoftmaxCrossentropy.apply(z, y) if takes(z, y) else plain(z, y)


def takes(z: Tensor, y: Tensor) -> bool:
    """Whether the fused form takes these tensors."""
    shares = y.is_floating_point()
    fit = y.shape == z.shape and y.dtype is z.dtype if shares else y.shape == z.shape[:-1] and y.dtype is torch.int64
    return fit and z.dtype is torch.float32 and z.numel() > 0 and z.shape[-1] > 1 and not y.requires_grad and jit.fused(z, y)


def plain(z: Tensor, y: Tensor) -> Tensor:
    """The plain twin of `softmax_crossentropy`, for any dtype and device."""
    log_p = z.log_softmax(-1)
    if y.is_floating_point():
        return -(y * log_p).sum(-1)
    return -log_p.gather(-1, y.unsqueeze(-1)).squeeze(-1)


class OnePass(NamedTuple):
    """What one pass over outputs (..., C), such as logits, gives.

    Attributes:
        losses: (...), and their sum, `total`; of the cross-entropies in float64.
        gradient: g * d losses / d outputs, (..., C).
        p: what the user sees of the outputs, (..., C): probabilities.
        right: how many predictions are right; None where nobody counted.
    """

    losses: Tensor
    gradient: Tensor
    p: Tensor
    total: float
    right: int | None


def one_pass(z: Tensor, y: Tensor, g: float | Tensor = 1.0) -> OnePass:
    """Losses, g times their gradient, probabilities; for tensors that `takes` takes. g: a number, or one a loss, (..., 1)."""
    if isinstance(g, Tensor):
        made = one_pass(z, y)
        made.gradient.mul_(g)
        return made
    if z.shape[-1] > FEW:
        return by_torch(z, y, g)
    if z.dim() != 2:
        losses, d, p, total, right = one_pass(z.reshape(-1, z.shape[-1]), y.reshape(-1, *y.shape[z.dim() - 1:]), g)
        return OnePass(losses.view(z.shape[:-1]), d.view(z.shape), p.view(z.shape), total, right)
    z, y = z.contiguous(), y.contiguous()
    losses, d, p = z.new_empty(len(z)), torch.empty_like(z), torch.empty_like(z)
    loops = jit.load("softmax")
    loop = loops.by_shares if y.is_floating_point() else loops.by_number
    total, right = loop(jit.array(z), jit.array(y), f32(g), jit.array(losses), jit.array(d), jit.array(p))
    return OnePass(losses, d, p, total, right) if right >= 0 else by_torch(z, y, g)  # torch says which label is none


def by_torch(z: Tensor, y: Tensor, g: float = 1.0) -> OnePass:
    """`one_pass` by torch's functions, which are vectorised over classes; with autograd's graph for a second derivative."""
    log_p = z.log_softmax(-1)
    p = log_p.exp()
    if y.is_floating_point():
        losses, d = -(y * log_p).sum(-1), p * y.sum(-1, keepdim=True) - y
    else:
        number = y.unsqueeze(-1)
        losses = -log_p.gather(-1, number).squeeze(-1)
        d = p.scatter_add(-1, number, p.new_full((), -1.0).expand(number.shape))
    return OnePass(losses, d * float(g), p, losses.sum(dtype=torch.float64).item(), None)


class SoftmaxCrossentropy(torch.autograd.Function):
    """`softmax_crossentropy`, fused."""

    @staticmethod
    def forward(ctx, z, y):
        made = one_pass(z.detach(), y)
        ctx.save_for_backward(z, y, made.gradient)
        return made.losses

    @staticmethod
    def backward(ctx, g):
        z, y, d = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is wanted
            d = by_torch(z, y).gradient
        return g.unsqueeze(-1) * d, None
