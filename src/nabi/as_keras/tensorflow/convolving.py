"""Convolving: `tf.nn`'s functions of maps with kernels at hand: transposed, depthwise, one-dimensional; normalisation.

Pictures are (batch, height, width, channels). Kernels have TensorFlow's shapes; a transposed one is (height, width, out, in).
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi import backend, ops
from nabi.layers.weight import bare

__all__ = ["atrous_conv2d", "batch_normalization", "conv1d", "conv2d_transpose", "convolution", "depthwise_conv2d",
           "local_response_normalization", "lrn", "separable_conv2d"]


def pair(sizes: Any) -> tuple[int, int]:
    """Steps along height and width, of one number, two, or four."""
    if isinstance(sizes, int):
        return sizes, sizes
    return (sizes[1], sizes[2]) if len(sizes) == 4 else (sizes[0], sizes[-1])


def convolution(input: Any, filters: Any, strides: Any = 1, padding: str = "VALID", data_format: str = "NHWC",
                dilations: Any = 1, name: str | None = None) -> Any:
    """A convolution over as many axes as the kernel has: one or two."""
    if len(filters.shape) == 3:
        return conv1d(input, filters, strides or 1, padding, dilations=dilations or 1)
    return backend.conv2d(input, bare(filters), pair(strides or 1), padding.lower(), None, pair(dilations or 1))


def atrous_conv2d(value: Any, filters: Any, rate: int, padding: str, name: str | None = None) -> Any:
    """A convolution with gaps."""
    return backend.conv2d(value, bare(filters), (1, 1), padding.lower(), None, (rate, rate))


def conv1d(input: Any, filters: Any, stride: Any = 1, padding: str = "VALID", data_format: str = "NWC", dilations: Any = 1,
           name: str | None = None) -> Any:
    """Convolution of sequences (batch, steps, channels) with a kernel (steps, in, out)."""
    step, gap = (one if isinstance(one, int) else one[1] if len(one) == 3 else one[0] for one in (stride, dilations))
    made = backend.conv2d(ops.expand_dims(input, 1), bare(filters)[None], (1, step), padding.lower(), None, (1, gap))
    return ops.squeeze(made, 1)


def conv2d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: str = "SAME",
                     data_format: str = "NHWC", dilations: Any = 1, name: str | None = None) -> torch.Tensor:
    """What a convolution with these steps turns into `input`: the slope of it."""
    high, wide = (int(n) for n in (output_shape[1], output_shape[2]))
    kernel, steps = bare(filters).permute(3, 2, 0, 1), pair(strides)
    made = F.conv_transpose2d(input.permute(0, 3, 1, 2), kernel, stride=steps)
    sizes, cut = (high, wide), [0, 0]
    if padding.upper() == "SAME":
        for axis, step in enumerate(steps):
            around = max((-(-sizes[axis] // step) - 1) * step + kernel.shape[2 + axis] - sizes[axis], 0)
            cut[axis] = around // 2
    made = made[..., cut[0] : cut[0] + high, cut[1] : cut[1] + wide]
    return F.pad(made, (0, wide - made.shape[3], 0, high - made.shape[2])).permute(0, 2, 3, 1)


def depthwise_conv2d(input: Any, filter: Any, strides: Any = 1, padding: str = "SAME", data_format: str = "NHWC",
                     dilations: Any = None, name: str | None = None) -> torch.Tensor:
    """Each channel with kernels of its own: (height, width, channels, multiplier)."""
    kernel, steps, gaps = bare(filter), pair(strides), pair(dilations or 1)
    height, width, channels, times = kernel.shape
    x = input.permute(0, 3, 1, 2)
    if padding.upper() == "SAME":
        sides: list[int] = []
        for axis, size in ((1, width), (0, height)):
            n = x.shape[2 + axis]
            total = max((-(-n // steps[axis]) - 1) * steps[axis] + (size - 1) * gaps[axis] + 1 - n, 0)
            sides += [total // 2, total - total // 2]
        x = F.pad(x, sides)
    grouped = kernel.permute(2, 3, 0, 1).reshape(channels * times, 1, height, width)
    return F.conv2d(x, grouped, stride=steps, dilation=gaps, groups=channels).permute(0, 2, 3, 1)


def separable_conv2d(input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: str = "SAME",
                     data_format: str = "NHWC", dilations: Any = None, name: str | None = None) -> torch.Tensor:
    """`depthwise_conv2d`, then a convolution of 1 x 1."""
    seen = depthwise_conv2d(input, depthwise_filter, strides, padding, dilations=dilations)
    return backend.conv2d(seen, bare(pointwise_filter))


def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float,
                        name: str | None = None) -> Any:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset."""
    root = ops.rsqrt(ops.add(ops.convert_to_tensor(bare(variance)), variance_epsilon))
    made = ops.multiply(ops.subtract(x, bare(mean)), root)
    made = made if scale is None else ops.multiply(made, bare(scale))
    return made if offset is None else ops.add(made, bare(offset))


def local_response_normalization(input: Any, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5,
                                 name: str | None = None) -> Any:
    """x / (bias + alpha sum of squares of neighbouring channels)^beta."""
    squares = F.pad(input.square(), (depth_radius, depth_radius)).unfold(-1, 2 * depth_radius + 1, 1).sum(-1)
    return input / (bias + alpha * squares) ** beta


lrn = local_response_normalization
