"""Tuner kinds: the order in which keras_tuner's RandomSearch, GridSearch and Hyperband try choices.

    Hyperband    of each bracket's n trials, trained for r epochs, the best n / factor go on up to factor * r epochs

Source: Li et al., "Hyperband", 2018, algorithm 1, with keras_tuner 1.4's sizes of brackets.
"""

import itertools
import math
from collections.abc import Callable
from typing import Any

from nabi.as_keras.companions.tuner import Trial, Tuner
from nabi.as_keras.notes import note
from nabi.as_keras.scripts.shortening import Limits

__all__ = ["BayesianOptimization", "BayesianOptimizationOracle", "GridSearch", "GridSearchOracle", "Hyperband",
           "HyperbandOracle", "RandomSearch", "RandomSearchOracle"]


class RandomSearch(Tuner):
    """Choices are drawn at random, each once."""


class GridSearch(Tuner):
    """All choices in order, as far as max_trials goes; numbers without a step by ten values.

    Args:
        hypermodel, objective, ...: as of `Tuner`; max_trials None: all.
    """

    def __init__(self, hypermodel: Any = None, objective: Any = None, max_trials: Any = None, **options: Any):
        super().__init__(hypermodel, objective, 10**6 if max_trials is None else max_trials, **options)

    def choices(self):
        seen: set[str] = set()
        grids = [(entry.name, entry.grid()) for entry in self.searched()]
        for values in itertools.product(*(grid for _, grid in grids)):
            row = dict(zip((name for name, _ in grids), values, strict=True))
            hp = self.chosen(lambda entry, row=row: row[entry.name])
            if str(hp.values) not in seen:
                seen.add(str(hp.values))
                yield hp


class BayesianOptimization(Tuner):
    """keras_tuner's search by a Gaussian process: here choices are drawn as RandomSearch draws them, which is said once."""

    def __init__(self, hypermodel: Any = None, objective: Any = None, max_trials: int = 10, num_initial_points: Any = None,
                 alpha: float = 1e-4, beta: float = 2.6, **options: Any):
        note("BayesianOptimization", "keras_tuner's BayesianOptimization draws at random here; pip install keras_tuner has it.")
        super().__init__(hypermodel, objective, max_trials, **options)


class Hyperband(Tuner):
    """Many choices for few epochs, the best of them for more.

    Args:
        hypermodel, objective: as of `Tuner`.
        max_epochs: of the best ones. factor: how many times fewer go on, for how many times more epochs.
        hyperband_iterations: how often the whole is done.
    """

    def __init__(self, hypermodel: Any = None, objective: Any = None, max_epochs: int = 100, factor: int = 3,
                 hyperband_iterations: int = 1, **options: Any):
        super().__init__(hypermodel, objective, max_epochs=max_epochs, factor=factor,
                         hyperband_iterations=hyperband_iterations, **options)

    def go(self, args, options):
        most, rounds = (self.max_epochs, self.hyperband_iterations) if Limits.epochs is None else (Limits.epochs, 1)
        top, choices = int(math.log(most, self.factor) + 1e-8), self.choices()
        for bracket in list(range(top, -1, -1)) * rounds:
            before, former = 0, [Trial("", hp) for hp in itertools.islice(choices, self.size(most, bracket, 0))]
            for level in range(bracket + 1):
                epochs = math.ceil(most / self.factor ** (bracket - level))
                now = []
                for old in former[: self.size(most, bracket, level)]:
                    now.append(trial := Trial(f"{len(self.trials):04d}", old.hyperparameters.copy()))
                    trial.weights = old.weights
                    trial.hyperparameters.values |= {"tuner/epochs": epochs, "tuner/initial_epoch": before,
                                                     "tuner/bracket": bracket, "tuner/round": level}
                    self.try_out(trial, *args, **options | {"epochs": epochs, "initial_epoch": before})
                former, before = [trial for trial in self.best_trials(len(self.trials)) if trial in now], epochs

    def size(self, epochs: int, bracket: int, level: int) -> int:
        """How many choices a bracket trains at a level: each bracket takes about as many epochs as the others."""
        last = math.ceil(1 + math.log(epochs, self.factor))
        return math.ceil(last / (bracket + 1) * self.factor ** (bracket - level))


class Oracle:
    """The arguments of a search, as `Tuner(oracle=...)` takes them.

    Args:
        kind: the tuner. given: its arguments.
    """

    def __init__(self, kind: type[Tuner], given: dict[str, Any]):
        self.kind, self.given = kind, given


def oracle_of(kind: type[Tuner]) -> Callable:
    """keras_tuner's oracle that searches as this tuner does."""
    def make(objective: Any = None, **options: Any) -> Oracle:
        return Oracle(kind, {"objective": objective} | options)

    return make


RandomSearchOracle, GridSearchOracle = oracle_of(RandomSearch), oracle_of(GridSearch)
HyperbandOracle, BayesianOptimizationOracle = oracle_of(Hyperband), oracle_of(BayesianOptimization)
