"""Random weights of a given spread: uniform, normal, normal without its tails.

    RandomUniform    w ~ U[minval, maxval)
    RandomNormal     w ~ N(mean, stddev^2)
    TruncatedNormal  as RandomNormal, drawn again where |w - mean| > 2 stddev; what remains has .8796 of the spread

Source: Keras 3, initializers/random_initializers.py.
"""

import numpy as np

from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.initializers.initializer import RandomInitializer


def uniform(generator: np.random.Generator, shape: tuple[int, ...], low: float, high: float) -> np.ndarray:
    """low + (high - low) u,  u ~ U[0, 1), in float32."""
    u = generator.random(shape, np.float32)
    return np.float32(low) + np.float32(high - low) * u


def truncated(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Normal numbers with |z| <= 2, in float32: those beyond are drawn again."""
    z = generator.standard_normal(shape, np.float32).reshape(-1)
    beyond = np.flatnonzero(np.abs(z) > 2)
    while beyond.size:
        z[beyond] = generator.standard_normal(beyond.size, np.float32)
        beyond = beyond[np.abs(z[beyond]) > 2]
    return z.reshape(shape)


@register("initializer", "random_uniform", "uniform")
class RandomUniform(RandomInitializer):
    """w ~ U[minval, maxval).

    Example:
        >>> w = RandomUniform(-1, 1, seed=3)((1000,))
        >>> bool(w.min() >= -1), bool(w.max() < 1)
        (True, True)
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None):
        self.minval = number("RandomUniform(minval)", minval)
        self.maxval = number("RandomUniform(maxval)", maxval, least=minval)
        self.seed = whole("RandomUniform(seed)", seed, optional=True)

    def draw(self, shape, generator):
        return uniform(generator, shape, self.minval, self.maxval)


@register("initializer", "random_normal", "normal")
class RandomNormal(RandomInitializer):
    """w ~ N(mean, stddev^2).

    Example:
        >>> w = RandomNormal(stddev=0.1, seed=3)((100, 100))
        >>> round(float(w.std()), 3)
        0.1
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        self.mean = number("RandomNormal(mean)", mean)
        self.stddev = number("RandomNormal(stddev)", stddev, least=0)
        self.seed = whole("RandomNormal(seed)", seed, optional=True)

    def draw(self, shape, generator):
        return np.float32(self.mean) + np.float32(self.stddev) * generator.standard_normal(shape, np.float32)


@register("initializer", "truncated_normal")
class TruncatedNormal(RandomInitializer):
    """w ~ N(mean, stddev^2) within two standard deviations; the spread of what remains is .8796 stddev.

    Example:
        >>> w = TruncatedNormal(stddev=1.0, seed=3)((1000,))
        >>> bool(w.abs().max() <= 2)
        True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None):
        self.mean = number("TruncatedNormal(mean)", mean)
        self.stddev = number("TruncatedNormal(stddev)", stddev, least=0)
        self.seed = whole("TruncatedNormal(seed)", seed, optional=True)

    def draw(self, shape, generator):
        return np.float32(self.mean) + np.float32(self.stddev) * truncated(generator, shape)
