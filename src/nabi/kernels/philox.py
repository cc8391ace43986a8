"""Philox: random numbers that are a function of where they are used.

Philox4x32-10 is a block cipher cut down to what statistics needs: ten rounds turn a 128-bit counter under a 64-bit key into four
32-bit words. One round, on counter (c0, c1, c2, c3) and key (k0, k1):

    (c0, c1, c2, c3) <- (hi(M1 c2) ^ c1 ^ k0,  lo(M1 c2),  hi(M0 c0) ^ c3 ^ k1,  lo(M0 c0))
    (k0, k1)         <- (k0 + 0x9E3779B9,  k1 + 0xBB67AE85)

A `nabi.core.random.Key` (seed, layer, call) names one random tensor. Element i takes word i mod 4 of the block with counter
(i // 4, call's low word, call's high word, layer) under the key (seed's low word, seed's high word): any element can be drawn
alone, so masks do not depend on the number of threads or on what was drawn before.

Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011; the constants are Random123's.
"""

import math

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import jit

M0, M1 = 0xD2511F53, 0xCD9E8D57
W0, W1 = 0x9E3779B9, 0xBB67AE85
WORD = 0xFFFFFFFF
RUN = 1 << 15  # blocks that the plain twin draws at once, so that its many small steps stay in the cache


def philox4x32(counter, key) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Four words for each counter.

    Args:
        counter: four int64 tensors (or numbers) of 32-bit words, broadcast against each other.
        key: two 32-bit words.

    Returns:
        Four int64 tensors with values 0 ... 2^32 - 1.

    Example:
        >>> [hex(int(word)) for word in philox4x32((0, 0, 0, 0), (0, 0))]  # Random123's known answer
        ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    c0, c1, c2, c3 = (torch.as_tensor(c, dtype=torch.int64) for c in counter)
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * M0, c2 * M1  # modulo 2^64: the bits of the unsigned product
        c0, c1, c2, c3 = (p1 >> 32) & WORD ^ c1 ^ k0, p1 & WORD, (p0 >> 32) & WORD ^ c3 ^ k1, p0 & WORD
        k0, k1 = (k0 + W0) & WORD, (k1 + W1) & WORD
    return c0, c1, c2, c3


def words_of(key: Key) -> tuple[int, int, int, int, int]:
    """The key as words: layer, call low, call high, seed low, seed high."""
    seed, layer, call = (int(part) for part in key)
    return layer & WORD, call & WORD, call >> 32 & WORD, seed & WORD, seed >> 32 & WORD


def packed(key: Key) -> tuple:
    """The key as fused kernels take it: five uint64."""
    return tuple(map(np.uint64, words_of(key)))


def random_bits(key: Key, n: int, device: torch.device | str | None = None) -> Tensor:
    """The first `n` words of a key: int64 (n,), uniform on 0 ... 2^32 - 1.

    Example:
        >>> random_bits(Key(seed=0, layer=0, call=0), 2).tolist()
        [1713891541, 3781805453]

    Raises:
        ArgumentError: n is negative or above 2^34, where the block number would overflow.
    """
    if not 0 <= n <= 1 << 34:
        raise ArgumentError("random_bits(n)", "0 ... 2^34 elements", n)
    layer, low, high, k0, k1 = words_of(key)
    blocks = -(-n // 4)
    if jit.fused(torch.empty(0, device=device)):
        words = np.empty(4 * blocks, np.uint32)
        jit.load("philox").bits(words, packed(key))
        return torch.from_numpy(words[:n].astype(np.int64))
    words = torch.empty(blocks, 4, dtype=torch.int64, device=device)
    for start in range(0, blocks, RUN):
        block = torch.arange(start, min(start + RUN, blocks), device=device)
        zero = torch.zeros_like(block)
        torch.stack(philox4x32((block, zero + low, zero + high, zero + layer), (k0, k1)), 1, out=words[start : start + RUN])
    return words.flatten()[:n]


def uniform(key: Key, shape, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None) -> Tensor:
    """Uniform numbers in [0, 1): bits / 2^32, in float32 the upper 24 bits / 2^24 (so that 1 is never reached by rounding).

    Example:
        >>> uniform(Key(0, 0, 0), (2,)).tolist()
        [0.3990464210510254, 0.8805201649665833]
    """
    bits = random_bits(key, math.prod(shape), device)
    u = bits.double() / 2**32 if dtype is torch.float64 else ((bits >> 8).float() / 2**24).to(dtype)
    return u.view(shape)


def normal(key: Key, shape, dtype: torch.dtype = torch.float32, device: torch.device | str | None = None) -> Tensor:
    """Standard normal numbers by Box and Muller's transform of two words each:

        z_2i = sqrt(-2 ln u) cos(2 pi v),   z_2i+1 = sqrt(-2 ln u) sin(2 pi v),   u in (0, 1], v in [0, 1)

    Computed in float64. Source: Box and Muller, "A note on the generation of random normal deviates", 1958.
    """
    n = math.prod(shape)
    u, v = random_bits(key, n + n % 2, device).double().view(-1, 2).unbind(1)
    r, phi = torch.sqrt(-2 * torch.log((u + 1) / 2**32)), v * (2 * math.pi / 2**32)
    return torch.stack((r * torch.cos(phi), r * torch.sin(phi)), dim=1).flatten()[:n].view(shape).to(dtype)
