"""Rate range: the loss of a short run while the learning rate rises, and the rate at which it falls fastest."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.labels import power
from nabi.viz.words import t

WIDTH, HEIGHT, LEFT, HEAD = 6.0, 3.0, 0.75, 1.25  # in inches


@register("figure")
def rate_range(rates: Sequence[float], losses: Sequence[float], smoothed: Sequence[float], rate: float,
               falls: bool = True, rises: bool | None = None) -> Figure:
    """Draws losses over learning rates on a logarithmic axis, and marks `rate`.

    Args:
        rates: the learning rates, rising. losses, smoothed: one value for each.
        rate: the rate to mark, one of `rates`.
        falls: whether the loss falls fastest there; False if it falls nowhere, and `rate` is the largest before it rises.
        rises: whether it rises above `rate`, where it falls nowhere; None if it does for all but the last of `rates`.

    Raises: ArgumentError for lengths that do not fit, or a rate that is none of them.

    Example:
        >>> rate_range([0.01, 0.1, 1.0], [2.3, 1.0, 4.0], [2.3, 1.6, 2.5], 0.1).texts[0].get_text()
        'At a learning rate of 0.1 the loss falls fastest'
    """
    x, y, s = (np.asarray(values, dtype=float) for values in (rates, losses, smoothed))
    if not len(x) == len(y) == len(s) or not len(x):
        raise ArgumentError("rate_range(losses, smoothed)", f"{len(x)} values each, at least one", f"{len(y)} and {len(s)}")
    if rate not in x:
        raise ArgumentError("rate_range(rate)", "one of the rates", repr(rate))
    detail = t("range test ran", n=len(x), first=plain(x[0]), last=plain(x[-1]))
    said = "range test" if falls else "range test rises" if (rate < x[-1] if rises is None else rises) else "range test flat"
    picture = style.page(LEFT + WIDTH + 0.6, HEAD + HEIGHT + 0.7, LEFT, t(said, rate=plain(rate)), detail)
    ax = style.axes(picture, LEFT, HEAD, WIDTH, HEIGHT)
    style.dress(ax, t("loss")[0].upper() + t("loss")[1:], t("learning rate"))
    _scale(ax, x, y, s)
    inside = y <= ax.get_ylim()[1]  # what lies above says no more than that it is too high
    dots = {"linestyle": "none", "marker": "o", "markersize": 3, "color": style.LINE, "clip_on": False}
    ax.plot(x[inside], y[inside], **dots, zorder=3, label="losses")
    ax.plot(x, s, color=style.BLUE, linewidth=2.2, linestyle="-", marker="", zorder=4, label="smoothed")
    here = float(s[list(x).index(rate)])
    ax.axvline(rate, color=style.VERMILION, linewidth=1, linestyle=(0, (4, 3)), marker="", zorder=2, label="rate")
    ax.plot([rate], [here], linestyle="none", marker="o", markersize=8, markerfacecolor=style.PAPER,
            markeredgecolor=style.VERMILION, markeredgewidth=2, zorder=6, clip_on=False, label="fastest")
    aside = {"offset": (9, 13)} if falls else {"offset": (-9, 24), "ha": "right"}  # the line rises to the right of it
    style.label(ax, rate, here, t("fastest" if falls else "steady", rate=plain(rate)), style.VERMILION, style.SMALL,
                fontweight="bold", zorder=7, linespacing=1.25, **aside)
    return picture


def plain(rate: float) -> str:
    """A rate in few letters.

    Example:
        >>> plain(0.0012345), plain(2.5e-06), plain(10.0)
        ('0.0012', '2.5e-06', '10')
    """
    return f"{rate:.2g}"


def _scale(ax: Axes, x: np.ndarray, y: np.ndarray, s: np.ndarray) -> None:
    """Powers of ten below, and so much of the losses that the smoothed line fills the panel."""
    ax.set_xscale("log")
    ax.set_xlim(x[0], x[-1] if x[-1] > x[0] else 2 * x[0])
    ax.xaxis.set_major_locator(LogLocator(numticks=12))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value) if 1e-3 <= value < 1e4 else power(value, 0)))
    low, high = min(float(s.min()), float(np.quantile(y, 0.02))), max(float(s.max()), float(np.quantile(y, 0.9)))
    room = 0.08 * (high - low) or 0.5
    ax.set_ylim(low - room if low < room else max(low - room, 0), high + room)
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], min_n_ticks=4))
    ax.yaxis.set_major_formatter(Numbers(False))
