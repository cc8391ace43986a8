"""Sequences: batches by number, of a user's own making: `len(s)` batches, `s[i]` the i-th.

    class Files(nabi.utils.Sequence):
        def __len__(self): return 10
        def __getitem__(self, index): return x, y

`fit` asks for them in an order of its own, in the main process; so an epoch can be resumed inside.
"""

from collections.abc import Iterator
from typing import Any

from nabi.core.errors import Unwritten


class PyDataset:
    """Base of a user's own batches; `Sequence` is its name in Keras 1 and 2.

    Args:
        workers, use_multiprocessing, max_queue_size: kept, as in Keras; batches are made where they are asked for.

    Example:
        >>> class Squares(PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         return index ** 2
        >>> list(Squares())
        [0, 1, 4]
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10):
        self.workers, self.use_multiprocessing, self.max_queue_size = workers, use_multiprocessing, max_queue_size

    def __getitem__(self, index: int) -> Any:
        raise Unwritten(self, "__getitem__(self, index)")

    def __len__(self) -> int:
        raise Unwritten(self, "__len__(self)")

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]

    @property
    def num_batches(self) -> int:
        """How many batches there are."""
        return len(self)

    def on_epoch_begin(self) -> None:
        """Called before an epoch; for classes made of this one."""

    def on_epoch_end(self) -> None:
        """Called behind an epoch; for classes made of this one."""


Sequence = PyDataset
