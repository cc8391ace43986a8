"""Recording: every `fit` of a script becomes a run that `nabi runs` lists: recipe, events, history; no model file, no report.

    runs/20261121-093012-lecture/          the first fit, and the script's pictures
    runs/20261121-093044-lecture-fit-2/    the second one
"""

import sys
from pathlib import Path
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.scripts.pictures import Place, folder
from nabi.core.errors import NabiError
from nabi.core.language import say
from nabi.lab.recorder import RunRecorder
from nabi.lab.run import RECIPE, new_folder

MOST = 20  # fits of one script that are recorded: a loop over single epochs would fill the folder


WORDS: dict[str, tuple[str, str]] = {
    "lost": ("nabi: this fit is not recorded: {error}", "nabi: 이 학습은 기록하지 못합니다: {error}"),
    "one": ("nabi: the fit is recorded in {folder}; the list: nabi runs",
            "nabi: 학습 기록은 {folder}에 있습니다. 목록: nabi runs"),
    "fits": ("nabi: {n} fits are recorded in {folder} and beside it; the list: nabi runs",
             "nabi: 학습 {n}번의 기록이 {folder}와 그 옆에 있습니다. 목록: nabi runs"),
    "most": ("Only the first {n} fits of a script are recorded.", "스크립트의 fit은 처음 {n}번만 기록합니다."),
}  # fmt: skip


class Count:
    """How many fits of the running script were recorded."""

    fits = 0


def begin() -> None:
    """Counts from the first fit on."""
    Count.fits = 0


def end() -> None:
    """Says where the fits are recorded."""
    n = min(Count.fits, MOST)
    Count.fits = 0
    if n and Place.folder is not None and (Place.folder / RECIPE).is_file():
        out = "" if Path(Place.out or "runs") == Path("runs") else f" --out {Place.out}"
        print(say(WORDS, "one" if n == 1 else "fits", n=n, folder=Place.folder) + out, file=sys.stderr)


def recorded(options: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `fit` with a recorder among the callbacks; as they are where nothing is recorded."""
    if Place.out is None or not Place.running or options.get("run") is not None:
        return options
    Count.fits += 1
    if Count.fits > MOST:
        note("runs", say(WORDS, "most", n=MOST))
        return options
    given = options.get("callbacks")
    listed = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
    return options | {"callbacks": [*listed, ScriptRecorder()]}


class ScriptRecorder(RunRecorder):
    """A recorder that is quick, and never in a script's way: where it cannot write, it says so once and stops."""

    lasting = False

    def __init__(self):
        super().__init__("runs", report=False)
        self.lost = False

    def carefully(self, act: Any, *values: Any) -> None:
        """Calls; an error of the files ends the recording, not the fit."""
        if not self.lost:
            try:
                act(*values)
            except (OSError, NabiError, AttributeError, ValueError, TypeError) as error:
                self.lost = True
                print(say(WORDS, "lost", error=error), file=sys.stderr)

    def restore(self):
        self.carefully(self.choose_folder)

    def choose_folder(self) -> None:
        """The folder of the script, a fresh one from the second fit on."""
        first = folder()
        taken = (first / RECIPE).exists()
        self.folder = new_folder(Place.out or "runs", f"{Place.name}-fit-{Count.fits}") if taken else Path(first)
        super().restore()

    def on_train_begin(self, logs=None):
        self.carefully(super().on_train_begin, logs)

    def on_epoch_begin(self, epoch, logs=None):
        self.carefully(super().on_epoch_begin, epoch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self.carefully(super().on_train_batch_end, batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self.carefully(super().on_epoch_end, epoch, logs)

    def on_train_end(self, logs=None):
        self.carefully(super().on_train_end, logs)

    def improves(self, val_loss):
        return False  # no model file

    def at_rest(self):
        """No checkpoint."""
