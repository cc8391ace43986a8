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


@pytest.mark.learn
def test_real_runs(run):
    found = lab.compare([run, run])
    assert found.recipes == {} and found.pairs[0]["verdict"] == "equal" and found.figures["parameters"] == [7850, 7850]


def test_runs_that_differ_in_their_seed_are_one_way_of_training(tmp_path):
    accuracies = {"adam": (970, 975, 972), "sgd": (930, 942, 935)}
    runs = [made(tmp_path / f"{name}{seed}", right, seed=seed, optimizer=name, name=f"{name}{seed}", epochs=2)
            for name, many in accuracies.items() for seed, right in enumerate(many)]
    for run in runs:
        (run.folder / "history.csv").write_text(f"epoch,loss,val_accuracy\n1,1.{run.recipe['seed']},0.5\n2,0.5,0.6\n")
    found = lab.compare([runs[k] for k in (0, 3, 1, 4, 2, 5)])
    assert [(way["name"], len(way["runs"])) for way in found.ways] == [("optimizer adam", 3), ("optimizer sgd", 3)]
    (one,) = found.verdicts
    wanted = stats.ttest_rel(*accuracies.values())
    assert (one["t"], one["P"], one["verdict"], one["test"]) == (
        pytest.approx(wanted.statistic), pytest.approx(wanted.pvalue), "more", "paired")
    assert found.ways[1]["spread"] == pytest.approx(0.0060277, abs=1e-6)
    text = found.text()
    assert "optimizer adam is 3.67 points above optimizer sgd, more than seed noise (paired t-test over 3 seeds" in text
    assert "may be noise" not in text and "Runs that differ in nothing but the seed" in text and "recipe: optimizer" in text
    line = next(line for line in found.figure().axes[0].lines)
    assert list(line.get_ydata()) == pytest.approx([1.1, 0.5])
    others = lab.compare([*runs[:3], made(tmp_path / "x", 940, seed=7, optimizer="sgd"),
                          made(tmp_path / "y", 950, seed=8, optimizer="sgd")])
    wanted = stats.ttest_ind(*([k / 1000 for k in many] for many in ((970, 975, 972), (940, 950))), equal_var=False)
    (one,) = others.verdicts
    assert "epochs" in others.recipes and one["test"] == "welch" and one["P"] == pytest.approx(wanted.pvalue)
    assert "Welch's t-test" in others.text()
    alone = lab.compare([*runs[:2], runs[3]])
    assert alone.verdicts[0]["verdict"] == "one run" and "cannot be told" in alone.text()
    else_where = lab.compare([*runs[:2], made(tmp_path / "z", 940, sha256="b")])
    assert else_where.verdicts[0]["verdict"] == "other data" and "tested on different data" in else_where.text()
    assert not lab.compare([runs[0], runs[3]]).verdicts


def test_tables_of_a_recipe_are_compared_entry_by_entry(tmp_path):
    found = lab.compare([made(tmp_path / "one", 90, 100, model_options={"width": 0.5, "activation": "relu"}, seed=1),
                         made(tmp_path / "two", 80, 100, model_options={"width": 0.5, "activation": "tanh"}, seed=1)])
    assert found.recipes == {"model_options.activation": ["relu", "tanh"]}
