"""Pooling: the numbers of a window side by side: which place won, their mean, their length.

    max  y = the largest, its place marked      average  y = sum / count, padding not counted      L2  y = sqrt(sum of squares)
"""

from dataclasses import replace
from typing import Any

import numpy as np

from nabi.layers import L2Pooling2D
from nabi.layers.global_pooling import GlobalAveragePooling, GlobalMaxPooling, GlobalPooling
from nabi.layers.pooling import AveragePooling, MaxPooling, Pooling
from nabi.trace.kinds.windows import covered, drawn, named, read_window, taken
from nabi.trace.numbers import FEW, bracketed, plus, show
from nabi.trace.seen import Seen
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.telling import Places, anywhere, read_by, rule


@rule(MaxPooling, AveragePooling, L2Pooling2D)
def of_pooling(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """One window of one channel."""
    *at, c = place
    axes = covered(layer, seen.one.shape[:-1], at)
    window, inside = taken(seen.one[..., c:c + 1], axes)
    told = pooled(layer, seen, window[..., 0], inside[..., 0], named(axes, np.array([c])))
    return replace(told, arrays={**told.arrays, **drawn(seen.one[..., c:c + 1], axes, c)})


@rule(GlobalAveragePooling, GlobalMaxPooling)
def of_global(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """One whole map."""
    window = seen.one[..., place[-1]]
    inside = np.ones(window.shape, dtype=bool)
    if seen.masks and seen.masks[0] is not None:
        inside = seen.masks[0][seen.sample].astype(bool)
    return pooled(layer, seen, window, inside, named([np.arange(n) for n in window.shape], np.array([place[-1]])))


def pooled(layer: Any, seen: Seen, window: np.ndarray, inside: np.ndarray, places: np.ndarray) -> Told:
    """One number of a window."""
    numbers, within = window[inside], inside.ravel()
    marked: tuple[int, ...] = ()
    if isinstance(layer, (MaxPooling, GlobalMaxPooling)):
        winner = int(np.argmax(np.where(within, window.ravel(), -np.inf)))
        marked = (winner,)
        few = ", ".join(map(show, numbers)) if len(numbers) <= FEW else ""
        lines = [Line("y", "largest of x", f"max({few})" if few else "", float(window.ravel()[winner]))]
    elif isinstance(layer, (AveragePooling, GlobalAveragePooling)):
        total = float(numbers.sum())
        lines = [Line("sum", "sum of x", plus(numbers), total),
                 Line("y", "sum / count", f"{show(total)} / {len(numbers)}", total / len(numbers))]
    else:
        squares = float((numbers**2).sum())
        text = " + ".join(f"{bracketed(v)}^2" for v in numbers) if len(numbers) <= FEW else ""
        lines = [Line("sum", "sum of x^2", text, squares),
                 Line("y", "sqrt(sum)", f"sqrt({show(squares)})", float(np.sqrt(squares)))]
    table = Table({"place": places, "x": window.ravel()}, marked, within)
    arrays = {"window": window[..., None], "inside": inside}
    return Told(lines[-1].value, tuple(lines), (table,), arrays, (Reads(0, places[within], seen.sample),))


@read_by(Pooling)
def of_pooling_read(layer: Pooling, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The window, on one channel; the maximum compares all of it."""
    return [read_window(layer, out, shapes[0][:-1])]


@read_by(GlobalPooling)
def of_global_read(layer: GlobalPooling, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The whole map of the channel."""
    return [np.broadcast_to(anywhere(out.reshape(-1, out.shape[-1]), 0), shapes[0])]
