"""What frames took and were called before pandas 2 and 3, during a run.

Oracle: today's spelling of the same thing; where the numbers differ, those of pandas 1.5 by hand.
"""

import io
import re

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def table(served):
    return pd.DataFrame({"a": [1.0, 2.0, np.nan, 4.0], "k": [5, 6, 7, 8], "s": list("xyxy")})


def test_arguments_by_place(table):
    assert list(table.drop("a", 1)) == ["k", "s"] and list(table.drop(["a", "s"], axis=1)) == ["k"]
    assert table.isnull().any(1).tolist() == [False, False, True, False] and not table.isnull().all(1).any()
    assert table.dropna(0).shape == (3, 3) and table.dropna(1).shape == (4, 2)
    assert pd.concat([table, table], 1).shape == (4, 6) and table.reset_index(0).shape == (4, 4)


def test_names_that_are_gone(table, tmp_path):
    assert table.sort("k", ascending=False)["k"].tolist() == [8, 7, 6, 5]
    assert table[["k"]].applymap(lambda x: x + 1)["k"].tolist() == [6, 7, 8, 9]
    assert table["k"].mad() == 1.0 and table.mad()["k"] == 1.0  # |-1.5|, |-0.5|, |0.5|, |1.5|
    assert table.lookup([0, 1], ["k", "s"]).tolist() == [5, "y"]
    assert table["k"].ravel().tolist() == [5, 6, 7, 8] and pd.value_counts(table["s"])["x"] == 2
    assert pd.rolling_mean(table["k"], 2).tolist()[1:] == [5.5, 6.5, 7.5]
    (tmp_path / "sales.csv").write_text("2018-01-01,3\n2018-01-02,5\n")
    series = pd.Series.from_csv(tmp_path / "sales.csv")
    assert series.tolist() == [3, 5] and series.index[1] == pd.Timestamp("2018-01-02")
    assert list(pd.read_csv(io.StringIO("1,2\n3,4"), header=None, prefix="x")) == ["x0", "x1"]
    pd.set_option("mode.use_inf_as_na", True)
    table.set_axis(["p", "q", "r"], axis=1, inplace=True)
    assert list(table) == ["p", "q", "r"]


def test_dates(served):
    days = pd.date_range("2018-01-30", periods=4, freq="D")
    values = pd.Series(range(4), days)
    assert values.resample("M").sum().tolist() == values.resample("ME").sum().tolist() == [1, 5]
    assert len(pd.date_range("2018", periods=3, freq="2H")) == 3
    assert len(pd.date_range("2018-01-01", "2018-01-04", closed="left")) == 3
    assert pd.Series(days).dt.week.tolist() == [5, 5, 5, 5] and days.weekofyear.tolist() == [5, 5, 5, 5]
    assert pd.to_datetime(["2018-01-02", "Jan 3 2018"], infer_datetime_format=True)[1].day == 3
    with pytest.raises(ValueError):
        pd.to_datetime(["2018-01-02", "no date"], format="%Y-%m-%d")


def test_groups_beside_texts(table):
    table["t"] = list("pqrs")
    means = table.groupby("s").mean()
    assert list(means) == ["a", "k"] and means["k"].tolist() == [6, 7]


def test_dummies_are_numbers(table):
    made = pd.get_dummies(table)
    assert made.values.dtype == float and (1 - made["s_x"]).tolist() == [0, 1, 0, 1]
    assert pd.get_dummies(table["s"], dtype=bool)["x"].dtype == bool


def test_columns_widen(table):
    table.loc[table["a"] < 2, "k"] = 0.5
    assert table["k"].tolist() == [0.5, 6, 7, 8] and table["k"].dtype == float
    table.loc[0, "a"] = "low"
    table["k"][table["k"] > 7] = "high"
    assert table["a"].tolist()[:2] == ["low", 2.0] and table["k"].tolist() == [0.5, 6, 7, "high"]
    numbers = pd.DataFrame({"x": [1, 2], "y": [3, 4]})
    numbers.iloc[0, 1] = 2.5
    numbers.iloc[1] = [0.5, 7]
    assert numbers.to_numpy().tolist() == [[1, 2.5], [0.5, 7]]


def test_places_of_a_column_reach_its_frame(table):
    table["k"].iloc[1] = 60
    table.k.loc[table["s"] == "x"] = 0
    assert table["k"].tolist() == [0, 60, 0, 8]


def test_replacing_texts_by_numbers(table):
    assert table["s"].replace({"x": 0, "y": 1}).dtype.kind == "i"
    table["s"].replace(["x", "y"], [3, 4], inplace=True)
    assert table["s"].tolist() == [3, 4, 3, 4] and table["s"].dtype.kind == "i"


def test_patterns_of_texts(served):
    column = pd.Series(["영화 good!! 7", " a.b $5 "])
    assert column.str.replace("[^ㄱ-ㅎㅏ-ㅣ가-힣 ]", "").tolist() == ["영화  ", "   "]
    assert column.str.replace("^ +", "").tolist() == ["영화 good!! 7", "a.b $5 "]
    assert column.str.replace(r"\d+", "0").tolist() == ["영화 good!! 0", " a.b $0 "]
    for text, expected in ((".", " ab $5 "), ("$", " a.b 5 "), ("a.b", "  $5 ")):  # as text, as today
        assert column.str.replace(text, "")[1] == expected
    assert column.str.replace("[^a]", "", regex=False).tolist() == column.tolist()


def test_a_column_that_its_frame_no_longer_has(table):
    whole, k, a = table["k"], table["k"], table["a"]
    table["k"], table["a"] = table["k"] * 10, [1.0, 2.0, 3.0, 4.0]
    whole[0] = 7
    k.iloc[1] = 8
    a.fillna(0, inplace=True)
    assert table["k"].tolist() == [50, 60, 70, 80] and table["a"].tolist() == [1, 2, 3, 4] and a[2] == 0
    turned = table.iloc[::-1]
    k = turned["k"]
    turned.reset_index(drop=True, inplace=True)
    k.iloc[0] = 1
    assert turned["k"].tolist() == [80, 70, 60, 50]


def test_periods_keep_their_letters(served):
    months = pd.Series(range(6), index=pd.period_range("2024-01", periods=6, freq="M"))
    assert months.resample("Q").sum().tolist() == [3, 12] and str(months.asfreq("Q").index[5]) == "2024Q2"


def test_what_today_s_scripts_ask(table):
    assert list(table.select_dtypes("str")) == list(table.select_dtypes(include=["str", "object"])) == ["s"]
    assert list(table.select_dtypes(exclude=str)) == list(table.select_dtypes("number")) == ["a", "k"]
    with pytest.raises(TypeError):
        table["a"].fillna()
    table["s"] = table["s"].where(table["k"] > 5)
    assert table[["k", "s"]].sum()["k"] == 26
    assert table["s"].str.replace(re.compile("[x]"), "z").tolist()[1:] == ["y", "z", "y"]
    assert table["s"].str.replace("y", lambda found: found[0].upper())[1] == "Y"


def test_what_differs_from_today_is_said(table):
    with pytest.warns(UserWarning, match="0 and 1"):
        pd.get_dummies(table["s"])
    with pytest.warns(UserWarning, match="several forms"):
        pd.to_datetime(["2018-01-02", "Jan 3 2018"])


def test_nothing_remains(served):
    from nabi.as_keras import uninstall_as_keras

    uninstall_as_keras()
    frame = pd.DataFrame({"a": [1]})
    with pytest.raises(TypeError):
        frame.drop("a", 1)
    assert not hasattr(frame, "mad") and pd.get_dummies(pd.Series(["x"])).dtypes.iloc[0].kind == "b"
