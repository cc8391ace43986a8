"""A traced number: the input with its window, kernel, products and sum as on a lecture slide; else its table and its lines.

The numbers come from `nabi.trace`: `trace(model, x).at("conv2d", 0, 0, 3).figure()`.
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.traced_parts import digits, grid, line_texts, lines_height, lines_width, result_lines, shade, window_box
from nabi.viz.words import t

MARGIN, ROW, MAP, CELLS, GAP = 0.4, 1.75, 1.6, 1.25, 0.42  # inches
MOST_CHANNELS, MOST_ROWS, CHARACTERS = 3, 12, 92
BARS = ("x w", "x g", "local g", "d v", "share")  # columns that are drawn, too


@register("figure")
def traced_number(data: dict[str, Any]) -> Figure:
    """Draws how one number came about.

    Args:
        data: what `data()` of a traced number gives: layer, kind, place, value; lines (name, formula, numbers, value); tables
            (columns, marked); arrays, of which `window`, `kernel`, `products`, `input`, `rows` and `columns` are drawn.

    Raises: ArgumentError for a dict without lines and tables.

    Example:
        >>> window = np.array([[[3.0], [4.0]], [[6.0], [7.0]]])
        >>> line = {"name": "y", "formula": "sum of x w", "numbers": "", "value": 20.0}
        >>> arrays = {"window": window, "kernel": np.ones((2, 2, 1)), "products": window, "rows": np.array([1, 2]),
        ...           "columns": np.array([0, 1]), "input": np.arange(9.0).reshape(3, 3, 1)}
        >>> figure = traced_number({"layer": "conv", "kind": "Conv2D", "place": (1, 0, 0), "value": 20.0, "lines": [line],
        ...                         "tables": [], "arrays": arrays})
        >>> [text.get_text() for text in figure.axes[1].texts]
        ['3', '4', '6', '7']
    """
    if not isinstance(data, dict) or not {"lines", "tables", "layer", "place"} <= set(data):
        raise ArgumentError("traced_number(data)", "what data() of a traced number gives", type(data).__name__)
    arrays = data.get("arrays", {})
    if "input" in arrays and "window" in arrays and "rows" in arrays:
        return windowed(data, arrays)
    return tabled(data)


def heading(data: dict[str, Any]) -> tuple[str, str]:
    """Title and the line below it."""
    place = "(" + ", ".join(map(str, data["place"])) + ")"
    where = {"layer": data["layer"], "place": place, "value": digits(data["value"])}
    if data.get("weight"):
        return t("traced weight", weight=data["weight"], **where), t("traced weight below")
    if "readers" in data:
        return t("traced unit", **where), t("traced unit below")
    return t("traced", **where), f"{data['kind']}" + (t("traced training") if data.get("training") else "")


def pictured(a: np.ndarray) -> np.ndarray:
    """(..., C) as (rows, columns, C): a sequence is one row."""
    return a if a.ndim == 3 else a.reshape(1, *a.shape[-2:])


def windowed(data: dict[str, Any], arrays: dict[str, np.ndarray]) -> Figure:
    """A row for each channel, the strongest ones where they are many: map, window, kernel, products, partial sum."""
    window, source = pictured(arrays["window"]), pictured(arrays["input"])
    kernel = pictured(arrays["kernel"]) if "products" in arrays else None
    products = None if kernel is None else pictured(arrays["products"])
    flat = source.shape[0] == 1 and arrays["input"].ndim == 2
    rows, columns = (np.array([0]), arrays["rows"]) if flat else (arrays["rows"], arrays["columns"])
    parts = window.sum((0, 1)) if products is None else products.sum((0, 1))
    channels = np.argsort(-np.abs(parts), kind="stable")[:MOST_CHANNELS]
    channels.sort()
    rest = window.shape[-1] - len(channels)
    left = [MARGIN, MARGIN + MAP + GAP + 0.1]
    left += [left[1] + CELLS + GAP, left[1] + 2 * (CELLS + GAP)]
    width = left[2] if kernel is None else left[3] + CELLS + 1.35
    tall = CELLS * min(1.0, window.shape[0] / window.shape[1])  # of a window
    step = ROW - CELLS + tall + (0.15 if flat else 0.0)
    lines = line_texts(data["lines"], CHARACTERS)
    title, below = heading(data)
    head = 1.25
    width, height = max(width, lines_width(lines) + 2 * MARGIN), head + step * len(channels) + 0.25 * (rest > 0)
    picture = style.page(width, height + lines_height(lines) + 0.35, MARGIN, title, below)
    names = [t("traced input"), t("traced window"), t("traced kernel"), t("traced products")]
    for name, at in zip(names[:2 if kernel is None else 4], left, strict=False):
        style.write(picture, at, head - 0.3, name, style.BODY, style.MUTED)
    most = float(np.abs(source).max() or 1)
    shares = [float(np.abs(a).max() or 1) for a in (kernel, products) if a is not None]
    winner = data["tables"][0]["marked"][:1] if data["tables"] else ()
    for number, c in enumerate(channels):
        top = head + number * step
        ax = style.axes(picture, left[0], top, MAP, MAP - 0.3)
        grid(ax, source[..., c], most, plain=True)
        window_box(ax, rows, columns)
        if source.shape[-1] > 1:
            said = t("traced channel", c=int(arrays.get("first", 0)) + int(c))
            style.write(picture, left[0], top + min(step, MAP) - 0.26, said, style.SMALL, style.MUTED)
        grid(style.axes(picture, left[1], top, CELLS, CELLS), window[..., c], most, plain=True, marked=winner)
        if kernel is None or products is None:
            continue
        grid(style.axes(picture, left[2], top, CELLS, CELLS), kernel[..., c], shares[0])
        grid(style.axes(picture, left[3], top, CELLS, CELLS), products[..., c], shares[1])
        for sign, at in (("\N{MULTIPLICATION SIGN}", left[2]), ("=", left[3])):
            style.write(picture, at - GAP / 2, top + tall / 2 - 0.12, sign, style.TITLE, style.MUTED, ha="center")
        said = "\N{RIGHTWARDS ARROW} " + digits(parts[c])
        style.write(picture, left[3] + CELLS + 0.12, top + tall / 2 - 0.12, said, style.HEADING, fontweight="bold")
    bottom = head + step * len(channels)
    if rest:
        said = t("traced rest", n=rest, total=digits(parts.sum() - parts[channels].sum()))
        style.write(picture, MARGIN, bottom, said, style.BODY, style.MUTED)
        bottom += 0.25
    result_lines(picture, MARGIN, bottom, lines)
    return picture


def tabled(data: dict[str, Any]) -> Figure:
    """Tables with a bar for each product or share, and the lines below."""
    lines = line_texts(data["lines"], CHARACTERS)
    tables = [one for one in data["tables"] if len(one["columns"])]
    shown = [chosen(one) for one in tables]
    title, below = heading(data)
    heights = [0.55 + 0.2 * len(rows) + 0.22 * (rest > 0) for rows, rest in shown]
    wide = max((edges(one)[-1] for one in tables), default=0.0) + 1.8
    wide = max(7.4, wide, lines_width(lines) + 2 * MARGIN)
    picture = style.page(wide, 0.95 + sum(heights) + lines_height(lines) + 0.35, MARGIN, title, below)
    top = 0.95
    for one, (rows, rest), height in zip(tables, shown, heights, strict=True):
        draw_table(picture, top, one, rows, rest)
        top += height
    result_lines(picture, MARGIN, top, lines)
    return picture


def chosen(table: dict[str, Any]) -> tuple[np.ndarray, int]:
    """The rows that are shown, the largest first where they are many, and how many are not."""
    columns = table["columns"]
    name = next((n for n in BARS if n in columns), list(columns)[-1])
    values = np.abs(np.asarray(columns[name], dtype=float)).reshape(len(columns[name]), -1)[:, 0]
    if len(values) <= MOST_ROWS:
        return np.arange(len(values)), 0
    order = np.argsort(-values, kind="stable")[:MOST_ROWS]
    return order, len(values) - MOST_ROWS


def edges(table: dict[str, Any]) -> list[float]:
    """Right edges of a table's columns, in inches."""
    found, x = [], MARGIN - 0.3
    for name in table["columns"]:
        x += max(1.1, style.width_of(t(f"column {name}"), style.SMALL) + 0.25)
        found.append(x)
    return found


def draw_table(picture: Figure, top: float, table: dict[str, Any], rows: np.ndarray, rest: int) -> None:
    """Right-aligned columns; behind the last the bars of products or shares."""
    columns, ends = table["columns"], edges(table)
    bar = next((n for n in BARS if n in columns), "")
    for name, edge in zip(columns, ends, strict=True):
        style.write(picture, edge, top, t(f"column {name}"), style.SMALL, style.MUTED, ha="right")
    longest = float(np.abs(np.asarray(columns[bar], dtype=float)).max() or 1) if bar else 1.0
    for number, row in enumerate(rows):
        y = top + 0.22 + 0.2 * number
        marked = int(row) in table["marked"]
        for name, edge in zip(columns, ends, strict=True):
            value = columns[name][row]
            several = "(" + ", ".join(str(int(n)) for n in np.ravel(value)) + ")"
            text = several if np.size(value) > 1 else digits(np.ravel(value)[0])
            style.write(picture, edge, y, text, style.SMALL, ha="right", fontweight="bold" if marked else "normal")
        if bar:
            shade(picture, ends[-1] + 0.15, y, 1.1, float(columns[bar][row]) / longest)
    if rest:
        total = float(np.sum(columns[bar])) - float(np.sum(np.asarray(columns[bar])[rows])) if bar else 0.0
        said = t("traced rows", n=rest, total=digits(total))
        style.write(picture, MARGIN + 0.3, top + 0.24 + 0.2 * len(rows), said, style.SMALL, style.MUTED)
