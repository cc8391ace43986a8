"""Tiny net: units as circles with what went forward and what came back, weights on the lines between them, old and new.

    forward   a, in blue: what a unit gives            back   d, in vermilion: how the error changes with its sum
"""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style

LEFT, HEAD, LAYER, UNIT, FOOT, ROUND = 0.5, 1.0, 2.9, 1.75, 0.35, 0.42  # inches


@register("figure")
def tiny_net(layers: Sequence[Sequence[Mapping[str, Any]]], lines: Sequence[Mapping[str, Any]], title: str = "",
             subtitle: str = "") -> Figure:
    """Draws a net of a few units.

    Args:
        layers: from the left, each a list of units: name (inside the circle), above (forward, blue), below (back, vermilion).
        lines: weights: from and to, each (layer, unit); text; second, a line below it, vermilion; at, where on the line it stands
            (0.5).
        title, subtitle: headline and the line below it.

    Returns: figure.

    Raises: ArgumentError without units, or for a line to a unit that is not there.

    Example:
        >>> units = [[{"name": "x"}], [{"name": "y", "above": "0.5"}]]
        >>> figure = tiny_net(units, [{"from": (0, 0), "to": (1, 0), "text": "w = 2"}])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['w = 2', 'x', 'y', '0.5']
    """
    if not layers or not all(layers):
        raise ArgumentError("tiny_net(layers)", "one unit or more in each layer", [len(layer) for layer in layers])
    most = max(len(layer) for layer in layers)
    width, height = LAYER * (len(layers) - 1) + 2 * ROUND + 0.5, most * UNIT
    head = HEAD if title or subtitle else 0.2
    picture = style.page(2 * LEFT + width, head + height + FOOT, LEFT, title, subtitle)
    ax = style.axes(picture, LEFT, head, width, height)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    places = {(k, n): (ROUND + 0.2 + LAYER * k, height / 2 + (n - (len(layer) - 1) / 2) * UNIT)
              for k, layer in enumerate(layers) for n in range(len(layer))}
    for one in lines:
        if tuple(one["from"]) not in places or tuple(one["to"]) not in places:
            raise ArgumentError("tiny_net(lines)", f"units among {list(places)}", f"{one['from']} to {one['to']}")
        weight(ax, places[tuple(one["from"])], places[tuple(one["to"])], one)
    for k, layer in enumerate(layers):
        for n, unit in enumerate(layer):
            circle(ax, *places[k, n], unit)
    return picture


def circle(ax: Axes, x: float, y: float, unit: Mapping[str, Any]) -> None:
    """A unit with its numbers."""
    ax.add_patch(Circle((x, y), ROUND, facecolor=style.PAPER, edgecolor=style.INK, linewidth=1.4, zorder=3))
    style.label(ax, x, y, unit["name"], style.INK, style.HEADING, ha="center", fontweight="bold", zorder=4)
    for key, side, color in (("above", -1, style.BLUE), ("below", 1, style.VERMILION)):
        if unit.get(key):
            style.label(ax, x, y + side * (ROUND + 0.15), unit[key], color, style.BODY, ha="center", fontweight="bold", zorder=4)


def weight(ax: Axes, start: tuple[float, float], end: tuple[float, float], one: Mapping[str, Any]) -> None:
    """A line with its weight."""
    (x, y), (u, v) = start, end
    ax.plot([x, u], [y, v], color=style.LINE, linewidth=1.6, linestyle="-", marker="", zorder=1)
    at = one.get("at", 0.5)
    px, py = x + at * (u - x), y + at * (v - y)
    style.label(ax, px, py - (0.08 if one.get("second") else 0), one["text"], style.INK, style.SMALL, ha="center", zorder=2,
                    bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1})
    if one.get("second"):
        style.label(ax, px, py + 0.08, one["second"], style.VERMILION, style.SMALL, ha="center", zorder=2,
                    bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 1})
