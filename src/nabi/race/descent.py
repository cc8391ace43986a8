"""Descent on a line fit: all points at a time, a few, or one: batch, mini-batch and stochastic gradient descent.

    E(w, b) = mean of (w x + b - y)^2 over the points        the error surface
    g = the same mean's gradient over the points of a batch  what a step goes by

One epoch is one pass over the points: with a batch of all 1 update, of one as many as there are points. Their order is drawn
anew each epoch. Source: Robbins & Monro, 1951.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi import viz
from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.numbers import number, whole
from nabi.core.table import table
from nabi.optimizers import SGD
from nabi.race.path import DIVERGED, GOING, MOST_STEPS, Path, follow
from nabi.race.words import WORDS

MANY = 40  # points of the usual fit
CELLS = 160


@dataclass(frozen=True)
class Fit:
    """What the three ways of descent gave; as text a table.

    Attributes:
        x, y: the points. `epochs`, `learning_rate`: how.
        best: (w, b) of least squares.
        sizes: points in a batch, one for each path.
        paths: points (updates + 1, 2) in the plane (w, b); values: E over all points.
    """

    x: np.ndarray
    y: np.ndarray
    epochs: int
    learning_rate: float
    best: tuple[float, float]
    sizes: tuple[int, ...]
    paths: tuple[Path, ...]

    def rows(self) -> list[list[Any]]:
        """The table as plain values."""
        return [[p.name, size, len(p.points) - 1, p.final, *map(float, p.points[-1]), p.state]
                for size, p in zip(self.sizes, self.paths, strict=True)]

    def __str__(self):
        head = say(WORDS, "fit head", n=len(self.x), rate=self.learning_rate, epochs=self.epochs)
        names = [say(WORDS, key) for key in ("way", "batch", "updates", "error", "where")]
        rows = [[say(WORDS, row[0]), str(row[1]), f"{row[2]:,}", f"{row[3]:.4g}", f"({row[4]:.3f}, {row[5]:.3f})"
                 + (f"  {say(WORDS, DIVERGED, step=path.diverged)}" if path.diverged is not None else "")]
                for row, path in zip(self.rows(), self.paths, strict=True)]
        return f"{head}\n\n" + table(names, rows, right=(1, 2, 3))

    def data(self) -> dict[str, Any]:
        """Plain data for `viz.line_fit`: points, paths, and E on a grid."""
        all_points = np.concatenate([path.points for path in self.paths] + [np.array([self.best])])
        low, high = all_points.min(axis=0), all_points.max(axis=0)
        room = np.maximum(0.12 * (high - low), 0.1)
        w, b = (np.linspace(low[k] - room[k], high[k] + room[k], CELLS) for k in (0, 1))
        z = np.mean((w[None, :, None] * self.x + b[:, None, None] - self.y) ** 2, axis=-1)
        return {"x": self.x, "y": self.y, "best": self.best, "epochs": self.epochs, "w": w, "b": b, "z": z,
                "least": float(np.mean((self.best[0] * self.x + self.best[1] - self.y) ** 2)),
                "sizes": self.sizes, "paths": [path.data() for path in self.paths]}

    def figure(self) -> Any:
        """Error surface with the paths, the lines found, E after each update."""
        return viz.line_fit(self.data())


def line_fit(x: Any = None, y: Any = None, sizes: Any = None, epochs: int = 30, learning_rate: float = 0.1, seed: int = 0) -> Fit:
    """Fits a line w x + b from w = b = 0 by gradient descent with batches of several sizes.

    Args:
        x, y: n points each; None takes 40 round the line 2 x + 1.
        sizes: points in a batch; None takes all, a fifth of them, and 1.
        epochs: passes over the points.
        learning_rate: of SGD.
        seed: of the points' order, and of the points where none are given.

    Example:
        >>> fit = line_fit(epochs=10)
        >>> [len(path.points) - 1 for path in fit.paths]
        [10, 50, 400]

    Raises ArgumentError: points that are no pairs or do not spread; sizes, epochs or rates out of range.
    """
    draw = np.random.default_rng(seed)
    if x is None or y is None:
        x = draw.uniform(-1, 1, MANY)
        y = 2 * x + 1 + 0.5 * draw.standard_normal(MANY)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2 or not np.isfinite([x, y]).all() or np.ptp(x) == 0:
        raise ArgumentError("line_fit(x, y)", "two or more points with different x, finite", f"{x.shape} and {y.shape}")
    n = len(x)
    chosen = tuple(sizes) if sizes is not None else tuple(sorted({n, max(1, n // 5), 1}, reverse=True))
    if not chosen or not all(isinstance(size, int) and 1 <= size <= n for size in chosen):
        raise ArgumentError("line_fit(sizes)", f"whole numbers from 1 to {n}", repr(sizes))
    whole("line_fit(epochs)", epochs, least=1)
    number("line_fit(learning_rate)", learning_rate, above=0)
    if epochs * n > MOST_STEPS:
        raise ArgumentError("line_fit(epochs)", f"at most {MOST_STEPS:,} updates", f"{epochs * n:,}")
    best = np.linalg.lstsq(np.stack([x, np.ones(n)], axis=1), y, rcond=None)[0]
    paths = []
    for size in chosen:
        batches = batch_order(n, size, epochs, seed)
        turn = iter(batches)

        def slope(wb: np.ndarray, turn=turn) -> Any:
            some = next(turn)
            e = wb[0] * x[some] + wb[1] - y[some]
            return 2 * np.mean(e * x[some]), 2 * np.mean(e)

        points, values, lost = follow(slope, SGD(learning_rate), (0.0, 0.0), len(batches),
                                      lambda wb: np.mean((wb[0] * x + wb[1] - y) ** 2))
        name = "full" if size == n else "single" if size == 1 else "mini"
        paths.append(Path(name, "SGD", learning_rate, points, values, DIVERGED if lost else GOING, None, lost))
    return Fit(x, y, epochs, learning_rate, (float(best[0]), float(best[1])), chosen, tuple(paths))


def batch_order(n: int, size: int, epochs: int, seed: int) -> list[np.ndarray]:
    """The points of each batch, in the order of the updates.

    Example:
        >>> [sorted(batch.tolist()) for batch in batch_order(4, 4, 1, 0)], len(batch_order(5, 2, 3, 0))
        ([[0, 1, 2, 3]], 9)
    """
    draw = np.random.default_rng([seed, size])
    order = [draw.permutation(n) for _ in range(epochs)]
    return [one[start:start + size] for one in order for start in range(0, n, size)]
