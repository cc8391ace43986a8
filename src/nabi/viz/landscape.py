"""Landscape: what things cost and what they bring: named points over a logarithmic scale, their area a third number."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style

WIDE, HIGH, AREA = 8.6, 5.8, 420  # inches; the area of the largest point


@register("figure", "landscape")
def landscape(points: Sequence[Mapping[str, Any]], xlabel: str = "", ylabel: str = "", title: str = "", subtitle: str = "",
              note: str = "") -> Figure:
    """Draws named points.

    Args:
        points: for each "name", "x" above 0, "y", "size" above 0 (its area), "group" (its colour and an entry of the legend).
        xlabel, ylabel: what the axes are, with units.
        title, subtitle: headline and the line below it; note: what the area is.

    Raises: ArgumentError: no points, or an x or size that is not above 0.

    Example:
        >>> len(landscape([{"name": "net", "x": 1e9, "y": 20.0, "size": 1e6, "group": "one crop"}]).axes)
        1
    """
    if not points or any(p["x"] <= 0 or p["size"] <= 0 for p in points):
        raise ArgumentError("landscape(points)", "points with x and size above 0", list(points)[:1])
    top = 1.3 if subtitle else 1.0
    picture = style.page(WIDE + 1.4, top + HIGH + 0.85, 0.45, title, subtitle)
    ax = style.axes(picture, 0.85, top, WIDE, HIGH)
    style.dress(ax, ylabel, xlabel)
    ax.grid(True, which="major", axis="x", color=style.GRID, linewidth=0.9)
    ax.set_xscale("log")
    groups = list(dict.fromkeys(p["group"] for p in points))
    largest = max(p["size"] for p in points)
    for p in sorted(points, key=lambda p: -p["size"]):
        color = style.SERIES[groups.index(p["group"]) % len(style.SERIES)]
        ax.scatter([p["x"]], [p["y"]], s=AREA * p["size"] / largest + 14, color=color, alpha=0.45, linewidth=1, edgecolor=color,
                   zorder=3)
    x, y = np.array([p["x"] for p in points], float), np.array([p["y"] for p in points], float)
    ax.set_xlim(x.min() / 1.7, x.max() * 2.0)
    pad = 0.09 * max(float(np.ptp(y)), 1e-9 + abs(float(y.max())) * 0.1)
    ax.set_ylim(y.min() - pad, y.max() + pad)
    ax.xaxis.set_major_formatter(FuncFormatter(_short))
    ax.xaxis.set_minor_formatter(NullFormatter())
    _names(ax, points, groups, largest)
    left = 0.85
    for number, group in enumerate(groups):
        style.write(picture, left, top + HIGH + 0.46, "\u25cf", style.BODY, style.SERIES[number % len(style.SERIES)])
        style.write(picture, left + 0.16, top + HIGH + 0.46, group, style.SMALL, style.MUTED)
        left += 0.16 + style.width_of(group, style.SMALL) + 0.28
    style.write(picture, left, top + HIGH + 0.46, note, style.SMALL, style.MUTED)
    return picture


def _names(ax, points: Sequence[Mapping[str, Any]], groups: list[str], largest: float) -> None:
    """The names, each at the first place around its point where it meets no other name and no point's middle."""
    scale = ax.transData.transform
    dots = [tuple(v / style.DPI for v in scale((p["x"], p["y"]))) for p in points]
    radii = [np.sqrt((AREA * p["size"] / largest + 14) / np.pi) / 72 for p in points]
    taken: list[tuple[float, float, float, float]] = []
    box = ax.get_window_extent()
    inside = box.x0 / style.DPI, box.y0 / style.DPI, box.x1 / style.DPI + 0.5, box.y1 / style.DPI
    for k in sorted(range(len(points)), key=lambda k: -points[k]["y"]):
        wide, high = style.width_of(points[k]["name"], style.SMALL), 0.15
        found = None
        for reach in (0.05, 0.17, 0.29, 0.42, 0.56):
            r = radii[k] + reach
            for dx, dy in ((r, 0), (-r - wide, 0), (-wide / 2, r + high / 2), (-wide / 2, -r - high / 2), (r * 0.7, r * 0.7),
                           (r * 0.7, -r * 0.7), (-r * 0.7 - wide, r * 0.7), (-r * 0.7 - wide, -r * 0.7)):
                x0, y0 = dots[k][0] + dx, dots[k][1] + dy - high / 2
                one = x0, y0, x0 + wide, y0 + high
                free = all(one[2] < t[0] or t[2] < one[0] or one[3] < t[1] or t[3] < one[1] for t in taken)
                clear = all(np.hypot(max(one[0] - a, 0, a - one[2]), max(one[1] - b, 0, b - one[3])) > radius + 0.02
                            for (a, b), radius in zip(dots, radii, strict=True))
                if free and clear and inside[0] <= one[0] and one[2] <= inside[2] and inside[1] <= one[1] and one[3] <= inside[3]:
                    found = one
                    break
            if found:
                break
        found = found or (dots[k][0], dots[k][1], dots[k][0] + wide, dots[k][1] + high)
        taken.append(found)
        color = style.SERIES[groups.index(points[k]["group"]) % len(style.SERIES)]
        at = ax.transData.inverted().transform(((found[0]) * style.DPI, (found[1] + high / 2) * style.DPI))
        end = found[0] if found[0] > dots[k][0] else found[2] if found[2] < dots[k][0] else dots[k][0]
        if np.hypot(end - dots[k][0], found[1] + high / 2 - dots[k][1]) > radii[k] + 0.1:
            near = ax.transData.inverted().transform((end * style.DPI, (found[1] + high / 2) * style.DPI))
            ax.plot([points[k]["x"], near[0]], [points[k]["y"], near[1]], color=style.LINE, linewidth=0.7, marker="",
                    zorder=2)
        style.label(ax, at[0], at[1], points[k]["name"], color, style.SMALL)


def _short(value: float, _position: int) -> str:
    """A large number with its unit.

    Example:
        >>> _short(2e9, 0), _short(5e7, 0), _short(300, 0)
        ('2 G', '50 M', '300')
    """
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
