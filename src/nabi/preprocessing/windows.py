"""Windows: a stream of windows of a time series with what follows them; and a set parted in two streams.

    x[k] = data[p : p + length rate : rate],  y[k] = targets[p],  p = start_index + k stride

Source: Keras 3, utils/timeseries_dataset_utils.py, dataset_utils.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import fresh_seed
from nabi.data import AUTOTUNE, Dataset, as_tensor
from nabi.data.view import Table, View, counted


class Windows:
    """Windows of a series as rows of a table.

    Args:
        data: (T, ...). starts: where windows begin. length: rows of a window. rate: rows from one to the next.
    """

    def __init__(self, data: torch.Tensor, starts: np.ndarray, length: int, rate: int):
        self.data, self.starts, self.steps = data, torch.from_numpy(starts), torch.arange(length) * rate
        self.shape, self.dtype = (len(starts), length, *data.shape[1:]), data.dtype
        self.ndim = len(self.shape)

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, numbers: np.ndarray) -> torch.Tensor:
        """Some of them."""
        return self.data[self.starts[torch.from_numpy(numbers)][:, None] + self.steps]


def timeseries_dataset_from_array(data: Any, targets: Any, sequence_length: int, sequence_stride: int = 1, sampling_rate: int = 1,
                                  batch_size: int | None = 128, shuffle: bool = False, seed: int | None = None,
                                  start_index: int | None = None, end_index: int | None = None, format: str = "tf") -> Dataset:
    """A stream of windows (batch, sequence_length, ...), or of (windows, targets).

    Args:
        data: (T, ...).
        targets: targets[i] belongs to the window that begins at row i; None for windows alone.
        sequence_length: rows of a window.
        sequence_stride: rows from one window to the next.
        sampling_rate: rows from one row of a window to the next.
        batch_size: windows a batch; None gives them one by one.
        shuffle, seed: a new order for each pass.
        start_index, end_index: the rows that are used.
        format: accepted as in Keras.

    Example:
        >>> stream = timeseries_dataset_from_array(np.arange(6), np.arange(3, 6), 3)
        >>> [(x.tolist(), y.tolist()) for x, y in stream]
        [([[0, 1, 2], [1, 2, 3], [2, 3, 4]], [3, 4, 5])]

    Raises ArgumentError.
    """
    where, rows = "timeseries_dataset_from_array", as_tensor(data, "data")
    for name, value, least in (("sequence_length", sequence_length, 1), ("sequence_stride", sequence_stride, 1),
                               ("sampling_rate", sampling_rate, 1), ("start_index", start_index or 0, 0)):
        if not least <= value < max(len(rows), least) + (name == "sequence_length"):
            raise ArgumentError(f"{where}({name})", f"a whole number from {least} to {len(rows) - 1}", value)
    first, last = start_index or 0, len(rows) if end_index is None else end_index
    if not first < last <= len(rows):
        raise ArgumentError(f"{where}(end_index)", f"a row behind {first} and up to {len(rows)}", end_index)
    count = last - first - (sequence_length - 1) * sampling_rate
    y = None if targets is None else as_tensor(targets, "targets")[first:last]
    count = count if y is None else min(count, len(y))
    starts = np.arange(0, count, sequence_stride)
    if not len(starts):
        raise ArgumentError(f"{where}(sequence_length)", f"a window that fits into {last - first} rows", sequence_length)
    windows = Windows(rows[first:last], starts, sequence_length, sampling_rate)
    element = windows if y is None else (windows, y[torch.from_numpy(starts)])
    stream = Dataset.of_view(View(Table(lambda: element), lambda: counted(len(starts)), len(starts), plain=True))
    stream = stream.shuffle(len(starts), seed) if shuffle else stream
    return (stream if batch_size is None else stream.batch(batch_size)).prefetch(AUTOTUNE)


def split_dataset(dataset: Any, left_size: Any = None, right_size: Any = None, shuffle: bool = False, seed: int | None = None,
                  preferred_backend: str | None = None) -> tuple[Dataset, Dataset]:
    """Arrays, or a stream with an end, as two streams.

    Args:
        dataset: an array, a tuple of arrays, a list of samples, or a Dataset.
        left_size, right_size: samples, or shares as real numbers; one may be None for what is left.
        shuffle, seed: the samples in another order, before they are parted.
        preferred_backend: accepted as in Keras.

    Example:
        >>> left, right = split_dataset(np.arange(10), left_size=0.7)
        >>> len(left), [int(x) for x in right]
        (7, [7, 8, 9])

    Raises ArgumentError.
    """
    whole = dataset if isinstance(dataset, Dataset) else Dataset.from_tensor_slices(np.asarray(dataset) if isinstance(
        dataset, list) else dataset)
    if whole.count < 0:
        elements = list(whole)
        whole = Dataset(lambda: iter(elements), len(elements))
    n = len(whole)
    left, right = (None if size is None else round(size * n) if isinstance(size, float) and size <= 1 else int(size)
                   for size in (left_size, right_size))
    left = n - right if left is None and right is not None else left
    right = n - left if right is None and left is not None else right
    if left is None or right is None or not 0 < left < n or not 0 < right or left + right > n:
        raise ArgumentError("split_dataset(left_size, right_size)", f"parts of {n} samples, none of them empty",
                            f"{left_size} and {right_size}")
    if shuffle:
        whole = whole.shuffle(n, fresh_seed() if seed is None else seed, reshuffle_each_iteration=False)
    return whole.take(left), whole.skip(left).take(right)
