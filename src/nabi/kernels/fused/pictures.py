"""Pictures: the fused form of `nabi.kernels.pictures`, one row of the result after the other.

x: (N, H, W, C), y: (N, h, w, C), rows: (N, h), columns: (N, w), fill: (C,) and table: (256, C) in y's dtype.
"""

from numba import prange

from nabi.kernels.fused.bits import VERSION, get, put
from nabi.kernels.jit import kernel


@kernel(VERSION)
def looked_up(y, x, rows, columns, fill, table):
    """x holds bytes; what they become is copied bit by bit, whatever its type."""
    N, h, w, C = y.shape
    for q in prange(N * h):
        n, i = q // h, q % h
        r = rows[n, i]
        for j in range(w):
            k = columns[n, j]
            if (r < 0) | (k < 0):
                for c in range(C):
                    y[n, i, j, c] = fill[c]
            else:
                for c in range(C):
                    y[n, i, j, c] = table[x[n, r, k, c], c]


@kernel(VERSION)
def moved(y, x, rows, columns, fill):
    """x holds numbers, which are rounded to y's type."""
    N, h, w, C = y.shape
    for q in prange(N * h):
        n, i = q // h, q % h
        r = rows[n, i]
        for j in range(w):
            k, o = columns[n, j], y[n, i, j]
            if (r < 0) | (k < 0):
                for c in range(C):
                    o[c] = fill[c]
            else:
                a = x[n, r, k]
                for c in range(C):
                    put(o, c, get(a, c))
