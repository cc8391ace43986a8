"""Path: where an optimizer goes on a function, step by step; the class that trains networks moves two numbers in float64.

    w_0 = start,   g_t = grad f(w_t),   w_(t+1) = the optimizer's formula(w_t, g_t, memory, lr)

A path is cut where it diverges: f is no number, or above a million times what it was at the start (at least a million).
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, number, whole
from nabi.kernels import jit
from nabi.optimizers import Optimizer
from nabi.race.functions import Function

STEPS, MOST_STEPS, TOLERANCE = 500, 100_000, 1e-3
WIDE = 10_000  # largest coordinate of a start
FAR = 1e6  # times as high as the start: diverged
REACHED, LEFT, GOING, DIVERGED = "reached", "left again", "not reached", "diverged"


@dataclass(frozen=True)
class Path:
    """One optimizer's way.

    Attributes:
        name: of the optimizer, with its rate where several are compared.
        optimizer: class name.
        learning_rate: as it was at the first step.
        points: (steps + 1, 2) float64, the start first.
        values: (steps + 1,) f at the points.
        state: "reached" where f came within the tolerance of 0 and ends there, "left again" where it came and ends outside,
            "not reached", or "diverged".
        reached: the first step within the tolerance, or None.
        stays: the step from which f stays within the tolerance to the end, or None.
        diverged: the step that led out of all bounds, or None; `points` end before it.
    """

    name: str
    optimizer: str
    learning_rate: float
    points: np.ndarray
    values: np.ndarray
    state: str
    reached: int | None = None
    diverged: int | None = None
    stays: int | None = None

    @property
    def final(self) -> float:
        """The last value."""
        return float(self.values[-1])

    @property
    def steps_taken(self) -> int:
        """Steps until it was within the tolerance; all of them where it never was."""
        return len(self.points) - 1 if self.reached is None else self.reached

    def data(self) -> dict[str, Any]:
        """Plain data: numbers, texts, arrays."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"final": self.final}


def follow(gradient: Callable[[np.ndarray], Any], optimizer: Optimizer, start: Any, steps: int,
           value: Callable[[np.ndarray], Any]) -> tuple[np.ndarray, np.ndarray, int | None]:
    """Points and values of so many steps, and the step that diverged.

    Args:
        gradient: point -> its gradient; asked once a step, in order.
        optimizer: a twin of it steps.
        start: n numbers.
        value: point -> number.

    Example:
        >>> from nabi.optimizers import SGD
        >>> points, values, _ = follow(lambda w: 2 * w, SGD(0.25), [4.0, 0.0], 2, lambda w: w @ w)
        >>> points.tolist(), values.tolist()
        ([[4.0, 0.0], [2.0, 0.0], [1.0, 0.0]], [16.0, 4.0, 1.0])
    """
    w, g = np.array(start, dtype=float), np.zeros(len(start))
    runs = copy.deepcopy(optimizer)
    span = runs.make_span(torch.from_numpy(w), torch.from_numpy(g), [(0, len(w))])
    points, values = np.empty((steps + 1, len(w))), np.empty(steps + 1)
    with jit.using("plain"), np.errstate(all="ignore"):
        points[0], values[0] = w, value(w)
        bound = FAR * max(1.0, abs(values[0]))
        for step in range(1, steps + 1):
            g[:] = gradient(w)
            runs.apply([span])
            points[step], values[step] = w, value(w)
            if not (np.isfinite(w).all() and abs(values[step]) <= bound):
                return points[:step], values[:step], step
    return points, values, None


def walk(function: Function, optimizer: Optimizer, start: tuple[float, float], steps: int, tolerance: float = TOLERANCE,
         name: str = "") -> Path:
    """The path of one optimizer on a function.

    Example:
        >>> from nabi.optimizers import SGD
        >>> from nabi.race import functions
        >>> path = walk(functions.get("quadratic"), SGD(0.05), (1.0, 1.0), 100)
        >>> path.state, path.reached, len(path.points)
        ('reached', 61, 101)
        >>> walk(functions.get("quadratic"), SGD(0.2), (1.0, 1.0), 100).state
        'diverged'
    """
    points, values, diverged = follow(lambda w: function.gradient(*w), optimizer, start, steps, lambda w: function.value(*w))
    reached, stays = arrival(values, tolerance)
    state = DIVERGED if diverged else GOING if reached is None else LEFT if stays is None else REACHED
    kind = type(optimizer).__name__
    return Path(name or kind, kind, float(optimizer.current_learning_rate()), points, values, state, reached, diverged, stays)


def arrival(values: Any, tolerance: float) -> tuple[int | None, int | None]:
    """The first value within the tolerance, and the one from which all stay within it.

    Example:
        >>> arrival([4, 0, 2, 0, 0], 1), arrival([4, 0, 2], 1), arrival([4, 3], 1)
        ((1, 3), (1, None), (None, None))
    """
    inside = np.asarray(values) <= tolerance
    if not inside.any():
        return None, None
    outside = np.flatnonzero(~inside)
    stays = int(outside[-1]) + 1 if len(outside) else 0
    return int(inside.argmax()), stays if stays < len(inside) else None


def checked_start(function: Function, start: Any) -> tuple[float, float]:
    """Two numbers where the function has a value; None is the function's own start.

    Raises ArgumentError.
    """
    given, remedy = repr(start), "For {}: {:g},{:g}.".format(function.name, *function.start)
    if start is None:
        return function.start
    if isinstance(start, str):
        start = [as_number(part) for part in start.split(",")]
    if isinstance(start, np.ndarray):
        start = start.tolist()
    if not (isinstance(start, (tuple, list)) and len(start) == 2 and all(is_number(v) and abs(v) <= WIDE for v in start)):
        raise ArgumentError("race(start)", f"two numbers x,y from -{WIDE:,} to {WIDE:,}", given, remedy)
    x, y = map(float, start)
    with np.errstate(all="ignore"):
        value, slope = function.value(np.float64(x), np.float64(y)), function.gradient(np.float64(x), np.float64(y))
    if not np.isfinite([value, *slope]).all():
        raise ArgumentError("race(start)", f"a place where {function.name} is finite", f"{x:g},{y:g}, where it is not", remedy)
    return x, y


def as_number(text: str) -> Any:
    """A number, or the text itself where it is none."""
    try:
        return float(text)
    except ValueError:
        return text


def checked_steps(steps: Any) -> int:
    """A number of steps that a figure can show.

    Raises ArgumentError.
    """
    steps = whole("race(steps)", steps, least=1)
    if steps > MOST_STEPS:
        raise ArgumentError("race(steps)", f"at most {MOST_STEPS:,} steps", f"{steps:,}", f"{STEPS} show how they differ.")
    return steps


def checked_tolerance(tolerance: Any) -> float:
    """Above 0.

    Raises ArgumentError.
    """
    return float(number("race(tolerance)", tolerance, above=0))
