"""Watch: a training seen from inside, epoch by epoch, always on the same few pictures; `nabi.lab.looking` says what is measured.

    model.fit(x, y, epochs=5, callbacks=[watch := Watch(x[:64], y[:64])])
    watch.rows[5]["layers"]         what stood after 5 epochs; rows[0] is before the first step
    watch.table("gradient_norm")    {"conv2d": [0.9, 0.4, ...], ...}, a number for each row

    update ratio = ||w_1 - w_0|| / ||w_0||        of the first step of each epoch; about 1e-3 is usual

A run resumed from a checkpoint has the same rows as one that was never stopped, and a watched training the same weights as any.
Source of the ratio: Karpathy, "CS231n: neural networks part 3", Stanford 2015.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi.callbacks import Callback
from nabi.callbacks.callback import path_given
from nabi.core.errors import ArgumentError
from nabi.core.files import atomic
from nabi.explain.walk import places
from nabi.lab.looking import look, norm, shown
from nabi.lab.recorder import RunRecorder
from nabi.lab.run import WATCHED, made_folder
from nabi.lab.watched import table


class Watch(Callback):
    """Looks inside a model before training and after each epoch.

    Args:
        x, y: some pictures and their targets, as `fit` takes them; 64 tell enough, and cost about what training on 200 costs.
        folder: where watch.jsonl is kept, a line for each row; None takes the folder of `fit(run=...)`, whose report then shows
            it, and keeps none without one.

    Attributes:
        rows: {"epoch": how many are done, "samples": how many pictures, "layers": what `look` gives, each with "update_ratio"}.

    Raises: ArgumentError for another number of targets than pictures, or none.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(3, activation="relu"), nabi.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x, y = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")
        >>> watch = Watch(x, y)
        >>> _ = model.fit(x, y, epochs=2, verbose=0, callbacks=[watch])
        >>> [row["epoch"] for row in watch.rows], list(watch.table("gradient_norm")) == [layer.name for layer in model.layers]
        ([0, 1, 2], True)
    """

    remembers = ("rows", "ratios")

    def __init__(self, x: Any, y: Any, folder: Any = None):
        if not len(x) or len(x) != len(y):
            raise ArgumentError("Watch(x, y)", "some pictures and as many targets", f"{len(x)} and {len(y)}")
        self.x, self.y = x, y
        self.folder = None if folder is None else Path(path_given("Watch(folder)", folder))
        self.rows: list[dict[str, Any]] = []
        self.ratios: dict[str, float | None] = {}
        self.before: dict[str, list[torch.Tensor]] = {}

    def on_train_begin(self, logs=None):
        if self.starts_afresh():
            self.rows, self.ratios = [], {}
            self.see(0)

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            self.before = {name: [w.stored.clone() for w in weights] for name, weights in self.learned().items()}

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            self.ratios = {name: ratio(self.before[name], [w.stored for w in now]) for name, now in self.learned().items()}
            self.before = {}

    def on_epoch_end(self, epoch, logs=None):
        self.see(epoch + 1)

    def see(self, epochs: int) -> None:
        """Takes one more row, and writes the file anew."""
        seen = look(self.model, self.x, self.y)
        layers = [layer | {"update_ratio": self.ratios.get(layer["layer"])} for layer in seen]
        self.rows.append({"epoch": epochs, "samples": len(self.x), "layers": layers})
        folder = self.place()
        if folder is not None:
            with atomic(made_folder(folder) / WATCHED) as file:
                file.write("".join(json.dumps(row) + "\n" for row in self.rows).encode())

    def place(self) -> Path | None:
        """The folder that was given, or that of the run."""
        running = self.model.trainer.callbacks
        recorders = [one.folder for one in (running.callbacks if running is not None else []) if isinstance(one, RunRecorder)]
        return self.folder or (recorders[0] if recorders else None)

    def learned(self) -> dict[str, list[Any]]:
        """The weights that learn, by the name of their place."""
        ids = {id(w) for w in self.model.trainer.ready().learned}
        found = {place.name: [w for w in place.layer.weights if id(w) in ids]
                 for place in places(self.model.require_graph()) if shown(place)}
        return {name: weights for name, weights in found.items() if weights}

    def table(self, name: str) -> dict[str, list[float | None]]:
        """One of "gradient_norm", "weight_norm", "update_ratio", "dead", "zeros": a list over the rows, by layer that has it.

        Raises: ArgumentError for another name.
        """
        return table(self.rows, name)


def ratio(before: list[torch.Tensor], after: list[torch.Tensor]) -> float | None:
    """||w_1 - w_0|| / ||w_0||; None where w_0 is 0, as biases that begin with 0 are."""
    size = norm(before)
    return norm([b - a for a, b in zip(before, after, strict=True)]) / size if size else None


def some(x: Any, y: Any, count: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """So many samples, evenly spread over a data set, which may be sorted by class."""
    numbers = np.linspace(0, len(x) - 1, min(count, len(x))).round().astype(int)
    return np.asarray(x[numbers]), np.asarray(y)[numbers]
