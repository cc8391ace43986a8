"""Rows: pictures that stay on the disk until they are asked for, and a part of a data set made of them.

    Rows   pixels (N, H, W, C) and the numbers of those that belong: an array to whoever indexes it, with nothing read or copied
    Part   Rows with labels and names: fit(part), evaluate(part), predict(part), validation_data=part
"""

from typing import Any

import numpy as np

from nabi.core.memory import Window, number_of_bytes

MEMORY = "1GB"


class Rows:
    """Some rows of an array of pictures.

    Args:
        pixels: (N, H, W, C) uint8, usually mapped from a file.
        numbers: which of them, in this order; one may be there twice.
        memory: bytes that the process may hold in memory while it goes through them.
        window: how the rows are read, where that is shared with others of the same pixels.

    Attributes:
        shape, dtype, ndim: as an array's.

    Example:
        >>> rows = Rows(np.arange(6, dtype="uint8").reshape(3, 1, 2, 1), np.array([2, 0]))
        >>> rows.shape, rows[0].ravel().tolist(), np.asarray(rows).ravel().tolist(), rows.take([1]).numbers
        ((2, 1, 2, 1), [4, 5], [4, 5, 0, 1], array([0]))
    """

    def __init__(self, pixels: np.ndarray, numbers: np.ndarray, memory: int | str = MEMORY, window: Window | None = None):
        self.pixels, self.numbers = pixels, np.asarray(numbers, np.int64)
        self.memory = number_of_bytes("Rows(memory)", memory)
        self.window = Window(pixels, self.memory) if window is None else window

    @property
    def shape(self) -> tuple[int, ...]:
        """(number of rows, H, W, C)."""
        return (len(self.numbers), *self.pixels.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """uint8."""
        return self.pixels.dtype

    @property
    def ndim(self) -> int:
        """4."""
        return self.pixels.ndim

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, place: Any) -> np.ndarray:
        """Pixels, copied: one row, or those at a slice, list or mask, and the place inside them."""
        first, *rest = place if isinstance(place, tuple) else (place,)
        numbers = self.numbers[first]
        found = self.window.rows(numbers.reshape(-1)).reshape(*numbers.shape, *self.shape[1:])
        if not rest:
            return found
        return found[tuple(rest)] if found.ndim < self.ndim else found[(slice(None), *rest)]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)

    def __repr__(self) -> str:
        return f"Rows{self.shape} of uint8"

    def take(self, places: Any) -> "Rows":
        """The rows at some places; nothing is read."""
        return Rows(self.pixels, self.numbers[np.asarray(places)], self.memory, self.window)


class Part:
    """Labelled pictures: the training, validation or test part of a set.

    Args:
        x: pictures. y: (n,) int64, their classes. names: their names in the source.
        class_names: names of the classes.

    Example:
        >>> rows = Rows(np.zeros((4, 2, 2, 1), "uint8"), np.arange(4))
        >>> part = Part(rows, np.array([0, 0, 0, 1]), list("abcd"), ["cat", "dog"])
        >>> part, part.balanced().names
        (Part of 4 pictures (2, 2, 1): cat 3, dog 1, ['a', 'b', 'c', 'd', 'd', 'd'])
    """

    def __init__(self, x: Rows, y: np.ndarray, names: list[str], class_names: list[str]):
        self.x, self.y, self.names, self.class_names = x, y, names, class_names

    def __len__(self) -> int:
        return len(self.y)

    @property
    def counts(self) -> np.ndarray:
        """Pictures of each class."""
        return np.bincount(self.y, minlength=len(self.class_names))

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {count:,}" for name, count in zip(self.class_names, self.counts, strict=True))
        return f"Part of {len(self):,} pictures {self.x.shape[1:]}: {counts}"

    def take(self, places: Any) -> "Part":
        """The pictures at some places; nothing is read."""
        places = np.arange(len(self))[places]
        return Part(self.x.take(places), self.y[places], [self.names[place] for place in places], self.class_names)

    def balanced(self) -> "Part":
        """As many of every class as the largest has, those of the others again and again: an epoch sees all classes alike."""
        most, counts = self.counts.max(), self.counts
        places = [np.flatnonzero(self.y == k)[np.arange(most) % counts[k]] for k in np.flatnonzero(counts)]
        return self.take(np.sort(np.concatenate(places), kind="stable"))

