"""Lengths: with `--fast-data`, `predict` computes the answers for the first samples alone, and still gives one for every sample.

    accuracy_score(y_test, model.predict(x_test).argmax(1))          10,000 answers: those of the first 256, over and over
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nabi.as_keras.shortening import Limits, is_batches, length


def rows_of(x: Any, steps: int | None = None) -> int | None:
    """How many samples there are in arrays, a frame, a list or dict of arrays, or a stream that says so; None if unknown.

    Example:
        >>> rows_of(np.zeros((7, 2))), rows_of([np.zeros((5, 2)), np.zeros((5, 3))]), rows_of([1, 2, 3])
        (7, 5, 3)
    """
    if isinstance(x, dict):
        return rows_of(next(iter(x.values()), None))
    if isinstance(x, (list, tuple)):
        arrays = bool(x) and all(getattr(part, "ndim", 0) >= 1 for part in x)
        return len(x[0]) if arrays else len(x)
    if not is_batches(x):
        shape = getattr(x, "shape", None)  # sparse matrices of SciPy's have it, and no length
        return int(shape[0]) if shape else len(x) if hasattr(x, "__len__") else None
    batches, samples = length(x), getattr(x, "samples", getattr(x, "n", None))
    if steps is not None and (batches is None or steps < batches):
        size = getattr(x, "batch_size", None)
        return None if size is None else int(steps) * int(size)
    return None if samples is None else int(samples)


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
        return made if rows is None else stretched(made, rows)

    return call
