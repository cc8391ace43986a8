"""Random weights of a given spread: uniform, normal, normal without its tails.

    RandomUniform    w ~ U[minval, maxval)
    RandomNormal     w ~ N(mean, stddev^2)
    TruncatedNormal  as RandomNormal, drawn again where |w - mean| > 2 stddev; what remains has .8796 of the spread

Source: Keras 3, initializers/random_initializers.py.
"""

from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.initializers.initializer import RandomInitializer
from nabi.initializers.law import Law


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

    def law(self, shape):
        return Law("uniform", self.minval, self.maxval - self.minval)


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

    def law(self, shape):
        return Law("normal", self.mean, self.stddev)


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

    def law(self, shape):
        return Law("truncated", self.mean, self.stddev)
