"""Mapped: batches from pictures in a memory-mapped file, within a memory budget.

    batch = pixels[numbers[order[b k : b (k + 1)]]]         rows of the file, copied; the parts of a set share it
    more than the budget     the rows are read from the file instead, and nothing of it is held: see `core.memory`

The order is a full permutation of all rows, and a batch is a function of order and number, so a run that stops inside an epoch
goes on bit for bit.
"""

from collections.abc import Iterator

import numpy as np
import torch

from nabi.core.rows import Rows
from nabi.data.batch import Batch, shared
from nabi.data.feeds import ArrayFeed, taken

GLANCE = 64  # pictures that stand for all when data are looked at


class MappedFeed(ArrayFeed):
    """Samples of a mapped file, gathered batch by batch.

    Args:
        rows: the pictures, with their budget.
        y, w: as in `ArrayFeed`.
        batch_size: samples a batch, None means 32.

    Attributes:
        x: a few pictures, spread over all: what the data are looked at by.
    """

    def __init__(self, rows: Rows, y: list, w: list, batch_size: int | None = None):
        super().__init__([rows], y, w, batch_size)
        self.rows, self.window = rows, rows.window
        self.pixels, self.numbers = shared(rows.pixels, "x"), torch.from_numpy(rows.numbers)
        self.few = torch.from_numpy(np.linspace(0, self.samples - 1, min(GLANCE, self.samples)).astype(np.int64))
        self.x = self.gathered(self.few)

    def gathered(self, places: torch.Tensor | slice) -> list[torch.Tensor]:
        """The pictures at some places of the rows, as a list of one tensor."""
        numbers = self.numbers[places]
        if not self.window.is_mapped:
            return [torch.from_numpy(self.window.rows(numbers.numpy()))]
        batch = self.pixels.index_select(0, numbers)
        self.window.touch(batch.numel())
        return [batch]

    def first(self) -> Batch:
        """A few samples, spread over all."""
        return Batch(self.x, taken(self.y, self.few), taken(self.w, self.few))

    def whole(self) -> Batch:
        """All samples, in memory."""
        return Batch(self.gathered(slice(None)), self.y, self.w)

    def part(self, index: np.ndarray, batch_size: int | None = None) -> "MappedFeed":
        """Some of the samples, of the same file."""
        place = torch.from_numpy(index)
        return MappedFeed(self.rows.take(index), taken(self.y, place), taken(self.w, place), batch_size or self.batch_size)

    def reweighted(self, w: list) -> "MappedFeed":
        """The same samples with other weights."""
        return MappedFeed(self.rows, self.y, w, self.batch_size)

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one pass from number `start` on; `order` is a permutation of the samples or None."""
        for begin in range(start * self.batch_size, self.samples, self.batch_size):
            numbers = np.arange(begin, min(begin + self.batch_size, self.samples)) if order is None else order[
                begin:begin + self.batch_size]
            places = torch.from_numpy(numbers)
            yield Batch(self.gathered(places), taken(self.y, places), taken(self.w, places), numbers)
