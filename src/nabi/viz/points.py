"""Embedding: pictures as points in a plane, coloured by class, each class named where its points lie.

Five colours in two shapes tell ten classes apart for every eye; more classes begin again, and their names tell them apart.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import short
from nabi.viz.words import t

SIDE, LEFT, HEAD, FOOT = 4.6, 0.55, 1.05, 0.6  # inches
SHAPES = ("o", "^", "s")


@register("figure")
def embedding(points: Any, labels: Sequence[int] | np.ndarray, class_names: Sequence[str] | None = None, title: str = "",
              subtitle: str = "", xlabel: str = "", ylabel: str = "") -> Figure:
    """Draws points with a colour and shape for each class.

    Args:
        points: (n, 2).
        labels: n class numbers.
        class_names: names of the classes; by default their numbers.
        title, subtitle: headline and the line below it.
        xlabel, ylabel: what the axes mean, such as "component 1, 23 %".

    Returns: figure, each class named at the median of its points.

    Raises: ShapeError for points that are no pairs, or labels that do not fit.

    Example:
        >>> figure = embedding([[0, 0], [0, 1], [5, 5]], [0, 0, 1], ["cat", "dog"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['cat', 'dog']
    """
    places, classes = np.asarray(points, dtype=float), np.asarray(labels)
    if places.ndim != 2 or places.shape[1] != 2 or classes.shape != places.shape[:1]:
        raise ShapeError("embedding(points, labels)", "(n, 2) points and n labels", f"{places.shape} and {classes.shape}")
    if not len(places):
        return style.note(title or t("embedding"), t("nothing to draw"))
    known = np.unique(classes)
    names = {k: short(class_names[int(k)]) if class_names is not None else str(k) for k in known}
    figure = style.page(LEFT + SIDE + 0.45, HEAD + SIDE + FOOT, LEFT, title, subtitle)
    ax = style.axes(figure, LEFT, HEAD, SIDE, SIDE)
    style.dress(ax, ylabel, xlabel, grid=False)
    for number, k in enumerate(known):
        mine = places[classes == k]
        color, shape = style.SERIES[number % len(style.SERIES)], SHAPES[number // len(style.SERIES) % len(SHAPES)]
        ax.plot(*mine.T, linestyle="none", marker=shape, markersize=3.4, color=color, alpha=0.55, markeredgewidth=0, zorder=2)
    span = np.ptp(places, axis=0)
    for axis, low, room in zip((ax.set_xlim, ax.set_ylim), places.min(0), np.where(span, span, 1) * 0.05, strict=True):
        number = 0 if axis == ax.set_xlim else 1
        axis(low - room, places[:, number].max() + room)
    ax.set_xticks([])
    ax.set_yticks([])
    for number, k in enumerate(known):
        x, y = np.median(places[classes == k], axis=0)
        (low, high), half = ax.get_xlim(), style.width_of(names[k], style.HEADING, True) / 2
        half *= (high - low) / SIDE  # in the axis' own measure
        x = min(max(x, low + half), high - half) if 2 * half < high - low else (low + high) / 2
        style.label(ax, x, y, names[k], style.SERIES[number % len(style.SERIES)], style.HEADING, ha="center", fontweight="bold",
                    zorder=5)
    return figure
