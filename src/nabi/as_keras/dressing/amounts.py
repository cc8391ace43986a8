"""Amounts: `verbose` as Keras 1 and 2 took it, and a patience of epochs / 10, which is no whole number."""

import math
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.patches import Patches

COUNTED = ("early_stopping", "reduce_lr")  # the callbacks that count epochs


def spoken(verbose: Any) -> Any:
    """How much is said: Keras 1 and 2 took any number, more than 2 for a line an epoch, and None for nothing.

    Example:
        >>> spoken(3), spoken(None), spoken(True), spoken("auto")
        (2, 0, 1, 'auto')
    """
    return verbose if isinstance(verbose, str) else min(int(verbose or 0), 2)


def dress_amounts(patches: Patches) -> None:
    """Lets callbacks take a patience that is a float."""
    for module in COUNTED:
        patches.around(sys.modules[f"nabi.callbacks.{module}"], "whole", rounded_up)


def rounded_up(check: Callable) -> Callable:
    """The check for whole numbers, which takes the next one up: `wait >= 2.5` holds from 3 on."""

    @wraps(check)
    def call(where: str, value: Any, *more: Any, **options: Any) -> Any:
        return check(where, math.ceil(value) if isinstance(value, float) and math.isfinite(value) else value, *more, **options)

    return call
