"""Duration: a time as people write it, in seconds.

    "1h30m" = 1 * 3600 + 30 * 60 = 5400
"""

import math
import re
from datetime import timedelta
from numbers import Real
from typing import Any

from nabi.core.errors import ArgumentError

UNITS = {"h": 3600, "m": 60, "s": 1}
PLAIN = re.compile(r"[\d.\s]+")
FORM = re.compile(r"\s*(?:(\d+(?:\.\d*)?)\s*h)?\s*(?:(\d+(?:\.\d*)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d*)?)\s*s)?\s*")


def seconds(where: str, time: Any) -> float:
    """A time above 0 in seconds.

    Args:
        where: the argument, for the error.
        time: "90s", "10m", "10min", "1h30m", "1.5h"; a number of seconds, also as text; a `datetime.timedelta`.

    Example:
        >>> [seconds("fit(time_budget)", time) for time in ("1h30m", "90 s", "90", 45, timedelta(minutes=2))]
        [5400.0, 90.0, 90.0, 45.0, 120.0]

    Raises:
        ArgumentError: it is none of these, or not above 0.
    """
    value = math.nan
    if isinstance(time, timedelta):
        value = time.total_seconds()
    elif isinstance(time, str):
        found = FORM.fullmatch(f"{time}s" if PLAIN.fullmatch(time) else time)
        if found and any(found.groups()):
            value = sum(float(part or 0) * UNITS[unit] for unit, part in zip("hms", found.groups(), strict=True))
    elif isinstance(time, Real) and not isinstance(time, bool):
        value = float(time)
    if not 0 < value < math.inf:
        raise ArgumentError(where, "a time above 0: '10m', '90s', '1h30m', seconds as a number, or a timedelta", repr(time),
                            "Ten minutes are '10m' or 600.")
    return value
