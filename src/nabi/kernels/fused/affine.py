"""Affine: the fused form of `nabi.kernels.affine`, one row of the result after the other.

x: (N, H, W, C), y: (N * H, W, C), M: (N, 2, 3), u = M[0, 0] i + M[0, 1] j + M[0, 2] and v likewise. mode: the number of the fill
mode in FILLS: constant, nearest, reflect, wrap. A place is -1 where the fill value stands.
"""

import math

import numpy as np
from numba import prange

from nabi.kernels.compiling import inline, kernel


@inline
def within(k, n, mode):
    """Which place of an axis of n stands at k."""
    if (k >= 0) & (k < n):
        return k
    if mode == 0:
        return -1
    if mode == 1:
        return 0 if k < 0 else n - 1
    if mode == 2:
        k = k % (2 * n)
        return min(k, 2 * n - 1 - k)
    return k % n


@kernel
def nearest(y, x, M, mode, fill):
    """Each pixel of the result is one of x."""
    H, W, C = x.shape[1], x.shape[2], x.shape[3]
    for q in prange(y.shape[0]):
        n, i = q // H, q % H
        m, o = M[n], y[q]
        for j in range(W):
            k = within(int(math.floor(m[0, 0] * i + m[0, 1] * j + m[0, 2] + 0.5)), H, mode)
            r = within(int(math.floor(m[1, 0] * i + m[1, 1] * j + m[1, 2] + 0.5)), W, mode)
            for c in range(C):
                o[j, c] = fill if (k < 0) | (r < 0) else x[n, k, r, c]


@kernel
def bilinear(y, x, M, mode, fill):
    """Each pixel of the result is mixed from four of x."""
    H, W, C = x.shape[1], x.shape[2], x.shape[3]
    for q in prange(y.shape[0]):
        n, i = q // H, q % H
        m, o = M[n], y[q]
        for j in range(W):
            u, v = m[0, 0] * i + m[0, 1] * j + m[0, 2], m[1, 0] * i + m[1, 1] * j + m[1, 2]
            a, b = math.floor(u), math.floor(v)
            f, g = np.float32(u - a), np.float32(v - b)
            k, above = within(int(a), H, mode), within(int(a) + 1, H, mode)
            r, right = within(int(b), W, mode), within(int(b) + 1, W, mode)
            for c in range(C):
                p = fill if (k < 0) | (r < 0) else x[n, k, r, c]
                p += g * ((fill if (k < 0) | (right < 0) else x[n, k, right, c]) - p)
                s = fill if (above < 0) | (r < 0) else x[n, above, r, c]
                s += g * ((fill if (above < 0) | (right < 0) else x[n, above, right, c]) - s)
                o[j, c] = p + f * (s - p)
