"""ReLU's gradient: dx = g where y > 0, else 0, in one pass over flat arrays; dx may be g itself."""

from numba import prange

from nabi.kernels.fused.bits import VERSION, get
from nabi.kernels.jit import kernel


@kernel(VERSION)
def mask(g, y, dx):
    """dx = g where y > 0 or is NaN, else 0."""
    for i in prange(g.shape[0]):
        dx[i] = g.dtype.type(0) if get(y, i) <= 0 else g[i]  # not "y > 0": the gradient of NaN passes, as in torch
