"""Marks: what a diagram is made of once everything has its place: boxes, lines, words; and how wide words are.

Places and sizes are pixels, from the top left; letters too (12 pixels are 9 points).
"""

from dataclasses import dataclass

ELLIPSIS = "\u2026"
# widths of the letters from blank to ~ in a plain sans-serif, in hundredths of the size
WIDTHS = dict(zip(map(chr, range(32, 127)), map(int, (
    "28 28 36 56 56 89 67 19 33 33 39 58 28 33 28 28 56 56 56 56 56 56 56 56 56 56 28 28 58 58 58 56 102 67 67 72 72 67 61 78 72 "
    "28 50 67 56 83 72 78 67 78 72 67 61 72 67 94 67 67 61 28 28 28 47 56 33 56 56 50 56 56 28 56 56 22 22 50 22 83 56 56 56 56 "
    "33 50 28 56 50 72 50 50 50 33 26 33 58").split()), strict=True))  # fmt: skip


@dataclass
class Box:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0.0
    fill: str = "none"
    stroke: str = "none"
    dashed: bool = False


@dataclass
class Lines:
    """Lines through points, round at their corners, with an arrow's head at their ends; where they run together they are one."""

    routes: list[list[tuple[float, float]]]
    stroke: str
    width: float = 1.25


@dataclass
class Words:
    """A line of text at its left end, its middle or its right end (`anchor`: start, middle, end), standing on y.

    `tail` follows in smaller, quieter letters; `whole` is the text before it was shortened.
    """

    x: float
    y: float
    text: str
    size: float
    color: str
    bold: bool = False
    anchor: str = "start"
    whole: str = ""
    tail: str = ""


@dataclass
class Arcs:
    """Curves of third degree, each by its start, two points that it is drawn to, and its end, where an arrow's head is."""

    curves: list[tuple[tuple[float, float], ...]]
    stroke: str
    width: float = 1.25


Mark = Box | Lines | Words | Arcs
TAIL, TAIL_SIZE, TAIL_COLOR = 7.0, 11.0, "#5F6C7B"  # its distance, size and colour


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The mark somewhere else."""
    if isinstance(mark, Lines):
        return Lines([[(x + dx, y + dy) for x, y in route] for route in mark.routes], mark.stroke, mark.width)
    if isinstance(mark, Arcs):
        return Arcs([tuple((x + dx, y + dy) for x, y in curve) for curve in mark.curves], mark.stroke, mark.width)
    mark.x, mark.y = mark.x + dx, mark.y + dy
    return mark


def width(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is, whichever sans-serif letters there are; Korean letters are as wide as high.

    Example:
        >>> width("il", 10) < width("mm", 10) < width("mm", 10, bold=True)
        True
    """
    hundredths = sum(WIDTHS.get(letter, 100 if letter >= "\u1100" else 60) for letter in text)
    return hundredths / 100 * size * (1.2 if bold else 1.12)


def shortened(text: str, most: int) -> str:
    """A text of at most so many letters, cut in its middle, where names differ least.

    Example:
        >>> shortened("batch_normalization_17", 16)
        'batch_no\u2026tion_17'
    """
    if len(text) <= most:
        return text
    return text[:most // 2] + ELLIPSIS + text[len(text) - (most - most // 2 - 1):]
