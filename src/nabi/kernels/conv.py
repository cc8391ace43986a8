"""Conv: convolution, bias and ReLU as one function.

    y = relu(conv(x, w) + b)

The forward pass is one oneDNN call; backward, ReLU's gradient is one pass and may be written over the incoming gradient.
"""

import functools

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.kernels import jit

TINY = 1e-45  # the smallest float32


def conv_bias_relu(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
    owns_gradient: bool = False,
) -> Tensor:
    """relu(conv2d(x, weight) + bias), channels-last in memory.

    Args:
        x: (N, C_in, H, W) view of channels-last memory.
        weight: (C_out, C_in / groups, kH, kW).
        bias: (C_out,) or None.
        stride, padding, dilation, groups: as in torch's conv2d; padding is zeros on both sides.
        owns_gradient: True lets the backward pass overwrite the gradient it is given. Right only where the result has a single
            consumer that makes a fresh gradient; wrong with a skip connection.

    Returns:
        (N, C_out, H', W').

    Example:
        >>> x = torch.ones(1, 1, 3, 3)
        >>> conv_bias_relu(x, torch.ones(1, 1, 3, 3), torch.tensor([-4.0])).item()
        5.0
    """
    if jit.fused(x, weight) and x.dtype == weight.dtype and x.dtype in (torch.bfloat16, torch.float32):
        return _ConvBiasRelu.apply(x, weight, bias, stride, padding, dilation, groups, owns_gradient)
    return plain(x, weight, bias, stride, padding, dilation, groups)


def plain(x: Tensor, weight: Tensor, bias: Tensor | None, stride, padding, dilation, groups: int) -> Tensor:
    """The plain twin of `conv_bias_relu`, for any dtype and device."""
    return F.relu(F.conv2d(x, weight, bias, stride, padding, dilation, groups))


def pointwise(x: Tensor, weight: Tensor, bias: Tensor | None, stride, padding, dilation, groups: int) -> Tensor:
    """Convolution and ReLU in one oneDNN call, for bfloat16.

    oneDNN's own "relu" turns NaN into 0, which would hide a diverged training. Its leaky ReLU compares and multiplies, so NaN
    stays, and with the smallest slope there is (1.4e-45) a negative number becomes -0 when it is rounded to bfloat16. Below about
    -8e6 a trace comes out instead, at most 5e-7 in size, and -inf stays -inf; the gradient there is 0 all the same.
    """
    scalars = [*padding], [*stride], [*dilation], groups
    return torch.ops.mkldnn._convolution_pointwise(x, weight, bias, *scalars, "leaky_relu", [TINY], "")


@functools.cache
def pointwise_works() -> bool:
    """Whether this torch has the private operator, and on this processor it passes NaN and makes negative numbers zero."""
    if not (hasattr(torch.ops.mkldnn, "_convolution_pointwise") and torch.backends.mkldnn.is_available()):
        return False
    x = torch.tensor([float("nan"), -1e4, -1e-4, 2.0], dtype=torch.bfloat16).view(4, 1, 1, 1)
    try:
        y = pointwise(x, torch.ones(16, 1, 1, 1, dtype=torch.bfloat16), None, (1, 1), (0, 0), (1, 1), 1)[:, 0, 0, 0]
    except RuntimeError:  # the operator is private: another torch may want other arguments
        return False
    return bool(y[0].isnan()) and y[1:].tolist() == [0, 0, 2]


class _ConvBiasRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding, dilation, groups, owns_gradient):
        geometry = stride, padding, dilation, groups
        x = x.contiguous(memory_format=torch.channels_last)
        if x.dtype is torch.bfloat16 and pointwise_works():
            y = pointwise(x, weight, bias, *geometry)
        else:
            y = F.conv2d(x, weight, bias, *geometry).relu_()
        y = y.contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(x, weight, y)
        ctx.geometry, ctx.bias, ctx.owns_gradient = geometry, bias is not None, owns_gradient
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, weight, y = ctx.saved_tensors
        stride, padding, dilation, groups = ctx.geometry
        own = ctx.owns_gradient and g.is_contiguous(memory_format=torch.channels_last)
        g = g.contiguous(memory_format=torch.channels_last)
        d = g if own else torch.empty_like(g)
        jit.load("relu").mask(*(jit.array(t.permute(0, 2, 3, 1).reshape(-1)) for t in (g, y, d)))
        need = [ctx.needs_input_grad[0], ctx.needs_input_grad[1], ctx.bias and ctx.needs_input_grad[2]]
        sizes = [weight.shape[0]] if ctx.bias else None
        dx, dw, db = torch.ops.aten.convolution_backward(
            d, x, weight, sizes, stride, padding, dilation, False, (0, 0), groups, need
        )
        return dx, dw, db, None, None, None, None, None
