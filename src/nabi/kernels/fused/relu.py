"""ReLU's gradient, written over the gradient of its output: g = g where y > 0, else 0, on flat arrays."""

from numba import prange

from nabi.kernels.compiling import kernel
from nabi.kernels.fused.bits import get


@kernel
def mask(g, y):
    """g = g where y > 0 or is NaN, else 0."""
    for i in prange(g.shape[0]):
        v = g[i]
        g[i] = g.dtype.type(0) if get(y, i) <= 0 else v  # not "y > 0": the gradient of NaN passes, as in torch
