"""Confusion matrix: which class was taken for which; row i, column j counts samples of class i that were answered j.

    share right = trace(C) / sum(C)        row share_ij = C_ij / sum_j C_ij; its diagonal is the recall of each class

Right answers are blue by their row share. Errors are orange on a scale of their own, the square root of row share over the
largest one, for an error of 1 % would not be seen beside right answers of 98 %.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import short
from nabi.viz.words import t

MOST_CLASSES = 200
WITH_SHARES, WITH_COUNTS = 12, 30  # most classes for which cells show count and share, or the count alone
LISTED = 10  # most frequent errors named beside a matrix whose cells are too small for numbers


@register("figure")
def confusion_matrix(counts: np.ndarray, class_names: Sequence[str] | None = None, title: str = "") -> Figure:
    """Draws counts and row shares; from 31 classes on, colours and a list of the most frequent errors.

    Args:
        counts: (k, k) whole numbers, 2 to 200 classes; rows are the true classes, columns the answers.
        class_names: k names; by default 0 to k-1.
        title: headline; by default how many of all samples were right.

    Raises: ShapeError for a table that is not square or names that do not fit; ArgumentError for negative or broken counts.

    Example:
        >>> figure = confusion_matrix([[48, 2], [5, 45]], ["smile", "neutral"])
        >>> figure.texts[0].get_text()
        '93 of 100 right: 93.00 %'
    """
    counts = _checked(counts)
    k = len(counts)
    names = [short(name) for name in (class_names if class_names is not None else range(k))]
    if len(names) != k:
        raise ShapeError("confusion_matrix(class_names)", f"{k} names for a table {k} x {k}", len(names))
    totals = counts.sum(axis=1)
    shares = np.divide(counts, totals[:, None], out=np.zeros((k, k)), where=totals[:, None] > 0)
    right, total = int(counts.trace()), int(totals.sum())
    if not total:
        return style.note(title or t("confusion matrix"), t("no samples"))

    cell = 0.98 if k <= 3 else float(np.clip(6.2 / k, 0.115, 0.72))
    letters = min(style.BODY, 72 * cell * 0.75)
    name_width = max(style.width_of(name, letters) for name in names)
    upright = name_width > cell * 0.95
    left, top = 0.5 + name_width, 0.95 + (name_width + 0.15 if upright else 0.25)
    size, side = cell * k, 0.85 if k <= WITH_COUNTS else 3.2
    headline = title or t("right of", right=right, total=total, share=100 * right / total)
    picture = style.page(left + max(size + side, 4.6), top + size + 0.65, left, headline, t("rows"))

    ax = style.axes(picture, left, top, size, size)
    _cells(ax, counts, shares, cell)
    _names(ax, names, letters, upright)
    worst = float((shares * (1 - np.eye(k))).max())
    key = t("blue") + (t("orange", share=100 * worst) if worst else "")
    style.write(picture, left, top + size + 0.2, key, style.SMALL, style.MUTED)
    if k <= WITH_COUNTS:
        style.write(picture, left + size + 0.14, top - 0.055, t("right"), style.SMALL, style.MUTED, va="bottom")
        for i in range(k):
            text = f"{100 * shares[i, i]:.1f} %" if totals[i] else t("none")
            color = style.BLUE if totals[i] else style.MUTED
            style.write(picture, left + size + 0.14, top + (i + 0.5) * cell, text, min(letters, style.SMALL), color, va="center")
    else:
        _errors(picture, counts, shares, names, left + size + 0.4, top)
    return picture


def _checked(counts: np.ndarray) -> np.ndarray:
    """The table as int64."""
    table = np.asarray(counts)
    where = "confusion_matrix(counts)"
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not 2 <= len(table) <= MOST_CLASSES:
        raise ShapeError(where, f"a square table of 2 to {MOST_CLASSES} classes", table.shape)
    if table.dtype.kind not in "iufb" or not np.isfinite(table).all() or (table < 0).any() or (table != np.floor(table)).any():
        raise ArgumentError(
            where, "whole numbers from 0", table.dtype if table.dtype.kind not in "iufb" else "others", "Give counts."
        )
    return table.astype(np.int64)


def _cells(ax: Axes, counts: np.ndarray, shares: np.ndarray, cell: float) -> None:
    """Colours, and in each cell that is not empty the numbers for which there is room."""
    k = len(counts)
    diagonal = np.eye(k, dtype=bool)
    worst = shares[~diagonal].max() or 1.0
    colors = np.where(diagonal[..., None], style.BLUES(0.05 + 0.87 * shares), style.VERMILIONS(np.sqrt(shares / worst) * 0.9))
    colors[counts == 0] = (1, 1, 1, 1)
    ax.imshow(
        colors, interpolation="nearest", origin="upper", aspect="auto", extent=(-0.5, k - 0.5, k - 0.5, -0.5), label="shares"
    )
    for edge in np.arange(k + 1) - 0.5:
        for line in (ax.axhline, ax.axvline):
            line(edge, marker="", color=style.GRID, linewidth=0.8 if k <= WITH_COUNTS else 0.4, zorder=2)
    if k > WITH_COUNTS:
        return
    digits = max(2, len(f"{counts.max():,}"))
    big = min(style.HEADING if k <= WITH_SHARES else style.SMALL, 72 * cell * 0.9 / (0.65 * digits))
    for i, j in np.argwhere(counts > 0):
        color = max(style.PAPER, style.INK, key=lambda letters, cell=colors[i, j]: style.contrast(letters, cell))
        lift = big * 0.5 if k <= WITH_SHARES else 0
        weight = "bold" if i == j else "normal"
        plain = {"ha": "center", "path_effects": None}
        style.label(ax, j, i, f"{counts[i, j]:,}", color, big, offset=(0, lift), fontweight=weight, **plain)
        if k <= WITH_SHARES:
            text = f"{100 * shares[i, j]:.1f} %"
            style.label(ax, j, i, text, color, min(6.8, 72 * cell / 5), offset=(0, -big * 0.65), alpha=0.85, **plain)


def _names(ax: Axes, names: Sequence[str], letters: float, upright: bool) -> None:
    """Class names at the left and on top, where the columns are read."""
    style.dress(ax, grid=False)
    ax.spines["bottom"].set_visible(False)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator(range(len(names))))
        axis.set_minor_locator(NullLocator())
    letter_style = {"fontsize": letters, "color": style.INK, "fontfamily": style.families("".join(names)), "parse_math": False}
    ax.set_xticklabels(names, rotation=90 if upright else 0, **letter_style)
    ax.set_yticklabels(names, **letter_style)
    ax.tick_params(axis="x", top=False, labeltop=True, labelbottom=False, pad=4)
    ax.tick_params(axis="y", pad=4)


def _errors(picture: Figure, counts: np.ndarray, shares: np.ndarray, names: Sequence[str], left: float, top: float) -> None:
    """The most frequent errors in words, one below the other."""
    wrong = counts * (1 - np.eye(len(counts), dtype=np.int64))
    order = [(i, j) for i, j in zip(*np.unravel_index(np.argsort(-wrong, axis=None, kind="stable"), wrong.shape), strict=True)]
    style.write(picture, left, top, t("most frequent"), style.HEADING, fontweight="bold")
    for n, (i, j) in enumerate([pair for pair in order[:LISTED] if wrong[pair]]):
        y = top + 0.4 + 0.44 * n
        style.write(picture, left, y, t("taken for", truth=names[i], answer=names[j]), style.BODY)
        detail = t("times", n=wrong[i, j], share=100 * shares[i, j], truth=names[i])
        style.write(picture, left, y + 0.18, detail, style.SMALL, style.VERMILION)
