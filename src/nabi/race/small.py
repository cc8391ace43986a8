"""Small tables, for the calculator: three steps of an optimizer, backpropagation by hand, a softmax; every number has its symbol.

    steps of     (w - 3)^2 from w = 0, and the line w x + b through four points from w = b = 0: g, memory, corrections, new w
    backprop     a net 2-2-1 with sigmoids: forward, error, deltas, gradients, one step of gradient descent
    softmax      logit, e^z, share, one-hot

The lines of an optimizer are read from the source of its formula (`nabi.trace`), so the table cannot tell another rule than
the one that trains.
"""

import csv
import inspect
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.table import table
from nabi.race.rates import NINE, entered
from nabi.race.words import WORDS
from nabi.trace.formula import lines_of, number_lines
from nabi.trace.numbers import show
from nabi.trace.update import usual

LINE = ((1.0, 3.0), (2.0, 5.0), (3.0, 7.0), (4.0, 9.0))  # points (x, y) of y = 2 x + 1
RATE, ADADELTA_RATE = 0.1, 1.0


@dataclass(frozen=True)
class Small:
    """A table: a title, columns by key, rows of plain values; as text in the user's language.

    Attributes:
        title: what it shows.
        columns: keys of the columns: English, as in the CSV.
        rows: numbers in full, and texts.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __str__(self):
        heads = [say(WORDS, name) for name in self.columns]
        cells = [[show(cell) if isinstance(cell, float) else str(cell) for cell in row] for row in self.rows]
        numbers = [k for k in range(len(heads)) if self.rows and isinstance(self.rows[0][k], (int, float))]
        return f"{self.title}\n\n" + table(heads, cells, right=numbers)

    def csv(self) -> str:
        """The table as comma-separated values, numbers in full."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([self.columns, *self.rows])
        return file.getvalue()

    def data(self) -> dict[str, Any]:
        """Plain data."""
        return {"title": self.title, "columns": list(self.columns), "rows": [list(row) for row in self.rows]}


def parabola(w):
    """Slope of E = (w - 3)^2."""
    gw = 2 * (w - 3)
    return gw


def line_slopes(w, b, x1, y1, x2, y2, x3, y3, x4, y4):
    """Slopes of E = ((w x1 + b - y1)^2 + ... + (w x4 + b - y4)^2) / 4."""
    e1 = w * x1 + b - y1
    e2 = w * x2 + b - y2
    e3 = w * x3 + b - y3
    e4 = w * x4 + b - y4
    gw = 2 * (e1 * x1 + e2 * x2 + e3 * x3 + e4 * x4) / 4
    gb = 2 * (e1 + e2 + e3 + e4) / 4
    return gw, gb


PROBLEMS: dict[str, tuple[str, Callable, tuple[str, ...], dict[str, float]]] = {  # text, slopes, weights, what is given
    "parabola": ("E = (w - 3)^2", parabola, ("w",), {}),
    "line": ("E = mean (w x + b - y)^2, (x, y) = (1, 3) (2, 5) (3, 7) (4, 9)", line_slopes, ("w", "b"),
             {name: value for k, (x, y) in enumerate(LINE, 1) for name, value in ((f"x{k}", x), (f"y{k}", y))}),
}  # fmt: skip


def steps_table(optimizer: Any = "sgd", problem: str = "parabola", steps: int = 3, learning_rate: float | None = None) -> Small:
    """The first steps of an optimizer from 0, with every intermediate value.

    Args:
        optimizer: a name, or an instance without weight decay, clipping and running averages.
        problem: "parabola" for (w - 3)^2, "line" for a line through four points.
        steps: how many.
        learning_rate: None takes 0.1 for the parabola, 0.01 for the line, and for Adadelta 1.

    Example:
        >>> print(steps_table("momentum", steps=1))
        Momentum: 1 step on E = (w - 3)^2
        <BLANKLINE>
        step  symbol  formula         numbers               value
           1  gw      2 * (w - 3)     2 * (0 - 3)              -6
           1  v       m * v - lr * g   0.9 * 0 - 0.1 * (-6)    0.6
           1  w       w + v            0 + 0.6                 0.6

    Raises:
        UnknownName: no such optimizer.
        ArgumentError: another problem, or an optimizer that does more than its formula.
    """
    if problem not in PROBLEMS:
        raise ArgumentError("steps_table(problem)", f"one of {', '.join(PROBLEMS)}", repr(problem))
    told, slopes, names, given = PROBLEMS[problem]
    opt = entered("", optimizer, learning_rate)
    if isinstance(optimizer, str) and learning_rate is None and ":" not in optimizer:
        opt.learning_rate = ADADELTA_RATE if type(opt).__name__ == "Adadelta" else RATE if problem == "parabola" else RATE / 10
    more = [name for name in ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema") if getattr(opt, name)]
    if more:
        raise ArgumentError("steps_table(optimizer)", "an optimizer that does its formula alone", f"one with {', '.join(more)}",
                            "nabi.trace(model, x, y).weight(...) shows all of a training step.")
    weights = dict.fromkeys(names, 0.0)
    memory = {name: {slot: opt.slot_start(slot) for slot in opt.slots} for name in names}
    arguments, rows = list(inspect.signature(opt.formula).parameters), []
    for step in range(1, steps + 1):
        lines, values = lines_of(slopes, weights | given)
        rows += [(step, line.name, line.formula, line.numbers, line.value) for line in lines]
        lr, numbers = opt.current_learning_rate(), opt.numbers(step)
        for k, name in enumerate(names):
            held = [memory[name][slot] for slot in opt.slots]
            known = dict(zip(arguments, (weights[name], values[f"g{name}"], *held, lr, *numbers), strict=True))
            read, after = lines_of(opt.formula, known)
            made = number_lines(opt, step, known) if k == 0 else []
            for line in (*made, *read[:-1], *usual(opt, known, read, step), read[-1]):
                symbol = name if line.name == "w" else line.name if len(names) == 1 or line in made else f"{line.name}_{name}"
                rows.append((step, symbol, line.formula, line.numbers, line.value))
            weights[name], memory[name] = after["w"], {slot: after[slot] for slot in opt.slots}
    title = say(WORDS, "steps of", optimizer=type(opt).__name__, n=steps, s="" if steps == 1 else "s", problem=told)
    return Small(title, ("step", "symbol", "formula", "numbers", "value"), tuple(rows))


def all_steps(problem: str = "parabola", steps: int = 3) -> list[Small]:
    """`steps_table` of the nine optimizers of the lectures."""
    return [steps_table(name, problem, steps) for name in NINE]


def forward_and_back(x1, x2, t, w11, w21, b1, w12, w22, b2, v1, v2, c, lr, e):
    """One step of gradient descent of a net 2-2-1 with sigmoids, E = (y - t)^2 / 2; w12 leads from input 1 to unit 2."""
    z1 = w11 * x1 + w21 * x2 + b1
    a1 = 1 / (1 + e**-z1)
    z2 = w12 * x1 + w22 * x2 + b2
    a2 = 1 / (1 + e**-z2)
    z = v1 * a1 + v2 * a2 + c
    y = 1 / (1 + e**-z)
    E = (y - t) ** 2 / 2
    d = (y - t) * y * (1 - y)
    d1 = d * v1 * a1 * (1 - a1)
    d2 = d * v2 * a2 * (1 - a2)
    v1 = v1 - lr * d * a1
    v2 = v2 - lr * d * a2
    c = c - lr * d
    w11 = w11 - lr * d1 * x1
    w21 = w21 - lr * d1 * x2
    b1 = b1 - lr * d1
    w12 = w12 - lr * d2 * x1
    w22 = w22 - lr * d2 * x2
    b2 = b2 - lr * d2
    return E, w11, w21, b1, w12, w22, b2, v1, v2, c


START = {"x1": 1.0, "x2": 0.0, "t": 1.0, "w11": 0.5, "w21": -0.5, "b1": 0.0, "w12": -1.0, "w22": 1.0, "b2": 0.5, "v1": 1.0,
         "v2": -1.0, "c": 0.0, "lr": 1.0}  # fmt: skip


def backprop_table(**given: float) -> Small:
    """One backpropagation by hand: forward, E, deltas d, new weights (gradient = delta x input).

    Args:
        given: other numbers for those of START: inputs x1, x2; target t; weights w11, w21, b1 (hidden unit 1), w12, w22, b2
            (hidden unit 2), v1, v2, c (output); learning rate lr.

    Example:
        >>> [row[0] for row in backprop_table().rows][:8], round(backprop_table(t=0.0).rows[6][-1], 4)
        (['z1', 'a1', 'z2', 'a2', 'z', 'y', 'E', 'd'], 0.1573)

    Raises ArgumentError: a name that is none of these.
    """
    for name in given:
        if name not in START:
            raise ArgumentError("backprop_table", f"some of {', '.join(START)}", repr(name))
    values = {**START, **{name: float(value) for name, value in given.items()}}
    lines, _ = lines_of(forward_and_back, values | {"e": math.e})
    return Small(say(WORDS, "backprop"), ("symbol", "formula", "numbers", "value"),
                 tuple((line.name, line.formula, line.numbers, line.value) for line in lines))


def softmax_table(logits: Sequence[float] = (2.0, 1.0, 0.1), names: Sequence[str] | None = None) -> Small:
    """Softmax as a table: logit, e^z, share of the sum, one-hot of the largest.

    Example:
        >>> print(softmax_table([2, 1, 0], ["cat", "dog", "hen"]))
        Softmax: logit, exp, share, one-hot
        <BLANKLINE>
        class  logit z      e^z      share  one-hot
        cat          2  7.38906   0.665241        1
        dog          1  2.71828   0.244728        0
        hen          0        1  0.0900306        0

    Raises ArgumentError: no logits, or some that are not finite; another number of names.
    """
    z = np.asarray(logits, dtype=float)
    named = [str(k) for k in range(z.size)] if names is None else list(names)
    if z.ndim != 1 or not z.size or not np.isfinite(z).all() or z.max() > 700 or len(named) != len(z):
        raise ArgumentError("softmax_table(logits, names)", "finite numbers up to 700 in a row, and a name for each",
                            f"{np.shape(logits)} and {len(named)}")
    e = np.exp(z)
    rows = zip(named, z.tolist(), e.tolist(), (e / e.sum()).tolist(), (np.arange(len(z)) == z.argmax()).astype(int).tolist(),
               strict=True)
    return Small(say(WORDS, "softmax"), ("class", "logit", "exp", "share", "one-hot"), tuple(rows))
