"""Evidence: what each final feature contributes to each class, the sums that are the scores, and which class is answered.

    rows      features: f_d K_dk in the column of class k; the rest of them; the bias
    below     score = sum of the column, share, answer O or X
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import short
from nabi.viz.panels import letters
from nabi.viz.traced_parts import DIVERGING
from nabi.viz.words import t

MARGIN, CELL, ROW, NAMES, MOST = 0.4, 0.62, 0.27, 1.5, 12  # inches; columns and rows that are drawn at most


@register("figure")
def evidence(features: Any, kernel: Any, bias: Any, class_names: Sequence[str], title: str = "", subtitle: str = "",
             rows: int = 10) -> Figure:
    """Draws the table of the last layer for one picture.

    Args:
        features: (D,) what the last layer reads.
        kernel: (D, K) its weights. bias: (K,).
        class_names: K names.
        title, subtitle: headline and the line below it.
        rows: features that have a row of their own, those that count most; the others are one row.

    Raises: ShapeError for arrays that do not fit each other.

    Example:
        >>> figure = evidence([1.0, 2.0], [[1, 0], [-1, 3]], [0.5, 0], ["cat", "dog"])
        >>> [text.get_text() for text in figure.texts if text.get_text() in ("O", "X")]
        ['X', 'O']
    """
    f, k, b = (np.asarray(a, dtype=float) for a in (features, kernel, bias))
    if f.ndim != 1 or k.shape != (len(f), len(b)) or len(class_names) != len(b):
        raise ShapeError("evidence(features, kernel, bias)", "(D,), (D, K), (K,) and K names", f"{f.shape}, {k.shape}, {b.shape}")
    parts = f[:, None] * k
    z = parts.sum(0) + b
    share = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    columns = np.sort(np.argsort(-z, kind="stable")[:MOST])
    most = np.sort(np.argsort(-np.abs(parts[:, columns]).max(1), kind="stable")[:rows])
    rest = np.setdiff1d(np.arange(len(f)), most)
    body = [parts[most], *([parts[rest].sum(0, keepdims=True)] if len(rest) else []), b[None]]
    table = np.concatenate(body)[:, columns]
    names = [t("evidence feature", n=d, value=signed(float(f[d]))) for d in most]
    names += [t("evidence rest", n=len(rest))] * bool(len(rest)) + [t("evidence bias")]
    left = MARGIN + max(NAMES, max(style.width_of(name, style.BODY) for name in names) + 0.15)
    head = 1.0 + 0.28 * bool(subtitle) - 0.05
    height = head + ROW * (len(table) + 3) + 0.5
    figure = style.page(left + CELL * len(columns) + MARGIN, height, MARGIN, title, subtitle)
    ax = style.axes(figure, left, head, CELL * len(columns), ROW * len(table))
    largest = float(np.abs(table).max() or 1.0)
    image = ax.imshow(table, cmap=DIVERGING, vmin=-largest, vmax=largest, interpolation="nearest", aspect="auto", origin="upper")
    style.frame(ax)
    for i, row in enumerate(table):
        style.write(figure, left - 0.12, head + ROW * (i + 0.5) - 0.075, names[i], style.BODY, ha="right")
        for j, value in enumerate(row):
            color = letters(image.cmap(image.norm(value)))
            style.label(ax, j, i, signed(value), color, style.SMALL, ha="center", path_effects=[])
    best, below = int(z.argmax()), head + ROW * len(table) + 0.1
    for i, name in enumerate((t("evidence score"), t("evidence share"), t("evidence answer"))):
        style.write(figure, left - 0.12, below + ROW * i, name, style.BODY, ha="right", fontweight="bold")
    for j, c in enumerate(columns):
        at, is_best = left + CELL * (j + 0.5), int(c) == best
        color, weight = (style.BLUE, "bold") if is_best else (style.INK, "normal")
        style.write(figure, at, head - 0.24, short(class_names[c], 9), style.BODY, color, ha="center", fontweight="bold")
        for i, text in enumerate((signed(z[c]), f"{100 * share[c]:.1f} %", "O" if is_best else "X")):
            quiet = style.MUTED if i == 2 and not is_best else color
            style.write(figure, at, below + ROW * i, text, style.BODY, quiet, ha="center", fontweight=weight)
    return figure


def signed(value: float) -> str:
    """A number with two decimals at most three digits long, and a true minus.

    Example:
        >>> signed(-1.234), signed(12.34), signed(0.0)
        ('−1.23', '12.3', '0')
    """
    text = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    return "0" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
