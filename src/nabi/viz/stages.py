"""Stages: maps on their way through a network as boxes in perspective: height and width go down, channels go up.

    side of a box  ~ sqrt(height, width)        depth of a box  ~ log2(channels)        a vector is a bar
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from nabi.core.registry import register
from nabi.viz import style

TALL, SLANT, DEEP, GAP, LEAST = 1.9, 0.42, 0.085, 0.34, 0.06  # inches: largest side; slant of a side; depth a doubling; gaps
SHADES = {"input": "#8C98A5", "convolution": style.BLUE, "pooling": style.GREEN, "dense": style.VERMILION, "merge": style.PURPLE,
          "other": style.MUTED}  # fmt: skip


@register("figure", "stages")
def stages(networks: Sequence[dict[str, Any]], title: str = "", subtitle: str = "",
           words: dict[str, str] | None = None) -> Figure:
    """Draws the maps of networks, one row for each network.

    Args:
        networks: for each "title" and "maps": dicts with "name", "shape" (height, width, channels) or (units,), and "family".
        title, subtitle: headline and the line below it.
        words: what the families are called in the legend; None leaves it out.

    Example:
        >>> maps = [{"name": "image", "shape": (28, 28, 1), "family": "input"}, {"name": "fc", "shape": (10,), "family": "dense"}]
        >>> len(stages([{"title": "net", "maps": maps}]).axes)
        1
    """
    rows = [_row(net["maps"]) for net in networks]
    wide = max(total for _, total, _ in rows) + 0.7
    heights = [tall + 1.55 for _, _, tall in rows]
    head = 0.95 if subtitle else 0.75
    picture = style.page(wide, head + sum(heights) + 0.35, 0.35, title, subtitle)
    top = head
    for net, (places, total, tall), height in zip(networks, rows, heights, strict=True):
        style.write(picture, 0.35, top + 0.08, net["title"], style.HEADING, fontweight="bold")
        ax = style.axes(picture, 0.35, top + 0.42, total, tall + 1.0)
        ax.set_axis_off()
        ax.set_xlim(0, total)
        ax.set_ylim(tall + 1.0, 0)
        for maps, (x, w, h, d) in zip(net["maps"], places, strict=True):
            _box(ax, x, tall / 2 + 0.1, w, h, d, SHADES.get(maps["family"], style.MUTED))
            middle = x + d / 2 + w / 2
            shape = maps["shape"]
            sizes = [f"{shape[0]}\u00d7{shape[1]}", f"\u00d7{shape[2]}"] if len(shape) == 3 else [f"{shape[0]}"]
            lines = [maps["name"], *sizes]
            for k, line in enumerate(lines):
                style.label(ax, middle, tall + 0.34 + 0.17 * k, line, style.INK if k else style.MUTED, style.SMALL, ha="center")
        top += height
    x = 0.35
    for family, word in (words or {}).items():
        if any(maps["family"] == family for net in networks for maps in net["maps"]):
            ax = style.axes(picture, x, top + 0.04, 0.13, 0.13)
            ax.set_facecolor(SHADES.get(family, style.MUTED))
            style.frame(ax, 0.0)
            style.write(picture, x + 0.19, top + 0.02, word, style.SMALL, style.MUTED)
            x += 0.19 + style.width_of(word, style.SMALL) + 0.3
    return picture


def _row(maps: Sequence[dict[str, Any]]) -> tuple[list[tuple[float, float, float, float]], float, float]:
    """Left, slanted width, height and depth of each box; the length of the row; its height."""
    largest = max((s["shape"][0] for s in maps if len(s["shape"]) == 3), default=1)
    places, x = [], 0.1
    for one in maps:
        shape = one["shape"]
        if len(shape) == 3:
            h, w = (max(LEAST, TALL * np.sqrt(side / largest)) for side in shape[:2])
            w, d = w * SLANT, max(LEAST, DEEP * np.log2(2 * shape[2]))
        else:
            h, w, d = max(0.3, 0.16 * np.log2(shape[0] + 1)), 0.05, 0.09
        words = [one["name"], *(f"{side}\u00d7{side}" for side in shape[:1] if len(shape) == 3)]
        room = max(w + d, max(style.width_of(word, style.SMALL) for word in words) + 0.1)
        x += max(0.0, (room - w - d) / 2)
        places.append((x, float(w), float(h), float(d)))
        x += w + d + max(0.0, (room - w - d) / 2) + GAP * 0.5
    return places, x + 0.1, TALL * 1.12


def _box(ax, x: float, middle: float, w: float, h: float, d: float, color: str) -> None:
    """A box seen from its side: a slanted face, its depth to the right, and its top."""
    rise = 0.5 * w  # the far edge of the slanted face is higher
    low, high = middle + h / 2, middle - h / 2 + rise / 2
    low -= rise / 2
    a, b = (x, low + rise / 2), (x + w, low - rise / 2)
    c, e = (x + w, high - rise / 2 - rise / 2), (x, high)
    side = [(a[0], a[1]), (a[0] + d, a[1]), (e[0] + d, e[1]), e]
    face = [(a[0] + d, a[1]), (b[0] + d, b[1]), (c[0] + d, c[1]), (e[0] + d, e[1])]
    lid = [e, (e[0] + d, e[1]), (c[0] + d, c[1]), c]
    for corners, shade in ((lid, 0.45), (side, 0.95), (face, 0.7)):
        ax.add_patch(Polygon(corners, closed=True, facecolor=_mixed(color, shade), edgecolor=style.PAPER, linewidth=0.7))


def _mixed(color: str, share: float) -> tuple[float, float, float]:
    """A colour with white."""
    r, g, b = (int(color[i:i + 2], 16) / 255 for i in (1, 3, 5))
    return tuple(share * part + 1 - share for part in (r, g, b))  # type: ignore[return-value]
