"""Padding: lists of different lengths as the rows of one array.

    [[1, 2, 3], [4]]   ->   [[1, 2, 3],     "pre": zeros before       "post": [4, 0, 0]
                             [0, 0, 4]]

Source: Keras 3, utils/sequence_utils.py.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError

SIDES = ("pre", "post")


def pad_sequences(sequences: Any, maxlen: int | None = None, dtype: Any = "int32", padding: str = "pre",
                  truncating: str = "pre", value: Any = 0.0) -> np.ndarray:
    """Lists, or arrays (length, ...), as one array (N, maxlen, ...): short ones are filled with `value`, long ones cut.

    Args:
        sequences: a list of lists of numbers, or of arrays whose first axis is the length.
        maxlen: the length of all; None takes the longest.
        dtype: of the result; `object` for texts.
        padding: where values are added, "pre" before or "post" behind.
        truncating: where long ones are cut.
        value: what is added.

    Example:
        >>> pad_sequences([[1, 2, 3], [4]], maxlen=2)
        array([[2, 3],
               [0, 4]], dtype=int32)

    Raises ArgumentError, DataError.
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in SIDES:
            raise ArgumentError(f"pad_sequences({name})", "'pre' or 'post'", repr(side))
    kind = np.dtype(dtype).kind
    if isinstance(value, str) and kind not in "OUS":
        raise ArgumentError("pad_sequences(value)", f"a number for dtype {dtype}", repr(value), "Say dtype=object.")
    rows = [] if sequences is None else sequences
    if not hasattr(rows, "__len__"):
        rows = list(rows)
    for number, row in enumerate(rows):
        if not hasattr(row, "__len__"):
            raise DataError("pad_sequences(sequences)", "a list of lists", f"{row!r:.40} at place {number}",
                            "One list alone is pad_sequences([numbers]).")
    lengths = np.array([len(row) for row in rows], np.int64)
    longest = int(lengths.max(initial=0)) if maxlen is None else int(maxlen)
    cut = list(rows) if lengths.max(initial=0) <= longest else [
        row if len(row) <= longest else row[len(row) - longest:] if truncating == "pre" else row[:longest] for row in rows]
    kept = np.minimum(lengths, longest)
    shape = next((np.shape(row)[1:] for row in rows if len(row)), ())
    x = np.full((len(cut), longest, *shape), value, dtype)
    places = np.arange(longest)
    there = places < kept[:, None] if padding == "post" else places >= longest - kept[:, None]
    if kept.sum():
        x[there] = joined(cut, shape, x.dtype, int(kept.sum()))
    return x


def joined(rows: Iterable, shape: tuple, dtype: np.dtype, total: int) -> np.ndarray:
    """All entries of all rows one after the other: (total, ...)."""
    rows = list(rows)
    if shape == () and dtype.kind in "iufb" and all(isinstance(row, list) for row in rows):
        return np.fromiter(chain.from_iterable(rows), dtype, total)
    found = [np.asarray(row, dtype) for row in rows if len(row)]
    for number, row in enumerate(found):
        if row.shape[1:] != shape:
            raise DataError("pad_sequences(sequences)", f"entries of shape {shape}", f"{row.shape[1:]} in list {number}")
    return np.concatenate(found)
