"""Line fit: the error surface with the paths of batch, mini-batch and stochastic descent, the lines found, and E over time."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.race import PLACES, contours
from nabi.viz.words import t

LEFT, HEAD, SIDE, GAP, NARROW, LOW, FOOT = 0.75, 1.6, 4.7, 0.95, 3.9, 1.72, 0.65  # inches
COLORS = {"full": style.BLUE, "mini": style.GREEN, "single": style.VERMILION}
WIDTHS = {"full": 2.0, "mini": 1.5, "single": 0.6}
ORDER = {"full": 6, "mini": 5, "single": 4}  # the smoothest path on top


@register("figure")
def line_fit(data: Mapping[str, Any]) -> Figure:
    """Draws what `nabi.race.line_fit` gave.

    Args:
        data: as of `Fit.data()`: x, y of the points, w, b, z of the map, best (w, b), least E, sizes, epochs, paths with name,
            points and values.

    Returns: figure.

    Example:
        >>> w = np.linspace(0, 2, 20)
        >>> path = {"name": "full", "points": [[0, 0], [1, 1]], "values": [2.0, 0.5], "diverged": None}
        >>> figure = line_fit({"x": [0, 1], "y": [1, 2], "w": w, "b": w, "z": (w - 1)**2 + (w[:, None] - 1)**2 + 0.1,
        ...                    "best": (1, 1), "least": 0.1, "sizes": (2,), "epochs": 1, "paths": [path]})
        >>> figure.texts[0].get_text()
        '1 epochs: 1 updates'
    """
    updates = ", ".join(f"{len(path['points']) - 1:,}" for path in data["paths"])
    picture = style.page(LEFT + SIDE + GAP + NARROW + 0.4, HEAD + SIDE + FOOT, LEFT,
                         t("fit title", epochs=data["epochs"], updates=updates),
                         t("fit below" if len(data["paths"]) > 1 else "fit one"))
    width, height = picture.get_size_inches()
    at = LEFT
    for path, size in zip(data["paths"], data["sizes"], strict=True):  # the key, above all panels
        name = t(f"fit {path['name']}", n=size)
        picture.add_artist(Line2D([at / width, (at + 0.35) / width], [1 - 1.02 / height] * 2, color=color_of(path), linewidth=2.2,
                                  linestyle="-", marker="", transform=picture.transFigure, solid_capstyle="butt"))
        style.write(picture, at + 0.45, 1.02, name, style.BODY, style.INK, va="center", fontweight="bold")
        at += 0.85 + style.width_of(name, style.BODY, bold=True)
    for place, name in (("race start", "race start"), ("race minimum", "race minimum")):
        picture.add_artist(Line2D([(at + 0.08) / width], [1 - 1.02 / height], linestyle="none", transform=picture.transFigure,
                                  **PLACES[place] | {"markersize": PLACES[place]["markersize"] * 0.85}))
        style.write(picture, at + 0.24, 1.02, t(name), style.BODY, style.MUTED, va="center")
        at += 0.6 + style.width_of(t(name), style.BODY)
    surface(picture, data)
    found_lines(picture, data)
    errors(picture, data)
    return picture


def color_of(path: Mapping[str, Any]) -> str:
    """The colour of a way of descent."""
    return COLORS[path["name"]]


def surface(picture: Figure, data: Mapping[str, Any]) -> None:
    """The error surface over (w, b), with the paths."""
    ax = style.axes(picture, LEFT, HEAD, SIDE, SIDE)
    style.dress(ax, t("fit map"), t("fit slope"), grid=False)
    w, b = np.asarray(data["w"]), np.asarray(data["b"])
    contours(ax, w, b, np.asarray(data["z"]) - data["least"] * 0.98, [data["best"]])
    for path in data["paths"]:
        points = np.asarray(path["points"])
        (line,) = ax.plot(*points.T, color=color_of(path), linestyle="-", linewidth=WIDTHS[path["name"]],
                          marker="o" if path["name"] == "full" else "", markersize=3.6, markeredgewidth=0,
                          zorder=ORDER[path["name"]], solid_joinstyle="round", solid_capstyle="round")
        if path["name"] != "single":
            line.set_path_effects([Stroke(linewidth=3, foreground=style.PAPER, alpha=0.8), Normal()])
    ax.plot(*np.asarray(data["paths"][0]["points"])[0], linestyle="none", **PLACES["race start"], zorder=10)
    ax.set_xlim(w[0], w[-1])
    ax.set_ylim(b[0], b[-1])
    style.label(ax, w[0], b[-1], "b", style.MUTED, style.SMALL, offset=(-9, 7), ha="center")
    plain_ticks(ax)


def found_lines(picture: Figure, data: Mapping[str, Any]) -> None:
    """The points, and the line of each way's end."""
    ax = style.axes(picture, LEFT + SIDE + GAP, HEAD, NARROW, LOW)
    style.dress(ax, t("fit points"), "x")
    x, y = np.asarray(data["x"]), np.asarray(data["y"])
    ax.plot(x, y, linestyle="none", marker="o", markersize=4, color=style.MUTED, alpha=0.7, markeredgewidth=0, zorder=2)
    ends = np.array([x.min(), x.max()])
    for path in data["paths"]:
        w, b = np.asarray(path["points"])[-1]
        ax.plot(ends, w * ends + b, color=color_of(path), linestyle="-", linewidth=1.8, marker="", zorder=ORDER[path["name"]])
    room = 0.08 * (y.max() - y.min() or 1)
    ax.set_ylim(y.min() - room, y.max() + room)
    ax.set_xlim(x.min() - 0.05 * (ends[1] - ends[0]), x.max() + 0.05 * (ends[1] - ends[0]))
    plain_ticks(ax)


def errors(picture: Figure, data: Mapping[str, Any]) -> None:
    """How far E lies above its minimum, against the epochs, logarithmic."""
    ax = style.axes(picture, LEFT + SIDE + GAP, HEAD + SIDE - LOW, NARROW, LOW)
    style.dress(ax, t("fit curve"), t("epoch"))
    seen = []
    for path in data["paths"]:
        above = np.maximum(np.asarray(path["values"], dtype=float) - data["least"], 1e-9)
        seen.append(above)
        ax.plot(np.linspace(0, data["epochs"], len(above)), above, color=color_of(path), linestyle="-", marker="",
                linewidth=1.8 if path["name"] == "full" else 1.1, zorder=ORDER[path["name"]], solid_joinstyle="round")
    values = np.concatenate(seen)
    ax.set_yscale("log")
    ax.set_ylim(max(values.min(), values.max() * 1e-6) / 1.5, values.max() * 1.8)
    ax.set_xlim(0, data["epochs"])
    plain_ticks(ax)
    ax.yaxis.set_major_locator(LogLocator(numticks=6))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(Numbers(False))


def plain_ticks(ax: Any) -> None:
    """Few round numbers on both axes."""
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(Numbers(False))
        axis.set_minor_locator(NullLocator())
