"""Amounts: ever larger parts of the training samples, each inside the next, every class in its share.

    key of the r-th picture of class c, of n_c in all, in an order f(seed) of its own:    (r + 1/2) / n_c,    0 for r = 0
    part of n pictures = the n smallest keys

So class c has about n n_c / N of n pictures, and one at least. Validation and test stay what they are, whatever n.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nabi.core import random
from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_whole
from nabi.data import split_indices
from nabi.lab.data import Data

HALVINGS = 4  # of all pictures, where no sizes are given
FEWEST = 4  # pictures of the smallest class in a part, likewise
LONGER = 4  # times as many epochs for small parts, at most


def order(y: np.ndarray, seed: int) -> np.ndarray:
    """Places of all samples (N,), such that the first n of them are a part for each n.

    Example:
        >>> y = np.array([0] * 6 + [1] * 3)
        >>> [np.bincount(y[order(y, seed=1)[:n]]).tolist() for n in (2, 3, 6, 9)]
        [[1, 1], [2, 1], [4, 2], [6, 3]]
    """
    keys = np.empty(len(y))
    generator = random.stream(seed, random.SPLIT)
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        ranks = generator.permutation(len(members))
        keys[members] = np.where(ranks == 0, 0.0, (ranks + 0.5) / len(members))
    return np.argsort(keys, kind="stable")


def sizes_of(y: np.ndarray, sizes: Sequence[int] | None = None) -> list[int]:
    """How many pictures the parts have, rising: those asked for, or all, a half, a quarter, down to a sixteenth.

    Example:
        >>> sizes_of(np.arange(800) % 10), sizes_of(np.arange(90) % 10)
        ([50, 100, 200, 400, 800], [45, 90])

    Raises:
        ArgumentError: fewer than two, or one that cannot be had.
    """
    counts = np.bincount(y)
    classes, n = int((counts > 0).sum()), len(y)
    if sizes is None:
        least = counts[counts > 0].min()
        shares = [2**k for k in range(HALVINGS, -1, -1) if k < 2 or least >= FEWEST * 2**k]
        return sorted({max(n // share, classes) for share in shares})
    found = list(sizes) if isinstance(sizes, Sequence) and not isinstance(sizes, str) else [sizes]
    if not all(is_whole(size) and classes <= int(size) <= n for size in found) or len(set(found)) < 2:
        raise ArgumentError("data_curve(sizes)", f"two numbers of pictures or more, from {classes}, one of each class, to {n:,}, "
                            "all there are for training", sizes)
    return sorted({int(size) for size in found})


def with_validation(data: Data, share: float) -> Data:
    """The data with a validation part of their own, a share of the training samples that is the same for all runs."""
    if data.x_validation is not None or not share:
        return data
    train, held = split_indices(len(data.y_train), share, "stratified", data.y_train, 0)
    return replace(data, x_train=rows(data.x_train, train), y_train=data.y_train[train],
                   x_validation=rows(data.x_train, held), y_validation=data.y_train[held])


def part(data: Data, n: int, seed: int) -> Data:
    """The data with n of their training samples, in the order in which they lie."""
    places = np.sort(order(data.y_train, seed)[:n])
    return replace(data, x_train=rows(data.x_train, places), y_train=data.y_train[places])


def rows(x: Any, places: np.ndarray) -> Any:
    """Some samples: copied from an array; of pictures on the disk nothing is read."""
    return x.take(places) if hasattr(x, "window") else x[places]


def epochs_for(n: int, most: int, epochs: int) -> int:
    """Epochs with n of `most` pictures: as many steps as with all, though at most `LONGER` times as many epochs.

    Example:
        >>> [epochs_for(n, 800, 10) for n in (800, 400, 100)]
        [10, 20, 40]
    """
    return round(epochs * min(most / n, LONGER))
