"""Numbers: an argument that must be a number in a range, or a whole number, or an error that names the argument.

    number("Huber(delta)", -1, above=0)      Huber(delta): expected a number above 0, got -1.
"""

import math
from numbers import Integral, Real
from typing import Any, SupportsInt, TypeGuard

import numpy as np

from nabi.core.errors import ArgumentError


class Unsaid(int):
    """A whole number as a default that can be told from the same number given: `epochs is ONCE`; it prints as a number."""


ONCE: int = Unsaid(1)


def readable(value: Any) -> Any:
    """The value itself; an array that torch cannot read (its steps run backwards, another byte order) as a copy that it can."""
    if isinstance(value, np.ndarray) and (any(step < 0 for step in value.strides) or not value.dtype.isnative):
        return np.array(value, dtype=value.dtype.newbyteorder("="), order="C")
    return value


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a real number other than NaN; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool) and not math.isnan(value)


def is_whole(value: Any) -> TypeGuard[SupportsInt]:
    """Whether it is a whole number; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def number(where: str, value: Any, least: float | None = None, above: float | None = None, most: float | None = None) -> Any:
    """The value itself if it is a finite number from `least`, above `above` and up to `most`.

    Example:
        >>> number("Dense(share)", 0.5, least=0, most=1)
        0.5

    Raises ArgumentError.
    """
    low, high = -math.inf if least is None else least, math.inf if most is None else most
    if is_number(value) and math.isfinite(value) and low <= value <= high and (above is None or value > above):
        return value
    expected = "a finite number"
    if most is not None and (least is not None or above is not None):
        expected = f"a number in {f'[{least}' if above is None else f'({above}'}, {most}]"
    elif least is not None:
        expected = f"a finite number from {least} upwards"
    elif above is not None:
        expected = f"a finite number above {above}"
    elif most is not None:
        expected = f"a finite number up to {most}"
    raise ArgumentError(where, expected, repr(value))


def whole(where: str, value: Any, least: int | None = None, optional: bool = False) -> Any:
    """The value itself if it is a whole number from `least`, or None where it is optional.

    Example:
        >>> whole("Precision(top_k)", None, least=1, optional=True), whole("Precision(top_k)", 5, least=1)
        (None, 5)

    Raises ArgumentError.
    """
    if value is None and optional:
        return None
    if is_whole(value) and (least is None or int(value) >= least):
        return value
    start = "" if least is None else f" from {least} upwards"
    raise ArgumentError(where, f"a whole number{start}{' or None' if optional else ''}", repr(value))


def checked_axes(where: str, axis: Any) -> Any:
    """An axis, or several different ones, as they were given, or ArgumentError.

    Example:
        >>> checked_axes("MaxNorm(axis)", [0, 1, 2])
        [0, 1, 2]
    """
    several = isinstance(axis, list | tuple)
    for one in axis if several else (axis,):
        whole(where, one)
    if several and (not axis or len(set(axis)) < len(axis)):
        raise ArgumentError(where, "an axis, or several different ones", repr(axis),
                            "[0, 1, 2] takes a convolution's kernel filter by filter.")
    return axis


def flag(where: str, value: Any) -> bool:
    """True or False, for which 1 and 0 are taken too, or ArgumentError.

    Example:
        >>> flag("Loss(from_logits)", True)
        True
    """
    if isinstance(value, (bool, int, np.bool_)) and value in (0, 1):
        return bool(value)
    raise ArgumentError(where, "True or False", repr(value))
