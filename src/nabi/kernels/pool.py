"""Pool: [leaky] ReLU, max pooling and dropout as one function.

    y = dropout(act(max over each window of x))        act(v) = v where v > 0, else slope v;  slope in [0, 1]

Such an activation never falls, so the maximum's activation is the maximum of the activations: it is computed once a window. In
plain torch these are three passes forward and three back over the largest tensors of a network; fused they are one each way,
with one byte per output that says which element of the window won, and whether it was above 0. The bias is added by the
convolution before (`convolution`), where oneDNN does it at no cost.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.kernels import jit
from nabi.kernels.dropout import FUSED, threshold
from nabi.kernels.dropout import plain as plain_dropout
from nabi.kernels.philox import packed
from nabi.kernels.relu import bent


def relu_pool_dropout(
    x: Tensor, pool: tuple[int, int] = (2, 2), rate: float = 0.0, key: Key | None = None, slope: float = 0.0
) -> Tensor:
    """[Leaky] ReLU, max pooling over windows that do not overlap, and dropout, in this order.

    Rows and columns that fill no window are left out ("valid" padding). The gradient goes to the first maximum of x in a window,
    in row-major order: times the slope if that is <= 0, and nowhere if the output is dropped. NaN in a window makes its output
    NaN, as in torch; of several NaN the last counts as the maximum, as in torch. bfloat16 is computed in float32, rounded once.

    torch's leaky ReLU before the pooling gives the same y. Its gradient may go to another element where two numbers below 0 come
    to be equal once they are multiplied with the slope and rounded.

    Args:
        x: (N, H, W, C).
        pool: height and width of a window, which are also the strides.
        rate, key: see `dropout`; the mask is that of `dropout` on the (N, H // ph, W // pw, C) output.
        slope: of the activation below 0: 0 is ReLU, 1 is no activation, what lies between is leaky ReLU.

    Returns:
        (N, H // ph, W // pw, C), contiguous.

    Example:
        >>> x = torch.tensor([[-1.0, 5.0], [2.0, 3.0]]).view(1, 2, 2, 1)
        >>> relu_pool_dropout(x).flatten(), relu_pool_dropout(-x, slope=0.1).flatten()
        (tensor([5.]), tensor([1.]))

    Raises:
        ShapeError: x has not four axes, or is smaller than the window.
        ArgumentError: slope is outside [0, 1], rate outside [0, 1), or rate above 0 without a key.
    """
    check("relu_pool_dropout", x, pool, rate, key, slope)
    if jit.fused(x) and x.dtype in FUSED and codes(pool, slope):
        return ReluPoolDropout.apply(x, pool, rate, key, slope)
    return plain(x, pool, rate, key, slope)


def check(name: str, x: Tensor, pool: tuple[int, int], rate: float, key: Key | None, slope: float) -> None:
    """Raises where a pooling's arguments do not fit."""
    ph, pw = pool
    if x.dim() != 4 or x.shape[1] < ph or x.shape[2] < pw:
        raise ShapeError(f"{name}(x)", f"(N, H, W, C) with H >= {ph} and W >= {pw}", tuple(x.shape))
    if threshold(rate) and key is None:
        raise ArgumentError(f"{name}(key)", "a Key, since rate is above 0", None)
    if not 0 <= slope <= 1:
        raise ArgumentError(f"{name}(slope)", "a number in [0, 1]", slope, "0 is ReLU, 1 is no activation.")


def codes(pool: tuple[int, ...], slope: float) -> bool:
    """Whether a byte can say which element of a window won, and, under leaky ReLU, on which side of 0."""
    return pool[0] * pool[1] < (128 if 0 < slope < 1 else 255)


def plain(x: Tensor, pool: tuple[int, int], rate: float, key: Key | None, slope: float) -> Tensor:
    """The plain twin of `relu_pool_dropout`, for any dtype and device."""
    y = F.max_pool2d(x.permute(0, 3, 1, 2), pool).permute(0, 2, 3, 1).contiguous()
    y = bent(y.to(torch.promote_types(y.dtype, torch.float32)), slope)
    y = plain_dropout(y, rate, key) if key is not None and threshold(rate) else y
    return y.to(x.dtype)


class ReluPoolDropout(torch.autograd.Function):
    """`relu_pool_dropout`, fused."""

    @staticmethod
    def forward(ctx, x, pool, rate, key, slope):
        x, (ph, pw) = x.contiguous(), pool
        N, H, W, C = x.shape
        y = torch.empty(N, H // ph, W // pw, C, dtype=x.dtype)
        code = torch.empty(y.shape, dtype=torch.uint8)
        arrays, slope, scale = map(jit.array, (x, y, code)), np.float32(slope), np.float32(1 / (1 - rate))
        mask = np.uint32(threshold(rate)), scale, packed(key or Key(0, 0, 0))
        if x.dtype is torch.bfloat16 and (ph, pw) == (2, 2) and slope == 0:
            jit.load("pool").forward22(*arrays, *mask)
        else:
            jit.load("pool").forward(*arrays, ph, pw, slope, *mask)
        ctx.save_for_backward(code)
        ctx.geometry = x.shape, ph, pw, slope, scale
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (code,) = ctx.saved_tensors
        shape, *numbers = ctx.geometry
        dx = torch.empty(shape, dtype=g.dtype)
        jit.load("pool").backward(*map(jit.array, (g.contiguous(), code, dx)), *numbers)
        return dx, None, None, None, None
