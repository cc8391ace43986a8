"""Grouping: streams whose elements are gathered by a key or a length, and streams made of several or of nothing.

    stream.bucket_by_sequence_length(len_of, [3, 5], [2, 2, 2])      texts of like length in one batch, so that little is padding
    stream.group_by_window(key, lambda key, group: group.batch(4), 4)

Source: TensorFlow 2.19, python/data/ops/dataset_ops.py and group_by_window_op.py: what is left at the end comes by key.
"""

import bisect
import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import DRAW, fresh_seed, stream
from nabi.data import written
from nabi.data.structure import each, leaves
from nabi.data.view import INFINITE, UNKNOWN


class Grouping:
    """Methods of `nabi.data.stream.Dataset`, which is the only class made of this one."""

    def __init__(self, run: Callable[[], Iterator[Any]], count: int = UNKNOWN, works: bool = False):
        self.run, self.count, self.works = run, count, works

    def __iter__(self) -> Iterator[Any]:
        return iter(self.run())

    def other(self, run: Callable[[], Iterator[Any]], count: int = UNKNOWN, **kwargs: Any) -> Any:
        """A stream of the same class."""
        return type(self)(run, count, **kwargs)

    def group_by_window(self, key_func: Callable, reduce_func: Callable, window_size: Any = None,
                        window_size_func: Callable | None = None, name: str | None = None) -> Any:
        """The elements of reduce_func(key, stream of `window_size` elements of that key), as soon as there are so many.

        Raises ArgumentError unless one of window_size and window_size_func is given.
        """
        if (window_size is None) == (window_size_func is None):
            raise ArgumentError("Dataset.group_by_window", "one of window_size and window_size_func",
                                "none" if window_size is None else "both")

        def run() -> Iterator[Any]:
            waiting: dict[int, list] = {}
            sizes: dict[int, int] = {}
            for element in self:
                key = int(key_func(*element) if isinstance(element, tuple) else key_func(element))
                if key not in sizes:
                    sizes[key] = int(window_size if window_size_func is None else window_size_func(key))
                waiting.setdefault(key, []).append(element)
                if len(waiting[key]) == sizes[key]:
                    yield from reduce_func(torch.tensor(key), listed(waiting.pop(key)))
            for key in sorted(waiting):
                yield from reduce_func(torch.tensor(key), listed(waiting[key]))

        def listed(group: list) -> Any:
            return self.other(lambda: iter(group), len(group), works=True)

        return self.other(run, works=True)

    def bucket_by_sequence_length(self, element_length_func: Callable, bucket_boundaries: Sequence[int],
                                  bucket_batch_sizes: Sequence[int], padded_shapes: Any = None, padding_values: Any = None,
                                  pad_to_bucket_boundary: bool = False, no_padding: bool = False, drop_remainder: bool = False,
                                  name: str | None = None) -> Any:
        """Batches of elements whose lengths lie between two boundaries; each is as long as its longest, or as its bucket.

        Args:
            element_length_func: gives an element's length.
            bucket_boundaries: lengths that part the buckets: below the first, from the first to below the second, ...
            bucket_batch_sizes: elements a batch, one number more than boundaries.
            padded_shapes, padding_values: see `padded_batch`.
            pad_to_bucket_boundary: fills open axes up to the bucket's boundary - 1.
            no_padding: elements have one shape already.
            drop_remainder: leaves out what does not fill a batch in the end.

        Raises ArgumentError.
        """
        edges, sizes = [int(edge) for edge in bucket_boundaries], [int(size) for size in bucket_batch_sizes]
        if len(sizes) != len(edges) + 1:
            raise ArgumentError("Dataset.bucket_by_sequence_length(bucket_batch_sizes)", f"{len(edges) + 1} numbers", len(sizes))

        def bucket(*element: Any) -> int:
            return bisect.bisect_right(edges, int(element_length_func(*element)))

        def batched(key: Any, group: Any) -> Any:
            place = int(key)
            if no_padding:
                return group.batch(sizes[place], drop_remainder=drop_remainder)
            shapes = padded_shapes
            if pad_to_bucket_boundary:
                if place == len(edges):
                    raise ArgumentError("Dataset.bucket_by_sequence_length(pad_to_bucket_boundary)",
                                        f"elements shorter than {edges[-1]}", "a longer one", "Add a boundary.")
                first = next(iter(group))
                shapes = [[edges[place] - 1] * leaf.ndim for leaf in leaves(first)] if shapes is None else each(
                    lambda size: edges[place] - 1 if size is None else size, shapes)
                shapes = shapes[0] if padded_shapes is None and not isinstance(first, (tuple, dict)) else shapes
            return group.padded_batch(sizes[place], shapes, padding_values, drop_remainder)

        return self.group_by_window(bucket, batched, window_size_func=lambda place: sizes[place])

    def snapshot(self, path: Any = None, *options: Any, **more: Any) -> Any:
        """The stream itself: nothing is written; `cache` keeps what a pass computes."""
        return copy.copy(self)

    def save(self, path: Any, compression: Any = None, shard_func: Any = None, checkpoint_args: Any = None) -> None:
        """Writes all elements into a folder, see `nabi.data.written`."""
        written.write(self, path)

    @classmethod
    def load(cls, path: Any, element_spec: Any = None, compression: Any = None, reader_func: Any = None) -> Any:
        """The stream of a folder that `save` wrote. Raises FileError."""
        count, run = written.read(path)
        return cls(run, count, works=True)

    def ignore_errors(self, log_warning: bool = False, name: str | None = None) -> Any:
        """The stream itself: an error of a function stays one."""
        return copy.copy(self)

    @classmethod
    def sample_from_datasets(cls, datasets: Any, weights: Any = None, seed: Any = None, stop_on_empty_dataset: bool = False,
                             rerandomize_each_iteration: Any = None) -> Any:
        """Elements of several streams, each time of one drawn by its weight."""
        streams = list(datasets)
        count = UNKNOWN if stop_on_empty_dataset else total([one.count for one in streams])
        return cls(lambda: mixed(streams, weights, seed, stop_on_empty_dataset), count, works=True)

    @classmethod
    def choose_from_datasets(cls, datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True) -> Any:
        """Elements of several streams, each time of the one whose number a stream gives."""
        return cls(lambda: chosen(list(datasets), choice_dataset), works=True)

    @classmethod
    def random(cls, seed: Any = None, rerandomize_each_iteration: Any = None, name: str | None = None) -> Any:
        """Random whole numbers from 0 to 2^32 - 1, without an end; a seed gives the same ones in each pass."""
        def run() -> Iterator[torch.Tensor]:
            rng = stream(fresh_seed() if seed is None else int(seed), DRAW)
            while True:
                yield from torch.from_numpy(rng.integers(0, 2**32, 64, dtype=np.int64))

        return cls(run, INFINITE, works=True)

    @classmethod
    def counter(cls, start: Any = 0, step: Any = 1, dtype: Any = torch.int64, name: str | None = None) -> Any:
        """start, start + step, ... without an end."""
        return cls(lambda: (torch.tensor(n, dtype=dtype) for n in itertools.count(int(start), int(step))), INFINITE, works=True)


def mixed(streams: list, weights: Any = None, seed: int | None = None, stop_on_empty: bool = False) -> Iterator[Any]:
    """Elements of several streams, each time of one that is drawn by its weight, until all are (or one is) at their end."""
    rng, running = stream(fresh_seed() if seed is None else int(seed), DRAW), [iter(one) for one in streams]
    shares = np.full(len(streams), 1.0) if weights is None else np.array([float(weight) for weight in weights])
    end = object()
    while shares.sum() > 0:
        place = int(rng.choice(len(running), p=shares / shares.sum()))
        element = next(running[place], end)
        if element is not end:
            yield element
        elif stop_on_empty:
            return
        else:
            shares[place] = 0


def chosen(streams: list, choice: Any) -> Iterator[Any]:
    """Elements of several streams, each time of the one whose number `choice` gives."""
    running = [iter(one) for one in streams]
    for number in choice:
        found = list(itertools.islice(running[int(number)], 1))
        if not found:
            return
        yield from found


def total(counts: list[int]) -> int:
    """The number of elements of streams together."""
    return INFINITE if INFINITE in counts else UNKNOWN if UNKNOWN in counts else sum(counts)
