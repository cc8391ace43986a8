"""Shapes: the lengths of a tensor's or symbol's axes, as TensorFlow's shapes answer."""

from typing import Any

import numpy as np


class Lengths(tuple):
    """The lengths of a tensor's axes, as TensorFlow's `get_shape()` gives them: `tf.TensorShape`.

    Example:
        >>> Lengths((None, 28, 28)).as_list(), Lengths((2, 3)).num_elements(), Lengths((2, 3)).ndims
        ([None, 28, 28], 6, 2)
        >>> Lengths([2]).concatenate([3]), Lengths((2, 3)) == [2, 3]
        ((2, 3), True)
    """

    def __new__(cls, dims: Any = ()):
        return super().__new__(cls, [dims] if isinstance(dims, (int, np.integer)) else dims)

    def as_list(self) -> list[Any]:
        """They as a list."""
        return list(self)

    @property
    def ndims(self) -> int:
        """How many axes there are."""
        return len(self)

    rank = ndims

    @property
    def dims(self) -> list[Any]:
        """They as a list."""
        return list(self)

    def num_elements(self) -> int | None:
        """Their product; None while one is open."""
        return None if None in self else int(np.prod(self))

    def concatenate(self, other: Any) -> "Lengths":
        """Further axes behind."""
        return Lengths((*self, *([other] if isinstance(other, int) else other)))

    def is_fully_defined(self) -> bool:
        """Whether none is open."""
        return None not in self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether they may be the same, once the open ones are known."""
        others = tuple(other)
        return len(self) == len(others) and all(a is None or b is None or a == b for a, b in zip(self, others, strict=True))

    def with_rank(self, rank: int) -> "Lengths":
        """Itself; AssertionError for another number of axes."""
        assert len(self) == rank, f"{rank} axes wanted, {len(self)} there"
        return self

    def merge_with(self, other: Any) -> "Lengths":
        """The open ones taken from another shape."""
        return Lengths(b if a is None else a for a, b in zip(self, other, strict=True))

    def __eq__(self, other: Any) -> bool:
        return tuple.__eq__(self, tuple(other)) if isinstance(other, (list, tuple)) else NotImplemented

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = tuple.__hash__
