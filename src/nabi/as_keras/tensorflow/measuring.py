"""Measuring: `tf.shape`, `tf.size`, `tf.rank`: whole numbers that answer as TensorFlow's tensors of whole numbers.

    tf.shape(x)[0]            an int, with numpy()
    tf.shape(x)[:-1] * 2      numbers doubled, as a tensor
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.core.symbolic import Symbolic
from nabi.data.strings import Strings

__all__ = ["rank", "shape", "shape_n", "size"]
WHOLE = ("add", "sub", "mul", "floordiv", "mod")


class Size(int):
    """A whole number that answers as a tensor of one.

    Example:
        >>> int((2 * Size(3)).numpy()), Size(3) / 2
        (6, 1.5)
    """

    shape = ()
    ndim = 0
    dtype = torch.int32

    def numpy(self) -> np.int32:
        """It as NumPy's."""
        return np.int32(self)

    def __reduce__(self):
        return int, (int(self),)


class Sizes(tuple):
    """The lengths of a tensor's axes, None where a symbol leaves them open; operators compute number by number.

    Example:
        >>> int(Sizes((2, 3))[0].numpy()), Sizes((2, 3))[-1:], Sizes((2, 3)) * 2
        (2, (3,), tensor([4, 6], dtype=torch.int32))
    """

    dtype = torch.int32
    ndim = 1

    @property
    def shape(self) -> tuple[int]:
        """How many there are."""
        return (len(self),)

    def numpy(self) -> np.ndarray:
        """They as an array."""
        return np.array(tuple(self), np.int32)

    def as_list(self) -> list:
        """They as a list."""
        return list(self)

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return Sizes(found) if isinstance(key, slice) else found if found is None else Size(found)

    def __iter__(self):
        return (one if one is None else Size(one) for one in tuple.__iter__(self))


def whole(name: str) -> Callable:
    """An operator of whole numbers that gives such a number."""
    plain = getattr(int, name)

    def compute(self: int, other: Any) -> Any:
        found = plain(self, other)
        return Size(found) if type(found) is int else found

    return compute


def by_number(plain: Callable, turned: bool = False) -> Callable:
    """An operator of lengths, number by number, as a tensor."""

    def compute(self: Sizes, other: Any) -> Any:
        mine, others = torch.from_numpy(self.numpy()), torch.as_tensor(other)
        return plain(others, mine) if turned else plain(mine, others)

    return compute


for _word in WHOLE:
    setattr(Size, f"__{_word}__", whole(f"__{_word}__"))
    setattr(Size, f"__r{_word}__", whole(f"__r{_word}__"))
for _word in (*WHOLE, "truediv"):
    setattr(Sizes, f"__{_word}__", by_number(getattr(operator, _word)))
    setattr(Sizes, f"__r{_word}__", by_number(getattr(operator, _word), turned=True))


def shape(input: Any, out_type: Any = None, name: str | None = None) -> Sizes:
    """The lengths of the axes; None for those that a symbol leaves open."""
    found = input.shape if isinstance(input, (Symbolic, Strings)) or hasattr(input, "shape") else ops.shape(input)
    return Sizes(int(n) if n is not None else None for n in found)


def shape_n(input: Any, out_type: Any = None, name: str | None = None) -> list[Sizes]:
    """The lengths of the axes of several tensors."""
    return [shape(one) for one in input]


def size(input: Any, out_type: Any = None, name: str | None = None) -> Size:
    """Number of elements."""
    return Size(int(np.prod([n for n in shape(input) if n is not None])))


def rank(input: Any, name: str | None = None) -> Size:
    """How many axes a tensor or symbol has."""
    return Size(len(shape(input)))
