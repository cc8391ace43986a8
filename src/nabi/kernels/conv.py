"""Conv: convolution, bias and ReLU as one function.

    y = relu(conv(x, w) + b)

The forward pass is one oneDNN call; backward, ReLU's gradient is one pass, which may write over the incoming gradient. Pictures
are channels last; oneDNN gets them as torch's NCHW view of the same memory.
"""

import functools

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.kernels.relu import takes, through_relu

TINY = 1e-45  # the smallest float32


Pads = tuple[tuple[int, int], tuple[int, int]]  # zeros (above, below) and (left, right)
NONE: Pads = ((0, 0), (0, 0))


def convolution(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: tuple[int, int] = (1, 1),
    padding: Pads = NONE,
    dilation: tuple[int, int] = (1, 1),
    groups: int = 1,
    relu: bool = False,
    owns_gradient: bool = False,
) -> Tensor:
    """conv2d(x, weight) + bias, then ReLU if asked for.

    Args:
        x: (N, H, W, C_in).
        weight: (C_out, C_in / groups, kH, kW), best in channels-last memory.
        bias: (C_out,) or None.
        stride, dilation, groups: as in torch's conv2d.
        padding: zeros (above, below), (left, right).
        relu: whether ReLU follows.
        owns_gradient: True lets ReLU's backward pass overwrite the gradient it is given. Right only where the result has a single
            consumer that makes a fresh gradient; wrong with a skip connection.

    Returns:
        (N, H', W', C_out), contiguous.

    Example:
        >>> x = torch.ones(1, 3, 3, 1)
        >>> convolution(x, torch.ones(1, 1, 3, 3), torch.tensor([-4.0])).item()
        5.0
    """
    arguments = x, weight, bias, stride, padding, dilation, groups, relu
    return Convolution.apply(*arguments, owns_gradient) if takes(x, weight) else plain(*arguments)


def plain(x: Tensor, weight: Tensor, bias: Tensor | None, stride, padding: Pads, dilation, groups: int, relu: bool) -> Tensor:
    """The plain twin of `convolution`, for any dtype and device."""
    x, rest = padded(x, padding)
    y = F.conv2d(nchw(x), weight, bias, stride, rest, dilation, groups).permute(0, 2, 3, 1)
    return F.relu(y) if relu else y


def nchw(x: Tensor) -> Tensor:
    """(N, H, W, C) seen as torch's (N, C, H, W)."""
    return x.permute(0, 3, 1, 2)


def padded(x: Tensor, padding: Pads) -> tuple[Tensor, tuple[int, int]]:
    """x with zeros around where the sides differ, and the padding that is left to torch."""
    (above, below), (left, right) = padding
    if above == below and left == right:
        return x, (above, left)
    return F.pad(x, (0, 0, left, right, above, below)), (0, 0)


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


class Convolution(torch.autograd.Function):
    """`convolution`, fused."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding, dilation, groups, relu, owns_gradient):
        x, rest = padded(x, padding)
        x, ctx.padding, ctx.owns_gradient = x.contiguous(), padding, owns_gradient
        ctx.geometry = stride, rest, dilation, groups
        if relu and x.dtype is torch.bfloat16 and pointwise_works():
            y = pointwise(nchw(x), weight, bias, *ctx.geometry)
        else:
            y = F.conv2d(nchw(x), weight, bias, *ctx.geometry)
            y = y.relu_() if relu else y
        y = y.permute(0, 2, 3, 1).contiguous()
        ctx.save_for_backward(x, weight, y if relu else None)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        x, weight, y = ctx.saved_tensors
        d = g.contiguous() if y is None else through_relu(g.contiguous(), y, ctx.owns_gradient)
        dx, dw, db = gradients(nchw(d), nchw(x), weight, ctx.geometry, ctx.needs_input_grad[:3])
        return unpadded(dx, ctx.padding, ctx.geometry[1]), dw, db, None, None, None, None, None, None


def unpadded(dx: Tensor | None, padding: Pads, rest: tuple[int, int]) -> Tensor | None:
    """oneDNN's gradient of the input as (N, H, W, C), without the zeros that `padded` put around."""
    if dx is None:
        return None
    dx, ((above, below), (left, right)) = dx.permute(0, 2, 3, 1), padding
    if rest != (0, 0):
        return dx
    return dx[:, above:dx.shape[1] - below, left:dx.shape[2] - right]
