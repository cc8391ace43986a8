"""Ops of windows on pictures: `keras.ops.image`'s blur, edges, likeness of two pictures, patches of volumes.

    g[k] = exp(-k^2 / (2 sigma^2)) / sum          y[i, j] = sum over k, m of g[k] g[m] x[i + k, j + m]
    ssim = (2 m1 m2 + c1)(2 s12 + c2) / ((m1^2 + m2^2 + c1)(s1^2 + s2^2 + c2))        means and variances under a window g

Source: Keras 3, ops/image.py; Wang et al., "Image quality assessment", 2004.
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi.as_keras.names.pictures_of_ops import on_symbols
from nabi.as_keras.operations.entered import entered
from nabi.core.shapes import as_tuple, zeros_around
from nabi.layers import Lambda
from nabi.ops.op import floats, symbolic, tensor

__all__ = ["extract_patches_3d", "gaussian_blur", "sobel_edges", "ssim"]


def bell(size: int, sigma: float, dtype: torch.dtype) -> torch.Tensor:
    """A window of Gauss that sums to 1."""
    k = torch.arange(size, dtype=dtype) - (size - 1) / 2
    g = torch.exp(-0.5 * (k / sigma) ** 2)
    return g / g.sum()


def blurred(x: torch.Tensor, size: Any, sigma: Any, around: bool = True) -> torch.Tensor:
    """Pictures (N, H, W, C) under a window, zeros beyond the border, or only where the window fits."""
    t = x.movedim(-1, 1)
    for axis in (2, 3):
        g = bell(int(size[axis - 2]), float(sigma[axis - 2]), t.dtype)
        shape = (-1, 1) if axis == 2 else (1, -1)
        kernel = g.reshape(1, 1, *shape).expand(t.shape[1], 1, *((len(g), 1) if axis == 2 else (1, len(g))))
        pad = [len(g) // 2 if around and n == axis else 0 for n in (2, 3)]
        t = F.conv2d(t, kernel, padding=pad, groups=t.shape[1])
    return t.movedim(1, -1)


@on_symbols
def gaussian_blur(images: Any, kernel_size: Any = (3, 3), sigma: Any = (1.0, 1.0)) -> torch.Tensor:
    """Smoothed pictures; `sigma` is the window's spread along the width, then along the height.

    Example:
        >>> gaussian_blur(torch.tensor([[[0.0], [40.0], [0.0]]]), (1, 3)).flatten().round().tolist()
        [11.0, 18.0, 11.0]
    """
    across, down = sigma
    return blurred(floats(images), as_tuple(kernel_size, 2, "ops.image.gaussian_blur(kernel_size)"), (down, across))


@on_symbols
def sobel_edges(images: Any) -> torch.Tensor:
    """How fast pixels grow downwards and to the right: (N, H, W, C) -> (N, H, W, C, 2); zeros beyond the border."""
    t = floats(images).movedim(-1, 1)
    right = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=t.dtype)
    made = [F.conv2d(t, k.expand(t.shape[1], 1, 3, 3), padding=1, groups=t.shape[1]) for k in (right.T, right)]
    return torch.stack(made, -1).movedim(1, 3)


def ssim(image1: Any, image2: Any, max_val: float = 1.0, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01,
         k2: float = 0.03, data_format: Any = None) -> Any:
    """How alike two pictures are: 1 for equal ones; one number a picture."""
    if symbolic((image1, image2)):
        further = (max_val, filter_size, filter_sigma, k1, k2, data_format)
        return Lambda(lambda pair: ssim(pair[0], pair[1], *further), takes_list=True)([image1, image2])
    a, b = floats(image1), floats(image2)
    one, first = a.ndim == 3, data_format == "channels_first"
    a, b = (x[None] if one else x for x in (a, b))
    a, b = (x.movedim(1, -1) if first else x for x in (a, b))

    def mean(x: torch.Tensor) -> torch.Tensor:
        return blurred(x, (filter_size,) * 2, (filter_sigma,) * 2, around=False)

    m1, m2, c1, c2 = mean(a), mean(b), (k1 * max_val) ** 2, (k2 * max_val) ** 2
    s1, s2, s12 = mean(a * a) - m1 * m1, mean(b * b) - m2 * m2, mean(a * b) - m1 * m2
    found = (2 * m1 * m2 + c1) * (2 * s12 + c2) / ((m1 * m1 + m2 * m2 + c1) * (s1 + s2 + c2))
    found = found.mean((1, 2, 3))
    return found[0] if one else found


@entered
def extract_patches_3d(volumes: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid",
                       data_format: Any = None) -> torch.Tensor:
    """The windows of volumes (N, D, H, W, C), each as one row of its numbers (depth, row, column, channel)."""
    x = tensor(volumes)
    one, first = x.ndim == 4, data_format == "channels_first"
    x = x[None] if one else x
    x = x if first else x.movedim(-1, 1)
    window, gaps = (as_tuple(n, 3, "ops.image.extract_patches_3d") for n in (size, dilation_rate))
    steps = window if strides is None else as_tuple(strides, 3, "ops.image.extract_patches_3d(strides)")
    sides = [zeros_around(n, k, s, padding.lower(), d) for n, k, s, d in zip(x.shape[2:], window, steps, gaps, strict=True)]
    x = F.pad(x, [n for pair in reversed(sides) for n in pair])
    for axis, (k, s, d) in enumerate(zip(window, steps, gaps, strict=True), start=2):
        x = x.unfold(axis, (k - 1) * d + 1, s)
    x = x[..., :: gaps[0], :: gaps[1], :: gaps[2]]  # (N, C, places, window)
    made = x.permute(0, 2, 3, 4, 5, 6, 7, 1).flatten(4)
    made = made.movedim(-1, 1) if first else made
    return made[0] if one else made
