"""Panels: arrays side by side in rows, as pictures or as cells with their numbers, with signs between them and words around.

    x (4, 4)  *  k (3, 3)  =  y (2, 2)         a row of three panels with the signs "*" and "="

Each panel is a plain dict. Scales have a fixed 0: blue above, vermilion below, grey where nothing is below 0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.traced_parts import DIVERGING, digits
from nabi.viz.words import t

MARGIN, GAP, SIGN, HEAD_LINE, LINE, ROW_GAP = 0.4, 0.3, 0.46, 0.24, 0.175, 0.3  # inches
CELL, SIDE = 0.31, 1.5  # of a cell with a number; longer side of a picture
GREYS = LinearSegmentedColormap.from_list("nabi_greys", ["#FFFFFF", "#D5DBE1", "#A9B3BE"])
KINDS = ("numbers", "map", "light", "ink", "colour")
COLOURS = {"window": style.VERMILION, "unit": style.BLUE, "other": style.GREEN, "third": style.PURPLE}


@register("figure")
def panels(rows: Sequence[Sequence[Mapping[str, Any]]], title: str = "", subtitle: str = "", lines: Sequence[str] = ()) -> Figure:
    """Draws rows of panels.

    Args:
        rows: each a list of dicts with
            values: (h, w), or (h, w, 3) of a colour picture; without it only `text` is written.
            kind: "numbers" (cells with their numbers, the default), "map" (colours alone, 0 is white), "light" (0 black,
                1 white), "ink" (0 white, 1 black) or "colour".
            title, caption: words above and below; lines of a caption after the first are quieter. loose: whether the title may
                reach over the next panels.
            sign: written before the panel: "*", "=", "+".
            boxes: (row, column, height, width), or with one of "window", "unit", "other", "third" behind: outlines of cells.
            faint: (h, w) bool: cells that padding added. blank: (h, w) bool: cells without a number.
            most: the end of the scale, by default the largest absolute value.
            side: longer side in inches. cell: side of a cell.
            text: lines of words in place of an array, the last one bold. room: inches that it takes at least.
        title, subtitle: headline and the line below it.
        lines: sentences below all.

    Raises: ShapeError for values that are no map; ArgumentError for another kind.

    Example:
        >>> figure = panels([[{"values": [[1, 2]], "title": "x"}, {"values": [[3]], "sign": "="}]], "A sum")
        >>> [text.get_text() for text in figure.axes[0].texts], [text.get_text() for text in figure.texts]
        (['1', '2'], ['A sum', 'x', '='])
    """
    if not any(len(row) for row in rows):
        return style.note(title or t("maps"), t("nothing to draw"))
    sized = [[prepared(panel) for panel in row] for row in rows]
    widths = [sum(lead(panel, first=k == 0) + panel["room"] for k, panel in enumerate(row)) for row in sized]
    heights = [row_height(row) for row in sized]
    head = MARGIN + (0.3 if title else 0) + (0.26 if subtitle else 0)
    wide = max([*widths, *(style.width_of(line, style.BODY) for line in lines)])
    height = head + sum(heights) + ROW_GAP * (len(rows) - 1) + (0.2 + 0.22 * len(lines) if lines else 0) + MARGIN - 0.1
    figure = style.page(2 * MARGIN + wide, height, MARGIN, title, subtitle)
    top = head
    for row, tall in zip(sized, heights, strict=True):
        draw_row(figure, row, top)
        top += tall + ROW_GAP
    for k, line in enumerate(lines):
        style.write(figure, MARGIN, top - ROW_GAP + 0.2 + 0.22 * k, line, style.BODY)
    return figure


def prepared(panel: Mapping[str, Any]) -> dict[str, Any]:
    """A panel with its array, its size and the room it takes."""
    found = {"title": "", "caption": "", "sign": "", "kind": "numbers", "boxes": (), **panel}
    words = [0.0 if found.get("loose") else style.width_of(found["title"], style.BODY, True), *(style.width_of(line, style.SMALL)
                                                                 for line in found["caption"].split("\n"))]
    if "values" not in found:
        texts = [*found.get("text", ())]
        found |= {"text": texts, "width": 0.0, "height": 0.22 * len(texts),
                  "room": max([found.get("room", 0.0), *words, *(style.width_of(line, style.BODY, True) for line in texts)])}
        return found
    values = np.asarray(found["values"], dtype=float)
    if values.ndim == 3 and values.shape[-1] == 1:
        values = values[..., 0]
    if found["kind"] not in KINDS:
        raise ArgumentError("panels(kind)", ", ".join(KINDS), repr(found["kind"]))
    if values.ndim != (3 if found["kind"] == "colour" else 2) or not values.size:
        raise ShapeError("panels(values)", "(h, w), or (h, w, 3) of a picture in colour", values.shape)
    side = found.get("side", SIDE if found["kind"] != "numbers" else None)
    cell = found.get("cell", CELL if side is None else side / max(values.shape[:2]))
    outside = overhang(found["boxes"], values.shape, cell)
    width, height = cell * values.shape[1], cell * values.shape[0]
    found |= {"values": values, "cell": cell, "width": width, "height": height, "outside": outside,
              "room": max(found.get("room", 0.0), width + outside[1] + outside[3], *words)}
    return found


def overhang(boxes: Sequence[tuple], shape: tuple[int, ...], cell: float) -> tuple[float, float, float, float]:
    """Inches by which outlines reach over the array: top, left, bottom, right."""
    over = [(-b[0], -b[1], b[0] + b[2] - shape[0], b[1] + b[3] - shape[1]) for b in boxes]
    top, left, bottom, right = (cell * max([0, *side]) for side in zip(*over, strict=True)) if over else (0.0,) * 4
    return top, left, bottom, right


def lead(panel: Mapping[str, Any], first: bool) -> float:
    """Inches before a panel."""
    return (SIGN if panel["sign"] else GAP) * (not first or bool(panel["sign"]))


def row_height(row: Sequence[Mapping[str, Any]]) -> float:
    """Inches that a row takes: titles, arrays, captions."""
    return title_height(row) + max(reach(panel) + caption_height(panel) for panel in row)


def caption_height(panel: Mapping[str, Any]) -> float:
    """Inches that the words below an array take."""
    return 0.06 + LINE * (panel["caption"].count("\n") + 1) if panel["caption"] else 0.0


def title_height(row: Sequence[Mapping[str, Any]]) -> float:
    """Inches that titles take."""
    return HEAD_LINE * any(panel["title"] for panel in row)


def reach(panel: Mapping[str, Any]) -> float:
    """Inches that an array takes with what hangs over it."""
    outside = panel.get("outside", (0.0,) * 4)
    return panel["height"] + outside[0] + outside[2]


def draw_row(figure: Figure, row: Sequence[Mapping[str, Any]], top: float) -> None:
    """Panels from left to right."""
    left, below = MARGIN, top + title_height(row)
    arrays = [reach(panel) for panel in row if "values" in panel]
    middle = below + min(arrays, default=0.5) / 2
    for k, panel in enumerate(row):
        gap = lead(panel, first=k == 0)
        if panel["sign"]:
            style.write(figure, left + gap / 2, middle - 0.13, panel["sign"], style.TITLE, style.MUTED, ha="center")
        left += gap
        if panel["title"]:
            style.write(figure, left, top, panel["title"], style.BODY, fontweight="bold")
        if "values" in panel:
            over, along = panel["outside"][:2]
            draw(style.axes(figure, left + along, below + over, panel["width"], panel["height"]), panel)
        for number, line in enumerate(panel.get("text", ())):
            is_last = number == len(panel["text"]) - 1
            style.write(figure, left, below + 0.02 + 0.22 * number, line, style.BODY, fontweight="bold" if is_last else "normal")
        for number, line in enumerate(panel["caption"].split("\n") if panel["caption"] else ()):
            at = below + reach(panel) + 0.06 + LINE * number
            style.write(figure, left, at, line, style.SMALL, style.MUTED if number else style.INK)
        left += panel["room"]


def draw(ax: Axes, panel: Mapping[str, Any]) -> None:
    """One array in its axes."""
    values, kind = panel["values"], panel["kind"]
    most = float(panel.get("most") or np.abs(values).max() or 1.0)
    options: dict[str, Any] = {"interpolation": "nearest", "origin": "upper", "aspect": "auto"}
    if kind == "colour":
        image = ax.imshow(np.clip(values, 0, 1), **options)
    elif kind in ("light", "ink"):
        image = ax.imshow(values, cmap="gray" if kind == "light" else "gray_r", vmin=0, vmax=panel.get("most", 1.0), **options)
    else:
        plain = values.min() >= 0 and not panel.get("signed")
        scale = (GREYS if kind == "numbers" else style.BLUES) if plain else DIVERGING
        image = ax.imshow(values, cmap=scale, vmin=0 if plain else -most, vmax=most, **options)
    style.frame(ax)
    if kind == "numbers" or panel.get("numbers"):
        write_numbers(ax, panel, image)
    for box in panel["boxes"]:
        color = COLOURS[box[4]] if len(box) > 4 else style.VERMILION
        ax.add_patch(Rectangle((box[1] - 0.5, box[0] - 0.5), box[3], box[2], fill=False, edgecolor=color, linewidth=1.9, zorder=6,
                               clip_on=False))


def write_numbers(ax: Axes, panel: Mapping[str, Any], image: Any) -> None:
    """Lines between the cells and a number in each."""
    values = panel["values"]
    faint, blank = (np.zeros(values.shape, bool) if panel.get(name) is None else np.asarray(panel[name], bool)
                    for name in ("faint", "blank"))
    texts, quiet = [[digits(value) for value in row] for row in values], panel["kind"] == "ink"
    longest = max(max(map(len, row)) for row in texts)
    size = min(style.BODY, 72 * panel["cell"] * 0.5, 72 * panel["cell"] * 1.38 / max(longest, 1))
    for i, row in enumerate(texts):
        for j, text in enumerate(row):
            if faint[i, j] or blank[i, j]:
                color = style.GRID if faint[i, j] else style.PAPER
                ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=color, linewidth=0, zorder=2))
            if blank[i, j]:
                continue
            is_quiet = faint[i, j] or (quiet and not values[i, j])
            color = style.MUTED if is_quiet else letters(image.cmap(image.norm(values[i, j])))
            style.label(ax, j, i, text, color, size, ha="center", path_effects=[], zorder=5)
    for n, along in ((values.shape[0], ax.axhline), (values.shape[1], ax.axvline)):
        for k in range(1, n):
            along(k - 0.5, color=style.LINE, linewidth=0.6, linestyle="-", marker="", zorder=3)


def letters(color: Any) -> str:
    """White or ink, whichever is read better on a colour.

    Example:
        >>> letters("white"), letters("#777777"), letters("#BBBBBB")
        ('#1B2733', '#FFFFFF', '#1B2733')
    """
    shade = color[:3] if isinstance(color, tuple) else color
    return max(style.INK, style.PAPER, key=lambda letter: style.contrast(shade, letter))
