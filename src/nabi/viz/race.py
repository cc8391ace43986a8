"""Optimizer race: paths on a contour map, what f is after each step, and how each optimizer did.

The map's levels are logarithmic: from one line to the next f grows by the same factor. Dark is low. Nine lines are told apart by
six colours, whole or dashed, and by the mark at their end; SGD is the red one, as in the lectures.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.lines import lines
from nabi.viz.words import WORDS, t

LEFT, HEAD, WIDTH, HEIGHT, GAP, CURVE, FOOT, SIDE = 0.75, 1.15, 5.6, 4.2, 0.85, 1.5, 0.6, 3.3  # inches
ROW, SAMPLE = 0.3, 0.42
DEPTHS = LinearSegmentedColormap.from_list("nabi_depths", ["#7FA3C4", "#A9C1D8", "#C9D8E6", "#E2EAF1", "#F2F5F8", "#FFFFFF"])
LEVELS = 15
DASHED = (0, (3.2, 1.3))
RED = "#C8240E"
LOOKS: dict[str, tuple[str, Any, str]] = {  # colour, dashes, mark at the end
    "SGD": (RED, "-", "o"), "Momentum": (style.BLUE, "-", "s"), "NAG": (style.GREEN, "-", "^"),
    "Adagrad": (style.PURPLE, "-", "D"), "Adadelta": (style.OCHRE, "-", "v"), "RMSprop": (style.PURPLE, DASHED, "P"),
    "Adam": (style.INK, "-", "X"), "Adamax": (style.BLUE, DASHED, "*"), "Nadam": (style.GREEN, DASHED, "h"),
}  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {  # marks of places on the map
    "race start": {"marker": "o", "markersize": 6.5, "color": style.PAPER, "markeredgecolor": style.INK, "markeredgewidth": 1.4},
    "race minimum": {"marker": "*", "markersize": 13, "color": style.PAPER, "markeredgecolor": style.INK, "markeredgewidth": 1.2},
    "race saddle": {"marker": "x", "markersize": 7, "color": style.INK, "markeredgecolor": style.INK, "markeredgewidth": 1.6},
}  # fmt: skip
SIZES = {"*": 9.5, "P": 8.0, "X": 8.0}  # of end marks; the others 6.5
OTHERS = list(LOOKS.values())
FLOOR = 1e-12  # below, f is drawn as this


def look(path: Mapping[str, Any], number: int, kinds: Sequence[str]) -> tuple[str, Any, str]:
    """Colour, dashes and mark of a path: its optimizer's own, or the next in turn where one runs several times."""
    if kinds.count(path["optimizer"]) == 1 and path["optimizer"] in LOOKS:
        return LOOKS[path["optimizer"]]
    free = OTHERS if len(set(kinds)) == 1 else [one for kind, one in LOOKS.items() if kinds.count(kind) != 1]
    return free[number % len(free)]


def levels(z: np.ndarray) -> np.ndarray:
    """Contour levels with a constant factor from the lowest part of the map to its highest.

    Example:
        >>> levels(np.geomspace(0.01, 1000.0, 10000)).round(1)[[-4, -3, -2, -1]].tolist()
        [85.3, 193.7, 440.1, 1000.0]
    """
    known = z[np.isfinite(z) & (z > 0)]
    if not len(known):
        return np.array([0.5, 1.0])
    high = known.max()
    low = max(np.quantile(known, 0.002), high * 1e-6)
    return np.geomspace(low, high if high > low else 2 * low, LEVELS)


def contours(ax: Axes, x: Any, y: Any, z: Any, minima: Any = (), saddles: Any = (), numbers: bool = False) -> None:
    """The map: bands and lines, with their numbers if asked, minima as stars, saddles as crosses."""
    heights = np.asarray(z, dtype=float)
    at = levels(heights)
    shown = np.clip(np.where(np.isfinite(heights), heights, at[-1]), at[0] * (1 + 1e-9), at[-1] * (1 - 1e-9))
    ax.contourf(x, y, shown, levels=at, cmap=DEPTHS, norm=BoundaryNorm(at, DEPTHS.N), zorder=0)
    lines_ = ax.contour(x, y, shown, levels=at[1:-1], colors="#8FA5BA", linewidths=0.55, alpha=0.7, zorder=1,
                        negative_linestyles="solid")
    if numbers:
        for text in ax.clabel(lines_, at[2:-1:2], fmt="%.2g", colors=style.MUTED, fontsize=style.SMALL - 1.5, inline_spacing=3):
            text.set(fontfamily=style.families(), fontstyle="normal", zorder=2)
    for places, name in ((minima, "race minimum"), (saddles, "race saddle")):
        for px, py in places:
            if x[0] <= px <= x[-1] and y[0] <= py <= y[-1]:
                ax.plot(px, py, **PLACES[name], zorder=9)


def map_axes(picture: Figure, data: Mapping[str, Any], top: float = HEAD) -> Axes:
    """Axes with the function's map, equal for every frame of a film."""
    ax = style.axes(picture, LEFT, top, WIDTH, HEIGHT)
    net = data.get("net")
    style.dress(ax, "", t("net x", share=net["first"]) if net else "x", grid=False)
    contours(ax, data["x"], data["y"], data["z"], data["minima"], data["saddles"], numbers=bool(net))
    ax.set_xlim(data["x"][0], data["x"][-1])
    ax.set_ylim(data["y"][0], data["y"][-1])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(Numbers(False))
        axis.set_minor_locator(NullLocator())
    up = t("net y", share=net["second"]) if net else "y"
    style.label(ax, data["x"][0], data["y"][-1], up, style.MUTED, style.SMALL, offset=(0, 8) if net else (-9, 8),
                ha="left" if net else "center")
    ax.plot(*data["start"], **PLACES["race start"], zorder=10)
    return ax


def path_lines(ax: Axes, paths: Sequence[Mapping[str, Any]]) -> list[tuple[Line2D, Line2D]]:
    """A line and an end mark for each path, in thin white borders that keep crossings legible."""
    kinds, drawn = [path["optimizer"] for path in paths], []
    for k, path in enumerate(paths):
        color, dashes, mark = look(path, k, kinds)
        points = np.asarray(path["points"])
        (line,) = ax.plot(*points.T, color=color, linestyle=dashes, marker="", linewidth=1.7, solid_joinstyle="round",
                          dash_joinstyle="round", solid_capstyle="round", dash_capstyle="butt", zorder=4 + k / 50)
        line.set_path_effects([Stroke(linewidth=2.9, foreground=style.PAPER, alpha=0.75), Normal()])
        (end,) = ax.plot(*points[-1:].T, linestyle="none", marker=mark, markersize=SIZES.get(mark, 6.5), color=color,
                         markeredgecolor=style.PAPER, markeredgewidth=0.9, zorder=6 + k / 50)
        drawn.append((line, end))
    return drawn


def curve_axes(picture: Figure, data: Mapping[str, Any], top: float, height: float = CURVE) -> Axes:
    """f against the step, logarithmic, with the tolerance as a line."""
    ax = style.axes(picture, LEFT, top, WIDTH, height)
    net = data.get("net")
    style.dress(ax, t("net f", n=net["pictures"]) if net else t("race f"), t("race step"))
    paths = data["paths"]
    values = np.concatenate([np.asarray(path["values"], dtype=float) for path in paths])
    values = values[np.isfinite(values)]
    first = max(float(np.asarray(paths[0]["values"])[0]), data["tolerance"])
    ax.set_yscale("log")
    low = max(float(values.min()), data["tolerance"] * (0.02 if net else 1e-3))
    high = min(float(values.max()), 30 * first)
    ax.set_ylim(min(low, data["tolerance"]) / 1.6, high * 2)
    ax.set_xlim(0, max(data["steps"], 1))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if net else (1,), numticks=6))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(Numbers(False))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
    ax.xaxis.set_major_formatter(Numbers(False))
    kinds = [path["optimizer"] for path in paths]
    for k, path in enumerate(paths):
        color, dashes, _ = look(path, k, kinds)
        heights = np.maximum(np.asarray(path["values"], dtype=float), FLOOR)
        steps = path.get("at", np.arange(len(heights)))
        ax.plot(steps, heights, color=color, linestyle=dashes, marker="", linewidth=1.4, zorder=3 + k / 50,
                solid_joinstyle="round", dash_joinstyle="round", solid_capstyle="round", dash_capstyle="butt")
    ax.axhline(data["tolerance"], color=style.INK, linewidth=0.9, linestyle=(0, (1, 2)), marker="", zorder=2)
    style.label(ax, data["steps"], data["tolerance"], t("race tolerance"), style.MUTED, style.SMALL, offset=(8, 0))
    return ax


def legend(picture: Figure, data: Mapping[str, Any], left: float, result: str = "") -> None:
    """Beside the map: a sample of each line with its mark, name, rate and result."""
    width, height = picture.get_size_inches()
    kinds = [path["optimizer"] for path in data["paths"]]
    style.write(picture, left, HEAD - 0.02, t("race optimizer"), style.SMALL, style.MUTED)
    style.write(picture, left + SIDE - 0.3, HEAD - 0.02, result or t("race result", tolerance=data["tolerance"]), style.SMALL,
                style.MUTED, ha="right")
    for k, path in enumerate(data["paths"]):
        color, dashes, mark = look(path, k, kinds)
        y = HEAD + 0.36 + k * ROW
        across = [left / width, (left + SAMPLE) / width]
        picture.add_artist(Line2D(across, [1 - y / height] * 2, color=color, linestyle=dashes, linewidth=1.7, marker="",
                                  transform=picture.transFigure, solid_capstyle="round", dash_capstyle="butt"))
        picture.add_artist(Line2D(across[1:], [1 - y / height], color=color, marker=mark, markersize=SIZES.get(mark, 6.5),
                                  linestyle="none", markeredgecolor=style.PAPER, markeredgewidth=0.9,
                                  transform=picture.transFigure))
        bold = path["state"] == "reached"
        style.write(picture, left + SAMPLE + 0.16, y, path["optimizer"], style.BODY, color, va="center", fontweight="bold")
        style.write(picture, left + SAMPLE + 1.02, y, f"{path['learning_rate']:g}", style.BODY, style.MUTED, va="center")
        style.write(picture, left + SIDE - 0.3, y, told(path), style.BODY, style.INK if bold else style.MUTED, va="center",
                    ha="right", fontweight="bold" if bold else "normal")
    known = {"race start": data["start"] is not None, "race minimum": len(data["minima"]), "race saddle": len(data["saddles"])}
    shown = [name for name, some in known.items() if some]
    at, y = left + 0.1, HEAD + 0.36 + (len(data["paths"]) + 0.45) * ROW
    for name in shown:
        options = PLACES[name] | {"markersize": PLACES[name]["markersize"] * 0.85}
        picture.add_artist(Line2D([at / width], [1 - y / height], linestyle="none", transform=picture.transFigure, **options))
        style.write(picture, at + 0.14, y, t(name), style.SMALL, style.MUTED, va="center")
        at += 0.45 + style.width_of(t(name), style.SMALL)


def named(function: str) -> str:
    """A function's name in words."""
    key = f"name {function}"
    return t(key) if key in WORDS else function


def told(path: Mapping[str, Any]) -> str:
    """How a path ended, in a few words."""
    if "said" in path:
        return path["said"]
    if path["diverged"] is not None:
        return t("race diverged", step=path["diverged"])
    if path["reached"] is None:
        return t("net going" if path.get("is_loss") else "race going", final=path["final"])
    return t("race left" if path["state"] == "left again" else "race reached", steps=path["reached"])


def layout(data: Mapping[str, Any], curve: bool = True) -> tuple[Figure, float]:
    """An empty page of the right size, and where the legend stands.

    Raises ArgumentError: no paths.
    """
    if not data["paths"]:
        raise ArgumentError("optimizer_race(data)", "one path or more", "none")
    n = sum(path["state"] == "reached" for path in data["paths"])
    net = data.get("net")
    title = t("net race" if net else "race", function=named(data["function"]), n=n, all=len(data["paths"]),
              tolerance=data["tolerance"], steps=data["steps"])
    below = t("net below", both=net["first"] + net["second"]) if net else t("race below", formula=data["formula"])
    left = LEFT + WIDTH + 0.35
    height = max(HEAD + HEIGHT + FOOT + (GAP + CURVE - 0.1 if curve else 0), HEAD + 0.6 + ROW * (len(data["paths"]) + 1))
    return style.page(left + SIDE, height, LEFT, title, below), left


@register("figure")
def optimizer_race(data: Mapping[str, Any]) -> Figure:
    """Draws what `nabi.race` gave: the map with the paths, f step by step, and the optimizers with rate and result.

    Args:
        data: as of `Race.data()`: function, formula, start, steps, tolerance, minima, saddles, x, y, z of the map, and paths with
            name, optimizer, learning_rate, points, values, state, reached, diverged, final. As of `NetRace.data()` also net:
            pictures, first, second (shares in per cent), and "at" of each path, the steps of its points.

    Returns: figure.

    Raises: ArgumentError without paths.

    Example:
        >>> x = np.linspace(-1, 1, 30)
        >>> path = {"name": "SGD", "optimizer": "SGD", "learning_rate": 0.1, "points": [[1, 1], [0, 0]], "values": [2, 0],
        ...         "state": "reached", "reached": 1, "diverged": None, "final": 0}
        >>> figure = optimizer_race({"function": "bowl", "formula": "x² + y²", "start": (1, 1), "steps": 1, "tolerance": 0.1,
        ...                          "minima": [(0, 0)], "saddles": [], "x": x, "y": x, "z": x**2 + x[:, None]**2,
        ...                          "paths": [path]})
        >>> figure.texts[0].get_text()
        'bowl: 1 of 1 optimizers within 0.1 in 1 steps'
    """
    picture, left = layout(data)
    path_lines(map_axes(picture, data), data["paths"])
    curve_axes(picture, data, HEAD + HEIGHT + GAP)
    legend(picture, data, left)
    return picture


def optimizer_curves(data: Mapping[str, Any]) -> Figure:
    """Draws f step by step alone, with the optimizers beside it; arguments as in `optimizer_race`."""
    picture, left = layout(data, curve=False)
    if data.get("net"):
        picture.texts[1].set_text(t("net curves", batch=data["net"]["batch"]))
    curve_axes(picture, data, HEAD + 0.25, HEIGHT - 0.25)
    legend(picture, {**data, "minima": (), "saddles": (), "start": None}, left)
    return picture


def race_sweep(function: str, steps: int, rates: Sequence[float], series: Mapping[str, Any]) -> Figure:
    """Draws f after the last step against the learning rate, one line for each optimizer; NaN where it diverged.

    Example:
        >>> race_sweep("bowl", 50, [0.01, 0.1, 1.0], {"SGD": [0.5, 1e-3, np.nan]}).texts[0].get_text()
        'bowl: f after 50 steps at each learning rate'
    """
    floored = {name: np.where(np.isnan(y), np.nan, np.maximum(y, 1e-8)) for name, y in series.items()}
    figure = lines(rates, floored, t("sweep", function=named(function), steps=steps), t("sweep below"), t("learning rate"),
                   t("sweep f"), "xy")
    for ax in figure.axes:  # the colours of the race
        for artist in (*ax.lines, *ax.texts):
            name = artist.get_text() if isinstance(artist, Text) else str(artist.get_label())
            if name in LOOKS:
                artist.set_color(LOOKS[name][0])
                if isinstance(artist, Line2D):
                    artist.set_linestyle(LOOKS[name][1])
        at_ends(ax)
    return figure


def at_ends(ax: Axes) -> None:
    """Moves the names of lines to where these end: to the right of it, or above where another line runs there."""
    def points(values: Any) -> np.ndarray:
        known = np.asarray(values, dtype=float)
        return ax.transData.transform(known[np.isfinite(known).all(1)]) * 72 / style.DPI

    lines_ = {str(line.get_label()): np.asarray(line.get_xydata(), dtype=float) for line in ax.lines}
    for text in [one for one in ax.texts if isinstance(one, Annotation) and one.get_text() in lines_]:
        name = text.get_text()
        known = lines_[name][np.isfinite(lines_[name]).all(1)]
        if not len(known):
            continue
        (x, y), wide = points(known[-1:])[0], 72 * style.width_of(name, style.BODY, bold=True)
        room = np.linspace(x + 8, x + 8 + wide, 12)
        others = [points(values) for other, values in lines_.items() if other != name]
        crossed = any((np.abs(np.interp(room, *line.T, left=np.inf, right=np.inf) - y) < 9).any() for line in others if len(line))
        text.xy = tuple(known[-1])
        text.set_position((0, 11) if crossed else (8, 0))
        text.set_horizontalalignment("center" if crossed else "left")
