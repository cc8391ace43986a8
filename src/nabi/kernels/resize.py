"""Resize: pictures brought to another size; pixel i of n lies at s_i = (i + 1/2) N/n - 1/2 among the N pixels of an axis.

    y[i] = sum_j w[i, j] x[j] / sum_j w[i, j]        along the rows, then along the columns

    nearest    the pixel in which s_i lies
    bilinear   w = max(0, 1 - |d|)                                           d = (j - s_i) / r
    bicubic    w = (a + 2)|d|^3 - (a + 3)|d|^2 + 1 for |d| <= 1,  a|d|^3 - 5a|d|^2 + 8a|d| - 4a for |d| < 2,  else 0
    lanczosK   w = sinc(d) sinc(d / K) for |d| < K,  else 0                  K = 3 or 5
    area       w = the share of pixel j that [i N/n, (i + 1) N/n) covers

r = 1, or with `antialias` max(1, N/n): a picture that shrinks is smoothed first. Bicubic: a = -3/4 and a border that goes on as
it is, or with `antialias` a = -1/2 and no border, which are torch's numbers and those of Keras on torch.
Sources: Keys, "Cubic convolution interpolation", 1981; Duchon, "Lanczos filtering in one and two dimensions", 1979.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

RESIZINGS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5")


def resize(x: Tensor, height: int, width: int, interpolation: str = "bilinear", antialias: bool = False) -> Tensor:
    """Pictures of height x width.

    Args:
        x: (N, H, W, C), floats.
        height, width: of the result.
        interpolation: one of RESIZINGS.
        antialias: whether a picture that shrinks is smoothed first; without meaning for "nearest" and "area".

    Returns:
        (N, height, width, C).

    Example:
        >>> x = torch.tensor([[[[0.], [1.], [2.], [9.]]]])
        >>> {way: resize(x, 1, 2, way).flatten().tolist() for way in ("nearest", "bilinear", "area")}
        {'nearest': [1.0, 9.0], 'bilinear': [0.5, 5.5], 'area': [0.5, 5.5]}
    """
    if antialias and width == 1 < height:  # torch 2.13 makes a wrong single column of some memory orders, but a right row
        return resize(x.transpose(1, 2), 1, height, interpolation, antialias).transpose(1, 2)
    if interpolation in ("nearest", "bilinear", "bicubic"):
        smooth = interpolation != "nearest"
        mode, options = (interpolation, {"antialias": antialias}) if smooth else ("nearest-exact", {})
        return F.interpolate(x.permute(0, 3, 1, 2), (height, width), mode=mode, **options).permute(0, 2, 3, 1)
    rows, columns = (weights(N, n, interpolation, antialias).to(x) for N, n in zip(x.shape[1:3], (height, width), strict=True))
    return torch.einsum("ih,nhwc,jw->nijc", rows, x, columns)


def weights(N: int, n: int, interpolation: str, antialias: bool = False) -> Tensor:
    """How much of each of N pixels goes into each of n, for "area" and "lanczos3" or "lanczos5": float64 (n, N), rows sum to 1.

    Example:
        >>> weights(3, 2, "area").round(decimals=3).tolist()
        [[0.667, 0.333, 0.0], [0.0, 0.333, 0.667]]
    """
    i, j = torch.arange(n, dtype=torch.float64)[:, None], torch.arange(N, dtype=torch.float64)
    if interpolation == "area":
        w = (torch.minimum((i + 1) * N / n, j + 1) - torch.maximum(i * N / n, j)).clamp(min=0)
    else:
        K = int(interpolation.removeprefix("lanczos"))
        d = (j - ((i + 0.5) * N / n - 0.5)) / (max(1, N / n) if antialias else 1)
        w = torch.where(d.abs() < K, torch.sinc(d) * torch.sinc(d / K), 0)
    return w / w.sum(1, keepdim=True)
