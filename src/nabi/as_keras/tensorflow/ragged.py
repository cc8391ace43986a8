"""Ragged: `tf.ragged`: rows of different lengths.

    rows = tf.ragged.constant([[1, 2, 3], [4]])
    rows.to_tensor()              [[1, 2, 3], [4, 0, 0]]
    rows.row_lengths()            [3, 1]
"""

from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.dressing.shapes import Lengths
from nabi.data.strings import Strings

__all__ = ["RaggedTensor", "boolean_mask", "constant", "map_flat_values", "range", "stack"]


class RaggedTensor(list):
    """A list of tensors, of texts, or of lists of them.

    Example:
        >>> rows = constant([[1, 2, 3], [4]])
        >>> rows.to_list(), rows.to_tensor().tolist(), rows.row_lengths().tolist(), rows.shape
        ([[1, 2, 3], [4]], [[1, 2, 3], [4, 0, 0]], [3, 1], (2, None))
    """

    @property
    def shape(self) -> Lengths:
        """The number of rows, None, and the lengths that all rows share."""
        first = self[0] if self else None
        return Lengths((len(self), None, *(first.shape[1:] if first is not None else ())))

    def get_shape(self) -> Lengths:
        """The number of rows and None, as TensorFlow 1 asked for it."""
        return self.shape

    @property
    def dtype(self) -> Any:
        """That of its numbers."""
        return self.flat_values.dtype

    @property
    def flat_values(self) -> Any:
        """All numbers in a row."""
        rows = [one.flat_values if isinstance(one, RaggedTensor) else one for one in self]
        if any(isinstance(one, Strings) for one in rows):
            return Strings(np.concatenate([one.values for one in rows]))
        return torch.cat(list(rows)) if rows else torch.zeros(0)

    @property
    def values(self) -> Any:
        """The rows of the rows: all numbers in a row where it is two deep."""
        deep = bool(self) and isinstance(self[0], RaggedTensor)
        return RaggedTensor(part for one in self for part in one) if deep else self.flat_values

    def row_lengths(self, axis: int = 1, name: str | None = None) -> torch.Tensor:
        """How long the rows are."""
        return torch.tensor([len(one) for one in self], dtype=torch.int64)

    @property
    def row_splits(self) -> torch.Tensor:
        """Where the rows begin and end among all numbers."""
        return torch.cat([torch.zeros(1, dtype=torch.int64), self.row_lengths().cumsum(0)])

    def value_rowids(self) -> torch.Tensor:
        """The row of each number."""
        return torch.repeat_interleave(torch.arange(len(self)), self.row_lengths())

    def nrows(self, *options: Any) -> torch.Tensor:
        """How many rows there are."""
        return torch.tensor(len(self))

    def bounding_shape(self, *options: Any, **named: Any) -> torch.Tensor:
        """How many rows there are, and how long the longest is."""
        return torch.tensor(tuple(self.to_tensor().shape))

    def to_tensor(self, default_value: Any = None, name: str | None = None, shape: Any = None) -> Any:
        """Rows filled up to the longest, or to a shape, with a value: 0 or an empty text."""
        rows = [one.to_tensor(default_value) if isinstance(one, RaggedTensor) else one for one in self]
        if any(isinstance(one, Strings) for one in rows):
            made = np.full((len(rows), max(len(one) for one in rows)), default_value or "", dtype=object)
            for row, one in zip(made, rows, strict=True):
                row[: len(one)] = one.values
            return Strings(made) if shape is None else Strings(fitted(made, shape, default_value or ""))
        sizes = np.array([tuple(one.shape) for one in rows]).max(0) if rows else [0]
        wanted = torch.full((len(rows), *sizes), default_value or 0, dtype=rows[0].dtype if rows else torch.float32)
        for row, one in zip(wanted, rows, strict=True):
            row[tuple(slice(n) for n in one.shape)] = one
        return wanted if shape is None else torch.as_tensor(fitted(wanted.numpy(), shape, default_value or 0))

    def to_list(self) -> list:
        """Lists of numbers, or of bytes."""
        return [one.to_list() if isinstance(one, RaggedTensor) else np.asarray(one).tolist() for one in self]

    def numpy(self) -> np.ndarray:
        """An array of rows."""
        made = np.empty(len(self), object)
        for place, one in enumerate(self):
            made[place] = one.numpy()
        return made

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            first, *rest = key
            rows = list.__getitem__(self, first)
            return RaggedTensor(row[tuple(rest)] for row in rows) if isinstance(first, slice) else rows[tuple(rest)]
        found = list.__getitem__(self, key if isinstance(key, slice) else int(key))
        return RaggedTensor(found) if isinstance(key, slice) else found

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, **options: Any) -> "RaggedTensor":
        """Rows of these lengths, of numbers in a row."""
        ends = np.cumsum([0, *(int(n) for n in row_lengths)])
        given = row_of(values)
        return cls(given[low:high] for low, high in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, **options: Any) -> "RaggedTensor":
        """Rows that begin and end at these places."""
        return cls.from_row_lengths(values, np.diff(np.asarray(row_splits)))

    @classmethod
    def from_value_rowids(cls, values: Any, value_rowids: Any, nrows: Any = None, **options: Any) -> "RaggedTensor":
        """Rows, of numbers and the row of each."""
        return cls.from_row_lengths(values, np.bincount(np.asarray(value_rowids), minlength=int(nrows or 0)))

    @classmethod
    def from_tensor(cls, tensor: Any, lengths: Any = None, padding: Any = None, **options: Any) -> "RaggedTensor":
        """The rows of a tensor; so long, or without the `padding` at their ends."""
        rows = list(ops.convert_to_tensor(tensor)) if not isinstance(tensor, Strings) else list(tensor)
        if lengths is not None:
            return cls(row[: int(n)] for row, n in zip(rows, lengths, strict=True))
        if padding is None:
            return cls(rows)
        return cls(row[: max((n + 1 for n, one in enumerate(row) if one != padding), default=0)] for row in rows)


def fitted(made: np.ndarray, shape: Any, filling: Any) -> np.ndarray:
    """An array cut, or filled up, to a shape; None leaves an axis."""
    wanted = [have if n is None or int(n) < 0 else int(n) for n, have in zip(shape, made.shape, strict=False)]
    found = np.full((*wanted, *made.shape[len(wanted):]), filling, made.dtype)
    part = tuple(slice(min(a, b)) for a, b in zip(found.shape, made.shape, strict=True))
    found[part] = made[part]
    return found


def row_of(values: Any, dtype: Any = None) -> Any:
    """Numbers or texts in a row; whole numbers of Python's are int32."""
    if isinstance(values, (torch.Tensor, Strings)):
        return values
    array = np.asarray(values)
    if array.dtype.kind in "OUS":
        return Strings(array)
    made = ops.convert_to_tensor(values) if array.size else torch.zeros(0)
    made = made.int() if made.dtype is torch.int64 and not hasattr(values, "dtype") else made
    return made.to(dtype) if isinstance(dtype, torch.dtype) else made


def constant(pylist: Any, dtype: Any = None, ragged_rank: int | None = None, **options: Any) -> RaggedTensor:
    """Rows of Python's lists."""
    deep = any(isinstance(part, (list, tuple)) for row in pylist for part in row)
    rows = [constant(row, dtype) if deep else row_of(row, dtype) for row in pylist]
    kinds = [row.dtype for row in rows if len(row) and isinstance(row, torch.Tensor)]
    return RaggedTensor(row.to(kinds[0]) if kinds and isinstance(row, torch.Tensor) and not len(row) else row for row in rows)


def map_flat_values(op: Any, *args: Any, **kwargs: Any) -> RaggedTensor:
    """A function of all numbers in a row, in the same rows."""
    first = next(one for one in args if isinstance(one, RaggedTensor))
    made = op(*(one.flat_values if isinstance(one, RaggedTensor) else one for one in args), **kwargs)
    return RaggedTensor.from_row_lengths(made, first.row_lengths())


def boolean_mask(data: Any, mask: Any, name: str | None = None) -> RaggedTensor:
    """Of each row the entries where the mask is True."""
    return RaggedTensor(row_of(row)[ops.convert_to_tensor(own).bool()] for row, own in zip(data, mask, strict=True))


def stack(values: Any, axis: int = 0, name: str | None = None) -> RaggedTensor:
    """Tensors of different lengths as rows."""
    return RaggedTensor(row_of(one) for one in values)


def range(starts: Any, limits: Any = None, deltas: Any = 1, **options: Any) -> RaggedTensor:
    """Rows start, start + delta, ... below their limit."""
    ends = starts if limits is None else limits
    begins = [0] * len(ends) if limits is None else starts
    return RaggedTensor(torch.arange(int(low), int(high), int(deltas), dtype=torch.int32)
                        for low, high in zip(begins, ends, strict=True))
