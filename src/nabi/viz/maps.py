"""Map grid: feature maps or filters of a layer side by side, all on one scale, so that they can be compared.

    feature maps   0 is white, the largest number of all maps dark blue; if some are below 0: blue below, vermilion above
    filters        likewise; a filter over several channels is drawn channel by channel, or in colour where it has three
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.heat import FOR_AND_AGAINST
from nabi.viz.labels import number
from nabi.viz.words import t

GAP, MARGIN, LINE, MOST = 0.09, 0.4, 0.15, 256  # inches; maps that are drawn at most


@register("figure")
def map_grid(maps: Any, titles: Sequence[str] | None = None, title: str = "", subtitle: str = "", columns: int = 8,
             size: float = 0.75) -> Figure:
    """Draws the maps of a layer, or kernels, on one scale with a fixed 0.

    Args:
        maps: (h, w, n): n maps. A kernel of Keras' shape (kH, kW, C, n) gives n rows of C.
        titles: n texts, one below each map; none by default. Not for kernels.
        title, subtitle: headline and the line below it.
        columns: maps in a row.
        size: longer side of a map in inches.

    Returns: figure; of more than 256 maps the first 256, which the subtitle says.

    Raises: ShapeError for other shapes, or titles that do not fit.

    Example:
        >>> figure = map_grid(np.zeros((4, 4, 3)), ["a", "b", "c"], columns=2)
        >>> [ax.texts[0].get_text() for ax in figure.axes[:3]]
        ['a', 'b', 'c']
    """
    values = np.asarray(maps, dtype=float)
    if values.ndim == 4:
        columns = values.shape[2] if values.shape[2] > 1 else columns
        values = values.transpose(0, 1, 3, 2).reshape(*values.shape[:2], -1)
    if values.ndim != 3:
        raise ShapeError("map_grid(maps)", "(h, w, n), or a kernel (kH, kW, C, n)", np.shape(maps))
    n = values.shape[2]
    if titles is not None and len(titles) != n:
        raise ShapeError("map_grid(titles)", f"{n} titles, one for each map", len(titles))
    if not values.size:
        return style.note(title or t("maps"), t("nothing to draw"))
    if n > MOST:
        subtitle = f"{subtitle} {t('first of', k=MOST, n=n)}".strip()
        values, n = values[..., :MOST], MOST
    largest, has_sign = float(abs(values).max()) or 1.0, bool((values < 0).any())
    cmap, low = (FOR_AND_AGAINST, -largest) if has_sign else (style.BLUES, 0.0)
    height, width = size * np.array(values.shape[:2]) / max(values.shape[:2])
    columns = max(1, min(columns, n))
    rows, step = -(-n // columns), height + GAP + (LINE if titles else 0)
    head = MARGIN + (0.32 if title else 0) + (0.28 if subtitle else 0)
    figure = style.page(2 * MARGIN + columns * (width + GAP), head + rows * step + 0.62, MARGIN, title, subtitle)
    for k in range(n):
        row, column = divmod(k, columns)
        ax = style.axes(figure, MARGIN + column * (width + GAP), head + row * step, width, height)
        ax.imshow(values[..., k], cmap=cmap, vmin=low, vmax=largest, interpolation="nearest", origin="upper", aspect="auto")
        style.frame(ax, 0.6)
        if titles:
            style.label(ax, 0.5, 0, str(titles[k]), style.MUTED, style.SMALL, offset=(0, -72 * 0.12), ha="center", va="baseline",
                        xycoords="axes fraction")
    _scale(figure, head + rows * step + 0.06, cmap, low, largest)
    return figure


def _scale(figure: Figure, top: float, cmap: Any, low: float, high: float) -> None:
    """The colours with their numbers."""
    style.scale_bar(figure, MARGIN, top, 1.5, cmap)
    ends = [(0.0, low, "left"), (1.5, high, "right"), *([(0.75, 0.0, "center")] if low < 0 else [])]
    for at, value, side in ends:
        text = number(abs(value))
        text = f"\N{MINUS SIGN}{text}" if value < 0 else text
        style.write(figure, MARGIN + at, top + 0.14, text, style.SMALL, style.MUTED, ha=side)
