"""Trials: a search's folder, read back: its settings, its trials as runs, the best of them. Reading one needs no Optuna.

    search = Tuning("runs/20261122-131500-tune-digits-lecture-cnn")
    print(search.text(), search.best.recipe)
"""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nabi.core.errors import FileError
from nabi.core.language import say
from nabi.core.table import table
from nabi.lab.recipe import Recipe
from nabi.lab.run import RECIPE, Run
from nabi.lab.space import value_in
from nabi.lab.statistics import wilson

TUNE, BASE, BEST, FIGURE, PAGE, IMPORTANCE = "tune.toml", "base.toml", "best.toml", "tune.png", "report.html", "importance.json"
JUDGED_BY = "val_accuracy"
SHARED = "label_smoothing"  # shifts val_loss, which then cannot decide between equal accuracies
WORDS: dict[str, tuple[str, str]] = {
    "folder": ("Search folder: {folder}", "탐색 폴더: {folder}"),
    "row": ("{n:>{width}}/{all}  {text}", "{n:>{width}}/{all}  {text}"),
    "epoch": ("epoch {n}/{epochs}, val_accuracy {value} %", "에포크 {n}/{epochs}, val_accuracy {value} %"),
    "time over": ("The time is over: no further trial is begun.", "시간이 다 되어 새 시도를 시작하지 않습니다."),
    "trial": ("trial", "시도"),
    "epochs": ("epochs", "에포크"),
    "one epoch": ("1 epoch", "1 에포크"),
    "n epochs": ("{n} epochs", "{n} 에포크"),
    "seconds": ("seconds", "초"),
    "state": ("state", "상태"),
    "finished": ("finished", "마침"),
    "pruned": ("pruned", "중도 포기"),
    "failed": ("failed", "실패"),
    "interrupted": ("interrupted", "중단됨"),
    "unfinished": ("unfinished", "끝나지 않음"),
    "no trials": ("No trial has been trained yet.", "아직 학습한 시도가 없습니다."),
    "why": ("{trial} failed: {why}", "{trial} 실패: {why}"),
    "importance": (
        "importance  {shares} (fANOVA over {n} trials)",
        "중요도    {shares} (시도 {n}개로 구한 fANOVA)",
    ),
    "left out": (
        "            not among them, as only some trials have it: {entries}",
        "          일부 시도에만 있어 여기서 뺀 항목: {entries}",
    ),
    "too few": (
        "importance  not measured: it takes {n} trials that differ in two entries",
        "중요도    재지 않았습니다. 두 항목 이상이 다른 시도가 {n}개 있어야 합니다",
    ),
    "no sklearn": (
        'importance  not measured: it takes scikit-learn (pip install "nabi[tune]")',
        '중요도    재지 않았습니다. scikit-learn이 필요합니다 (pip install "nabi[tune]")',
    ),
    "no difference": (
        "importance  not measured: all trials are equally good",
        "중요도    재지 않았습니다. 시도의 정확도가 모두 같습니다",
    ),
    "best": (
        "best        {trial}, {value} % of the validation samples{counted}; as the best of {n} it looks better than it is",
        "최고      {trial}, 검증 표본의 {value} %{counted}. {n}개 중 가장 좋은 것을 고른 값이므로 실제보다 좋아 보입니다",
    ),
    "counted": (" ({right:,} of {all:,}; 95 % interval {low:.1f} to {high:.1f} %)",
                " ({all:,}개 중 {right:,}개, 95 % 신뢰 구간 {low:.1f} ~ {high:.1f} %)"),
    "test set": (
        "test set    not looked at; the next line trains the best recipe again and looks at it once",
        "시험      시험 데이터는 보지 않았습니다. 다음 명령은 가장 좋은 레시피로 다시 학습하고 시험 데이터를 한 번 봅니다",
    ),
    "again": ("again       {command}", "다시 학습 {command}"),
    "resume": (
        "go on       {command}   (up to {n} trials)",
        "이어서    {command}   (시도 {n}개까지)",
    ),
    "figure": ("figure      {path}", "그림      {path}"),
}


@dataclass(frozen=True)
class Trial:
    """One trial of a search.

    Attributes:
        number: from 1.
        run: its run folder.
        values: entry -> what it was trained with, None where its optimizer or network does not have it.
        state: "finished", "pruned" (given up early), "failed", "interrupted" or "unfinished".
        val_accuracy, val_loss: at the kept epoch; None if there is none.
        epochs, seconds: how long it was trained.
        why: the reason of a failure.
    """

    number: int
    run: Run
    values: dict[str, Any]
    state: str
    val_accuracy: float | None
    val_loss: float | None
    epochs: int
    seconds: float
    why: str | None

    @property
    def recipe(self) -> Recipe:
        """What it was trained by."""
        return Recipe.read(self.run.folder / RECIPE)

    def text(self) -> str:
        """The trial in a line."""
        values = ", ".join(f"{entry} {shown(value)}" for entry, value in self.values.items())
        if self.state == "failed":
            return f"{say(WORDS, 'failed')}  {values}: {first_line(self.why)}"
        end = "" if self.state == "finished" else f" ({say(WORDS, self.state)})"
        epochs = say(WORDS, "one epoch") if self.epochs == 1 else say(WORDS, "n epochs", n=self.epochs)
        return f"{percent(self.val_accuracy)}  {epochs}{end}  {self.seconds:.1f} s  {values}"

    def summary(self) -> dict[str, Any]:
        """The trial as plain data."""
        names = ("number", "state", "val_accuracy", "val_loss", "epochs", "seconds", "values")
        return {name: getattr(self, name) for name in names} | {"failure": self.why, "run": str(self.run.folder)}


class Tuning:
    """A search's folder.

    Args:
        folder: the folder.

    Attributes:
        folder: its path.
        wanted: how many trials were asked for.
        vary: entry -> its range or values in text.
        recipe: what all trials start from.
        interrupted: whether Ctrl-C ended it, as far as this object has seen.

    Raises:
        FileError: there is no such folder, or it holds no search.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            settings = tomllib.loads((self.folder / TUNE).read_text(encoding="utf-8"))
            self.wanted: int = int(settings["trials"])
            self.vary: dict[str, str] = dict(line.split(" = ", 1) for line in settings["vary"])
        except FileNotFoundError:
            found = "nothing there" if not self.folder.exists() else f"no {TUNE} in it"
            raise FileError(f"search {self.folder}", "the folder of a search", found) from None
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileError(f"search {self.folder}, {TUNE}", "the settings of a search", f"this error: {error}") from error
        self.recipe = Recipe.read(self.folder / BASE)
        self.interrupted = False

    def __repr__(self) -> str:
        return f"Tuning({str(self.folder)!r})"

    @cached_property
    def trials(self) -> list[Trial]:
        """All trials in their order."""
        numbers = [int(path.parent.name[6:]) for path in self.folder.glob(f"trial-*/{RECIPE}")
                   if re.fullmatch(r"trial-\d+", path.parent.name)]
        return [self.trial(number) for number in sorted(numbers)]

    def trial(self, number: int) -> Trial:
        """One of them, as it stands now."""
        run = Run(self.folder / f"trial-{number:03}")
        recipe, end = run.recipe, run.last("end", "epoch", "step") or {}
        return Trial(number, run, {entry: value_in(recipe, entry) for entry in self.vary}, run.state, run.kept(JUDGED_BY),
                     run.kept("val_loss"), run.epochs, float(end.get("seconds", 0.0)), end.get("failure"))

    @property
    def ranked(self) -> list[Trial]:
        """The best first: by val_accuracy, then by val_loss unless label smoothing is varied, then as they came; failed last."""

        def rank(trial: Trial) -> tuple:
            loss = trial.val_loss if trial.val_loss is not None and SHARED not in self.vary else 0.0
            known = trial.val_accuracy is not None and trial.state != "failed"
            return not known, -(trial.val_accuracy or 0.0), loss, trial.number

        return sorted(self.trials, key=rank)

    @property
    def best(self) -> Trial | None:
        """The best of the trials that were trained to the end; None if there is none."""
        return next((trial for trial in self.ranked if trial.state == "finished"), None)

    @property
    def importance(self) -> dict[str, Any]:
        """ {"shares": entry -> share of the differences in val_accuracy that it explains, "trials": how many were looked at,
        "why": why there are none, "left_out": entries that only some trials have}, as the end of the search found them."""
        try:
            return json.loads((self.folder / IMPORTANCE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {"shares": {}, "trials": 0, "why": None}

    @property
    def command(self) -> str:
        """What trains the best recipe again."""
        return f"nabi train --recipe {quoted(self.folder / BEST)}"

    def summary(self) -> dict[str, Any]:
        """The search as plain data, the best trial first."""
        best = self.best
        return {"search": str(self.folder), "trials": [trial.summary() for trial in self.ranked], "vary": self.vary,
                "best": None if best is None else best.summary(), "importance": self.importance["shares"],
                "command": None if best is None else self.command, "test_set": "not looked at"}

    def text(self) -> str:
        """A table of the trials, and what it says."""
        if not self.trials:
            return say(WORDS, "no trials")
        heads = [say(WORDS, "trial"), JUDGED_BY, *(say(WORDS, word) for word in ("epochs", "seconds", "state")), *self.vary]
        rows = [[f"{trial.number:03}", percent(trial.val_accuracy), str(trial.epochs), f"{trial.seconds:.1f}",
                 say(WORDS, trial.state), *map(shown, trial.values.values())] for trial in self.ranked]
        numeric = [5 + k for k, entry in enumerate(self.vary) if all(is_plain_number(t.values[entry]) for t in self.trials)]
        lines = [table(heads, rows, right=(0, 1, 2, 3, *numeric)), ""]
        lines += [say(WORDS, "why", trial=t.run.name, why=first_line(t.why)) for t in self.trials if t.state == "failed"]
        return "\n".join([*lines, *self.closing()])

    def closing(self) -> list[str]:
        """Importance, the best trial, and what to do with it."""
        found, best, lines = self.importance, self.best, []
        if found["shares"]:
            shares = ", ".join(f"{entry} {100 * share:.0f} %" for entry, share in found["shares"].items())
            lines.append(say(WORDS, "importance", shares=shares, n=found["trials"]))
            if found.get("left_out"):
                lines.append(say(WORDS, "left out", entries=", ".join(found["left_out"])))
        elif found["why"]:
            lines.append(say(WORDS, found["why"], **({"n": found["trials"]} if found["why"] == "too few" else {})))
        if best is not None:
            value = f"{100 * (best.val_accuracy or 0):.2f}"
            lines.append(say(WORDS, "best", trial=best.run.name, value=value, n=len(self.trials), counted=counted(best)))
            lines += [say(WORDS, "test set"), say(WORDS, "again", command=self.command)]
        if (self.folder / FIGURE).is_file():
            lines.append(say(WORDS, "figure", path=self.folder / FIGURE))
        if sum(trial.state not in ("interrupted", "unfinished") for trial in self.trials) < self.wanted:
            lines.append(say(WORDS, "resume", n=self.wanted, command=f"nabi tune --resume {quoted(self.folder)}"))
        return lines


def percent(share: float | None) -> str:
    """A share in per cent, "-" for None."""
    return "-" if share is None else f"{100 * share:.2f} %"


def first_line(why: str | None) -> str:
    """A reason without the drawing of shapes that may follow it.

    Example:
        >>> first_line("ShapeError: too small\\n  image (4,4)")
        'ShapeError: too small'
    """
    return (why or "").partition("\n")[0]


def shown(value: Any) -> str:
    """A value in a table.

    Example:
        >>> shown(0.00012), shown(64), shown(None), shown("adam")
        ('0.00012', '64', '-', 'adam')
    """
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def is_plain_number(value: Any) -> bool:
    """Whether a value lines up at the right: a number, or none at all."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def quoted(path: Path) -> str:
    """A path as a shell takes it."""
    import shlex

    return shlex.quote(str(path))


def counted(trial: Any) -> str:
    """How many of the validation samples a trial had right, and Wilson's interval; "" where their number was not kept."""
    samples = (trial.run.last("start") or {}).get("validation_samples")
    if not samples or trial.val_accuracy is None:
        return ""
    right = round(trial.val_accuracy * samples)
    low, high = wilson(right, samples)
    return say(WORDS, "counted", right=right, all=samples, low=100 * low, high=100 * high)
