"""Parts of a traced number's figure: grids of numbers with a fixed zero, the window's outline, bars, lines of arithmetic."""

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.viz import style

DIVERGING = LinearSegmentedColormap.from_list("nabi_diverging", [style.VERMILION, "#F3B48A", "#FFFFFF", "#8FBDE2", style.BLUE])
MOST_CELLS = 8  # along an axis, so that their numbers can be read
LINE = 0.21  # inches


def digits(value: Any) -> str:
    """A number with four digits, whole ones whole.

    Example:
        >>> digits(12.0), digits(-0.123456), digits(0.0)
        ('12', '−0.1235', '0')
    """
    number = float(value)
    text = str(int(number)) if number.is_integer() and abs(number) < 1e6 else f"{number:.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def grid(ax: Axes, values: np.ndarray, most: float, plain: bool = False, marked: tuple[int, ...] = ()) -> None:
    """A map of numbers, written into its cells where they are few; blue above 0, vermilion below.

    Args:
        values: (rows, columns).
        most: the largest absolute value of the scale.
        plain: grey instead of blue where nothing is below 0.
        marked: numbers of cells, row by row, that are outlined.
    """
    rows, columns = values.shape
    light = plain and values.min() >= 0
    cmap, low = ("Greys", 0.0) if light else (DIVERGING, -most)
    image = ax.imshow(values, cmap=cmap, vmin=low, vmax=most * (1.6 if light else 1.0), interpolation="nearest", aspect="equal",
                      origin="upper")
    style.frame(ax)
    few = max(rows, columns) <= MOST_CELLS
    if few:
        size = style.SMALL if max(rows, columns) <= 4 and max(len(digits(v)) for v in values.ravel()) <= 4 else 5.6
        for i in range(rows):
            for j in range(columns):
                text = digits(values[i, j])
                text = text if len(text) <= 5 else f"{values[i, j]:.2g}".replace("-", "\N{MINUS SIGN}")
                color = style.PAPER if dark(image.cmap(image.norm(values[i, j]))) else style.INK
                style.label(ax, j, i, text, color, size, ha="center", path_effects=[])
        ax.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
        ax.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
        ax.grid(True, which="minor", color=style.LINE, linewidth=0.7, linestyle="-", alpha=1)
    ax.set_anchor("NW")
    for number in marked:
        i, j = divmod(number, columns)
        ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=style.VERMILION, linewidth=2.4, zorder=5))


def dark(color: Any) -> bool:
    """Whether white letters are read better on a colour."""
    rgb = to_rgb(color)
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] < 0.5


def window_box(ax: Axes, rows: np.ndarray, columns: np.ndarray) -> None:
    """The places under a window, outlined on the map; what lies in the padding is drawn beside it. Dilated ones are dotted."""
    dilated = any(len(a) > 1 and a[1] - a[0] > 1 for a in (rows, columns))
    low, left, high, right = rows[0] - 0.5, columns[0] - 0.5, rows[-1] + 0.5, columns[-1] + 0.5
    ax.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor=style.VERMILION, linewidth=1.8, zorder=5,
                           clip_on=False))
    if dilated:
        ax.scatter(*np.meshgrid(columns, rows), s=7, color=style.VERMILION, zorder=6, clip_on=False, marker="o", linewidths=0)
    x, y = ax.get_xlim(), ax.get_ylim()
    inside = [(-0.5 < i < y[0]) and (-0.5 < j < x[1]) for i in rows for j in columns]
    if max(x[1] - x[0], y[0] - y[1]) <= MOST_CELLS:
        for known, (i, j) in zip(inside, ((i, j) for i in rows for j in columns), strict=True):
            if not known:
                style.label(ax, j, i, "0", style.MUTED, style.SMALL, ha="center", path_effects=[])
    ax.set_xlim(min(x[0], left - 0.1), max(x[1], right + 0.1))
    ax.set_ylim(max(y[0], high + 0.1), min(y[1], low - 0.1))


def line_texts(lines: list[dict[str, Any]], width: int) -> list[list[str]]:
    """Lines of arithmetic, each in one or more lines of text; numbers that are only given stand side by side."""
    said, given = [], []
    for line in lines:
        parts = list(dict.fromkeys(part for part in (line["formula"], line["numbers"], f"{line['value']:.6g}") if part))
        text = " = ".join([line["name"], *parts])
        if len(parts) == 1:
            given.append(text)
            continue
        said += [", ".join(given), text] if given else [text]
        given = []
    said += [", ".join(given)] if given else []
    return [textwrap.wrap(text.replace("-", "\N{MINUS SIGN}"), width, subsequent_indent="      ") for text in said]


def lines_height(lines: list[list[str]]) -> float:
    """Inches that the lines take."""
    return 0.12 + LINE * sum(map(len, lines))


def lines_width(lines: list[list[str]]) -> float:
    """Inches that the longest line takes."""
    return max((style.width_of(text, style.BODY, True) for wrapped in lines for text in wrapped), default=0.0)


def result_lines(picture: Figure, left: float, top: float, lines: list[list[str]]) -> None:
    """The lines, the last one in bold."""
    y = top + 0.12
    for number, wrapped in enumerate(lines):
        for text in wrapped:
            bold = "bold" if number == len(lines) - 1 else "normal"
            style.write(picture, left, y, text, style.BODY, fontweight=bold)
            y += LINE


def shade(picture: Figure, left: float, top: float, width: float, share: float) -> None:
    """A bar of a share of `width`, from the middle to the right where it is above 0, else to the left."""
    if not share:
        return
    w, h = picture.get_size_inches()
    middle = left + width / 2
    start, length = (middle, share * width / 2) if share >= 0 else (middle + share * width / 2, -share * width / 2)
    color = style.BLUE if share >= 0 else style.VERMILION
    place = start / w, 1 - (top + 0.115) / h
    picture.add_artist(Rectangle(place, length / w, 0.1 / h, transform=picture.transFigure, color=color))
