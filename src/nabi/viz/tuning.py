"""Tuning curves: how strongly each filter answers bars of each direction, as a polar plot under the filter itself.

    r(theta)       distance from the middle in the direction of the bars: 0 degrees lie, 90 degrees stand
    selectivity    |sum r e^(2 i theta)| / sum r: 0 for a circle, 1 for a single direction (Ringach, Shapley & Hawken 2002)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.traced_parts import DIVERGING
from nabi.viz.words import t

MARGIN, CELL, FILTER, GAP, MOST = 0.4, 1.35, 0.62, 0.28, 32  # inches; filters that are drawn at most
TUNED = 0.2  # selectivity from which a filter has a direction


@register("figure")
def tuning_curves(angles: Sequence[float] | np.ndarray, responses: Any, kernels: Any, title: str = "", subtitle: str = "",
                  columns: int = 4) -> Figure:
    """Draws a polar curve for each filter.

    Args:
        angles: (n,) directions of the bars in degrees, from 0 to below 180.
        responses: (filters, n), from 0 on; each filter has a scale of its own.
        kernels: (filters, kH, kW), or (filters, kH, kW, 3) in colours 0-1.
        title, subtitle: headline and the line below it.
        columns: filters in a row.

    Returns: figure; the direction that is answered most is a line, its angle stands below, where the selectivity is above 0.2;
        a filter without answers has no curve.

    Raises: ShapeError for arrays that do not fit each other.

    Example:
        >>> figure = tuning_curves([0, 45, 90, 135], [[0, 1, 2, 1]], np.eye(3)[None])
        >>> figure.axes[1].texts[0].get_text()
        '90°'
    """
    at, r, k = (np.asarray(a, dtype=float) for a in (angles, responses, kernels))
    if r.ndim != 2 or r.shape[1] != len(at) or len(k) != len(r):
        raise ShapeError("tuning_curves(responses, kernels)", f"(filters, {len(at)}) responses and as many kernels",
                         f"{r.shape} and {k.shape}")
    if not len(r):
        return style.note(title or t("maps"), t("nothing to draw"))
    n = min(len(r), MOST)
    columns = max(1, min(columns, n))
    rows, step = -(-n // columns), FILTER + 0.12 + CELL + 0.42
    head = MARGIN + (0.3 if title else 0) + (0.26 if subtitle else 0)
    figure = style.page(2 * MARGIN + columns * CELL + (columns - 1) * GAP, head + rows * step + 0.1, MARGIN, title, subtitle)
    most = float(np.abs(k).max() or 1.0)
    for number in range(n):
        row, column = divmod(number, columns)
        left, top = MARGIN + column * (CELL + GAP), head + row * step
        ax = style.axes(figure, left + (CELL - FILTER) / 2, top, FILTER, FILTER)
        options: dict[str, Any] = {} if k.ndim == 4 else {"cmap": DIVERGING, "vmin": -most, "vmax": most}
        ax.imshow(k[number], interpolation="nearest", aspect="auto", origin="upper", **options)
        style.frame(ax)
        polar(style.axes(figure, left, top + FILTER + 0.12, CELL, CELL), at, r[number])
    return figure


def polar(ax: Any, angles: np.ndarray, r: np.ndarray) -> None:
    """One curve, drawn twice: bars at an angle and turned by 180 degrees are the same."""
    ax.axis("off")
    ax.set_xlim(-1.12, 1.12)
    ax.set_ylim(-1.12, 1.12)
    for radius in (0.5, 1.0):
        ax.add_patch(Circle((0, 0), radius, fill=False, edgecolor=style.LINE, linewidth=0.7))
    for along in ((-1, 1), (0, 0)), ((0, 0), (-1, 1)):
        ax.plot(*along, color=style.GRID, linewidth=0.7, linestyle="-", marker="", zorder=1)
    largest = float(r.max())
    if largest <= 0:
        style.label(ax, 0, -1.12, "\N{EN DASH}", style.MUTED, style.BODY, (0, -9), ha="center")
        return
    theta = np.radians(np.concatenate([angles, angles + 180, angles[:1]]))
    radius = np.concatenate([r, r, r[:1]]) / largest
    ax.fill(radius * np.cos(theta), radius * np.sin(theta), facecolor=style.BLUE, alpha=0.16, linewidth=0, zorder=2)
    ax.plot(radius * np.cos(theta), radius * np.sin(theta), color=style.BLUE, linewidth=1.8, linestyle="-", marker="", zorder=3)
    if abs(r @ np.exp(2j * np.radians(angles))) / r.sum() <= TUNED:
        style.label(ax, 0, -1.12, "\N{EN DASH}", style.MUTED, style.BODY, (0, -9), ha="center")
        return
    best = float(angles[int(r.argmax())])
    x, y = np.cos(np.radians(best)), np.sin(np.radians(best))
    ax.plot([-x, x], [-y, y], color=style.VERMILION, linewidth=1.6, linestyle="-", marker="", zorder=4)
    style.label(ax, 0, -1.12, f"{best:g}°", style.INK, style.BODY, (0, -9), ha="center", fontweight="bold")
