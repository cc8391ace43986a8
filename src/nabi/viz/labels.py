"""Labels: numbers and names as a person writes them, and places where they do not touch."""

import math
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes

from nabi.viz.style import DPI
from nabi.viz.words import t


def words(name: str) -> str:
    """A log's name in words.

    Example:
        >>> words("val_top_5_accuracy"), words("loss")
        ('validation top 5 accuracy', 'loss')
    """
    base = name.removeprefix("val_")
    said = t(base) if base in ("loss", "accuracy") else base.replace("_", " ")
    return said if base == name else t("of validation", name=said)


def short(name: object, most: int = 28) -> str:
    """A class name on one line, at most so many letters wide; a Korean letter is as wide as two.

    Example:
        >>> short("great\\n white shark", 12), short("커다란 백상아리", 12)
        ('great white…', '커다란 백상…')
    """
    line = " ".join(str(name).split())
    wide = list(accumulate(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in line))
    return line if not line or wide[-1] <= most else line[:bisect_right(wide, most - 1)].rstrip() + "…"


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Moves positions apart until neighbours are `gap` apart; each group that touches stays centred on what it wanted.

    Example:
        >>> spread([1.0, 1.2, 9.0], gap=1.0)
        [0.6, 1.6, 9.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups: list[tuple[float, list[int]]] = []  # (position of the first, members)
    for i in order:
        start, members = wanted[i], [i]
        while groups and groups[-1][0] + gap * len(groups[-1][1]) > start:
            before, earlier = groups.pop()
            n, m = len(earlier), len(members)
            start, members = (before * n + (start - gap * n) * m) / (n + m), earlier + members
        groups.append((start, members))
    placed = [0.0] * len(wanted)
    for start, members in groups:
        for k, i in enumerate(members):
            placed[i] = round(start + gap * k, 9)
    return placed


def inside(places: Sequence[float], low: float, high: float, gap: float | None = None) -> list[float]:
    """The places moved together so that all lie from `low` to `high`; with `gap` only those move that would come closer than it.

    Example:
        >>> inside([0, 30], 8, 200), inside([0, 10, 90], 8, 200, gap=10)
        ([8, 38], [8, 18, 90])
    """
    if gap is not None:
        moved, order = list(places), sorted(range(len(places)), key=lambda i: places[i])
        for sign, line in ((1, order), (-1, order[::-1])):
            least = low if sign > 0 else -high
            for i in line:
                moved[i] = sign * max(sign * moved[i], least)
                least = sign * moved[i] + gap
        return moved
    move = max(low - min(places, default=low), 0) or min(high - max(places, default=high), 0)
    return [place + move for place in places]


def number(value: float) -> str:
    """A number as a person would write it: three digits that count.

    Example:
        >>> number(0.06123), number(2.3026), number(0.98), number(1234.5), number(0.000012), number(3)
        ('0.0612', '2.30', '0.980', '1,234', '1.20×10⁻⁵', '3')
    """
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    size = abs(value)
    if value == int(value) and size < 1e9:
        return f"{int(value):,}"
    if size >= 1e15 or size < 1e-4:
        return power(value, 2)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 1:
        return f"{value:.2f}"
    return f"{value:#.3g}"


def power(value: float, decimals: int) -> str:
    """A very large or small number as a multiple of a power of ten.

    Example:
        >>> power(0.000012, 2), power(1e6, 0), power(-2.5e9, 1)
        ('1.20×10⁻⁵', '10⁶', '−2.5×10⁹')
    """
    first, _, exponent = f"{abs(value):.{decimals}e}".partition("e")
    raised = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return ("−" if value < 0 else "") + (raised if first == "1" else f"{first}×{raised}")


def ticks(values: Sequence[float]) -> list[str]:
    """Numbers at an axis, all with as many decimals as the one that needs most; powers of ten where that would be long.

    Example:
        >>> ticks([0, 0.5, 1]), ticks([0.0299, 0.03]), ticks([1, 1e6]), ticks([2e-6, 4e-6]), ticks([0, 20000])
        (['0', '0.5', '1.0'], ['0.0299', '0.0300'], ['1', '10⁶'], ['2×10⁻⁶', '4×10⁻⁶'], ['0', '20,000'])
    """
    largest = max((abs(value) for value in values), default=0)
    smallest = min((abs(value) for value in values if value), default=1)
    if largest >= 1e6 or smallest < 1e-4:
        plain = [value == 0 or 1e-2 <= abs(value) < 1e3 for value in values]
        return [f"{v:g}" if is_plain else power(v, short_decimals(v)) for v, is_plain in zip(values, plain, strict=True)]
    if largest >= 100 * smallest:  # a logarithmic axis: each as it is
        return [f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}" for value in values]
    decimals = max((len(f"{value:.6g}".partition(".")[2]) for value in values), default=0)
    return ["0" if value == 0 else f"{value:,.{decimals}f}".replace("-", "−") for value in values]


def short_decimals(value: float) -> int:
    """Decimals of the first factor of a number written with a power of ten, at most two."""
    return len(f"{float(f'{abs(value):e}'.partition('e')[0]):.3g}".partition(".")[2])


def free_spot(ax: Axes, x: float, y: float, lines: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float, str]:
    """Offset and alignment for a label of two short lines near (x, y) that hides as little of the curves as possible."""
    scale = 72 / DPI
    curve = []
    for xs, ys in lines:
        known = np.isfinite(ys)
        points = ax.transData.transform(np.column_stack([xs[known], ys[known]])) * scale
        dense = np.linspace(points[0, 0], points[-1, 0], 300)
        curve.append(np.column_stack([dense, np.interp(dense, points[:, 0], points[:, 1])]))
    cloud = np.concatenate(curve)
    px, py = ax.transData.transform((x, y)) * scale
    box = ax.bbox.bounds
    x0, y0, width, height = (side * scale for side in box)
    choices = []
    for dy in (24, -24, 40, -40, 60, -60):
        for dx, ha in ((8, "left"), (-8, "right")):
            left = px + dx if ha == "left" else px + dx - 48
            hidden = (abs(cloud[:, 0] - left - 24) < 27) & (abs(cloud[:, 1] - py - dy) < 16)
            outside = max(0, x0 - left, left + 48 - x0 - width) + max(0, y0 - (py + dy - 13), py + dy + 13 - y0 - height)
            choices.append((int(hidden.sum()) + 20 * outside + 0.1 * abs(dy), len(choices), (dx, dy, ha)))
    return min(choices)[2]
