"""Conv: convolution, bias and ReLU as one function.

    y = relu(conv(x, w) + b)

The forward pass is one oneDNN call; backward, ReLU's gradient is one pass, which may write over the incoming gradient.
`conv_bias` is the same without ReLU.
"""

import functools

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.kernels import jit

TINY = 1e-45  # the smallest float32


def conv_bias(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (0, 0),
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
) -> Tensor:
    """conv2d(x, weight) + bias, with a faster backward pass on small maps; arguments as in `conv_bias_relu`.

    Example:
        >>> conv_bias(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3), torch.tensor([-10.0])).item()
        -1.0
    """
    if takes(x, weight):
        x = x.contiguous(memory_format=torch.channels_last)
        return _ConvBias.apply(x, weight, bias, stride, padding, dilation, groups)
    return F.conv2d(x, weight, bias, stride, padding, dilation, groups)


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
    if takes(x, weight):
        x = x.contiguous(memory_format=torch.channels_last)
        return _ConvBiasRelu.apply(x, weight, bias, stride, padding, dilation, groups, owns_gradient)
    return plain(x, weight, bias, stride, padding, dilation, groups)


def plain(x: Tensor, weight: Tensor, bias: Tensor | None, stride, padding, dilation, groups: int) -> Tensor:
    """The plain twin of `conv_bias_relu`, for any dtype and device."""
    return F.relu(F.conv2d(x, weight, bias, stride, padding, dilation, groups))


def takes(x: Tensor, weight: Tensor) -> bool:
    """Whether the fused forms take these tensors."""
    return jit.fused(x, weight) and x.dtype == weight.dtype and x.dtype in (torch.bfloat16, torch.float32)


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


def gradients(d: Tensor, x: Tensor, weight: Tensor, geometry, need) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Gradients of a convolution's input, weight and bias from that of its output, `d`: those that `need` asks for.

    oneDNN computes them, but for two cases in which it was measured to be slower (`benchmarks/kernels.py`): the weight's gradient
    on small maps in bfloat16, which is a matrix product over patches, and the bias's gradient in float32, which is a sum.
    """
    stride, padding, dilation, groups = geometry
    by_patches = need[1] and groups == 1 and tuple(dilation) == (1, 1) and small(d, weight)
    by_sum = need[2] and (by_patches or d.dtype is torch.float32)
    dx, dw, db = torch.ops.aten.convolution_backward(
        d, x, weight, [weight.shape[0]], stride, padding, dilation, False, (0, 0), groups,
        (need[0], need[1] and not by_patches, need[2] and not by_sum),
    )
    if by_patches:
        dw = weight_gradient(d, x, weight, stride, padding)
    if by_sum:
        db = d.sum((0, 2, 3))
    return dx, dw, db


def small(d: Tensor, weight: Tensor) -> bool:
    """Whether the output's map is so small, and the input so deep, that patches beat oneDNN's gradient of a bfloat16 weight."""
    channels, kH, kW = weight.shape[1:]
    return d.dtype is torch.bfloat16 and kH * kW > 1 and d.shape[2] * d.shape[3] <= 16 and channels >= 32


def weight_gradient(d: Tensor, x: Tensor, weight: Tensor, stride, padding) -> Tensor:
    """dw = d^T P, where row (n, i, j) of P is the patch of x under output (i, j)."""
    (C_out, C_in, kH, kW), (N, _, h, w) = weight.shape, d.shape
    (sH, sW), (pH, pW) = stride, padding
    x = F.pad(x, (pW, pW, pH, pH)).contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
    n, i, j, c = x.stride()
    P = x.as_strided((N, h, w, kH, kW, C_in), (n, i * sH, j * sW, i, j, c)).reshape(N * h * w, -1)
    return (d.permute(0, 2, 3, 1).reshape(-1, C_out).t() @ P).view(C_out, kH, kW, C_in).permute(0, 3, 1, 2)


class _ConvBias(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding, dilation, groups):
        ctx.save_for_backward(x, weight)
        ctx.geometry = stride, padding, dilation, groups
        return F.conv2d(x, weight, bias, *ctx.geometry)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, weight = ctx.saved_tensors
        g = g.contiguous(memory_format=torch.channels_last)
        return *gradients(g, x, weight, ctx.geometry, ctx.needs_input_grad[:3]), None, None, None, None


class _ConvBiasRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding, dilation, groups, owns_gradient):
        ctx.geometry, ctx.owns_gradient = (stride, padding, dilation, groups), owns_gradient
        if x.dtype is torch.bfloat16 and pointwise_works():
            y = pointwise(x, weight, bias, *ctx.geometry)
        else:
            y = F.conv2d(x, weight, bias, *ctx.geometry).relu_()
        y = y.contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(x, weight, y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, weight, y = ctx.saved_tensors
        if ctx.owns_gradient and g.is_contiguous(memory_format=torch.channels_last):
            d = g
            jit.load("relu").mask(*(jit.array(t.permute(0, 2, 3, 1).view(-1)) for t in (d, y)))
        else:
            d = torch.ops.aten.threshold_backward(g.contiguous(memory_format=torch.channels_last), y, 0)
        return *gradients(d, x, weight, ctx.geometry, ctx.needs_input_grad[:3]), None, None, None, None, None
