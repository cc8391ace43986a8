"""Draws: random tensors by Philox, so that each is a function of a seed and of how many were drawn with it before.

    seed = nabi.random.SeedGenerator(1)          as an attribute of a model it lies in checkpoints: a resumed run draws the same
    z = nabi.random.normal((32, 128), seed=seed)

seed: None draws from the global seed (`nabi.utils.set_random_seed`), a number gives the same numbers each time, as in Keras.
Source: Keras 3, random/random.py, random/seed_generator.py; the numbers themselves are Philox's: `nabi.kernels.philox`.
"""

from typing import Any

import torch

from nabi import kernels
from nabi.core import random
from nabi.core.config import config
from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import philox

OWN = 2**32 - 1  # the layer's place in a key, which no layer of a graph has


class SeedGenerator:
    """A seed and a counter: each draw moves it on.

    Args:
        seed: a whole number; None draws one from the global seed.
        name: accepted as in Keras.

    Example:
        >>> generator = SeedGenerator(7)
        >>> first, second = normal((2,), seed=generator), normal((2,), seed=generator)
        >>> bool((first != second).all()), generator.state()
        (True, {'seed': 7, 'drawn': 2})
    """

    def __init__(self, seed: int | None = None, name: str | None = None):
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise ArgumentError("SeedGenerator(seed)", "a whole number, or None", repr(seed))
        self.seed, self.name, self.drawn = random.fresh_seed() if seed is None else seed, name, 0

    def next(self) -> Key:
        """The key of the next tensor."""
        self.drawn += 1
        return Key(self.seed, OWN, self.drawn)

    def state(self) -> dict[str, int]:
        """What a checkpoint keeps."""
        return {"seed": self.seed, "drawn": self.drawn}

    def load_state(self, state: dict[str, int]) -> None:
        """Goes on where `state` was taken."""
        self.seed, self.drawn = int(state["seed"]), int(state["drawn"])


def key_of(seed: Any) -> Key:
    """The key that a seed argument means."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        return Key(random.current_seed(), OWN, random.fresh_number())
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ArgumentError("nabi.random (seed)", "a whole number, a SeedGenerator, or None", repr(seed))
    return Key(seed, OWN, 0)


def dtype_of(dtype: Any) -> torch.dtype:
    """The torch dtype of a name; None means `nabi.config.floatx`."""
    return getattr(torch, str(dtype or config.floatx).removeprefix("torch."))


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Normal numbers.

    Example:
        >>> z = normal((1000,), mean=3.0, seed=0)
        >>> abs(float(z.mean()) - 3) < 0.1, bool((z == normal((1000,), mean=3.0, seed=0)).all())
        (True, True)
    """
    return mean + stddev * kernels.normal(key_of(seed), tuple(shape), dtype_of(dtype))


def uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Numbers spread evenly over [minval, maxval)."""
    return minval + (maxval - minval) * philox.uniform(key_of(seed), tuple(shape), dtype_of(dtype))


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> torch.Tensor:
    """Whole numbers from minval to maxval - 1, each equally often."""
    u = philox.uniform(key_of(seed), tuple(shape), torch.float64)
    return (minval + (u * (maxval - minval)).floor()).to(dtype_of(dtype))
