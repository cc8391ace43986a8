"""Sequence: lists of numbers for networks: padding, windows of a time series, pairs of neighbouring words.

Source: Keras 2 and 3, preprocessing/sequence.py; Mikolov et al., "Distributed representations of words and phrases", 2013.
"""

import json
import random
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError
from nabi.preprocessing.padding import pad_sequences
from nabi.utils.sequences import Sequence

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]


class TimeseriesGenerator(Sequence):
    """Batches of windows of a series, each with the value that follows it.

    x[k] = data[r - length : r : sampling_rate],  y[k] = targets[r],  r = start_index + length + k stride

    Args:
        data: (T, ...). targets: (T, ...), as long.
        length: rows of a window before sampling.
        sampling_rate: every how many-th row of a window is kept.
        stride: rows from one window to the next.
        start_index, end_index: the part of the data that is used, both included.
        shuffle: draws windows at random, with repetition, as Keras does.
        reverse: turns the windows round in time.
        batch_size: windows a batch.

    Returns: x (batch, length / sampling_rate, ...), y (batch, ...).

    Example:
        >>> series = np.arange(6.0).reshape(-1, 1)
        >>> x, y = TimeseriesGenerator(series, series, length=3, batch_size=2)[0]
        >>> x[:, :, 0].tolist(), y.ravel().tolist()
        ([[0.0, 1.0, 2.0], [1.0, 2.0, 3.0]], [3.0, 4.0])

    Raises ArgumentError, DataError.
    """

    def __init__(self, data: Any, targets: Any, length: int, sampling_rate: int = 1, stride: int = 1, start_index: int = 0,
                 end_index: int | None = None, shuffle: bool = False, reverse: bool = False, batch_size: int = 128, **kwargs):
        super().__init__(**kwargs)
        if len(data) != len(targets):
            raise DataError("TimeseriesGenerator", "data and targets of one length", f"{len(data)} and {len(targets)}")
        self.data, self.targets, self.length, self.sampling_rate, self.stride = data, targets, length, sampling_rate, stride
        self.start_index, self.end_index = start_index + length, len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size
        if self.start_index > self.end_index:
            raise ArgumentError("TimeseriesGenerator(length)", f"room for one window before row {self.end_index}",
                                f"start_index + length = {self.start_index}")

    def __len__(self) -> int:
        step = self.batch_size * self.stride
        return (self.end_index - self.start_index + step) // step

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        if self.shuffle:
            rows = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        else:
            i = self.start_index + self.batch_size * self.stride * index
            rows = np.arange(i, min(i + self.batch_size * self.stride, self.end_index + 1), self.stride)
        places = rows[:, None] - self.length + np.arange(0, self.length, self.sampling_rate)
        samples, targets = np.asarray(self.data)[places], np.asarray(self.targets)[rows]
        return (samples[:, ::-1, ...], targets) if self.reverse else (samples, targets)

    def get_config(self) -> dict[str, Any]:
        """The arguments, data and targets as JSON texts, as Keras has them."""
        return {"data": json.dumps(np.asarray(self.data).tolist()), "targets": json.dumps(np.asarray(self.targets).tolist()),
                "length": self.length, "sampling_rate": self.sampling_rate, "stride": self.stride,
                "start_index": self.start_index, "end_index": self.end_index, "shuffle": self.shuffle,
                "reverse": self.reverse, "batch_size": self.batch_size}

    def to_json(self, **kwargs) -> str:
        """The generator with its data as a text in Keras' form."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """How likely each word is kept, by its rank: min(1, sqrt(s n_r)), n_r = r (ln r + 0.577) + 1/2 - 1/(12 r) by Zipf's law.

    Example:
        >>> make_sampling_table(4).round(4).tolist()
        [0.0032, 0.0032, 0.0055, 0.0074]
    """
    rank = np.arange(size, dtype=np.float64)
    rank[0] = 1
    inverse = rank * (np.log(rank) + 0.577) + 0.5 - 1 / (12 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse))


def skipgrams(sequence: list, vocabulary_size: int, window_size: int = 4, negative_samples: float = 1.0, shuffle: bool = True,
              categorical: bool = False, sampling_table: Any = None, seed: int | None = None) -> tuple[list, list]:
    """Pairs (word, neighbour) with label 1, and pairs (word, any word) with label 0.

    Args:
        sequence: numbers of words; 0 is no word.
        vocabulary_size: random words are 1 ... vocabulary_size - 1.
        window_size: neighbours on either side.
        negative_samples: random pairs for each true one.
        shuffle: mixes the pairs.
        categorical: labels [0, 1] and [1, 0] instead of 1 and 0.
        sampling_table: how likely the word of each number is taken: see `make_sampling_table`.
        seed: of the mixing.

    Returns: couples, a list of [word, word]; labels.

    Example:
        >>> skipgrams([1, 2, 3], 4, window_size=1, negative_samples=0, shuffle=False)
        ([[1, 2], [2, 1], [2, 3], [3, 2]], [1, 1, 1, 1])

    Draws from Python's `random`, as Keras does.
    """
    couples, yes, no = [], [0, 1] if categorical else 1, [1, 0] if categorical else 0
    for i, word in enumerate(sequence):
        if not word or sampling_table is not None and sampling_table[word] < random.random():
            continue
        low, high = max(0, i - window_size), min(len(sequence), i + window_size + 1)
        couples += [[word, sequence[j]] for j in range(low, high) if j != i and sequence[j]]
    labels = [yes] * len(couples)
    if negative_samples > 0:
        count, words = int(len(labels) * negative_samples), [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [no] * count
    if shuffle:
        seed = random.randint(0, 10**7) if seed is None else seed
        for listed in (couples, labels):
            random.seed(seed)
            random.shuffle(listed)
    return couples, labels
