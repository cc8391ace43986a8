"""seaborn's grids of axes, palettes and styles, plainly, where seaborn is not installed.

    sns.pairplot(iris, hue="species")      sns.FacetGrid(train, col="Survived").map(plt.hist, "Age", bins=20)
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np

from nabi.as_keras.companions import seaborn_plots as plots
from nabi.core.errors import NotServed

__all__ = ["FacetGrid", "JointGrid", "PairGrid", "axes_style", "catplot", "clustermap", "color_palette", "cubehelix_palette",
           "dark_palette", "despine", "displot", "diverging_palette", "factorplot", "get_dataset_names", "hls_palette",
           "husl_palette", "jointplot", "light_palette", "lmplot", "load_dataset", "move_legend", "pairplot", "plotting_context",
           "relplot", "reset_defaults", "set", "set_color_codes", "set_context", "set_palette", "set_style", "set_theme",
           "__version__", "tsplot"]  # fmt: skip
__version__ = "0.13.2"
KINDS: dict[str, Callable] = {
    "strip": plots.stripplot, "swarm": plots.swarmplot, "box": plots.boxplot, "boxen": plots.boxenplot,
    "violin": plots.violinplot, "point": plots.pointplot, "bar": plots.barplot, "count": plots.countplot,
    "scatter": plots.scatterplot, "line": plots.lineplot, "reg": plots.regplot,
    "hist": plots.histplot, "kde": plots.kdeplot, "ecdf": plots.ecdfplot,
}  # fmt: skip


class Grid:
    """Axes in rows and columns; names of methods that only change the looks are taken and change nothing."""

    def __init__(self, rows: int, columns: int, height: float, aspect: float = 1.0):
        import matplotlib.pyplot as plt

        size = (min(columns * height * aspect, 40), min(rows * height, 40))
        self.fig, self.axes = plt.subplots(rows, columns, squeeze=False, figsize=size)
        self.figure = self.fig

    @property
    def ax(self) -> Any:
        """The first axes."""
        return self.axes.flat[0]

    def set(self, **options: Any) -> "Grid":
        """Sets what all axes have."""
        for ax in self.axes.flat:
            ax.set(**options)
        return self

    def set_axis_labels(self, x: Any = None, y: Any = None, **options: Any) -> "Grid":
        """Names of the axes."""
        return self.set(**{word: text for word, text in (("xlabel", x), ("ylabel", y)) if text is not None})

    def savefig(self, *args: Any, **options: Any) -> None:
        """Saves the figure."""
        self.fig.savefig(*args, **options)

    def same(self, *args: Any, **options: Any) -> "Grid":
        """What only changes the looks: nothing."""
        return self

    add_legend = set_titles = despine = set_xticklabels = set_yticklabels = set_xlabels = set_ylabels = tight_layout = same
    refline = same


class FacetGrid(Grid):
    """One plot for each value of one or two columns of a frame."""

    def __init__(self, data: Any, row: Any = None, col: Any = None, hue: Any = None, col_wrap: int | None = None,
                 height: float = 3.0, aspect: float = 1.0, size: float | None = None, **options: Any):
        self.data, self.hue = data, hue
        down, across = (plots.levels(np.asarray(data[name])) if name is not None else [None] for name in (row, col))
        parts = [(one, other) for one in down for other in across]
        wide = min(col_wrap or len(across), len(parts))
        super().__init__(-(-len(parts) // wide), wide, size or height, aspect)
        self.parts = []
        for ax, (one, other) in zip(self.axes.flat, parts, strict=False):
            rows = np.ones(len(data), bool)
            for name, value in ((row, one), (col, other)):
                rows &= True if name is None else np.asarray(data[name] == value)
            ax.set_title(" | ".join(f"{name} = {value}" for name, value in ((row, one), (col, other)) if name is not None))
            self.parts.append((ax, data[rows]))

    def each(self, draw: Callable[[Any, str | None], Any]) -> "FacetGrid":
        """Calls for every pair of axes, and every group, with its rows."""
        import matplotlib.pyplot as plt

        groups = [None] if self.hue is None else plots.levels(np.asarray(self.data[self.hue]))
        for ax, rows in self.parts:
            plt.sca(ax)
            for group in groups:
                part = rows if group is None else rows[rows[self.hue] == group]
                if len(part):
                    draw(part, None if group is None else str(group))
        return self

    def map(self, function: Callable, *names: str, **options: Any) -> "FacetGrid":
        """function(column, column, ...) for every part."""
        return self.each(lambda part, group: function(*(part[name] for name in names), **with_label(options, group)))

    def map_dataframe(self, function: Callable, *names: str, **options: Any) -> "FacetGrid":
        """function(names, data=part) for every part."""
        return self.each(lambda part, group: function(*names, data=part, **with_label(options, group)))


def with_label(options: dict[str, Any], group: str | None) -> dict[str, Any]:
    """The options, with the group's name."""
    return options if group is None else {"label": group} | options


def faceted(default: str) -> Callable:
    """A function that draws a kind of plot on a FacetGrid."""

    def plot(*args: Any, data: Any = None, kind: str = default, row: Any = None, col: Any = None, col_wrap: Any = None,
             height: float = 5.0, aspect: float = 1.0, size: Any = None, **options: Any) -> FacetGrid:
        if data is None and args and hasattr(args[0], "columns"):
            data, args = args[0], args[1:]
        tall = size if isinstance(size, (int, float)) else height
        if data is None:
            grid: Any = Grid(1, 1, tall, aspect)
            KINDS[kind](*args, ax=grid.ax, **options)
            return grid
        grid = FacetGrid(data, row, col, None, col_wrap, tall, aspect)
        words = dict(zip(("x", "y", "hue"), args, strict=False))
        for ax, part in grid.parts:
            KINDS[kind](ax=ax, data=part, **words, **options)
        return grid

    return plot


catplot, factorplot, relplot, displot, lmplot = map(faceted, ("strip", "point", "scatter", "hist", "reg"))


class PairGrid(Grid):
    """Every column of numbers against every other."""

    def __init__(self, data: Any, hue: Any = None, vars: Any = None, x_vars: Any = None, y_vars: Any = None,  # noqa: A002
                 height: float = 2.0, size: float | None = None, **options: Any):
        numbers = [name for name in data.select_dtypes("number").columns if name != hue]
        self.data, self.hue = data, hue
        self.across, self.down = (listed(given or vars or numbers) for given in (x_vars, y_vars))
        super().__init__(len(self.down), len(self.across), size or height)

    def draw(self, function: Callable, where: Callable[[int, int], bool], alone: bool = False, **options: Any) -> "PairGrid":
        """Calls on the axes that `where` chooses: of one column where `alone`, else of two."""
        import matplotlib.pyplot as plt

        for (i, j), ax in np.ndenumerate(self.axes):
            if where(i, j):
                plt.sca(ax)
                x, y = self.data[self.across[j]], self.data[self.down[i]]
                function(x, **options) if alone else function(x, y, **options)
                ax.set(xlabel=self.across[j], ylabel=self.down[i])
        return self

    def map(self, function: Callable, **options: Any) -> "PairGrid":
        """On all axes."""
        return self.draw(function, lambda i, j: True, **options)

    def map_diag(self, function: Callable, **options: Any) -> "PairGrid":
        """Where a column meets itself."""
        return self.draw(function, lambda i, j: self.down[i] == self.across[j], True, **options)

    def map_offdiag(self, function: Callable, **options: Any) -> "PairGrid":
        """Where two columns meet."""
        return self.draw(function, lambda i, j: self.down[i] != self.across[j], **options)

    def map_upper(self, function: Callable, **options: Any) -> "PairGrid":
        """Above the diagonal."""
        return self.draw(function, lambda i, j: i < j, **options)

    def map_lower(self, function: Callable, **options: Any) -> "PairGrid":
        """Below the diagonal."""
        return self.draw(function, lambda i, j: i > j, **options)


def only(options: dict[str, Any], *words: str) -> dict[str, Any]:
    """The options of these words."""
    return {word: options[word] for word in words if word in options}


def listed(names: Any) -> list[str]:
    """Names as a list."""
    return [names] if isinstance(names, str) else list(names)


def pairplot(data: Any, hue: Any = None, kind: str = "scatter", **options: Any) -> PairGrid:
    """Points off the diagonal, bars on it."""
    grid = PairGrid(data, hue, **only(options, "vars", "x_vars", "y_vars", "height", "size"))
    groups = None if hue is None else data[hue]
    grid.map_offdiag(lambda x, y: KINDS.get(kind, plots.scatterplot)(x=x, y=y, hue=groups))
    return grid.map_diag(lambda x: plots.histplot(x=x, hue=groups))


class JointGrid(Grid):
    """Two columns on one pair of axes."""

    def __init__(self, *args: Any, height: float = 6.0, **options: Any):
        super().__init__(1, 1, height)
        self.ax_joint = self.ax_marg_x = self.ax_marg_y = self.ax

    plot = plot_joint = plot_marginals = Grid.same


def jointplot(*args: Any, kind: str = "scatter", height: float = 6.0, size: Any = None, **options: Any) -> JointGrid:
    """Two columns against each other."""
    grid = JointGrid(height=size or height)
    (KINDS["reg"] if kind.startswith("reg") else plots.scatterplot)(*args, ax=grid.ax, **options)
    return grid


def clustermap(data: Any, **options: Any) -> Grid:
    """A heat map, its rows and columns in the order they have."""
    grid: Any = Grid(1, 1, 8.0)
    grid.ax_heatmap = plots.heatmap(data, ax=grid.ax, **only(options, "annot", "cmap", "fmt"))
    return grid


def color_palette(palette: Any = None, n_colors: int | None = None, desat: Any = None, as_cmap: bool = False) -> Any:
    """Colours of matplotlib: a list of (red, green, blue), or a map."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    if palette is not None and not isinstance(palette, str):
        return list(palette)[:n_colors]
    known = palette if palette in colormaps else None
    if as_cmap:
        return colormaps[known or "viridis"]
    if known is None:
        return [to_rgb(f"C{k % 10}") for k in range(n_colors or 10)]
    return [colormaps[known](place)[:3] for place in np.linspace(0, 1, n_colors or 6)]


def some_palette(*args: Any, n_colors: int = 6, as_cmap: bool = False, **options: Any) -> Any:
    """Colours of one map, whatever hues are asked for."""
    return color_palette("viridis", n_colors, as_cmap=as_cmap)


cubehelix_palette = diverging_palette = light_palette = dark_palette = hls_palette = husl_palette = some_palette


def set_theme(*args: Any, rc: Any = None, **options: Any) -> None:
    """Takes matplotlib's own settings; the looks stay matplotlib's."""
    import matplotlib as mpl

    settings = rc or next((one for one in args if isinstance(one, dict)), {})
    mpl.rcParams.update({word: value for word, value in settings.items() if word in mpl.rcParams})


set = set_style = set_context = set_palette = reset_defaults = set_color_codes = set_theme  # noqa: A001


@contextmanager
def axes_style(*args: Any, **options: Any) -> Any:
    """Nothing changes inside."""
    yield {}


plotting_context = axes_style


def despine(*args: Any, **options: Any) -> None:
    """Takes the upper and the right line off the axes."""
    import matplotlib.pyplot as plt

    for ax in plt.gcf().axes:
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)


def move_legend(obj: Any, loc: str, **options: Any) -> None:
    """The legend stays."""


def tsplot(data: Any, ax: Any = None, **options: Any) -> Any:
    """Values one after the other."""
    return plots.lineplot(x=np.arange(len(np.ravel(data))), y=np.ravel(data), ax=ax)


def load_dataset(name: str, **options: Any) -> Any:
    """seaborn's data sets lie on the net.

    Raises:
        NotServed: always; the error says what to do.
    """
    raise NotServed(f"sns.load_dataset({name!r}) fetches a file from the net: download {name}.csv of seaborn-data and read it by "
                    "pandas.read_csv.")


def get_dataset_names() -> list[str]:
    """None."""
    return []


def __getattr__(name: str) -> Any:
    if name == "plt":
        import matplotlib.pyplot as plt

        return plt
    raise AttributeError(f"nabi's stand-in of seaborn has no {name}")
