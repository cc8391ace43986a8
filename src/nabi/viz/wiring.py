"""Wiring: units as circles and weights as lines: networks of a few neurons, and who is joined to whom in a layer.

    width of a line = |w|, blue above 0, vermilion below          `neurons`
    colour of a line = which weight it is                         `wiring`: shared weights are one colour
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.viz import style

RADIUS, THICK = 0.19, 5.0  # of a unit, in inches; of the heaviest line, in points
MOST = 16  # units of a layer
HUES = ("#0B69B4", "#C84C09", "#00805B", "#9A3F7E", "#8A5A00")


@register("figure", "neurons")
def neurons(networks: Sequence[dict[str, Any]], title: str = "", subtitle: str = "") -> Figure:
    """Draws small networks side by side.

    Args:
        networks: for each "title", "weights": kernels (in, out) from layer to layer, "biases": one vector for each of them,
            "names": of the units, a list for each layer from the inputs on; "layers": a word below each; "note": a line below.
        title, subtitle: headline and the line below it.

    Example:
        >>> one = {"title": "or", "weights": [np.ones((2, 1))], "biases": [np.zeros(1)], "names": [["a", "b"], ["y"]]}
        >>> len(neurons([one]).axes)
        1
    """
    for number, net in enumerate(networks):
        sizes = [len(net["weights"][0]), *(np.shape(w)[1] for w in net["weights"])]
        if max(sizes) > MOST or [len(names) for names in net["names"]] != sizes:
            raise ArgumentError(f"neurons(networks[{number}])", f"names for layers of at most {MOST} units", sizes)
    wide = [1.5 + 1.9 * len(net["weights"]) for net in networks]
    high = [max(map(len, net["names"])) * 0.8 + 0.1 for net in networks]
    heaviest = max(float(np.abs(k).max()) for net in networks for k in net["weights"]) or 1.0
    top = 1.3
    picture = style.page(0.6 + sum(wide), top + max(high) + 0.85, 0.35, title, subtitle)
    left = 0.3
    for net, w in zip(networks, wide, strict=True):
        ax = style.axes(picture, left, top, w, max(high))
        _net(ax, net, w, max(high), heaviest)
        style.write(picture, left + 0.1, top - 0.3, net["title"], style.HEADING, fontweight="bold")
        style.write(picture, left + 0.1, top + max(high) + 0.36, net.get("note", ""), style.SMALL, style.MUTED)
        left += w
    return picture


def _net(ax, net: dict[str, Any], w: float, h: float, heaviest: float) -> None:
    """One network in axes of inches."""
    ax.set_axis_off()
    ax.set_xlim(0, w)
    ax.set_ylim(h, 0)
    layers = len(net["names"])
    x = np.linspace(0.55, w - 0.95, layers)
    y = [h / 2 + 0.8 * (np.arange(len(names)) - (len(names) - 1) / 2) for names in net["names"]]
    few = sum(k.size for k in net["weights"]) <= 12
    for number, kernel in enumerate(net["weights"]):
        for i in range(kernel.shape[0]):
            for j in range(kernel.shape[1]):
                value = float(kernel[i, j])
                color = style.BLUE if value > 0 else style.VERMILION
                ax.plot([x[number], x[number + 1]], [y[number][i], y[number + 1][j]], color=color, zorder=1, alpha=0.85,
                        marker="", linewidth=max(0.4, THICK * abs(value) / heaviest), solid_capstyle="round")
                if few:
                    at = (0.25, 0.7)[i % 2] if kernel.shape[1] > 1 else 0.5
                    place = x[number] + at * (x[number + 1] - x[number]), y[number][i] + at * (y[number + 1][j] - y[number][i])
                    style.label(ax, *place, _signed(value), color, style.SMALL, offset=(0, 7), ha="center", zorder=5)
    for number, names in enumerate(net["names"]):
        for k, name in enumerate(names):
            ax.add_patch(Circle((x[number], y[number][k]), RADIUS, facecolor=style.PAPER, edgecolor=style.INK, linewidth=1.2,
                                zorder=3))
            style.label(ax, x[number], y[number][k], name, style.INK, style.BODY, ha="center", zorder=4, path_effects=[])
            if number:
                bias = f"b {_signed(net['biases'][number - 1][k])}"
                style.label(ax, x[number], y[number][k] + RADIUS + 0.1, bias, style.MUTED, style.SMALL, ha="center", zorder=5)
    for place, word in zip(x, net.get("layers", ()), strict=False):
        style.label(ax, place, h + 0.12, word, style.MUTED, style.SMALL, ha="center")


def _signed(value: float) -> str:
    """A number with its sign, but for 0.

    Example:
        >>> _signed(2.04), _signed(-0.01)
        ('+2.0', '0.0')
    """
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "\u2212")


@register("figure", "wiring")
def wiring(columns: Sequence[dict[str, Any]], words: dict[str, str], title: str = "", subtitle: str = "") -> Figure:
    """Draws layers on one small input: lines from inputs to outputs, and the same as a matrix of outputs and inputs.

    Args:
        columns: for each "title", "weights": integers (outputs, inputs), the number of the weight that joins them, from 0,
            or -1 where nothing does; "lines": what is said below.
        words: "inputs", "outputs", "matrix" in the reader's language.
        title, subtitle: headline and the line below it.

    Example:
        >>> one = {"title": "dense", "weights": np.arange(6).reshape(2, 3), "lines": ["6 weights"]}
        >>> len(wiring([one], {"inputs": "inputs", "outputs": "outputs", "matrix": "which weight"}).axes)
        2
    """
    w, top, high, cell = 3.1, 1.25, 1.75, 1.7
    rows = max(len(column["lines"]) for column in columns)
    picture = style.page(0.5 + w * len(columns) + 0.3, top + high + 0.55 + cell + 0.4 + 0.22 * rows, 0.35, title, subtitle)
    for number, column in enumerate(columns):
        matrix = np.asarray(column["weights"])
        outputs, inputs = matrix.shape
        count = int(matrix.max()) + 1
        colors = _hues(count)
        left = 0.45 + w * number
        style.write(picture, left, top - 0.32, column["title"], style.HEADING, fontweight="bold")
        ax = style.axes(picture, left, top, w - 0.4, high)
        ax.set_axis_off()
        ax.set_xlim(-0.6, max(inputs, outputs) - 0.4)
        ax.set_ylim(-0.35, 1.35)
        shift = (inputs - outputs) / 2
        for j in range(outputs):
            for i in range(inputs):
                if matrix[j, i] >= 0:
                    ax.plot([i, j + shift], [0, 1], color=colors[matrix[j, i]], linewidth=1.5, marker="", zorder=1)
        for x, y, n in ((0.0, 0, inputs), (shift, 1, outputs)):
            ax.plot(x + np.arange(n), [y] * n, linestyle="none", marker="o", markersize=11, markerfacecolor=style.PAPER,
                    markeredgecolor=style.INK, markeredgewidth=1.2, zorder=3)
        if not number:
            style.label(ax, -0.5, 1.3, words["outputs"], style.MUTED, style.SMALL)
            style.label(ax, -0.5, -0.3, words["inputs"], style.MUTED, style.SMALL)
        base = top + high + 0.55
        if not number:
            style.write(picture, left, base - 0.3, words["matrix"], style.SMALL, style.MUTED)
        side = min(cell / outputs, (w - 0.5) / inputs)
        grid = style.axes(picture, left, base, side * inputs, side * outputs)
        shown = np.where(matrix < 0, 0, matrix + 1)
        grid.imshow(shown, cmap=ListedColormap([style.GRID, *colors]), vmin=0, vmax=count, interpolation="nearest", aspect="auto",
                    origin="upper")
        style.frame(grid)
        for k in range(1, inputs):
            grid.axvline(k - 0.5, color=style.PAPER, linewidth=1.2, marker="")
        for k in range(1, outputs):
            grid.axhline(k - 0.5, color=style.PAPER, linewidth=1.2, marker="")
        for k, line in enumerate(column["lines"]):
            style.write(picture, left, base + side * outputs + 0.14 + 0.22 * k, line, style.BODY if not k else style.SMALL,
                        style.INK if not k else style.MUTED, fontweight="bold" if not k else "normal")
    return picture


def _hues(count: int) -> list[Any]:
    """A colour for each weight: those of the style for a few, else steps around the circle."""
    if count <= len(HUES):
        return list(HUES[:count])
    from matplotlib import colormaps

    return [colormaps["turbo"](0.06 + 0.88 * k / (count - 1)) for k in range(count)]
