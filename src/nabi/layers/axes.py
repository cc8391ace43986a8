"""Axes: an argument that names one axis of the input or several, checked when it is given and again when the shape is known.

    axis=-1, axis=[1, 2]        counted from 0, the batch, or backwards from -1, the last, as in Keras
"""

from typing import Any

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import is_whole
from nabi.core.shapes import Shape, as_text


def axes_given(where: str, axis: Any) -> int | list[int]:
    """The argument itself: a whole number, or a list of them with none twice.

    Example:
        >>> axes_given("LayerNormalization(axis)", (1, 2))
        [1, 2]

    Raises ArgumentError.
    """
    several = isinstance(axis, (list, tuple))
    values = list(axis) if several else [axis]
    if not values or not all(is_whole(a) for a in values) or len(set(values)) < len(values):
        raise ArgumentError(where, "a whole number, or several different ones in a list", repr(axis),
                            "-1, the last axis, is the usual one.")
    return [int(a) for a in values] if several else int(axis)


def placed(axis: int | list[int], rank: int) -> tuple[int, ...]:
    """The axes of an input with `rank` axes, counted from 0 and in order; they must lie in it.

    Example:
        >>> placed([-1, 1], 4)
        (1, 3)
    """
    return tuple(sorted(a % rank for a in (axis if isinstance(axis, list) else [axis])))


def check_axes(label: str, axis: int | list[int], shape: Shape, known: bool = True) -> None:
    """Raises ShapeError unless all axes lie behind the batch, none is named twice and, if `known`, all are of known length."""
    rank, values = len(shape), axis if isinstance(axis, list) else [axis]
    found = {a % rank for a in values if -rank <= a < rank}
    if len(found) < len(values) or 0 in found or (known and any(shape[a] is None for a in found)):
        text = ("different axes" if isinstance(axis, list) else "an axis") + (" of known length" if known else "")
        raise ShapeError(label, f"{text} among {as_text(shape)}", f"axis={axis}", "axis=-1, the last, is the usual one.")
