"""seaborn's plots on one pair of axes, plainly drawn by matplotlib where seaborn is not installed.

    sns.heatmap(confusion, annot=True, fmt="d")      sns.countplot(x="Survived", hue="Sex", data=train)

Colours, confidence bands and fine details are not seaborn's; what is shown is: counts, means, quartiles, densities, pairs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nabi.as_keras.notes import note

__all__ = ["barplot", "boxenplot", "boxplot", "countplot", "distplot", "ecdfplot", "heatmap", "histplot", "kdeplot", "lineplot",
           "pointplot", "regplot", "residplot", "rugplot", "scatterplot", "stripplot", "swarmplot", "violinplot"]  # fmt: skip
WIDTH = 0.8  # of all bars of one category
SHARES = {"proportion": 1.0, "probability": 1.0, "percent": 100.0}  # what all of them are, together


def chosen(ax: Any) -> Any:
    """These axes, or the current ones."""
    import matplotlib.pyplot as plt

    note("seaborn", "seaborn is not installed: matplotlib draws plainly in its place.")
    return plt.gca() if ax is None else ax


class Columns:
    """What a plot is of: values along x and y, and groups, from a frame and names of its columns, or from arrays.

    Args:
        args: arrays in the order x, y, hue, data, or the frame.
        named: the same by word.
    """

    def __init__(self, args: tuple, named: dict[str, Any]):
        given = dict(zip(("x", "y", "hue", "data"), args, strict=False))
        given |= {word: named.pop(word) for word in ("x", "y", "hue", "data") if named.get(word) is not None}
        data = given.get("data")
        if hasattr(given.get("x"), "columns") and "data" not in named and data is None:
            data = given.pop("x")
        self.data = data
        self.names = {word: getattr(one, "name", one if isinstance(one, str) else None) for word, one in given.items()}
        self.x, self.y, self.hue = (self.values(given.get(word)) for word in ("x", "y", "hue"))

    def values(self, one: Any) -> np.ndarray | None:
        """A column's values, or those of an array."""
        if one is None:
            return None
        if isinstance(one, str) and self.data is not None:
            one = self.data[one]
        return np.asarray(one).ravel()

    def all_columns(self) -> dict[str, np.ndarray]:
        """The columns of numbers of the frame, or the one row of values there is."""
        if self.x is None and self.y is None and self.data is not None:
            if hasattr(self.data, "select_dtypes"):
                return {str(name): np.asarray(self.data[name]) for name in self.data.select_dtypes("number").columns}
            return {"": np.asarray(self.data, float).ravel()}
        return {"": self.x if self.x is not None else self.y}  # type: ignore[dict-item]

    def groups(self) -> list[tuple[Any, np.ndarray]]:
        """(group, which rows) for every value of hue; one group of all rows without it."""
        first = self.x if self.x is not None else self.y
        if self.hue is None:
            return [(None, np.ones(0 if first is None else len(first), bool))]
        return [(name, self.hue == name) for name in levels(self.hue)]


def levels(values: np.ndarray) -> list[Any]:
    """The different values, in order; those that are missing left out."""
    found = {value: None for value in values.tolist() if value is not None and value == value}
    try:
        return sorted(found) if values.dtype.kind in "iufb" else list(found)
    except TypeError:
        return list(found)


def numeric(values: Any) -> bool:
    """Whether these are numbers."""
    return np.asarray(values).dtype.kind in "iufb"


def label(ax: Any, columns: Columns, y: str | None = None) -> Any:
    """Names of the axes, and a legend of the groups."""
    for word, name in (("x", columns.names.get("x")), ("y", y or columns.names.get("y"))):
        if name is not None:
            ax.set(**{f"{word}label": name})
    if columns.hue is not None:
        ax.legend(title=columns.names.get("hue"))
    return ax


def luminance(colors: np.ndarray) -> np.ndarray:
    """Relative luminance of colours (..., 3 or 4), 0 for black to 1 for white (WCAG 2.0).

    Example:
        >>> luminance(np.array([[0, 0, 0], [1, 1, 1]])).tolist()
        [0.0, 1.0]
    """
    c = colors[..., :3]
    linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return (linear @ [0.2126, 0.7152, 0.0722]).round(12)


def heatmap(data: Any, vmin: Any = None, vmax: Any = None, cmap: Any = None, center: Any = None, robust: bool = False,
            annot: Any = None, fmt: str = ".2g", annot_kws: Any = None, cbar: bool = True, square: bool = False,
            xticklabels: Any = "auto", yticklabels: Any = "auto", mask: Any = None, ax: Any = None, **options: Any) -> Any:
    """A table as colours, with its numbers where `annot` asks for them."""
    ax = chosen(ax)
    values = np.asarray(data, float)
    shown = values if mask is None else np.ma.array(values, mask=np.asarray(mask, bool))
    cmap = "magma" if cmap is None else cmap
    drawn = ax.imshow(shown, cmap=cmap, vmin=vmin, vmax=vmax, aspect="equal" if square else "auto")
    if cbar:
        ax.figure.colorbar(drawn, ax=ax)
    if annot is not None and annot is not False:
        texts = np.asarray(data) if annot is True else np.asarray(annot)
        bright = luminance(drawn.to_rgba(shown)) > 0.408  # as seaborn: dark numbers on bright fields, white ones on dark fields
        for (row, column), text in np.ndenumerate(texts):
            text = format(text, "" if isinstance(text, str) else fmt)
            color = "0.15" if bright[row, column] else "white"
            ax.text(column, row, text, **{"ha": "center", "va": "center", "color": color} | (annot_kws or {}))
    for word, given, source in (("x", xticklabels, "columns"), ("y", yticklabels, "index")):
        size = values.shape[word == "x"]
        names = getattr(data, source, range(size))
        if isinstance(given, (str, bool)):
            given = list(names) if given else []
        elif isinstance(given, int):
            given = [name if n % given == 0 else "" for n, name in enumerate(names)]
        given = list(given)[:size]
        ax.set(**{f"{word}ticks": range(len(given)), f"{word}ticklabels": given})
    return ax


def per_category(reduce: Callable[[np.ndarray], float]) -> Callable:
    """A plot of bars: for every category of x, and every group, one number made of the values of y."""

    def plot(*args: Any, ax: Any = None, order: Any = None, orient: Any = None, estimator: Any = None, stat: str = "count",
             **options: Any) -> Any:
        columns, ax = Columns(args, options), chosen(ax)
        of: Callable = reduce if estimator is None else statistic(estimator)
        lying = columns.x is None or columns.y is not None and numeric(columns.x) and not numeric(columns.y)
        place, value = (columns.y, columns.x) if lying else (columns.x, columns.y)
        if place is None:
            table = columns.all_columns()
            place, value = np.repeat(list(table), [len(row) for row in table.values()]), np.concatenate(list(table.values()))
        names, groups = list(order) if order is not None else levels(place), columns.groups()
        width = WIDTH / len(groups)
        for n, (group, rows) in enumerate(groups):
            rows = rows if len(rows) == len(place) else np.ones(len(place), bool)
            chosen_rows = [rows & (place == name) for name in names]
            heights = np.array([of(value[one] if value is not None else one[one]) for one in chosen_rows])
            heights = heights if stat == "count" else heights * (SHARES[stat] / len(place))
            places = np.arange(len(names)) + (n - (len(groups) - 1) / 2) * width
            (ax.barh if lying else ax.bar)(places, heights, width, label=None if group is None else str(group))
        ax.set(**{"yticks" if lying else "xticks": range(len(names)), "yticklabels" if lying else "xticklabels": names})
        return label(ax, columns)

    return plot


def mean(values: np.ndarray) -> float:
    """The mean of what is there."""
    values = np.asarray(values, float)
    return float(np.nanmean(values)) if len(values) else 0.0


def statistic(estimator: Any) -> Callable:
    """A function of the values of a category: NumPy's of this name, or one's own; missing values left out.

    Example:
        >>> [statistic(one)(np.array([1.0, 5.0, 3.0, np.nan])) for one in ("median", "sum", len)]
        [3.0, 9.0, 3.0]
    """
    function: Any = estimator if callable(estimator) else len if estimator == "count" else getattr(np, estimator)

    def of(values: Any) -> float:
        there = np.asarray(values, float)
        there = there[~np.isnan(there)]
        return float(function(there)) if len(there) else 0.0

    return of


countplot = per_category(len)
barplot = pointplot = per_category(mean)


def distribution(draw: Callable) -> Callable:
    """A plot of the distribution of values: in every category of x, or of every column."""

    def plot(*args: Any, ax: Any = None, order: Any = None, **options: Any) -> Any:
        columns, ax = Columns(args, options), chosen(ax)
        if columns.x is not None and columns.y is not None:
            place, value = (columns.x, columns.y) if numeric(columns.y) else (columns.y, columns.x)
            names = list(order) if order is not None else levels(place)
            table = {str(name): value[place == name] for name in names}
        else:
            table = columns.all_columns()
        rows = [row[~np.isnan(row)] for row in (np.asarray(row, float) for row in table.values())]
        draw(ax, [row if len(row) else np.zeros(1) for row in rows])
        ax.set(xticks=range(1, len(table) + 1), xticklabels=list(table))
        return label(ax, columns) if columns.hue is None else ax

    return plot


def points(ax: Any, rows: list[np.ndarray]) -> None:
    """Every value as a point."""
    for n, row in enumerate(rows, 1):
        ax.plot(np.full(len(row), n), row, ".", alpha=0.5)


boxplot = boxenplot = distribution(lambda ax, rows: ax.boxplot(rows))
violinplot = distribution(lambda ax, rows: ax.violinplot(rows, showmedians=True))
stripplot = swarmplot = distribution(points)


def histogram(density: bool, bars: bool, curve: bool) -> Callable:
    """A plot of how often values occur: bars, a smooth curve, or both."""

    def plot(*args: Any, ax: Any = None, bins: Any = "auto", kde: bool | None = None, hist: bool | None = None,
             stat: str = "count", cumulative: bool = False, binwidth: float | None = None, discrete: bool | None = None,
             **options: Any) -> Any:
        columns, ax = Columns(args, options), chosen(ax)
        if columns.x is not None and columns.y is not None and numeric(columns.x) and numeric(columns.y):
            ax.hist2d(columns.x, columns.y, bins=bins if isinstance(bins, int) else 10) if bars else smooth_pairs(ax, columns)
            return label(ax, columns)
        binwidth = 1.0 if discrete and binwidth is None else binwidth
        parts = {str(name): columns.all_columns()[""][rows] for name, rows in columns.groups()} if columns.hue is not None \
            else columns.all_columns()  # fmt: skip
        for name, values in parts.items():
            if not numeric(values):
                countplot(x=values, ax=ax)
                continue
            values = np.asarray(values, float)
            values = values[np.isfinite(values)]
            scaled = density or stat == "density"
            if binwidth is not None and len(values):
                bins = np.arange(values.min() - (0.5 if discrete else 0.0), values.max() + 1.5 * binwidth, binwidth)
            share = SHARES[stat] / sum(map(len, parts.values())) if stat in SHARES else 1.0
            if bars if hist is None else hist:
                edges = np.histogram_bin_edges(values, 30 if bins is None else bins)
                ax.hist(values, edges, density=scaled, weights=np.full(len(values), share), alpha=0.6,
                        cumulative=cumulative, label=options.get("label", name or None))
            if (curve if kde is None else kde) and len(np.unique(values)) > 1:
                smooth(ax, values, 1.0 if scaled else share * len(values) * np.ptp(values) / 20)
        return label(ax, columns, "Density" if density else stat.capitalize())

    return plot


def smooth(ax: Any, values: np.ndarray, scale: float) -> None:
    """The density of values by a Gaussian kernel."""
    from scipy.stats import gaussian_kde

    wide = 0.2 * np.ptp(values)
    x = np.linspace(values.min() - wide, values.max() + wide, 200)
    ax.plot(x, gaussian_kde(values)(x) * scale)


def smooth_pairs(ax: Any, columns: Columns) -> None:
    """Lines of equal density of pairs."""
    from scipy.stats import gaussian_kde

    rows = np.stack([np.asarray(columns.x, float), np.asarray(columns.y, float)])
    rows = rows[:, np.isfinite(rows).all(0)]
    x, y = (np.linspace(row.min(), row.max(), 50) for row in rows)
    ax.contour(x, y, gaussian_kde(rows)(np.stack(np.meshgrid(x, y)).reshape(2, -1)).reshape(50, 50))


histplot = histogram(density=False, bars=True, curve=False)
distplot = histogram(density=True, bars=True, curve=True)
kdeplot = histogram(density=True, bars=False, curve=True)


def rugplot(*args: Any, ax: Any = None, **options: Any) -> Any:
    """A stroke below the axes for every value."""
    columns, ax = Columns(args, options), chosen(ax)
    for values in columns.all_columns().values():
        ax.plot(values, np.zeros(len(values)), "|", transform=ax.get_xaxis_transform())
    return label(ax, columns)


def ecdfplot(*args: Any, ax: Any = None, **options: Any) -> Any:
    """The share of values up to each."""
    columns, ax = Columns(args, options), chosen(ax)
    for name, values in columns.all_columns().items():
        ax.step(np.sort(values), np.arange(1, len(values) + 1) / len(values), label=name or None)
    return label(ax, columns, "Proportion")


def pairs(draw: Callable) -> Callable:
    """A plot of y against x, for each group."""

    def plot(*args: Any, ax: Any = None, **options: Any) -> Any:
        columns, ax = Columns(args, options), chosen(ax)
        name = options.get("label")
        if columns.x is None or columns.y is None:
            for one, values in columns.all_columns().items():
                draw(ax, np.arange(len(values)), values, name or one or None)
            return label(ax, columns)
        for group, rows in columns.groups():
            draw(ax, columns.x[rows], columns.y[rows], name if group is None else str(group))
        return label(ax, columns)

    return plot


def line(ax: Any, x: np.ndarray, y: np.ndarray, name: str | None) -> None:
    """Means of y along x."""
    places = levels(x)
    ax.plot(places, [mean(y[x == place]) for place in places], label=name)


def fitted(ax: Any, x: np.ndarray, y: np.ndarray, name: str | None) -> None:
    """Points, and the line of least squares."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    there = np.isfinite(x) & np.isfinite(y)
    ax.scatter(x, y, s=12, label=name)
    if len(np.unique(x[there])) > 1:
        ends = np.array([x[there].min(), x[there].max()])
        ax.plot(ends, np.polyval(np.polyfit(x[there], y[there], 1), ends))


def residuals(ax: Any, x: np.ndarray, y: np.ndarray, name: str | None) -> None:
    """What the line of least squares leaves of y, and a line at 0."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    there = np.isfinite(x) & np.isfinite(y)
    ax.scatter(x[there], y[there] - np.polyval(np.polyfit(x[there], y[there], 1), x[there]), s=12, label=name)
    ax.axhline(0, linestyle=":", color="0.5")


scatterplot = pairs(lambda ax, x, y, name: ax.scatter(x, y, s=12, label=name))
lineplot = pairs(line)
regplot, residplot = pairs(fitted), pairs(residuals)
