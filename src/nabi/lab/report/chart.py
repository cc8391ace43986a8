"""Chart: the learning curves of one metric as an SVG that follows the page's colours and scales with its column.

`nabi.viz.learning_curves` draws the same as a PNG for slides and notebooks; a page that is read on phones and in the dark needs
lines that take the page's colours, and panels that wrap.
"""

import math
from collections.abc import Sequence

from nabi.lab.report.markup import Html, tag
from nabi.lab.report.words import percent, t
from nabi.viz.labels import inside, number, spread, ticks

WIDTH, HEIGHT = 410, 262
LEFT, RIGHT, TOP, BOTTOM = 44, 82, 14, 30  # margins inside the panel
MOST_DOTS = 30
MARK = (56, 28)  # room for "epoch 13" over a value
LOG_FROM = 100  # largest / smallest loss from which the scale is logarithmic
Values = Sequence[float | None]


def curves(name: str, training: Values, validation: Values | None, best: int | None) -> Html:
    """A panel: training and validation against the epoch, the kept epoch marked.

    Args:
        name: log name: "loss", "accuracy", ...
        training, validation: one value an epoch, None where there is none.
        best: the kept epoch, from 1; None marks nothing.
    """
    lines = [("training", points(training))] + ([("validation", points(validation))] if validation else [])
    lines = [(key, line) for key, line in lines if line]
    share = "accuracy" in name or name.startswith("acc")
    values = [y for _, line in lines for _, y in line]
    last = max((x for _, line in lines for x, _ in line), default=1)
    scale = Scale(values, last, share)
    label = (lambda y: percent(y)) if share else number
    parts = axis(scale)
    single = last == 1
    if best is not None and not single:
        parts.append(tag("line", class_="best", x1=scale.x(best), x2=scale.x(best), y1=TOP, y2=HEIGHT - BOTTOM))
    for key, line in lines:
        parts.append(tag("polyline", class_=key, points=" ".join(f"{scale.x(x)},{scale.y(y)}" for x, y in line)))
        if len(line) <= MOST_DOTS:
            size = {"style": "r:4.5px"} if single else {}
            parts += [tag("circle", class_=key, cx=scale.x(x), cy=scale.y(y), r=2.6, **size) for x, y in line]
    ends = [(key, *line[-1]) for key, line in lines]
    places = inside(spread([scale.y(y) for _, _, y in ends], 31), TOP + 8, HEIGHT - BOTTOM - 14)
    at_x = scale.x(1) + 14 if single else WIDTH - RIGHT + 12  # one epoch: the names stand beside their dots
    for (key, _, y), at in zip(ends, places, strict=True):
        parts.append(tag("text", tag("tspan", t(key), class_="name"), tag("tspan", label(y), x=at_x, dy=14),
                         class_=f"end {key}", x=at_x, y=round(at - 3, 1)))
    marked = dict(lines[-1][1]) if lines else {}
    if best in marked and not single:
        x, y = scale.x(best), scale.y(marked[best])
        parts.append(tag("circle", class_="ring", cx=x, cy=y, r=5.5))
        if best != lines[-1][1][-1][0]:  # at the last epoch the value stands at the line's end
            side, beside, below = spot(x, y, [[(scale.x(e), scale.y(v)) for e, v in line] for _, line in lines])
            words = [tag("tspan", t("epoch n", n=best), class_="name"), tag("tspan", label(marked[best]), x=beside, dy=14)]
            parts.append(tag("text", words, class_="mark", x=beside, y=below, text_anchor=side))
    title = t("log " + name) if name in ("loss", "accuracy") else name.replace("_", " ")
    says = ", ".join(f"{t(key)} {label(y)}" for key, _, y in ends)
    return tag("figure", tag("figcaption", title),
               tag("svg", tag("title", f"{title}: {says}"), parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="chart"))


def spot(x: float, y: float, lines: Sequence[Sequence[tuple[float, float]]]) -> tuple[str, float, float]:
    """(anchor, x, y) of a label of two short lines near a point, where it hides as little of the curves as possible."""
    cloud = [(a + (c - a) * k / 20, b + (d - b) * k / 20) for line in lines
             for (a, b), (c, d) in zip(line, line[1:], strict=False) for k in range(21)]
    choices = []
    for top in (y - 38, y + 10, y - 60, y + 32):  # of the label's box, MARK pixels
        for side, left in (("start", x + 9), ("end", x - 9 - MARK[0])):
            hidden = sum(left - 3 < a < left + MARK[0] + 3 and top - 3 < b < top + MARK[1] + 3 for a, b in cloud)
            outside = max(0, LEFT - left, left + MARK[0] - WIDTH + RIGHT) + max(0, TOP - top, top + MARK[1] - HEIGHT + BOTTOM)
            beside = round(x + (9 if side == "start" else -9), 1)
            choices.append((hidden + 5 * outside, len(choices), side, beside, round(top + 11, 1)))
    return min(choices)[2:]


def points(values: Values | None) -> list[tuple[int, float]]:
    """(epoch from 1, value) of the epochs that have one."""
    return [(epoch, y) for epoch, y in enumerate(values or [], 1) if y is not None and math.isfinite(y)]


class Scale:
    """From epochs and values to places in the panel.

    Attributes:
        ticks: values of the horizontal guides. epochs: epochs named below. share: whether values are read in per cent.
    """

    def __init__(self, values: Sequence[float], last: int, share: bool, first: int = 1):
        self.share, self.last, self.first = share, last, first
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        self.log = not share and low > 0 and high / low >= LOG_FROM
        if self.log:
            self.ticks = [10.0**p for p in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
            self.low, self.high = self.ticks[0], self.ticks[-1]
        else:
            step = nice((high - low) / 4 or abs(high) / 4 or 0.25)
            least, most = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
            self.ticks = [round(k * step, 12) for k in range(least, max(most, least + 1) + 1)]
            if share:
                self.ticks = [tick for tick in self.ticks if tick <= 1] or [1.0]
            self.low, self.high = min(self.ticks[0], low), max(self.ticks[-1], high)
            if self.low == self.high:
                self.low -= step
        gap = next(s * 10**p for p in range(9) for s in (1, 2, 5) if (last - first) / (s * 10**p) <= 7)
        self.epochs = [first] + [e for e in range(gap, last + 1, gap) if e > max(first, gap / 2)] if last > first else [first]

    def x(self, epoch: int) -> float:
        share = (epoch - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return round(LEFT + 10 + share * (WIDTH - RIGHT - LEFT - 10), 1)

    def y(self, value: float) -> float:
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        share = ((math.log(value) if self.log else value) - low) / (high - low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP), 1)


def nice(step: float) -> float:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten.

    Example:
        >>> nice(0.17), nice(0.21), nice(30)
        (0.2, 0.25, 50.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    return next(round(s * power, 12) for s in (1, 2, 2.5, 5, 10) if s * power >= step * (1 - 1e-9))


def axis(scale: Scale) -> list[Html]:
    """Guides with their values at the left, epochs below."""
    parts = []
    texts = [f"{text} %" for text in ticks([100 * tick for tick in scale.ticks])] if scale.share else ticks(scale.ticks)
    for tick, text in zip(scale.ticks, texts, strict=True):
        y = scale.y(tick)
        parts.append(tag("line", class_="guide", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y))
        parts.append(tag("text", text, class_="tick", x=LEFT - 8, y=y + 4, text_anchor="end"))
    for epoch in scale.epochs:
        parts.append(tag("text", epoch, class_="tick", x=scale.x(epoch), y=HEIGHT - BOTTOM + 18, text_anchor="middle"))
    parts.append(tag("text", t("epoch"), class_="tick", x=WIDTH - RIGHT + 12, y=HEIGHT - BOTTOM + 18))
    return parts
