"""Average: [leaky] ReLU, average pooling and dropout as one function.

    y = dropout(mean over each window of act(x))        act(v) = v where v > 0, else slope v;  slope in [0, 1]

Fused, the backward pass reads the gradient of y and one byte per output, with a bit for each element of the window that says
whether it was above 0, and one for the dropout: so windows of at most 7 elements have their activation fused, others do without.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.core.random import Key
from nabi.kernels import jit
from nabi.kernels.dropout import FUSED, threshold
from nabi.kernels.dropout import plain as plain_dropout
from nabi.kernels.philox import packed
from nabi.kernels.pool import check
from nabi.kernels.relu import bent


def relu_average_dropout(
    x: Tensor, pool: tuple[int, int] = (2, 2), rate: float = 0.0, key: Key | None = None, slope: float = 0.0
) -> Tensor:
    """[Leaky] ReLU, average pooling over windows that do not overlap, and dropout, in this order.

    Rows and columns that fill no window are left out ("valid" padding). The gradient of an output goes in equal shares to the
    elements of its window, times the slope where they are <= 0. bfloat16 is computed in float32 and rounded once. NaN and
    infinity go where torch's operations take them.

    Args:
        x: (N, H, W, C).
        pool: height and width of a window, which are also the strides; above 7 elements with an activation the plain twin runs.
        rate, key: see `dropout`; the mask is that of `dropout` on the (N, H // ph, W // pw, C) output.
        slope: of the activation below 0: 0 is ReLU, 1 is no activation, what lies between is leaky ReLU.

    Returns:
        (N, H // ph, W // pw, C), contiguous.

    Example:
        >>> x = torch.tensor([[-1.0, 5.0], [2.0, 3.0]]).view(1, 2, 2, 1)
        >>> relu_average_dropout(x).flatten(), relu_average_dropout(x, slope=1.0).flatten()
        (tensor([2.5000]), tensor([2.2500]))

    Raises:
        ShapeError: x has not four axes, or is smaller than the window.
        ArgumentError: slope is outside [0, 1], rate outside [0, 1), or rate above 0 without a key.
    """
    check("relu_average_dropout", x, pool, rate, key, slope)
    if jit.fused(x) and x.dtype in FUSED and codes(pool, slope):
        return ReluAverageDropout.apply(x, pool, rate, key, slope)
    return plain(x, pool, rate, key, slope)


def codes(pool: tuple[int, ...], slope: float) -> bool:
    """Whether a byte has a bit for each element of a window, which an activation needs, and one more."""
    return slope == 1 or pool[0] * pool[1] <= 7


def plain(x: Tensor, pool: tuple[int, int], rate: float, key: Key | None, slope: float) -> Tensor:
    """The plain twin of `relu_average_dropout`, for any dtype and device."""
    v = bent(x.to(torch.promote_types(x.dtype, torch.float32)), slope)
    y = F.avg_pool2d(v.permute(0, 3, 1, 2), pool).permute(0, 2, 3, 1).contiguous()
    y = plain_dropout(y, rate, key) if key is not None and threshold(rate) else y
    return y.to(x.dtype)


class ReluAverageDropout(torch.autograd.Function):
    """`relu_average_dropout`, fused."""

    @staticmethod
    def forward(ctx, x, pool, rate, key, slope):
        x, (ph, pw) = x.contiguous(), pool
        N, H, W, C = x.shape
        y = torch.empty(N, H // ph, W // pw, C, dtype=x.dtype)
        code = torch.empty(y.shape, dtype=torch.uint8)
        numbers, scale = (ph, pw, np.float32(slope)), np.float32(1 / (1 - rate))
        mask = np.uint32(threshold(rate)), scale, packed(key or Key(0, 0, 0))
        jit.load("average").forward(*map(jit.array, (x, y, code)), *numbers, *mask)
        ctx.save_for_backward(code)
        ctx.geometry = x.shape, *numbers, scale
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (code,) = ctx.saved_tensors
        shape, *numbers = ctx.geometry
        dx = torch.empty(shape, dtype=g.dtype)
        jit.load("average").backward(*map(jit.array, (g.contiguous(), code, dx)), *numbers)
        return dx, None, None, None, None
