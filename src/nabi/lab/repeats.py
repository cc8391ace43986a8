"""Repeats: runs that differ in nothing but their seed are one way of training; ways are compared by their spread over seeds.

    same seeds     the paired test over those that both have        other seeds     Welch's test        (`nabi.lab.seed_noise`)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, stdev
from typing import Any

from nabi.lab.run import Run
from nabi.lab.verdict import CURVES, judged, several

APART = ("seed", "name")  # entries in which repeats may differ


@dataclass(frozen=True)
class Way:
    """One way of training.

    Attributes:
        name: what sets it apart from the others, or its first run's name. runs: one for each seed, in the order given.
    """

    name: str
    runs: tuple[Run, ...]

    @property
    def accuracies(self) -> dict[Any, float]:
        """Seed -> test accuracy, of the runs that have one; runs without a seed under their names."""
        return {run.recipe.get("seed", run.name): run.result["accuracy"] for run in self.runs if run.result}

    @property
    def tested_on(self) -> set[tuple[Any, ...]]:
        """The test sets of its runs: name of the data, samples, fingerprint."""
        return {(run.recipe.get("data"), run.result["total"], run.result.get("sha256")) for run in self.runs if run.result}

    def summary(self) -> dict[str, Any]:
        """The same as plain data."""
        found = list(self.accuracies.values())
        return {"name": self.name, "runs": [run.name for run in self.runs], "accuracies": self.accuracies,
                "mean": fmean(found) if found else None, "spread": stdev(found) if len(found) > 1 else None,
                "lowest": min(found, default=None), "highest": max(found, default=None)}


def flat(recipe: dict[str, Any]) -> dict[str, Any]:
    """A recipe with the entries of its tables by names with a dot.

    Example:
        >>> flat({"epochs": 3, "model_options": {"width": 0.5}})
        {'epochs': 3, 'model_options.width': 0.5}
    """
    found: dict[str, Any] = {}
    for name, value in recipe.items():
        found |= {f"{name}.{word}": part for word, part in value.items()} if isinstance(value, dict) else {name: value}
    return found


def ways(runs: Sequence[Run]) -> list[Way]:
    """The runs, those that differ in seed and name alone together."""
    together: dict[tuple, list[Run]] = {}
    for run in runs:
        key = tuple(sorted((name, repr(value)) for name, value in flat(run.recipe).items() if name not in APART))
        together.setdefault(key, []).append(run)
    recipes = [flat(group[0].recipe) for group in together.values()]
    entries = [name for name in dict.fromkeys(name for recipe in recipes for name in recipe)
               if name not in APART and any(recipe.get(name) != recipes[0].get(name) for recipe in recipes)]

    def name(recipe: dict[str, Any], group: list[Run]) -> str:
        words = [f"{entry.rpartition('.')[2]} {recipe[entry]}" for entry in entries if recipe.get(entry) is not None]
        return ", ".join(words) if len(recipes) > 1 and words else group[0].name

    return [Way(name(recipe, group), tuple(group)) for recipe, group in zip(recipes, together.values(), strict=True)]


def verdicts(found: Sequence[Way]) -> list[dict[str, Any]]:
    """What each two ways say: see `nabi.lab.verdict`; verdict "other data" where they were tested on different pictures."""
    return several([compared(a, b) for a, b in combinations(found, 2)])


def compared(a: Way, b: Way) -> dict[str, Any]:
    """The test of two ways."""
    sets = a.tested_on | b.tested_on
    if len(sets) > 1:
        return {"a": a.name, "b": b.name, "verdict": "other data", "n": 0}
    return judged(a.name, b.name, a.accuracies, b.accuracies, 1 / next(iter(sets))[1] if sets else 0.0)


def curves(found: Sequence[Way]) -> dict[str, dict[str, Any]]:
    """What `viz.experiment` draws: the first two logs that there are, with a row a run; test accuracies."""
    histories = {way.name: [run.history for run in way.runs] for way in found}
    logs = [log for log in CURVES if any(log in history for many in histories.values() for history in many)][:2]

    def rows(many: list[dict[str, list[float | None]]], log: str) -> list[list[float]]:
        kept = [history[log] for history in many if history.get(log)]
        longest = max(map(len, kept), default=0)
        return [[math.nan if v is None else v for v in one] + [math.nan] * (longest - len(one)) for one in kept]

    return {way.name: {"curves": {log: y for log in logs if (y := rows(histories[way.name], log))},
                       "reached": list(way.accuracies.values())} for way in found}
