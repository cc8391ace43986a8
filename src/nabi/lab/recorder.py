"""Recorder: writes a run as a folder of plain files while it trains.

    recipe.toml               what is needed to repeat it
    events.jsonl              append-only: everything the progress bar shows
    history.csv               one row an epoch
    model.safetensors         the best epoch so far (lowest val_loss, or loss without validation)
    checkpoint.safetensors    exact resume

Each file is written whole or not at all; events are appended line by line.
"""

import json
import math
import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from nabi import kernels
from nabi.callbacks import Callback
from nabi.core.config import config
from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.core.random import current_seed
from nabi.core.registry import register

EVENTS_A_SECOND = 2


def new_folder(root="runs", name: str = "run") -> Path:
    """Makes `<root>/<time>-<name>` and returns it; a second run in the same second gets a number."""
    clean = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.") or "run"
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1000):
        path = Path(root) / (f"{stamp}-{clean}" + (f"-{number}" if number else ""))
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            continue
        except OSError as error:
            raise FileError(f"run folder {path}", "a folder that can be written", error.strerror) from error
    raise FileError(f"run folder {root}/{stamp}-{clean}", "a free name", "1000 taken ones")


def environment() -> dict:
    """What the numbers of a run depend on besides the recipe: versions, threads, kernels."""
    found = {"python": platform.python_version(), "system": platform.platform(), "threads": torch.get_num_threads(),
             "capability": torch.backends.cpu.get_cpu_capability(), "kernels": "fused" if kernels.available() else "plain"}
    for package in ("nabi", "torch", "numba", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@register("recorder")
class RunRecorder(Callback):
    """Callback that keeps a run folder.

    Args:
        folder: the folder; it is made if need be. A folder that holds a checkpoint of this model is resumed.
        checkpoint_every: steps between checkpoints besides those at the end of each epoch; None for epochs alone.
    """

    remembers = True

    def __init__(self, folder, checkpoint_every: int | None = None):
        super().__init__()
        self.folder = Path(folder)
        self.checkpoint_every = checkpoint_every
        self.best = math.inf
        self.steps = 0
        self.last_event = 0.0
        self.rows: list[dict] = []
        self.keep = False
        self.resumed = False

    @property
    def checkpoint(self) -> Path:
        """The file of exact resume."""
        return self.folder / "checkpoint.safetensors"

    def state(self) -> dict:
        return {"best": self.best if math.isfinite(self.best) else None, "steps": self.steps, "rows": self.rows}

    def load_state(self, state: dict) -> None:
        self.best = math.inf if state["best"] is None else state["best"]
        self.steps, self.rows = state["steps"], [dict(row) for row in state["rows"]]

    def on_train_begin(self, logs=None):
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"run folder {self.folder}", "a folder that can be written", error.strerror) from error
        if self.checkpoint.exists():
            self.model.trainer.load_checkpoint(self.checkpoint)
            self.resumed = True
            self.cut_back()
        settings = self.folder / "recipe.toml"
        if not settings.exists():
            self.write_settings(settings)
        self.event("resume" if self.resumed else "start", params=self.params, environment=environment(),
                   model=self.model.name, parameters=self.model.count_params())

    def write_settings(self, path: Path) -> None:
        """The recipe of a plain `fit(run=...)`: model, compile and fit settings."""
        from nabi.lab.recipe import as_toml

        optimizer = self.model.optimizer
        table = {"model": self.model.name, "epochs": self.params.get("epochs"), "steps": self.params.get("steps"),
                 "samples": self.params.get("samples"), "precision": config.precision, "global_seed": current_seed(),
                 "model_seed": self.model.counters.seed, "optimizer": {"class_name": type(optimizer).__name__,
                 **{k: v for k, v in optimizer.get_config().items() if isinstance(v, (int, float, str, bool))}}}
        with atomic(path) as file:
            file.write(as_toml(table).encode())

    def cut_back(self) -> None:
        """Drops events and rows that are younger than the checkpoint."""
        path = self.folder / "events.jsonl"
        if not path.exists():
            return
        kept = []
        for line in path.read_bytes().splitlines(keepends=True):
            try:
                event = json.loads(line)
            except ValueError:
                break  # a line that a crash cut short
            if event.get("steps", 0) > self.steps:
                break
            kept.append(line)
        with atomic(path) as file:
            file.write(b"".join(kept))

    def event(self, kind: str, **values) -> None:
        """Appends one line to events.jsonl."""
        line = json.dumps({"event": kind, "time": round(time.time(), 3), "steps": self.steps, **values}, default=str)
        with open(self.folder / "events.jsonl", "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        now = time.monotonic()
        if now - self.last_event > 1 / EVENTS_A_SECOND:
            self.last_event = now
            self.event("step", epoch=self.model.trainer.position.epoch, step=batch, **finite(logs))
        if self.checkpoint_every and self.steps % self.checkpoint_every == 0:
            self.keep = True

    def on_epoch_end(self, epoch, logs=None):
        values = finite(logs)
        self.rows.append({"epoch": epoch, **values})
        self.event("epoch", epoch=epoch, learning_rate=self.model.optimizer.learning_rate, **values)
        self.write_history()
        watched = values.get("val_loss", values.get("loss"))
        if watched is not None and watched < self.best:
            self.best = watched
            self.model.save(self.folder / "model.safetensors")
        self.keep = True

    def write_history(self) -> None:
        """history.csv from all rows."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        lines = [",".join(names), *(",".join("" if row.get(n) is None else repr(row[n]) for n in names) for row in self.rows)]
        with atomic(self.folder / "history.csv") as file:
            file.write(("\n".join(lines) + "\n").encode())

    def at_rest(self) -> None:
        """Writes the checkpoint, when everything of the step or epoch is done."""
        if self.keep:
            self.keep = False
            self.model.trainer.save_checkpoint(self.checkpoint)

    def on_train_end(self, logs=None):
        history = self.model.history
        self.event("end", interrupted=bool(history is not None and history.interrupted),
                   failure=getattr(history, "failure", None), pid=os.getpid())


def finite(logs) -> dict:
    """Logs as plain floats; None for NaN and infinity, which JSON has not."""
    values = {name: float(value) for name, value in (logs or {}).items()}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
