"""Computing: operators of what holds a tensor: `2 * weight + 1`, `weight[0]`, `tau * a + (1 - tau) * b` compute with its numbers.

Two weights are equal if they are one, so that they can be looked up; `nabi.ops.equal` compares numbers.
"""

import operator
from collections.abc import Callable
from typing import Any

from nabi.core.symbolic import Symbolic

ARITHMETIC = "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"
ORDER = "lt", "le", "gt", "ge"


class Computing:
    """Base of what computes as its `tensor`.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Dense(1, kernel_initializer="ones")
        >>> layer.build((None, 2))
        >>> (2 * layer.weights[0] + 1).tolist()
        [[3.0], [3.0]]
    """

    tensor: Any

    def __getitem__(self, key: Any) -> Any:
        return self.tensor[key]

    def __neg__(self) -> Any:
        return -self.tensor

    def __abs__(self) -> Any:
        return abs(self.tensor)

    def __float__(self) -> float:
        return float(self.tensor)

    def __int__(self) -> int:
        return int(self.tensor)


def _operator(plain: Callable, turned: bool = False) -> Callable:
    """An operator's method; with a symbol beside it the symbol decides."""

    def compute(self: Computing, other: Any) -> Any:
        if isinstance(other, Symbolic):
            return NotImplemented
        other = other.tensor if isinstance(other, Computing) else other
        return plain(other, self.tensor) if turned else plain(self.tensor, other)

    return compute


for _word in ARITHMETIC:
    setattr(Computing, f"__{_word}__", _operator(getattr(operator, _word)))
    setattr(Computing, f"__r{_word}__", _operator(getattr(operator, _word), turned=True))
for _word in ORDER:
    setattr(Computing, f"__{_word}__", _operator(getattr(operator, _word)))
