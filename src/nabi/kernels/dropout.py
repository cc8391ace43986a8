"""Dropout: silences each element with probability `rate` and scales the others so that the mean stays.

    y = x * keep / (1 - rate),   keep_i = [bits_i >= floor(rate * 2^32)],   bits_i = word i of the key (see `philox`)

Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014 (the "inverted" form).
"""

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import jit
from nabi.kernels.philox import packed, random_bits

FUSED = (torch.bfloat16, torch.float32)


def threshold(rate: float) -> int:
    """floor(rate * 2^32): words below it drop their element."""
    if not 0 <= rate < 1:
        raise ArgumentError("dropout(rate)", "a share in [0, 1)", rate, "0.3 drops 30 % of the elements.")
    return int(rate * 2**32)


def dropout(x: Tensor, rate: float, key: Key) -> Tensor:
    """y = x * keep / (1 - rate).

    Element i in row-major order uses word i of `key`: the mask depends on nothing else. bfloat16 is computed in float32 and
    rounded once. NaN stays NaN, also where it is dropped, and infinity becomes NaN there, as in torch.

    Args:
        x: any shape.
        rate: share of dropped elements, in [0, 1).
        key: names the mask; two calls with one key drop the same elements.

    Example:
        >>> dropout(torch.ones(6), 0.5, Key(seed=0, layer=0, call=0))
        tensor([0., 2., 2., 2., 2., 0.])

    Raises:
        ArgumentError: rate is outside [0, 1).
    """
    if threshold(rate) == 0:
        return x
    if jit.fused(x) and x.dtype in FUSED:
        return Dropout.apply(x, rate, key)
    return plain(x, rate, key)


def plain(x: Tensor, rate: float, key: Key) -> Tensor:
    """The plain twin of `dropout`, for any dtype and device."""
    dtype = torch.promote_types(x.dtype, torch.float32)
    keep = (random_bits(key, x.numel(), x.device) >= threshold(rate)).view(x.shape)
    return (x.to(dtype) * (keep.to(dtype) / (1 - rate))).to(x.dtype)


class Dropout(torch.autograd.Function):
    """`dropout`, fused; without a key nothing is dropped."""

    @staticmethod
    def forward(ctx, x, rate, key):
        ctx.rate, ctx.key = rate, key
        return fused(x, rate, key)

    @staticmethod
    def backward(ctx, g):  # linear in x: the gradient goes through the same mask
        return Dropout.apply(g, ctx.rate, ctx.key), None, None

    @staticmethod
    def gradients(ctx, g, out=()):
        """(dx,), without a graph for a second derivative."""
        return (fused(g, ctx.rate, ctx.key),)


def fused(x: Tensor, rate: float, key: Key | None) -> Tensor:
    """One pass over x; x itself where nothing is dropped."""
    if key is None or not threshold(rate):
        return x
    x = x.contiguous()
    y = torch.empty_like(x)
    arrays = jit.array(x.view(-1)), jit.array(y.view(-1))
    jit.load("dropout").dropout(*arrays, np.uint32(threshold(rate)), np.float32(1 / (1 - rate)), packed(key))
    return y
