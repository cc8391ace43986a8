"""Random: `tf.random`."""

from typing import Any

import torch

from nabi import random
from nabi.as_keras.tensorflow.tensors import name_of, sizes
from nabi.utils import set_random_seed

__all__ = ["categorical", "get_seed", "normal", "set_random_seed", "set_seed", "shuffle", "stateless_normal", "stateless_uniform",
           "truncated_normal", "uniform"]


def set_seed(seed: int) -> None:
    """Starts nabi's generators anew at this seed."""
    set_random_seed(int(seed) % 2**32)


def get_seed(op_seed: Any = None) -> tuple:
    """No seeds of operations."""
    return None, op_seed


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Numbers of the normal distribution."""
    return random.normal(sizes(shape), mean, stddev, dtype=name_of(dtype), seed=seed)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None,
                     name: Any = None) -> Any:
    """Numbers of the normal distribution within two deviations."""
    import numpy as np

    from nabi.initializers import TruncatedNormal

    draw: Any = TruncatedNormal(mean, stddev, seed)
    return draw(sizes(shape), dtype=torch.float32, generator=np.random.default_rng(seed))


def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Numbers of an interval, all alike; whole ones for a whole dtype."""
    kind = name_of(dtype)
    if kind and "int" in str(kind):
        return random.randint(sizes(shape), int(minval), int(maxval), dtype=kind, seed=seed)
    return random.uniform(sizes(shape), float(minval), 1.0 if maxval is None else float(maxval), dtype=kind, seed=seed)


def stateless_normal(shape: Any, seed: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, **more: Any) -> Any:
    """As `normal`, the same for the same seed."""
    return normal(shape, mean, stddev, dtype, seed=int(torch.as_tensor(seed).sum()))


def stateless_uniform(shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, **more: Any) -> Any:
    """As `uniform`, the same for the same seed."""
    return uniform(shape, minval, maxval, dtype, seed=int(torch.as_tensor(seed).sum()))


def shuffle(value: Any, seed: Any = None, name: Any = None) -> Any:
    """The entries along the first axis in another order."""
    t = torch.as_tensor(value)
    return t[torch.argsort(random.uniform((len(t),), seed=seed))]


def categorical(logits: Any, num_samples: int, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Classes drawn by their scores: the largest of score + Gumbel noise."""
    z = torch.as_tensor(logits).float()
    noise = random.uniform((*z.shape[:-1], num_samples, z.shape[-1]), 1e-20, 1.0, seed=seed)
    return (z[..., None, :] - torch.log(-torch.log(noise))).argmax(-1)
