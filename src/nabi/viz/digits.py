"""Digits: what a network saw of each handwritten digit, how probable it held each of the ten, and its second guess.

A card for each digit: its picture, the answer with its probability, ten bars, and what it would have been otherwise. Answers of
less than 90 % stand in ochre.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.words import t

WIDE, HIGH, GAP = 2.95, 1.0, 0.32  # inches: a card, and between two
PICTURE, BARS, TALL = 1.0, 1.68, 0.4  # the picture's side; the bars' width and height
DOUBT = 0.9


@register("figure")
def digit_cards(
    pictures: Sequence[np.ndarray] | np.ndarray,
    probabilities: Sequence[Sequence[float]] | np.ndarray,
    columns: int = 4,
    title: str | None = None,
) -> Figure:
    """Draws a card for each digit that was read.

    Args:
        pictures: n pictures (28, 28) uint8, 0 paper and 255 ink.
        probabilities: (n, 10), of the digits 0 to 9.
        columns: cards side by side.
        title: headline; by default how many digits there are.

    Raises: ShapeError where pictures and probabilities do not fit; ArgumentError for less than one column.

    Example:
        >>> figure = digit_cards(np.zeros((1, 28, 28), "uint8"), [[0, 0, 0, 0.9, 0, 0.06, 0, 0, 0.04, 0]])
        >>> [text.get_text() for text in figure.texts][-2:]
        ['90.0 %', 'else 5: 6.0 %']
    """
    p = np.asarray(probabilities, dtype=float).reshape(len(pictures), -1)
    if len(p) and p.shape[1] != 10:
        raise ShapeError("digit_cards(probabilities)", "(n, 10), a row for each picture", p.shape)
    if columns < 1:
        raise ArgumentError("digit_cards(columns)", "a whole number above 0", columns)
    n, margin, head = len(pictures), 0.4, 0.95
    title = t("one digit" if n == 1 else "digits", n=n) if title is None else title
    if not n:
        return style.note(title, t("no digits"))
    columns = min(columns, n)
    rows = -(-n // columns)
    page = style.page(2 * margin + columns * (WIDE + GAP) - GAP, head + rows * (HIGH + GAP) - GAP + margin, margin, title,
                      t("digits say"))
    width, height = page.get_size_inches()
    board = style.axes(page, 0, 0, width, height)
    board.set(xlim=(0, width), ylim=(height, 0), xmargin=0, ymargin=0)
    board.axis("off")
    for k, (picture, row) in enumerate(zip(pictures, p, strict=True)):
        down, along = divmod(k, columns)
        card(page, board, margin + along * (WIDE + GAP), head + down * (HIGH + GAP), np.asarray(picture), row)
    return page


def percent(share: float) -> str:
    """A probability as it is told: never as certain or impossible.

    Example:
        >>> percent(0.9), percent(0.99999), percent(0.0)
        ('90.0 %', '> 99.9 %', '< 0.1 %')
    """
    return "> 99.9 %" if share > 0.9995 else "< 0.1 %" if share < 0.0005 else f"{100 * share:.1f} %"


def card(page: Figure, board, left: float, top: float, picture: np.ndarray, p: np.ndarray) -> None:
    """One card with its left upper corner at (left, top) inches."""
    best, second = (int(k) for k in np.argsort(-p, kind="stable")[:2])
    color = style.BLUE if p[best] >= DOUBT else style.OCHRE
    board.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest", zorder=1,
                 origin="upper", aspect="auto", extent=(left, left + PICTURE, top + PICTURE, top))
    frame = Rectangle((left, top), PICTURE, PICTURE, fill=False, edgecolor=style.LINE, linewidth=0.8, zorder=2)
    board.add_patch(frame)
    x, base, step = left + PICTURE + 0.2, top + PICTURE - 0.17, BARS / 10
    bars = [Rectangle((x + (k + 0.14) * step, base), 0.72 * step, -max(float(v) * TALL, 0.008)) for k, v in enumerate(p)]
    colors = [color if k == best else style.MUTED if k == second else style.LINE for k in range(10)]
    board.add_collection(PatchCollection(bars, facecolor=colors, edgecolor="none", linewidth=0, zorder=3))
    for k in range(10):
        name = color if k == best else style.MUTED
        style.write(page, x + (k + 0.5) * step, base + 0.045, f"{k}", style.SMALL, name, ha="center")
    style.write(page, x, top - 0.02, f"{best}", 17, color, fontweight="bold")
    style.write(page, x + 0.3, top + 0.01, percent(p[best]), style.BODY, color, fontweight="bold")
    style.write(page, x + 0.3, top + 0.17, t("else digit", digit=second, share=percent(p[second])), style.SMALL, style.MUTED)
