"""Philox: the fused form of `nabi.kernels.philox.random_bits`."""

from numba import prange

from nabi.kernels.compiling import kernel
from nabi.kernels.fused.bits import draw

RUN = 1024  # blocks of four words that one task draws


@kernel
def bits(words, key):
    """Fills `words`, (4 * blocks,) uint32, with the words of a key from the first on."""
    blocks = words.shape[0] // 4
    for run in prange((blocks + RUN - 1) // RUN):
        draw(words[4 * run * RUN : 4 * min((run + 1) * RUN, blocks)], run * RUN, key)
