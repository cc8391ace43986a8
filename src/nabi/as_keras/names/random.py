"""Random: what `keras.random` has beside `nabi.random`: shuffled rows, classes by their logits, dropout, further distributions.

    keras.random.shuffle(x)                     rows in another order
    keras.random.categorical(logits, 1)         (N, 1) class numbers

seed: as in `nabi.random`. Source: Keras 3, random/random.py.
"""

from typing import Any

import torch

from nabi import ops
from nabi.random import SeedGenerator, uniform
from nabi.random.draws import dtype_of, key_of

__all__ = ["SeedGenerator", "beta", "binomial", "categorical", "dropout", "gamma", "shuffle", "truncated_normal"]
TINY = 1e-12


def generator(seed: Any) -> torch.Generator:
    """torch's generator for a seed argument."""
    key = key_of(seed)
    made = torch.Generator()
    made.manual_seed(hash((key.seed, key.layer, key.call)) % 2**63)
    return made


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> torch.Tensor:
    """The slices along an axis in another order.

    Example:
        >>> sorted(shuffle([1, 2, 3], seed=1).tolist())
        [1, 2, 3]
    """
    t = ops.convert_to_tensor(x)
    return t.index_select(axis, uniform((t.shape[axis],), seed=seed).argsort())


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> torch.Tensor:
    """Class numbers, each as likely as softmax(logits) says: (N, classes) -> (N, num_samples)."""
    z = ops.convert_to_tensor(logits)
    noise = uniform((z.shape[0], int(num_samples), z.shape[-1]), seed=seed).to(z.dtype)
    drawn = z[:, None] - torch.log(-torch.log(noise.clamp(min=TINY)) + TINY)  # Gumbel's trick
    return drawn.argmax(-1).to(dtype_of(dtype or "int32"))


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> torch.Tensor:
    """x with the share `rate` of its numbers set to 0, the others larger, so that the mean stays."""
    t = ops.convert_to_tensor(inputs)
    shape = [n if m is None else m for n, m in zip(t.shape, noise_shape or [None] * t.ndim, strict=True)]
    kept = uniform(shape, seed=seed) >= rate
    return t * kept / (1 - rate)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Normal numbers within two standard deviations."""
    edge = 0.02275013194817921  # the share of the normal distribution below -2
    share = edge + (1 - 2 * edge) * uniform(tuple(shape), dtype="float64", seed=seed)
    return (mean + stddev * torch.special.ndtri(share)).to(dtype_of(dtype))


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Numbers of the gamma distribution with this shape parameter and scale 1."""
    rates = torch.as_tensor(alpha, dtype=torch.float64).expand(tuple(shape)).contiguous()
    draw: Any = vars(torch)["_standard_gamma"]
    return draw(rates, generator=generator(seed)).to(dtype_of(dtype))


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """Numbers in [0, 1] of the beta distribution: a / (a + b) of two gamma numbers."""
    keys = seed if isinstance(seed, SeedGenerator) else SeedGenerator(seed)
    a, b = gamma(shape, alpha, "float64", keys), gamma(shape, beta, "float64", keys)
    return (a / (a + b)).to(dtype_of(dtype))


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> torch.Tensor:
    """How many of `counts` trials succeed."""
    n = torch.as_tensor(counts, dtype=torch.float64).expand(tuple(shape)).contiguous()
    p = torch.as_tensor(probabilities, dtype=torch.float64).expand(tuple(shape)).contiguous()
    return torch.binomial(n, p, generator=generator(seed)).to(dtype_of(dtype))
