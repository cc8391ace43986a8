"""Search: the trials of a hyper-parameter search: each trial's value and the best so far, and the value over each entry.

    best so far b_n = max of y_1 .. y_n over the trials that were trained to the end
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.curves import Numbers
from nabi.viz.labels import short, words
from nabi.viz.words import t

WIDTH, HEIGHT, PANEL, PER_ROW, GAP, LEFT, HEAD = 7.0, 2.2, 1.6, 3, 0.75, 0.75, 1.25  # in inches
JITTER = 0.09  # of the distance between two names, so that equal trials do not hide each other


@register("figure")
def search(values: Sequence[float], entries: Mapping[str, Sequence[Any]], given_up: Sequence[bool] = (),
           log: Collection[str] = (), apart: Collection[str] = (), name: str = "val_accuracy") -> Figure:
    """Draws the trials in their order with the best so far, and below them the value over each entry that was varied.

    Args:
        values: (n,) shares, what each trial is judged by; NaN for one that has none.
        entries: entry -> (n,) numbers or names, None where a trial does not have it.
        given_up: (n,) whether a trial was not trained to the end; such ones are hollow. None given: all were.
        log: entries whose axis is logarithmic.
        apart: entries whose numbers stand side by side like names.
        name: what the values are.

    Returns: figure; a friendly note if no trial has a value.

    Raises: ArgumentError for lengths that do not fit.

    Example:
        >>> figure = search([0.9, 0.95, 0.93], {"learning_rate": [0.1, 0.01, 0.001], "optimizer": ["sgd", "adam", "sgd"]})
        >>> figure.texts[0].get_text(), len(figure.axes)
        ('Best of 3 trials: 95.00 % validation accuracy', 3)
    """
    y = np.asarray(values, dtype=float)
    hollow = np.asarray(given_up, dtype=bool) if len(given_up) else np.zeros(len(y), dtype=bool)
    for what, length in (("given_up", len(hollow)), *((f"entries[{entry!r}]", len(column)) for entry, column in entries.items())):
        if length != len(y):
            raise ArgumentError(f"search({what})", f"{len(y)} values, as many as there are trials", length)
    if not np.isfinite(y).any():
        return style.note(t("search"), t("nothing to draw"))
    rows = -(-len(entries) // PER_ROW)
    whole = ~hollow & np.isfinite(y)
    best = f"{100 * (y[whole].max() if whole.any() else np.nanmax(y)):.2f} %"
    below = t("search dots") if hollow.any() else t("search line")
    height = HEAD + HEIGHT + rows * (PANEL + GAP) + 0.65
    picture = style.page(LEFT + WIDTH + 0.4, height, LEFT, t("search best", n=len(y), best=best, name=words(name)), below)
    room = 0.1 * (np.nanmax(y) - np.nanmin(y)) or 0.05
    span = max(np.nanmin(y) - room, 0), min(np.nanmax(y) + room, 1 + room / 2)
    ax = style.axes(picture, LEFT, HEAD, WIDTH, HEIGHT)
    _dress(ax, words(name)[:1].upper() + words(name)[1:], t("search trial"), span)
    places = np.arange(1, len(y) + 1)
    so_far = np.fmax.accumulate(np.where(whole, y, np.nan))
    ax.plot(places, so_far, drawstyle="steps-post", color=style.VERMILION, linewidth=2, linestyle="-", marker="", zorder=3,
            label="best")
    _dots(ax, places, y, hollow)
    ax.set_xlim(0.4, len(y) + 0.6)
    ax.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    width = (WIDTH - (PER_ROW - 1) * GAP) / PER_ROW
    for k, (entry, column) in enumerate(entries.items()):
        down, across = divmod(k, PER_ROW)
        ax = style.axes(picture, LEFT + across * (width + GAP), HEAD + HEIGHT + GAP + 0.1 + down * (PANEL + GAP), width, PANEL)
        _dress(ax, short(entry, 24), "", span)
        x, has = _placed(ax, column, entry in log, entry in apart)
        _dots(ax, x, y[has], hollow[has])
    return picture


def _dress(ax: Axes, title: str, xlabel: str, span: tuple[float, float]) -> None:
    """Plain axes over the same shares everywhere."""
    style.dress(ax, title, xlabel)
    ax.set_ylim(span)
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3))
    ax.yaxis.set_major_formatter(Numbers(True))


def _dots(ax: Axes, x: np.ndarray, y: np.ndarray, hollow: np.ndarray) -> None:
    """A dot for each trial; those that were given up are hollow."""
    for those, face, label in ((~hollow, style.BLUE, "finished"), (hollow, style.PAPER, "given up")):
        ax.plot(x[those], y[those], linestyle="none", marker="o", markersize=5.5, markerfacecolor=face,
                markeredgecolor=style.BLUE, markeredgewidth=1.2, zorder=4, clip_on=False, label=label)


def _placed(ax: Axes, column: Sequence[Any], log: bool, apart: bool) -> tuple[np.ndarray, np.ndarray]:
    """Places of an entry's values on the axis, and which trials have one: numbers where they are, names side by side."""
    has = np.array([value is not None for value in column], dtype=bool)
    known = [value for value in column if value is not None]
    ax.xaxis.set_minor_locator(NullLocator())
    if known and not apart and all(is_number(value) for value in known):
        x = np.array(known, dtype=float)
        if log and x.min() > 0:
            ax.set_xscale("log")
            ax.set_xlim(x.min() / 1.3, x.max() * 1.3)
            ax.set_xticks(_few(x))
            ax.xaxis.set_minor_locator(NullLocator())
        else:
            room = 0.08 * (x.max() - x.min()) or 0.5
            ax.set_xlim(x.min() - room, x.max() + room)
            ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.4g}".replace("-", "\N{MINUS SIGN}")))
        return x, has
    ordered = sorted(dict.fromkeys(known), key=lambda value: (0, value) if is_number(value) else (1, str(value)))
    names = list(map(str, ordered))
    places = [names.index(str(value)) for value in known]
    x = np.array([place + JITTER * ((places[:k].count(place) + 1) % 3 - 1) for k, place in enumerate(places)], dtype=float)
    ax.set_xlim(-0.5, max(len(names), 1) - 0.5)
    ax.set_xticks(range(len(names)), [short(name, 12) for name in names], fontfamily=style.families("".join(names)))
    return x, has


def _few(x: np.ndarray) -> list[float]:
    """At most four numbers for a logarithmic axis: powers of ten in the range, else its ends."""
    low, high = math.ceil(math.log10(x.min()) - 0.1), math.floor(math.log10(x.max()) + 0.1)
    powers = [10.0**k for k in range(low, high + 1)]
    return powers[:: -(-len(powers) // 4)] if len(powers) > 1 else [float(x.min()), float(x.max())]
