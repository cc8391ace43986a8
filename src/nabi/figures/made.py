"""Made: one figure of a folder, and how its picture becomes a file: a matplotlib figure as PNG, a diagram as SVG."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nabi import viz
from nabi.core.files import atomic
from nabi.figures.catalogue import Entry


@dataclass(frozen=True)
class Made:
    """One figure of a folder.

    Attributes:
        entry: of the catalogue.
        file: name of the picture; "" where it could not be made.
        size: width and height of the picture at 96 dots per inch.
        numbers: what stands behind it, as JSON text.
        seconds: that it took.
        error: why it could not be made of this model and these pictures; None where it was.
        is_fault: whether that is a fault of the program and not of what it was given.
    """

    entry: Entry
    file: str = ""
    size: tuple[int, int] = (0, 0)
    numbers: str = ""
    seconds: float = 0.0
    error: Exception | None = None
    is_fault: bool = False


def picture(path: Path, drawn: Any) -> tuple[str, tuple[int, int]]:
    """Writes a matplotlib figure as PNG, a diagram as SVG; gives the file's name and its size at 96 dots per inch."""
    if isinstance(drawn, str) or hasattr(drawn, "svg"):
        svg = str(getattr(drawn, "svg", drawn))
        save(path.with_suffix(".svg"), svg)
        return f"{path.name}.svg", svg_size(svg)
    viz.save(drawn, path.with_suffix(".png"))
    width, height = 96 * np.asarray(drawn.get_size_inches())
    return f"{path.name}.png", (round(width), round(height))


def svg_size(svg: str) -> tuple[int, int]:
    """Width and height of an SVG text by its viewBox.

    Example:
        >>> svg_size('<svg viewBox="0 0 320.5 200">')
        (320, 200)
    """
    _, _, rest = svg.partition('viewBox="')
    box = rest.partition('"')[0].replace(",", " ").split()
    return (round(float(box[2])), round(float(box[3]))) if len(box) == 4 else (640, 480)


def save(path: Path, text: str) -> None:
    """Writes a text whole or not at all."""
    with atomic(path) as file:
        file.write(text.encode("utf-8"))
