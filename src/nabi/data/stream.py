"""Stream: what `tf.data.Dataset` is: elements one after the other, and the chains that scripts make of them.

    Dataset.from_tensor_slices((x, y)).shuffle(1000).batch(32).prefetch(AUTOTUNE)

An element is a tensor, or tensors in tuples and dicts. What comes from arrays is shuffled, taken, repeated and batched by row
numbers (`nabi.data.view`), without work for each sample; everything else goes element by element.
Source: TensorFlow 2.19, python/data/ops/dataset_ops.py: names, arguments and meaning.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError
from nabi.data.ahead import ahead
from nabi.data.chains import Chains, OneShot
from nabi.data.structure import as_element, copied, declared, each, leaves, rows, spec, stacked, typed
from nabi.data.view import INFINITE, UNKNOWN, Mapped, Shuffle, Table, View, counted, repeated, some

AUTOTUNE = INFINITE_CARDINALITY = -1
UNKNOWN_CARDINALITY = -2
TRIED = 2  # rows on which a function is tried before all rows are kept
KEPT_AT_ONCE = 1024  # rows that are computed at once when all are kept


class Dataset(Chains):
    """A stream of elements; made by the `from_...` functions and by the methods of other streams.

    Args:
        run: gives an iterator over the elements, anew each time.
        count: number of elements, -1 without an end, -2 unknown.
        view: the same as rows of a table, where it is that.
        works: whether Python works for each element, so that a thread of its own is worth it.
        batched: whether the leaves' first axis counts samples and may be shorter in the end.

    Example:
        >>> stream = Dataset.from_tensor_slices(([1, 2, 3], [0, 1, 0])).map(lambda x, y: (x * 10, y)).batch(2)
        >>> [(x.numpy().tolist(), y.numpy().tolist()) for x, y in stream]
        [([10, 20], [0, 1]), ([30], [0])]
    """

    def __init__(self, run: Callable[[], Iterator[Any]], count: int = UNKNOWN, view: View | None = None, works: bool = False,
                 batched: bool = False):
        self.run, self.count, self.view, self.works, self.batched = run, count, view, works, batched
        self._spec: Any = None
        self.mapped: tuple[Dataset, Mapped] | None = None  # the stream and the function that it is made of

    @classmethod
    def of_view(cls, view: View, works: bool = False) -> "Dataset":
        """A stream of a table's rows."""
        return Dataset(view.elements, view.count, view, works)

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> "Dataset":
        """The rows of arrays: of (x, y) the pairs (x[0], y[0]), (x[1], y[1]) ...

        Raises DataError where their lengths differ.
        """
        element = as_element(tensors)
        n = rows(element)
        return Dataset.of_view(View(Table(lambda: element), lambda: counted(n), n, plain=True))

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> "Dataset":
        """One element."""
        element = as_element(tensors)
        return Dataset(lambda: iter([copied(element)]), 1)

    @staticmethod
    def from_generator(generator: Callable, output_types: Any = None, output_shapes: Any = None, args: Any = None,
                       output_signature: Any = None, name: str | None = None) -> "Dataset":
        """What generator(*args) gives, in the dtypes of `output_types` or of the TensorSpecs in `output_signature`.

        Raises ArgumentError for a generator that runs already: give the function that makes it.
        """
        if not callable(generator):
            raise ArgumentError("Dataset.from_generator(generator)", "a function that gives a generator",
                                f"a {type(generator).__name__}", "Give the function, without calling it.")
        kinds = output_signature if output_signature is not None else output_types

        def run() -> Iterator[Any]:
            return (typed(tuple(item) if isinstance(item, list) and isinstance(kinds, tuple) else item, kinds)
                    for item in generator(*(args or ())))

        made = Dataset(run, works=True)
        if output_signature is not None or output_types is not None and output_shapes is not None:
            made._spec = declared(kinds, output_shapes)
        return made

    @staticmethod
    def range(*args: int, output_type: Any = None, name: str | None = None) -> "Dataset":
        """Whole numbers, as Python's `range`."""
        numbers = torch.arange(*(int(arg) for arg in args))
        return Dataset.from_tensor_slices(typed(numbers, output_type))

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: str | None = None) -> "Dataset":
        """Elements of several streams side by side: zip((a, b)) or zip(a, b); dicts of streams give dicts."""
        form = datasets if datasets is not None else args[0] if len(args) == 1 else tuple(args)
        streams = [stream for stream in leaves(form)]
        views = [stream.view for stream in streams]
        if views and all(view is not None and view.plain for view in views):
            n = min(view.count for view in views)
            table = Table(lambda: each(lambda stream: stream.view.table.get(), form))
            return Dataset.of_view(View(table, lambda: counted(n), n, plain=True))

        def run() -> Iterator[Any]:
            for parts in zip(*(iter(stream) for stream in streams), strict=False):
                ready = iter(parts)
                yield each(lambda _: next(ready), form)  # noqa: B023

        counts = [stream.count for stream in streams]
        finite = [count for count in counts if count >= 0]
        count = UNKNOWN if UNKNOWN in counts else min(finite, default=INFINITE)
        return Dataset(run, count, works=any(stream.works for stream in streams))

    @staticmethod
    def list_files(file_pattern: Any, shuffle: bool | None = None, seed: int | None = None, name: str | None = None) -> "Dataset":
        """Names of files, see `nabi.data.chains.files`; shuffled unless shuffle=False."""
        from nabi.data.chains import files

        found = Dataset.from_tensor_slices(files(file_pattern))
        return found if shuffle is False else found.shuffle(max(found.count, 1), seed)

    def __iter__(self) -> Iterator[Any]:
        return OneShot(self.run())

    def __len__(self) -> int:
        if self.count < 0:
            raise TypeError(f"the length of this stream is {'infinite' if self.count == INFINITE else 'not known beforehand'}")
        return self.count

    def __bool__(self) -> bool:
        return True

    def cardinality(self, name: str | None = None) -> torch.Tensor:
        """Number of elements, -1 without an end, -2 where it is not known."""
        return torch.tensor(self.count)

    @property
    def element_spec(self) -> Any:
        """What an element is like, as TensorSpecs; the first element is made to see it."""
        if self._spec is None:
            self._spec = spec(next(iter(self)), self.batched)
        return self._spec

    def map(self, map_func: Callable, num_parallel_calls: Any = None, deterministic: Any = None, name: str | None = None,
            **kwargs) -> "Dataset":
        """map_func of each element; it is called with the parts of a tuple. With num_parallel_calls on several threads."""
        function = Mapped(map_func, num_parallel_calls not in (None, 0, 1))
        if self.view is not None:
            return Dataset.of_view(self.view.mapped(function), True)

        def run() -> Iterator[Any]:
            if not function.threads or self.batched:
                return map(function.one, self)
            elements = iter(self)
            pieces = iter(lambda: list(itertools.islice(elements, 16)), [])
            return (found for piece in pieces for found in function.each(piece))

        made = Dataset(run, self.count, works=self.works or not self.batched, batched=self.batched)
        made.mapped = self, function
        return made

    def unmapped(self) -> tuple["Dataset", list[Mapped]]:
        """The stream before the functions that `map` put behind it, and these."""
        if self.view is not None:
            view = self.view
            return Dataset.of_view(View(view.table, view.numbers, view.count)), list(view.maps)
        source, functions = (self, []) if self.mapped is None else self.mapped[0].unmapped()
        return source, [*functions, *([] if self.mapped is None else [self.mapped[1]])]

    def shuffle(self, buffer_size: Any, seed: int | None = None, reshuffle_each_iteration: bool | None = None,
                name: str | None = None) -> "Dataset":
        """Elements in a random order, each drawn out of `buffer_size` that wait; another one in each pass.

        Raises ArgumentError for a buffer of nothing.
        """
        if int(buffer_size) < 1:
            raise ArgumentError("Dataset.shuffle(buffer_size)", "a whole number above 0", int(buffer_size))
        order = Shuffle(int(buffer_size), seed, reshuffle_each_iteration is not False)
        if self.view is not None:
            view = self.view
            return Dataset.of_view(view.ordered(lambda numbers: order.of_numbers(numbers, view.count), view.count), self.works)
        return Dataset(lambda: order.of(iter(self)), self.count, None, self.works, self.batched)

    def batch(self, batch_size: Any, drop_remainder: bool = False, num_parallel_calls: Any = None, deterministic: Any = None,
              name: str | None = None) -> "Dataset":
        """`batch_size` elements as one, stacked; the last one may be smaller, or is left out.

        Raises ArgumentError. ShapeError where elements have different shapes.
        """
        size = int(batch_size)
        if size < 1:
            raise ArgumentError("Dataset.batch(batch_size)", "a whole number above 0", size)
        count = self.count if self.count < 0 else self.count // size if drop_remainder else -(-self.count // size)
        if self.view is not None:
            view = self.view
            return Dataset(lambda: view.batches(size, drop_remainder), count, None, self.works, not drop_remainder)

        def run() -> Iterator[Any]:
            elements = iter(self)
            while piece := list(itertools.islice(elements, size)):
                if len(piece) == size or not drop_remainder:
                    yield stacked(piece)

        return Dataset(run, count, None, self.works, not drop_remainder)

    def take(self, count: Any, name: str | None = None) -> "Dataset":
        """The first elements; -1 for all."""
        n = int(count)
        if n < 0:
            return self
        left = n if self.count == INFINITE else min(n, self.count) if self.count >= 0 else UNKNOWN
        if self.view is not None:
            return Dataset.of_view(self.view.ordered(lambda numbers: some(numbers, 0, n), left), self.works)
        return Dataset(lambda: itertools.islice(iter(self), n), left, None, self.works, self.batched)

    def skip(self, count: Any, name: str | None = None) -> "Dataset":
        """All but the first elements; -1 leaves none."""
        n = int(count)
        left = self.count if self.count < 0 else max(self.count - n, 0)
        if n < 0:
            return self.take(0)
        if self.view is not None:
            return Dataset.of_view(self.view.ordered(lambda numbers: some(numbers, n, None), left), self.works)
        return Dataset(lambda: itertools.islice(iter(self), n, None), left, None, self.works, self.batched)

    def repeat(self, count: Any = None, name: str | None = None) -> "Dataset":
        """The stream `count` times; None or -1 without an end."""
        times = 0 if self.count == 0 else INFINITE if count is None else int(count)
        total = INFINITE if times < 0 else self.count * times if self.count >= 0 else self.count
        if self.view is not None:
            view = self.view
            return Dataset.of_view(View(view.table, lambda: repeated(view.numbers, times), total, view.maps), self.works)

        def run() -> Iterator[Any]:
            passes = itertools.count() if times < 0 else range(times)
            for _ in passes:
                empty = True
                for element in self:
                    empty = False
                    yield element
                if empty:  # it would go on for ever
                    return

        return Dataset(run, total, None, self.works, self.batched)

    def cache(self, filename: Any = "", name: str | None = None) -> "Dataset":
        """What a first pass computes is kept in memory for the next ones; a file's name is passed over."""
        view = self.view
        if view is not None and view.count > 0 and (not view.maps or self.stacks()):
            table = Table(lambda: joined(list(view.batches(KEPT_AT_ONCE))))
            return Dataset.of_view(View(table, lambda: counted(view.count), view.count, plain=True))
        kept: list = []
        whole = [False]

        def run() -> Iterator[Any]:
            if whole[0]:
                yield from map(copied, kept)
                return
            seen = []
            for element in self:
                seen.append(copied(element))
                yield element
            kept[:], whole[0] = seen, True

        return Dataset(run, self.count, None, False, self.batched)

    def stacks(self) -> bool:
        """Whether all functions of the view take several rows at once."""
        view = self.view
        if view is None or not all(isinstance(leaf, torch.Tensor) for leaf in leaves(view.table.get())):
            return False
        batch = each(lambda leaf: leaf[:TRIED], view.table.get())
        for function in view.maps:
            if not function.proved(batch):
                return False
            batch = function.by_vmap(batch)
        return True

    def prefetch(self, buffer_size: Any = AUTOTUNE, name: str | None = None) -> "Dataset":
        """The next element is made on a thread of its own while this one is used, where Python works for it."""
        if not self.works:
            return self

        def run() -> Iterator[Any]:
            elements, end = iter(self), object()
            for found in ahead(lambda _: next(elements, end), itertools.count()):
                if found is end:
                    return
                yield found

        return Dataset(run, self.count, self.view, self.works, self.batched)

    def concatenate(self, dataset: "Dataset", name: str | None = None) -> "Dataset":
        """This stream, then another one."""
        counts = (self.count, dataset.count)
        count = sum(counts) if min(counts) >= 0 else INFINITE if INFINITE in counts else UNKNOWN
        return Dataset(lambda: itertools.chain(iter(self), iter(dataset)), count, None, self.works or dataset.works,
                       self.batched or dataset.batched)

    def as_numpy_iterator(self) -> Iterator[Any]:
        """The elements with arrays for tensors, NumPy's numbers for single ones, bytes for texts."""
        return OneShot(each(lambda leaf: leaf.numpy()[()] if torch.is_tensor(leaf) else leaf.numpy(), element)
                       for element in self.run())

    def get_single_element(self, name: str | None = None) -> Any:
        """The only element.

        Raises DataError where there are none or several.
        """
        found = list(itertools.islice(iter(self), 2))
        if len(found) != 1:
            raise DataError("Dataset.get_single_element", "one element", "none" if not found else "several")
        return found[0]


def joined(parts: list) -> Any:
    """Batches behind each other as one."""
    return each(lambda *leaves: torch.cat(leaves) if isinstance(leaves[0], torch.Tensor) else type(leaves[0])(
        np.concatenate([leaf.values for leaf in leaves])), *parts)
