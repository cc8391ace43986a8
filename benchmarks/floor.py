"""Floor: the bare convolutions and matrix products of a network's training step, back to back, and nothing else.

Each Conv2D and Dense of a model, with the shapes it has there, once forward, once for the gradient of its weights, and once for
that of its input (not for the first layer): oneDNN's own time. No training in torch on the same primitives can be faster, but by
replacing them. Tensors are channels-last and hold random numbers; memory that is freed stays with the process.
"""

import torch
import torch.nn.functional as F

from nabi import kernels
from nabi.layers import Conv2D, Dense


def primitives(model, batch: int, dtype: torch.dtype):
    """A function without arguments for each primitive of one training step."""
    found, first = [], True
    for call in model.require_graph().calls:
        layer = call.layer
        if isinstance(layer, (Conv2D, Dense)):
            found += (convolution if isinstance(layer, Conv2D) else product)(layer, batch, dtype, first)
            first = False
    return found


def convolution(layer: Conv2D, batch: int, dtype: torch.dtype, first: bool):
    """Forward and backward of one convolution."""
    def nchw(*shape):
        return torch.randn(shape).to(dtype).contiguous(memory_format=torch.channels_last)

    height, width, channels = layer.built_shape[1:]
    w = nchw(*layer.kernel.permute(3, 2, 0, 1).shape)
    x, zeros = layer.padded(nchw(batch, channels, height, width))
    g = torch.randn_like(F.conv2d(x, w, None, layer.strides, zeros, layer.dilation_rate, layer.groups))

    def backward(dx, dw):
        torch.ops.aten.convolution_backward(g, x, w, None, layer.strides, zeros, layer.dilation_rate, False, [0, 0],
                                            layer.groups, [dx, dw, False])

    steps = [lambda: F.conv2d(x, w, None, layer.strides, zeros, layer.dilation_rate, layer.groups), lambda: backward(False, True)]
    return steps if first else [*steps, lambda: backward(True, False)]


def product(layer: Dense, batch: int, dtype: torch.dtype, first: bool):
    """Forward and backward of one Dense layer on vectors."""
    rows = batch
    for n in layer.built_shape[1:-1]:
        rows *= n
    x, w = torch.randn(rows, layer.built_shape[-1]).to(dtype), torch.randn(layer.units, layer.built_shape[-1]).to(dtype)
    g = torch.randn(rows, layer.units).to(dtype)
    steps = [lambda: x @ w.t(), lambda: g.t() @ x]
    return steps if first else [*steps, lambda: g @ w]


def work(model, batch: int, dtype: torch.dtype, samples: int):
    """`work` for the harness: the primitives of as many steps as an epoch of `samples` has."""
    kernels.keep_freed_memory()
    steps = primitives(model, batch, dtype)

    @torch.inference_mode()
    def run():
        for _ in range(-(-samples // batch)):
            for step in steps:
                step()
        return samples

    return run
