"""Windows: which places of the input a sliding window covers for one place of the output, along each axis.

    conv, pooling   place i reads i S - P + u D                       for u = 0 ... K - 1
    transposed      place i reads (i + P - u D) / S, where it is whole
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from nabi.core.shapes import zeros_around
from nabi.trace.telling import Places, anywhere


def starts(layer: Any, sizes: Sequence[int]) -> list[int]:
    """Zeros before each axis."""
    return [zeros_around(n, k, s, layer.padding, d)[0]
            for n, k, s, d in zip(sizes, layer.window, layer.strides, layer.dilation_rate, strict=True)]


def covered(layer: Any, sizes: Sequence[int], place: Sequence[int]) -> list[np.ndarray]:
    """For each axis the places under the window, those in the padding too."""
    axes = zip(place, starts(layer, sizes), layer.window, layer.strides, layer.dilation_rate, strict=True)
    return [i * s - before + np.arange(k) * d for i, before, k, s, d in axes]


def taken(x: np.ndarray, axes: list[np.ndarray], value: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of x (..., C) at the places of these axes, `value` in the padding; and which are no padding (..., 1)."""
    inside = [(a >= 0) & (a < n) for a, n in zip(axes, x.shape, strict=False)]
    found = x[np.ix_(*(np.clip(a, 0, n - 1) for a, n in zip(axes, x.shape, strict=False)))].astype(np.float64)
    whole = np.logical_and.reduce(np.meshgrid(*inside, indexing="ij"))
    return np.where(whole[..., None], found, value), whole[..., None]


def named(axes: list[np.ndarray], channels: np.ndarray) -> np.ndarray:
    """The places (n, axes + 1) of a window, channel by channel within each place."""
    grid = np.meshgrid(*axes, channels, indexing="ij")
    return np.stack([g.ravel() for g in grid], -1)


def drawn(x: np.ndarray, axes: list[np.ndarray], first: int = 0) -> dict[str, np.ndarray]:
    """What a figure shows of the input: the maps, the window's places, the number of the first map."""
    return {"input": x, "first": np.array(first), **dict(zip(("rows", "columns"), axes, strict=False))}


def read_window(layer: Any, out: Places, sizes: Sequence[int]) -> Places:
    """The places (..., C) that a window reads for the places `out` (..., C) of its output, channel by channel."""
    dims, before = len(sizes), starts(layer, sizes)
    found = np.zeros((*sizes, out.shape[-1]), dtype=bool)
    where = np.argwhere(anywhere(out, -1))
    if not len(where):
        return found
    first, last = where.min(0), where.max(0) + 1
    part = out[tuple(slice(a, b) for a, b in zip(first, last, strict=True))]
    for offset in product(*(range(k) for k in layer.window)):
        goal, source = [], []
        for axis in range(dims):
            s = layer.strides[axis]
            start = first[axis] * s - before[axis] + offset[axis] * layer.dilation_rate[axis]
            skip = max(0, -(start // s)) if start < 0 else 0
            count = min(part.shape[axis], -(-(sizes[axis] - start) // s)) - skip
            if count <= 0:
                break
            begin = start + skip * s
            goal.append(slice(begin, begin + (count - 1) * s + 1, s))
            source.append(slice(skip, skip + count))
        else:
            found[tuple(goal)] |= part[tuple(source)]
    return found
