"""Feeds: where batches come from: arrays in memory, objects with numbered batches, or whatever can be iterated.

    ArrayFeed      samples in memory                          order: a permutation of the samples
    NumberedFeed   len(source) batches, source[i] the i-th    order: a permutation of the batches (Keras' Sequence)
    IterableFeed   a generator, a DataLoader                  order: its own

A *pass* goes over the data once. `length` is the number of its batches (None: not known beforehand), `count` the number of things
that a permutation orders, `exact` says whether a pass can be taken up at any of its batches.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, Unwritten
from nabi.core.rows import Part
from nabi.data.ahead import ahead
from nabi.data.batch import Batch, as_batch, same_length


class Feed:
    """Base of feeds: what a fit asks of them, and answers that most of them give.

    Attributes:
        samples: number of samples, None if unknown. `batch_size`: samples a batch, likewise.
        length: batches of a pass, None if unknown. `count`: what a permutation orders, None if nothing.
        exact: whether a pass can be taken up at any of its batches.
    """

    samples: Any = None
    batch_size: Any = None
    length: Any = None
    count: Any = None
    exact = True

    def first(self) -> Batch:
        """What a model is built for; it is not used up."""
        raise Unwritten(self, "first(self)")

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one pass from number `start` on; `order` is a permutation of what `count` counts, or None."""
        raise Unwritten(self, "batches(self, order=None, start=0)")

    def restart(self) -> None:
        """The next pass starts anew, where the source can; by default every pass does."""

    def finish_epoch(self) -> None:
        """Tells the source that an epoch is over, if it wants to know."""

    def state(self) -> Any:
        """What a checkpoint keeps besides the step: by default nothing, since batches are a function of order and number."""
        return None

    def load_state(self, state: Any) -> None:
        """Lets the source go on from there."""


class ArrayFeed(Feed):
    """Samples in memory, gathered batch by batch.

    Args:
        x, y, w: lists of tensors whose first axes count the samples; `w` may hold None.
        batch_size: samples a batch; the last one may be smaller. None means 32.

    Raises:
        ArgumentError: no whole batch size. ShapeError: arrays of different lengths. DataError: no sample.
    """

    def __init__(self, x: list, y: list, w: list, batch_size: int | None = None):
        self.x, self.y, self.w = x, y, w
        self.batch_size = 32 if batch_size is None else batch_size
        if not isinstance(self.batch_size, (int, np.integer)) or isinstance(batch_size, bool) or self.batch_size < 1:
            raise ArgumentError("batch_size", "a whole number above 0", repr(batch_size))
        self.samples = self.count = same_length({"x": x, "y": y, "sample_weight": w})
        if self.samples == 0:
            raise DataError("x", "at least one sample", "none")

    @property
    def length(self) -> int:
        """Batches of a pass."""
        return -(-self.samples // self.batch_size)

    def first(self) -> Batch:
        """All samples: what a model is built for and labels are checked by."""
        return Batch(self.x, self.y, self.w)

    def whole(self) -> Batch:
        """All samples as one batch."""
        return self.first()

    def reweighted(self, w: list) -> "ArrayFeed":
        """The same samples with other weights."""
        return ArrayFeed(self.x, self.y, w, self.batch_size)

    def part(self, index: np.ndarray, batch_size: int | None = None) -> "ArrayFeed":
        """Some of the samples; neighbours share the memory."""
        together = index[-1] - index[0] + 1 == len(index)
        place = slice(int(index[0]), int(index[-1]) + 1) if together else torch.from_numpy(index)
        return ArrayFeed(taken(self.x, place), taken(self.y, place), taken(self.w, place), batch_size or self.batch_size)

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one pass from number `start` on; `order` is a permutation of the samples or None."""
        index = None if order is None else torch.from_numpy(order)
        for begin in range(start * self.batch_size, self.samples, self.batch_size):
            place = slice(begin, begin + self.batch_size)
            chosen = place if index is None else index[place]
            numbers = range(self.samples)[place] if order is None else order[place]
            yield Batch(taken(self.x, chosen), taken(self.y, chosen), taken(self.w, chosen), numbers)


def taken(side: list, place: slice | torch.Tensor) -> list:
    """The samples at `place` of each tensor of a side; where it is a slice they share the memory.

    Picking 512 of CIFAR-10's pictures takes 0.03 ms as bytes, 0.09 ms as float32, on two threads; the kernel that scales, flips
    and moves them 0.7 ms. Letting that kernel pick them itself saved 0.1 ms of a step of 100, so it does not.
    """
    return [None if t is None else t[place] if isinstance(place, slice) else t.index_select(0, place) for t in side]


class NumberedFeed(Feed):
    """Batches by number, from an object with `__len__` and `__getitem__`; its method `on_epoch_end`, if any, is called.

    Args:
        source: `source[i]` gives x, (x, y) or (x, y, sample_weight). With an attribute `lookahead` = True the next batch is made
            on a thread of its own.
        inputs, outputs: names, for dicts.
    """

    def __init__(self, source: Any, inputs: list[str], outputs: list[str]):
        self.source, self.inputs, self.outputs = source, inputs, outputs

    @property
    def length(self) -> int:
        """Batches of a pass; a Sequence may change it between epochs."""
        return len(self.source)

    @property
    def count(self) -> int:
        """What a permutation orders: the batches."""
        return self.length

    def read(self, item: Any) -> Batch:
        """What the source gave as a batch."""
        return as_batch(item, self.inputs, self.outputs)

    def peek(self) -> Any:
        """What the source gives first, as it comes."""
        return self.source[0]

    def first(self) -> Batch:
        """The batch number 0."""
        return self.read(self.peek())

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one pass from number `start` on; `order` is a permutation of their numbers or None."""
        numbers = (place if order is None else int(order[place]) for place in range(start, self.length))
        take = self.source.__getitem__
        for item in ahead(take, numbers) if getattr(self.source, "lookahead", False) is True else map(take, numbers):
            yield self.read(item)

    def finish_epoch(self) -> None:
        """Tells the source that an epoch is over."""
        if hasattr(self.source, "on_epoch_end"):
            self.source.on_epoch_end()


class IterableFeed(Feed):
    """Batches as they come. An iterator (a generator) goes on where it stood; other things (a DataLoader) are iterated anew.

    Args:
        source: gives x, (x, y) or (x, y, sample_weight) a batch. With methods `state()` (plain data and arrays) and
            `load_state(state)` it goes on in the middle of an epoch after a resume, as numbered batches do.
        inputs, outputs: names, for dicts.
    """

    def __init__(self, source: Any, inputs: list[str], outputs: list[str]):
        self.source, self.inputs, self.outputs = source, inputs, outputs
        self.exact = hasattr(source, "state") and hasattr(source, "load_state")
        self.restart()

    @property
    def length(self) -> int | None:
        """Batches of a pass, if the source tells."""
        try:
            return len(self.source)
        except TypeError:  # a DataLoader has a length only if its data have one
            return None

    def restart(self) -> None:
        """The next pass starts anew, where the source can."""
        self.running: Iterator | None = None
        self.ahead: list[Any] = []  # what was looked at and not yet given

    def read(self, item: Any) -> Batch:
        """An item as a batch."""
        return as_batch(item, self.inputs, self.outputs)

    def peek(self) -> Any:
        """What the source gives next, as it comes; it stays the next.

        Raises:
            DataError: there is nothing more.
        """
        if not self.ahead:
            running = self.running = iter(self.source) if self.running is None else self.running
            self.ahead = list(islice(running, 1))
        if not self.ahead:
            raise DataError("x", "at least one batch", f"a {type(self.source).__name__} that gave none")
        return self.ahead[0]

    def first(self) -> Batch:
        """The next batch, which stays the next one."""
        return self.read(self.peek())

    def batches(self, order: None = None, start: int = 0) -> Iterator[Batch]:
        """The batches up to the end of the source; one that was not read to its end goes on."""
        while self.ahead:
            yield self.read(self.ahead.pop())
        running = self.running = iter(self.source) if self.running is None else self.running
        for item in running:
            yield self.read(item)
        self.running = None

    def state(self) -> Any:
        """Where the source stands, if it can tell."""
        return self.source.state() if self.exact else None

    def load_state(self, state: Any) -> None:
        """Lets the source go on from there."""
        self.restart()
        self.source.load_state(state)


def is_iterable_source(x: Any) -> bool:
    """Whether x gives batches by itself (generator, DataLoader, Sequence) rather than being an array."""
    if x is None or isinstance(x, (np.ndarray, torch.Tensor, list, tuple, dict, str, bytes, Part)) or hasattr(x, "__array__"):
        return False
    return hasattr(x, "__iter__") or is_numbered(x)


def is_numbered(x: Any) -> bool:
    """Whether x has batches by number; a DataLoader, which has only a length, has not."""
    return hasattr(x, "__getitem__") and hasattr(x, "__len__")
