"""View: a stream that is rows of tables in some order, so that shuffling, taking and repeating only move their numbers.

    from_tensor_slices((x, y)).shuffle(60000).repeat().batch(128)     numbers are permuted and cut, then x[numbers], y[numbers]

A function that `map` is given stands behind the rows. It is called for a whole batch through `torch.vmap`, which means the same
as calling it for each row, wherever that can be done and two rows prove it; a function that draws random numbers, looks at
values or reads files is called row by row.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import torch

from nabi.core import random as own_random
from nabi.core.random import DRAW, stream
from nabi.data.strings import Strings
from nabi.data.structure import as_element, copied, each, leaves, sliced, stacked
from nabi.data.threads import on_threads

INFINITE, UNKNOWN = -1, -2
AT_A_TIME = 16  # elements that several threads compute before the first of them is given
Numbers = Iterator[np.ndarray]  # of rows, in pieces of any length


class Table:
    """Leaves whose first axes count rows; `make` is called at the first use.

    Args:
        make: gives an element whose leaves have `len` and `index_select`-like access, see `taken`.
    """

    def __init__(self, make: Callable[[], Any]):
        self.make, self.element, self.known = make, None, False

    def get(self) -> Any:
        """The leaves in their form."""
        if not self.known:
            self.element, self.known = self.make(), True
        return self.element


def taken(leaf: Any, numbers: np.ndarray) -> Any:
    """Rows of a leaf: a tensor, Strings, or an object with a method `take`."""
    if isinstance(leaf, torch.Tensor):
        if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1 and (np.diff(numbers) == 1).all():
            return leaf[int(numbers[0]) : int(numbers[-1]) + 1].clone()
        return leaf.index_select(0, torch.from_numpy(numbers))
    return leaf[numbers] if isinstance(leaf, Strings) else leaf.take(numbers)


class Mapped:
    """A function of elements that can take a batch at once, where `torch.vmap` and two rows say so.

    Args:
        function: called with the parts of a tuple, or with the element.
        threads: whether rows may be computed on several threads.
    """

    def __init__(self, function: Callable, threads: bool = False):
        self.function, self.threads, self.at_once = unlisted(function), threads, None

    def one(self, element: Any) -> Any:
        """The function of one element."""
        element = copied(element)
        return as_element(self.function(*element) if isinstance(element, tuple) else self.function(element))

    def each(self, elements: list) -> list:
        """The function of some elements."""
        return on_threads(self.one, elements) if self.threads else [self.one(element) for element in elements]

    def takes(self, batch: Any) -> bool:
        """Whether one call does for all rows of a batch; the first one is asked."""
        if self.at_once is None:
            self.at_once = self.proved(batch)
        return self.at_once

    def by_vmap(self, batch: Any) -> Any:
        """All rows in one call."""
        batch = copied(batch)
        with torch.no_grad():
            return torch.vmap(lambda *parts: self.function(*parts))(*batch) if isinstance(batch, tuple) else torch.vmap(
                self.function)(batch)

    def proved(self, batch: Any) -> bool:
        """Whether one call for all rows gives what the first and the last row give alone, and draws no random number."""
        if not all(isinstance(leaf, torch.Tensor) for leaf in leaves(batch)):
            return False
        before = drawn()
        try:
            y = self.by_vmap(batch)
            if drawn() != before or not all(isinstance(leaf, torch.Tensor) for leaf in leaves(y)):
                return False
            if not all(same(*pair) for pair in zip(leaves(y), leaves(self.by_vmap(batch)), strict=True)):
                return False  # a generator of random numbers of its own
            for row in (0, -1):
                alone, found = leaves(self.one(sliced(batch, row))), leaves(sliced(y, row))
                if len(alone) != len(found) or not all(same(*pair) for pair in zip(alone, found, strict=True)):
                    return False
        except (RuntimeError, TypeError, ValueError, AttributeError, IndexError, KeyError, NotImplementedError):
            return False  # whatever the function does that a batch cannot: row by row it works, or says what is wrong
        return True


def unlisted(function: Callable) -> Callable:
    """The function; a list that it gives is a tuple of tensors, as in TensorFlow."""
    def call(*parts: Any) -> Any:
        made = function(*parts)
        return tuple(made) if isinstance(made, list) else made

    return call


def alike(elements: list) -> bool:
    """Whether the leaves of all elements have one shape."""
    return len({tuple(tuple(getattr(leaf, "shape", ())) for leaf in leaves(element)) for element in elements}) == 1


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Whether two tensors agree up to rounding."""
    return a.shape == b.shape and a.dtype == b.dtype and (
        torch.allclose(a, b, 1e-5, 1e-6, equal_nan=True) if a.is_floating_point() else torch.equal(a, b))


def drawn() -> tuple:
    """Where all generators of random numbers stand."""
    numpys: Any = np.random.get_state()
    return (own_random._State.drawn, random.getstate(), numpys[1].tobytes(), numpys[2], torch.get_rng_state().numpy().tobytes())


@dataclass(frozen=True)
class View:
    """Rows of a table in the order of `numbers()`, then the functions of `maps`.

    Attributes:
        count: rows, INFINITE where they do not end.
        plain: whether the order is 0, 1, 2 ... without functions.
    """

    table: Table
    numbers: Callable[[], Numbers]
    count: int
    maps: tuple[Mapped, ...] = ()
    plain: bool = False

    def mapped(self, function: Mapped) -> "View":
        """With one more function behind."""
        return replace(self, maps=(*self.maps, function), plain=False)

    def ordered(self, change: Callable[[Numbers], Numbers], count: int) -> "View":
        """With other numbers."""
        return replace(self, numbers=lambda: change(self.numbers()), count=count, plain=False)

    def batches(self, size: int, drop_remainder: bool = False) -> Iterator[Any]:
        """Batches of rows."""
        for numbers in pieces(self.numbers(), size):
            if len(numbers) == size or not drop_remainder:
                yield self.through(each(lambda leaf: taken(leaf, numbers), self.table.get()))  # noqa: B023

    def through(self, batch: Any) -> Any:
        """A batch behind all functions; between two of them its elements may have different shapes."""
        found: list | None = None  # its elements, one by one
        for function in self.maps:
            if found is not None and function.at_once is not False and alike(found):
                batch, found = stacked(found), None
            if found is None and function.takes(batch):
                batch = function.by_vmap(batch)
            else:
                found = function.each(found or [sliced(batch, row) for row in range(len(leaves(batch)[0]))])
        return batch if found is None else stacked(found)

    def elements(self) -> Iterator[Any]:
        """One row after the other."""
        size = AT_A_TIME if any(function.threads for function in self.maps) else 1
        for numbers in pieces(self.numbers(), size):
            batch = each(lambda leaf: taken(leaf, numbers), self.table.get())  # noqa: B023
            found = [sliced(batch, row) for row in range(len(numbers))]
            for function in self.maps:
                found = function.each(found)
            yield from found


def counted(n: int) -> Numbers:
    """0 ... n - 1."""
    yield np.arange(n)


def pieces(numbers: Numbers, size: int) -> Numbers:
    """The same numbers in pieces of one size, the last one of what is left.

    Example:
        >>> [piece.tolist() for piece in pieces(iter([np.arange(3), np.arange(4)]), 3)]
        [[0, 1, 2], [0, 1, 2], [3]]
    """
    rest = np.empty(0, np.int64)
    for piece in numbers:
        rest = np.concatenate([rest, piece]) if len(rest) else piece
        whole = len(rest) // size * size
        for start in range(0, whole, size):
            yield rest[start : start + size]
        rest = rest[whole:]
    if len(rest):
        yield rest


def some(numbers: Numbers, first: int, last: int | None) -> Numbers:
    """The numbers at the places first ... last - 1."""
    place = 0
    for piece in numbers:
        yield piece[max(first - place, 0) : None if last is None else max(last - place, 0)]
        place += len(piece)
        if last is not None and place >= last:
            return


def repeated(numbers: Callable[[], Numbers], times: int) -> Numbers:
    """The numbers again and again; -1 without an end."""
    while times:
        yield from numbers()
        times -= times > 0


class Shuffle:
    """The order of a shuffled stream: each pass draws from f(seed, number of the pass).

    Args:
        buffer_size: how many elements wait to be drawn.
        seed: None for one of nabi's own.
        again: whether each pass has an order of its own.
    """

    def __init__(self, buffer_size: int, seed: int | None, again: bool):
        self.buffer_size, self.again, self.passes = int(buffer_size), again, 0
        self.seed = own_random.fresh_seed() if seed is None else int(seed)

    def generator(self) -> np.random.Generator:
        """The random numbers of the next pass."""
        number, self.passes = self.passes if self.again else 0, self.passes + 1
        return stream(self.seed, DRAW, number)

    def of(self, items: Iterator[Any]) -> Iterator[Any]:
        """Items, each drawn from those that wait."""
        rng, waiting = self.generator(), []
        for item in items:
            if len(waiting) < self.buffer_size:
                waiting.append(item)
                continue
            place = int(rng.random() * self.buffer_size)
            yield waiting[place]
            waiting[place] = item
        for place in rng.permutation(len(waiting)):
            yield waiting[place]

    def of_numbers(self, numbers: Numbers, count: int) -> Numbers:
        """The same of rows' numbers; all of them at once where the buffer holds all."""
        if 0 <= count <= self.buffer_size:
            listed = np.concatenate([np.empty(0, np.int64), *numbers])
            yield self.generator().permutation(listed)
            return
        drawn_numbers = self.of(int(number) for piece in numbers for number in piece)
        while piece := list(islice(drawn_numbers, 1024)):
            yield np.array(piece)
