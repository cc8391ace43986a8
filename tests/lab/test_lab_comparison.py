"""Comparison of runs: differences of recipes, figures, and the verdict on the difference."""

import json

import pytest
from scipy import stats

from nabi import lab
from nabi.core.errors import ArgumentError


def made(folder, right, total=1000, sha256="a", **recipe):
    """A run folder with nothing but a recipe and a result."""
    folder.mkdir()
    lab.Recipe(**recipe).write(folder / "recipe.toml")
    low, high = lab.wilson(right, total)
    events = [
        {"event": "start", "parameters": 10},
        {"event": "epoch", "images_per_second": 100.0},
        {"event": "end", "seconds": 2.0},
        {
            "event": "result",
            "accuracy": right / total,
            "correct": right,
            "total": total,
            "interval": [low, high],
            "sha256": sha256,
            "loss": 0.1,
            "best_epoch": 1,
        },
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return lab.Run(folder)


@pytest.mark.parametrize("a, b, verdict", [(990, 970, "more"), (975, 970, "noise"), (970, 970, "equal")])
def test_the_verdict_is_the_tests(tmp_path, a, b, verdict):
    (pair,) = lab.compare([made(tmp_path / "one", b, seed=1), made(tmp_path / "two", a, seed=2)]).pairs
    assert pair["verdict"] == verdict
    if verdict != "equal":
        assert pair["a"] == "two" and pair["difference"] == pytest.approx((a - b) / 1000)
        expected = stats.chi2_contingency([[a, 1000 - a], [b, 1000 - b]], correction=False).pvalue
        assert pair["P"] == pytest.approx(expected) and (expected < 0.05) == (verdict == "more")
        assert f"two is {(a - b) / 10:.2f} points above one" in pair["says"]


def test_only_what_differs_is_listed(tmp_path):
    found = lab.compare([made(tmp_path / "one", 9, 10, epochs=3, seed=1), made(tmp_path / "two", 8, 10, epochs=5, seed=1)])
    assert found.recipes == {"epochs": [3, 5]} and found.figures["accuracy"] == [0.9, 0.8]
    text = found.text()
    assert "recipe: epochs" in text and "recipe: seed" not in text and "59.58 to 98.21 %" in text
    same = lab.compare([made(tmp_path / "three", 9, 10), made(tmp_path / "four", 9, 10)])
    assert "The recipes are the same." in same.text()


def test_other_test_sets_are_not_compared(tmp_path):
    runs = [
        made(tmp_path / "one", 90, 100),
        made(tmp_path / "two", 90, 100, data="mnist"),
        made(tmp_path / "three", 90, 100, sha256="b"),
    ]
    assert [pair["verdict"] for pair in lab.compare(runs).pairs] == ["other data"] * 3


def test_a_run_without_result(tmp_path):
    one = made(tmp_path / "one", 9, 10)
    (tmp_path / "two").mkdir()
    lab.Recipe().write(tmp_path / "two" / "recipe.toml")
    found = lab.compare([one, lab.Run(tmp_path / "two")])
    assert found.pairs[0]["verdict"] == "unknown" and found.figures["state"] == ["finished", "unfinished"]
    assert "no test accuracy" in found.text()
    with pytest.raises(ArgumentError, match="two runs or more"):
        lab.compare([one])


def test_real_runs(run):
    found = lab.compare([run, run])
    assert found.recipes == {} and found.pairs[0]["verdict"] == "equal" and found.figures["parameters"] == [7850, 7850]
