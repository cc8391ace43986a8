"""Warp: the fused form of `nabi.kernels.warp`, one row of the result after the other.

x: (N, H, W, C), y: (N * H, W, C), M: (N, 2, 3). mode: the number of the fill mode: constant, nearest, reflect, wrap.
"""

import math

import numpy as np
from numba import prange

from nabi.kernels.compiling import inline, kernel


@inline
def mapped(u, n, mode):
    """Where on an axis of n pixels a place is read; the places 0 ... n - 1 as they are."""
    if (u >= 0) & (u <= n - 1):
        return u
    if mode == 2:
        u = (-1 - u if u < 0 else u) % (2 * n)
        return u if u < n else 2 * n - 1 - u
    if mode == 3:
        return u % max(n - 1, 1)
    return min(max(u, 0.0), n - 1.0)


@kernel
def warped(y, x, M, mode, fill, order):
    """Each pixel of the result is one of x, or mixed from four."""
    H, W, C = x.shape[1], x.shape[2], x.shape[3]
    half = 0.5 if order == 0 else 0.0
    for q in prange(y.shape[0]):
        n, i = q // H, q % H
        m, o = M[n], y[q]
        for j in range(W):
            u, v = m[0, 0] * i + m[0, 1] * j + m[0, 2], m[1, 0] * i + m[1, 1] * j + m[1, 2]
            if (mode == 0) & ((u < 0) | (u > H - 1) | (v < 0) | (v > W - 1)):
                for c in range(C):
                    o[j, c] = fill
                continue
            u, v = mapped(u, H, mode), mapped(v, W, mode)
            a, b = math.floor(u + half), math.floor(v + half)
            k, r = min(max(int(a), 0), H - 1), min(max(int(b), 0), W - 1)
            if order == 0:
                for c in range(C):
                    o[j, c] = x[n, k, r, c]
                continue
            below, right = min(int(a) + 1, H - 1), min(int(b) + 1, W - 1)
            f, g = u - a, v - b
            for c in range(C):
                over = (1 - g) * x[n, k, r, c] + g * x[n, k, right, c]
                under = (1 - g) * x[n, below, r, c] + g * x[n, below, right, c]
                o[j, c] = np.float32((1 - f) * over + f * under)
