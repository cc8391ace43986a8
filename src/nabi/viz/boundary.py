"""Decision boundary: what a network answers at every place of a plane, with the points it learned from on top.

    two classes     blue where class 0 is answered, vermilion where class 1; paler the less sure; the line is a share of 1/2
    more classes    the colour of the class that is answered, paler the less sure; lines where the answer changes
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers

LEFT, TOP, GAP, FOOT, SIDE = 0.55, 0.5, 0.42, 0.45, 2.2  # inches
SHAPES = ("o", "^", "s", "D", "v")
PALE = LinearSegmentedColormap.from_list("nabi_sides", ["#8DBBE3", "#C9DFF2", "#FFFFFF", "#F9DCC8", "#F0AC84"])


def plane(points: Any, cells: int = 120, room: float = 0.18) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places on a grid round points: x (cells,), y (cells,), and all of them as rows (cells * cells, 2), float32, for `predict`.

    Args:
        points: (n, 2).
        cells: each way.
        room: to each side, as a share of the points' range.

    Example:
        >>> x, y, places = plane([[0, 0], [1, 2]], cells=3, room=0.5)
        >>> x.tolist(), y.tolist(), places[1].tolist()
        ([-0.5, 0.5, 1.5], [-1.0, 1.0, 3.0], [0.5, -1.0])
    """
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    more = np.where(high > low, high - low, 1) * room
    x, y = (np.linspace(low[k] - more[k], high[k] + more[k], cells) for k in (0, 1))
    return x, y, np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(np.float32)


@register("figure")
def decision_boundary(panels: Mapping[str, Any] | Sequence[Mapping[str, Any]], title: str = "", subtitle: str = "",
                      class_names: Sequence[str] = (), columns: int = 4, side: float = SIDE) -> Figure:
    """Draws one panel for each network, or for each moment of its training.

    Args:
        panels: a dict, or several, each with
            x: (w,), y: (h,) rising places, as `plane` gives them.
            shares: (h, w) share of class 1, or (h, w, classes); what the network answers there.
            points: (n, 2), labels: (n,) class numbers.
            title, xlabel, ylabel: words; all may be left out.
        title, subtitle: headline and the line below it.
        class_names: of the key; none by default.
        columns: panels in a row. side: of a panel in inches.

    Returns: figure.

    Raises: ShapeError for shares, points or labels that do not fit; ArgumentError for no panel, or columns below 1.

    Example:
        >>> x, y, places = plane([[0, 0], [1, 1]], cells=20)
        >>> shares = (places[:, 0] > 0.5).reshape(20, 20)
        >>> figure = decision_boundary({"x": x, "y": y, "shares": shares, "points": [[0, 0], [1, 1]], "labels": [0, 1],
        ...                             "title": "x above 0.5"})
        >>> figure.axes[0].get_title("left")
        'x above 0.5'
    """
    shown = [panels] if isinstance(panels, Mapping) else list(panels)
    if not shown or columns < 1:
        raise ArgumentError("decision_boundary(panels, columns)", "one panel or more, in one column or more",
                            f"{len(shown)} in {columns}")
    columns = min(columns, len(shown))
    rows, wide = -(-len(shown) // columns), LEFT if any(panel.get("ylabel") for panel in shown) else 0.1
    below = 0.95 if subtitle else 0.68  # of the key
    head = 0.1 if not (title or subtitle or class_names) else below + 0.12 if class_names else below - 0.1
    step = LEFT + side + GAP - 0.35
    width = wide + 0.25 + columns * step
    picture = style.page(width, head + rows * (TOP + side + FOOT) + 0.1, LEFT, title, subtitle)
    if class_names:
        key(picture, class_names, below)
    for k, panel in enumerate(shown):
        row, column = divmod(k, columns)
        ax = style.axes(picture, LEFT + column * step, head + row * (TOP + side + FOOT) + TOP, side, side)
        draw(ax, panel)
    return picture


def key(picture: Figure, class_names: Sequence[str], top: float) -> None:
    """The marks of the classes, below the headline."""
    (width, height), at = picture.get_size_inches(), LEFT + 0.08
    for k, name in enumerate(class_names):
        picture.add_artist(Line2D([at / width], [1 - top / height], transform=picture.transFigure, **mark(k, 7)))
        style.write(picture, at + 0.14, top, name, style.BODY, style.INK, va="center")
        at += 0.5 + style.width_of(name, style.BODY)


def mark(k: int, size: float) -> dict[str, Any]:
    """How points of a class look."""
    return {"linestyle": "none", "marker": SHAPES[k % len(SHAPES)], "color": color(k), "markersize": size,
            "markeredgecolor": style.PAPER, "markeredgewidth": 0.8}


def color(k: int) -> str:
    """The colour of a class."""
    return style.SERIES[k % len(style.SERIES)]


def draw(ax: Axes, panel: Mapping[str, Any]) -> None:
    """One panel."""
    x, y = (np.asarray(panel[name], dtype=float) for name in ("x", "y"))
    shares = np.asarray(panel["shares"], dtype=float)
    points, labels = np.asarray(panel["points"], dtype=float).reshape(-1, 2), np.asarray(panel["labels"]).astype(int)
    if shares.shape[:2] != (len(y), len(x)) or shares.ndim not in (2, 3) or len(labels) != len(points):
        raise ShapeError("decision_boundary(panels)", f"shares ({len(y)}, {len(x)}[, classes]), a label for each point",
                         f"{shares.shape}, {len(points)} points and {len(labels)} labels")
    style.dress(ax, panel.get("title", ""), panel.get("xlabel", ""), grid=False)
    ends = (x[0], x[-1], y[0], y[-1])
    options: dict[str, Any] = {"origin": "lower", "extent": ends, "aspect": "auto", "interpolation": "nearest", "zorder": 0}
    if shares.ndim == 2:
        ax.imshow(shares, cmap=PALE, vmin=0, vmax=1, **options)
        line(ax, x, y, shares - 0.5)
    else:
        answer, sure = shares.argmax(axis=-1), shares.max(axis=-1, keepdims=True)
        tint = np.array([to_rgb(color(k)) for k in range(shares.shape[-1])])[answer]
        weak = 1 / shares.shape[-1]
        strength = 0.15 + 0.5 * np.clip((sure - weak) / (1 - weak), 0, 1)
        ax.imshow(1 - strength * (1 - tint), **options)
        for k in range(shares.shape[-1] - 1):
            others = np.delete(shares, k, axis=-1).max(axis=-1)
            line(ax, x, y, shares[..., k] - others)
    size = 9 if len(points) <= 12 else 4.2
    for k in np.unique(labels):
        ax.plot(*points[labels == k].T, **mark(int(k), size), zorder=4)
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(Numbers(False))
    if panel.get("ylabel"):
        style.label(ax, 0, 1, panel["ylabel"], style.MUTED, style.SMALL, offset=(0, 4), xycoords="axes fraction", va="bottom")
        ax.title.set_position((0, 1))
        ax.set_title(ax.get_title("left"), loc="left", pad=20, fontsize=style.HEADING, fontweight="bold", color=style.INK,
                     fontfamily=style.families(panel.get("title", "")), parse_math=False)


def line(ax: Axes, x: np.ndarray, y: np.ndarray, height: np.ndarray) -> None:
    """Where a height is 0, if it is anywhere."""
    if height.min() < 0 < height.max():
        ax.contour(x, y, height, levels=[0], colors=style.INK, linewidths=1.6, linestyles="solid", zorder=2)
