"""Parts: the connected pieces of ink on a sheet, and how far ink runs along a row or column.

    run         neighbouring ink pixels of one row
    edge        two runs of neighbouring rows that touch, also by a corner (8-neighbourhood)
    part        runs that edges connect: each run takes the least number among its neighbours' until nothing changes

Source: Rosenfeld & Pfaltz, "Sequential operations in digital picture processing", 1966; here on runs, all at once with NumPy.
"""

from typing import NamedTuple

import numpy as np


class Parts(NamedTuple):
    """Connected pieces, numbered from 1.

    Attributes:
        label: (H, W) int32, the part of each pixel, 0 for paper.
        box: (N + 1, 4) left, top, right, bottom, the last two behind the part; row 0 is unused.
        area: (N + 1,) pixels.
    """

    label: np.ndarray
    box: np.ndarray
    area: np.ndarray


def runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first column and column behind each run, row by row.

    Example:
        >>> [a.tolist() for a in runs(np.array([[1, 1, 0, 1], [0, 1, 1, 0]], bool))]
        [[0, 0, 1], [0, 3, 1], [2, 4, 3]]
    """
    height, width = mask.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1).ravel()
    first, behind = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    row = first // (width + 1)
    return row, first - row * (width + 1), behind - row * (width + 1)


def lengths(mask: np.ndarray) -> np.ndarray:
    """Length of the run along its row that each pixel belongs to: (H, W) int32, 0 for paper.

    Example:
        >>> lengths(np.array([[1, 1, 0, 1]], bool)).tolist()
        [[2, 2, 0, 1]]
    """
    _, first, behind = runs(mask)
    out = np.zeros(mask.shape, np.int32)
    out[mask] = np.repeat(behind - first, behind - first)
    return out


def parts(mask: np.ndarray) -> Parts:
    """The connected pieces of a mask (H, W) bool.

    Example:
        >>> found = parts(np.array([[1, 0, 0, 1], [0, 1, 0, 1]], bool))
        >>> found.label.tolist(), found.box[1:].tolist(), found.area[1:].tolist()
        ([[1, 0, 0, 2], [0, 1, 0, 2]], [[0, 0, 2, 2], [3, 0, 4, 2]], [2, 2])
    """
    row, first, behind = runs(mask)
    parent = np.arange(len(row))
    step = mask.shape[1] + 2
    low = np.searchsorted(row * step + behind, (row + 1) * step + first, "left")
    high = np.searchsorted(row * step + first, (row + 1) * step + behind, "right")
    count = np.maximum(high - low, 0)
    upper = np.repeat(parent, count)
    lower = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    while True:
        a, b = parent[upper], parent[lower]
        apart = a != b
        if not apart.any():
            break
        upper, lower = upper[apart], lower[apart]
        np.minimum.at(parent, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while (parent[parent] != parent).any():
            parent = parent[parent]
    _, number = np.unique(parent, return_inverse=True)
    size = behind - first
    label = np.zeros(mask.shape, np.int32)
    label[mask] = np.repeat(number + 1, size)
    n = int(number.max(initial=-1)) + 2
    box = np.zeros((n, 4), np.int64)
    box[:, :2] = max(mask.shape)
    for column, values, least in ((0, first, True), (1, row, True), (2, behind, False), (3, row + 1, False)):
        (np.minimum if least else np.maximum).at(box[:, column], number + 1, values)
    return Parts(label, box, np.bincount(number + 1, size, n).astype(np.int64))
