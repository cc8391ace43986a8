"""Inside: the report's sections on what went on within: gradients, dead units, pace, where the time goes, how sure it is."""

import json
from typing import Any

from nabi.core.files import atomic
from nabi.lab.data import Data
from nabi.lab.evaluation import Evaluation
from nabi.lab.report.chart_many import many, meter, reliability
from nabi.lab.report.markup import Html, tag
from nabi.lab.report.ridges import ridges
from nabi.lab.report.sections import section
from nabi.lab.report.words import percent, t
from nabi.lab.run import TIMES, Run
from nabi.lab.timing import convolution_share, time_by_layer
from nabi.lab.watched import table

MOST_MACS = 5e8  # multiply-adds of one picture, above which no time is spent on timing
WORK = 3e9  # multiply-adds of the batch that is timed, about
MOST_ROWS = 14
OTHERS = ("loss", "optimizer")


def training(run: Run) -> Html | None:
    """Gradient norms, updates and dead units by layer and epoch, and pictures a second."""
    rows = [row for row in run.watched if row["epoch"] <= run.epochs]
    paces = [event.get("images_per_second") for event in run.events if event.get("event") == "epoch"]
    panels = [many(t("gradient norm"), table(rows, "gradient_norm"), 0), many(t("update ratio"), table(rows, "update_ratio"), 0),
              many(t("dead units"), table(rows, "dead"), 0, share=True)] if rows else []
    panels += [many(t("pace by epoch"), {t("training"): paces})] if len(paces) > 1 else []
    panels = [panel for panel in panels if panel is not None]
    if not panels:
        return None
    note = tag("p", t("inside note", n=rows[0]["samples"])) if rows else None
    spread = []
    for what in ("activations", "gradients") if rows else ():
        if drawn := ridges(rows, what):
            spread += [tag("h3", t(f"{what} of")), tag("div", drawn, class_="panels small")]
    return section("inside", note, tag("div", panels, class_="panels"), spread, wide=True)


def measured(run: Run, model: Any, data: Data | None) -> list[dict[str, Any]] | None:
    """Seconds of a training step by layer, kept in times.json; None where they say nothing or take too long."""
    if data is None or model.trainer is None or model.optimizer is None or "weights" in run.recipe:
        return None
    if len(model.inputs) * len(model.outputs) != 1:
        return None
    macs = model.macs(model.input_shape, model.output_shape) or 0
    if macs > MOST_MACS:
        return None
    rows = time_by_layer(model, data.x_train[:max(1, min(32, int(WORK / (3 * macs + 1))))], steps=3)
    with atomic(run.folder / TIMES) as file:
        file.write(json.dumps(rows, indent=1).encode())
    return rows


def times(rows: list[dict[str, Any]] | None) -> Html | None:
    """The share of each layer in a step, as bars."""
    if not rows:
        return None
    shown = sorted(rows, key=lambda row: -row["share"])[:MOST_ROWS]
    left = 1 - sum(row["share"] for row in shown)
    lines = [tag("tr", tag("th", ", ".join(row["layers"]) or t(f"time {row['kind']}"), scope="row"),
                 tag("td", meter(row["share"]), class_="wide"), tag("td", percent(row["share"])),
                 tag("td", milliseconds(row["forward"] + row["backward"])))
             for row in rows if row in shown]
    if left > 0 and len(rows) > len(shown):
        lines.append(tag("tr", tag("th", t("time others", n=len(rows) - len(shown)), scope="row"), tag("td", meter(left)),
                         tag("td", percent(left)), tag("td")))
    share = convolution_share(rows)
    note = t("time convolution", share=percent(share)) if share else t("time note")
    whole = tag("table", tag("tbody", lines), class_="layers")
    return section("times", tag("p", note), tag("div", whole, class_="scroll"))


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds.

    Example:
        >>> milliseconds(0.0123), milliseconds(0.00004)
        ('12.3 ms', '0.04 ms')
    """
    return f"{1000 * seconds:.1f} ms" if seconds >= 0.001 else f"{1000 * seconds:.2f} ms"


def sureness(evaluation: Evaluation) -> Html:
    """How sure the network was against how often it was right."""
    found = evaluation.calibration
    mean = float(evaluation.sure.mean())
    side = "over" if mean > evaluation.accuracy else "under"
    note = t(f"calibration {side}", share=percent(found.error), sure=percent(mean), right=percent(evaluation.accuracy))
    return section("calibration", tag("p", note), tag("div", reliability(found), class_="square"))
