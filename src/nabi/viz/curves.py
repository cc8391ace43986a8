"""Learning curves: training against validation, epoch by epoch, with the epoch at which to stop.

Where training goes on to fall and validation turns round, the network begins to learn its samples by heart (overfitting);
early stopping keeps the weights of the turning point.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, Formatter, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.labels import free_spot, inside, number, spread, ticks, words
from nabi.viz.words import t

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 3.3, 2.35, 0.75, 1.3, 0.42, 0.55  # of a panel, in inches
QUIET = ("lr", "learning_rate")  # logged beside the metrics, but no measure of quality
MORE_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall", "f1", "iou", "dice", "r2", "similarity", "score")
ACRONYMS = ("auc", "iou", "mae", "mape", "mse", "msle", "rmse")
LOG_FROM = 100  # largest / smallest loss from which the scale is logarithmic


@register("figure")
def learning_curves(
    history: Mapping[str, Sequence[float]],
    best_epoch: int | None = None,
    monitor: str | None = "val_loss",
    mode: str = "auto",
    epochs: Mapping[str, Sequence[int]] | None = None,
    title: str = "",
    names: tuple[str, str] | None = None,
) -> Figure:
    """Draws one panel for the loss and one for each metric, training and validation in each.

    Args:
        history: log name -> one value an epoch, such as `fit(...).history`; "val_" in front means validation.
        best_epoch: epoch to mark, counted from 0 as in `EarlyStopping.best_epoch` (the figure counts from 1); None finds the
            best value of `monitor`.
        monitor: log whose value is given at the marked epoch; None marks nothing. "val_loss" may be absent.
        mode: "min" or "max": which way `monitor` gets better; "auto" goes by its name.
        epochs: log name -> the epochs of its values, from 0, where they are not 0, 1, 2, ...
        title: headline; by default it says what the marked epoch reached.
        names: what the two lines are; by default training and validation.

    Returns: figure; a friendly note if there is nothing to draw.

    Raises: ArgumentError for an unknown monitor or mode, an epoch that did not run, or lengths that do not fit.

    Example:
        >>> figure = learning_curves({"loss": [0.9, 0.5, 0.3], "val_loss": [0.8, 0.6, 0.7]})
        >>> figure.texts[0].get_text()
        'Lowest validation loss after epoch 2: 0.600'
    """
    series = _series(history, epochs or {})
    if not series:
        return style.note(t("learning curves"), t("no epoch"))
    best = _best(series, best_epoch, monitor, mode)
    bases = sorted({name.removeprefix("val_"): None for name in series}, key=lambda base: base != "loss")
    columns = min(len(bases), 3 if len(bases) > 4 else 2)
    rows = math.ceil(len(bases) / columns)
    head = 0.85
    last = max(int(x[-1]) for x, _ in series.values())
    headline, detail = _headline(series, best, monitor, mode, last)
    width, height = columns * (LEFT + WIDTH + RIGHT), head + rows * (TOP + HEIGHT + BOTTOM)
    picture = style.page(width, height, LEFT, title or headline, detail)
    for k, base in enumerate(bases):
        row, column = divmod(k, columns)
        left, top = column * (LEFT + WIDTH + RIGHT) + LEFT, head + row * (TOP + HEIGHT + BOTTOM) + TOP
        ends = names or (t("training"), t("validation"))
        _panel(style.axes(picture, left, top, WIDTH, HEIGHT), base, series, best, monitor, ends)
    return picture


Series = dict[str, tuple[np.ndarray, np.ndarray]]


def _series(history: Mapping[str, Sequence[float]], epochs: Mapping[str, Sequence[int]]) -> Series:
    """Log name -> (epochs from 1, values with NaN for what is not finite); logs without values are left out."""
    series = {}
    for name, values in history.items():
        y = np.array([float(value) for value in values])
        x = np.array(epochs.get(name, range(len(y))), dtype=int) + 1
        if len(x) != len(y):
            raise ArgumentError(f"learning_curves(epochs[{name!r}])", f"{len(y)} epochs", len(x), "One for each value.")
        if len(y) and name not in QUIET:
            series[name] = x, np.where(np.isfinite(y), y, np.nan)
    return series


def _direction(monitor: str, mode: str) -> str:
    if mode not in ("auto", "min", "max"):
        raise ArgumentError("learning_curves(mode)", "'auto', 'min' or 'max'", repr(mode))
    if mode != "auto":
        return mode
    words = monitor.lower().split("_")
    return "max" if words[-1] != "loss" and set(words) & set(MORE_IS_BETTER) else "min"


def _best(series: Series, best_epoch: int | None, monitor: str | None, mode: str) -> int | None:
    """The epoch to mark, from 1."""
    where = "learning_curves(monitor)"
    if monitor is not None and monitor not in series and monitor != "val_loss":
        raise ArgumentError(where, "a name in the history", repr(monitor), did_you_mean(monitor, series))
    if best_epoch is not None:
        ran = {int(epoch) for x, _ in series.values() for epoch in x}
        if best_epoch + 1 not in ran:
            span = f"an epoch from {min(ran) - 1} to {max(ran) - 1} (counted from 0)"
            raise ArgumentError("learning_curves(best_epoch)", span, best_epoch)
        return best_epoch + 1
    if monitor is None or monitor not in series:
        return None
    x, y = series[monitor]
    if np.isnan(y).all():
        return None
    return int(x[np.nanargmin(y) if _direction(monitor, mode) == "min" else np.nanargmax(y)])


def _headline(series: Series, best: int | None, monitor: str | None, mode: str, last: int) -> tuple[str, str]:
    """What the figure says, and the line below it."""
    ran = t("epochs ran", n=last) if last > 1 else t("one epoch ran")
    if best is None or monitor not in series:
        return t("learning curves"), ran if best is None else t("is marked", ran=ran, best=best)
    if all(len(x) == 1 for x, _ in series.values()):
        value = _value(monitor, float(series[monitor][1][0]))
        return t("after one", name=words(monitor), value=value), t("needs two")
    x, y = series[monitor]
    if best not in x or np.isnan(y[x == best][0]):
        return t("learning curves"), t("is marked", ran=ran, best=best)
    value = float(y[x == best][0])
    lowest = _direction(monitor, mode) == "min"
    is_best = value == (np.nanmin(y) if lowest else np.nanmax(y))
    which = ("lowest" if lowest else "highest") if is_best else "reached"
    headline = t(which, name=words(monitor), best=best, value=_value(monitor, value))
    return headline[0].upper() + headline[1:], t("dashed", ran=ran, best=best)


def _is_share(name: str) -> bool:
    """Whether a log is a share that people read in per cent."""
    return bool({"acc", "accuracy"} & set(name.split("_")))


def _value(name: str, value: float) -> str:
    return f"{100 * value:.2f} %" if _is_share(name) else number(value)


def _panel(ax: Axes, base: str, series: Series, best: int | None, monitor: str | None, names: tuple[str, str]) -> None:
    """Training and validation of one log, each line named at its end."""
    shown = [
        (log, color, width) for log, color, width in ((base, style.MUTED, 1.6), (f"val_{base}", style.BLUE, 2.2)) if log in series
    ]
    x = np.concatenate([series[log][0] for log, _, _ in shown])
    y = np.concatenate([series[log][1] for log, _, _ in shown])
    is_log = _scale(ax, base, x, y)
    name = base.upper() if base in ACRONYMS else words(base)[0].upper() + words(base)[1:]
    style.dress(ax, t("logarithmic", name=name) if is_log else name, t("epoch"))
    for log, color, width in shown:
        dots = {"marker": "o" if len(series[log][0]) <= 15 else "", "markersize": 3.4 if x.min() < x.max() else 7}
        line = {"color": color, "linewidth": width, "linestyle": "-", "solid_capstyle": "round", "solid_joinstyle": "round"}
        ax.plot(*series[log], **line, **dots, label=log, clip_on=False, zorder=3 if log == base else 4)
    _name_ends(ax, base, [(series[log], color) for log, color, _ in shown], names)
    if best is not None and x.min() < x.max() and x.min() <= best <= x.max():
        log = monitor if monitor in (base, f"val_{base}") and monitor in series else shown[-1][0]
        _mark(ax, best, log, series[log], [series[log] for log, _, _ in shown], is_monitored=log == monitor)


def _scale(ax: Axes, base: str, x: np.ndarray, y: np.ndarray) -> bool:
    """Limits and ticks: whole epochs, shares in per cent; True where the values span so much that the scale is logarithmic."""
    first, last = int(x.min()), int(x.max())
    room = 0.03 * (last - first) or 0.5  # so that no dot hides a number at the axis
    ax.set_xlim(first - room, last + room)
    step = next(s * 10**p for p in range(9) for s in (1, 2, 5) if (last - first) / (s * 10**p) <= 8)
    ticks = sorted({first, *range(step * math.ceil(first / step), last + 1, step)})
    if len(ticks) > 1 and ticks[1] - ticks[0] < step / 2:
        del ticks[1]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    known = y[np.isfinite(y)]
    if not len(known):
        ax.set_ylim(0, 1)
        return False
    low, high = float(known.min()), float(known.max())
    is_log = low > 0 and high / low >= LOG_FROM and not _is_share(base)
    if is_log:
        ax.set_yscale("log")
        room = (high / low) ** 0.06
        ax.set_ylim(low / room, high * room)
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1000 else (1,), numticks=7))
        ax.yaxis.set_minor_locator(NullLocator())
    else:
        pad = 0.07 * (high - low) or 0.05 * abs(high) or 0.5
        ax.set_ylim(max(low - pad, 0) if low >= 0 else low - pad, high + pad)
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], min_n_ticks=4))
    ax.yaxis.set_major_formatter(Numbers(_is_share(base)))
    return is_log


class Numbers(Formatter):
    """Numbers of an axis, alike in their decimals; shares in per cent."""

    def __init__(self, share: bool):
        self.share = share

    def format_ticks(self, values):
        return [f"{text} %" for text in ticks([100 * v for v in values])] if self.share else ticks(values)

    def __call__(self, x, pos=None):
        return self.format_ticks([x])[0]


def _name_ends(ax: Axes, base: str, lines: list[tuple[tuple[np.ndarray, np.ndarray], str]], names: tuple[str, str]) -> None:
    """Names and last values at the right of the lines' ends, moved apart where they would touch, and kept above the axis; beside
    the dots where one epoch is all there is.
    """
    ends = []
    for (x, y), color in lines:
        known = np.flatnonzero(np.isfinite(y))
        if len(known):
            ends.append((x[known[-1]], y[known[-1]], color))
    right = ax.get_xlim()[1] if any(len(x) > 1 for (x, _), _ in lines) else lines[0][0][0][0]
    points = [ax.transData.transform((right, y))[1] * 72 / style.DPI for _, y, _ in ends]
    low, high = ax.bbox.y0 * 72 / style.DPI, ax.bbox.y1 * 72 / style.DPI
    for (_, y, color), wanted, placed in zip(ends, points, inside(spread(points, 24), low + 12, high - 8), strict=True):
        name = names[color == style.BLUE]
        style.label(ax, right, y, name, color, offset=(9, placed - wanted + 5.5), fontweight="bold")
        style.label(ax, right, y, _value(base, float(y)), color, style.SMALL, offset=(9, placed - wanted - 6))


def _mark(ax: Axes, best: int, log: str, line: tuple[np.ndarray, np.ndarray], lines: list[Any], is_monitored: bool) -> None:
    """A dashed line at the marked epoch; on the monitored curve also the point with its value."""
    ax.axvline(best, marker="", color=style.VERMILION, linewidth=1, linestyle=(0, (4, 3)), zorder=2, label="best epoch")
    x, y = line
    here = np.flatnonzero((x == best) & np.isfinite(y))
    if not len(here):
        return
    value = float(y[here[0]])
    size, edge = (8, 2) if is_monitored else (6, 1.5)
    ring = {"marker": "o", "markersize": size, "markerfacecolor": style.PAPER, "markeredgecolor": style.VERMILION}
    ax.plot([best], [value], linestyle="none", markeredgewidth=edge, **ring, zorder=6, clip_on=False, label="best point")
    if here[0] == np.flatnonzero(np.isfinite(y))[-1]:  # the value stands at the line's end
        return
    text = t("mark", best=best, value=_value(log, value))
    dx, dy, ha = free_spot(ax, best, value, lines)
    style.label(
        ax, best, value, text, style.VERMILION, style.SMALL, offset=(dx, dy), ha=ha, fontweight="bold", zorder=7, linespacing=1.25
    )
