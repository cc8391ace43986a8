"""Lines: numbers over a common axis, one line for each thing that is compared, its name at its end.

    y_k = mean over repeats r of y_rk        the band reaches from the lowest to the highest repeat
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.labels import inside, spread
from nabi.viz.words import t

WIDTH, HEIGHT, LEFT, HEAD, FOOT = 5.6, 3.1, 0.75, 1.2, 0.7  # in inches
LOGS = ("", "x", "y", "xy")


@register("figure")
def lines(x: Any, series: Mapping[str, Any], title: str = "", subtitle: str = "", xlabel: str = "", ylabel: str = "",
          log: str = "", percent: bool = False) -> Figure:
    """Draws one line for each entry of `series`, in at most five colours; further ones are dashed.

    Args:
        x: (n,) rising numbers.
        series: name -> y of (m,), or (repeats, m) for the mean with a band; m <= n, a line may end early. NaN is a gap.
        title, subtitle: headline and the line below it.
        xlabel, ylabel: what the axes measure.
        log: "x", "y" or "xy": which axes are logarithmic; there y of 0 and below is a gap.
        percent: whether y are shares, to be read in per cent.

    Returns: figure; a friendly note if there is nothing to draw.

    Raises: ShapeError for a line longer than x; ArgumentError for x that do not rise, or another `log`.

    Example:
        >>> figure = lines([1, 2, 3], {"relu": [0.9, 0.4, 0.1], "tanh": [[0.9, 0.7, 0.5], [0.8, 0.6, 0.4]]}, "ReLU is faster")
        >>> [text.get_text() for text in figure.axes[0].texts], figure.texts[0].get_text()
        (['relu', 'tanh'], 'ReLU is faster')
    """
    places = np.asarray(x, dtype=float)
    if places.ndim != 1 or not (np.diff(places) > 0).all():
        raise ArgumentError("lines(x)", "rising numbers in one row", f"shape {places.shape}")
    if log not in LOGS:
        raise ArgumentError("lines(log)", "'', 'x', 'y' or 'xy'", repr(log))
    drawn = {str(name): _repeats(str(name), y, len(places), least=0 if "y" in log else None) for name, y in series.items()}
    if not drawn or not any(np.isfinite(y).any() for y in drawn.values()):
        return style.note(title or t("no lines"), t("nothing to draw"))
    places = places[:max(y.shape[1] for y in drawn.values())]
    names = max(style.width_of(name, style.BODY, bold=True) for name in drawn)
    picture = style.page(LEFT + WIDTH + names + 0.5, HEAD + HEIGHT + FOOT, LEFT, title, subtitle)
    ax = style.axes(picture, LEFT, HEAD, WIDTH, HEIGHT)
    style.dress(ax, ylabel, xlabel)
    _scale(ax, places, np.concatenate([y[np.isfinite(y)] for y in drawn.values()]), log, percent)
    ends = []
    for k, (name, y) in enumerate(drawn.items()):
        color, at = style.SERIES[k % len(style.SERIES)], places[:y.shape[1]]
        dashes = "-" if k < len(style.SERIES) else (0, (4, 2))
        mean, known = y.mean(axis=0), np.isfinite(y.mean(axis=0))
        if len(y) > 1:
            ax.fill_between(at, y.min(axis=0), y.max(axis=0), color=color, alpha=0.14, linewidth=0, zorder=2)
        ax.plot(at, mean, color=color, linewidth=2.2, linestyle=dashes, marker="o" if len(at) <= 15 else "", markersize=3.4,
                solid_capstyle="round", solid_joinstyle="round", label=name, zorder=4, clip_on=False)
        if known.any():
            ends.append((name, color, at[known][-1], mean[known][-1]))
    _name_ends(ax, ends)
    return picture


def _repeats(name: str, y: Any, n: int, least: float | None) -> np.ndarray:
    """(repeats, m) of one line, NaN for what is not finite or not above `least`."""
    values = np.atleast_2d(np.asarray(y, dtype=float))
    if values.ndim != 2 or not 0 < values.shape[1] <= n:
        raise ShapeError(f"lines(series[{name!r}])", f"(m,) or (repeats, m), m from 1 to {n} as x has", np.shape(y))
    return np.where(np.isfinite(values) & ((least is None) | (values > (least or 0))), values, np.nan)


def _scale(ax: Axes, x: np.ndarray, y: np.ndarray, log: str, percent: bool) -> None:
    """Limits, ticks and their numbers."""
    if "y" in log:
        ax.set_yscale("log")
        room = max((y.max() / y.min()) ** 0.06, 1.1)
        ax.set_ylim(y.min() / room, y.max() * room)
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if y.max() / y.min() < 100 else (1,), numticks=7))
        ax.yaxis.set_minor_locator(NullLocator())
    else:
        pad = 0.07 * (y.max() - y.min()) or 0.05 * abs(y.max()) or 0.5
        ax.set_ylim(y.min() - pad if y.min() < 0 else max(y.min() - pad, 0), y.max() + pad)
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], min_n_ticks=4))
    ax.yaxis.set_major_formatter(Numbers(percent))
    if "x" in log and x[0] > 0:
        ax.set_xscale("log")
        ax.set_xlim(x[0] / 1.15, x[-1] * 1.15)
        ax.set_xticks(x if len(x) <= 9 else [10.0**k for k in range(-9, 13) if x[0] <= 10.0**k <= x[-1]])
        ax.xaxis.set_minor_locator(NullLocator())
    else:
        room = 0.03 * (x[-1] - x[0]) or 0.5
        ax.set_xlim(x[0] - room, x[-1] + room)
        ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=bool((x == x.round()).all())))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "\N{MINUS SIGN}")))


def _name_ends(ax: Axes, ends: list[tuple[str, str, float, float]]) -> None:
    """Names at the right of the lines' ends, moved apart where they would touch."""
    right = ax.get_xlim()[1]
    points = [ax.transData.transform((right, y))[1] * 72 / style.DPI for _, _, _, y in ends]
    low, high = ax.bbox.y0 * 72 / style.DPI, ax.bbox.y1 * 72 / style.DPI
    for (name, color, _, y), wanted, placed in zip(ends, points, inside(spread(points, 13), low + 4, high - 2, 13), strict=True):
        style.label(ax, right, y, name, color, offset=(9, placed - wanted), fontweight="bold")
