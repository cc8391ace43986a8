"""Contest: several optimizers from one start on one function, as paths, table and plain data for a figure.

    nabi.race("beale")                                       nine optimizers, their usual rates
    nabi.race("long-valley", "sgd,adam:0.1", start=(0.1, 1)) two, one with its own rate
    nabi.race("quadratic", "sgd:0.001,sgd:0.05,sgd:0.11")    too small, right, too large
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi import viz
from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.table import table
from nabi.race import path as paths
from nabi.race.functions import Function, get
from nabi.race.path import LEFT, REACHED, Path, walk
from nabi.race.rates import NINE, entered, grid
from nabi.race.words import WORDS

COLUMNS = ("optimizer", "learning_rate", "steps_to_tolerance", "final", "x", "y", "state", "stays_from")
CELLS = 220  # of the map, each way


@dataclass(frozen=True)
class Race:
    """What a race gave; as text it is its table.

    Attributes:
        function: on which it ran. `start`, `steps`, `tolerance`: how.
        paths: one for each optimizer, in the order they were named.
    """

    function: Function
    start: tuple[float, float]
    steps: int
    tolerance: float
    paths: tuple[Path, ...]

    def __getitem__(self, name: str) -> Path:
        """The path of one name."""
        for path in self.paths:
            if path.name == name:
                return path
        raise KeyError(name)

    def rows(self) -> list[list[Any]]:
        """The table as plain values, columns as in COLUMNS: what CSV holds."""
        return [[p.name, p.learning_rate, p.reached, p.final, *map(float, p.points[-1]), p.state, p.stays] for p in self.paths]

    def __str__(self):
        head = say(WORDS, "head", formula=self.function.formula, x=self.start[0], y=self.start[1], steps=self.steps)
        names = [say(WORDS, key) for key in ("optimizer", "rate")] + [say(WORDS, "tolerance", tolerance=self.tolerance)]
        rows = [[p.name, f"{p.learning_rate:g}", "-" if p.reached is None else f"{p.reached:,}", f"{p.final:.3g}",
                 "({:.3f}, {:.3f})".format(*p.points[-1]), told(p)] for p in self.paths]
        return f"{head}\n\n" + table([*names, *(say(WORDS, key) for key in ("final", "where", "result"))], rows, right=(1, 2, 3))

    def data(self) -> dict[str, Any]:
        """Plain data for `viz.optimizer_race`: the paths, and the function on a grid that holds the start."""
        x, y = self.start
        left, right, bottom, top = self.function.box
        roomx, roomy = 0.06 * (right - left), 0.06 * (top - bottom)
        left, right = min(left, x - roomx), max(right, x + roomx)
        bottom, top = min(bottom, y - roomy), max(top, y + roomy)
        xs, ys = np.linspace(left, right, CELLS), np.linspace(bottom, top, CELLS)
        with np.errstate(all="ignore"):
            z = self.function.value(*np.meshgrid(xs, ys))
        return {"function": self.function.name, "formula": self.function.formula, "start": self.start, "steps": self.steps,
                "tolerance": self.tolerance, "minima": self.function.minima, "saddles": self.function.saddles,
                "x": xs, "y": ys, "z": z, "paths": [path.data() for path in self.paths]}

    def figure(self) -> Any:
        """The map with the paths on it, and f step by step."""
        return viz.optimizer_race(self.data())

    def save(self, path: str | os.PathLike) -> None:
        """Writes a figure (.png, .svg), an animation (.gif, .mp4), or a page that plays by itself, without a network (.html).

        Raises ArgumentError, FileError.
        """
        viz.save_race(self.data(), path)


def race(function: str | Function = "beale", optimizers: Any = "all", start: Any = None, steps: int = paths.STEPS,
         tolerance: float = paths.TOLERANCE, learning_rate: float | None = None) -> Race:
    """Lets optimizers run from one start on one function: the classes that train networks, on two numbers in float64.

    Args:
        function: beale, long-valley, rosenbrock, himmelblau, saddle or quadratic; or a `Function` of one's own.
        optimizers: "all" for nine, names with commas or as a list, each with a rate of its own as "adam:0.1", or instances.
        start: (x, y) or "x,y"; None takes the function's own.
        steps: 1 to 100,000.
        tolerance: an optimizer has reached the minimum when f is at most this.
        learning_rate: one rate for all; None takes the usual ones, `race.RATES`.

    Returns: paths, a table (`print`), `figure()`, `save("race.gif")`.

    Example:
        >>> print(race("quadratic", "sgd:0.01,sgd:0.09,sgd:0.11", steps=200))
        f(x, y) = (x² + 20y²) / 2, from (-4, 1), 200 steps
        <BLANKLINE>
        optimizer  rate  steps to 0.001   final f  ends at              result
        SGD 0.01   0.01               -     0.144  (-0.536, 0.000)      not reached
        SGD 0.09   0.09              48  3.31e-16  (-0.000, 0.000)      reached
        SGD 0.11   0.11               -   1.5e+07  (-0.042, -1224.810)  diverged at step 40

    Raises:
        UnknownName: no such function or optimizer.
        ArgumentError: a start that is not two finite numbers, steps, rates.
    """
    chosen = get(function)
    place, count, close = paths.checked_start(chosen, start), paths.checked_steps(steps), paths.checked_tolerance(tolerance)
    running = [entered(chosen.name, one, learning_rate) for one in listed(optimizers)]
    names = distinct(running)
    walked = tuple(walk(chosen, one, place, count, close, name) for one, name in zip(running, names, strict=True))
    return Race(chosen, place, count, close, walked)


def sweep(function: str | Function = "beale", optimizers: Any = "all", start: Any = None, steps: int = paths.STEPS,
          tolerance: float = paths.TOLERANCE, rates: Sequence[float] | None = None) -> dict[str, Race]:
    """A race of each optimizer against itself over learning rates: {name: Race}.

    Args:
        rates: None takes 1, 2, 5, 10, ... from a hundredth to a hundred times the usual rate.

    Other arguments and errors as in `race`.

    Example:
        >>> [path.state for path in sweep("quadratic", "sgd", rates=[0.0001, 0.05, 0.11])["SGD"].paths]
        ['not reached', 'reached', 'diverged']
    """
    chosen, found = get(function), {}
    for one in listed(optimizers):
        middle = entered(chosen.name, one)
        kind = type(middle).__name__
        around = grid(middle.learning_rate) if rates is None else list(rates)
        found[kind] = race(chosen, [f"{kind}:{rate!r}" for rate in around], start, steps, tolerance)
    return found


def sweep_figure(found: dict[str, Race]) -> Any:
    """The last value against the learning rate, one line for each optimizer; a line ends where it diverges."""
    rates = sorted({path.learning_rate for one in found.values() for path in one.paths})
    series = {}
    for name, one in found.items():
        ends = {p.learning_rate: np.nan if p.diverged else p.final for p in one.paths}
        series[name] = [ends.get(rate, np.nan) for rate in rates]
    first = next(iter(found.values()))
    return viz.race_sweep(first.function.name, first.steps, rates, series)


def distinct(running: list[Any]) -> list[str]:
    """A name for each optimizer, with its rate where a kind runs several times.

    Raises ArgumentError: one and the same twice.
    """
    kinds = [type(one).__name__ for one in running]
    names = [kind if kinds.count(kind) == 1 else f"{kind} {one.current_learning_rate():g}"
             for kind, one in zip(kinds, running, strict=True)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ArgumentError("race(optimizers)", "each optimizer and rate once", f"{twice} twice")
    return names


def told(path: Any) -> str:
    """How a path ended, in words: whether it stayed where it had arrived, too."""
    if path.state == REACHED and path.stays != path.reached:
        return say(WORDS, "returned", step=path.reached, stays=path.stays)
    return say(WORDS, path.state, step=path.reached if path.state == LEFT else path.diverged)


def listed(optimizers: Any) -> list[Any]:
    """The optimizers one by one.

    Raises ArgumentError: none.
    """
    if isinstance(optimizers, str):
        optimizers = NINE if optimizers.strip().lower() == "all" else [part for part in optimizers.split(",") if part.strip()]
    found = list(optimizers) if isinstance(optimizers, (list, tuple)) else [optimizers]
    if not found:
        raise ArgumentError("race(optimizers)", "names of optimizers, or all", "none", f"For example {', '.join(NINE[:3])}.")
    return found
