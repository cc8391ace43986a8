"""Average: [leaky] ReLU, average pooling and dropout forward in one pass, and the whole gradient of their input in another.

A byte of code an output: bit t for the element at place t of its window, counted row by row, which the activation lets through
unchanged; the highest bit for an output that is dropped. Without an activation only that one counts.
"""

from numba import prange

from nabi.kernels.compiling import inline, kernel
from nabi.kernels.fused.bits import below, draw, f32, get, np, put, u8, u32

DROPPED = u8(128)


@inline
def passes(v, slope):
    """Whether the activation's derivative is 1: above 0, and for NaN under ReLU but not under leaky ReLU, as in torch."""
    return (v > f32(0)) | ((v != v) & (slope == f32(0)))


@kernel
def forward(x, y, code, ph, pw, slope, threshold, scale, key):
    """x: (N, H, W, C) -> y and code: (N, h, w, C); a window's elements add up row by row."""
    N, H, W, C = x.shape
    h, w, size = y.shape[1], y.shape[2], f32(ph * pw)
    for q in prange(N * h):
        n, i = q // h, q % h
        total, words = np.empty(C, np.float32), np.empty(w * C + 8, np.uint32)
        skip = (q * w * C) % 4
        if threshold > u32(0):
            draw(words[: (skip + w * C + 3) // 4 * 4], (q * w * C) // 4, key)
        for j in range(w):
            o, k, r = y[n, i, j], code[n, i, j], words[skip + j * C : skip + (j + 1) * C]
            for e in range(C):
                total[e] = 0
            for e in range(C):
                k[e] = u8(0) if r[e] >= threshold else DROPPED
            for p in range(ph):
                for s in range(pw):
                    a, t = x[n, i * ph + p, j * pw + s], u8(1 << (p * pw + s))
                    if slope == f32(1):
                        for e in range(C):
                            total[e] += get(a, e)
                    else:
                        for e in range(C):
                            v = get(a, e)
                            on = passes(v, slope)
                            total[e] += v if on else below(v, slope)
                            k[e] |= t if on else u8(0)
            for e in range(C):
                put(o, e, total[e] / size * (scale if k[e] < DROPPED else f32(0)))


@kernel
def backward(g, code, dx, ph, pw, slope, scale):
    """g and code: (N, h, w, C) -> dx: (N, H, W, C), written whole."""
    N, H, W, C = dx.shape
    h, w, size = g.shape[1], g.shape[2], f32(ph * pw)
    for q in prange(N * h):
        n, i = q // h, q % h
        for p in range(ph):
            row = dx[n, i * ph + p]
            for j in range(w):
                o, k = g[n, i, j], code[n, i, j]
                for s in range(pw):
                    d, t = row[j * pw + s], u8(1 << (p * pw + s))
                    for e in range(C):
                        v = get(o, e) * (scale if k[e] < DROPPED else f32(0)) / size
                        less = below(v, slope)
                        put(d, e, v if k[e] & t else less)
            row[w * pw :] = 0
        if i == h - 1:
            dx[n, h * ph :] = 0
