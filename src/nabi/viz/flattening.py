"""Flattening: a picture as a vector: its rows one behind the other, so that neighbours above and below end up far apart."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style

SHOWN = 3  # rows that are drawn large


@register("figure", "flattening")
def flattening(picture: Any, place: tuple[int, int], words: dict[str, str], title: str = "", subtitle: str = "",
               ink: bool = True) -> Figure:
    """Draws a grey picture, three of its rows, and the vector that it becomes.

    Args:
        picture: (height, width), from 0 to its largest value.
        place: (row, column) of a pixel with neighbours all around; it and its four neighbours are marked.
        words: "picture", "rows", "vector", in the reader's language.
        title, subtitle: headline and the line below it.
        ink: whether 0 is white and the largest value black, as of strokes on paper; else 0 is black.

    Raises: ArgumentError: no grey picture, or a pixel at its edge.

    Example:
        >>> len(flattening(np.eye(5), (2, 2), {"picture": "picture", "rows": "rows", "vector": "vector"}).axes)
        5
    """
    x = np.asarray(picture, float)
    if x.ndim != 2 or not all(0 < at < side - 1 for at, side in zip(place, x.shape, strict=True)):
        raise ArgumentError("flattening(picture, place)", "a grey picture, and a pixel within its edge", (x.shape, place))
    h, w = x.shape
    r, c = place
    top, side, wide = 1.4 if subtitle else 1.1, 2.5, 7.6
    sheet = style.page(0.45 + side + 0.5 + wide - 3.0 + 0.4, top + side + 1.55, 0.45, title, subtitle)
    scale = {"cmap": "gray_r" if ink else "gray", "vmin": 0, "vmax": max(x.max(), 1e-9), "interpolation": "nearest",
             "aspect": "auto", "origin": "upper"}
    marks = {(r - 1, c): style.BLUE, (r + 1, c): style.BLUE, (r, c - 1): style.GREEN, (r, c + 1): style.GREEN,
             (r, c): style.VERMILION}
    style.write(sheet, 0.45, top - 0.28, words["picture"], style.SMALL, style.MUTED)
    ax = style.axes(sheet, 0.45, top, side * w / max(h, w), side * h / max(h, w))
    ax.imshow(x, **scale)
    style.frame(ax)
    for (row, column), color in marks.items():
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=color, linewidth=1.6))
    left, long = 0.45 + side + 0.55, wide - 3.0
    style.write(sheet, left, top - 0.28, words["rows"], style.SMALL, style.MUTED)
    for k, row in enumerate(range(r - 1, r + 2)):
        one = style.axes(sheet, left, top + 0.3 + 0.75 * k, long, 0.3)
        one.imshow(x[row:row + 1], **scale)
        style.frame(one)
        _edges(one, w)
        for (at, column), color in marks.items():
            if at == row:
                one.add_patch(Rectangle((column - 0.5, -0.5), 1, 1, fill=False, edgecolor=color, linewidth=2, clip_on=False))
        style.write(sheet, left, top + 0.1 + 0.75 * k, f"{row}", style.SMALL, style.MUTED)
    base = top + side + 0.55
    style.write(sheet, 0.45, base - 0.28, words["vector"], style.SMALL, style.MUTED)
    strip = style.axes(sheet, 0.45, base, side + 0.55 + long, 0.34)
    strip.imshow(x.reshape(1, -1), **scale)
    apart = style.width_of(f"{(r + 1) * w + c}", style.SMALL) + 0.08  # inches between two numbers that do not touch
    style.frame(strip)
    for (row, column), color in marks.items():
        at = row * w + column
        if (row, column) in ((r - 1, c), (r, c), (r + 1, c)):
            strip.plot([at, at], [-0.5, 1.3], color=color, linewidth=1.6, marker="", clip_on=False)
            crowded = strip.bbox.width / h < apart * style.DPI
            aside = 36 * apart * (row - r) if crowded else 0  # points; the outer two move away from the one in the middle
            style.label(strip, at, 1.75, f"{at}", color, style.SMALL, ha={-1: "right", 0: "center", 1: "left"}[
                row - r if crowded else 0], offset=(aside, 0))
    strip.set_xlim(-0.5, h * w - 0.5)
    strip.set_ylim(0.5, -0.5)
    return sheet


def _edges(ax, cells: int) -> None:
    """Lines between the pixels of a row."""
    for k in range(1, cells):
        ax.axvline(k - 0.5, color=style.GRID, linewidth=0.6, marker="")
