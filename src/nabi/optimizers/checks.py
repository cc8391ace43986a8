"""Checks of optimizers' arguments; each returns the value or raises ArgumentError.

`where` names the argument, such as "Adam(beta_1)".
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any, SupportsFloat, TypeGuard

from torch import Tensor

from nabi import schedules
from nabi.core.config import config
from nabi.core.errors import ArgumentError


def _real(value: Any) -> TypeGuard[SupportsFloat]:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def learning_rate(where: str, value: Any) -> float | Callable[[int], float]:
    """A number above or equal 0 as a float; a schedule, or the dict of one, as a schedule."""
    if _real(value) or (isinstance(value, Tensor) and value.numel() == 1 and _real(value.item())):
        if float(value) >= 0:
            return float(value)
    elif isinstance(value, dict) or callable(value):
        return schedules.get(value)
    raise ArgumentError(where, "a number above or equal 0, or a schedule", repr(value))


def optional(where: str, value: Any) -> Any:
    """None or a number above or equal 0; 0 means the same as None."""
    if value is None or (_real(value) and float(value) >= 0):
        return value
    raise ArgumentError(where, "None or a number above or equal 0", repr(value))


def count(where: str, value: Any) -> Any:
    """None or a whole number above 0."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise ArgumentError(where, "None or a whole number above 0", repr(value))


def share(where: str, value: Any) -> float:
    """A number in [0, 1]."""
    if _real(value) and 0 <= float(value) <= 1:
        return float(value)
    raise ArgumentError(where, "a number in [0, 1]", repr(value))


def kept_share(where: str, value: Any) -> float:
    """A number in [0, 1): the share of a running mean that is kept; 1 would never take anything in."""
    if _real(value) and 0 <= float(value) < 1:
        return float(value)
    raise ArgumentError(where, "a number in [0, 1)", repr(value), "It is the share of the running mean that each step keeps.")


def share_above_0(where: str, value: Any) -> float:
    """A number in (0, 1]."""
    if _real(value) and 0 < float(value) <= 1:
        return float(value)
    raise ArgumentError(where, "a number in (0, 1]", repr(value))


def name(where: str, value: Any, default: str) -> str:
    """A text, or the default for None."""
    if value is None or isinstance(value, str):
        return value or default
    raise ArgumentError(where, "a text or None", repr(value))


def epsilon(where: str, value: Any) -> float:
    """A number above 0; None is Keras 2's way to say `nabi.config.epsilon`."""
    if value is None:
        return config.epsilon
    if _real(value) and float(value) > 0:
        return float(value)
    raise ArgumentError(where, "a number above 0", repr(value), "It keeps the quotient finite where every gradient was 0.")


def at_least_0(where: str, value: Any) -> float:
    """A number above or equal 0."""
    if _real(value) and float(value) >= 0:
        return float(value)
    raise ArgumentError(where, "a number above or equal 0", repr(value))
