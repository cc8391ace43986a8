"""Randomness: counter-based, so every number is a function of where it is used, never of what ran before.

A `Key` is (seed, layer index, call counter): the mask of a Dropout layer is f(key, element). Philox4x32-10 turns a key and
an element's number into bits (see `nabi.kernels.philox`). NumPy's Philox serves weights and permutations.

    permutation(seed, epoch)     the order of the samples in the model's epoch-th epoch
    fresh_generator()            the next stream for initial weights, f(global seed, how many were drawn)

Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

import contextlib
import secrets
from typing import NamedTuple

import numpy as np

WEIGHTS, PERMUTATION, SPLIT, DRAW, LAYER, SAMPLING = range(6)  # purposes: streams of one seed that never meet


class Key(NamedTuple):
    """Names one random tensor: `seed` (64 bits), `layer` (32 bits), `call` (64 bits)."""

    seed: int
    layer: int
    call: int


class _State:
    seed: int = secrets.randbits(63)
    drawn: int = 0


def set_seed(seed: int) -> None:
    """Starts the global stream anew at `seed`; the same program then draws the same numbers."""
    _State.seed, _State.drawn = int(seed) & (2**63 - 1), 0


@contextlib.contextmanager
def going_on():
    """After the block the global stream goes on where it was before it."""
    before = _State.seed, _State.drawn
    try:
        yield
    finally:
        _State.seed, _State.drawn = before


@contextlib.contextmanager
def seeded(seed: int):
    """Within the block the global stream begins at `seed`; afterwards it goes on where it was.

    Example:
        >>> with seeded(3): a = fresh_seed()
        >>> with seeded(3): a == fresh_seed()
        True
    """
    with going_on():
        set_seed(seed)
        yield


def current_seed() -> int:
    """The global seed: what `set_seed` gave, or the one drawn when the program started."""
    return _State.seed


def stream(seed: int, purpose: int, number: int = 0) -> np.random.Generator:
    """NumPy generator f(seed, purpose, number): independent for each triple."""
    return np.random.Generator(np.random.Philox(key=[seed & (2**64 - 1), (purpose << 56) | number]))


def generator(key: Key) -> np.random.Generator:
    """NumPy's generator f(key), for the draws of a layer that are no uniform or normal numbers: permutations, Beta.

    Example:
        >>> generator(Key(0, 1, 2)).permutation(4).tolist() == generator(Key(0, 1, 2)).permutation(4).tolist()
        True
    """
    words = [key.seed & (2**64 - 1), LAYER << 56 | key.layer]
    return np.random.Generator(np.random.Philox(key=words, counter=[0, 0, key.call, 0]))


def fresh_number() -> int:
    """Counts the global draws: each call gives the next number."""
    _State.drawn += 1
    return _State.drawn


def fresh_generator() -> np.random.Generator:
    """The next stream of the global seed, for the initial values of one weight."""
    return stream(_State.seed, WEIGHTS, fresh_number())


def fresh_seed() -> int:
    """A 63-bit seed drawn from the global seed, for a model's own streams."""
    return int(stream(_State.seed, DRAW, fresh_number()).integers(2**63))


def permutation(seed: int, epoch: int, n: int) -> np.ndarray:
    """Order of `n` samples in the `epoch`-th epoch that this model ever trained: int64 (n,)."""
    return stream(seed, PERMUTATION, epoch).permutation(n)
