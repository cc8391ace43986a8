"""Data curve: test accuracy against the number of training pictures, with its spread over seeds: would more pictures help?

    runs/20261122-131500-curve-flowers-fast-pictures/
        curve.toml                  sizes and seeds                 base.toml      the recipe of the run on all pictures
        n000050-1/ ...              run folders: 50 pictures, seed 1                curve.csv, curve.png

    a(n) = mean over seeds of the accuracy on the test part           s(n) = standard deviation over seeds
    gain of the last step = a(n_k) - a(n_{k-1}),    more than noise where it exceeds 2 sqrt((s_k^2 + s_{k-1}^2) / seeds)

A seed draws the pictures and the weights; those of its smaller parts lie in the larger ones (`nabi.lab.amounts`). All runs share
validation and test part. Each run takes as many steps as the one on all pictures, though at most four times as many epochs: else
small parts would look worse than they are, having been trained less. Nothing is chosen by the test part.

scikit-learn's `learning_curve` measures the same; in Keras a learning curve is that of the epochs (`viz.learning_curves`).
"""

import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from nabi import viz
from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.table import table
from nabi.lab.amounts import epochs_for, part, sizes_of, with_validation
from nabi.lab.evaluation import evaluate
from nabi.lab.experiment import learn
from nabi.lab.pictures import loaded
from nabi.lab.recipe import Recipe, as_toml
from nabi.lab.run import RECIPE, Run, made_folder, new_folder
from nabi.lab.study import alone
from nabi.lab.tuning import Rows

CURVE, BASE, FIGURE, FIGURES = "curve.toml", "base.toml", "curve.png", "curve.csv"
SEEDS = 3
ENOUGH, RISING = 3, 0.01  # runs whose spread says something; rise of the training accuracy in the last quarter of a run
WORDS: dict[str, tuple[str, str]] = {
    "folder": ("Folder: {folder}", "폴더: {folder}"),
    "row": ("{k:>{width}}/{all}  {n:,} pictures, seed {seed}: {accuracy} %, {epochs} epochs, {seconds} s",
            "{k:>{width}}/{all}  그림 {n:,}장, 시드 {seed}: {accuracy} %, {epochs} 에포크, {seconds}초"),
    "failed": ("{k:>{width}}/{all}  {n:,} pictures, seed {seed}: failed", "{k:>{width}}/{all}  그림 {n:,}장, 시드 {seed}: 실패"),
    "pictures": ("pictures", "그림 수"),
    "a class": ("smallest class", "가장 작은 클래스"),
    "mean": ("test accuracy", "시험 정확도"),
    "spread": ("spread", "표준편차"),
    "lowest": ("lowest", "최저"),
    "highest": ("highest", "최고"),
    "seeds": ("runs", "학습 횟수"),
    "none": ("No run has ended yet.", "아직 끝난 학습이 없습니다."),
    "more": (
        "From {a:,} to {b:,} pictures the accuracy rose by {points} points, more than the spread of the runs: further pictures "
        "will probably help.",
        "그림을 {a:,}장에서 {b:,}장으로 늘리자 정확도가 {points}%p 올랐습니다. 학습할 때마다 다른 정도보다 크므로 그림을 더 "
        "모으면 더 좋아질 것입니다.",
    ),
    "perhaps": (
        "From {a:,} to {b:,} pictures the accuracy rose by {points} points, more than the spread of the runs, but {why}",
        "그림을 {a:,}장에서 {b:,}장으로 늘리자 정확도가 {points}%p 올랐습니다. 학습할 때마다 다른 정도보다 크지만 {why}",
    ),
    "few runs": (
        "the spread of {n} runs says little: whether further pictures help is open. --seeds 3 or more tells.",
        "{n}번만 학습한 표준편차는 믿기 어려워, 그림을 더 모으면 좋아질지 아직 알 수 없습니다. --seeds 3 이상으로 확인하십시오.",
    ),
    "rising": (
        "the training accuracy still rose when the runs ended: longer training (--epochs) may do what further pictures would.",
        "학습을 마칠 때까지 학습 정확도가 오르고 있었습니다. 그림을 더 모으기 전에 --epochs를 늘려 더 오래 학습해 보십시오.",
    ),
    "noise": (
        "From {a:,} to {b:,} pictures the accuracy changed by {points} points, within the spread of the runs: further pictures "
        "of this kind may bring little.",
        "그림을 {a:,}장에서 {b:,}장으로 늘렸을 때 정확도는 {points}%p 달라졌습니다. 학습할 때마다 다른 정도 안에 있으므로 "
        "같은 종류의 그림을 더 모아도 크게 좋아지지 않을 수 있습니다.",
    ),
    "go on": ("Go on: nabi data curve --resume {folder}", "이어서: nabi data curve --resume {folder}"),
    "figure": ("Figure: {path}", "그림: {path}"),
    "headline": ("{accuracy} of the test pictures right, with {n:,} to learn from",
                 "학습 그림 {n:,}장으로 시험 정확도 {accuracy}"),
    "below": ("Mean of {seeds} runs a point; the band reaches from the lowest to the highest.",
              "점은 {seeds}번의 평균, 띠는 최저에서 최고까지입니다."),
    "below one": ("One run a point.", "점마다 한 번 학습했습니다."),
    "training pictures": ("training pictures, logarithmic", "학습 그림 수(로그 눈금)"),
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One amount of pictures.

    Attributes:
        pictures: how many there were for training. smallest: of the class that has fewest of them.
        accuracies: test accuracy of each run that ended, in the order of their seeds.
    """

    pictures: int
    smallest: int
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean over the seeds."""
        return float(np.mean(self.accuracies))

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds; None for one."""
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else None

    def summary(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"pictures": self.pictures, "smallest_class": self.smallest, "accuracies": list(self.accuracies),
                "mean": self.mean, "spread": self.spread}


class DataCurve:
    """The folder of a data curve.

    Args:
        folder: the folder.

    Attributes:
        sizes, seeds: what was asked for. smallest: pictures of the smallest class at each size.
        recipe: that of the run on all pictures.
        interrupted: whether Ctrl-C ended it, as far as this object has seen.

    Raises:
        FileError: no such folder, or none of a data curve.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            settings = tomllib.loads((self.folder / CURVE).read_text(encoding="utf-8"))
            self.sizes: list[int] = [int(size) for size in settings["sizes"]]
            self.smallest: list[int] = [int(count) for count in settings["smallest"]]
            self.seeds: list[int] = [int(seed) for seed in settings["seeds"]]
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise FileError(f"data curve {self.folder}", f"the folder of a data curve, with {CURVE}",
                            f"this error: {error}") from None
        self.recipe = Recipe.read(self.folder / BASE)
        self.interrupted = False

    def __repr__(self) -> str:
        return f"DataCurve({str(self.folder)!r})"

    def place(self, size: int, seed: int) -> Path:
        """The run folder of one amount and seed."""
        return self.folder / f"n{size:06}-{seed}"

    def accuracy(self, size: int, seed: int) -> float | None:
        """What a run reached; None where it has not ended, or failed."""
        place = self.place(size, seed)
        return (Run(place).result or {}).get("accuracy") if (place / RECIPE).is_file() else None

    @cached_property
    def points(self) -> list[Point]:
        """The amounts of which a run has ended, rising."""
        found = [Point(size, smallest, tuple(a for seed in self.seeds if (a := self.accuracy(size, seed)) is not None))
                 for size, smallest in zip(self.sizes, self.smallest, strict=True)]
        return [point for point in found if point.accuracies]

    @property
    def gain(self) -> tuple[float, bool] | None:
        """(points of the last step as a share, whether it is more than noise); None before two amounts with two runs each."""
        if len(self.points) < 2 or any(point.spread is None for point in self.points[-2:]):
            return None
        a, b = self.points[-2:]
        noise = 2 * float(np.sqrt(sum((point.spread or 0) ** 2 / len(point.accuracies) for point in (a, b))))
        return b.mean - a.mean, b.mean - a.mean > noise

    @property
    def doubt(self) -> str | None:
        """Why a gain may not be that of the pictures: "few runs", or "rising" training accuracy on all of them; else None."""
        last = self.points[-1]
        if min(len(point.accuracies) for point in self.points[-2:]) < ENOUGH:
            return "few runs"
        curves = [Run(self.place(last.pictures, seed)).history.get("accuracy", []) for seed in self.seeds]
        rises = [found[-1] - found[-1 - max(1, len(found) // 4)] for curve in curves
                 if len(found := [value for value in curve if value is not None]) > 1]
        return "rising" if rises and float(np.median(rises)) > RISING else None

    def summary(self) -> dict[str, Any]:
        """The curve as plain data."""
        return {"folder": str(self.folder), "data": self.recipe.data, "network": self.recipe.model, "seeds": self.seeds,
                "points": [point.summary() for point in self.points], "gain": self.gain and self.gain[0],
                "more_than_noise": self.gain and self.gain[1], "doubt": self.gain and self.doubt}

    def text(self) -> str:
        """A table, and what it says."""
        if not self.points:
            return say(WORDS, "none")
        heads = [say(WORDS, word) for word in ("pictures", "a class", "mean", "spread", "lowest", "highest", "seeds")]
        rows = [[f"{p.pictures:,}", f"{p.smallest:,}", percent(p.mean), percent(p.spread), percent(min(p.accuracies)),
                 percent(max(p.accuracies)), str(len(p.accuracies))] for p in self.points]
        lines = [table(heads, rows, right=range(7)), ""]
        if self.gain is not None:
            a, b = self.points[-2:]
            doubt = self.doubt if self.gain[1] else None
            why = say(WORDS, doubt, n=min(len(p.accuracies) for p in (a, b))) if doubt else ""
            lines.append(say(WORDS, "perhaps" if doubt else "more" if self.gain[1] else "noise", a=a.pictures, b=b.pictures,
                             points=f"{100 * self.gain[0]:+.2f}", why=why))
        if sum(len(p.accuracies) for p in self.points) < len(self.sizes) * len(self.seeds):
            lines.append(say(WORDS, "go on", folder=self.folder))
        return "\n".join([*lines, say(WORDS, "figure", path=self.folder / FIGURE)])

    def figure(self) -> Any:
        """Accuracy over the number of pictures, drawn."""
        repeats = min((len(p.accuracies) for p in self.points), default=0)
        values = [[p.accuracies[k] for p in self.points] for k in range(repeats)]
        last = self.points[-1] if self.points else None
        title = "" if last is None else say(WORDS, "headline", accuracy=percent(last.mean), n=last.pictures)
        below = say(WORDS, "below one") if repeats == 1 else say(WORDS, "below", seeds=repeats)
        return viz.lines([p.pictures for p in self.points], {self.recipe.model: values} if values else {}, title, below,
                         say(WORDS, "training pictures"), say(WORDS, "mean"), "x", percent=True)


def percent(share: float | None) -> str:
    """A share in per cent, "-" for None."""
    return "-" if share is None else f"{100 * share:.2f} %"


def data_curve(recipe: Recipe | None = None, sizes: Sequence[int] | None = None, seeds: int = SEEDS, *, folder=None, out="runs",
               stream: TextIO | None = None) -> DataCurve:
    """Trains on ever more of the training pictures; Ctrl-C finishes the batch and keeps all, and the same folder goes on.

    Args:
        recipe: what is trained; its epochs are those of the run on all pictures.
        sizes: numbers of training pictures; None: all, a half, a quarter, down to a sixteenth, while each class keeps some.
        seeds: runs for each of them.
        folder: the curve's folder; None makes a new one in `out`. One that holds a curve goes on, without recipe, too.
        out: where new folders are made.
        stream: where progress goes; None is nowhere.

    Returns: the curve: `.points`, `print(.text())`, `.figure()`; the files of the head of this module lie in its folder.

    Example:
        >>> data_curve(Recipe(epochs=1), [5, 10**6])
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: data_curve(sizes): expected two numbers of pictures or more, from 10, one of each class, \
to 3,600, all there are for training, got [5, 1000000].

    Raises:
        ArgumentError: amounts that cannot be had, fewer than one seed, another recipe than the folder's. FileError: no data, or
        no place for the folder. StateError: another process works in the folder.
    """
    if type(seeds) is not int or seeds < 1:
        raise ArgumentError("data_curve(seeds)", "a whole number above 0", repr(seeds))
    rows = Rows(stream)
    if folder is not None and (Path(folder) / CURVE).is_file():
        curve = DataCurve(folder)
        if recipe is not None and replace(recipe, seed=curve.recipe.seed if recipe.seed is None else recipe.seed) != curve.recipe:
            raise ArgumentError(f"data curve {curve.folder}", "a new folder, or the same recipe", "another one")
        data = with_validation(loaded(curve.recipe, rows.tell), curve.recipe.validation_split)
    else:
        recipe = recipe or Recipe()
        recipe = replace(recipe, seed=secrets.randbelow(2**31) if recipe.seed is None else recipe.seed)
        recipe.check()
        data = with_validation(loaded(recipe, rows.tell), recipe.validation_split)
        curve = begun(recipe, data, sizes_of(data.y_train, sizes), seeds, folder, out)
    with alone(curve.folder):
        rows.tell(say(WORDS, "folder", folder=curve.folder))
        interrupted = run_all(curve, data, rows)
        curve = DataCurve(curve.folder)
        curve.interrupted = interrupted
        conclude(curve)
    return curve


def begun(recipe: Recipe, data: Any, sizes: list[int], seeds: int, folder, out) -> DataCurve:
    """A new curve's folder with its settings."""
    folder = new_folder(out, f"curve-{recipe.title}") if folder is None else made_folder(folder)
    recipe.write(folder / BASE)
    first = recipe.seed or 0
    smallest = [int(np.bincount(part(data, size, first).y_train).min()) for size in sizes]
    with atomic(folder / CURVE) as file:
        file.write(as_toml({"sizes": sizes, "smallest": smallest, "seeds": list(range(first, first + seeds))}).encode())
    return DataCurve(folder)


def run_all(curve: DataCurve, data: Any, rows: Rows) -> bool:
    """Run after run, the small ones first; whether Ctrl-C ended it."""
    whole, k, count = len(data.y_train), 0, len(curve.sizes) * len(curve.seeds)
    for size in curve.sizes:
        for seed in curve.seeds:
            k, place = k + 1, curve.place(size, seed)
            words = {"k": k, "all": count, "width": len(str(count)), "n": size, "seed": seed}
            if curve.accuracy(size, seed) is not None:
                continue
            recipe = replace(curve.recipe, seed=seed, epochs=epochs_for(size, whole, curve.recipe.epochs))
            learned = learn(recipe, place, verbose=0, data=part(data, size, seed))
            if learned.history.interrupted:
                return True
            learned.run.checkpoint.unlink(missing_ok=True)
            if learned.history.failure:
                rows.tell(say(WORDS, "failed", **words))
                continue
            found = evaluate(learned.model, data.x_test, data.y_test, data.class_names)
            learned.recorder.event("result", best_epoch=learned.best_epoch, sha256=data.fingerprint, **found.summary())
            seconds = (learned.run.last("end") or {}).get("seconds", 0.0)
            rows.tell(say(WORDS, "row", **words, accuracy=f"{100 * found.accuracy:.2f}", epochs=learned.run.epochs,
                          seconds=f"{seconds:.1f}"))
    return False


def conclude(curve: DataCurve) -> None:
    """Writes the figures as a table and as a picture."""
    lines = [f"{size},{seed},{a}\n" for size in curve.sizes for seed in curve.seeds
             if (a := curve.accuracy(size, seed)) is not None]
    with atomic(curve.folder / FIGURES) as file:
        file.write("".join(["pictures,seed,accuracy\n", *lines]).encode())
    viz.save(curve.figure(), curve.folder / FIGURE)
