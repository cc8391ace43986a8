"""Warp: pictures read at the places of an affine map, with SciPy's rules for what lies beyond the border.

    (u, v) = M (i, j, 1)        y[i, j] = x at (u, v): the pixel there (order 0), or mixed from the four around (order 1)

    x: (N, H, W, C), M: (N, 2, 3) -> y: (N, H, W, C).  Of an axis of n pixels a place u outside of 0 ... n - 1 becomes
    constant   the fill value, whole and unmixed          nearest   the border
    reflect    2n - 1 - u, -1 - u and so on               wrap      u - (n - 1), u + (n - 1) and so on: the ends are one pixel

`nabi.kernels.affine`, which the layers use, mixes the border with the fill value and wraps by n instead.
Source: SciPy 1.17's `ndimage.affine_transform`, which Keras' ImageDataGenerator calls for each channel of each picture.
"""

import numpy as np
import torch
from torch import Tensor

from nabi.kernels import jit

FILLS = ("constant", "nearest", "reflect", "wrap")


def warp(x: Tensor, M: Tensor, fill_mode: str = "nearest", fill_value: float = 0.0, order: int = 1) -> Tensor:
    """Each picture read at M (i, j, 1).

    Args:
        x: (N, H, W, C), floats.
        M: (N, 2, 3), float64, from rows and columns of the result to those of x.
        fill_mode: one of FILLS.
        fill_value: with "constant".
        order: 0 nearest pixel, 1 bilinear.

    Returns:
        (N, H, W, C) in the dtype of x, computed in float64.

    Example:
        >>> x, half = torch.tensor([[[[1.0], [2.0], [4.0]]]]), torch.tensor([[[1.0, 0, 0], [0, 1, 0.5]]], dtype=torch.float64)
        >>> warp(x, half).flatten().tolist(), warp(x, half, "constant", 9.0).flatten().tolist()
        ([1.5, 3.0, 4.0], [1.5, 3.0, 9.0])
    """
    if jit.fused(x) and x.dtype is torch.float32 and not x.requires_grad and x.numel():
        y = torch.empty(x.shape, dtype=x.dtype)
        arrays = jit.array(y.view(-1, *x.shape[2:])), jit.array(x.contiguous()), jit.array(M.double().contiguous())
        jit.load("warp").warped(*arrays, FILLS.index(fill_mode), np.float32(fill_value), order)
        return y
    return plain(x, M, fill_mode, fill_value, order)


def plain(x: Tensor, M: Tensor, fill_mode: str, fill_value: float, order: int) -> Tensor:
    """The plain twin of `warp`, for any dtype and device."""
    N, H, W, C = x.shape
    i, j = (torch.arange(n, dtype=torch.float64, device=x.device) for n in (H, W))
    u, v = (M[:, a, 0, None, None] * i[:, None] + M[:, a, 1, None, None] * j + M[:, a, 2, None, None] for a in (0, 1))
    outside = (u < 0) | (u > H - 1) | (v < 0) | (v > W - 1)
    u, v = mapped(u, H, fill_mode), mapped(v, W, fill_mode)
    half = 0.5 if order == 0 else 0.0
    k, m = torch.floor(u + half), torch.floor(v + half)
    f, g = ((u - k).unsqueeze(-1), (v - m).unsqueeze(-1)) if order else (torch.zeros(1), torch.zeros(1))

    def pixel(p: int, q: int) -> Tensor:
        rows, columns = (k + p).clamp(0, H - 1).long(), (m + q).clamp(0, W - 1).long()
        return x[torch.arange(N, device=x.device).view(N, 1, 1), rows, columns].double()

    y = (1 - f) * ((1 - g) * pixel(0, 0) + g * pixel(0, 1)) + f * ((1 - g) * pixel(1, 0) + g * pixel(1, 1))
    return torch.where(outside.unsqueeze(-1), fill_value, y).to(x.dtype) if fill_mode == "constant" else y.to(x.dtype)


def mapped(u: Tensor, n: int, fill_mode: str) -> Tensor:
    """Where on an axis of n pixels a place is read.

    Example:
        >>> u = torch.tensor([-1.25, 0.5, 2.25, 3.5])
        >>> {mode: mapped(u, 3, mode).tolist() for mode in FILLS[1:]}  # doctest: +NORMALIZE_WHITESPACE
        {'nearest': [0.0, 0.5, 2.0, 2.0], 'reflect': [0.25, 0.5, 2.25, 1.5], 'wrap': [0.75, 0.5, 0.25, 1.5]}
    """
    if fill_mode == "reflect":
        u = torch.where(u < 0, -1 - u, u) % (2 * n)
        return torch.where(u < n, u, 2 * n - 1 - u)
    if fill_mode == "wrap":
        period = max(n - 1, 1)
        return torch.where((u >= 0) & (u <= n - 1), u, u % period)
    return u.clamp(0, n - 1)
