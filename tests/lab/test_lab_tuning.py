"""Real searches on the embedded digits, with a net of one layer: seeded, killed, given up, failed; the test set is never read."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lab.lab_runs import tiny_network
from nabi import lab
from nabi.core.errors import ArgumentError, StateError
from nabi.lab.run import list_runs
from nabi.lab.tuning import Watch, tune

pytestmark = pytest.mark.learn
SOURCE = Path(__file__).resolve().parents[2] / "src"
BASE = lab.Recipe(model="lecture-dense", model_options={"units": 8}, epochs=3, batch_size=200, seed=5)
VARY = {"learning_rate": "1e-5..1", "optimizer": ["adam", "sgd"], "optimizer.momentum": "0..0.9", "model.units": "4..32"}


@pytest.fixture(autouse=True)
def without_figures(monkeypatch):
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)
    monkeypatch.setattr("nabi.lab.conclusion.save", lambda *parts: None)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A search of ten trials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)
        return tune(BASE, VARY, trials=10, folder=tmp_path_factory.mktemp("tune") / "a")


def told(search):
    """What the trials were, and what they gave."""
    return [(t.number, t.values, t.state, t.val_accuracy, t.val_loss, t.epochs) for t in search.trials]


def test_the_same_seed_gives_the_same_trials(found, tmp_path):
    again = tune(BASE, VARY, trials=10, folder=tmp_path / "b")
    assert told(again) == told(found) and len(told(again)) == 10
    other = tune(replace(BASE, seed=6), VARY, trials=2, folder=tmp_path / "c")
    assert [t.values for t in other.trials] != [t.values for t in found.trials[:2]]


def test_more_trials_begin_like_fewer(found, tmp_path):
    few = tune(BASE, VARY, trials=4, folder=tmp_path / "b")
    assert told(few) == told(found)[:4]
    more = tune(folder=tmp_path / "b", trials=10)
    assert told(more) == told(found) and more.wanted == 10
    assert told(tune(folder=tmp_path / "b")) == told(found), "a search that is done does nothing"


def test_trials_are_runs_that_never_saw_the_test_set(found):
    runs = list_runs(found.folder)
    assert len(runs) == 10 and all(run.test_reads == 0 and run.result is None for run in runs)
    assert all(run.report.is_file() and not run.checkpoint.exists() for run in runs)
    best = found.best
    assert best.val_accuracy == max(t.val_accuracy for t in found.trials if t.state == "finished")
    assert best.val_accuracy > 0.8, "one layer that reads digits"
    assert "the test set was not looked at" in best.run.report.read_text()


def test_some_are_given_up_as_the_median_rule_says(found):
    """Optuna's rule by hand: from the sixth finished trial on, the best epoch so far against the median at the same epoch."""
    finished, pruned = [], 0
    for trial in found.trials:
        values = trial.run.history["val_accuracy"]
        stop = None
        for epoch in range(1, BASE.epochs - 1):  # not after the first, nor after the last
            if len(finished) >= 5 and max(values[: epoch + 1]) < np.median([other[epoch] for other in finished]):
                stop = epoch + 1
                break
        assert (trial.state, trial.epochs) == (("finished", BASE.epochs) if stop is None else ("pruned", stop)), trial
        if stop is None:
            finished.append(values)
        else:
            pruned += 1
            assert "The search gave this trial up" in trial.run.report.read_text()
    assert pruned and len(finished) >= 5


def test_the_best_recipe_gives_the_same_network_and_then_reads_the_test_set(found, tmp_path):
    run = lab.train(lab.Recipe.read(found.folder / "best.toml"), tmp_path / "run", verbose=0)
    assert run.history == found.best.run.history and run.test_reads == 1


def test_importance_adds_up_to_one(found):
    shares = found.importance["shares"]
    assert set(shares) == set(VARY) - {"optimizer.momentum"}, "Adam has none"
    assert found.importance["left_out"] == ["optimizer.momentum"] and "only some trials have it: optimizer.mom" in found.text()
    assert abs(sum(shares.values()) - 1) < 1e-6
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert found.importance["trials"] == 10, "those that were given up count, too"


def start(*more):
    """`nabi tune` in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "nabi", "tune", *more]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


SLOW = ["digits", "--model", "lecture-dense", "--epochs", "1", "--batch-size", "4", "--vary", "learning_rate=1e-4..1e-2",
        "--vary", "optimizer=adam,sgd", "--trials", "3", "--seed", "1", "--json"]  # fmt: skip


def in_the_middle(process, out, trial):
    """The search's folder, once a trial of the process is training."""
    while not (found := [f for f in out.glob(f"*/trial-{trial:03}/events.jsonl") if '"step"' in f.read_text()]):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return found[0].parents[1]


def test_killed_and_resumed_is_as_not_killed(tmp_path):
    whole = json.loads(start(*SLOW, "--out", str(tmp_path / "a")).communicate(timeout=600)[0])
    process = start(*SLOW, "--out", str(tmp_path / "b"))
    folder = in_the_middle(process, tmp_path / "b", 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [t.state for t in lab.Tuning(folder).trials] == ["finished", "unfinished"]
    out, err = start("--resume", str(folder), "--json").communicate(timeout=600)
    resumed = json.loads(out)
    for one, other in zip(whole["trials"], resumed["trials"], strict=True):
        assert {k: one[k] for k in ("number", "state", "val_accuracy", "val_loss", "epochs", "values")} == {
            k: other[k] for k in ("number", "state", "val_accuracy", "val_loss", "epochs", "values")}, err  # fmt: skip


def test_control_c_keeps_all_and_the_search_goes_on(found, tmp_path, monkeypatch):
    calls = []

    class Pressed(Watch):
        """Presses Ctrl-C in the middle of the third trial."""

        def on_train_batch_end(self, batch, logs=None):
            calls.append(batch)
            if len(calls) == 2 * 3 * 18 + 25:
                os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr("nabi.lab.tuning.Watch", Pressed)
        first = tune(BASE, VARY, trials=10, folder=tmp_path / "b")
    assert first.interrupted and [t.state for t in first.trials] == ["finished", "finished", "interrupted"]
    assert first.best is not None and f"nabi tune --resume {first.folder}" in first.text()
    second = tune(folder=tmp_path / "b")
    assert not second.interrupted and told(second) == told(found)
    assert second.trials[2].run.last("resume") is not None, "it went on where it was"


def test_no_trial_begins_when_the_time_is_over(tmp_path):
    assert len(tune(BASE, VARY, trials=10, time_budget=1e-9, folder=tmp_path / "b").trials) == 0
    assert tune(folder=tmp_path / "b", trials=1).best is not None


def test_trials_that_fail_say_why_and_the_search_goes_on(tmp_path, capsys):
    """A rate that overflows, and a width that leaves no filter."""
    vary = {"learning_rate": [1e-3, 1e30], "optimizer": ["sgd", "adam"], "model.units": [8, -1]}
    search = tune(replace(BASE, epochs=1), vary, trials=8, folder=tmp_path / "a")
    states = {t.state for t in search.trials}
    assert states == {"finished", "failed"} and len(search.trials) == 8
    for trial in search.trials:
        bad = trial.values["model.units"] == -1 or trial.values["learning_rate"] == 1e30
        assert (trial.state == "failed") == bad, trial
        assert not bad or (trial.why and trial.why in search.text())
    assert any("units" in (t.why or "") for t in search.trials) and any("not finite" in (t.why or "") for t in search.trials)
    assert capsys.readouterr().out == "", "results alone go there"


def test_short_memory_fails_a_trial_and_no_other_error_of_torchs_does(tmp_path, monkeypatch):
    """Torch says it by a RuntimeError, as when a tensor of 2^60 bytes is asked for."""
    def learn(*given, **options):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied") if broken else huge()

    def huge():
        with pytest.raises(RuntimeError) as caught:
            torch.empty(2**60, dtype=torch.uint8)
        return caught.value

    monkeypatch.setattr("nabi.lab.tuning.learn", learn)
    broken = False
    with pytest.raises(StateError, match="got 1 that failed. The last one: MemoryError: not enough memory"):
        tune(BASE, VARY, trials=1, folder=tmp_path / "a")
    broken = True
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        tune(BASE, VARY, trials=1, folder=tmp_path / "b")
    for place in ({"folder": 5}, {"out": None}, {"folder": ["a"]}):
        with pytest.raises(ArgumentError, match=r"tune\((folder|out)\): expected the name of a folder"):
            tune(BASE, VARY, **place)


def test_if_all_fail_it_is_an_error(tmp_path):
    with pytest.raises(StateError, match=r"expected a trial that can be trained, got 2 that failed. The last one: .*units"):
        tune(BASE, {"model.units": [-1, -2]}, trials=2, folder=tmp_path / "a")
    assert [t.state for t in lab.Tuning(tmp_path / "a").trials] == ["failed", "failed"]


def test_a_network_of_ones_own_is_searched_by_its_name(tmp_path):
    with tiny_network():
        search = tune(lab.Recipe(model="tiny", epochs=1, seed=1), {"learning_rate": "x0.5..x2", "augment.translation": "0..0.1"},
                      trials=2, out=tmp_path)
    assert search.folder.name.endswith("-tune-digits-tiny") and search.best.recipe.augment["translation"] > 0
