"""Bits: small helpers that all fused kernels share: bfloat16 <-> float32, the part of ReLU below 0, and Philox4x32-10's words."""

import numpy as np
from numba import types
from numba.extending import overload

from nabi.kernels.compiling import inline

f32, i16, u8, u16, u32, u64 = np.float32, np.int16, np.uint8, np.uint16, np.uint32, np.uint64
WORD = u64(0xFFFFFFFF)


@inline
def widen(x):
    """bfloat16 pattern -> float32, exactly."""
    return u32(u32(u16(x)) << u32(16)).view(f32)


@inline
def narrow(v):
    """float32 -> bfloat16 pattern, to the nearest, ties to even; NaN stays NaN."""
    u = f32(v).view(u32)
    r = u32(u + u32(0x7FFF) + ((u >> u32(16)) & u32(1))) >> u32(16)
    return i16(r) if v == v else i16(0x7FC0)


def get(x, e):
    """x[e] as float32 (float64 for a float64 array)."""
    return x[e]


def put(x, e, v):
    """x[e] = v, rounded to the array's type."""
    x[e] = v


@overload(get)
def _get(x, e):
    return (lambda x, e: widen(x[e])) if x.dtype == types.int16 else (lambda x, e: x[e])


@overload(put)
def _put(x, e, v):
    def bfloat16(x, e, v):
        x[e] = narrow(v)

    def other(x, e, v):
        x[e] = v

    return bfloat16 if x.dtype == types.int16 else other


@inline
def below(v, slope):
    """slope * v, what [leaky] ReLU makes of v below 0; 0 for slope 0, even if v is infinite."""
    return slope * v if slope != f32(0) else f32(0)


@inline
def philox(c0, c1, c2, c3, k0, k1):
    """The four 32-bit words of Philox4x32-10 at counter (c0, c1, c2, c3) under key (k0, k1); all are uint64 lanes."""
    for _ in range(10):
        p0, p1 = c0 * u64(0xD2511F53), c2 * u64(0xCD9E8D57)
        c0, c1, c2, c3 = (p1 >> u64(32)) ^ c1 ^ k0, p1 & WORD, (p0 >> u64(32)) ^ c3 ^ k1, p0 & WORD
        k0, k1 = (k0 + u64(0x9E3779B9)) & WORD, (k1 + u64(0xBB67AE85)) & WORD
    return c0, c1, c2, c3


@inline
def draw(words, first, key):
    """Fills `words`, (4 * blocks,) uint32, from block number `first` on."""
    layer, low, high, k0, k1 = key
    for b in range(words.shape[0] // 4):
        w0, w1, w2, w3 = philox(u64(first + b), low, high, layer, k0, k1)
        words[4 * b], words[4 * b + 1], words[4 * b + 2], words[4 * b + 3] = u32(w0), u32(w1), u32(w2), u32(w3)
