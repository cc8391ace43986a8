"""Recorder: writes a run folder while a model trains, and takes an interrupted one up where its checkpoint stands.

Each file is written whole or not at all; events are appended line by line. When a run is resumed, events and rows that are
younger than the checkpoint are cut off, for they will come again; how often the test set was read by then is kept (event "cut").
See `nabi.lab.run` for the files.
"""

import csv
import io
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

from nabi.callbacks import Callback
from nabi.callbacks.callback import path_given
from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.core.random import current_seed
from nabi.core.registry import register
from nabi.lab.environment import differences, environment
from nabi.lab.recipe import as_toml
from nabi.lab.run import CHECKPOINT, EVENTS, HISTORY, RECIPE, Run, made_folder, read_events, test_reads

EVENT_SECONDS = 0.5  # between two step events
FIT = {"mode": "validation_split_mode"}  # facts of the data whose name in fit is another
CHECKPOINT_SECONDS = 60.0  # between two checkpoints inside an epoch


class RunRecorder(Callback):
    """Callback that keeps a run folder; `fit(run=folder)` adds one.

    A folder that holds a checkpoint is resumed. model.safetensors is the best epoch so far: lowest `val_loss`; without validation
    the last epoch.

    Args:
        folder: the folder; it is made if need be.
        checkpoint_seconds: seconds after which a checkpoint is written inside an epoch; at each epoch's end there is one anyway.
        report: write report.html at the end.
        keep_from: epochs that are not kept once a later one has ended.

    Attributes:
        resumed: whether training went on from a checkpoint.
        facts: what the event of the start says besides.
        seconds: training time so far, earlier sessions included.
        lasting: whether recipe and history are to outlive a loss of power, which costs some 10 ms an epoch.
    """

    lasting = True

    def __init__(self, folder, checkpoint_seconds: float = CHECKPOINT_SECONDS, report: bool = True, keep_from: int = 0):
        self.folder = Path(path_given("fit(run)", folder))
        self.checkpoint_seconds = checkpoint_seconds
        self.report = report
        self.keep_from = keep_from
        self.run: Run = None  # type: ignore[assignment]  # until on_train_begin
        self.best: float | None = None
        self.steps = 0
        self.rows: list[dict[str, Any]] = []
        self.resumed = False
        self.facts: dict[str, Any] = {}
        self.size = 0  # bytes of events.jsonl at the checkpoint
        self.before = 0.0  # seconds of earlier sessions
        self.began = self.event_at = self.kept_at = self.epoch_at = self.step_at = 0.0
        self.session_steps = 0  # of this epoch
        self.due = False
        self.outer: BaseException | None = None  # what the caller of fit was dealing with already

    @property
    def seconds(self) -> float:
        return self.before + time.monotonic() - self.began

    def state(self) -> dict:
        path = self.folder / EVENTS
        return {"best": self.best, "steps": self.steps, "rows": [dict(row) for row in self.rows],
                "size": path.stat().st_size if path.is_file() else 0, "seconds": self.seconds}

    def load_state(self, state: dict) -> None:
        self.best, self.steps = state["best"], int(state["steps"])
        self.size, self.before = int(state["size"]), float(state["seconds"])
        self.rows = [dict(row) for row in state["rows"]]

    def restore(self):
        self.began = self.kept_at = time.monotonic()
        self.outer = sys.exc_info()[1]
        if (self.folder / CHECKPOINT).exists():
            self.model.trainer.load_checkpoint(self.folder / CHECKPOINT)
            self.resumed = True
            path = self.folder / EVENTS
            if path.is_file() and path.stat().st_size > self.size:
                reads = test_reads(read_events(path))
                os.truncate(path, self.size)
                self.event("cut", test_reads=reads)

    def on_train_begin(self, logs=None):
        made_folder(self.folder)
        if not (self.folder / RECIPE).exists():
            self.write_settings()
        self.run = Run(self.folder)
        here = environment()
        if self.resumed:
            position = self.model.trainer.position
            changed = differences((self.run.last("start") or {}).get("environment", {}), here)
            self.write_history()
            self.event("resume", environment=here, not_exact=changed, epoch=position.epoch + 1, step=position.step,
                       pid=os.getpid())
        else:
            (self.folder / EVENTS).unlink(missing_ok=True)
            whole = getattr(self.model, "whole", self.model)  # of which fit_cached trains a part
            self.event("start", environment=here, model=whole.name, parameters=whole.count_params(), pid=os.getpid(),
                       **plain(self.params), **self.facts)

    def write_settings(self) -> None:
        """The recipe of a plain `fit(run=...)`: what fit and the optimizer were given, under fit's names.

        `mix` is a table of the layer's kind and arguments. With a time_budget, in seconds, `epochs` is how many were planned, and
        `epochs_asked` how many were asked for.
        """
        optimizer, facts, budget = self.model.optimizer, self.model.trainer.data, self.model.history.budget
        config = {k: v for k, v in optimizer.get_config().items() if isinstance(v, (int, float, str, bool))}
        table = {"model": self.model.name, **plain(self.params), "seed": self.model.counters.seed, "global_seed": current_seed()}
        table |= {FIT.get(name, name): value for name, value in facts.items() if value is not None and name not in table}
        table |= {"time_budget": budget["budget"], "epochs_asked": budget["asked"]} if budget else {}
        table["optimizer"] = {"class_name": type(optimizer).__name__, **config}
        with atomic(self.folder / RECIPE, self.lasting) as file:
            file.write(as_toml(table).encode())

    def event(self, kind: str, **values) -> None:
        """Appends one line to events.jsonl."""
        line = json.dumps({"event": kind, "time": round(time.time(), 3), "seconds": round(self.seconds, 3), "steps": self.steps,
                           **values}, ensure_ascii=False, allow_nan=False)
        try:
            with open(self.folder / EVENTS, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise FileError(f"writing {self.folder / EVENTS}", "a file that can be written", error.strerror) from error

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_at = self.step_at = time.monotonic()
        self.session_steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        self.session_steps += 1
        self.step_at = now = time.monotonic()
        if now - self.event_at >= EVENT_SECONDS:
            self.event_at = now
            self.event("step", epoch=self.model.trainer.position.epoch + 1, step=batch + 1, **finite(logs))

    def on_epoch_end(self, epoch, logs=None):
        values = finite(logs)
        self.rows.append({"epoch": epoch + 1, **values})
        images, seconds = self.images(), self.step_at - self.epoch_at
        pace = images / seconds if images and seconds > 0 else None
        rate = float(self.model.optimizer.learning_rate)
        self.event("epoch", epoch=epoch + 1, images_per_second=pace, **{"learning_rate": rate, **values})
        self.write_history()
        if epoch < self.keep_from or self.improves(values.get("val_loss")):
            self.model.save(self.run.model)
        self.due = True

    def improves(self, val_loss: float | None) -> bool:
        """Whether this epoch's weights are to be kept; takes note of the best value."""
        if val_loss is None:  # no validation at all, or not in this epoch (Ctrl-C, validation_freq)
            return not any("val_loss" in row for row in self.rows)
        better = self.best is None or val_loss < self.best
        self.best = val_loss if better else self.best
        return better

    def images(self) -> int | None:
        """Images of this epoch's steps; None where the batch size is unknown."""
        size, samples = (self.params or {}).get("batch_size"), (self.params or {}).get("samples")
        return min(size * self.session_steps, samples or size * self.session_steps) if size else None

    def write_history(self) -> None:
        """history.csv from all rows."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([row.get(name) for name in names] for row in self.rows)
        with atomic(self.folder / HISTORY, self.lasting) as file:
            file.write(text.getvalue().encode())

    def at_rest(self) -> None:
        """Writes the checkpoint if it is time, and at once after Ctrl-C; called when all of a step or an epoch is done."""
        trainer = self.model.trainer
        due = self.due or self.model.history.interrupted or time.monotonic() - self.kept_at >= self.checkpoint_seconds
        if due and trainer.may_rest:
            self.due, self.kept_at = False, time.monotonic()
            trainer.save_checkpoint(self.run.checkpoint)

    def on_train_end(self, logs=None):
        if self.run is None:  # the folder could not even be made
            return
        history, error = self.model.history, sys.exc_info()[1]
        error = None if error is self.outer else error  # what is left is on its way to the caller of fit
        interrupted, failure = (history.interrupted, history.failure) if history is not None else (False, None)
        if error is not None and not isinstance(error, KeyboardInterrupt):
            failure = f"{type(error).__name__}: {error}"
        self.event("end", interrupted=bool(interrupted), failure=failure)
        if self.report and error is None:
            from nabi.lab.report import write_report

            write_report(self.run, self.model)


@register("recorder", "RunRecorder")
def recorder(run) -> RunRecorder:
    """What `fit(run=...)` means: a folder's recorder, or the recorder itself."""
    return run if isinstance(run, RunRecorder) else RunRecorder(run)


def plain(params: dict[str, Any] | None) -> dict[str, Any]:
    """The settings of a fit that JSON and TOML can hold."""
    return {name: value for name, value in (params or {}).items() if isinstance(value, (int, float, str, bool))}


def finite(logs) -> dict[str, float | None]:
    """Logs as plain floats; None for NaN and infinity, which JSON has not."""
    values = {name: float(value) for name, value in (logs or {}).items()}
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
