"""Pictures: the fused form of `nabi.kernels.pictures`, one row of the result after the other.

x: (N, H, W * C), y: (N * h, w * C), rows: (N, h), columns: (N, w), fill: (C,) and table: (256, C) in y's dtype. Places are
unsigned where they are used, since Numba would look whether a signed one counts from the end.
"""

from numba import prange

from nabi.kernels.compiling import kernel
from nabi.kernels.fused.bits import get, put, u64


@kernel
def looked_up(y, x, rows, columns, fill, table):
    """x holds bytes; what they become is copied bit by bit, whatever its type."""
    h, w, C = rows.shape[1], columns.shape[1], fill.shape[0]
    for q in prange(y.shape[0]):
        n, i = q // h, q % h
        r, o, k = rows[n, i], y[q], columns[n]
        a = x[n, max(r, 0)]
        for j in range(w):
            p, e = k[j] * C, j * C
            if (r < 0) | (p < 0):
                for c in range(C):
                    o[u64(e + c)] = fill[c]
            else:
                for c in range(C):
                    o[u64(e + c)] = table[a[u64(p + c)], c]


@kernel
def moved(y, x, rows, columns, fill):
    """x holds numbers, which are rounded to y's type."""
    h, w, C = rows.shape[1], columns.shape[1], fill.shape[0]
    for q in prange(y.shape[0]):
        n, i = q // h, q % h
        r, o, k = rows[n, i], y[q], columns[n]
        a = x[n, max(r, 0)]
        for j in range(w):
            p, e = k[j] * C, j * C
            if (r < 0) | (p < 0):
                for c in range(C):
                    o[u64(e + c)] = fill[c]
            else:
                for c in range(C):
                    put(o, u64(e + c), get(a, u64(p + c)))
