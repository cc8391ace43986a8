"""Receptive field: the places of the input that one unit sees, in colour on the quiet picture, and the frame around them."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.words import t

SIDE, MARGIN, LONGEST = 3.6, 0.4, 6.0  # inches


@register("figure")
def receptive_field(data: dict[str, Any]) -> Figure:
    """Draws what a unit sees.

    Args:
        data: what `data()` of a traced field gives: layer, place; picture (H, W, C) or (T, C); spatial, bool (H, W) or (T,);
            box, first and last place along each axis.

    Raises: ArgumentError for an input without spatial axes.

    Example:
        >>> seen = np.zeros((5, 5), dtype=bool)
        >>> seen[1:4, 1:4] = True
        >>> figure = receptive_field({"layer": "conv", "place": (1, 1, 0), "picture": np.zeros((5, 5, 1)), "spatial": seen,
        ...                           "box": ((1, 3), (1, 3))})
        >>> figure.texts[1].get_text()
        '9 of 25 places of the input, 3x3'
    """
    seen, picture = np.asarray(data["spatial"]), np.asarray(data["picture"], dtype=float)
    if seen.ndim not in (1, 2):
        raise ArgumentError("receptive_field(data)", "an input of places along one or two axes", f"{seen.ndim} axes")
    if seen.ndim == 1:
        seen, picture = seen[None], picture.reshape(1, len(seen), -1)
    box = data["box"] if len(data["box"]) != 1 else ((0, 0), *data["box"])
    size = "x".join(str(b - a + 1) for a, b in data["box"])
    below = t("field below", n=int(seen.sum()), all=seen.size, size=size) if box else t("field none")
    place = "(" + ", ".join(map(str, data["place"])) + ")"
    rows, columns = seen.shape
    scale = min(SIDE / max(rows, columns), LONGEST / columns)
    width, height = scale * columns, max(scale * rows, 0.3)
    page = style.page(width + 2 * MARGIN, height + 1.3, MARGIN, t("field", layer=data["layer"], place=place), below)
    ax = style.axes(page, MARGIN, 0.9, width, height)
    ax.imshow(mixed(picture, seen), interpolation="nearest", aspect="auto", origin="upper")
    style.frame(ax)
    if box:
        (top, bottom), (left, right) = box
        ax.add_patch(Rectangle((left - 0.5, top - 0.5), right - left + 1, bottom - top + 1, fill=False, edgecolor=style.VERMILION,
                               linewidth=2, clip_on=False))
    for column in sorted({0, columns - 1}):
        style.label(ax, column, rows - 0.5, str(column), style.MUTED, style.SMALL, (0, -9), ha="center", path_effects=[])
    for row in sorted({0, rows - 1}) if rows > 1 else ():
        style.label(ax, -0.5, row, str(row), style.MUTED, style.SMALL, (-4, 0), ha="right", path_effects=[])
    return page


def mixed(picture: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The picture in light grey, tinted blue where it is seen."""
    grey = picture.mean(-1) if picture.ndim == 3 else picture
    low, high = float(grey.min()), float(grey.max())
    level = (grey - low) / (high - low) if high > low else np.zeros_like(grey)
    paper = 1 - 0.5 * level[..., None] * np.ones(3)  # ink on paper
    blue = np.array([0.04, 0.41, 0.71])
    return np.where(seen[..., None], 0.5 * paper + 0.5 * (blue + (1 - blue) * 0.35), paper)
