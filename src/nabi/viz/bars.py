"""Bars: one number for each thing that is compared, lying, from zero; a thin line and dots show repeats.

    bar = mean of the repeats        dots = the repeats        on a logarithmic scale a bar begins at 1
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import number, power, short
from nabi.viz.words import t

ROW, GAP, WIDTH, LEFT, HEAD, FOOT = 0.3, 0.42, 4.6, 0.35, 0.95, 0.3  # in inches


@register("figure")
def bars(values: Mapping[str, Any], title: str = "", subtitle: str = "", percent: bool = False, log: bool = False,
         unit: str = "") -> Figure:
    """Draws one bar for each entry of `values`, its number at its end.

    Args:
        values: name -> a number or its repeats, (r,); or heading -> {name -> ...} for groups, a colour for each name.
        title, subtitle: headline and the line below it.
        percent: whether the numbers are shares, to be read in per cent.
        log: whether the scale is logarithmic, for numbers of at least 1.
        unit: behind each number.

    Returns: figure; a friendly note if there is nothing to draw.

    Raises: ArgumentError for numbers that have no bar: below zero, below 1 on a logarithmic scale, not finite, or none at all.

    Example:
        >>> figure = bars({"dense": [0.97, 0.98], "CNN": 0.99}, "Test accuracy", percent=True)
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['dense', '97.5 % ± 0.7', 'CNN', '99.0 %']
    """
    grouped = bool(values) and all(isinstance(entry, Mapping) for entry in values.values())
    groups: Mapping[str, Mapping[str, Any]] = values if grouped else {"": values}
    rows = {str(head): {str(name): _repeats(str(name), v, log) for name, v in group.items()} for head, group in groups.items()}
    if not any(rows.values()):
        return style.note(title or t("no bars"), t("nothing to draw"))
    names = list(dict.fromkeys(name for group in rows.values() for name in group))
    left = LEFT + max(style.width_of(short(name, 40), style.BODY) for name in names) + 0.15
    height = ROW * sum(map(len, rows.values())) + GAP * (grouped * len(rows))
    longest = max(float(v.max()) for group in rows.values() for v in group.values())
    top = HEAD - 0.2 * grouped
    picture = style.page(left + WIDTH + 1.5, top + height + FOOT, LEFT, title, subtitle)
    ax = style.axes(picture, left, top, WIDTH, height)
    style.dress(ax, grid=False)
    ax.spines["bottom"].set_visible(False)
    ax.xaxis.set_major_locator(NullLocator())
    ax.yaxis.set_major_locator(NullLocator())
    ax.set_xlim(0, (np.log10(longest) if log else longest) * 1.01 or 1)
    ax.set_ylim(height, 0)
    place = 0.0
    for head, group in rows.items():
        if grouped:
            style.label(ax, 0, place + GAP - 0.14, short(head, 60), offset=((LEFT - left) * 72, 0), fontweight="bold")
            place += GAP
        for name, v in group.items():
            color = style.SERIES[names.index(name) % len(style.SERIES)] if grouped else style.BLUE
            _bar(ax, place + ROW / 2, short(name, 40), np.log10(v) if log else v, color, _text(v, percent, log, unit))
            place += ROW
    return picture


def _repeats(name: str, value: Any, log: bool) -> np.ndarray:
    v = np.atleast_1d(np.asarray(value, dtype=float))
    if v.ndim != 1 or not len(v) or not np.isfinite(v).all() or v.min() < int(log):
        least = "1" if log else "0"
        raise ArgumentError(f"bars(values[{name!r}])", f"a finite number of at least {least}, or several", repr(value))
    return v


def _bar(ax, y: float, name: str, v: np.ndarray, color: str, text: str) -> None:
    """One bar with its name, its repeats and its number."""
    mean = float(v.mean())
    ax.barh([y], [mean], height=0.62 * ROW, color=color, alpha=0.82 if len(v) > 1 else 1, linewidth=0, zorder=3)
    if len(v) > 1:
        ax.plot([v.min(), v.max()], [y, y], color=style.INK, linewidth=1, linestyle="-", marker="", zorder=4, clip_on=False)
        ax.plot(v, [y] * len(v), color=style.INK, linestyle="none", marker="o", markersize=2.6, zorder=5, clip_on=False)
    style.label(ax, 0, y, name, offset=(-8, 0), ha="right", color=style.INK)
    style.label(ax, max(mean, float(v.max())), y, text, style.MUTED, style.SMALL, offset=(7, 0))


def _text(v: np.ndarray, percent: bool, log: bool, unit: str) -> str:
    """The mean and, of several, the standard deviation.

    Example:
        >>> _text(np.array([0.5, 0.6]), True, False, ""), _text(np.array([1e12]), False, True, "weights")
        ('55.0 % ± 7.1', '10¹² weights')
    """
    mean, deviation = float(v.mean()), float(v.std(ddof=1)) if len(v) > 1 else None
    if percent:
        return f"{100 * mean:.1f} %" + ("" if deviation is None else f" ± {100 * deviation:.1f}")
    said = power(mean, 0 if f"{mean:e}".startswith("1.000000") else 1) if log and mean >= 1e6 else number(mean)
    said += "" if deviation is None else f" ± {number(deviation) if deviation else '0'}"
    return f"{said} {unit}".rstrip()
