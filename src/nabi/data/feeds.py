"""Feeds: where the batches of an epoch come from: arrays in memory, objects with numbered batches, or generators.

A feed knows how many `steps` an epoch has (None: it ends by itself), and gives `batches(order, start)` from step `start` on.
Order is a function of seed and epoch, so a resumed epoch goes on where it stopped.
"""

from collections.abc import Iterator

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError
from nabi.data.batch import Batch, as_list, same_length


class ArrayFeed:
    """Samples in memory, gathered batch by batch.

    Args:
        x, y, w: lists of tensors whose first axes count the samples; `w` may hold None.
        batch_size: samples a batch; the last one may be smaller.
    """

    exact = True  # an epoch can be taken up at any step

    def __init__(self, x: list, y: list, w: list, batch_size: int | None):
        self.x, self.y, self.w = x, y, w
        self.batch_size = 32 if batch_size is None else batch_size
        if not isinstance(self.batch_size, (int, np.integer)) or self.batch_size < 1:
            raise ArgumentError("batch_size", "a whole number above 0", repr(batch_size))
        self.samples = same_length({"x": x, "y": y, "sample_weight": w})
        if self.samples == 0:
            raise DataError("fit/evaluate data", "at least one sample", "none")
        self.steps = -(-self.samples // self.batch_size)

    def count(self) -> int:
        """What a permutation orders: the samples."""
        return self.samples

    def state(self) -> None:
        """What a checkpoint keeps besides the step: nothing, since batches are a function of order and step."""

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch from step `start` on; `order` is a permutation of the samples or None."""
        index = None if order is None else torch.from_numpy(order)
        for begin in range(start * self.batch_size, self.samples, self.batch_size):
            end = begin + self.batch_size

            def pick(t, begin=begin, end=end):
                if t is None:
                    return None
                return t[begin:end] if index is None else t.index_select(0, index[begin:end])

            yield Batch([pick(t) for t in self.x], [pick(t) for t in self.y], [pick(t) for t in self.w])


class IterableFeed:
    """Batches from a generator, an iterable such as a DataLoader, or an object with `__len__` and `__getitem__` (Keras' Sequence).

    Args:
        source: gives x, (x, y) or (x, y, sample_weight) a batch. With methods `state()` (plain data and arrays) and
            `load_state(state)` it goes on in the middle of an epoch after a resume, as numbered batches do.
        inputs, outputs: names, for dicts.
        steps: batches an epoch; None means until it ends, or its length.
    """

    def __init__(self, source, inputs: list[str], outputs: list[str], steps: int | None):
        self.source, self.inputs, self.outputs = source, inputs, outputs
        self.numbered = hasattr(source, "__getitem__") and hasattr(source, "__len__") and not hasattr(source, "dataset")
        self.endless = iter(source) is source if not self.numbered else False
        self.resumable = hasattr(source, "state") and hasattr(source, "load_state")
        self.exact = self.numbered or self.resumable
        length = len(source) if hasattr(source, "__len__") else None
        self.steps = steps if steps is not None else length
        self.samples = self.batch_size = None

    def count(self) -> int | None:
        """What a permutation orders: numbered batches; nothing for generators."""
        return len(self.source) if self.numbered else None

    def state(self):
        """Where the source stands, if it can tell."""
        return self.source.state() if self.resumable else None

    def load_state(self, state) -> None:
        """Lets the source go on from there."""
        self.source.load_state(state)

    def batches(self, order: np.ndarray | None = None, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch; generators go on where the last epoch stopped."""
        if self.numbered:
            numbers = range(len(self.source)) if order is None else order
            for number in list(numbers)[start:self.steps]:
                yield self.batch(self.source[int(number)])
            if hasattr(self.source, "on_epoch_end"):
                self.source.on_epoch_end()
            return
        given = start
        for item in self.source:
            yield self.batch(item)
            given += 1
            if self.steps is not None and given >= self.steps:
                return

    def batch(self, item) -> Batch:
        """One item of the source as a batch."""
        parts = item if isinstance(item, tuple) else (item,)
        if not 1 <= len(parts) <= 3:
            raise DataError("generator", "x, (x, y) or (x, y, sample_weight)", f"{len(parts)} parts")
        x = as_list(parts[0], self.inputs, "generator x")
        y = as_list(parts[1], self.outputs, "generator y") if len(parts) > 1 else []
        w = weights_for(parts[2] if len(parts) > 2 else None, self.outputs, len(y))
        same_length({"x": x, "y": y})
        return Batch(x, y, w)


def weights_for(sample_weight, names: list[str], count: int) -> list:
    """Sample weights as one entry an output; one array serves all outputs."""
    if sample_weight is None:
        return [None] * count
    if isinstance(sample_weight, dict):
        return [None if sample_weight.get(n) is None else as_list(sample_weight[n], [n], "sample_weight")[0] for n in names]
    if isinstance(sample_weight, (list, tuple)) and len(names) > 1 and len(sample_weight) == len(names):
        return [None if w is None else as_list(w, ["w"], "sample_weight")[0] for w in sample_weight]
    return as_list(sample_weight, ["w"], "sample_weight") * count


def is_iterable_source(x) -> bool:
    """Whether x gives batches by itself (generator, DataLoader, Sequence) rather than being an array."""
    if x is None or isinstance(x, (np.ndarray, torch.Tensor, list, tuple, dict)) or hasattr(x, "__array__"):
        return False
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def make_feed(x, y, sample_weight, batch_size, inputs: list[str], outputs: list[str], steps: int | None = None):
    """The feed for what `fit`, `evaluate` or `predict` was given."""
    if is_iterable_source(x):
        if y is not None:
            raise ArgumentError("y", "None, since x is a generator of (x, y) batches", type(y).__name__)
        return IterableFeed(x, inputs, outputs, steps)
    tensors = as_list(x, inputs, "x")
    targets = as_list(y, outputs, "y")
    weights = weights_for(sample_weight, outputs, len(targets))
    return ArrayFeed(tensors, targets, weights, batch_size)
