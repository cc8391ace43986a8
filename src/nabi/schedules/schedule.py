"""Schedule: a learning rate as a function of the step, `schedule(step) -> float`.

Step 0 is the first update. Source: Keras' `LearningRateSchedule`; `keras.optimizers.schedules` names and arguments are kept.
"""

import math

from nabi.core.errors import ArgumentError, Unwritten
from nabi.core.numbers import is_number
from nabi.core.pieces import Piece


class Schedule(Piece):
    """Base of all schedules; your own needs `__call__(self, step)` and attributes named like its constructor's arguments.

    Example:
        >>> class Halving(Schedule):
        ...     def __init__(self, start):
        ...         self.start = start
        ...     def __call__(self, step):
        ...         return self.start / 2**step
        >>> Halving(0.8)(2), Halving(0.8)
        (0.2, Halving(start=0.8))
    """

    def __call__(self, step: int) -> float:
        raise Unwritten(self, "__call__(self, step)")


def check_steps(where: str, steps) -> None:
    """Raises ArgumentError unless `steps` is a number above 0."""
    if not is_number(steps) or not 0 < float(steps) < math.inf:
        raise ArgumentError(where, "a number of steps above 0", repr(steps), "A step is one update, that is one batch.")
