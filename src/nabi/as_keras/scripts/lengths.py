"""Lengths: with `--fast-data`, `predict` gives an answer for every sample, also where it computes those of the first alone.

    accuracy_score(y_test, model.predict(x_test).argmax(1))          all 10,000 where that takes a second or two (`in_full`);
                                                                     else those of the first 256, over and over, and says so
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nabi.as_keras.notes import note
from nabi.as_keras.scripts.shortening import Limits, rows_of


def stretched(made: Any, rows: int) -> Any:
    """Answers repeated in their order until there are so many; lists and dicts of answers each by itself.

    Example:
        >>> stretched(np.array([[1], [2]]), 5).ravel()
        array([1, 2, 1, 2, 1])
    """
    if isinstance(made, dict):
        return {name: stretched(part, rows) for name, part in made.items()}
    if isinstance(made, (list, tuple)):
        return type(made)(stretched(part, rows) for part in made)
    if not 0 < len(made) < rows:
        return made
    return made[np.arange(rows) % len(made)]


def whole(predict: Callable) -> Callable:
    """`predict`, with an answer for every sample where a trial is shortened."""

    @wraps(predict)
    def call(self, *args, **options):
        made = predict(self, *args, **options)
        if Limits.samples is None:
            return made
        rows = rows_of(args[0] if args else options.get("x"), options.get("steps"))
        few = rows_of(made)
        if rows is None or not few or rows <= few:
            return made
        note("predict", f"--fast-data: predict computed {few:,} of {rows:,} samples; the other {rows - few:,} answers are copies "
                        "of these, so that the script goes on. Scores and confusion matrices made from them mean nothing.")
        return stretched(made, rows)

    return call
