"""ModelCheckpoint: save the model, or its weights, as training goes on.

    ModelCheckpoint("best.safetensors", monitor="val_accuracy", save_best_only=True)
    ModelCheckpoint("runs/{epoch:02d}-{val_loss:.2f}.safetensors", keep=3)

Source: keras.callbacks.ModelCheckpoint (Keras 3.15).
Keras differs: with `save_best_only` it also saves in epochs that did not log the monitor, here such an
epoch is passed over. `keep` is nabi's.
"""

import os
import re
import string
from collections import ChainMap
from pathlib import Path
from typing import Any

from nabi.callbacks.callback import frequency, path_given, verbosity
from nabi.callbacks.monitor import MonitorCallback, require
from nabi.callbacks.told import told
from nabi.core.errors import ArgumentError, StateError
from nabi.core.files import make_folder
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register

ENDING = ".safetensors"
KERAS = (".keras", ".h5", ".hdf5")


@register("callback")
class ModelCheckpoint(MonitorCallback):
    """Saves to `filepath` after every epoch, or every so many batches.

    The best value so far stays from one `fit` to the next, as in Keras.

    Args:
        filepath: ends in ".safetensors", or as Keras' files in ".keras", ".h5" or ".hdf5"; may hold {epoch} (from 1), {batch}
            (from 1) and any logged name, with a format: "{epoch:02d}-{val_loss:.2f}.safetensors". Folders are made.
        monitor: the log name that says which model is best.
        verbose: 1 says what is saved.
        save_best_only: save only when `monitor` is better than ever before.
        save_weights_only: `model.save_weights` instead of `model.save`.
        mode: "min", "max", or "auto": by the metric's direction or name.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: with `save_best_only`, save only what is better than this.
        keep: delete all but the last `keep` files that this callback saved; None keeps all.
        period: Keras 1's: save only every so many epochs.

    Raises:
        ArgumentError: another ending; a number of batches as `save_freq` with a `val_` name.
        UnknownName: the file name asks for something that is not logged.
        FileError: `filepath` is a folder.
    """

    endings: tuple[str, ...] = (ENDING, *KERAS)  # those that it takes
    remembers = ("best", "saved", "batches_since_save", "last_batch", "epochs_since_save")

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
        keep: int | None = None,
        period: int = 1,
    ):
        super().__init__(monitor, mode)
        self.filepath = os.fspath(path_given("ModelCheckpoint(filepath)", filepath))
        if not self.filepath.lower().endswith(self.endings):
            instead = re.sub(r"(\.weights)?\.(tf|pt|pth|ckpt)$", "", self.filepath) + ENDING
            raise ArgumentError(
                "ModelCheckpoint(filepath)", f"a file name that ends in {ENDING}", repr(self.filepath),
                f"Write {instead!r}, which cannot carry code, or Keras' .keras, .h5 or .weights.h5.",
            )  # fmt: skip
        self.verbose = verbosity("ModelCheckpoint(verbose)", verbose)
        self.save_best_only = flag("ModelCheckpoint(save_best_only)", save_best_only)
        self.save_weights_only = flag("ModelCheckpoint(save_weights_only)", save_weights_only)
        self.save_freq = frequency("ModelCheckpoint(save_freq)", save_freq)
        if initial_value_threshold is not None:
            number("ModelCheckpoint(initial_value_threshold)", initial_value_threshold)
        self.initial_value_threshold = self.best = initial_value_threshold
        self.keep = whole("ModelCheckpoint(keep)", keep, least=1, optional=True)
        self.period = whole("ModelCheckpoint(period)", period, least=1)
        self.saved: list[str] = []
        self.batches_since_save = 0
        self.last_batch: int | None = None
        self.epochs_since_save = 0
        self._epoch = 0
        late = [name for name in self.monitors if name.startswith("val_")]
        if late and save_freq != "epoch":
            raise ArgumentError(
                "ModelCheckpoint(save_freq)", f"'epoch', because {late[0]} is only known at an epoch's end", save_freq,
                f"Take save_freq='epoch', or {late[0].removeprefix('val_')!r} instead of {late[0]!r}.",
            )  # fmt: skip

    @property
    def monitors(self) -> tuple[str, ...]:  # type: ignore[override]
        """The monitor if it decides anything, and the names in the file's name."""
        fields = {field for _, field, _, _ in string.Formatter().parse(self.filepath) if field}
        return tuple(sorted(fields - {"epoch", "batch"} | ({self.monitor} if self.save_best_only else set())))

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        self.epochs_since_save += 1
        if self.save_freq == "epoch" and self.epochs_since_save >= self.period:
            self.epochs_since_save = 0
            self._save(epoch, {} if logs is None else logs, {})

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        new_epoch = self.last_batch is None or batch <= self.last_batch
        self.batches_since_save += batch + 1 if new_epoch else batch - (self.last_batch or 0)
        self.last_batch = batch
        if self.batches_since_save >= int(self.save_freq):
            self.batches_since_save = 0
            self._save(self._epoch, {} if logs is None else logs, {"batch": batch + 1})

    def _save(self, epoch: int, logs: Any, place: dict[str, int]):
        if self.save_best_only:
            value = logs.get(self.monitor)
            if value is None:
                return
            before = "None" if self.best is None else f"{self.best:.5f}"
            if not self.improves(value, self.best):
                self._say("not improved", epoch, before=before)
                return
            self.best = float(value)
        path = self._path(logs, {"epoch": epoch + 1, **place})
        if self.save_best_only:
            self._say("improved", epoch, before=before, now=self.best, path=path)
        else:
            self._say("saved", epoch, path=path)
        if path.lower().endswith((ENDING, *KERAS)):
            make_folder(path, "ModelCheckpoint(filepath)")
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        self._forget_old(path)

    def _path(self, logs: Any, place: dict[str, int]) -> str:
        """`filepath` with its fields filled in."""
        for _, field, _, _ in string.Formatter().parse(self.filepath):
            if field and field.isidentifier() and field not in place:
                require(field, logs, "ModelCheckpoint(filepath)")
        try:
            return self.filepath.format_map(ChainMap(place, logs))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ArgumentError(
                "ModelCheckpoint(filepath)", "fields like {epoch:02d}", repr(self.filepath), f"Python says: {error}."
            ) from None

    def load_state(self, state):
        """As in `Callback`; file names that this template cannot have made are refused, for `keep` deletes by this list.

        Raises:
            StateError: the state belongs to another callback, or names files that are not its own.
        """
        literals = [(re.escape(text), field) for text, field, _, _ in string.Formatter().parse(self.filepath)]
        own = re.compile("".join(text + ("" if field is None else r"[^/\\\\]*") for text, field in literals))
        names = state.get("saved", [])
        strange = [n for n in names if not (isinstance(n, str) and own.fullmatch(n))] if isinstance(names, list) else [names]
        if strange:
            raise StateError("ModelCheckpoint.load_state", f"files named like {self.filepath!r}", repr(strange[0]),
                             "The checkpoint is of another callback, or was tampered with.")
        super().load_state(state)

    def _forget_old(self, path):
        if self.keep is None:
            return
        self.saved = [name for name in self.saved if name != path] + [path]
        while len(self.saved) > self.keep:
            Path(self.saved.pop(0)).unlink(missing_ok=True)

    def _say(self, key, epoch, **values):
        if self.verbose > 0:
            self.tell(told(key, n=epoch + 1, name=self.monitor, **values))
