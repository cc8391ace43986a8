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
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.core.errors import ArgumentError, ShapeError
from nabi.kernels import jit
from nabi.kernels.dropout import FUSED
from nabi.kernels.relu import bent


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
        residual: in x's shape, or None; added before the activation. Its gradient is a tensor of its own. If its dtype is the
            wider one, y has it.
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
    if takes(x, residual, scale, offset):
        return Norm.apply(x, residual, scale, offset, None, None, epsilon, slope)
    return plain(x, residual, scale, offset, None, None, epsilon, slope)


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
    if constant and x.numel() and takes(x, residual, scale, offset, mean, variance):
        return Norm.apply(x, residual, scale, offset, mean, variance, epsilon, slope)[0]
    return plain(x, residual, scale, offset, mean, variance, epsilon, slope)[0]


def norm(x: Tensor, residual, scale, offset, mean, variance, epsilon: float, slope: float) -> tuple[Tensor, Tensor, Tensor]:
    """`batch_norm` where mean and variance are None, else `normalize`; always with the moments that were used."""
    if mean is None:
        return batch_norm(x, scale, offset, epsilon, residual, slope)
    return normalize(x, mean, variance, scale, offset, epsilon, residual, slope), mean, variance


def plain(x: Tensor, residual, scale, offset, mean, variance, epsilon: float, slope: float) -> tuple[Tensor, Tensor, Tensor]:
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
    return bent(z, slope).to(wider(x, residual)), mean.detach(), variance.detach()


def wider(x: Tensor, residual: Tensor | None) -> torch.dtype:
    """The dtype of their sum."""
    return x.dtype if residual is None else torch.promote_types(x.dtype, residual.dtype)


def check(name: str, x: Tensor, vectors, residual: Tensor | None, slope: float) -> None:
    """Raises where shapes do not fit or the slope cannot be meant."""
    shape = x.shape
    if len(shape) < 2:
        raise ShapeError(f"{name}(x)", "(..., channels) with two axes or more", tuple(shape))
    for vector in vectors:
        if vector is not None and vector.shape != shape[-1:]:
            raise ShapeError(f"{name}(x)", f"vectors of {shape[-1]} channels", tuple(vector.shape))
    if residual is not None and residual.shape != shape:
        raise ShapeError(f"{name}(residual)", f"the shape of x, {tuple(shape)}", tuple(residual.shape))
    if not 0 <= slope < math.inf:
        raise ArgumentError(f"{name}(slope)", "a number, 0 or more", slope, "0 is ReLU, 1 is no activation.")


def takes(x: Tensor, residual: Tensor | None, *vectors: Tensor | None) -> bool:
    """Whether the fused form takes these tensors."""
    if x.dtype not in FUSED or wider(x, residual) not in FUSED:
        return False
    return jit.fused(*(t for t in (x, residual, *vectors) if t is not None))


def flat(t: Tensor | None) -> np.ndarray | None:
    """The memory of a contiguous tensor."""
    return None if t is None else jit.array(t).reshape(-1)


class Norm(torch.autograd.Function):
    """`batch_norm` and `normalize`, fused."""

    @staticmethod
    def forward(ctx, x, residual, scale, offset, mean, variance, epsilon, slope):
        ctx.dtypes, dtype = (x.dtype, None if residual is None else residual.dtype), wider(x, residual)
        x, residual = x.to(dtype).contiguous(), None if residual is None else residual.to(dtype).contiguous()
        y, table = torch.empty_like(x), np.zeros((6, x.shape[-1]))
        table[2] = 1
        for row, t in enumerate((mean, variance, scale, offset)):
            if t is not None:
                table[row] = t.detach().float().numpy()
        kernels, own, i, r, o = jit.load("norm"), mean is None, flat(x), flat(residual), flat(y)
        numbers = float(epsilon), np.float32(slope)
        if own:
            kernels.moments(i, table)
        kernels.forward(i, r, o, table, *numbers)
        ctx.held = table, numbers, own, *(None if t is None else t.dtype for t in (scale, offset))
        ctx.save_for_backward(x, None if residual is None else y)
        moments = [torch.from_numpy(row) for row in table[:2].astype(np.float32)]
        ctx.mark_non_differentiable(*moments)
        return y, *moments

    @staticmethod
    @once_differentiable
    def backward(ctx, g, *_):
        (x, y), need, kernels, d, dx = ctx.saved_tensors, ctx.needs_input_grad, jit.load("norm"), None, None
        table, (epsilon, slope), own, *dtypes = ctx.held
        table = table.copy()  # another backward pass may come
        i, k = flat(x), flat(g.contiguous())
        if y is not None:  # d is behind the activation, so dx needs no slope
            d = torch.empty_like(x)
            behind = flat(d)
            kernels.sums(i, k, flat(y), behind, table, epsilon, slope)
            k, slope = behind, np.float32(1)
        elif own or need[2] or need[3]:
            kernels.sums(i, k, None, None, table, epsilon, slope)
        if need[0]:
            dx = torch.empty_like(x)
            kernels.backward(i, k, flat(dx), table, epsilon, slope, own)
        vectors = [torch.from_numpy(table[4 + j]).to(dtypes[j]) if need[2 + j] else None for j in (0, 1)]
        dx, d = (t if t is None or dtype is None else t.to(dtype) for t, dtype in zip((dx, d), ctx.dtypes, strict=True))
        return dx, d, *vectors, None, None, None, None
