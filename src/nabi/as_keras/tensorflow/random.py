"""Random: `tf.random`."""

from typing import Any

import numpy as np
import torch

from nabi import backend, random
from nabi.as_keras.tensorflow.tensors import convert_to_tensor, name_of, sizes
from nabi.data.strings import Strings
from nabi.utils import set_random_seed

__all__ = ["Generator", "categorical", "fold_in", "split", "stateless_fold_in", "stateless_split", "gamma",
           "get_global_generator", "get_seed", "poisson", "normal", "set_random_seed", "set_seed", "shuffle",
           "stateless_categorical", "stateless_gamma", "stateless_normal", "stateless_poisson", "stateless_shuffle",
           "stateless_truncated_normal", "stateless_uniform", "truncated_normal", "uniform"]


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
    return backend.truncated_normal(sizes(shape), mean, stddev, name_of(dtype), seed)


def gamma(shape: Any, alpha: Any, beta: Any = 1.0, dtype: Any = None, seed: Any = None, name: Any = None) -> torch.Tensor:
    """Numbers of the gamma distribution; a generator of NumPy's draws them, from one number of nabi's."""
    return torch.as_tensor(numpys(seed).gamma(np.asarray(alpha), 1 / np.asarray(beta), (*sizes(shape), *np.shape(alpha)))).float()


def poisson(shape: Any, lam: Any, dtype: Any = None, seed: Any = None, name: Any = None) -> torch.Tensor:
    """Counts of the Poisson distribution, drawn as by `gamma`."""
    return torch.as_tensor(numpys(seed).poisson(np.asarray(lam), (*sizes(shape), *np.shape(lam)))).float()


def numpys(seed: Any) -> np.random.Generator:
    """A generator of NumPy's that begins where nabi's stand."""
    return np.random.default_rng(int(random.randint((1,), 0, 2**31 - 1, seed=seed)))


class Generator:
    """Numbers of a generator of one's own.

    Args:
        seed: where it begins; None takes a number of nabi's.
    """

    def __init__(self, seed: Any = None):
        self.seeds = numpys(None) if seed is None else np.random.default_rng(int(seed))

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> "Generator":
        """One that begins at a seed."""
        return cls(seed)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> "Generator":
        """One that begins where nabi's generators stand."""
        return cls()

    def next(self) -> int:
        """The seed of the next draw."""
        return int(self.seeds.integers(2**31))

    def normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, name: Any = None) -> Any:
        """As `tf.random.normal`."""
        return normal(shape, mean, stddev, dtype, self.next())

    def uniform(self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, name: Any = None) -> Any:
        """As `tf.random.uniform`."""
        return uniform(shape, minval, maxval, dtype, self.next())

    def truncated_normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, name: Any = None) -> Any:
        """As `tf.random.truncated_normal`."""
        return truncated_normal(shape, mean, stddev, dtype, self.next())

    def make_seeds(self, count: int = 1) -> torch.Tensor:
        """Seeds for stateless functions."""
        return torch.tensor([[self.next() for _ in range(count)] for _ in range(2)])


def get_global_generator() -> Generator:
    """A generator that begins where nabi's stand."""
    return Generator()


def uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Numbers of an interval, all alike; whole ones for a whole dtype."""
    kind = name_of(dtype)
    if kind and "int" in str(kind):
        return random.randint(sizes(shape), int(minval), int(maxval), dtype=kind, seed=seed)
    return random.uniform(sizes(shape), float(minval), 1.0 if maxval is None else float(maxval), dtype=kind, seed=seed)


def stateless_normal(shape: Any, seed: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, **more: Any) -> Any:
    """As `normal`, the same for the same seed."""
    return normal(shape, mean, stddev, dtype, seed=one_of(seed))


def one_of(seed: Any) -> int:
    """One number of the two of a stateless seed; their order counts."""
    return int(np.random.SeedSequence([int(n) & 0xFFFFFFFF for n in np.asarray(seed).ravel()]).generate_state(1)[0]) >> 1


def stateless_truncated_normal(shape: Any, seed: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
                               **more: Any) -> Any:
    """As `truncated_normal`, the same for the same seed."""
    return truncated_normal(shape, mean, stddev, dtype, seed=one_of(seed))


def stateless_categorical(logits: Any, num_samples: int, seed: Any, dtype: Any = None, **more: Any) -> Any:
    """As `categorical`, the same for the same seed."""
    return categorical(logits, num_samples, dtype, one_of(seed))


def stateless_shuffle(value: Any, seed: Any, **more: Any) -> Any:
    """As `shuffle`, the same for the same seed."""
    return shuffle(value, one_of(seed))


def stateless_gamma(shape: Any, seed: Any, alpha: Any, beta: Any = 1.0, dtype: Any = None, **more: Any) -> torch.Tensor:
    """As `gamma`, of the shape as a whole, the same for the same seed."""
    return torch.as_tensor(numpys(one_of(seed)).gamma(np.asarray(alpha), 1 / np.asarray(beta), sizes(shape))).float()


def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = None, **more: Any) -> torch.Tensor:
    """As `poisson`, of the shape as a whole, the same for the same seed."""
    return torch.as_tensor(numpys(one_of(seed)).poisson(np.asarray(lam), sizes(shape))).float()


def stateless_uniform(shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = None, **more: Any) -> Any:
    """As `uniform`, the same for the same seed."""
    return uniform(shape, minval, maxval, dtype, seed=one_of(seed))


def split(seed: Any, num: int = 2, alg: Any = None) -> torch.Tensor:
    """Seeds (num, 2) of one."""
    drawn = np.random.default_rng([int(n) & 0xFFFFFFFF for n in np.asarray(seed).ravel()]).integers(0, 2**31, (int(num), 2))
    return torch.as_tensor(drawn).int()


def fold_in(seed: Any, data: Any, alg: Any = None) -> torch.Tensor:
    """A seed of a seed and a number."""
    return split([*np.asarray(seed).ravel(), int(data)], 1)[0]


stateless_split, stateless_fold_in = split, fold_in


def shuffle(value: Any, seed: Any = None, name: Any = None) -> Any:
    """The entries along the first axis, numbers or texts, in another order."""
    t = convert_to_tensor(value)
    order = torch.argsort(random.uniform((len(t),), seed=seed))
    return t[order.numpy()] if isinstance(t, Strings) else t[order]


def categorical(logits: Any, num_samples: int, dtype: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Classes drawn by their scores: the largest of score + Gumbel noise."""
    z = torch.as_tensor(logits).float()
    noise = random.uniform((*z.shape[:-1], num_samples, z.shape[-1]), 1e-20, 1.0, seed=seed)
    return (z[..., None, :] - torch.log(-torch.log(noise))).argmax(-1)
