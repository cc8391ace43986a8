"""Timeline: what happened when, from top to bottom, with bars of a number beside it; a span of years as a grey band."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style

ROW, YEAR, TEXT, BAR = 0.56, 1.25, 4.6, 1.75  # inches: a row; the years; the texts; the longest bar


@register("figure", "timeline")
def timeline(events: Sequence[dict[str, Any]], measures: Sequence[str] = (), title: str = "", subtitle: str = "") -> Figure:
    """Draws events in rows.

    Args:
        events: for each "when" (a text such as "1998" or "1986-2006"), "title", "text"; "span": whether it is a time rather than
            an event; "values": a number or None for each measure.
        measures: what the bars show; the last word of each may be its unit.
        title, subtitle: headline and the line below it.

    Example:
        >>> events = [{"when": "1998", "title": "LeNet-5", "text": "digits", "values": [7.0]}]
        >>> len(timeline(events, ["layers"]).axes)
        1
    """
    if any(len(event.get("values", ())) not in (0, len(measures)) for event in events):
        raise ArgumentError("timeline(events)", f"{len(measures)} values or none", [len(e.get("values", ())) for e in events])
    text = max([TEXT, *(style.width_of(e["text"], style.SMALL) + 0.3 for e in events)])
    wide = 0.35 + YEAR + text + (BAR + 0.75) * len(measures) + 0.3
    top = 1.3 if measures else 1.0
    picture = style.page(wide, top + ROW * len(events) + 0.3, 0.35, title, subtitle)
    ax = style.axes(picture, 0, top, wide, ROW * len(events))
    ax.set_axis_off()
    ax.set_xlim(0, wide)
    ax.set_ylim(ROW * len(events), 0)
    line = 0.35 + YEAR - 0.3
    ax.plot([line, line], [0.1, ROW * len(events) - 0.1], color=style.LINE, linewidth=2, marker="", zorder=1)
    for row, event in enumerate(events):
        y = ROW * (row + 0.5)
        span = bool(event.get("span"))
        if span:
            ax.axhspan(ROW * row + 0.05, ROW * (row + 1) - 0.05, xmin=0.3 / wide, xmax=1 - 0.3 / wide, color=style.GRID, zorder=0,
                       linewidth=0)
        style.label(ax, line - 0.2, y, event["when"], style.INK, style.HEADING, ha="right", fontweight="bold", path_effects=[])
        ax.plot([line], [y], linestyle="none", marker="o", markersize=6 if span else 9, markeredgewidth=0, zorder=3,
                color=style.MUTED if span else style.BLUE)
        style.label(ax, line + 0.28, y - 0.1, event["title"], style.INK, style.BODY, fontweight="bold", path_effects=[])
        style.label(ax, line + 0.28, y + 0.12, event["text"], style.MUTED, style.SMALL, path_effects=[])
    for number, measure in enumerate(measures):
        left = 0.35 + YEAR + text + (BAR + 0.75) * number
        style.write(picture, left, top - 0.3, measure, style.SMALL, style.MUTED, fontweight="bold")
        values = [event["values"][number] if event.get("values") else None for event in events]
        largest = max((v for v in values if v is not None), default=1.0)
        for row, value in enumerate(values):
            if value is not None:
                long, y = BAR * value / largest, ROW * (row + 0.5)
                ax.barh([y], [long], left=left, height=0.26, linewidth=0, zorder=2,
                        color=style.SERIES[number % len(style.SERIES)])
                style.label(ax, left + long + 0.07, y, f"{value:g}", style.INK, style.SMALL, path_effects=[])
    return picture
