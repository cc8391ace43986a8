"""Tuner: builds, trains and ranks models as keras_tuner does, in memory alone; its kinds: `tuner_kinds.py`.

    tuner = kt.RandomSearch(build, objective="val_accuracy", max_trials=5)
    tuner.search(x, y, epochs=3, validation_split=0.2)
    best = tuner.get_best_hyperparameters()[0];  model = tuner.hypermodel.build(best)

A trial's score is its best epoch's, the mean over executions. Source of the names: keras_tuner 1.4.
"""

import copy
import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nabi.as_keras.companions.tuner_space import HyperParameters
from nabi.as_keras.scripts.shortening import Limits
from nabi.callbacks import Callback, direction
from nabi.core.errors import ArgumentError, StateError, Unwritten

__all__ = ["HyperModel", "Objective", "Trial", "Tuner"]
SHORT = 2  # trials of a run that `--max-epochs` shortens


class Objective:
    """What is searched for: a name of the logs, "min" or "max".

    Args:
        name, direction: them.

    Example:
        >>> Objective("val_accuracy", "max")
        Objective(name="val_accuracy", direction="max")
    """

    def __init__(self, name: str, direction: str):
        if direction not in ("min", "max"):
            raise ArgumentError(f"keras_tuner.Objective('{name}', direction)", "'min' or 'max'", repr(direction))
        self.name, self.direction = name, direction

    def __repr__(self) -> str:
        return f'Objective(name="{self.name}", direction="{self.direction}")'

    def better(self, a: float, b: float | None) -> bool:
        """Whether score a is better than b, or the first."""
        return b is None or math.isnan(b) or (a < b if self.direction == "min" else a > b)


def objective_of(given: Any) -> Objective:
    """An Objective from a name, an Objective, or None, which is the number that run_trial gives, the less the better."""
    if isinstance(given, (list, tuple)):
        raise ArgumentError("keras_tuner, objective", "one objective", f"{len(given)}", "Name the one that decides.")
    if given is None or isinstance(given, Objective):
        return given or Objective("default_objective", "min")
    return Objective(given, direction(str(given)) or "min")


class HyperModel:
    """A model that is built from hyperparameters: write `build(self, hp)`, and `fit` where training has some, too."""

    def __init__(self, name: str | None = None, tunable: bool = True):
        self.name, self.tunable = name, tunable

    def build(self, hp: HyperParameters) -> Any:
        """A compiled model."""
        raise Unwritten(self, "build(self, hp)")

    def fit(self, hp: HyperParameters, model: Any, *args: Any, **options: Any) -> Any:
        """Trains it."""
        return model.fit(*args, **options)


class Built(HyperModel):
    """A function (hp) -> model as a HyperModel."""

    def __init__(self, function: Callable):
        super().__init__()
        self.build = function


class Trial:
    """One choice of hyperparameters, and what came of it.

    Args:
        trial_id, hyperparameters: its number as a text, and them.

    Attributes:
        score: the objective; None before it ran. weights: of the best epoch, and built: the shape that they were made for.
        status: "RUNNING", "COMPLETED".
    """

    def __init__(self, trial_id: str, hyperparameters: HyperParameters):
        self.trial_id, self.hyperparameters = trial_id, hyperparameters
        self.score: float | None = None
        self.best_step, self.status = 0, "RUNNING"
        self.weights: list[np.ndarray] | None = None
        self.built: dict[str, Any] | None = None

    def summary(self) -> None:
        """Prints it."""
        print(f"\nTrial {self.trial_id} summary\nHyperparameters:")
        for name, value in self.hyperparameters.values.items():
            print(f"{name}: {value}")
        print(f"Score: {self.score}")


class BestEpoch(Callback):
    """Keeps the best epoch's score and weights.

    Args:
        objective: what is best.
    """

    def __init__(self, objective: Objective):
        super().__init__()
        self.objective, self.score, self.epoch, self.weights = objective, None, 0, None

    def on_epoch_end(self, epoch, logs=None):
        logs, name = logs or {}, self.objective.name
        if name not in logs:
            raise StateError(f"keras_tuner, objective '{name}'", f"one of {', '.join(logs)}", repr(name),
                             "A name that begins with val_ needs validation data in search.")
        if self.objective.better(float(logs[name]), self.score):
            self.score, self.epoch = float(logs[name]), epoch
            self.weights = [np.array(one) for one in self.model.get_weights()]


class Tuner:
    """Base of the tuners; in a class of one's own `run_trial` may be written anew.

    Args:
        hypermodel: function (hp) -> compiled model, or HyperModel.
        objective: "val_accuracy" or the like, or an Objective.
        max_trials: how many choices are tried. executions_per_trial: how often each is trained.
        hyperparameters: a space that is known before; tune_new_entries: whether others are searched, too.
        seed: of the draws.
        oracle: what `RandomSearchOracle(...)` and its like gave, whose arguments are taken.
        more: directory, project_name, overwrite, logger, ...: accepted; nothing is written.
    """

    def __init__(self, hypermodel: Any = None, objective: Any = None, max_trials: int = 10, executions_per_trial: int = 1,
                 hyperparameters: Any = None, tune_new_entries: bool = True, seed: Any = None, oracle: Any = None, **more: Any):
        if oracle is not None:
            more |= oracle.given
            objective, max_trials, seed = more.get("objective"), more.get("max_trials", max_trials), more.get("seed", seed)
            hyperparameters = more.get("hyperparameters", hyperparameters)
        self.kind = type(self) if oracle is None else oracle.kind
        if isinstance(hypermodel, HyperModel) or hypermodel is None:
            self.hypermodel: Any = hypermodel or HyperModel()
        else:
            self.hypermodel = hypermodel if hasattr(hypermodel, "build") else Built(hypermodel)
        self.objective = objective_of(objective)
        self.max_trials, self.executions_per_trial = max_trials or 10, executions_per_trial
        self.tune_new_entries = tune_new_entries
        self.space = hyperparameters.copy() if hyperparameters is not None else HyperParameters()
        self.fixed = dict(self.space.values) if hyperparameters is not None else {}
        self.names = set(self.space.entries)
        self.trials: list[Trial] = []
        self.source = random.Random(seed)
        self.max_epochs, self.factor = int(more.get("max_epochs", 100)), more.get("factor", 3)
        self.hyperband_iterations = int(more.get("hyperband_iterations", 1))
        self.project_dir = f"{more.get('directory') or '.'}/{more.get('project_name') or 'untitled_project'}"
        self.oracle = self
        self.populate()

    def populate(self) -> None:
        """Builds a model once, so that the space is known."""
        if type(self.hypermodel) is not HyperModel:
            self.hypermodel.build(self.space)

    # Which choices are tried ------------------------------------------------------------------------------------------------

    def searched(self) -> list[Any]:
        """The entries that are searched."""
        return [entry for entry in self.space.space if self.tune_new_entries or entry.name in self.names]

    def chosen(self, pick: Callable) -> HyperParameters:
        """A choice: `pick` gives a value for each entry that counts."""
        hp = self.space.copy()
        hp.values = {}
        for entry in self.space.space:
            if entry.counts(hp.values):
                hp.values[entry.name] = pick(entry) if entry in self.searched() else self.fixed.get(entry.name, entry.default)
        return hp

    def choices(self) -> Iterator[HyperParameters]:
        """Drawn ones, each once; ends where no new one is found."""
        seen: set[str] = set()
        misses = 0
        while misses < 20:
            hp = self.chosen(lambda entry: entry.draw(self.source))
            misses = misses + 1 if str(hp.values) in seen else 0
            if not misses:
                seen.add(str(hp.values))
                yield hp

    # Training ---------------------------------------------------------------------------------------------------------------

    def search(self, *args: Any, **options: Any) -> None:
        """Trains a model for each choice; the arguments are those of `fit`."""
        self.kind.go(self, args, options)
        self.on_search_end()

    def go(self, args: tuple, options: dict[str, Any]) -> None:
        """One trial after the other."""
        most = self.max_trials if Limits.epochs is None else min(self.max_trials, SHORT)
        for number, hp in enumerate(itertools.islice(self.kind.choices(self), most)):
            self.try_out(Trial(f"{number:02d}", hp), *args, **options)

    def try_out(self, trial: Trial, *args: Any, **options: Any) -> None:
        """Runs one trial and notes its score."""
        self.trials.append(trial)
        self.on_trial_begin(trial)
        made = self.run_trial(trial, *args, **options)
        if made is not None or trial.score is None:
            trial.score = score_of(made, self.objective)
        trial.status = "COMPLETED"
        for name, entry in trial.hyperparameters.entries.items():
            self.space.entries.setdefault(name, entry)
        self.on_trial_end(trial)

    def run_trial(self, trial: Trial, *args: Any, **options: Any) -> Any:
        """Trains the trial's model as often as asked; gives its scores."""
        scores: list[float] = []
        for _ in range(self.executions_per_trial):
            kept = BestEpoch(self.objective)
            given = copy.deepcopy(options.get("callbacks")) or []
            model = self.hypermodel.build(trial.hyperparameters)
            if trial.weights is not None and options.get("initial_epoch"):
                model.set_weights(trial.weights)
            made = self.run_fit(trial, model, *args, **options | {"callbacks": [*given, kept]})
            if kept.score is None:
                return made
            scores.append(kept.score)
            if self.objective.better(kept.score, trial.score if len(scores) > 1 else None):
                trial.score, trial.best_step, trial.weights = kept.score, kept.epoch, kept.weights
                trial.built = model.get_build_config()
        return scores

    def run_fit(self, trial: Trial, model: Any, *args: Any, **options: Any) -> Any:
        """What the HyperModel's fit gives."""
        fit = getattr(self.hypermodel, "fit", None)
        return fit(trial.hyperparameters, model, *args, **options) if fit else model.fit(*args, **options)

    def on_trial_begin(self, trial: Trial) -> None:
        """Called before a trial."""

    def on_trial_end(self, trial: Trial) -> None:
        """Prints its score and the best so far."""
        name, best = self.objective.name, self.best_trials(1)[0].score
        print(f"Trial {trial.trial_id} Complete\n{name}: {trial.score}\n\nBest {name} So Far: {best}")

    def on_search_end(self) -> None:
        """Called after the last trial."""

    def reload(self) -> None:
        """Nothing: trials are kept in memory."""

    save = reload

    # What came of it --------------------------------------------------------------------------------------------------------

    def best_trials(self, num_trials: int = 1) -> list[Trial]:
        """The best trials, the best first."""
        done = [trial for trial in self.trials if trial.score is not None]
        sign = 1 if self.objective.direction == "min" else -1
        return sorted(done, key=lambda t: (math.isnan(t.score or 0), sign * (t.score or 0)))[:num_trials]

    get_best_trials = best_trials

    def get_trial(self, trial_id: Any) -> Trial:
        """A trial by its number."""
        return next(trial for trial in self.trials if trial.trial_id == trial_id)

    def get_best_hyperparameters(self, num_trials: int = 1) -> list[HyperParameters]:
        """Those of the best trials."""
        return [trial.hyperparameters.copy() for trial in self.best_trials(num_trials)]

    def get_best_models(self, num_models: int = 1) -> list[Any]:
        """The best trials' models, with their best epochs' weights."""
        models = []
        for trial in self.best_trials(num_models):
            model = self.hypermodel.build(trial.hyperparameters)
            if trial.weights is not None:
                if not model.built:
                    model.build_from_config(trial.built)
                model.set_weights(trial.weights)
            models.append(model)
        return models

    def search_space_summary(self, extended: bool = False) -> None:
        """Prints what is searched."""
        print(f"Search space summary\nDefault search space size: {len(self.space.space)}")
        for entry in self.space.space:
            print(entry)

    def results_summary(self, num_trials: int = 10) -> None:
        """Prints the best trials."""
        print(f"Results summary\nResults in {self.project_dir}\nShowing {num_trials} best trials\n{self.objective}")
        for trial in self.best_trials(num_trials):
            trial.summary()


def score_of(made: Any, objective: Objective) -> float:
    """The score that run_trial gave: a number, logs, a History, or a list of them, whose mean it is."""
    if isinstance(made, (list, tuple)) and made:
        return float(np.mean([score_of(one, objective) for one in made]))
    history = getattr(made, "history", None)
    if history is not None:
        values = history[objective.name]
        return float(min(values) if objective.direction == "min" else max(values))
    if isinstance(made, dict):
        return float(made[objective.name])
    if made is None or isinstance(made, (list, tuple)):
        raise StateError("tuner.run_trial", "a number, a dict of logs or a History", repr(made), "Return what fit gives.")
    return float(made)
