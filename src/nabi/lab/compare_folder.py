"""Experiment: the folder of a comparison, read back: variants, their runs over seeds, and what the differences say.

    runs/20261122-131500-compare-digits-lecture-cnn/
        compare.toml          what is varied, seeds                    base.toml       the recipe all variants start from
        v01-1/ ...            run folders: first variant, seed 1       compare.csv     one row a run
        compare.png           curves and dots                          report.html     the page

Reading one needs no training.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from nabi import viz
from nabi.core.errors import FileError
from nabi.core.language import say
from nabi.core.table import one_line, table
from nabi.lab.compare_words import WORDS
from nabi.lab.data_curve import percent
from nabi.lab.effects import effects
from nabi.lab.options import own_rate
from nabi.lab.recipe import Recipe
from nabi.lab.run import RECIPE, Run
from nabi.lab.statistics import wilson
from nabi.lab.trials import first_line, quoted
from nabi.lab.variants import Variant, variants_of
from nabi.lab.verdict import CURVES, judged, several

COMPARE, BASE, FIGURE, TABLE, PAGE = "compare.toml", "base.toml", "compare.png", "compare.csv", "report.html"
COLUMNS = ("variant", "seed", "state", "accuracy", "correct", "total", "loss", "training_accuracy", "epochs", "epochs_to_target",
           "seconds", "parameters")
ALL_PAIRS, MANY = 4, 10  # variants up to which every pair is told; seeds that are offered where few told nothing


@dataclass(frozen=True)
class Trained:
    """One run of a variant.

    Attributes:
        seed: of weights, order and dropout. run: its folder; state: as that of a run, or "missing".
        accuracy, correct, total, loss: on the test pictures, at the kept epoch; None without an end.
        why: of a failure.
    """

    seed: int
    run: Run | None
    state: str
    accuracy: float | None
    correct: int | None
    total: int | None
    loss: float | None
    why: str | None

    @cached_property
    def history(self) -> dict[str, list[float | None]]:
        """What was logged each epoch."""
        return {} if self.run is None else self.run.history

    @property
    def seconds(self) -> float | None:
        """Time of training."""
        return None if self.run is None else (self.run.last("end") or {}).get("seconds")

    def epochs_to(self, target: float) -> int | None:
        """The first epoch whose training accuracy is at least `target`."""
        return next((k for k, a in enumerate(self.history.get("accuracy", []), 1) if a is not None and a >= target), None)


class Experiment:
    """The folder of a comparison.

    Args:
        folder: the folder.

    Attributes:
        vary: entry -> its values in text. seeds: those of each variant. recipe: what all start from.
        target: training accuracy that was asked for; None takes the one that all variants reach.
        interrupted: whether Ctrl-C ended it, as far as this object has seen.

    Raises:
        FileError: no such folder, or none of a comparison.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            settings = tomllib.loads((self.folder / COMPARE).read_text(encoding="utf-8"))
            self.vary: dict[str, str] = dict(line.split(" = ", 1) for line in settings["vary"])
            self.seeds: list[int] = [int(seed) for seed in settings["seeds"]]
            self.asked_target: float | None = settings.get("target")
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileError(f"comparison {self.folder}", f"the folder of a comparison, with {COMPARE}",
                            f"this error: {error}") from None
        self.recipe = Recipe.read(self.folder / BASE)
        self.interrupted = False

    def __repr__(self) -> str:
        return f"Experiment({str(self.folder)!r})"

    @cached_property
    def variants(self) -> list[Variant]:
        """What is compared, in the order in which it was written."""
        return variants_of(self.vary, self.recipe)

    def place(self, variant: int, seed: int) -> Path:
        """The run folder of a variant, from 0, and a seed."""
        return self.folder / f"v{variant + 1:02}-{seed}"

    def trained(self, variant: int, seed: int) -> Trained:
        """A run as it stands now."""
        place = self.place(variant, seed)
        if not (place / RECIPE).is_file():
            return Trained(seed, None, "missing", None, None, None, None, None)
        run = Run(place)
        result = run.result or {}
        return Trained(seed, run, run.state, result.get("accuracy"), result.get("correct"), result.get("total"),
                       result.get("loss"), (run.last("end") or {}).get("failure"))

    @cached_property
    def runs(self) -> list[list[Trained]]:
        """The runs of each variant, in the order of the seeds."""
        return [[self.trained(k, seed) for seed in self.seeds] for k in range(len(self.variants))]

    def accuracies(self, variant: int) -> dict[int, float]:
        """Seed -> test accuracy, of the runs that ended."""
        return {one.seed: one.accuracy for one in self.runs[variant] if one.accuracy is not None}

    @cached_property
    def ranked(self) -> list[int]:
        """The variants with a finished run, the best mean first."""
        means = {k: fmean(found.values()) for k in range(len(self.variants)) if (found := self.accuracies(k))}
        return sorted(means, key=lambda k: -means[k])

    @cached_property
    def target(self) -> float | None:
        """A training accuracy whose epoch is told for each variant: the one asked for, or the highest in whole per cent that all
        runs reach, but for those that reach less than half of the best one's."""
        if self.asked_target is not None:
            return self.asked_target
        best = [max((a for a in one.history.get("accuracy", []) if a is not None), default=0.0)
                for k in self.ranked for one in self.runs[k] if one.accuracy is not None]
        learned = [share for share in best if share > max(best) / 2]
        return math.floor(100 * min(learned)) / 100 if learned else None

    @cached_property
    def pairs(self) -> list[dict[str, Any]]:
        """For each two variants {"a", "b", "difference", "test", "t", "df", "P", "corrected", "n", "verdict", "says"}, the better
        one first; verdict "more", "noise", "equal", "one run" or "unknown"; P is Holm's over all pairs in "corrected"."""
        order = [*self.ranked, *(k for k in range(len(self.variants)) if k not in self.ranked)]
        return several([judged(self.variants[a].name, self.variants[b].name, self.accuracies(a), self.accuracies(b), self.step)
                        for a, b in combinations(order, 2)])

    @property
    def step(self) -> float:
        """What one test picture makes of an accuracy."""
        return 1 / max((one.total or 1) for runs in self.runs for one in runs)

    @cached_property
    def effects(self) -> list[dict[str, Any]]:
        """Of a grid: what each entry does, averaged over the others (`nabi.lab.effects`); [] of a single entry."""
        every = range(len(self.variants))
        return effects([self.variants[k].values for k in every], [self.accuracies(k) for k in every], self.step)

    def rows(self) -> list[list[Any]]:
        """One row a run, under COLUMNS."""
        return [[self.variants[k].name, one.seed, one.state, one.accuracy, one.correct, one.total, one.loss,
                 last(one.history.get("accuracy", [])), len(one.history.get("loss", [])),
                 None if self.target is None else one.epochs_to(self.target), one.seconds,
                 None if one.run is None else one.run.parameters] for k in range(len(self.variants)) for one in self.runs[k]]

    def figures(self, k: int) -> dict[str, Any]:
        """What a table says of a variant; None where nothing is known."""
        ended = [one for one in self.runs[k] if one.accuracy is not None]
        accuracies = [one.accuracy for one in ended if one.accuracy is not None]
        trained = [a for one in ended if (a := last(one.history.get("accuracy", []))) is not None]
        reached = [None if self.target is None else one.epochs_to(self.target) for one in ended]
        seconds = [one.seconds for one in ended if one.seconds is not None]
        known = [n for n in reached if n is not None]
        return {"variant": self.variants[k].name, "values": self.variants[k].values, "accuracies": self.accuracies(k),
                "mean": fmean(accuracies) if accuracies else None, "spread": stdev(accuracies) if len(accuracies) > 1 else None,
                "lowest": min(accuracies, default=None), "highest": max(accuracies, default=None),
                "training_accuracy": fmean(trained) if trained else None, "epochs_to_target": reached,
                "mean_epochs_to_target": fmean(known) if known and len(known) == len(reached) else None,
                "spread_of_epochs": stdev(known) if len(known) > 1 and len(known) == len(reached) else None,
                "seconds": fmean(seconds) if seconds else None, "runs": len(ended),
                "parameters": next((one.run.parameters for one in self.runs[k] if one.run is not None), None),
                "failed": {one.seed: one.why for one in self.runs[k] if one.state == "failed"}}

    def summary(self) -> dict[str, Any]:
        """The comparison as plain data, the best variant first."""
        order = [*self.ranked, *(k for k in range(len(self.variants)) if k not in self.ranked)]
        return {"folder": str(self.folder), "data": self.recipe.data, "network": self.recipe.model, "vary": self.vary,
                "seeds": self.seeds, "target": self.target, "variants": [self.figures(k) for k in order], "pairs": self.pairs,
                "effects": self.effects}

    def curves(self, k: int, log: str) -> list[list[float]]:
        """A log of the runs of a variant, (runs, epochs), NaN where there is none."""
        found = [one.history[log] for one in self.runs[k] if one.accuracy is not None and log in one.history]
        longest = max(map(len, found), default=0)
        return [[math.nan if v is None else v for v in one] + [math.nan] * (longest - len(one)) for one in found]

    def columns(self) -> tuple[list[str], list[list[str]]]:
        """Heads and cells of the table, the best variant first."""
        every = [self.figures(k) for k in self.ranked]
        share = "" if self.target is None else f"{100 * self.target:.4g} %"
        sizes = len({one["parameters"] for one in every}) > 1
        names = ["variant", "accuracy", "spread", "lowest", "highest", "training", "reached", "seconds",
                 *(["parameters"] if sizes else []), "runs"]
        heads = [say(WORDS, name, **({"share": share} if name == "reached" else {})) for name in names]
        shares = ("mean", "spread", "lowest", "highest", "training_accuracy")
        cells = [[one["variant"], *(percent(one[name]) for name in shares), self.reached(one),
                  "-" if one["seconds"] is None else f"{one['seconds']:.1f}",
                  *([f"{one['parameters']:,}"] if sizes else []), str(one["runs"])] for one in every]
        return heads, cells

    def reached(self, figures: dict[str, Any]) -> str:
        """Epochs to the target: mean and spread."""
        mean, spread = figures["mean_epochs_to_target"], figures["spread_of_epochs"]
        if mean is None:
            return say(WORDS, "not reached", n=self.recipe.epochs) if figures["runs"] and self.target is not None else "-"
        return f"{mean:.1f}" + (f" ± {spread:.1f}" if spread is not None else "")

    def told(self) -> list[str]:
        """What the table says, in sentences: the entries of a grid; the pairs, all of few variants, else those with the best."""
        few = len(self.variants) <= ALL_PAIRS
        some = self.pairs if few else [] if self.effects else self.pairs[:len(self.variants) - 1]
        lines = [pair["says"] for effect in self.effects for pair in effect["pairs"]]
        lines = [say(WORDS, "averaged"), *lines, ""] if lines else []
        lines += [one["says"] for one in some]
        if len(some) < len(self.pairs):
            lines.append(say(WORDS, "others", n=len(self.pairs) - len(some)))
        return [*lines, *self.notes()]

    def notes(self) -> list[str]:
        """What to keep in mind: failures, rates of optimizers, the size of the test set."""
        lines = [say(WORDS, "failed", name=self.variants[k].name, seed=one.seed, why=first_line(one.why))
                 for k in range(len(self.variants)) for one in self.runs[k] if one.state == "failed"]
        every = [*self.pairs, *(pair for effect in self.effects for pair in effect["pairs"])]
        least = min((pair["n"] for pair in every if pair["verdict"] == "noise"), default=MANY)
        if least < MANY // 2:
            lines.append(say(WORDS, "more seeds", n=least, wanted=MANY))
        if "optimizer" in self.vary and "learning_rate" not in self.vary and self.recipe.learning_rate is None:
            names = list(dict.fromkeys(variant.recipe.optimizer for variant in self.variants))
            lines.append(say(WORDS, "fair", rates=", ".join(f"{name} {own_rate(name):g}" for name in names)))
        best = [one for one in self.runs[self.ranked[0]] if one.total] if self.ranked else []
        if best:
            low, high = wilson(best[0].correct or 0, best[0].total or 1)
            lines.append(say(WORDS, "test set", n=best[0].total, points=f"{50 * (high - low):.1f}"))
        return lines

    @property
    def whole(self) -> bool:
        """Whether every run has ended, well or not."""
        return all(one.accuracy is not None or one.state == "failed" for runs in self.runs for one in runs)

    def text(self) -> str:
        """A table, and what it says."""
        heads, cells = self.columns()
        lines = [table(heads, cells, right=range(1, len(heads))), ""] if cells else [say(WORDS, "none")]
        lines += map(one_line, self.told() if cells else self.notes())
        if not self.whole:
            lines.append(say(WORDS, "go on", folder=quoted(self.folder)))
        lines += [say(WORDS, word, path=self.folder / name) for word, name in (("figure", FIGURE), ("page", PAGE))
                  if (self.folder / name).is_file()]
        return "\n".join(lines)

    @property
    def title(self) -> str:
        """What was compared, on what."""
        names = [entry.rpartition(".")[2] for entry in self.vary]
        what = ", ".join(say(WORDS, name) if name in WORDS else name.replace("_", " ") for name in names)
        return say(WORDS, "headline", what=what[:1].upper() + what[1:], model=self.recipe.model, data=Path(self.recipe.data).name)

    @property
    def below(self) -> str:
        """What the figure's lines and dots are."""
        most = max((len(self.accuracies(k)) for k in self.ranked), default=0)
        return say(WORDS, "below" if most > 1 else "below one", seeds=most, epochs=self.recipe.epochs)

    def figure(self, headline: bool = True) -> Any:
        """Curves of loss and validation accuracy with their bands, and the test accuracy of each run."""
        logs = [log for log in CURVES if any(self.curves(k, log) for k in self.ranked)][:2]
        every = {self.variants[k].name: {"curves": {log: found for log in logs if (found := self.curves(k, log))},
                                         "reached": list(self.accuracies(k).values())} for k in range(len(self.variants))}
        words = (self.title, self.below) if headline else ("", "")
        return viz.experiment(every, *words, say(WORDS, "Accuracy"))


def last(values: list[float | None]) -> float | None:
    """The last number of a log; None if there is none."""
    return next((value for value in reversed(values) if value is not None), None)
