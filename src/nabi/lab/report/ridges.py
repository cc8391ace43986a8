"""Ridges: how a layer's numbers are spread before training and after some epochs, one curve below the other, as SVG.

`nabi.viz.distributions` draws the same as PNG.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi.lab.looking import EDGES, POWERS
from nabi.lab.report.chart_many import some_of
from nabi.lab.report.markup import Html, tag
from nabi.lab.report.words import t
from nabi.viz.labels import power, short

WIDTH, STEP, PEAK, LEFT, TOP, BOTTOM = 200, 17, 36, 26, 6, 20
MOST_CURVES, LETTERS = 6, 22
ZERO = len(EDGES) // 2  # the bin of activations that begins at 0
DECADE = 4  # bins of gradients in a power of ten
LEAST = 0.001  # share of a bin from which it is shown


def ridges(rows: Sequence[dict[str, Any]], what: str) -> list[Html]:
    """A panel for each of at most six layers.

    Args:
        rows: of a `nabi.lab.Watch`.
        what: "activations", those that are exactly 0 left out, or "gradients", by the power of ten of their size. Bins are
            equally wide: the axis is fine near 0 and wide far from it.
    """
    if len(rows) > MOST_CURVES:
        rows = [rows[round(k * (len(rows) - 1) / (MOST_CURVES - 1))] for k in range(MOST_CURVES)]
    layers: dict[str, list[tuple[int, np.ndarray]]] = {layer["layer"]: [] for layer in rows[-1]["layers"]}
    for row in rows:
        for layer in row["layers"]:
            if layer["layer"] in layers and layer[what] is not None and layer[what]["quantiles"] is not None:
                layers[layer["layer"]].append((row["epoch"], shares(layer, what)))
    shown = some_of({name: found for name, found in layers.items() if found})
    return [panel(name, found, what) for name, found in shown.items()]


def shares(layer: dict[str, Any], what: str) -> np.ndarray:
    """The share of a layer's numbers in each bin, without exact zeros."""
    counts = np.array(layer[what]["counts"])
    if what == "activations":
        counts[ZERO] = max(counts[ZERO] - layer["zeros"], 0)
    return counts


def panel(name: str, found: Sequence[tuple[int, np.ndarray]], what: str) -> Html:
    """The curves of one layer, each as high as its own peak."""
    edges = POWERS if what == "gradients" else EDGES
    filled = np.flatnonzero((np.array([counts for _, counts in found]) > LEAST).any(0))
    first, last = (int(filled[0]), int(filled[-1]) + 1) if len(filled) else (ZERO - 1, ZERO + 1)
    if what == "gradients":  # from one power of ten to another
        first, last = first - first % DECADE, min(last + -last % DECADE, len(POWERS) - 1)
    height = TOP + PEAK + STEP * (len(found) - 1) + BOTTOM

    def x(edge: int) -> float:
        return round(LEFT + (WIDTH - LEFT - 4) * (edge - first) / (last - first), 1)

    parts = []
    if what == "activations" and first < ZERO < last:
        parts.append(tag("line", class_="guide", x1=x(ZERO), x2=x(ZERO), y1=TOP, y2=height - BOTTOM))
    for n, (epoch, counts) in enumerate(found):
        base, peak = TOP + PEAK + STEP * n, counts[first:last].max() or 1.0
        outline = [(x(first), base)]
        for k in range(first, last):
            y = round(float(base - 0.94 * PEAK * counts[k] / peak), 1)
            outline += [(x(k), y), (x(k + 1), y)]
        outline.append((x(last), base))
        depth = 0.35 + 0.65 * (n + 1) / len(found)
        parts.append(tag("polygon", points=" ".join(f"{a},{b}" for a, b in outline), style=f"fill-opacity:{depth:.2f}"))
        parts.append(tag("text", epoch, class_="tick", x=LEFT - 6, y=base, text_anchor="end"))
    for edge, anchor in ((first, "start"), (last, "end")):
        value = float(edges[edge])
        text = power(10.0 ** round(value), 0) if what == "gradients" else signed(value)
        parts.append(tag("text", text, class_="tick", x=x(edge), y=height - 5, text_anchor=anchor))
    if what == "activations" and first < ZERO < last:
        parts.append(tag("text", "0", class_="tick", x=x(ZERO), y=height - 5, text_anchor="middle"))
    return tag("figure", tag("figcaption", short(name, LETTERS)),
               tag("svg", tag("title", f"{name}: {t(what)}"), parts, viewBox=f"0 0 {WIDTH} {height}", role="img",
                   class_="chart ridges"))


def signed(value: float) -> str:
    """A number in two digits, with a minus sign as it is printed.

    Example:
        >>> signed(-0.5123), signed(2.0)
        ('−0.51', '2')
    """
    return f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
