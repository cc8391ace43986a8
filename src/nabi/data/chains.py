"""Chains: what streams offer that goes element by element: windows, nested streams, padding, filters, folds."""

import copy
import glob
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, NabiError, ShapeError
from nabi.core.random import DRAW, fresh_seed, stream
from nabi.core.warning import warn
from nabi.data.grouping import Grouping
from nabi.data.strings import Strings
from nabi.data.structure import as_element, each, leaves, of_specs, rows, sliced, stacked

FAILURES = ArithmeticError, LookupError, NabiError, OSError, RuntimeError, TypeError, ValueError  # of a function of the user's


class Chains(Grouping):
    """Methods of `nabi.data.stream.Dataset`, which is the only class made of this one.

    Attributes:
        count, view, works, batched: see there.
    """

    count: int
    works: bool
    batched: bool
    unmapped: Callable[[], tuple[Any, list]]

    def called(self, function: Callable, element: Any) -> Any:
        """A function with the parts of a tuple, or with the element."""
        return function(*element) if isinstance(element, tuple) else function(element)

    def filter(self, predicate: Callable, name: str | None = None) -> Any:
        """The elements for which predicate is true."""
        return self.other(lambda: (e for e in self if bool(self.called(predicate, e))), works=True, batched=self.batched)

    def ignore_errors(self, log_warning: bool = False, name: str | None = None) -> Any:
        """The elements that can be made: one at which a function of `map` fails, or a file that it reads, is left out.

        With log_warning each failure is said.
        """
        source, functions = self.unmapped()

        def run() -> Iterator[Any]:
            for element in source:
                try:
                    for function in functions:
                        element = function.one(element)
                except FAILURES as error:
                    if log_warning:
                        warn(f"Dataset.ignore_errors: an element is left out: {error}")
                else:
                    yield element

        return self.other(run, works=True, batched=self.batched)

    def take_while(self, predicate: Callable, name: str | None = None) -> Any:
        """The elements up to the first one for which predicate is false."""
        return self.other(lambda: itertools.takewhile(lambda e: bool(self.called(predicate, e)), iter(self)), works=True)

    def enumerate(self, start: int = 0, name: str | None = None) -> Any:
        """(number, element) of each."""
        return self.other(lambda: ((torch.tensor(start + n), e) for n, e in enumerate(self)), self.count, works=True)

    def unbatch(self, name: str | None = None) -> Any:
        """The rows of each element."""
        return self.other(lambda: (sliced(e, row) for e in self for row in range(rows(e))), works=True)

    def rebatch(self, batch_size: Any, drop_remainder: bool = False, name: str | None = None) -> Any:
        """The rows of each element in batches of another size, or of several sizes in turn."""
        if np.ndim(batch_size) == 0:
            return self.unbatch().batch(batch_size, drop_remainder=drop_remainder)

        def run() -> Iterator[Any]:
            elements = iter(self.unbatch())
            for size in itertools.cycle([int(n) for n in batch_size]):
                piece = list(itertools.islice(elements, size))
                if not piece or drop_remainder and len(piece) < size:
                    return
                yield stacked(piece)

        return self.other(run, works=True)

    def shard(self, num_shards: int, index: int, name: str | None = None) -> Any:
        """Every num_shards-th element, from `index` on."""
        n = self.count if self.count < 0 else len(range(int(index), self.count, int(num_shards)))
        return self.other(lambda: itertools.islice(iter(self), int(index), None, int(num_shards)), n, works=self.works)

    def flat_map(self, map_func: Callable, name: str | None = None) -> Any:
        """The elements of the streams that map_func gives, one stream after the other."""
        return self.other(lambda: (inner for e in self for inner in self.called(map_func, e)), works=True)

    def interleave(self, map_func: Callable, cycle_length: int | None = None, block_length: int | None = None,
                   num_parallel_calls: Any = None, deterministic: Any = None, name: str | None = None) -> Any:
        """The elements of the streams that map_func gives, `block_length` of each of `cycle_length` streams in turn."""
        width, block = (16 if cycle_length in (None, -1) else int(cycle_length)), int(block_length or 1)

        def run() -> Iterator[Any]:
            waiting = (iter(self.called(map_func, e)) for e in self)
            turning = list(itertools.islice(waiting, width))
            while turning:
                for place, inner in enumerate(list(turning)):
                    found = list(itertools.islice(inner, block))
                    yield from found
                    if len(found) < block:
                        turning[place] = next(waiting, None)  # type: ignore[call-overload]
                turning = [inner for inner in turning if inner is not None]

        return self.other(run, works=True)

    def window(self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: bool = False, name: str | None = None) -> Any:
        """Streams of `size` elements each, `stride` apart; each begins `shift` elements (None: size) behind the one before."""
        size, shift, stride = int(size), int(size if shift is None else shift), int(stride)
        reach = (size - 1) * stride + 1

        def run() -> Iterator[Any]:
            elements, held = iter(self), []
            while True:
                held += itertools.islice(elements, max(reach - len(held), 0))
                if not held or drop_remainder and len(held) < reach:
                    return
                inside = held[:reach:stride]
                yield each(lambda *parts: self.other(lambda: iter(parts), len(parts)), *inside)
                if shift > len(held):
                    next(itertools.islice(elements, shift - len(held) - 1, None), None)
                held = held[shift:]

        return self.other(run, works=True)

    def padded_batch(self, batch_size: Any, padded_shapes: Any = None, padding_values: Any = None, drop_remainder: bool = False,
                     name: str | None = None) -> Any:
        """Batches whose elements are filled up to the largest of the batch, or to `padded_shapes`, with 0 or `padding_values`."""
        size = int(batch_size)

        def run() -> Iterator[Any]:
            elements = iter(self)
            while piece := list(itertools.islice(elements, size)):
                if len(piece) == size or not drop_remainder:
                    yield padded(piece, padded_shapes, padding_values)

        count = self.count if self.count < 0 else self.count // size if drop_remainder else -(-self.count // size)
        return self.other(run, count, works=True, batched=not drop_remainder)

    def reduce(self, initial_state: Any, reduce_func: Callable, name: str | None = None) -> Any:
        """The last of state = reduce_func(state, element)."""
        state = as_element(initial_state)
        for element in self:
            state = as_element(reduce_func(state, element))
        return state

    def scan(self, initial_state: Any, scan_func: Callable, name: str | None = None) -> Any:
        """The outputs of state, output = scan_func(state, element)."""
        def run() -> Iterator[Any]:
            state = as_element(initial_state)
            for element in self:
                state, output = scan_func(state, element)
                yield as_element(output)

        return self.other(run, self.count, works=True)

    def rejection_resample(self, class_func: Callable, target_dist: Any, initial_dist: Any = None, seed: Any = None,
                           name: str | None = None) -> Any:
        """(class, element) of elements that are kept at random, so that classes occur as often as `target_dist` says.

        An element of class k is kept with a chance of (target_k / initial_k) / max over classes of the same.

        Args:
            class_func: element -> the number of its class.
            target_dist: the classes' shares behind it.
            initial_dist: their shares before; None counts while going.
            seed: of the chances.

        Raises ArgumentError: shares below 0 or all 0; a class that has none.
        """
        target = np.asarray(target_dist, float)
        if target.ndim != 1 or not (target >= 0).all() or not target.any():
            raise ArgumentError("Dataset.rejection_resample(target_dist)", "a share of 0 or more for each class", target_dist)

        def run() -> Iterator[Any]:
            rng = stream(fresh_seed() if seed is None else int(seed), DRAW)
            seen = np.ones(len(target))
            for element in self:
                kind = int(self.called(class_func, element))
                if not 0 <= kind < len(target):
                    raise ArgumentError("Dataset.rejection_resample(class_func)", f"a class from 0 to {len(target) - 1}", kind)
                seen[kind] += initial_dist is None
                share = target / np.maximum(seen / seen.sum() if initial_dist is None else np.asarray(initial_dist, float), 1e-12)
                if rng.random() < share[kind] / share.max():
                    yield torch.tensor(kind), element

        return self.other(run, works=True)

    def unique(self, name: str | None = None) -> Any:
        """Each element once, where it comes first."""
        def run() -> Iterator[Any]:
            seen = set()
            for element in self:
                mark = tuple(str(leaf.numpy().tolist()) if hasattr(leaf.numpy(), "tolist") else leaf.numpy()
                             for leaf in leaves(element))
                if mark not in seen:
                    seen.add(mark)
                    yield element

        return self.other(run, works=True)

    def apply(self, transformation_func: Callable) -> Any:
        """transformation_func(this stream)."""
        return transformation_func(self)

    def options(self) -> Any:
        """Settings of TensorFlow's, which change nothing here."""
        return None

    def with_options(self, options: Any, name: str | None = None) -> Any:
        """The stream itself: TensorFlow's settings change nothing here."""
        return copy.copy(self)

    def make_one_shot_iterator(self) -> "OneShot":
        """TensorFlow 1's iterator."""
        return OneShot(self)

    make_initializable_iterator = make_one_shot_iterator

    @property
    def output_shapes(self) -> Any:
        """TensorFlow 1's word for the shapes in `element_spec`."""
        return of_specs(getattr(self, "element_spec"), "shape")  # noqa: B009

    @property
    def output_types(self) -> Any:
        """TensorFlow 1's word for the dtypes in `element_spec`."""
        return of_specs(getattr(self, "element_spec"), "dtype")  # noqa: B009


class OneShot:
    """An iterator over a stream as TensorFlow has it: `get_next()` and `next()` give the elements, too.

    Args:
        elements: the stream.
    """

    initializer = None

    def __init__(self, elements: Any):
        self.elements = iter(elements)

    def get_next(self) -> Any:
        """The next element."""
        return next(self.elements)

    next = __next__ = get_next

    def __iter__(self) -> Iterator[Any]:
        return self.elements


def padded(piece: list, shapes: Any, values: Any) -> Any:
    """Elements as one batch, each filled up behind; None in a shape is the largest of the batch."""
    parts = list(zip(*(leaves(element) for element in piece), strict=True))
    wanted = [None] * len(parts) if shapes is None else shape_leaves(shapes, len(parts))
    fills = [values] * len(parts) if values is None or np.ndim(values) == 0 and not isinstance(values, dict) else leaves(values)
    done = iter([filled(part, shape, fill) for part, shape, fill in zip(parts, wanted, fills, strict=True)])
    return each(lambda _: next(done), piece[0])


def shape_leaves(shapes: Any, count: int) -> list:
    """The shapes of an element's leaves; a list or tuple of sizes is one shape, a number that of one axis."""
    if isinstance(shapes, dict):
        return [found for part in shapes.values() for found in shape_leaves(part, 1)]
    if shapes is None or isinstance(shapes, (int, np.integer)):
        return [shapes if shapes is None else [int(shapes)]]
    is_shape = all(size is None or isinstance(size, (int, np.integer)) for size in shapes)
    if is_shape and (count == 1 or not isinstance(shapes, tuple)):
        return [list(shapes)]
    return [found for part in shapes for found in shape_leaves(part, 1)]


def filled(part: tuple, shape: Any, fill: Any) -> Any:
    """Leaves as one with an axis in front, filled up behind.

    Raises ShapeError where one is larger than `shape`.
    """
    texts = isinstance(part[0], Strings)
    largest = [max(sizes) for sizes in zip(*(tuple(leaf.shape) for leaf in part), strict=True)]
    sizes = largest if shape is None else [n if size in (None, -1) else int(size)
                                           for size, n in zip(shape, largest, strict=True)]
    if any(n > size for n, size in zip(largest, sizes, strict=True)):
        raise ShapeError("Dataset.padded_batch(padded_shapes)", f"room for {tuple(largest)}", tuple(sizes))
    out: Any = np.full((len(part), *sizes), fill or b"", object) if texts else torch.full(
        (len(part), *sizes), 0 if fill is None else fill, dtype=part[0].dtype)
    for row, leaf in enumerate(part):
        out[(row, *(slice(n) for n in leaf.shape))] = leaf.values if texts else leaf
    return Strings(out) if texts else out


def files(pattern: Any) -> list[str]:
    """Names of files that match a pattern such as "flowers/*/*.jpg", or one of several, sorted.

    Raises ArgumentError where there are none.
    """
    patterns = [str(p) for p in (pattern if isinstance(pattern, (list, tuple, np.ndarray)) else [pattern])]
    found = sorted({name for one in patterns for name in glob.glob(one)})
    if not found:
        raise ArgumentError("Dataset.list_files(file_pattern)", "a pattern that files match", ", ".join(map(repr, patterns)),
                            "Look at the current folder: patterns are relative to it.")
    return found
