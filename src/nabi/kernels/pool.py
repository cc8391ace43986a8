"""Pool: ReLU, max pooling and dropout as one function.

    y = dropout(max over each window of relu(x))

In plain torch these are three passes forward and three back over the largest tensors of a network; fused they are one each way,
with one byte per output that says which element of the window won.
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


def relu_pool_dropout(
    x: Tensor, pool: tuple[int, int] = (2, 2), rate: float = 0.0, key: Key | None = None, relu: bool = True
) -> Tensor:
    """ReLU, max pooling over windows that do not overlap, and dropout, in this order.

    Rows and columns that fill no window are left out ("valid" padding). The gradient goes to the first maximum of a window in
    row-major order, and nowhere if that is <= 0 under ReLU or if the output is dropped. NaN in a window makes its output NaN,
    as in torch; of several NaN the last counts as the maximum, as in torch.

    Args:
        x: (N, H, W, C).
        pool: height and width of a window, which are also the strides.
        rate, key: see `dropout`; the mask is that of `dropout` on the (N, H // ph, W // pw, C) output.
        relu: False leaves the ReLU out.

    Returns:
        (N, H // ph, W // pw, C), contiguous.

    Example:
        >>> x = torch.tensor([[-1.0, 5.0], [2.0, 3.0]]).view(1, 2, 2, 1)
        >>> relu_pool_dropout(x).flatten()
        tensor([5.])

    Raises:
        ShapeError: x has not four axes, or is smaller than the window.
        ArgumentError: rate is outside [0, 1), or above 0 without a key.
    """
    ph, pw = pool
    if x.dim() != 4 or x.shape[1] < ph or x.shape[2] < pw:
        raise ShapeError("relu_pool_dropout(x)", f"(N, H, W, C) with H >= {ph} and W >= {pw}", tuple(x.shape))
    if threshold(rate) and key is None:
        raise ArgumentError("relu_pool_dropout(key)", "a Key, since rate is above 0", None)
    if jit.fused(x) and x.dtype in FUSED and codes(pool):
        return ReluPoolDropout.apply(x, pool, rate, key, relu)
    return plain(x, pool, rate, key, relu)


def codes(pool: tuple[int, ...]) -> bool:
    """Whether a window's elements can be told apart by one byte."""
    return pool[0] * pool[1] < 255


def plain(x: Tensor, pool: tuple[int, int], rate: float, key: Key | None, relu: bool = True) -> Tensor:
    """The plain twin of `relu_pool_dropout`, for any dtype and device."""
    y = F.max_pool2d((F.relu(x) if relu else x).permute(0, 3, 1, 2), pool).permute(0, 2, 3, 1).contiguous()
    return plain_dropout(y, rate, key) if key is not None and threshold(rate) else y


class ReluPoolDropout(torch.autograd.Function):
    """`relu_pool_dropout`, fused."""

    @staticmethod
    def forward(ctx, x, pool, rate, key, relu):
        x, (ph, pw) = x.contiguous(), pool
        N, H, W, C = x.shape
        y = torch.empty(N, H // ph, W // pw, C, dtype=x.dtype)
        code = torch.empty(y.shape, dtype=torch.uint8)
        arrays, scale = map(jit.array, (x, y, code)), np.float32(1 / (1 - rate))
        mask = np.uint32(threshold(rate)), scale, packed(key or Key(0, 0, 0))
        if x.dtype is torch.bfloat16 and (ph, pw) == (2, 2) and relu:
            jit.load("pool").forward22(*arrays, *mask)
        else:
            jit.load("pool").forward(*arrays, ph, pw, relu, *mask)
        ctx.save_for_backward(code)
        ctx.geometry = x.shape, ph, pw, scale
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (code,) = ctx.saved_tensors
        shape, ph, pw, scale = ctx.geometry
        dx = torch.empty(shape, dtype=g.dtype)
        jit.load("pool").backward(*map(jit.array, (g.contiguous(), code, dx)), ph, pw, scale)
        return dx, None, None, None, None
