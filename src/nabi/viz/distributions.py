"""Distributions: how the numbers of several layers are spread, before training and epoch after epoch, one curve below the other.

    a panel: one layer under one condition        a curve: the share of its numbers in each bin, as high as its own peak

The first curve is the palest, the last the darkest.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import ticks
from nabi.viz.words import t

WIDTH, STEP, PEAK, GAP, ROW, LEFT, HEAD, FOOT = 1.75, 0.3, 0.62, 0.22, 0.52, 0.45, 1.15, 0.62  # inches


@register("figure")
def distributions(edges: Any, shares: Mapping[str, Mapping[str, Any]], steps: Sequence[str] = (), title: str = "",
                  subtitle: str = "", xlabel: str = "", notes: Mapping[str, Mapping[str, str]] | None = None) -> Figure:
    """Draws a row of panels for each condition, a column for each layer.

    Args:
        edges: (bins + 1,) of the bins, rising, the same for all panels.
        shares: condition -> layer -> (curves, bins), or (bins,) for one curve; the same layers under each condition.
        steps: what each curve is, such as "epoch 1"; written beside the first column.
        title, subtitle: headline and the line below it.
        xlabel: what is spread.
        notes: condition -> layer -> a few words above the panel.

    Returns: figure; a friendly note if there is nothing to draw.

    Raises: ShapeError for curves that do not fit the bins, or steps that do not fit the curves.

    Example:
        >>> figure = distributions([0, 1, 2, 3], {"plain": {"first": [1, 2, 1], "second": [0, 3, 1]}}, title="Two layers")
        >>> [text.get_text() for ax in figure.axes for text in ax.texts]
        ['first', 'second']
    """
    borders = np.asarray(edges, dtype=float)
    drawn = {str(row): {str(column): _curves(str(column), values, len(borders) - 1) for column, values in group.items()}
             for row, group in shares.items()}
    if not any(drawn.values()):
        return style.note(title or t("distributions"), t("nothing to draw"))
    k, columns = max(len(c) for group in drawn.values() for c in group.values()), max(map(len, drawn.values()))
    if steps and len(steps) != k:
        raise ShapeError("distributions(steps)", f"{k}, one for each curve", len(steps))
    height = PEAK + (k - 1) * STEP
    beside = max([style.width_of(str(step), style.SMALL) for step in steps], default=0) + 0.12 * bool(steps)
    left, row = LEFT + beside, ROW if any(drawn) else 0.3
    picture = style.page(left + columns * (WIDTH + GAP) + 0.2, HEAD + len(drawn) * (height + row) + FOOT, LEFT, title, subtitle)
    for r, (condition, group) in enumerate(drawn.items()):
        top = HEAD + r * (height + row)
        style.write(picture, LEFT, top - 0.08, condition, style.HEADING, fontweight="bold", va="bottom")
        for c, (layer, curves) in enumerate(group.items()):
            ax = style.axes(picture, left + c * (WIDTH + GAP), top + 0.12, WIDTH, height)
            last = r == len(drawn) - 1
            _panel(ax, borders, curves, height, last, xlabel if last and c == (len(group) - 1) // 2 else "")
            if r == 0:
                style.label(ax, 0, 1, layer, style.MUTED, style.SMALL, offset=(0, 3), va="bottom", xycoords="axes fraction")
            said = (notes or {}).get(condition, {}).get(layer)
            if said:
                style.label(ax, 1, 1, said, style.VERMILION, style.SMALL, offset=(0, 3), ha="right", va="bottom",
                            xycoords="axes fraction")
            for n, step in enumerate(steps if c == 0 else ()):
                style.label(ax, borders[0], (k - 1 - n) * STEP, str(step), style.MUTED, style.SMALL, offset=(-7, 3), ha="right")
    return picture


def _curves(name: str, values: Any, bins: int) -> np.ndarray:
    """(curves, bins) of one panel."""
    curves = np.atleast_2d(np.asarray(values, dtype=float))
    if curves.ndim != 2 or curves.shape[1] != bins:
        raise ShapeError(f"distributions(shares[{name!r}])", f"(curves, {bins}), as the edges have bins", np.shape(values))
    return np.nan_to_num(curves)


def _panel(ax: Axes, edges: np.ndarray, curves: np.ndarray, height: float, with_ticks: bool, xlabel: str) -> None:
    """The curves of one layer, the first on top."""
    style.dress(ax, "", xlabel, grid=False)
    k = len(curves)
    for n, shares in enumerate(curves):
        density = shares / np.diff(edges)
        base, peak = (k - 1 - n) * STEP, density.max() or 1.0
        color = style.BLUES(0.3 + 0.6 * (n + 1) / k) if k > 1 else style.BLUES(0.75)
        ax.stairs(base + PEAK * 0.92 * density / peak, edges, baseline=base, fill=True, color=color, alpha=0.92, zorder=3 + 2 * n)
        ax.stairs(base + PEAK * 0.92 * density / peak, edges, baseline=None, color=style.PAPER, linewidth=0.7, zorder=4 + 2 * n)
    ax.axvline(0, color=style.LINE, linewidth=0.8, marker="", zorder=1)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0, height)
    ax.yaxis.set_major_locator(NullLocator())
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], prune="both") if with_ticks else NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: ticks([value])[0]))
