"""Reliability diagram: how sure a network is against how often it is right; on the diagonal the two are one.

    top of the blue bar: share right        ring: mean probability        orange: what lies between        ECE = sum n_b/n |gap|

Source: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017, figure 1.
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.words import t

SIZE, BELOW, BETWEEN, LEFT, HEAD, FOOT = 3.5, 0.75, 0.68, 0.85, 1.15, 0.65  # inches
TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
FEW = 10  # answers in a bin, below which its bar is pale: its share right says little


@register("figure")
def reliability(confidence: Any, accuracy: Any, counts: Any, title: str = "", subtitle: str = "") -> Figure:
    """Draws the diagram, and below it how many answers fall into each bin.

    Args:
        confidence, accuracy: (B,) mean probability and share right of bins of equal width from 0 to 1; NaN where it is empty.
        counts: (B,) answers in each bin.
        title, subtitle: headline and the line below it; by default ECE, and how to read it.

    Returns: figure; a friendly note if there are no answers.

    Raises: ShapeError for lengths that do not fit.

    Example:
        >>> figure = reliability([np.nan, 0.9], [np.nan, 0.8], [0, 50])
        >>> figure.texts[0].get_text()
        'Calibration error 10.0 %: surer than it is right'
    """
    sure, right, n = (np.asarray(values, dtype=float) for values in (confidence, accuracy, counts))
    if n.ndim != 1 or not sure.shape == right.shape == n.shape:
        raise ShapeError("reliability(confidence, accuracy, counts)", "(B,) of each", (sure.shape, right.shape, n.shape))
    if not n.sum():
        return style.note(title or t("calibration"), t("no samples"))
    full = n > 0
    gaps = (sure - right)[full] * n[full] / n.sum()
    ece, which = 100 * abs(gaps).sum(), "ece over" if gaps.sum() > 0 else "ece under"
    picture = style.page(LEFT + SIZE + 1.6, HEAD + SIZE + BETWEEN + BELOW + FOOT, LEFT, title or t(which, ece=ece),
                         subtitle or t("ece read"))
    ax, below = style.axes(picture, LEFT, HEAD, SIZE, SIZE), style.axes(picture, LEFT, HEAD + SIZE + BETWEEN, SIZE, BELOW)
    width, places = 1 / len(n), (np.arange(len(n)) + 0.5) / len(n)
    style.dress(ax, t("share right"))
    ax.plot([0, 1], [0, 1], color=style.MUTED, linewidth=1.2, linestyle=(0, (4, 3)), marker="", zorder=4)
    for place, mean, share, count in zip(places[full], sure[full], right[full], n[full], strict=True):
        pale = 0.35 if count < FEW else 0.9
        low, wide = min(share, mean), width * 0.92
        ax.bar([place], [low], wide, color=style.BLUE, alpha=pale, linewidth=0, zorder=2)
        ax.bar([place], [abs(mean - share)], wide, bottom=[low], color=style.VERMILION, alpha=0.28, linewidth=0, zorder=3)
        ax.plot([place - wide / 2, place + wide / 2], [share, share], color=style.BLUE, linewidth=2.2, marker="", zorder=4)
        ax.plot([mean], [mean], marker="o", markersize=5, markerfacecolor=style.PAPER, markeredgecolor=style.VERMILION,
                markeredgewidth=1.6, linestyle="none", zorder=5, clip_on=False)
    style.label(ax, 1, 1, t("perfect"), style.MUTED, style.SMALL, offset=(8, 0))
    style.dress(below, t("answers in bin"), t("probability"))
    below.bar(places, n / n.sum(), width * 0.92, color=style.MUTED, linewidth=0, zorder=2)
    for one in (ax, below):
        one.set_xlim(0, 1)
        one.xaxis.set_major_locator(FixedLocator(TICKS))
        one.xaxis.set_major_formatter(Numbers(True))
        one.yaxis.set_major_formatter(Numbers(True))
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_locator(FixedLocator(TICKS))
    below.set_ylim(0, 1)
    below.yaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
    below.yaxis.set_minor_locator(NullLocator())
    return picture
