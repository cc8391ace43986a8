"""Dropout: the fused form of `nabi.kernels.dropout`, on flat arrays."""

from numba import prange

from nabi.kernels.compiling import kernel
from nabi.kernels.fused.bits import draw, f32, get, np, put

RUN = 4096  # elements of one task, a multiple of four


@kernel
def dropout(x, y, threshold, scale, key):
    """y = x * scale where the element's word reaches the threshold, else x * 0."""
    size = x.shape[0]
    for run in prange((size + RUN - 1) // RUN):
        start = run * RUN
        n = min(RUN, size - start)
        words = np.empty(RUN, np.uint32)
        draw(words[: (n + 3) // 4 * 4], start // 4, key)
        a, o = x[start : start + n], y[start : start + n]
        for e in range(n):
            put(o, e, get(a, e) * (scale if words[e] >= threshold else f32(0)))
