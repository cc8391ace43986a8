"""Affine: pictures turned, stretched, moved about their middle: each pixel of the result is looked up in the picture.

    (u, v) = c + A ((i, j) - c) + t                 c = ((H - 1)/2, (W - 1)/2), the middle
    y[i, j] = x[floor(u + 1/2), floor(v + 1/2)]                                                       nearest
    y[i, j] = sum over p, q in {0, 1} of  |1 - p - f| |1 - q - g|  x[k + p, m + q]                    bilinear
              k = floor(u),  m = floor(v),  f = u - k,  g = v - m

    x: (N, H, W, C), A: (N, 2, 2), t: (N, 2) -> y: (N, H, W, C).  Beyond the border a b c d goes on as
    reflect   d c b a | a b c d | d c b a          nearest    a a a a | a b c d | d d d d
    wrap      a b c d | a b c d | a b c d          constant   k k k k | a b c d | k k k k
Source: Keras 3's `ops.image.affine_transform`; Wolberg, "Digital image warping", 1990, section 3.3.
"""

import numpy as np
import torch
from torch import Tensor

from nabi.kernels import jit

FILLS = ("constant", "nearest", "reflect", "wrap")
INTERPOLATIONS = ("bilinear", "nearest")


def affine(x: Tensor, A: Tensor, t: Tensor | None = None, fill_mode: str = "reflect", interpolation: str = "bilinear",
           fill_value: float = 0.0) -> Tensor:
    """Each picture read at c + A ((i, j) - c) + t.

    Args:
        x: (N, H, W, C), floats.
        A: (N, 2, 2), from rows and columns of the result to those of x.
        t: (N, 2), pixels down and to the right; None for none.
        fill_mode: one of FILLS.
        interpolation: one of INTERPOLATIONS.
        fill_value: the pixel beyond the border with "constant".

    Returns:
        (N, H, W, C) in the dtype of x; places are computed in float64.

    Example:
        >>> x, quarter = torch.tensor([[[[1.], [2.]], [[3.], [4.]]]]), torch.tensor([[[0., 1.], [-1., 0.]]])
        >>> affine(x, quarter).flatten().tolist()  # counter-clockwise
        [2.0, 4.0, 1.0, 3.0]
    """
    M = about_the_middle(x, A, t)
    if jit.fused(x) and x.dtype is torch.float32 and not (x.requires_grad and torch.is_grad_enabled()) and x.numel():
        y = torch.empty(x.shape, dtype=x.dtype)
        run = getattr(jit.load("affine"), interpolation)
        arrays = jit.array(y.view(-1, *x.shape[2:])), jit.array(x.contiguous()), jit.array(M)
        run(*arrays, FILLS.index(fill_mode), np.float32(fill_value))
        return y
    return plain(x, M, fill_mode, interpolation, fill_value)


def about_the_middle(x: Tensor, A: Tensor, t: Tensor | None) -> Tensor:
    """A and t as one matrix M, (N, 2, 3): (u, v) = M (i, j, 1), in float64."""
    c = torch.tensor([(n - 1) / 2 for n in x.shape[1:3]], dtype=torch.float64, device=x.device)
    A = A.double()
    b = c - A @ c if t is None else c - A @ c + t
    return torch.cat([A, b.unsqueeze(-1)], -1)


def plain(x: Tensor, M: Tensor, fill_mode: str, interpolation: str, fill_value: float) -> Tensor:
    """The plain twin of `affine`, for any dtype and device."""
    i, j = (torch.arange(n, dtype=torch.float64, device=x.device) for n in x.shape[1:3])
    u, v = (M[:, a, 0, None, None] * i[:, None] + M[:, a, 1, None, None] * j + M[:, a, 2, None, None] for a in (0, 1))
    if interpolation == "nearest":
        return looked_up(x, torch.floor(u + 0.5).long(), torch.floor(v + 0.5).long(), fill_mode, fill_value)
    k, m = torch.floor(u), torch.floor(v)
    f, g = (u - k).to(x.dtype).unsqueeze(-1), (v - m).to(x.dtype).unsqueeze(-1)  # (N, H, W, 1)
    k, m = k.long(), m.long()
    above, below = (torch.lerp(looked_up(x, k + p, m, fill_mode, fill_value),
                               looked_up(x, k + p, m + 1, fill_mode, fill_value), g) for p in (0, 1))
    return torch.lerp(above, below, f)


def looked_up(x: Tensor, k: Tensor, m: Tensor, fill_mode: str, fill_value: float) -> Tensor:
    """The pixels at rows k and columns m, each (N, H, W), of pictures (N, H, W, C)."""
    N, H, W, C = x.shape
    k, m = within(k, H, fill_mode), within(m, W, fill_mode)
    n = torch.arange(N, device=x.device).view(N, 1, 1)
    pixel = (n * H + k.clamp(min=0)) * W + m.clamp(min=0)
    y = x.reshape(-1, C).index_select(0, pixel.flatten()).view(*k.shape, C)
    return torch.where(((k < 0) | (m < 0)).unsqueeze(-1), fill_value, y) if fill_mode == "constant" else y


def within(place: Tensor, n: int, fill_mode: str) -> Tensor:
    """Which of the places 0 ... n - 1 of an axis stands at a whole number, as `fill_mode` says; with "constant" -1 outside.

    Example:
        >>> {mode: within(torch.arange(-2, 5), 3, mode).tolist() for mode in ("reflect", "wrap")}
        {'reflect': [1, 0, 0, 1, 2, 2, 1], 'wrap': [1, 2, 0, 1, 2, 0, 1]}
        >>> {mode: within(torch.arange(-2, 5), 3, mode).tolist() for mode in ("nearest", "constant")}
        {'nearest': [0, 0, 0, 1, 2, 2, 2], 'constant': [-1, -1, 0, 1, 2, -1, -1]}
    """
    if fill_mode == "wrap":
        return place % n
    if fill_mode == "reflect":
        place = place % (2 * n)
        return torch.minimum(place, 2 * n - 1 - place)
    if fill_mode == "nearest":
        return place.clamp(0, n - 1)
    return torch.where(place < n, place.clamp(min=-1), -1)
