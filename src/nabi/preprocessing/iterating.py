"""Iterating: batches of pictures without an end by `next`, or by number in a pass: the base of all flows.

    next(flow)     the next batch; behind the last one a new pass begins, in a new order if it is shuffled
    flow[k]        batch k of this pass, which is how `fit` asks

Source: Keras 3, legacy/preprocessing/image.py, whose random numbers come out: with a seed, batch number t of a flow draws from
RandomState(seed + t), else everything draws from `np.random`.
"""

import os
import threading
from collections.abc import Iterator as Iterates
from typing import Any

import numpy as np

from nabi.core.errors import Unwritten
from nabi.preprocessing.pixels import array_to_img
from nabi.utils.sequences import Sequence


class Iterator(Sequence):
    """Batches of the samples 0 ... n - 1.

    Args:
        n: number of samples.
        batch_size: samples a batch; the last one of a pass may be smaller.
        shuffle: draws a new order for each pass.
        seed: of order and variation.

    Attributes:
        lookahead: whether `fit` may have the next batch made while it learns from this one.
        total_batches_seen: batches that were given so far. batch_index: the next one of the pass.
    """

    white_list_formats = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
    lookahead = False

    def __init__(self, n: int, batch_size: int, shuffle: bool, seed: int | None, **kwargs):
        super().__init__(**kwargs)
        self.n, self.batch_size, self.shuffle, self.seed = n, batch_size, bool(shuffle), seed
        self.batch_index = self.total_batches_seen = 0
        self.index_array: Any = ()
        self.lock = threading.Lock()
        self.rng: Any = np.random
        self.index_generator = self._flow_index()

    def _set_index_array(self) -> None:
        self.index_array = self.rng.permutation(self.n) if self.shuffle else np.arange(self.n)

    def _begin(self) -> None:
        """The random numbers of the next batch."""
        if self.seed is not None:
            self.rng = np.random.RandomState(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def __len__(self) -> int:
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"batch {index} of {len(self)}")
        with self.lock:
            self._begin()
            if not len(self.index_array):
                self._set_index_array()
            index = index % len(self)
            chosen = self.index_array[self.batch_size * index : self.batch_size * (index + 1)]
            return self._get_batches_of_transformed_samples(chosen)

    def on_epoch_end(self) -> None:
        """Draws the order of the next pass."""
        self._set_index_array()

    def reset(self) -> None:
        """The next batch is the first one of a pass."""
        self.batch_index = 0

    def _flow_index(self) -> Iterates[np.ndarray]:
        self.reset()
        while True:
            self._begin()
            if self.batch_index == 0:
                self._set_index_array()
            start = self.batch_index * self.batch_size % max(self.n, 1)
            self.batch_index = self.batch_index + 1 if self.n > start + self.batch_size else 0
            yield self.index_array[start : start + self.batch_size]

    def __iter__(self) -> "Iterator":
        return self

    def __next__(self) -> Any:
        with self.lock:
            return self._get_batches_of_transformed_samples(next(self.index_generator))

    def next(self) -> Any:
        """The next batch, as in Keras 1."""
        return self.__next__()

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        raise Unwritten(self, "_get_batches_of_transformed_samples(self, index_array)")

    def made(self, generator: Any, x: np.ndarray) -> np.ndarray:
        """Pictures varied and standardised by a generator; one with functions of the user's draws from `np.random`."""
        if generator is None:
            return x
        if self.seed is not None and generator.one_at_a_time():
            np.random.set_state(self.rng.get_state())
        return generator.made(x, self.rng)

    def save(self, x: np.ndarray, index_array: np.ndarray, folder: Any, prefix: str, ending: str, data_format: str,
             numbers: float) -> None:
        """Writes the pictures of a batch: prefix_place_number.ending."""
        os.makedirs(folder, exist_ok=True)
        for one, place in zip(x, index_array, strict=True):
            name = f"{prefix}_{place}_{self.rng.randint(int(numbers))}.{ending}"
            array_to_img(one, data_format).save(os.path.join(folder, name))
