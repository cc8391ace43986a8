"""seaborn's calls where it is not installed: what is drawn shows the counts, means and tables that were given.

Oracle: pandas' own counts and means of the same columns.
"""

import importlib.util

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from nabi.as_keras.companions import seaborn_grids, seaborn_plots
from nabi.as_keras.companions.seaborn_plots import Columns

FRAME = pd.DataFrame({"age": [22.0, 38, 26, 35, np.nan, 54], "fare": [7.0, 71, 8, 53, 8, 51], "sex": list("mfffmm"),
                      "lives": [0, 1, 1, 1, 0, 0]})  # fmt: skip


@pytest.fixture
def ax(served):
    figure, axes = plt.subplots()
    yield axes
    plt.close("all")


def heights(axes):
    return [round(bar.get_height(), 6) for bar in axes.patches]


def test_it_is_found_where_it_is_not_installed(served):
    if importlib.util.find_spec("seaborn") is None:
        sns = importlib.import_module("seaborn")
        assert sns.countplot is seaborn_plots.countplot and sns.FacetGrid is seaborn_grids.FacetGrid


def test_counts(ax):
    seaborn_plots.countplot(x="sex", data=FRAME, ax=ax)
    assert heights(ax) == FRAME["sex"].value_counts()[["m", "f"]].tolist()
    assert [text.get_text() for text in ax.get_xticklabels()] == ["m", "f"] and ax.get_xlabel() == "sex"
    ax.clear()
    seaborn_plots.countplot(data=FRAME, x="sex", hue="lives", order=["f", "m"], ax=ax)
    assert heights(ax) == [0, 3, 3, 0] and len(ax.get_legend().get_texts()) == 2
    ax.clear()
    seaborn_plots.countplot(FRAME["lives"], ax=ax)
    assert heights(ax) == [3, 3]


def test_means(ax):
    seaborn_plots.barplot("sex", "fare", data=FRAME, ax=ax)
    assert np.allclose(heights(ax), FRAME.groupby("sex")["fare"].mean()[["m", "f"]])
    ax.clear()
    seaborn_plots.barplot(x=[0.5, 0.7], y=["SVM", "net"], ax=ax)
    assert [bar.get_width() for bar in ax.patches] == [0.5, 0.7]


def test_tables(ax):
    table = pd.DataFrame([[5, 1], [2, 7]], index=["no", "yes"], columns=["No", "Yes"])
    seaborn_plots.heatmap(table, annot=True, fmt="d", cbar=False, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["5", "1", "2", "7"]
    assert ax.images[0].get_array().tolist() == [[5, 1], [2, 7]]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["No", "Yes"]
    ax.clear()
    seaborn_plots.heatmap(table.to_numpy() / 3, annot=True, xticklabels=list("ab"), yticklabels=False, ax=ax)
    assert [text.get_text() for text in ax.texts] == ["1.7", "0.33", "0.67", "2.3"] and len(ax.get_yticks()) == 0


def test_distributions(ax):
    seaborn_plots.histplot(data=FRAME, x="age", bins=3, ax=ax)
    assert sum(heights(ax)) == 5
    ax.clear()
    seaborn_plots.distplot(FRAME["fare"], bins=4, ax=ax)
    assert np.isclose(sum(bar.get_height() * bar.get_width() for bar in ax.patches), 1) and len(ax.lines) == 1
    ax.clear()
    seaborn_plots.boxplot(x="sex", y="age", data=FRAME, ax=ax)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["m", "f"]


def test_pairs(ax):
    seaborn_plots.lineplot(data=pd.DataFrame({"loss": [3.0, 2, 1], "val_loss": [3.0, 2, 2]}), ax=ax)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[3, 2, 1], [3, 2, 2]]
    ax.clear()
    seaborn_plots.lineplot(x="sex", y="fare", data=FRAME.assign(sex=FRAME["lives"]), ax=ax)
    assert np.allclose(ax.lines[0].get_ydata(), FRAME.groupby("lives")["fare"].mean())
    ax.clear()
    seaborn_plots.scatterplot(x="age", y="fare", hue="sex", data=FRAME, ax=ax)
    assert len(ax.collections) == 2


def test_grids(ax):
    seen = []
    grid = seaborn_grids.FacetGrid(FRAME, col="sex", row="lives", size=2)
    grid.map(lambda column, **options: seen.append(column.tolist()), "fare").add_legend().set(xlabel="x")
    assert grid.axes.shape == (2, 2) and seen == [[7, 8, 51], [71, 8, 53]]  # empty parts are left out
    assert seaborn_grids.pairplot(FRAME[["age", "fare"]].dropna(), hue=None).axes.shape == (2, 2)
    assert seaborn_grids.catplot(x="sex", y="fare", data=FRAME, kind="bar", col="lives").axes.shape == (1, 2)
    assert len(seaborn_grids.color_palette("viridis", 4)) == 4 and seaborn_grids.color_palette(["r", "b"]) == ["r", "b"]


def test_columns_by_place_and_by_word():
    by_word, by_place = Columns((), {"x": "age", "y": "fare", "data": FRAME}), Columns(("age", "fare", None, FRAME), {})
    assert np.array_equal(by_word.x, by_place.x, equal_nan=True) and by_word.y.tolist() == by_place.y.tolist()
    assert list(Columns((FRAME,), {}).all_columns()) == ["age", "fare", "lives"]


@pytest.mark.parametrize("estimator, wanted", [("median", [8, 53]), (np.sum, [66, 132]), (len, [3, 3]), ("max", [51, 71])])
def test_bars_of_other_statistics(ax, estimator, wanted):
    """Oracle: pandas' groupby of the same column."""
    seaborn_plots.barplot(x="sex", y="fare", data=FRAME, estimator=estimator, ax=ax)
    assert heights(ax) == wanted
    name = len if estimator is len else getattr(estimator, "__name__", estimator)
    assert FRAME.groupby("sex")["fare"].agg(name)[["m", "f"]].tolist() == wanted


@pytest.mark.parametrize("options, wanted", [
    ({"stat": "percent"}, [25, 25, 50]), ({"stat": "probability"}, [0.25, 0.25, 0.5]), ({"cumulative": True}, [1, 2, 4]),
    ({"stat": "density"}, [0.25, 0.25, 0.5]), ({}, [1, 1, 2])])  # fmt: skip
def test_scales_of_histograms(ax, options, wanted):
    seaborn_plots.histplot(pd.Series([1.0, 2.0, 3.0, 4.0]), bins=[1, 2, 3, 4], ax=ax, **options)
    assert heights(ax) == wanted and ax.get_ylabel() == options.get("stat", "count").capitalize()


def test_counts_as_shares_and_whole_bins(ax):
    seaborn_plots.countplot(x="sex", data=FRAME, stat="percent", ax=ax)
    assert heights(ax) == [50, 50]
    ax.clear()
    seaborn_plots.histplot([1, 2, 2, 4], discrete=True, ax=ax)
    assert heights(ax)[:4] == [1, 2, 0, 1] and ax.patches[0].get_x() == 0.5


def test_residuals_and_pairs_of_numbers(ax):
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 0.0])
    seaborn_plots.residplot(x=x, y=y, ax=ax)
    assert np.allclose(ax.collections[0].get_offsets()[:, 1], [-1, 2, -1])  # the line is y = 1
    ax.clear()
    seaborn_plots.histplot(x=x, y=y, bins=3, ax=ax)
    assert ax.collections[0].get_array().sum() == 3 and not ax.patches
    ax.clear()
    seaborn_plots.rugplot(x, ax=ax)
    assert ax.lines[0].get_xdata().tolist() == [0, 1, 2] and set(ax.lines[0].get_ydata()) == {0}
