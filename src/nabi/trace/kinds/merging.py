"""Merging: one number of each input, summed, multiplied, compared; concatenate: one number of one input.

    y = x_1 + x_2 + ... + x_k        what has fewer places is repeated, as the layer does
"""

from typing import Any

import numpy as np

from nabi.layers import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from nabi.layers.merging import Merge
from nabi.trace.numbers import bracketed, plus, show
from nabi.trace.seen import Seen
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.telling import Places, anywhere, read_by, rule, tell


def place_in(shape: tuple[int, ...], place: tuple[int, ...]) -> tuple[int, ...]:
    """The place of an input of this shape (a sample's) that meets a place of the output: axes of size 1 repeat theirs.

    Example:
        >>> place_in((3,), (4, 5, 2)), place_in((8, 1, 3), (4, 5, 2))
        ((2,), (4, 0, 2))
    """
    at = place[len(place) - len(shape):] if shape else ()
    return tuple(0 if n == 1 else i for n, i in zip(shape, at, strict=True))


@rule(Add, Subtract, Multiply, Average, Maximum, Minimum)
def of_merge(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Numbers at one place."""
    if any(mask is not None for mask in seen.masks):
        return tell.dispatch(object)(layer, seen, place, output)
    places = [place_in(x.shape[1:], place) for x in seen.x]
    x = np.array([x[(seen.sample, *at)] for x, at in zip(seen.x, places, strict=True)])
    names = [f"x{number}" for number in range(1, len(x) + 1)]
    lines, marked = [Line(name, "", "", float(value)) for name, value in zip(names, x, strict=True)], ()
    if isinstance(layer, Subtract):
        lines.append(Line("y", "x1 - x2", f"{show(x[0])} - {bracketed(x[1])}", float(x[0] - x[1])))
    elif isinstance(layer, (Maximum, Minimum)):
        largest = isinstance(layer, Maximum)
        winner = int(np.argmax(x) if largest else np.argmin(x))
        word, marked = "max" if largest else "min", (winner,)
        lines.append(Line("y", f"{word}({', '.join(names)})", f"{word}({', '.join(map(show, x))})", float(x[winner])))
    elif isinstance(layer, Multiply):
        lines.append(Line("y", " ".join(names), "*".join(map(bracketed, x)), float(np.prod(x))))
    else:
        lines.append(Line("sum" if isinstance(layer, Average) else "y", " + ".join(names), plus(x), float(sum(x))))
        if isinstance(layer, Average):
            lines.append(Line("y", "sum / count", f"{show(sum(x))} / {len(x)}", float(sum(x) / len(x))))
    table = Table({"input": np.arange(1, len(x) + 1)[:, None], "x": x}, marked)
    back = tuple(Reads(number, np.array([at]).reshape(1, -1), seen.sample) for number, at in enumerate(places))
    return Told(lines[-1].value, tuple(lines), (table,), {"x": x}, back)


def found_in(layer: Concatenate, shapes: list[tuple[int, ...]], place: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Which input of a Concatenate a place comes from, and the place in it; shapes of samples."""
    axis = layer.axis % (len(shapes[0]) + 1) - 1
    ends = np.cumsum([shape[axis] for shape in shapes])
    number = int(np.searchsorted(ends, place[axis], side="right"))
    return number, (*place[:axis], place[axis] - int(ends[number]) + shapes[number][axis], *place[axis + 1:])


@rule(Concatenate)
def of_concatenate(layer: Concatenate, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The input that the place comes from."""
    number, at = found_in(layer, [x.shape[1:] for x in seen.x], place)
    value = float(seen.x[number][(seen.sample, *at)])
    lines = (Line("y", f"x{number + 1}[{', '.join(map(str, at))}]", "", value),)
    return Told(value, lines, (), {}, (Reads(number, np.array([at]), seen.sample),), "moved")


@read_by(Merge)
def of_merge_read(layer: Merge, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """Each input at the places that meet, once where it is repeated."""
    return [met(shape, out) for shape in shapes]


def met(shape: tuple[int, ...], out: Places) -> Places:
    """The places of an input of this shape that meet places of the output."""
    kept = anywhere(out, tuple(range(out.ndim - len(shape)))) if len(shape) < out.ndim else out
    return anywhere(kept, tuple(a for a, n in enumerate(shape) if n == 1 != kept.shape[a]), True)


@read_by(Concatenate)
def of_concatenate_read(layer: Concatenate, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """Each input its part."""
    axis = layer.axis % (out.ndim + 1) - 1
    return np.split(out, np.cumsum([shape[axis] for shape in shapes])[:-1], axis)
