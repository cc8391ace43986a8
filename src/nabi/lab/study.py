"""Study: what a search asks of Optuna: its record in SQLite, the next values, whether a trial is to be given up.

The values of trial n are drawn by a sampler of their own, seeded by (seed, n), so they depend on the trials before and on nothing
else. What hangs on them, such as momentum on the optimizer, is drawn after them, and only where the trial has use for it: TPE
then learns of momentum from the trials that had some.

A trial that a crash cut off leaves a record without an end: it is closed without a reason, which does not count, and what it drew
is laid ready for the next one.
"""

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import FileError, StateError
from nabi.lab.options import Space, used
from nabi.lab.recipe import Recipe
from nabi.lab.space import Choice

try:
    import fcntl
except ImportError:  # Windows: a second search in the same folder is not noticed
    fcntl = None

STUDY, LOCK = "study.db", "lock"
STARTUP = 6  # trials that are drawn at random before TPE has something to learn from
FREE_EPOCHS = 1  # after which no trial is given up yet
REASON = "reason"  # of a trial that failed, among Optuna's attributes; one that was only cut off has none


def the_optuna() -> Any:
    """Optuna, without its log.

    Raises:
        StateError: it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise StateError("tune", "Optuna", "none installed", 'Install it: pip install "nabi[tune]".') from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """A block in which no other search works in the folder; the system ends it with the process, however that ends.

    Raises:
        StateError: another one does. FileError: the folder cannot be written to.
    """
    try:
        file = open(folder / LOCK, "wb")
    except OSError as error:
        raise FileError(f"search {folder}", "a folder that can be written to", error.strerror or str(error)) from error
    with file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StateError(f"search {folder}", "a folder in which no other search is at work", "one that is in use",
                                 "Wait until that one has ended, or choose another folder.") from None
        yield


def opened(folder: Path) -> Any:
    """The search's study, made if need be, and trials that were cut off laid ready to go on."""
    optuna = the_optuna()
    states = optuna.trial.TrialState
    with quiet():
        store = optuna.storages.RDBStorage("sqlite://", engine_kwargs={"creator": lambda: sqlite3.connect(folder / STUDY)})
        pruner = optuna.pruners.MedianPruner(n_startup_trials=STARTUP - 1, n_warmup_steps=FREE_EPOCHS)
        study = optuna.create_study(study_name="tune", storage=store, direction="maximize", load_if_exists=True, pruner=pruner)
        waiting = any(trial.state == states.WAITING for trial in study.trials)
        for trial in study.trials:
            if trial.state == states.RUNNING:
                if trial.params and not waiting:
                    study.enqueue_trial(trial.params)
                    waiting = True
                study.tell(trial.number, state=states.FAIL)
    return study


def told(study: Any) -> int:
    """Trials that are over, those that were cut off left out."""
    states = the_optuna().trial.TrialState
    over = (states.COMPLETE, states.PRUNED)
    return sum(trial.state in over or (trial.state == states.FAIL and REASON in trial.user_attrs) for trial in study.trials)


def quiet() -> warnings.catch_warnings:
    """A block without warnings: those of Optuna about its own arguments, and of trials whose rate is too high."""
    return warnings.catch_warnings(action="ignore")


def next_trial(study: Any, space: Space, recipe: Recipe, number: int) -> Any:
    """Optuna's trial with its values drawn, or the one that was cut off with those that it had.

    `recipe` is the search's own: it has the seed, and the optimizer, network and schedule where these are not varied.
    """
    own = int(np.random.SeedSequence((recipe.seed or 0, number)).generate_state(1)[0])
    study.sampler = the_optuna().samplers.TPESampler(seed=own, n_startup_trials=STARTUP, constant_liar=False)
    trial = study.ask()
    for entry in sorted(space, key=hangs_on_others):  # stable: else in the order in which they were written
        if used(recipe, space, trial.params, entry):
            what = space[entry]
            if isinstance(what, Choice):
                trial.suggest_categorical(entry, what.values)
            else:
                draw = trial.suggest_int if what.whole else trial.suggest_float
                draw(entry, what.low, what.high, log=what.log)
    return trial


def hangs_on_others(entry: str) -> bool:
    """Whether other entries decide if a trial has use for this one."""
    return "." in entry or entry == "warmup"


def end_trial(study: Any, trial: Any, value: float | None, pruned: bool, why: str | None) -> None:
    """Tells Optuna how a trial ended: with a value, given up early, or failed."""
    states = the_optuna().trial.TrialState
    if why is not None:
        trial.set_user_attr(REASON, why)
        study.tell(trial, state=states.FAIL)
    elif pruned:
        study.tell(trial, state=states.PRUNED)
    else:
        study.tell(trial, value)
