"""Answers: what `predict` gives, an array that is a number where it holds one, as NumPy's arrays were up to 2.3.

    score = float(model.predict(sentence))          an array of shape (1, 1)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np


class array(np.ndarray):  # noqa: N801  so that it prints as NumPy's do
    """NumPy's array, which float() and int() take where it has one element, however many axes.

    Example:
        >>> float(np.zeros((1, 1)).view(array)), np.zeros((1, 1)).view(array)
        (0.0, array([[0.]]))
    """

    def __array_wrap__(self, made: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        """Sums and the like of all elements are numbers of NumPy's."""
        return made[()] if made.ndim == 0 else made.view(array)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())


def as_answers(made: Any) -> Any:
    """Arrays, also in lists and dicts, as such answers."""
    if type(made) is np.ndarray:
        return made.view(array)
    if isinstance(made, dict):
        return {name: as_answers(part) for name, part in made.items()}
    return type(made)(as_answers(part) for part in made) if type(made) in (list, tuple) else made


def answering(predict: Callable) -> Callable:
    """`predict` and its like, with such answers."""

    @wraps(predict)
    def call(self, *args, **options):
        return as_answers(predict(self, *args, **options))

    return call
