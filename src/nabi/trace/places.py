"""Places: what a user names by numbers, a unit of a map or a weight, held against what there is."""

from collections.abc import Iterable
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_whole
from nabi.trace.numbers import place_text

UNITS = {1: ("unit",), 2: ("step", "channel"), 3: ("row", "column", "channel"), 4: ("depth", "row", "column", "channel")}
WEIGHTS = {1: ("number",), 2: ("input", "unit"), 3: ("step", "channel", "filter"), 4: ("row", "column", "channel", "filter")}


def within(where: str, number: Any, count: int) -> None:
    """Holds a number against 0 to count - 1."""
    if not is_whole(number) or not 0 <= int(number) < count:
        raise ArgumentError(where, f"a whole number from 0 to {count - 1}", repr(number))


def checked(where: str, place: Any, shape: tuple[int, ...], axes: dict[int, tuple[str, ...]] = UNITS) -> tuple[int, ...]:
    """A place that lies in an array of this shape.

    Example:
        >>> checked("place", (1, 2), (3, 4))
        (1, 2)

    Raises ArgumentError.
    """
    place = tuple(place) if isinstance(place, Iterable) else (place,)
    names = axes.get(len(shape), tuple(f"axis {i}" for i in range(len(shape))))
    valid = ", ".join(f"{name} 0 to {n - 1}" for name, n in zip(names, shape, strict=True))
    if len(place) != len(shape):
        raise ArgumentError(where, f"{len(shape)} numbers: {valid}" if len(shape) != 1 else f"one number: {valid}",
                            f"{len(place)}: {place_text(place) if all(map(is_whole, place)) else place}")
    if not all(is_whole(i) and 0 <= int(i) < n for i, n in zip(place, shape, strict=True)):
        raise ArgumentError(where, valid or "no number", str(tuple(place)))
    return tuple(int(i) for i in place)
