"""Pool: [leaky] ReLU, max pooling and dropout forward in one pass, and the whole gradient of their input in another.

A byte of code an output: the winner's place in its window, counted row by row; under leaky ReLU + 128 where the winner is not
above 0; 255 where no gradient flows: the output is dropped, or, under ReLU, nothing in the window is above 0.
"""

import numpy as np
from numba import prange

from nabi.kernels.compiling import inline, kernel
from nabi.kernels.fused.bits import below, draw, f32, get, i16, narrow, put, u8, u32, widen

NONE = 255
BELOW = u8(128)
INFINITY = i16(0x7F80)  # as bfloat16 pattern; greater ones are NaN


@kernel
def forward(x, y, code, ph, pw, slope, threshold, scale, key):
    """x: (N, H, W, C) -> y and code: (N, h, w, C)."""
    N, H, W, C = x.shape
    h, w, leaky = y.shape[1], y.shape[2], (slope > f32(0)) & (slope < f32(1))
    low, nobody = (f32(0), u8(NONE)) if slope == f32(0) else (f32(-np.inf), u8(0))
    for q in prange(N * h):
        n, i = q // h, q % h
        best, words = np.empty(C, np.float32), np.empty(w * C + 8, np.uint32)
        skip = (q * w * C) % 4
        if threshold > u32(0):
            draw(words[: (skip + w * C + 3) // 4 * 4], (q * w * C) // 4, key)
        for j in range(w):
            o, k, r = y[n, i, j], code[n, i, j], words[skip + j * C : skip + (j + 1) * C]
            for e in range(C):
                best[e] = low
            for e in range(C):
                k[e] = nobody
            for p in range(ph):
                for s in range(pw):
                    a, t = x[n, i * ph + p, j * pw + s], u8(p * pw + s)
                    for e in range(C):
                        v = get(a, e)
                        wins = (v > best[e]) | (v != v)
                        best[e] = v if wins else best[e]
                        k[e] = t if wins else k[e]
            if leaky:
                for e in range(C):
                    above = best[e] > f32(0)
                    best[e] = best[e] if above else below(best[e], slope)
                    k[e] = k[e] if above else k[e] | BELOW
            for e in range(C):
                kept = r[e] >= threshold
                k[e] = k[e] if kept else u8(NONE)
                put(o, e, best[e] * (scale if kept else f32(0)))


@inline
def greater(p):
    """bfloat16 pattern -> an integer that orders as the number does where that is positive, NaN of either sign on top."""
    magnitude = i16(p & i16(0x7FFF))
    return magnitude if magnitude > INFINITY else p


@kernel
def forward22(x, y, code, threshold, scale, key):
    """The commonest case on its own: ReLU, 2 x 2 windows, bfloat16; above 0, bit patterns can be compared as integers."""
    N, H, W, C = x.shape
    h, w = y.shape[1], y.shape[2]
    for q in prange(N * h):
        n, i = q // h, q % h
        words = np.empty(w * C + 8, np.uint32)
        skip = (q * w * C) % 4
        if threshold > u32(0):
            draw(words[: (skip + w * C + 3) // 4 * 4], (q * w * C) // 4, key)
        for j in range(w):
            o, k, r = y[n, i, j], code[n, i, j], words[skip + j * C : skip + (j + 1) * C]
            a, b, c, d = x[n, 2 * i, 2 * j], x[n, 2 * i, 2 * j + 1], x[n, 2 * i + 1, 2 * j], x[n, 2 * i + 1, 2 * j + 1]
            for e in range(C):
                best, t = i16(0), i16(NONE)
                v = greater(a[e])
                if (v > best) | (v > INFINITY):
                    best, t = v, i16(0)
                v = greater(b[e])
                if (v > best) | (v > INFINITY):
                    best, t = v, i16(1)
                v = greater(c[e])
                if (v > best) | (v > INFINITY):
                    best, t = v, i16(2)
                v = greater(d[e])
                if (v > best) | (v > INFINITY):
                    best, t = v, i16(3)
                kept = r[e] >= threshold
                k[e] = u8(t) if kept else u8(NONE)
                o[e] = narrow(widen(best) * (scale if kept else f32(0)))


@kernel
def backward(g, code, dx, ph, pw, slope, scale):
    """g and code: (N, h, w, C) -> dx: (N, H, W, C), written whole."""
    N, H, W, C = dx.shape
    h, w, leaky = g.shape[1], g.shape[2], (slope > f32(0)) & (slope < f32(1))
    for q in prange(N * h):
        n, i = q // h, q % h
        for p in range(ph):
            row = dx[n, i * ph + p]
            for j in range(w):
                o, k = g[n, i, j], code[n, i, j]
                for s in range(pw):
                    d, t = row[j * pw + s], u8(p * pw + s)
                    if leaky:
                        for e in range(C):
                            v = get(o, e) * scale
                            put(d, e, v if k[e] == t else below(v, slope) if k[e] == t | BELOW else f32(0))
                    else:
                        for e in range(C):
                            v = get(o, e) * scale
                            put(d, e, v if k[e] == t else f32(0))
            row[w * pw :] = 0
        if i == h - 1:
            dx[n, h * ph :] = 0
