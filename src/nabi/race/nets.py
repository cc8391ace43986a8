"""Nets: the race on a real network: optimizers from equal weights over equal batches, and a slice of the loss surface beneath.

    w_0 the same for all;  batch t the same for all;  w_(t+1) = the optimizer's formula, as in `fit`
    E(w)      mean loss over the same measured pictures, dropout off, after every few steps

The slice is the plane through the weights where the best path ends, along the two directions in which all the paths' weights
spread most (principal components). The loss on it is computed anew at each point of a grid. Paths are laid onto the plane at
right angles: they lie beside it, and the loss along a path is not that of the map; the share of their spread that the plane holds
is told.
Source: Li et al., "Visualizing the loss landscape of neural nets", 2018, sections 4 and 7.
"""

import os
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nabi import viz
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.core.language import say
from nabi.core.numbers import number, whole
from nabi.core.random import seeded
from nabi.core.table import table
from nabi.race.contest import distinct, listed, told
from nabi.race.path import DIVERGED, GOING, LEFT, REACHED, arrival
from nabi.race.rates import entered
from nabi.race.words import WORDS

NETS: dict[str, tuple[str, dict[str, Any]]] = {  # of the zoo, small enough for nine of them in seconds
    "mlp": ("mlp", {"units": (64,)}),
    "lecture-cnn": ("lecture-cnn", {"width": 0.25}),
    "softmax": ("softmax-regression", {}),
}
STEPS, BATCH, TOLERANCE, MEASURED, RECORDS, CELLS = 200, 64, 0.3, 500, 40, 25
MOST_STEPS = 20_000
LOST = 100  # times the loss at the start: diverged
COLUMNS = ("optimizer", "learning_rate", "steps_to_tolerance", "final", "accuracy", "state", "stays_from")


@dataclass(frozen=True)
class NetPath:
    """One optimizer's way.

    Attributes:
        name, optimizer, learning_rate: as in `race.Path`.
        at: the steps after which it was measured, 0 first.
        values: E there.
        accuracy: on the test digits, at the end.
        weights: (len(at), n) float32, all weights in a row.
        state, reached, stays: as in `race.Path`, of the measured steps. diverged: the measured step that was out of all bounds.
    """

    name: str
    optimizer: str
    learning_rate: float
    at: np.ndarray
    values: np.ndarray
    accuracy: float
    weights: np.ndarray
    state: str
    reached: int | None
    stays: int | None
    diverged: int | None

    @property
    def final(self) -> float:
        """The last loss."""
        return float(self.values[-1])


@dataclass(frozen=True)
class Plane:
    """A slice of the loss surface.

    Attributes:
        center: (n,) the weights at (0, 0). directions: (2, n), of length 1 and at right angles.
        explained: the share of the paths' spread along each direction; `spread`: those of all directions, falling.
        x, y: places along the two. z: (len(y), len(x)) E there.
        points: for each path its places on the plane, (steps, 2).
    """

    center: np.ndarray
    directions: np.ndarray
    explained: tuple[float, float]
    spread: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    points: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class NetRace:
    """What a race on a network gave; as text it is its table.

    Attributes:
        net: its name. `steps`, `batch_size`, `tolerance`, `seed`: how.
        model: the network, and `x`, `y`: the pictures on which E is measured.
        paths: one for each optimizer, in the order they were named.
        plane: the slice, where it was asked for.
    """

    net: str
    steps: int
    batch_size: int
    tolerance: float
    seed: int
    model: Any
    x: np.ndarray
    y: np.ndarray
    paths: tuple[NetPath, ...]
    plane: Plane | None = None

    def __getitem__(self, name: str) -> NetPath:
        """The path of one name."""
        for path in self.paths:
            if path.name == name:
                return path
        raise KeyError(name)

    def rows(self) -> list[list[Any]]:
        """The table as plain values, columns as in COLUMNS."""
        return [[p.name, p.learning_rate, p.reached, p.final, p.accuracy, p.state, p.stays] for p in self.paths]

    def __str__(self):
        head = say(WORDS, "net head", net=self.net, n=self.model.count_params(), steps=self.steps, batch=self.batch_size,
                   m=len(self.x))
        names = [say(WORDS, "optimizer"), say(WORDS, "rate"), say(WORDS, "loss steps", tolerance=self.tolerance),
                 *(say(WORDS, key) for key in ("final loss", "accuracy", "result"))]
        rows = [[p.name, f"{p.learning_rate:g}", "-" if p.reached is None else f"{p.reached:,}", f"{p.final:.4f}",
                 f"{100 * p.accuracy:.1f} %", told(p)] for p in self.paths]
        text = f"{head}\n\n" + table(names, rows, right=(1, 2, 3, 4))
        if self.plane is not None:
            first, second = self.plane.explained
            text += "\n\n" + say(WORDS, "plane", first=100 * first, second=100 * second, both=100 * (first + second))
        return text

    def data(self) -> dict[str, Any]:
        """Plain data for `viz.optimizer_race`: the slice as the map, the paths on it, and E after each measured step."""
        plane = self.plane if self.plane is not None else sliced(self)
        paths = [{"name": p.name, "optimizer": p.optimizer, "learning_rate": p.learning_rate, "points": at, "values": p.values,
                  "is_loss": True, "at": p.at, "state": p.state, "reached": p.reached, "diverged": p.diverged, "final": p.final}
                 for p, at in zip(self.paths, plane.points, strict=True)]
        first, second = (100 * share for share in plane.explained)
        return {"function": self.net, "formula": "", "start": plane.points[0][0], "steps": self.steps,
                "tolerance": self.tolerance, "minima": (), "saddles": (), "x": plane.x, "y": plane.y, "z": plane.z,
                "paths": paths, "net": {"pictures": len(self.x), "batch": self.batch_size, "first": first, "second": second}}

    def figure(self) -> Any:
        """The slice with the paths on it, and the loss step by step."""
        return viz.optimizer_race(self.data())

    def save(self, path: str | os.PathLike) -> None:
        """Writes a figure (.png, .svg), an animation (.gif, .mp4), or a page that plays by itself (.html)."""
        viz.save_race(self.data(), path)


def network(net: Any = "mlp", optimizers: Any = "all", steps: int | None = None, epochs: int | None = None,
            batch_size: int = BATCH, tolerance: float = TOLERANCE, learning_rate: float | None = None, seed: int = 0,
            surface: bool = True, data: Any = None, cells: int = CELLS) -> NetRace:
    """Lets optimizers train one network, each from the same weights over the same batches, and slices the loss surface.

    Args:
        net: mlp (784-64-10), lecture-cnn (a quarter as wide) or softmax; or a built model of one's own, which gives copies.
        optimizers, learning_rate: as in `race`.
        steps: batches; None takes 200, or those of `epochs`.
        epochs: passes over the training pictures, in the place of `steps`.
        batch_size: pictures of a step.
        tolerance: the loss to reach.
        seed: of the first weights, the batches and the dropout masks.
        surface: whether to compute the slice now; else `data()` and `figure()` do.
        data: ((x, y), (x_test, y_test)) with integer classes; None takes the embedded digits.
        cells: of the slice, each way.

    Example:
        >>> found = network("softmax", "sgd,adam", steps=20, surface=False)
        >>> [float(path.values[0].round(4)) for path in found.paths], int(found["Adam"].at[-1])
        ([2.3026, 2.3026], 20)

    Raises:
        UnknownName: no such network or optimizer. ArgumentError: both steps and epochs; numbers out of range.
    """
    (x, y), (x_test, y_test) = digits() if data is None else data
    size, close = whole("race.network(batch_size)", batch_size, least=1), number("race.network(tolerance)", tolerance, above=0)
    cells = whole("race.network(cells)", cells, least=2)
    if steps is not None and epochs is not None:
        raise ArgumentError("race.network", "steps or epochs", "both")
    count = STEPS if steps is None else whole("race.network(steps)", steps, least=1)
    if epochs is not None:
        count = whole("race.network(epochs)", epochs, least=1) * -(-len(x) // size)
    if count > MOST_STEPS:
        raise ArgumentError("race.network(steps)", f"at most {MOST_STEPS:,} steps", f"{count:,}")
    with seeded(seed):
        name, make = maker(net)
        model = make()
    running = [entered(name, one, learning_rate) for one in listed(optimizers)]
    first, names = model.get_weights(), distinct(running)
    x_m, y_m = x[:MEASURED], y[:MEASURED]
    at = np.unique(np.round(np.linspace(0, count, min(count, RECORDS) + 1)).astype(int))
    order, paths = batches(len(x), size, count, seed), []
    for optimizer, called in zip(running, names, strict=True):
        with seeded(seed):
            one = make()
            one.set_weights(first)
            one.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
            paths.append(run(one, called, optimizer, x, y, x_m, y_m, x_test, y_test, order, at, close))
    model.compile("sgd", loss="sparse_categorical_crossentropy")
    found = NetRace(name, count, size, float(close), seed, model, x_m, y_m, tuple(paths))
    return replace(found, plane=sliced(found, cells)) if surface else found


def run(model: Any, name: str, optimizer: Any, x: Any, y: Any, x_m: Any, y_m: Any, x_test: Any, y_test: Any, order: Any,
        at: np.ndarray, tolerance: float) -> NetPath:
    """Trains one, and measures as it goes."""
    values, weights, lost, rate = [], [], None, float(optimizer.current_learning_rate())
    marks = set(at.tolist())
    for step in range(len(order) + 1):
        if step in marks:
            value = measured(model, x_m, y_m)
            if not np.isfinite(value) or value > LOST * max(values[0] if values else value, 1e-3):
                lost = step
                break
            values.append(value)
            weights.append(flat(model))
        if step < len(order):
            model.train_on_batch(x[order[step]], y[order[step]])
    reached, stays = arrival(values, tolerance)
    state = DIVERGED if lost is not None else GOING if reached is None else LEFT if stays is None else REACHED
    seen = at[:len(values)]
    accuracy = float(np.mean(model.predict(x_test, verbose=0).argmax(axis=1) == y_test))
    return NetPath(name, type(optimizer).__name__, rate, seen, np.array(values), accuracy, np.stack(weights), state,
                   None if reached is None else int(seen[reached]), None if stays is None else int(seen[stays]), lost)


def sliced(found: NetRace, cells: int = CELLS) -> Plane:
    """The plane of a race, and E on a grid of it: each point sets the weights and asks the network."""
    best = min((p for p in found.paths if p.diverged is None), key=lambda p: p.final, default=found.paths[0])
    center = best.weights[-1].astype(float)
    directions, spread = principal(np.concatenate([path.weights for path in found.paths]))
    points = tuple((path.weights - center) @ directions.T for path in found.paths)
    everything = np.concatenate(points)
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = np.maximum(0.12 * (high - low), 1e-3)
    x, y = (np.linspace(low[k] - room[k], high[k] + room[k], cells) for k in (0, 1))
    z = np.empty((cells, cells))
    for i, b in enumerate(y):
        for j, a in enumerate(x):
            lay(found.model, center + a * directions[0] + b * directions[1])
            z[i, j] = measured(found.model, found.x, found.y)
    lay(found.model, center)
    return Plane(center, directions, (float(spread[0]), float(spread[1])), spread, x, y, z, points)


def principal(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two directions of the largest variance, and the shares of all: from the small matrix A Aᵀ, as there are few rows.

    Example:
        >>> directions, shares = principal(np.array([[0.0, 0, 0], [4, 0, 0], [2, 1, 0], [2, -1, 0]]))
        >>> np.abs(directions.round(6)).tolist(), shares[:2].round(3).tolist()
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [0.8, 0.2])
    """
    a = weights.astype(float) - weights.mean(axis=0, dtype=float)
    values, vectors = np.linalg.eigh(a @ a.T)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    directions = (a.T @ vectors[:, :2]).T
    if values[1] <= 1e-12 * values[0]:  # a straight path: any other direction is as good
        extra = np.random.default_rng(0).standard_normal(a.shape[1])
        unit = directions[0] / (np.linalg.norm(directions[0]) or 1.0)
        directions[1] = extra - (extra @ unit) * unit
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    directions = directions / np.where(lengths, lengths, 1)
    directions *= np.where(directions[np.arange(2), np.abs(directions).argmax(axis=1)] < 0, -1, 1)[:, None]
    return directions, values / (values.sum() or 1.0)


def measured(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    """E: the model's mean loss, dropout off."""
    return float(model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)["loss"])


def flat(model: Any) -> np.ndarray:
    """All weights in a row."""
    return np.concatenate([w.ravel() for w in model.get_weights()])


def lay(model: Any, row: np.ndarray) -> None:
    """Weights in a row, back into the model."""
    shapes = [w.shape for w in model.get_weights()]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    model.set_weights([part.reshape(shape) for part, shape in zip(np.split(row, ends), shapes, strict=True)])


def batches(n: int, size: int, steps: int, seed: int) -> list[np.ndarray]:
    """The pictures of each step, the same for everyone: passes in an order that is drawn anew for each."""
    draw, found = np.random.default_rng([seed, n, size]), []
    while len(found) < steps:
        order = draw.permutation(n)
        found += [order[start:start + size] for start in range(0, n, size)]
    return found[:steps]


def maker(net: Any) -> tuple[str, Any]:
    """The name of a network, and a function that builds one.

    Raises UnknownName: none of that name.
    """
    from nabi.models import Model, clone_model
    from nabi.zoo import build

    if isinstance(net, Model):
        def copied() -> Any:
            twin = clone_model(net)
            twin.set_weights(net.get_weights())
            return twin
        return net.name, copied
    if net not in NETS:
        raise UnknownName("race.network(net)", f"one of {', '.join(NETS)}, or a model", repr(net), did_you_mean(str(net), NETS))
    name, options = NETS[net]
    return net, lambda: build(name, **options)


def digits() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The embedded digits, shares of white."""
    from nabi.datasets import digits as source

    (x, y), (x_test, y_test) = source.load_data()
    return (x[..., None] / np.float32(255), y), (x_test[..., None] / np.float32(255), y_test)
