"""Step tables: small tables side by side, each with its title; rows of symbol, formula, numbers, value."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.tables import shown

LEFT, HEAD, TITLE, ROW, GAP, BETWEEN, FOOT = 0.4, 0.95, 0.34, 0.185, 0.2, 0.55, 0.25  # inches
MOST = 40  # letters of a cell; longer ones are cut


@register("figure")
def step_tables(tables: Mapping[str, Sequence[Sequence[Any]]], title: str = "", subtitle: str = "", columns: int = 3) -> Figure:
    """Draws tables in columns, from the top of each column down.

    Args:
        tables: title -> rows; each row: step, then cells, of which the last is a number.
        title, subtitle: headline and the line below it.
        columns: tables in a row.

    Returns: figure.

    Raises: ArgumentError for no table, rows of other lengths, or columns below 1.

    Example:
        >>> figure = step_tables({"SGD": [[1, "g", "2 w", -6.0], [1, "w", "w - lr g", 0.6]]}, "One step")
        >>> [text.get_text() for text in figure.texts]
        ['One step', 'SGD', '1', 'g', '2 w', '−6', 'w', 'w - lr g', '0.6']
    """
    lengths = {len(row) for rows in tables.values() for row in rows}
    if not tables or len(lengths) != 1 or columns < 1:
        raise ArgumentError("step_tables(tables, columns)", "one table or more with rows of one length, in one column or more",
                            f"{len(tables)} tables, rows of {sorted(lengths)}, {columns} columns")
    cells = {name: [[text(cell) for cell in row] for row in rows] for name, rows in tables.items()}
    (count,) = lengths
    wide = [max(style.width_of(row[k], style.SMALL, bold=k == count - 1) for rows in cells.values() for row in rows)
            for k in range(count)]
    width = sum(wide) + GAP * (count - 1)
    columns = min(columns, len(cells))
    lines = [list(cells)[k:k + columns] for k in range(0, len(cells), columns)]
    heights = [TITLE + ROW * max(len(cells[name]) for name in line) for line in lines]
    tall = HEAD + sum(heights) + 0.3 * len(lines) + FOOT
    picture = style.page(2 * LEFT + columns * width + (columns - 1) * BETWEEN, tall, LEFT, title, subtitle)
    top = HEAD
    for line, height in zip(lines, heights, strict=True):
        for k, name in enumerate(line):
            draw(picture, LEFT + k * (width + BETWEEN), top, name, cells[name], wide, width)
        top += height + 0.3
    return picture


def text(cell: Any) -> str:
    """A cell as text, not too long."""
    made = shown(cell).replace("-", "\N{MINUS SIGN}") if not isinstance(cell, str) else cell
    return made if len(made) <= MOST else made[:MOST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def draw(picture: Figure, left: float, top: float, name: str, rows: list[list[str]], wide: list[float], width: float) -> None:
    """One table."""
    style.write(picture, left, top, name, style.HEADING, style.INK, fontweight="bold")
    w, h = picture.get_size_inches()
    y, before = top + TITLE, ""
    for row in rows:
        if row[0] != before:
            picture.add_artist(Rectangle((left / w, 1 - (y - 0.035) / h), width / w, 0.01 / h, facecolor=style.LINE, linewidth=0))
        x = left
        for k, cell in enumerate(row):
            last = k == len(row) - 1
            if k or row[0] != before:
                style.write(picture, x + (wide[k] if last else 0), y, cell, style.SMALL,
                            style.BLUE if last or k == 1 else style.MUTED, ha="right" if last else "left",
                            fontweight="bold" if last else "normal")
            x += wide[k] + GAP
        before, y = row[0], y + ROW
