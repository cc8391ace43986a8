"""Comparison: runs side by side: what differs in their recipes, what came out, and whether the difference is more than noise.

Accuracies on test sets of n1 and n2 samples are held against each other by the two-proportion test of `nabi.lab.statistics`:

    z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)),   p = (k1 + k2) / (n1 + n2),   P = erfc(|z| / sqrt 2)

P below 5 % counts as more than noise. It speaks of these two trained networks; seeds alone move an accuracy too. Where several of
the runs differ in nothing but their seed, ways of training are compared instead, by their spread (`nabi.lab.repeats`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.table import one_line, table
from nabi.lab import repeats
from nabi.lab.run import Run
from nabi.lab.statistics import two_proportions
from nabi.lab.verdict import NOISE

FIGURES = ("accuracy", "interval", "loss", "best_epoch", "epochs", "seconds", "images_per_second", "parameters", "state")
WORDS: dict[str, tuple[str, str]] = {
    "accuracy": ("test accuracy", "시험 정확도"),
    "interval": ("95 % interval", "95 % 신뢰구간"),
    "loss": ("test loss", "시험 손실"),
    "best_epoch": ("kept epoch", "저장한 에포크"),
    "epochs": ("epochs done", "마친 에포크"),
    "seconds": ("training seconds", "학습 시간(초)"),
    "images_per_second": ("images a second", "초당 이미지 수"),
    "parameters": ("parameters", "매개변수"),
    "state": ("state", "상태"),
    "recipe": ("recipe", "레시피"),
    "ways": ("Runs that differ in nothing but the seed, together:", "시드만 다른 학습을 묶으면:"),
    "way": ("trained by", "학습 방법"),
    "mean": ("test accuracy", "시험 정확도"),
    "spread": ("spread", "표준편차"),
    "lowest": ("lowest", "최저"),
    "highest": ("highest", "최고"),
    "runs": ("runs", "학습 횟수"),
    "title": ("{n} runs", "학습 {n}번"),
    "title ways": ("{n} runs, {k} ways of training", "학습 {n}번, 방법 {k}가지"),
    "below": ("Line: mean; band: lowest to highest; dot: one run.",
              "선은 평균, 띠는 최저에서 최고까지, 점은 한 번의 학습입니다."),
    "Accuracy": ("Test accuracy", "시험 정확도"),
    "same": ("The recipes are the same.", "레시피는 서로 같습니다."),
    "from to": ("{low} to {high} %", "{low} ~ {high} %"),
    "less": ("less than 0.01 %", "0.01 % 미만"),
    "finished": ("finished", "마침"),
    "interrupted": ("interrupted", "중단됨"),
    "failed": ("failed", "실패"),
    "pruned": ("pruned", "중도 포기"),
    "unfinished": ("unfinished", "끝나지 않음"),
    "unknown": ("{a} and {b}: no test accuracy to compare.", "{a}와(과) {b}: 비교할 시험 정확도가 없습니다."),
    "other data": (
        "{a} and {b} were tested on different data, so their accuracies cannot be compared.",
        "{a}와(과) {b}은(는) 시험 데이터가 달라 정확도를 비교할 수 없습니다.",
    ),
    "equal": ("{a} and {b} have the same accuracy.", "{a}와(과) {b}의 정확도는 같습니다."),
    "more": (
        "{a} is {points} points above {b}, more than noise: two equally good networks would differ this much in {P} of "
        "such tests (two-proportion z = {z}).",
        "{a}의 정확도가 {b}보다 {points}%p 높습니다. 우연이라고 보기 어렵습니다. 실력이 같은 두 신경망이라면 이만큼 차이 "
        "날 확률은 {P}입니다(두 비율 검정, z = {z}).",
    ),
    "noise": (
        "{a} is {points} points above {b}, which may be noise: two equally good networks would differ this much in {P} of "
        "such tests (two-proportion z = {z}).",
        "{a}의 정확도가 {b}보다 {points}%p 높습니다. 그러나 우연일 수 있습니다. 실력이 같은 두 신경망이라도 이만큼 차이 날 "
        "확률이 {P}입니다(두 비율 검정, z = {z}).",
    ),
}


@dataclass(frozen=True)
class Comparison:
    """Runs beside each other.

    Attributes:
        runs: their names.
        recipes: entry -> one value a run, for the entries that differ.
        figures: name -> one value a run.
        pairs: for each two runs {"a", "b", "difference", "z", "P", "verdict", "says"}; verdict "more", "noise", "equal",
            "unknown" or "other data".
        ways: the runs, those that differ in seed and name alone together: {"name", "runs", "accuracies", "mean", "spread"}.
        verdicts: for each two ways, where one has several runs, what their spread over seeds says (`nabi.lab.verdict`).
    """

    runs: list[str]
    recipes: dict[str, list[Any]]
    figures: dict[str, list[Any]]
    pairs: list[dict[str, Any]]
    ways: list[dict[str, Any]]
    verdicts: list[dict[str, Any]]
    curves: dict[str, dict[str, Any]]

    def summary(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"runs": self.runs, "recipes": self.recipes, "figures": self.figures, "pairs": self.pairs,
                "ways": self.ways, "verdicts": self.verdicts}

    def text(self) -> str:
        """A table with a column a run, and a sentence a pair."""
        rows = [["", *self.runs]]
        rows += [[say(WORDS, name), *map(shown, [name] * len(values), values)] for name, values in self.figures.items()
                 if any(value is not None for value in values)]
        rows += [[f"{say(WORDS, 'recipe')}: {name}", *("-" if value is None else str(value) for value in values)]
                 for name, values in self.recipes.items()]
        lines = [table(rows[0], rows[1:])]
        if not self.recipes:
            lines.append(say(WORDS, "same"))
        told = self.verdicts or self.pairs
        if not self.repeated:
            return "\n".join([*lines, "", *(one_line(pair["says"]) for pair in told)])
        heads = [say(WORDS, word) for word in ("way", "mean", "spread", "lowest", "highest", "runs")]
        cells = [[way["name"], *(shown("accuracy", way[word]) for word in ("mean", "spread", "lowest", "highest")),
                  str(len(way["runs"]))] for way in self.ways]
        lines += ["", say(WORDS, "ways"), table(heads, cells, right=range(1, 6))]
        return "\n".join([*lines, "", *(one_line(pair["says"]) for pair in told)])

    @property
    def repeated(self) -> bool:
        """Whether a way of training has runs of several seeds."""
        return any(len(way["accuracies"]) > 1 for way in self.ways)

    def figure(self) -> Any:
        """Curves of the runs, or of the ways with their bands, and the test accuracy of each run."""
        from nabi import viz  # matplotlib takes longer than the rest

        count = sum(len(way["runs"]) for way in self.ways)
        title = say(WORDS, "title ways" if self.repeated else "title", n=count, k=len(self.ways))
        return viz.experiment(self.curves, title, say(WORDS, "below") if self.repeated else "", say(WORDS, "Accuracy"))


def shown(name: str, value: Any) -> str:
    """A figure as people read it."""
    if value is None:
        return "-"
    if name == "accuracy":
        return f"{100 * value:.2f} %"
    if name == "interval":
        return say(WORDS, "from to", low=f"{100 * value[0]:.2f}", high=f"{100 * value[1]:.2f}")
    if name == "state":
        return say(WORDS, value)
    if name == "loss":
        return f"{value:.4f}"
    return f"{value:,.1f}" if name == "seconds" else f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def compare(runs: Sequence[Run]) -> Comparison:
    """Holds two or more runs against each other.

    Raises:
        ArgumentError: fewer than two.
    """
    if len(runs) < 2:
        raise ArgumentError("compare(runs)", "two runs or more", len(runs))
    recipes = [repeats.flat(run.recipe) for run in runs]
    entries = dict.fromkeys(name for recipe in recipes for name in recipe)
    differing = {name: [recipe.get(name) for recipe in recipes] for name in entries
                 if any(recipe.get(name) != recipes[0].get(name) for recipe in recipes)}
    results = [run.result or {} for run in runs]
    figures = {name: [figure(name, run, result) for run, result in zip(runs, results, strict=True)] for name in FIGURES}
    found = repeats.ways(runs)
    judged = repeats.verdicts(found) if any(len(way.accuracies) > 1 for way in found) else []
    return Comparison([run.name for run in runs], differing, figures, [pair(a, b) for a, b in combinations(runs, 2)],
                      [way.summary() for way in found], judged, repeats.curves(found))


def figure(name: str, run: Run, result: dict[str, Any]) -> Any:
    """One figure of a run, None if it has none."""
    if name in ("epochs", "images_per_second", "parameters", "state"):
        return getattr(run, name)
    return (run.last("end") or {}).get("seconds") if name == "seconds" else result.get(name)


def pair(a: Run, b: Run) -> dict[str, Any]:
    """Whether the accuracies of two runs differ by more than noise; the better one is named first."""
    one, two = a.result, b.result
    if one is None or two is None:
        return {"a": a.name, "b": b.name, "verdict": "unknown", "says": say(WORDS, "unknown", a=a.name, b=b.name)}
    if (a.recipe.get("data"), one["total"], one.get("sha256")) != (b.recipe.get("data"), two["total"], two.get("sha256")):
        return {"a": a.name, "b": b.name, "verdict": "other data", "says": say(WORDS, "other data", a=a.name, b=b.name)}
    if one["accuracy"] < two["accuracy"]:
        return pair(b, a)
    difference = one["accuracy"] - two["accuracy"]
    z, P = two_proportions(one["correct"], one["total"], two["correct"], two["total"])
    verdict = "equal" if difference == 0 else "more" if P < NOISE else "noise"
    chance = say(WORDS, "less") if P < 1e-4 else f"{100 * P:.2g} %" if P < 0.1 else f"{100 * P:.0f} %"
    words = {"a": a.name, "b": b.name, "points": f"{100 * difference:.2f}", "z": f"{z:.2f}", "P": chance}
    if verdict == "equal":
        words = {"a": a.name, "b": b.name}
    return {"a": a.name, "b": b.name, "difference": difference, "z": z, "P": P, "verdict": verdict,
            "says": say(WORDS, verdict, **words)}
