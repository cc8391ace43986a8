"""Scalar products: y = sum over k of a_k b_k along one axis of each input, both brought to length 1 first where that is asked."""

import numpy as np

from nabi.core.config import config
from nabi.layers import Dot
from nabi.trace.kinds.sums import summed
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Reads, Told
from nabi.trace.telling import Places, anywhere, read_by, rule


def rows_of(layer: Dot, shapes: list[tuple[int, ...]], place: tuple[int, ...]) -> list[tuple]:
    """For each input (shapes of samples) the index of the numbers that are multiplied."""
    axes = [axis - 1 for axis in layer.placed([(None, *shape) for shape in shapes])]
    first = place[:len(shapes[0]) - 1]
    rest = [first, place[len(first):][:len(shapes[1]) - 1]]
    return [(*at[:axis], slice(None), *at[axis:]) for axis, at in zip(axes, rest, strict=True)]


@rule(Dot)
def of_dot(layer: Dot, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Two rows of numbers."""
    shapes = [x.shape[1:] for x in seen.x]
    rows = rows_of(layer, shapes, place)
    a, b = (wide(x[seen.sample][row]) for x, row in zip(seen.x, rows, strict=True))
    if layer.normalize:
        a, b = (v / max(float(np.sqrt((v**2).sum())), config.epsilon) for v in (a, b))
    told = summed(layer, seen, place, a, b, np.arange(len(a))[:, None], None)
    back = []
    for number, (shape, row) in enumerate(zip(shapes, rows, strict=True)):
        member = np.zeros(shape, dtype=bool)
        member[row] = True
        back.append(Reads(number, np.argwhere(member), seen.sample))
    return Told(told.value, told.lines, told.tables, told.arrays, tuple(back))


@read_by(Dot)
def of_dot_read(layer: Dot, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The row of each input, over all places that it meets."""
    axes = [axis - 1 for axis in layer.placed([(None, *shape) for shape in shapes])]
    left, right = len(shapes[0]) - 1, len(shapes[1]) - 1
    of_a = anywhere(out, tuple(range(left, out.ndim))) if left else np.asarray(out.any())
    of_b = anywhere(out, tuple(range(out.ndim - right))) if right else np.asarray(out.any())
    parts = zip((of_a, of_b), axes, shapes, strict=True)
    return [np.broadcast_to(np.expand_dims(part, axis), shape) for part, axis, shape in parts]
