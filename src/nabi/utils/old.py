"""Old: what Keras 1 and 2 had in `keras.utils` for data in files and batches from threads.

    HDF5Matrix("data.h5", "x")[10:20]             rows of a data set in an HDF5 file
    OrderedEnqueuer(sequence).get()               the batches of a Sequence, pass after pass
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nabi.core.errors import FileError, StateError


class HDF5Matrix:
    """Rows of a data set in an HDF5 file, read when they are asked for.

    Args:
        datapath: of the file.
        dataset: its name in the file.
        start, end: rows that are shown.
        normalizer: a function of what is read.

    Raises FileError; StateError where h5py is not installed.
    """

    def __init__(self, datapath: Any, dataset: str, start: int = 0, end: int | None = None, normalizer: Any = None):
        try:
            import h5py
        except ImportError:
            raise StateError("HDF5Matrix", "the package h5py", "none", "Install it: pip install h5py.") from None
        try:
            self.data: Any = h5py.File(datapath, "r")[dataset]
        except (OSError, KeyError) as error:
            raise FileError(f"HDF5Matrix({str(datapath)!r}, {dataset!r})", "a data set in an HDF5 file", str(error)) from None
        self.start, self.end, self.normalizer = start, len(self.data) if end is None else end, normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> np.ndarray:
        whole = np.arange(self.start, self.end)[key]
        if isinstance(key, slice) and key.step in (None, 1):
            found = self.data[whole[0] : whole[-1] + 1] if len(whole) else self.data[:0]
        elif np.ndim(whole) == 0:
            found = self.data[int(whole)]
        else:  # h5py wants places in order, each once
            places, back = np.unique(whole, return_inverse=True)
            found = self.data[places][back]
        return found if self.normalizer is None else self.normalizer(found)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self[:], dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows that are shown, ...)."""
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self) -> Any:
        """Of the data set."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """How many axes the data set has."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """How many numbers are shown."""
        return int(np.prod(self.shape))


class GeneratorEnqueuer:
    """Batches of a generator, under the name that Keras 2 gave its threads; they are made when they are asked for.

    Args:
        generator: gives the batches.
        use_multiprocessing, wait_time, random_seed: kept.

    Example:
        >>> queue = GeneratorEnqueuer(iter([1, 2]))
        >>> queue.start(workers=2)
        >>> list(queue.get())
        [1, 2]
    """

    def __init__(self, generator: Any, use_multiprocessing: bool = False, wait_time: float = 0.05, random_seed: Any = None):
        self.generator, self.use_multiprocessing, self.running = generator, use_multiprocessing, False

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Batches may be asked for."""
        self.running = True

    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self.running

    def stop(self, timeout: Any = None) -> None:
        """No batch is given any more."""
        self.running = False

    def get(self) -> Iterator[Any]:
        """The batches."""
        for batch in self.generator:
            if not self.running:
                return
            yield batch


class OrderedEnqueuer(GeneratorEnqueuer):
    """Batches of a Sequence, pass after pass without an end.

    Args:
        sequence: the Sequence.
        use_multiprocessing: kept.
        shuffle: draws the order of the batches, from NumPy's `np.random`.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False):
        super().__init__(sequence, use_multiprocessing)
        self.sequence, self.shuffle = sequence, shuffle

    def get(self) -> Iterator[Any]:
        while self.running:
            order = np.random.permutation(len(self.sequence)) if self.shuffle else range(len(self.sequence))
            for number in order:
                if not self.running:
                    return
                yield self.sequence[int(number)]
            if hasattr(self.sequence, "on_epoch_end"):
                self.sequence.on_epoch_end()
