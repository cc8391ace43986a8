"""Norm: batch normalisation, a skip connection's sum and ReLU as one function, channels last.

    mu = sum x / n          s2 = sum (x - mu)^2 / n          over all axes but the last; n: samples times places
    xhat = (x - mu) / sqrt(s2 + epsilon)
    y = act(scale xhat + offset [+ residual])

Backward, with d = dy act'(y):

    doffset = sum d         dscale = sum d xhat         dresidual = d
    dx = scale / sqrt(s2 + epsilon) (d - doffset / n - xhat dscale / n)

In plain torch these are some five passes over the data forward and eight back; fused, two each way. Source: Ioffe & Szegedy,
"Batch normalization", 2015; the sums: Chan, Golub & LeVeque, "Algorithms for computing the sample variance", 1983.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.core.errors import ArgumentError, ShapeError
from nabi.kernels import jit
from nabi.kernels.dropout import FUSED


def batch_norm(
    x: Tensor,
    scale: Tensor | None = None,
    offset: Tensor | None = None,
    epsilon: float = 1e-3,
    residual: Tensor | None = None,
    slope: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """y, mean and variance: x normalised by its own mean and variance, as in training.

    bfloat16 is computed in float32 and rounded once. NaN and infinity stay visible: they make their whole channel NaN. Mean and
    variance are for running averages; no gradient flows through them. The number of threads changes no bit of the results.

    Args:
        x: (..., C), at least one row.
        scale, offset: (C,), or None for 1 and 0.
        epsilon: added to the variance.
        residual: like x, or None; added before the activation. Its gradient is a tensor of its own.
        slope: of the activation below 0: 1 is no activation, 0 is ReLU, what lies between is leaky ReLU.

    Returns:
        y like x, contiguous; mean and biased variance (C,), float32 (float64 for float64).

    Example:
        >>> y, mean, variance = batch_norm(torch.tensor([[1.0], [3.0]]), epsilon=0.0, slope=0.0)
        >>> y.tolist(), mean.item(), variance.item()
        ([[0.0], [1.0]], 2.0, 1.0)

    Raises:
        ShapeError: no rows, or shapes that do not fit.
        ArgumentError: slope is negative or not finite.
    """
    check("batch_norm", x, (scale, offset), residual, slope)
    if x.numel() == 0:
        raise ShapeError("batch_norm(x)", "at least one row and one channel", tuple(x.shape), "An empty batch has no mean.")
    if takes(x, scale, offset, residual):
        return _Norm.apply(x, scale, offset, residual, None, None, epsilon, slope)
    return plain(x, scale, offset, residual, None, None, epsilon, slope)


def normalize(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    scale: Tensor | None = None,
    offset: Tensor | None = None,
    epsilon: float = 1e-3,
    residual: Tensor | None = None,
    slope: float = 1.0,
) -> Tensor:
    """y: x normalised by a given mean and variance, as in inference; one pass. Arguments as in `batch_norm`.

    dx is then scale / sqrt(variance + epsilon) d, and a NaN stays where it is. Where gradients of mean or variance are asked for,
    the plain twin runs.

    Example:
        >>> normalize(torch.tensor([[5.0, 0.0]]), torch.tensor([1.0, 1.0]), torch.tensor([4.0, 4.0]), epsilon=0.0)
        tensor([[ 2.0000, -0.5000]])
    """
    check("normalize", x, (scale, offset, mean, variance), residual, slope)
    constant = not (torch.is_grad_enabled() and (mean.requires_grad or variance.requires_grad))
    if constant and x.numel() and takes(x, scale, offset, residual, mean, variance):
        return _Norm.apply(x, scale, offset, residual, mean, variance, epsilon, slope)[0]
    return plain(x, scale, offset, residual, mean, variance, epsilon, slope)[0]


def plain(x: Tensor, scale, offset, residual, mean, variance, epsilon: float, slope: float) -> tuple[Tensor, Tensor, Tensor]:
    """The plain twin of `batch_norm` (mean and variance None) and `normalize`, for any dtype and device."""
    v = x.to(torch.promote_types(x.dtype, torch.float32))
    if mean is None:
        axes = tuple(range(x.dim() - 1))
        mean = v.mean(axes)
        variance = (v - mean).square().mean(axes)
    z = (v - mean) / torch.sqrt(variance + epsilon)
    z = z if scale is None else z * scale
    z = z if offset is None else z + offset
    z = z if residual is None else z + residual
    y = z if slope == 1 else F.relu(z) if slope == 0 else F.leaky_relu(z, slope)
    return y.to(x.dtype), mean.detach(), variance.detach()


def check(name: str, x: Tensor, vectors, residual: Tensor | None, slope: float) -> None:
    """Raises where shapes do not fit or the slope cannot be meant."""
    if x.dim() < 2:
        raise ShapeError(f"{name}(x)", "(..., channels) with two axes or more", tuple(x.shape))
    for vector in vectors:
        if vector is not None and vector.shape != x.shape[-1:]:
            raise ShapeError(f"{name}(x)", f"vectors of {x.shape[-1]} channels", tuple(vector.shape))
    if residual is not None and residual.shape != x.shape:
        raise ShapeError(f"{name}(residual)", f"the shape of x, {tuple(x.shape)}", tuple(residual.shape))
    if not 0 <= slope < math.inf:
        raise ArgumentError(f"{name}(slope)", "a number, 0 or more", slope, "0 is ReLU, 1 is no activation.")


def takes(x: Tensor, *others: Tensor | None) -> bool:
    """Whether the fused form takes these tensors."""
    tensors = [x, *(t for t in others if t is not None)]
    return jit.fused(*tensors) and x.dtype in FUSED and all(t.dtype == x.dtype for t in tensors if t.dim() > 1)


def vector(t: Tensor | None, like: Tensor, value: float, dtype: torch.dtype = torch.float32) -> np.ndarray:
    """A copy of t as array, or (C,) of one value."""
    return (torch.full(like.shape[-1:], value, dtype=dtype) if t is None else t.detach().to(dtype, copy=True)).numpy()


def flat(t: Tensor | None) -> np.ndarray | None:
    """The memory of a contiguous tensor."""
    return None if t is None else jit.array(t.view(-1))


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, offset, residual, mean, variance, epsilon, slope):
        ctx.own_moments, ctx.residual, ctx.slope = mean is None, residual is not None, np.float32(slope)
        ctx.dtypes = [None if t is None else t.dtype for t in (scale, offset)]
        x, residual = x.contiguous(), None if residual is None else residual.contiguous()
        moments = [vector(t, x, 0, torch.float64) for t in (mean, variance)]
        if ctx.own_moments:
            jit.load("norm").moments(flat(x), *moments)
        y = torch.empty_like(x)
        ctx.numbers = *moments, vector(scale, x, 1), vector(offset, x, 0), float(epsilon)
        jit.load("norm").forward(flat(x), flat(residual), flat(y), *ctx.numbers, ctx.slope)
        ctx.save_for_backward(x, y if ctx.residual else None)
        results = y, *(torch.from_numpy(m).float() for m in moments)
        ctx.mark_non_differentiable(*results[1:])
        return results

    @staticmethod
    @once_differentiable
    def backward(ctx, g, *_):
        (x, y), g, slope, d, dx = ctx.saved_tensors, g.contiguous(), ctx.slope, None, None
        sums = np.zeros(x.shape[-1]), np.zeros(x.shape[-1])
        if ctx.own_moments or ctx.residual or any(ctx.needs_input_grad[1:3]):
            d = torch.empty_like(x) if ctx.residual else None
            jit.load("norm").sums(flat(x), flat(g), flat(y), flat(d), *ctx.numbers, slope, *sums)
        if ctx.needs_input_grad[0]:
            dx = torch.empty_like(x)
            behind = (flat(g), slope) if d is None else (flat(d), np.float32(1))  # d is behind the activation already
            parts = sums if ctx.own_moments else (None, None)
            jit.load("norm").backward(flat(x), behind[0], flat(dx), *ctx.numbers, behind[1], *parts)
        vectors = [None if dtype is None else torch.from_numpy(s).to(dtype) for s, dtype in zip(sums, ctx.dtypes, strict=True)]
        return dx, *vectors, d, None, None, None, None
