"""Chart of many: lines over the epochs, each named at its end; thin bars; how sure against how often right: as SVG and HTML.

`nabi.viz.lines`, `bars` and `reliability` draw the same as PNG; see `nabi.lab.report.chart` for why the page has its own.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nabi.lab.calibration import Calibration
from nabi.lab.report.chart import BOTTOM, HEIGHT, MOST_DOTS, RIGHT, TOP, WIDTH, Scale, axis
from nabi.lab.report.markup import Html, tag
from nabi.lab.report.words import percent, t
from nabi.viz.labels import inside, number, short, spread

MOST_LINES = 6
LETTERS = 12  # of a name beside a line
SIDE, EDGE = 250, 44  # of the square, and the margin at its left
FEW = 10  # answers in a bin, below which its bar is pale


def many(title: str, lines: Mapping[str, Sequence[float | None]], first: int = 1, share: bool = False) -> Html | None:
    """A panel with a line for each entry, of more than six the first, the last and some between; None where there is no number.

    Args:
        title: what is measured.
        lines: name -> one value an epoch, None where there is none.
        first: the first epoch.
        share: whether values are read in per cent.
    """
    dots = {name: [(first + k, v) for k, v in enumerate(values) if v is not None and math.isfinite(v)]
            for name, values in some_of(lines).items()}
    dots = {name: line for name, line in dots.items() if line}
    if not dots:
        return None
    last = max(x for line in dots.values() for x, _ in line)
    scale = Scale([y for line in dots.values() for _, y in line], last, share, first)
    label = percent if share else number
    parts = axis(scale)
    for k, line in enumerate(dots.values()):
        parts.append(tag("polyline", class_=f"many l{k}", points=" ".join(f"{scale.x(x)},{scale.y(y)}" for x, y in line)))
        if len(line) <= MOST_DOTS:
            parts += [tag("circle", class_=f"many l{k}", cx=scale.x(x), cy=scale.y(y), r=2.4) for x, y in line]
    places = spread([scale.y(line[-1][1]) for line in dots.values()], 29)
    places = inside(places, TOP + 8, HEIGHT - BOTTOM - 14, 29)
    at = WIDTH - RIGHT + 12 if last > first else scale.x(first) + 14
    for k, ((name, line), y) in enumerate(zip(dots.items(), places, strict=True)):
        parts.append(tag("text", tag("tspan", short(name, LETTERS), class_="name"), tag("tspan", label(line[-1][1]), x=at, dy=13),
                         class_=f"many l{k}", x=at, y=round(y - 3, 1)))
    says = ", ".join(f"{name} {label(line[-1][1])}" for name, line in dots.items())
    return tag("figure", tag("figcaption", title),
               tag("svg", tag("title", f"{title}: {says}"), parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="chart"))


def some_of(lines: Mapping[str, Any]) -> dict[str, Any]:
    """At most six of the lines: the first, the last and some evenly between.

    Example:
        >>> list(some_of({f"conv{k}": [1.0] for k in range(11)}))
        ['conv0', 'conv2', 'conv4', 'conv6', 'conv8', 'conv10']
    """
    names = list(lines)
    if len(names) > MOST_LINES:
        names = [names[round(k * (len(names) - 1) / (MOST_LINES - 1))] for k in range(MOST_LINES)]
    return {name: lines[name] for name in names}


def meter(share: float) -> Html:
    """A thin bar for a share."""
    return tag("i", tag("i", style=f"width:{100 * share:.1f}%"), class_="meter", aria_hidden="true")


def reliability(found: Calibration) -> Html:
    """The reliability diagram: bars of how often right, rings of how sure, the diagonal where the two are one."""
    def y(value: float) -> float:
        return round(TOP + SIDE * (1 - value), 1)

    def x(value: float) -> float:
        return round(EDGE + SIDE * value, 1)

    parts = []
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1):
        parts.append(tag("line", class_="guide", x1=x(0), x2=x(1), y1=y(tick), y2=y(tick)))
        parts.append(tag("text", f"{100 * tick:.0f} %", class_="tick", x=x(0) - 8, y=y(tick) + 4, text_anchor="end"))
        parts.append(tag("text", f"{100 * tick:.0f} %", class_="tick", x=x(tick), y=y(0) + 18, text_anchor="middle"))
    bins, rings = len(found.counts), []
    for b, (count, sure, right) in enumerate(zip(found.counts, found.confidence, found.accuracy, strict=True)):
        if not count:
            continue
        left, wide, low = x(b / bins) + 1, round(SIDE / bins - 2, 1), min(sure, right)
        box = {"x": left, "width": wide}
        parts.append(tag("rect", class_="right few" if count < FEW else "right", y=y(low), height=round(y(0) - y(low), 1), **box))
        high = y(max(sure, right))
        parts.append(tag("rect", class_="gap", y=high, height=round(y(low) - high, 1), **box))
        parts.append(tag("line", class_="level", x1=left, x2=round(left + wide, 1), y1=y(right), y2=y(right)))
        rings.append(tag("circle", class_="ring", cx=x(sure), cy=y(sure), r=4))
    parts += [tag("line", class_="diagonal", x1=x(0), x2=x(1), y1=y(0), y2=y(1)), *rings]
    parts.append(tag("text", t("how sure"), class_="tick", x=x(0.5), y=y(0) + 36, text_anchor="middle"))
    says = t("ece is", share=percent(found.error))
    return tag("figure", tag("figcaption", t("share right")),
               tag("svg", tag("title", says), parts, viewBox=f"0 0 {EDGE + SIDE + 24} {TOP + SIDE + 42}", role="img",
                   class_="chart reliability"))
