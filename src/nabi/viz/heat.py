"""Heat maps: where in a picture something counts, as colour over the grey picture; 0 is no colour, on every scale.

    colour = grey(picture) * scale(map / s),    s the map's 99.5th percentile of sizes

Maps from 0 go from white to vermilion; maps with a sign from blue (against) through white, which is exactly 0, to vermilion
(for). Multiplied, the picture stays visible under the colour, and a place that counts nothing keeps its grey.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.pictures import pixels_of
from nabi.viz.words import method, t

FOR_AND_AGAINST = LinearSegmentedColormap.from_list("nabi_for_and_against", [
    "#063F72", style.BLUE, "#6FA9DA", "#C9DFF1", "#FFFFFF", "#FAD9C3", "#EE9A66", style.VERMILION, "#8A2F00"])
COUNTS = LinearSegmentedColormap.from_list("nabi_counts", ["#FFFFFF", "#FAD9C3", "#EE9A66", style.VERMILION, "#8A2F00"])
CELL, GAP, MARGIN, LINE = 1.7, 0.26, 0.4, 0.165  # inches
SHARE = 99.5  # percentile that gets the full colour: single pixels of a gradient would leave the rest white
WIDEST = 2.4  # between one column and the next


@register("figure")
def heat_maps(picture: Any, maps: Sequence[Any], titles: Sequence[str], signed: Sequence[bool] | bool = False, *,
              ink: bool = False, title: str = "", subtitle: str = "", caption: str = "", columns: int = 5) -> Figure:
    """Draws a picture, and each map over it.

    Args:
        picture: (H, W), (H, W, 1) grey or (H, W, 3) colour; whole numbers 0-255 or fractions 0-1.
        maps: arrays (H, W).
        titles: a text for each map; its first line is set in ink, further ones in a quieter colour. A line that is the name of a
            method of `nabi.explain` is written as its paper does: Grad-CAM.
        signed: whether numbers below 0 have a meaning of their own; one for all maps or one for each.
        ink: grey pictures black on white, as digits are.
        title, subtitle: headline and the line below it.
        caption: words below the picture itself.
        columns: cells in a row, the picture's included.

    Returns: figure; each map has a scale of its own, the scales below say which colour means what.

    Raises: ShapeError for maps of another size than the picture, or titles that do not fit.

    Example:
        >>> figure = heat_maps(np.zeros((8, 8)), [np.eye(8), -np.eye(8)], ["first", "second"], [False, True])
        >>> [ax.texts[0].get_text() for ax in figure.axes[1:3]]
        ['first', 'second']
    """
    pixels = pixels_of(picture, 0)
    kinds = [bool(signed)] * len(maps) if isinstance(signed, (bool, np.bool_)) else [bool(s) for s in signed]
    arrays = [np.asarray(m, dtype=float) for m in maps]
    if len(titles) != len(arrays) or len(kinds) != len(arrays):
        raise ShapeError("heat_maps(titles, signed)", f"{len(arrays)} of each, one for each map", (len(titles), len(kinds)))
    for number, one in enumerate(arrays):
        if one.shape != pixels.shape[:2]:
            raise ShapeError(f"heat_maps(maps[{number}])", f"a map of the picture's size {pixels.shape[:2]}", one.shape)
    if not arrays:
        return style.note(title or t("heat maps"), t("nothing to draw"))
    words = [caption or t("the picture"), *("\n".join(map(method, str(text).split("\n"))) for text in titles)]
    height, width = CELL * np.array(pixels.shape[:2]) / max(pixels.shape[:2])
    lines = max(text.count("\n") + 1 for text in words)
    widest = max(style.width_of(text, style.BODY) for text in words) + 0.15
    stride, step = max(width + GAP, min(widest, WIDEST)), height + lines * LINE + 0.34
    columns = max(1, min(columns, len(words)))
    rows = -(-len(words) // columns)
    side = MARGIN + max(0.0, (stride - GAP - width) / 2)
    head = MARGIN + (0.32 if title else 0) + (0.28 if subtitle else 0)
    figure = style.page(2 * side + (columns - 1) * stride + width, head + rows * step + 0.62, side, title, subtitle)
    grey = under(pixels, ink)
    for k, text in enumerate(words):
        row, column = divmod(k, columns)
        ax = style.axes(figure, side + column * stride, head + row * step, width, height)
        shown = pixels if k == 0 else coloured(grey, arrays[k - 1], kinds[k - 1])
        cell(ax, shown, text, ink and k == 0)
    legend(figure, side, head + rows * step, kinds)
    return figure


def under(pixels: np.ndarray, ink: bool) -> np.ndarray:
    """The picture as light grey (H, W, 1) to lay colour on: 0.45 to 1; of ink the paper is white."""
    grey = pixels if pixels.ndim == 2 else pixels @ [0.299, 0.587, 0.114]
    return ((1 - 0.45 * grey) if ink else (0.45 + 0.55 * grey))[..., None]


def coloured(grey: np.ndarray, values: np.ndarray, signed: bool) -> np.ndarray:
    """Colour over grey, (H, W, 3); where a map is 0 it is the grey itself."""
    share = np.nan_to_num(values / (float(np.percentile(abs(values), SHARE)) or float(abs(values).max()) or 1.0))
    scale = FOR_AND_AGAINST((share.clip(-1, 1) + 1) / 2) if signed else COUNTS(share.clip(0, 1))
    return grey * scale[..., :3]


def cell(ax: Axes, shown: np.ndarray, text: str, ink: bool = False) -> None:
    """One picture and the words below it."""
    options = {"cmap": "gray_r" if ink else "gray", "vmin": 0, "vmax": 1} if shown.ndim == 2 else {}
    ax.imshow(shown, interpolation="nearest", origin="upper", aspect="auto", **options)
    style.frame(ax)
    for number, line in enumerate(text.split("\n")):
        color, size = (style.MUTED, style.SMALL) if number else (style.INK, style.BODY)
        style.label(ax, 0.5, 0, line, color, size, offset=(0, -72 * (LINE * (number + 1) + 0.03)), ha="center", va="baseline",
                    xycoords="axes fraction")


def legend(figure: Figure, left: float, top: float, kinds: list[bool]) -> None:
    """The scales that were used, with words at their ends."""
    for is_signed in sorted(set(kinds)):
        words = (t("against"), t("for")) if is_signed else (t("counts nothing"), t("counts most"))
        map_, length = (FOR_AND_AGAINST, 1.5) if is_signed else (COUNTS, 1.0)
        style.write(figure, left, top + 0.03, words[0], style.SMALL, style.MUTED)
        left += style.width_of(words[0], style.SMALL) + 0.1
        style.scale_bar(figure, left, top + 0.045, length, map_)
        if is_signed:
            style.write(figure, left + length / 2, top + 0.17, "0", style.SMALL, style.MUTED, ha="center")
        left += length + 0.1
        style.write(figure, left, top + 0.03, words[1], style.SMALL, style.MUTED)
        left += style.width_of(words[1], style.SMALL) + 0.45
