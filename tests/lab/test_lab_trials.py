"""A search's folder, read back without Optuna: order, the best, what is said of it."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from nabi.core.errors import ArgumentError, FileError, StateError
from nabi.lab.recipe import Recipe
from nabi.lab.study import alone
from nabi.lab.trials import Tuning
from nabi.lab.tuning import tune, write_settings

VARY = {"learning_rate": "log:0.0001..0.1", "optimizer": "adam,sgd", "optimizer.momentum": "lin:0.0..0.9"}


def made(folder, trials, vary=VARY, wanted=20):
    """A search of these trials: (optimizer, rows of (val_accuracy, val_loss), last event)."""
    folder.mkdir(parents=True)
    Recipe(seed=1).write(folder / "base.toml")
    write_settings(folder, wanted, vary)
    for number, (optimizer, rows, last) in enumerate(trials, 1):
        place = folder / f"trial-{number:03}"
        place.mkdir()
        options = {"momentum": 0.5} if optimizer == "sgd" else {}
        Recipe(seed=1, optimizer=optimizer, learning_rate=0.01, optimizer_options=options).write(place / "recipe.toml")
        text = "".join(f"{k},{a},{b}\n" for k, (a, b) in enumerate(rows, 1))
        (place / "history.csv").write_text("epoch,val_accuracy,val_loss\n" + text)
        events = [{"event": "start"}, *({"event": "epoch", "seconds": k} for k, _ in enumerate(rows, 1)), *last]
        (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return Tuning(folder)


END = {"event": "end", "seconds": 9.0}
TRIALS = [
    ("adam", [(0.5, 2.0), (0.9, 0.4), (0.95, 0.5)], [END]),  # kept: the second epoch, whose loss is lowest
    ("sgd", [(0.9, 0.3)], [END, {"event": "pruned"}]),
    ("sgd", [(0.99, 0.1)], [END | {"failure": "NonFinite: loss"}]),
    ("adam", [(0.9, 0.2)], [END]),
    ("adam", [(0.97, 0.1)], []),  # still running
]


def test_trials_are_ranked_by_the_epoch_they_keep(tmp_path):
    search = made(tmp_path / "a", TRIALS)
    assert [(t.number, t.state) for t in search.ranked] == [
        (5, "unfinished"), (4, "finished"), (2, "pruned"), (1, "finished"), (3, "failed")]  # fmt: skip
    assert search.best is not None and search.best.number == 4 and search.best.recipe.optimizer == "adam"
    assert search.best.values == {"learning_rate": 0.01, "optimizer": "adam", "optimizer.momentum": None}
    assert search.ranked[2].values["optimizer.momentum"] == 0.5 and search.ranked[0].seconds == 1
    assert [t.run.name for t in search.trials] == [f"trial-{n:03}" for n in range(1, 6)]


def test_losses_that_mean_different_things_decide_nothing(tmp_path):
    """Label smoothing raises the loss of the same answers."""
    search = made(tmp_path / "a", TRIALS, vary={"label_smoothing": "lin:0..0.2"})
    assert search.best is not None and search.best.number == 1


def test_what_is_said_of_a_search(tmp_path, monkeypatch):
    monkeypatch.delenv("NABI_LANG", raising=False)
    search = made(tmp_path / "a search", TRIALS)
    lines = search.text().splitlines()
    assert lines[0].split() == ["trial", "val_accuracy", "epochs", "seconds", "state", *VARY]
    assert lines[2].split() == ["004", "90.00", "%", "1", "9.0", "finished", "0.01", "adam", "-"]
    assert "trial-003 failed: NonFinite: loss" in lines
    assert f"again       nabi train --recipe '{search.folder}/best.toml'" in lines, "quoted for the shell"
    assert any(line.startswith("test set    not looked at") for line in lines)
    assert any(f"nabi tune --resume '{search.folder}'" in line for line in lines), "4 of 20 trials are over"
    (search.folder / "importance.json").write_text('{"shares": {"optimizer": 0.75, "learning_rate": 0.25}, "trials": 2}')
    assert "importance  optimizer 75 %, learning_rate 25 % (fANOVA over 2 trials)" in search.text()
    plain = search.summary()
    assert plain["best"]["number"] == 4 and [t["number"] for t in plain["trials"]] == [5, 4, 2, 1, 3]
    assert json.loads(json.dumps(plain)) == plain
    monkeypatch.setenv("NABI_LANG", "ko")
    said = search.text()
    assert "중도 포기" in said and "시험 데이터는 보지 않았습니다" in said and "finished" not in said


def test_runs_know_that_they_were_given_up(tmp_path):
    search = made(tmp_path / "a", TRIALS)
    assert [t.run.state for t in search.trials] == ["finished", "pruned", "failed", "finished", "unfinished"]


def test_folders_that_hold_no_search(tmp_path):
    with pytest.raises(FileError, match="the folder of a search, got nothing there"):
        Tuning(tmp_path / "none")
    with pytest.raises(FileError, match="no tune.toml in it"):
        Tuning(tmp_path)
    for text in ("trials = ", "trials = 3\n", "trials = 3\nvary = [3]\n"):
        (tmp_path / "tune.toml").write_text(text)
        with pytest.raises(FileError, match="the settings of a search, got this error"):
            Tuning(tmp_path)


def test_a_folder_goes_on_with_its_own_search_alone(tmp_path):
    folder = made(tmp_path / "a", TRIALS).folder
    with pytest.raises(ArgumentError, match="the same recipe"):
        tune(Recipe(epochs=99), folder=folder)
    with pytest.raises(ArgumentError, match="the same entries to vary"):
        tune(Recipe(seed=1), {"optimizer": "adam,sgd"}, folder=folder)


def test_two_searches_do_not_share_a_folder(tmp_path):
    folder = made(tmp_path / "a", TRIALS[:1]).folder
    before = (folder / "tune.toml").read_bytes()
    with alone(folder), pytest.raises(StateError, match="a folder in which no other search is at work, got one that is in use"):
        tune(folder=folder, trials=3)
    assert (folder / "tune.toml").read_bytes() == before and not (folder / "study.db").exists()
    with pytest.raises(KeyError), alone(folder):
        raise KeyError
    with alone(folder):  # what ended in an error is over, too
        pass
    with pytest.raises(FileError, match="a folder that can be written to"), alone(tmp_path / "none"):
        pass


def test_wrong_arguments():
    for options, says in (({"trials": 0}, "a whole number above 0"), ({"time_budget": -1}, "time_budget")):
        with pytest.raises(ArgumentError, match=says):
            tune(**options)


def test_without_optuna_the_remedy_is_a_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(StateError, match=r'expected Optuna, got none installed. Install it: pip install "nabi\[tune\]"'):
        tune(replace(Recipe(), model="tiny"), out=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.learn
def test_reading_a_search_loads_neither_optuna_nor_torch(tmp_path):
    folder = made(tmp_path / "a", TRIALS).folder
    code = "import sys; from nabi import lab; lab.Tuning(sys.argv[1]).text(); print({'optuna', 'torch'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True).stdout == "set()\n"
