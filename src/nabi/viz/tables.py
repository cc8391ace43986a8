"""A table of numbers as a figure: a column for each name, a row for each place, the largest of a column marked if asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz.labels import power, short_decimals
from nabi.viz.style import BLUE, BODY, GRID, HEADING, INK, LINE, MUTED, Picture, page, width_of, write
from nabi.viz.words import t

ROW, GAP, LEFT, HEAD = 0.27, 0.34, 0.35, 0.72  # inches; HEAD: the first row, without a subtitle


def shown(value: Any) -> str:
    """A number with at most four significant digits after its integer part; words as they are.

    Example:
        >>> shown(-2.10938), shown(0.0000016), shown(1234567), shown(75579.71)
        ('\N{MINUS SIGN}2.109', '1.6×10⁻⁶', '1,234,567', '75,579.7')
    """
    if isinstance(value, (str, np.str_)):
        return str(value)
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return f"{int(value):,}".replace("-", "\N{MINUS SIGN}")
    number = float(value)
    if np.isfinite(number) and number and not 1e-4 <= abs(number) < 1e9:
        return power(number, min(3, short_decimals(number)))
    text = f"{number:.4g}" if abs(number) < 1000 else f"{number:,.1f}"
    return text.replace("-", "\N{MINUS SIGN}")


@register("figure")
def number_table(columns: Mapping[str, Sequence[Any] | np.ndarray], title: str = "", subtitle: str = "",
                 marked: Sequence[int] = ()) -> Picture:
    """Numbers in columns, words at the left and numbers at the right of their column.

    Args:
        columns: heading -> a value for each row; all of one length.
        marked: rows in blue and bold.

    Raises: ArgumentError for columns of different lengths, or none.

    Example:
        >>> figure = number_table({"class": ["cat", "dog"], "share": [0.9, 0.1]}, "Softmax", marked=[0])
        >>> [text.get_text() for text in figure.texts]
        ['Softmax', 'class', 'share', 'cat', '0.9', 'dog', '0.1']
    """
    cells = {name: [shown(value) for value in values] for name, values in columns.items()}
    rows = {len(values) for values in cells.values()}
    if len(rows) != 1:
        raise ArgumentError("number_table(columns)", "one column or more, all of one length", sorted(rows))
    wide = {name: max(width_of(name, HEADING, True), *(width_of(cell, BODY, True) for cell in values))
            for name, values in cells.items()}
    (count,), total = rows, sum(wide.values()) + GAP * (len(wide) - 1)
    top = HEAD + 0.28 * bool(subtitle)
    picture = page(2 * LEFT + total, top + 0.25 + ROW * (count + 1), LEFT, title or t("table"), subtitle)
    places, right = {}, LEFT
    for name in cells:
        is_text = any(isinstance(value, (str, np.str_)) for value in columns[name])
        places[name] = (right, "left") if is_text else (right + wide[name], "right")
        right += wide[name] + GAP
    for name, (x, side) in places.items():
        write(picture, x, top, name, BODY, MUTED, ha=side, fontweight="bold")
    for i in range(count):
        rule(picture, top - 0.03 + ROW * (i + 1), LINE if i == 0 else GRID, total)
        for name, (x, side) in places.items():
            write(picture, x, top + 0.03 + ROW * (i + 1), cells[name][i], BODY, BLUE if i in marked else INK, ha=side,
                  fontweight="bold" if i in marked else "normal")
    return picture


def rule(picture: Picture, top: float, color: str, width: float) -> None:
    """A thin line across the table."""
    w, h = picture.get_size_inches()
    picture.add_artist(Rectangle((LEFT / w, 1 - top / h), width / w, 0.01 / h, facecolor=color, edgecolor="none", linewidth=0,
                                 antialiased=True))
