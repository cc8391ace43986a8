"""Sections: the parts of a report, each a function from what is known to an element, or None where there is nothing to say."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi import viz
from nabi.callbacks.progress_text import precision_name
from nabi.core.table import columns
from nabi.lab.environment import differences
from nabi.lab.evaluation import Evaluation
from nabi.lab.report.chart import curves
from nabi.lab.report.markup import Html, escaped, picture, png_uri, tag
from nabi.lab.report.words import duration, percent, t
from nabi.lab.run import RECIPE, Run
from nabi.viz.labels import number

MOST_MISREAD = 48
MOST_CELLS = 20  # classes up to which the confusion table is drawn cell by cell
SMALLEST = 1e-3  # a fall of val_loss in the last epoch by less than this share counts as flat
History = dict[str, list[float | None]]


def section(key: str, *children: Any, wide: bool = False) -> Html:
    """A part of the page under its heading."""
    return tag("section", tag("h2", t(key)), *children, class_=f"{key} wide" if wide else key)


def headline(run: Run, evaluation: Evaluation | None) -> Html:
    """The one figure, how far to trust it, and what it must beat."""
    if evaluation is None:
        return provisional(run)
    low, high = evaluation.interval
    share, base = evaluation.accuracy, evaluation.baseline
    bar = tag("div",
              tag("i", class_="fill", style=f"width:{100 * share:.3f}%"),
              tag("i", class_="interval", style=f"left:{100 * low:.3f}%;width:{100 * (high - low):.3f}%"),
              tag("i", class_="baseline", style=f"left:{100 * base:.3f}%"), class_="bar", aria_hidden="true")
    terms = {"interval": t("interval is", low=percent(low), high=percent(high)),
             "baseline": t("baseline is", share=percent(base))}
    legend = tag("dl", [tag("div", tag("dt", t(key)), tag("dd", text), class_=key) for key, text in terms.items()])
    says = f"{t('right', correct=evaluation.correct, total=evaluation.total)} {untouched(run)}"
    return tag("div", big(t("accuracy"), percent(share)), tag("div", tag("p", says), bar, legend, class_="trust"), class_="hero")


def untouched(run: Run) -> str:
    """How often the test set was looked at."""
    reads = run.test_reads
    return t("untouched") if reads < 2 else t("read again", n=reads)


def provisional(run: Run) -> Html:
    """Without a test set: the best validation figure, said to be one."""
    history, best = run.history, run.kept_epoch
    for name in ("val_accuracy", "val_loss"):
        if best is not None and name in history and history[name][best - 1] is not None:
            value = history[name][best - 1] or 0.0
            shown = percent(value) if name == "val_accuracy" else number(value)
            note = tag("p", t("test unread" if "data" in run.recipe else "validation only", epoch=best), class_="trust")
            return tag("div", big(t(f"best {name}"), shown), note, class_="hero")
    losses = [(epoch, value) for epoch, value in enumerate(history.get("loss", []), 1) if value is not None]
    if not losses:
        return tag("div", class_="hero")
    epoch, value = losses[-1]
    return tag("div", big(t("last loss"), number(value)), tag("p", t("last epoch", epoch=epoch), class_="trust"), class_="hero")


def big(label: str, text: str) -> Html:
    """A large figure with its unit set smaller."""
    value, _, unit = text.partition("\N{NO-BREAK SPACE}")
    return tag("p", tag("small", label), tag("b", value, tag("span", f" {unit}") if unit else None), class_="big")


def facts(run: Run, evaluation: Evaluation | None) -> Html:
    """Time, pace, size, epochs."""
    end, pace = run.last("end") or {}, run.images_per_second
    rows = [("time", duration(end["seconds"]) if "seconds" in end else None), ("pace", None if pace is None else f"{pace:,.0f}"),
            ("parameters", None if run.parameters is None else f"{run.parameters:,}"), ("epochs", f"{run.epochs}"),
            ("loss", None if evaluation is None or evaluation.loss is None else number(evaluation.loss))]
    return tag("dl", [tag("div", tag("dt", t(key)), tag("dd", text)) for key, text in rows if text is not None], class_="facts")


def trouble(run: Run) -> Html | None:
    """Why a run did not end as it should have."""
    end = run.last("end") or {}
    if run.state == "pruned":
        return tag("p", t("pruned", epoch=run.epochs), class_="trouble")
    if end.get("failure"):
        return tag("p", t("failed", why=end["failure"]), class_="trouble")
    if end.get("interrupted"):
        command = f"nabi train --resume {run.folder}" if "data" in run.recipe else "fit(run=...)"
        return tag("p", t("interrupted", command=command), class_="trouble")
    return None


def learning(run: Run) -> Html | None:
    """Curves of loss and metrics with the epoch that was kept."""
    history, best = run.history, run.kept_epoch
    names = [name for name in history if not name.startswith("val_") and name not in ("learning_rate", "lr")]
    if not names:
        return None
    panels = [curves(name, history[name], history.get(f"val_{name}"), best) for name in names]
    return section("curves", tag("p", *learned(history, best)), tag("div", panels, class_="panels"), wide=True)


def learned(history: History, best: int | None) -> list[str]:
    """What the curves say, in a sentence or two."""
    epochs = len(next(iter(history.values())))
    if best is None:
        return [t("no validation")]
    if epochs == 1:
        return [t("one epoch")]
    losses = [value for value in history["val_loss"] if value is not None]
    kept, lowest = history["val_loss"][best - 1], min(losses)
    loss, texts = number(lowest if kept is None else kept), []
    falling = best == epochs and len(losses) > 1 and losses[-1] == lowest < losses[-2] * (1 - SMALLEST)
    if kept is not None and kept > lowest:  # few were held out, so that early epochs are not kept
        where = history["val_loss"].index(lowest) + 1
        texts.append(t("kept late", epoch=best, epochs=epochs, loss=loss, lowest=number(lowest), where=where))
    else:
        texts.append(t("falling", loss=loss, epoch=best) if falling else t("kept", epoch=best, epochs=epochs, loss=loss))
    pair = [history.get(name, [None] * epochs)[best - 1] for name in ("accuracy", "val_accuracy")]
    if pair[0] is not None and pair[1] is not None and pair[0] > pair[1]:
        texts.append(" " + t("gap", gap=f"{100 * (pair[0] - pair[1]):.1f}"))
    return texts


def confusion(evaluation: Evaluation) -> Html:
    """Which class was taken for which."""
    counts, names = evaluation.confusion, evaluation.class_names
    wrong = counts * (1 - np.eye(len(counts), dtype=counts.dtype))
    i, j = np.unravel_index(wrong.argmax(), wrong.shape)
    worst = t("no mistake")
    if wrong[i, j]:
        worst = t("worst", truth=names[i], answer=names[j], times=int(wrong[i, j]), samples=int(counts[i].sum()))
    if len(names) > MOST_CELLS:
        uri = png_uri(viz.png(viz.confusion_matrix(counts, names)))
        return section("confusion", tag("p", worst), tag("img", src=uri, alt=t("confusion"), class_="paper"), wide=True)
    return section("confusion", tag("p", worst, " ", t("confusion note")), tag("div", cells(counts, names), class_="scroll"))


def cells(counts: np.ndarray, names: Sequence[str]) -> Html:
    """The confusion table; a right cell's colour is as deep as its share of the row, a wrong one's as the root of its share."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    off = shares * (1 - np.eye(len(counts)))
    worst = off.max() or 1.0
    long = any(len(name) > 3 for name in names)
    headings = [tag("th", tag("span", name), scope="col") for name in names]
    first = 104 if long else 16 + 10 * max(map(columns, names))  # pixels: padding and letters, Korean ones of two columns
    head = tag("tr", tag("th", style=f"width:{first}px"), headings, tag("th", t("recall"), class_="recall"))
    rows = []
    for i, name in enumerate(names):
        row = [tag("th", name, scope="row")]
        for j, count in enumerate(counts[i]):
            depth = 0.06 + 0.94 * shares[i, i] if i == j else float(np.sqrt(off[i, j] / worst)) * 0.9
            kind = ("right" if i == j else "wrong") + (" deep" if depth > 0.75 else "") if count else "none"
            fill = tag("i", style=f"opacity:{depth:.2f}") if count else None
            row.append(tag("td", fill, tag("span", int(count) if count else "·"), class_=kind))
        row.append(tag("td", percent(shares[i, i]) if counts[i].sum() else "-", class_="recall"))
        rows.append(tag("tr", row))
    return tag("table", tag("thead", head), tag("tbody", rows), class_="confusion long" if long else "confusion",
               style=f"min-width:{26 * len(names) + first + 62}px")


def misread(evaluation: Evaluation, x: np.ndarray, ink: bool) -> Html | None:
    """The pictures that were read wrong, the surest mistakes first."""
    wrong = evaluation.misread
    if not len(wrong):
        return None
    some, names = wrong[:MOST_MISREAD], evaluation.class_names
    note = t("misread note", n=len(wrong)) if len(some) == len(wrong) else t("misread some", n=len(wrong), shown=len(some))
    tiles = []
    for k in some:
        truth, answer, sure = names[evaluation.truth[k]], names[evaluation.answers[k]], float(evaluation.sure[k])
        says = t("read as", truth=truth, answer=answer, sure=f"{100 * sure:.0f}\N{NO-BREAK SPACE}%")
        tiles.append(tag("figure", tag("img", src=picture(x[k], ink), alt=says, title=says),
                         tag("figcaption", tag("span", tag("b", truth), " → ", tag("em", answer)),
                             tag("span", f"{100 * sure:.0f}\N{NO-BREAK SPACE}%", class_="sure"),
                             tag("i", tag("i", style=f"width:{100 * sure:.1f}%"), class_="meter"))))
    legend = tag("p", tag("b", t("truth")), " → ", tag("em", t("answer")), class_="legend")
    return section("misread", tag("p", note), legend, tag("div", tiles, class_="tiles"), wide=True)


def classes(evaluation: Evaluation) -> Html:
    """Precision, recall and number of samples, class by class; the lowest of each column stands out."""
    table = evaluation.by_class
    lowest = {key: min((row[key] for row in table if row[key] is not None), default=None) for key in ("precision", "recall")}
    rows = []
    for row in table:
        shares = [tag("td", "-" if row[key] is None else percent(row[key]), bar(row[key]) if key == "recall" else None,
                      class_=mark(row[key], lowest[key])) for key in lowest]
        rows.append(tag("tr", tag("th", row["name"], scope="row"), shares, tag("td", f"{row['samples']:,}")))
    head = tag("tr", [tag("th", t(key), scope="col") for key in ("class", "precision", "recall", "samples")])
    whole = tag("table", tag("thead", head), tag("tbody", rows), class_="by-class")
    return section("classes", tag("p", t("classes note")), tag("div", whole, class_="scroll"))


def bar(share: float | None) -> Html | None:
    """A share as a thin bar below its number."""
    return None if share is None else tag("i", tag("i", style=f"width:{100 * share:.1f}%"), class_="meter", aria_hidden="true")


def mark(share: float | None, lowest: float | None) -> str | None:
    """The class of a cell that holds the lowest share of its column, if that is below 1."""
    return "lowest" if share is not None and share == lowest and share < 1 else None


def network(model, diagram: Html | None = None) -> Html:
    """The drawing and the summary of the layers."""
    out = io.StringIO()
    model.summary(print_fn=lambda text: out.write(text + "\n"))
    return section("network", diagram, tag("pre", out.getvalue().rstrip("\n"), tabindex=0), wide=True)


def recipe(run: Run) -> Html:
    """The recipe as it lies in the folder."""
    text = (run.folder / RECIPE).read_text(encoding="utf-8").rstrip("\n")
    is_ours = "data" in run.recipe
    note = escaped([t("recipe note"), " ", tag("code", "nabi train --recipe recipe.toml")]) if is_ours else t("settings note")
    return section("recipe", tag("p", note), tag("pre", text, tabindex=0))


def environment(run: Run) -> Html:
    """Versions, threads, instruction set, kernels."""
    start, resumed = run.last("start") or {}, run.last("resume")
    here = {**({"precision": start["precision"]} if "precision" in start else {}), **start.get("environment", {})}
    changes = differences(here, resumed["environment"]) if resumed else []
    told = {name: t("yes" if value else "no") if isinstance(value, bool) else value for name, value in here.items()}
    if "precision" in told:
        told["precision"] = precision_name(told["precision"])
    rows = [tag("div", tag("dt", name), tag("dd", value)) for name, value in told.items()]
    note = t("not exact", changes=", ".join(changes)) if changes else t("environment note")
    return section("environment", tag("p", note), tag("dl", rows))
