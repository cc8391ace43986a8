"""Tuning: a search over the entries of a recipe with Optuna, each trial a run folder, bad ones given up early.

    runs/20261122-131500-tune-digits-lecture-cnn/
        tune.toml            how many trials, and what is varied          base.toml     the recipe all trials start from
        study.db             Optuna's record of the trials (SQLite)       best.toml     the recipe of the best trial
        trial-001/ ...       run folders                                  tune.png      the search in one figure

A trial is judged by `val_accuracy` of the epoch that it keeps; the test set is never looked at. Values are drawn by TPE: of
random ones the one that is likeliest among good trials and unlikeliest among others. What a trial's optimizer, network or
schedule has no use for is not drawn. A trial whose best epoch so far is below the median of what finished trials had at the same
epoch is given up ("pruned").

What trial n draws is a function of (seed, n, the trials before), and a trial goes on from its checkpoint; so a search that was
killed anywhere and resumed has the same trials as one that was not.

Source: Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011, section 4 (TPE); Golovin et al., "Google
Vizier", KDD 2017, section 3.2.2 (the median rule); Akiba et al., "Optuna", KDD 2019.
"""

import io
import math
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from nabi.callbacks import Callback
from nabi.core.duration import seconds
from nabi.core.errors import ArgumentError, FileError, NabiError, StateError
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.table import columns
from nabi.lab.conclusion import conclude
from nabi.lab.data import Data
from nabi.lab.experiment import learn
from nabi.lab.options import Space, drawn, space_of
from nabi.lab.pictures import loaded
from nabi.lab.recipe import Recipe, as_toml
from nabi.lab.recorder import RunRecorder
from nabi.lab.report import write_report
from nabi.lab.run import RECIPE, Run, made_folder, new_folder
from nabi.lab.space import DEFAULT
from nabi.lab.study import alone, end_trial, next_trial, opened, quiet, the_optuna, told
from nabi.lab.trials import BASE, JUDGED_BY, TUNE, WORDS, Tuning
from nabi.training.interrupt import Interrupt

TRIALS = 20  # where nothing else is said
NO_MEMORY = re.compile(r"out of memory|not enough memory|can't allocate memory|bad_alloc|DefaultCPUAllocator", re.IGNORECASE)


def tune(recipe: Recipe | None = None, vary: Mapping[str, Any] | None = None, *, trials: int | None = None,
         time_budget: Any = None, folder=None, out="runs", stream: TextIO | None = None) -> Tuning:
    """Searches for better entries of a recipe; Ctrl-C finishes the batch and keeps all, and the same folder goes on.

    Args:
        recipe: what every trial starts from; its seed, drawn if it has none, is that of the search, too.
        vary: entry -> "1e-4..1e-2", "adam,sgd" or a list of values (see `nabi.lab.space`); None varies the learning rate, the
            batch size and the optimizer.
        trials: how many in all, 20 if not given; those of a resumed search count.
        time_budget: after so long no trial is begun any more: "90s", "10m", "1h30m", seconds, a timedelta; None sets no limit.
        folder: the search's folder; None makes a new one in `out`. One that holds a search goes on, without recipe and vary, too.
        out: where new folders are made.
        stream: where progress goes; None is nowhere.

    Returns: the search; `found.best.recipe` is the best recipe, `print(found.text())` shows all trials.

    Example:
        >>> tune(Recipe(epochs=1), {"batch_size": "32..16"})
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: vary batch_size: expected low..high with low < high, and log:, lin: or int: before it, \
got '32..16'.

    Raises:
        ArgumentError, UnknownName: nothing to vary, or what cannot be varied. StateError: no Optuna, every trial failed,
        or another search is at work in the folder.
        FileError: no data, or no place for the search.
    """
    limit = math.inf if time_budget is None else seconds("tune(time_budget)", time_budget)
    if trials is not None and (type(trials) is not int or trials < 1):
        raise ArgumentError("tune(trials)", "a whole number above 0", repr(trials))
    for name, place in (("folder", folder), ("out", out)):
        if not isinstance(place, (str, os.PathLike)) and (place is not None or name == "out"):
            raise ArgumentError(f"tune({name})", "the name of a folder", repr(place))
    rows = Rows(stream)
    if folder is not None and (Path(folder) / TUNE).is_file():
        search = Tuning(folder)
        check_same(search, recipe, vary)
        data = loaded(search.recipe, rows.tell)
    else:
        recipe = recipe or Recipe()
        space = space_of(DEFAULT if vary is None else vary, recipe)
        data = loaded(recipe, rows.tell)
        search = begun(recipe, space, trials or TRIALS, folder, out)
    trials = search.wanted if trials is None else trials
    with alone(search.folder):
        write_settings(search.folder, trials, search.vary)
        space = space_of(search.vary, search.recipe)
        study = opened(search.folder)
        rows.tell(say(WORDS, "folder", folder=search.folder))
        interrupted = run_trials(study, search, data, space, trials, limit, rows)
        search = Tuning(search.folder)
        search.interrupted = interrupted
        conclude(search, study)
    done = search.trials
    if done and all(trial.state == "failed" for trial in done):
        raise StateError(f"search {search.folder}", "a trial that can be trained", f"{len(done)} that failed",
                         f"The last one: {done[-1].why}")
    return search


def begun(recipe: Recipe, space: Space, trials: int, folder, out) -> Tuning:
    """A new search's folder with its settings."""
    the_optuna()
    recipe = replace(recipe, seed=secrets.randbelow(2**31) if recipe.seed is None else recipe.seed)
    folder = new_folder(out, f"tune-{recipe.title}") if folder is None else made_folder(folder)
    recipe.write(folder / BASE)
    write_settings(folder, trials, {entry: of.plain() for entry, of in space.items()})
    return Tuning(folder)


def write_settings(folder: Path, trials: int, vary: Mapping[str, str]) -> None:
    """tune.toml: how many trials, and what is varied."""
    with atomic(folder / TUNE) as file:
        file.write(as_toml({"trials": trials, "vary": [f"{entry} = {text}" for entry, text in vary.items()]}).encode())


def check_same(search: Tuning, recipe: Recipe | None, vary: Mapping[str, Any] | None) -> None:
    """Whether what is asked of a search that exists is what it does.

    Raises:
        ArgumentError: it is not.
    """
    there = search.recipe
    if recipe is not None and replace(recipe, seed=there.seed if recipe.seed is None else recipe.seed) != there:
        raise ArgumentError(f"search {search.folder}", "a new folder, or the same recipe", "another one",
                            "Choose another folder.")
    if vary is not None and {k: of.plain() for k, of in space_of(vary, there).items()} != search.vary:
        raise ArgumentError(f"search {search.folder}", "a new folder, or the same entries to vary", "others",
                            "Choose another folder.")


def run_trials(study: Any, search: Tuning, data: Data, space: Space, trials: int, limit: float, rows: "Rows") -> bool:
    """Trial after trial, until there are enough, the time is over, or Ctrl-C; whether it was Ctrl-C."""
    began = time.monotonic()
    with Interrupt() as interrupt:
        while (n := told(study) + 1) <= trials and not interrupt.asked:
            if time.monotonic() - began >= limit:
                rows.tell(say(WORDS, "time over"))
                break
            with quiet():
                trial = next_trial(study, space, search.recipe, n)
                if not run_trial(study, trial, search, data, space, n, trials, rows):
                    return True
    return interrupt.asked


def run_trial(study: Any, trial: Any, search: Tuning, data: Data, space: Space, n: int, trials: int, rows: "Rows") -> bool:
    """Trains one trial and tells Optuna how it went; False if Ctrl-C cut it short, to be gone on with."""
    folder = search.folder / f"trial-{n:03}"
    recipe = drawn(search.recipe, space, trial.params)
    watch = Watch(trial, folder, recipe.epochs, lambda text: rows.show(row(n, trials, text)))
    learned, why = None, None
    try:
        learned = learn(recipe, folder, verbose=0, stream=io.StringIO(), data=data, callbacks=[watch])
        why = learned.history.failure
    except FileError:
        raise  # no data, a full disk: not the trial's fault
    except (NabiError, MemoryError) as error:
        why = f"{type(error).__name__}: {error}"
    except RuntimeError as error:  # torch's own error where memory is short
        if not NO_MEMORY.search(str(error)):
            raise
        why = "MemoryError: not enough memory for its arrays."
    if learned is not None and learned.history.interrupted:
        return False
    value = None if learned is None else learned.run.kept(JUDGED_BY)
    if why is None and value is None:
        why = f"{JUDGED_BY} is no number"
    if why is not None:
        note_failure(folder, recipe, why)
    elif watch.pruned and learned is not None:
        learned.recorder.event("pruned")
    if learned is not None:
        write_report(learned.run, learned.model)
    end_trial(study, trial, value, watch.pruned, why)
    if learned is not None:
        learned.run.checkpoint.unlink(missing_ok=True)  # it may be three times as large as the model
    rows.tell(row(n, trials, search.trial(n).text()))
    return True


def row(n: int, trials: int, text: str) -> str:
    """A line about one of so many trials."""
    return say(WORDS, "row", n=n, all=trials, text=text, width=len(str(trials)))


def note_failure(folder: Path, recipe: Recipe, why: str) -> None:
    """Leaves a run folder that says why there is no trained network."""
    if not (folder / RECIPE).exists():
        made_folder(folder)
        recipe.write(folder / RECIPE)
    if Run(folder).state != "failed":
        recorder = RunRecorder(folder)
        recorder.began = time.monotonic()
        recorder.event("end", interrupted=False, failure=why)


class Watch(Callback):
    """Tells Optuna each epoch's value, and ends a trial that it gives up.

    Attributes:
        pruned: whether it did.
    """

    def __init__(self, trial: Any, folder: Path, epochs: int, show: Any):
        self.trial, self.folder, self.epochs, self.show = trial, folder, epochs, show
        self.pruned = False

    def on_train_begin(self, logs=None):
        done = self.model.trainer.position.epoch  # above 0 where a trial that was cut off goes on
        for epoch, value in enumerate(Run(self.folder).history.get(JUDGED_BY, [])[:done]):
            self.look_at(epoch, value)

    def on_epoch_end(self, epoch, logs=None):
        self.look_at(epoch, (logs or {}).get(JUDGED_BY))  # none where Ctrl-C cut the epoch short

    def look_at(self, epoch: int, value: float | None) -> None:
        """One epoch's value; the last epoch decides nothing any more."""
        if value is None or not math.isfinite(value):
            return
        self.show(say(WORDS, "epoch", n=epoch + 1, epochs=self.epochs, value=f"{100 * value:.2f}"))
        self.trial.report(float(value), epoch)
        if epoch + 1 < self.epochs and self.trial.should_prune():
            self.pruned = self.model.stop_training = True


class Rows:
    """Lines of progress; on a terminal the running trial's row is written over."""

    def __init__(self, stream: TextIO | None):
        self.stream = stream
        self.live = stream is not None and stream.isatty()
        self.covered = 0

    def show(self, text: str) -> None:
        """What will be written over; on a terminal alone."""
        if self.live and self.stream is not None:
            self.stream.write(f"\r{text}{' ' * (self.covered - columns(text))}")
            self.stream.flush()
            self.covered = columns(text)

    def tell(self, text: str) -> None:
        """A line that stays."""
        if self.stream is not None:
            start, rest = ("\r", " " * (self.covered - columns(text))) if self.covered else ("", "")
            self.stream.write(f"{start}{text}{rest}\n")
            self.stream.flush()
            self.covered = 0
