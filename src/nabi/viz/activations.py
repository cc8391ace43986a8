"""Activation curves: each function with its derivative, the number that backward propagation multiplies at every layer.

A derivative that stays small (sigmoid: at most 1/4) makes gradients vanish in deep networks; ReLU's is 0 or 1.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.words import t

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 2.3, 1.75, 0.6, 0.3, 0.42, 0.42  # of a panel, in inches
JUMP = 0.25  # share of the height from which a step between neighbouring points is drawn as a gap


@register("figure")
def activation_curves(
    x: np.ndarray,
    values: Mapping[str, np.ndarray],
    derivatives: Mapping[str, np.ndarray] | None = None,
    columns: int = 3,
    title: str = "",
) -> Figure:
    """Draws one panel for each function: f in blue, f' in orange, with the largest slope in words.

    Args:
        x: (n,) points, rising, at least two.
        values: function name -> f(x), (n,).
        derivatives: function name -> f'(x), (n,); a function may lack one.
        columns: panels in a row.
        title: headline.

    Raises: ShapeError for arrays that do not fit x; ArgumentError for derivatives of functions that are not there.

    Example:
        >>> x = np.linspace(-3, 3, 7)
        >>> figure = activation_curves(x, {"relu": np.maximum(x, 0)}, {"relu": (x > 0).astype(float)})
        >>> figure.axes[0].get_title("left"), [text.get_text() for text in figure.axes[0].texts]
        ('relu', ['largest slope 1'])
    """
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 2 or not (np.diff(x) > 0).all():
        raise ShapeError("activation_curves(x)", "at least two rising points", x.shape)
    slopes = dict(derivatives or {})
    if unknown := sorted(set(slopes) - set(values)):
        raise ArgumentError("activation_curves(derivatives)", f"functions among {', '.join(values)}", ", ".join(unknown))
    if columns < 1:
        raise ArgumentError("activation_curves(columns)", "a whole number above 0", columns)
    if not values:
        return style.note(title or t("activation functions"), t("no functions"))
    columns = min(columns, len(values))
    rows = -(-len(values) // columns)
    head = 0.85
    width = columns * (LEFT + WIDTH + RIGHT) + 0.2
    picture = style.page(width, head + rows * (TOP + HEIGHT + BOTTOM), LEFT, title or t("activation functions"))
    style.write(picture, LEFT, 0.57, "f(x)", style.BODY, style.BLUE, fontweight="bold")
    if slopes:
        style.write(picture, LEFT + 0.45, 0.57, t("the slope"), style.BODY, style.VERMILION, fontweight="bold")
    for k, name in enumerate(values):
        row, column = divmod(k, columns)
        left, top = LEFT + column * (LEFT + WIDTH + RIGHT), head + row * (TOP + HEIGHT + BOTTOM) + TOP
        _panel(style.axes(picture, left, top, WIDTH, HEIGHT), name, x, values[name], slopes.get(name))
    return picture


def _panel(ax: Axes, name: str, x: np.ndarray, values: np.ndarray, slopes: np.ndarray | None) -> None:
    """One function and its derivative over the axes through zero."""
    style.dress(ax, name)
    curves = [("f", values, style.BLUE, 3.4), ("slope", slopes, style.VERMILION, 1.6)]
    known = []
    for label, y, color, width in curves:
        if y is None:
            continue
        y = np.asarray(y, dtype=float)
        if y.shape != x.shape:
            raise ShapeError(f"activation_curves: {label} of {name}", f"{x.shape} as x", y.shape)
        known.append(y[np.isfinite(y)])
        ax.plot(
            *gaps(x, y), color=color, linewidth=width, linestyle="-", marker="", solid_capstyle="round", label=label, zorder=4
        )
    reach = np.concatenate(known) if known else np.zeros(1)
    low, high = float(min(reach.min(initial=0), 0)), float(max(reach.max(initial=0), 1))
    pad = 0.08 * (high - low)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(low - pad, high + pad)
    ax.spines["bottom"].set_visible(False)
    ax.axhline(0, marker="", color=style.LINE, linewidth=1, zorder=1)
    if x[0] < 0 < x[-1]:
        ax.axvline(0, marker="", color=style.LINE, linewidth=1, zorder=1)
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}")))
    if slopes is not None and np.isfinite(slopes).any():
        text = t("largest slope", slope=float(np.nanmax(slopes)))
        place = {"ha": "right", "va": "baseline", "xycoords": "axes fraction"}
        style.label(ax, 1, 1, text, style.VERMILION, style.SMALL, offset=(0, 10), **place)


def gaps(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Puts a NaN where y jumps, so that a step is drawn as two pieces and not as a slope.

    Example:
        >>> gaps(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0]))[1].tolist()
        [0.0, 0.0, nan, 1.0, 1.0]
    """
    steps = np.abs(np.diff(y))
    height = np.nanmax(y) - np.nanmin(y) if np.isfinite(y).any() else 0.0
    usual = np.nanmedian(steps) if np.isfinite(steps).any() else 0.0
    jumps = np.flatnonzero((steps > JUMP * height) & (steps > 4 * usual)) + 1 if height > 0 else np.array([], dtype=int)
    return np.insert(x, jumps, (x[jumps] + x[jumps - 1]) / 2), np.insert(y, jumps, np.nan)
