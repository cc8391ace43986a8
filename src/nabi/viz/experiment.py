"""Experiment: ways of training beside each other: their curves with the spread over seeds, and what each run reached at the end.

    line = mean over seeds of a log        band from the lowest to the highest seed        dot = one run, bar = mean of the runs
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.labels import short, words
from nabi.viz.words import t

WIDTH, HEIGHT, LEFT, HEAD, FOOT, GAP = 3.7, 2.9, 0.75, 1.25, 0.72, 0.85  # in inches
DOTS, SAMPLE, ROW, VALUE = 2.7, 0.42, 0.36, 1.35
LOG_FROM = 20  # highest / lowest loss from which its axis is logarithmic


@register("figure")
def experiment(variants: Mapping[str, Mapping[str, Any]], title: str = "", subtitle: str = "", name: str = "") -> Figure:
    """Draws two panels of curves, and beside them a row of dots for each variant, which is also their legend.

    Args:
        variants: name -> {"curves": {log: (runs, epochs)}, "reached": (runs,) shares}; the first two logs that the first variant
            has are drawn, NaN is a gap. A variant without any run says so.
        title, subtitle: headline and the line below it.
        name: what "reached" is.

    Returns: figure; a friendly note if there is nothing to draw.

    Raises: ArgumentError for curves that are not (runs, epochs).

    Example:
        >>> runs = {"relu": {"curves": {"loss": [[1, 0.5], [1, 0.4]]}, "reached": [0.9, 0.94]}}
        >>> figure = experiment(runs, "ReLU", name="Test accuracy")
        >>> [text.get_text() for text in figure.axes[-1].texts]
        ['relu', '92.0 % ± 2.8']
    """
    logs = list(dict.fromkeys(log for one in variants.values() for log in one["curves"]))[:2]
    known = {str(label): {log: _repeats(label, one["curves"][log]) for log in logs if log in one["curves"]}
             for label, one in variants.items()}
    if not any(np.isfinite(y).any() for one in known.values() for y in one.values()):
        return style.note(title or t("experiment"), t("nothing to draw"))
    labels = {label: short(label, 64) for label in known}
    top = HEAD if title else 0.6
    room = SAMPLE + max(style.width_of(text, style.BODY, bold=True) for text in labels.values()) + 0.2
    tall = max(HEIGHT, ROW * len(known))
    start = LEFT + len(logs) * (WIDTH + GAP) - GAP + 0.55 + room
    picture = style.page(start + DOTS + VALUE, top + tall + FOOT, LEFT, title, subtitle)
    for k, log in enumerate(logs):
        ax = style.axes(picture, LEFT + k * (WIDTH + GAP), top, WIDTH, tall)
        _curves(ax, log, [one.get(log) for one in known.values()])
    ax = style.axes(picture, start, top, DOTS, tall)
    _dots(ax, name, labels, [np.asarray(one["reached"], dtype=float) for one in variants.values()], room)
    return picture


def look(k: int) -> dict[str, Any]:
    """Colour and dashes of the k-th variant: five colours, then the same dashed, then dotted."""
    around, at = divmod(k, len(style.SERIES))
    return {"color": style.SERIES[at], "linestyle": ("-", (0, (4, 1.6)), (0, (1, 1.4)))[around % 3]}


def _repeats(label: object, y: Any) -> np.ndarray:
    """(runs, epochs), NaN where a run has no number."""
    values = np.asarray(y, dtype=float)
    if values.ndim != 2 or not values.size:
        raise ArgumentError(f"experiment(variants[{label!r}])", "curves of (runs, epochs)", f"shape {values.shape}")
    return np.where(np.isfinite(values), values, np.nan)


def _middle(y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, lowest and highest over the runs that have a number, NaN where none has."""
    there = np.isfinite(y)
    count = there.sum(axis=0)
    mean = np.where(count > 0, np.where(there, y, 0).sum(axis=0) / np.maximum(count, 1), np.nan)
    low, high = np.where(there, y, np.inf).min(axis=0), np.where(there, y, -np.inf).max(axis=0)
    return mean, np.where(count > 0, low, np.nan), np.where(count > 0, high, np.nan)


def _curves(ax: Axes, log: str, series: list[np.ndarray | None]) -> None:
    """One panel: the mean of each variant with its band."""
    share = log.endswith("accuracy")
    name = words(log) if log.startswith("val_") else t("of training", name=words(log))
    style.dress(ax, name[:1].upper() + name[1:], t("epoch"))
    every = np.concatenate([y[np.isfinite(y)] for y in series if y is not None])
    longest = max(y.shape[1] for y in series if y is not None)
    for k, y in enumerate(series):
        if y is None or not np.isfinite(y).any():
            continue
        mean, low, high = _middle(y)
        at = np.arange(1, y.shape[1] + 1)
        if len(y) > 1:
            ax.fill_between(at, low, high, color=look(k)["color"], alpha=0.13, linewidth=0, zorder=2)
        ax.plot(at, mean, linewidth=2.1, marker="o" if longest <= 12 else "", markersize=3.2, zorder=4 + 0.01 * k, clip_on=False,
                solid_capstyle="round", solid_joinstyle="round", dash_joinstyle="round", dash_capstyle="butt", **look(k))
    if not share and len(every) and every.min() > 0 and every.max() / every.min() >= LOG_FROM:
        ax.set_yscale("log")
        style.dress(ax, t("logarithmic", name=name[:1].upper() + name[1:]), t("epoch"))
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if every.max() / every.min() < 200 else (1,), numticks=8))
        ax.yaxis.set_minor_locator(NullLocator())
    else:
        pad = 0.06 * (every.max() - every.min()) or 0.05
        ax.set_ylim(max(0.0, every.min() - pad), every.max() + pad)
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], min_n_ticks=4))
    ax.yaxis.set_major_formatter(Numbers(share))
    ax.set_xlim(1 - 0.04 * max(longest - 1, 1), longest + 0.04 * max(longest - 1, 1))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True) if longest > 1 else FixedLocator([1]))


def _dots(ax: Axes, name: str, labels: Mapping[str, str], reached: list[np.ndarray], room: float) -> None:
    """A row for each variant: its line as in the curves, its name, its runs, their mean."""
    style.dress(ax, "", "", grid=False)
    ax.set_title(name, loc="left", fontsize=style.HEADING, fontweight="bold", color=style.INK,
                 fontfamily=style.families(name), pad=10, parse_math=False, x=-room / DOTS)
    every = np.concatenate([*reached, np.zeros(0)])
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    pad = 0.08 * (high - low) or 0.01
    ax.set_xlim(max(low - pad, 0), min(high + pad, 1 + pad / 2))
    ax.set_ylim(len(labels) - 0.35, -0.65)
    ax.yaxis.set_major_locator(NullLocator())
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(Numbers(True))
    left, right = ax.get_xlim()
    across = ax.get_yaxis_transform()
    for k, (text, values) in enumerate(zip(labels.values(), reached, strict=True)):
        kind = look(k)
        ax.plot([left, right], [k, k], color=style.GRID, linewidth=1, linestyle="-", marker="", zorder=1)
        ax.add_line(Line2D([-room / DOTS, (SAMPLE - 0.1 - room) / DOTS], [k, k], transform=across, linewidth=2.6, marker="",
                           clip_on=False, solid_capstyle="butt", dash_capstyle="butt", **kind))
        style.label(ax, left, k, text, style.INK, offset=((SAMPLE - room) * 72, 0), fontweight="bold")
        if not len(values):
            style.label(ax, left, k, t("no run ended"), style.MUTED, style.SMALL, offset=(6, 0))
            continue
        mean = float(values.mean())
        ax.plot([values.min(), values.max()], [k, k], color=kind["color"], linewidth=1.4, linestyle="-", marker="", alpha=0.5,
                zorder=2)
        ax.plot(values, [k] * len(values), color=kind["color"], linestyle="none", marker="o", markersize=5.4, alpha=0.8, zorder=3,
                markeredgecolor=style.PAPER, markeredgewidth=0.6, clip_on=False)
        if len(values) > 1:
            ax.plot([mean], [k], color=style.INK, linestyle="none", marker="|", markersize=17, markeredgewidth=1.5, zorder=2.5,
                    clip_on=False)
        said = f"{100 * mean:.1f} %" + (f" ± {100 * values.std(ddof=1):.1f}" if len(values) > 1 else "")
        style.label(ax, right, k, said, style.INK, style.BODY, offset=(10, 0))
