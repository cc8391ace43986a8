"""A run that was stopped and resumed: where it goes on, which epoch was kept, how often the test set was read."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab.lab_runs import RECIPE, Press
from nabi import lab
from nabi.lab.run import test_reads as reads_of
from nabi.models import safefile

SOURCE = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture(autouse=True)
def without_figures(run, monkeypatch):
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)


def stopped_at(step, folder, monkeypatch, again=False):
    """A run of RECIPE (18 steps an epoch, 2 epochs) that Ctrl-C stopped, `again` in a resumed session."""
    with monkeypatch.context() as patch:
        patch.setattr("nabi.lab.experiment.Progress", lambda *_: Press(step))
        return lab.resume(folder, verbose=0) if again else lab.train(RECIPE, folder, verbose=0)


@pytest.mark.parametrize("step, place", [(5, (1, 5)), (25, (2, 7))])
def test_control_c_writes_a_checkpoint_of_the_very_step(run, tmp_path, monkeypatch, step, place):
    """Without it, a run that is stopped in its first epoch would begin anew, and one in its second lose up to a minute."""
    stopped_at(step, tmp_path / "run", monkeypatch)
    resumed = lab.resume(tmp_path / "run", verbose=0)
    went_on = resumed.last("resume")
    assert (went_on["epoch"], went_on["step"]) == place
    assert resumed.model.read_bytes() == run.model.read_bytes()
    assert (resumed.folder / "history.csv").read_bytes() == (run.folder / "history.csv").read_bytes()


@pytest.mark.learn
def test_a_process_that_gets_the_signal_leaves_a_checkpoint_of_its_last_step(tmp_path):
    """A real SIGINT to `nabi train` in its first epoch."""
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1", "NABI_KERNELS": "plain"}
    options = ["--model", "lecture-dense", "--epochs", "1", "--batch-size", "2", "--seed", "1", "--out", str(tmp_path), "--quiet"]
    command = [sys.executable, "-m", "nabi", "train", "digits", *options, "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (found := [path for path in tmp_path.glob("*/events.jsonl") if '"step"' in path.read_text()]):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and json.loads(out)["state"] == "interrupted", err
    run = lab.Run(found[0].parent)
    steps = run.last("end")["steps"]
    with safefile.opened(run.checkpoint) as file:
        training = file.json("training")
    assert 0 < steps < 1800 and (training["epoch"], training["step"]) == (0, steps), "the checkpoint is that of the last step"


def test_the_test_set_is_counted_each_time_it_is_read(run, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    assert run.test_reads == 1 and "The test set was read once, after training." in run.report.read_text()
    first = stopped_at(5, folder, monkeypatch)
    assert first.test_reads == 1 and "read once" in first.report.read_text()
    second = stopped_at(3, folder, monkeypatch, again=True)
    assert second.test_reads == 2 and "The test set was read 2 times" in second.report.read_text()
    third = lab.resume(folder, verbose=0)
    assert third.test_reads == 3 and "read 3 times" in third.report.read_text() and "read once" not in third.report.read_text()
    assert lab.resume(folder, verbose=0).test_reads == 4, "resuming a finished run reads it once more"


def test_a_crash_after_the_cut_forgets_no_reading():
    events = [{"event": "result"}, {"event": "cut", "test_reads": 3}, {"event": "resume"}]
    assert reads_of(events) == 3 and reads_of([*events, {"event": "result"}]) == 4 and reads_of([]) == 0


def history_of(folder, val_loss, val_accuracy):
    """A run folder with this history."""
    folder.mkdir(parents=True)
    lab.Recipe().write(folder / "recipe.toml")
    rows = "".join(f"{k},{a},{b}\n" for k, (a, b) in enumerate(zip(val_loss, val_accuracy, strict=True), 1))
    (folder / "history.csv").write_text("epoch,val_loss,val_accuracy\n" + rows)
    return lab.Run(folder)


def test_the_kept_epoch_is_that_of_the_saved_weights(tmp_path):
    """Its accuracy need not be the highest of the run."""
    run = history_of(tmp_path / "a", [0.5, 0.3, 0.4, ""], [0.9, 0.91, 0.95, ""])
    assert run.kept_epoch == 2 and run.kept("val_accuracy") == 0.91 and run.kept("loss") is None
    bare = history_of(tmp_path / "b", [""], [""])
    assert bare.kept_epoch is None and bare.kept("val_accuracy") is None


def test_an_early_epoch_is_not_kept_where_the_recipe_says_so(tmp_path):
    """Of four epochs the last two may be kept; where training ended before, the last one is."""
    for name, losses, kept in (("whole", [0.1, 0.2, 0.5, 0.4], 4), ("short", [0.1, 0.2], 2)):
        run = history_of(tmp_path / name, losses, losses)
        lab.Recipe(epochs=4, keep_from=0.5).write(run.folder / "recipe.toml")
        assert lab.Run(run.folder).kept_epoch == kept


@pytest.mark.filterwarnings("ignore:loss. expected less")
def test_the_model_of_a_run_is_that_of_a_late_epoch(tmp_path):
    """A rate so high that the second of three epochs is worse than the first by val_loss."""
    runs = {}
    for share in (0.0, 0.5):
        recipe = replace(RECIPE, epochs=3, keep_from=share, learning_rate=0.3, schedule="constant")
        runs[share] = lab.train(recipe, tmp_path / str(share), verbose=0)
        losses = runs[share].history["val_loss"]
        assert runs[share].result["best_epoch"] == runs[share].kept_epoch
    first = min(range(3), key=lambda k: losses[k])
    assert runs[0.0].kept_epoch == first + 1 and runs[0.5].kept_epoch == (2 if losses[1] < losses[2] else 3)


def test_runs_are_listed_by_time_whatever_their_names(tmp_path):
    """`fit(run="runs/mine")` has no time in its name."""
    for name, when in (("20260102-000000-b", 5), ("20260101-000000-a", 9), ("aaa", 1767312000 + 86400 * 30), ("zzz", 1000)):
        run = history_of(tmp_path / name, [0.5], [0.9])
        os.utime(run.folder / "recipe.toml", (when, when))
    assert [run.name for run in lab.list_runs(tmp_path)] == ["zzz", "20260101-000000-a", "20260102-000000-b", "aaa"]
