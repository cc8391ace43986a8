"""Sliding: convolutions and pooling with kernels at hand, as Keras' backend names them; on tensors and on symbols.

Pictures are (batch, height, width, channels), sequences (batch, steps, channels); kernels have Keras' shapes.
Source: keras/backend/tensorflow_backend.py of Keras 2.
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi.backend.formulas import conv2d
from nabi.backend.orders import LAST, either_order
from nabi.core.shapes import as_tuple, zeros_around
from nabi.layers import AveragePooling2D, MaxPooling2D


@either_order
def conv1d(x: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
           dilation_rate: Any = 1) -> torch.Tensor:
    """Convolution of sequences with a kernel (steps, in, out); "causal" adds its zeros before the first step.

    Example:
        >>> conv1d(torch.ones(1, 5, 2), torch.ones(3, 2, 4)).shape
        torch.Size([1, 3, 4])
    """
    (step,), (gap,) = as_tuple(strides, 1, "conv1d(strides)"), as_tuple(dilation_rate, 1, "conv1d(dilation_rate)")
    if padding == "causal":
        x, padding = F.pad(x, (0, 0, gap * (kernel.shape[0] - 1), 0)), "valid"
    return conv2d(x[:, None], kernel[None], (1, step), padding, LAST, (1, gap))[:, 0]


def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None) -> torch.Tensor:
    """Each place of a sequence under a kernel of its own: (places, size * in, out)."""
    places = kernel.shape[0]
    windows = inputs.unfold(1, int(kernel_size[0]), int(strides[0])).transpose(2, 3).flatten(2)
    return torch.einsum("bpi,pio->bpo", windows[:, :places], kernel)


@either_order
def conv2d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = (1, 1)) -> torch.Tensor:
    """The way back of a convolution; kernel (height, width, out, in), output_shape (batch, height, width, out)."""
    sizes, steps = [int(n) for n in output_shape[1:3]], as_tuple(strides, 2, "conv2d_transpose(strides)")
    y = F.conv_transpose2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), stride=steps, dilation=tuple(dilation_rate))
    axes = zip(sizes, kernel.shape, steps, dilation_rate, strict=False)
    before = [zeros_around(n, k, s, padding, d)[0] for n, k, s, d in axes]
    y = y[:, :, before[0] : before[0] + sizes[0], before[1] : before[1] + sizes[1]]
    return F.pad(y, (0, sizes[1] - y.shape[3], 0, sizes[0] - y.shape[2])).permute(0, 2, 3, 1)


@either_order
def pool2d(x: Any, pool_size: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
           pool_mode: str = "max") -> Any:
    """The largest, or the mean ("avg"), of each window."""
    layer = MaxPooling2D if pool_mode == "max" else AveragePooling2D
    return layer(pool_size, strides, padding, LAST)(x)


@either_order
def depthwise_conv2d(x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = (1, 1)) -> torch.Tensor:
    """Each channel under its own kernels: (height, width, in, how many)."""
    high, wide, channels, many = depthwise_kernel.shape
    axes = zip(x.shape[1:3], (high, wide), strides, dilation_rate, strict=True)
    (top, bottom), (left, right) = (zeros_around(n, k, s, padding, d) for n, k, s, d in axes)
    x = F.pad(x.permute(0, 3, 1, 2), (left, right, top, bottom))
    w = depthwise_kernel.permute(2, 3, 0, 1).reshape(channels * many, 1, high, wide)
    return F.conv2d(x, w, stride=tuple(strides), dilation=tuple(dilation_rate), groups=channels).permute(0, 2, 3, 1)


@either_order
def separable_conv2d(x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
                     data_format: str | None = None, dilation_rate: Any = (1, 1)) -> torch.Tensor:
    """A depthwise convolution, then one of 1 x 1."""
    deep = depthwise_conv2d(x, depthwise_kernel, strides, padding, LAST, dilation_rate)
    return conv2d(deep, pointwise_kernel, data_format=LAST)
