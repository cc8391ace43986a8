"""ROC curve: which share of one class is found, against the share of the other that is taken for it (ROC 곡선, AUC).

    x = FP / n0, y = TP / n1 for each threshold; the diagonal is chance, the area under the curve P(score of a 1 > score of a 0)

Source: Hanley & McNeil, "The meaning and use of the area under a receiver operating characteristic curve", 1982.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.words import t

SIDE, LEFT, HEAD, FOOT = 3.6, 0.85, 1.0, 0.7  # in inches


@register("figure")
def roc_curve(false_rates: Sequence[float], true_rates: Sequence[float], point: tuple[float, float] | None = None, name: str = "",
              title: str = "") -> Figure:
    """Draws a ROC curve.

    Args:
        false_rates, true_rates: (n,) rising shares from 0 to 1.
        point: (false, true) rate of the threshold in use, which is marked.
        name: the class that is looked for.
        title: headline; by default the area under the curve.

    Returns: figure.

    Raises: ShapeError for rows of different lengths.

    Example:
        >>> figure = roc_curve([0, 0, 0.5, 1], [0, 0.5, 1, 1], point=(0.5, 1.0))
        >>> figure.texts[0].get_text()
        'Area under the ROC curve: 0.8750'
    """
    x, y = np.asarray(false_rates, dtype=float), np.asarray(true_rates, dtype=float)
    if x.ndim != 1 or x.shape != y.shape:
        raise ShapeError("roc_curve(true_rates)", f"as many rates as false_rates, {x.shape}", y.shape)
    area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
    picture = style.page(LEFT + SIDE + 0.4, HEAD + SIDE + FOOT, LEFT, title or t("roc area", area=f"{area:.4f}"))
    ax = style.axes(picture, LEFT, HEAD, SIDE, SIDE)
    style.dress(ax, t("roc found", name=name) if name else t("roc true"), t("roc false"))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.005)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1])
        axis.set_major_formatter(Numbers(True))
    ax.plot([0, 1], [0, 1], marker="", color=style.LINE, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
    ax.fill_between(x, y, color=style.BLUE, alpha=0.08, linewidth=0, zorder=1)
    ax.plot(x, y, marker="", linestyle="-", color=style.BLUE, linewidth=2.2, zorder=4, clip_on=False)
    if point is not None:
        ax.plot(*point, linestyle="none", marker="o", markersize=6, color=style.VERMILION, zorder=5, clip_on=False)
    return picture
