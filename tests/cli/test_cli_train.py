"""`nabi train`: results, JSON, recipes, exit codes; a killed process goes on to the same file."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.lab_runs import Press
from nabi import lab

SOURCE = Path(__file__).resolve().parents[2] / "src"


def test_training_prints_results_and_progress_apart(nabi, tmp_path):
    code, out, err = nabi("train", "digits", "--model", "tiny", "--epochs", 2, "--seed", 5, "--out", tmp_path, "--name", "first")
    (run,) = lab.list_runs(tmp_path)
    assert code == 0 and "Epoch 2/2" in err and "Epoch" not in out
    assert f"accuracy  {100 * run.result['accuracy']:.2f} %" in out and f"report    {run.report}" in out and run.report.is_file()
    assert run.name.endswith("-first") and run.recipe["seed"] == 5 and "seed 5" in err


def test_json_is_the_run(nabi, tmp_path):
    code, found, err = nabi("train", "--model", "tiny", "--epochs", 1, "--out", tmp_path, "--quiet", "--json", parse=True)
    (run,) = lab.list_runs(tmp_path)
    assert code == 0 and err == "" and found["run"] == str(run.folder) and found["state"] == "finished"
    assert found["accuracy"] == run.result["accuracy"] and found["interval"] == run.result["interval"] and found["epochs"] == 1
    assert found["seed"] == run.recipe["seed"] and found["parameters"] == 7850 and Path(found["model"]).is_file()


def test_options_change_a_recipe(nabi, tmp_path):
    lab.Recipe(model="tiny", epochs=9, batch_size=50, seed=1).write(tmp_path / "mine.toml")
    code, found, _ = nabi("train", "--recipe", tmp_path / "mine.toml", "--epochs", 2, "--dry-run", "--json", parse=True)
    assert code == 0 and found["recipe"]["epochs"] == 2 and found["recipe"]["batch_size"] == 50 and found["steps"] == 2 * 72
    code, out, _ = nabi("train", "--recipe", "demo", "--dry-run")
    assert code == 0 and 'model = "lecture-cnn"' in out and "# parameters: 1,199,882" in out


def test_a_dry_run_writes_nothing(nabi, tmp_path):
    assert nabi("train", "--model", "tiny", "--dry-run", "--out", tmp_path / "out")[0] == 0
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "options, near",
    [
        (["digts"], "digits"),
        (["--model", "lecture-cn"], "lecture-cnn"),
        (["--optimizer", "adm"], "adam"),
        (["--recipe", "dmo"], "demo"),
    ],
)
def test_unknown_names_offer_the_nearest(nabi, tmp_path, options, near):
    code, out, err = nabi("train", *options, "--out", tmp_path / "out")
    assert (
        code == (1 if "--recipe" in options else 2)
        and out == ""
        and f"Did you mean '{near}'" in err
        and not (tmp_path / "out").exists()
    )


def test_a_place_that_cannot_be_written(nabi, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = nabi("train", "--model", "tiny", "--out", tmp_path / "file")
    assert code == 1 and out == "" and "a folder that can be written" in err and "Traceback" not in err


def test_a_loss_that_is_no_number_is_code_1(nabi, tmp_path):
    options = [
        "--model",
        "lecture-dense",
        "--optimizer",
        "sgd",
        "--learning-rate",
        "1e30",
        "--seed",
        1,
        "--out",
        tmp_path,
        "--quiet",
    ]
    code, found, err = nabi("train", *options, "--json", parse=True)
    assert code == 1 and found["state"] == "failed" and "not finite" in found["failure"] and (found["accuracy"] or 0) < 0.5


def test_control_c_is_code_130_and_resume_ends_in_the_same_file(nabi, tmp_path, run, monkeypatch):
    options = ["train", "--model", "tiny", "--epochs", 2, "--seed", 3, "--name", "small", "--json"]
    with monkeypatch.context() as patch:
        patch.setattr("nabi.lab.experiment.Progress", lambda *_: Press(22))
        code, found, err = nabi(*options, "--out", tmp_path, parse=True)
    assert code == 130 and found["state"] == "interrupted" and found["accuracy"] is not None and Path(found["report"]).is_file()
    code, again, _ = nabi("train", "--resume", found["run"], "--json", "--quiet", parse=True)
    assert code == 0 and again["state"] == "finished" and again["run"] == found["run"] and again["epochs"] == 2
    assert Path(again["model"]).read_bytes() == run.model.read_bytes()


def test_control_c_before_training_is_code_130(nabi, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("nabi.lab.experiment.loaded", stop)
    code, out, err = nabi("train", "--model", "tiny")
    assert (code, out, err) == (130, "", "Interrupted.\n")


def test_resume_takes_nothing_else(nabi, run):
    code, _, err = nabi("train", "--resume", run.folder, "--epochs", 9)
    assert code == 2 and "epochs" in err and "recipe.toml" in err
    code, _, err = nabi("train", "--resume", "20260101-000000-smal")
    assert code == 1 and f"Did you mean '{run.name}'" in err


def start(folder, *options):
    """A training process."""
    command = [
        sys.executable,
        "-m",
        "nabi",
        "train",
        "digits",
        "--model",
        "lecture-dense",
        "--seed",
        "5",
        "--quiet",
        "--out",
        folder,
        *options,
    ]
    return subprocess.Popen(
        list(map(str, command)),
        env=os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.full
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("wait", [0.0, 0.7])
def test_a_stopped_process_goes_on_to_the_same_file(tmp_path, ending, wait):
    whole = start(tmp_path / "whole", "--epochs", 5, "--batch-size", 20)
    assert whole.wait(300) == 0
    broken = start(tmp_path / "broken", "--epochs", 5, "--batch-size", 20)
    while not list((tmp_path / "broken").glob("*/checkpoint.safetensors")):
        time.sleep(0.01)
        assert broken.poll() is None
    time.sleep(wait)
    broken.send_signal(ending)
    assert broken.wait(300) == {signal.SIGKILL: -9, signal.SIGINT: 130}[ending]
    (folder,) = (tmp_path / "broken").iterdir()
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "nabi", "train", "--resume", folder, "--json", "--quiet"],
        env=environment,
        timeout=300,
        capture_output=True,
        text=True,
        check=True,
    )
    (expected,) = (tmp_path / "whole").iterdir()
    for name in ("model.safetensors", "history.csv"):
        digests = [hashlib.sha256((path / name).read_bytes()).hexdigest() for path in (folder, expected)]
        assert digests[0] == digests[1], name
    assert json.loads(done.stdout)["state"] == "finished"


def test_the_start_names_the_folder_and_the_precision_once(nabi, tmp_path):
    code, out, err = nabi("train", "digits", "--model", "tiny", "--epochs", 1, "--seed", 5, "--out", tmp_path)
    (run,) = lab.list_runs(tmp_path)
    assert code == 0 and f"Run folder: {run.folder}\n" in err
    assert err.count("Precision") == 1 and err.count("float32") == 1
    assert " 1 epoch, " in out and "1 epochs" not in out + err
    code, _, err = nabi("train", "--resume", run.folder)
    assert code == 0 and f"{run.folder} is finished already, epochs trained: 1. To train it longer, raise epochs" in err
    recipe = run.folder / "recipe.toml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("epochs = 1\n", "epochs = 2\n"), encoding="utf-8")
    code, out, err = nabi("train", "--resume", run.folder)
    assert code == 0 and f"Going on with {run.folder}\n" in err and " 2 epochs, " in out


def test_the_list_shows_the_kept_epoch(nabi, tmp_path):
    (tmp_path / "r").mkdir()
    lab.Recipe(model="tiny", name="r").write(tmp_path / "r" / "recipe.toml")
    (tmp_path / "r" / "history.csv").write_text("epoch,val_loss,val_accuracy\n1,0.5,0.9\n2,0.3,0.91\n3,0.4,0.95\n")
    code, rows, _ = nabi("runs", "list", "--out", tmp_path, "--json", parse=True)
    assert rows[0]["kept_epoch"] == 2 and rows[0]["val_accuracy"] == 0.91
    code, out, _ = nabi("runs", "list", "--out", tmp_path)
    assert code == 0 and "91.00 %" in out and "95.00 %" not in out and "kept" in out


def test_what_is_said_fits_eighty_columns(nabi, tmp_path, monkeypatch):
    from nabi.core.table import columns

    for language in ("en", "ko"):
        monkeypatch.setenv("NABI_LANG", language)
        code, out, err = nabi("train", "digits", "--model", "tiny", "--epochs", 1, "--seed", 5, "--out", "r", "--quiet")
        assert code == 0 and max(map(columns, out.splitlines())) <= 79
        code, _, err = nabi("train", "digits", "--model", "lecture-dense", "--epochs", 1, "--out", "r")
        assert code == 0 and max(columns(line) for line in err.splitlines() if " - " not in line) <= 79


def test_a_folder_that_has_a_sets_name_is_told_of(nabi, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "for the folder" not in nabi("train", "digits", "--model", "tiny", "--dry-run")[2]
    Path("digits").mkdir()
    assert "for the folder of this name: nabi train ./digits" in nabi("train", "digits", "--model", "tiny", "--dry-run")[2]


def test_arrays_are_planned_like_a_folder(nabi, tmp_path):
    import numpy as np

    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(40) % 2)
    code, found, err = nabi("train", tmp_path / "a.npz", "--model", "tiny", "--epochs", 1, "--dry-run", "--json", parse=True)
    assert code == 0 and found["recipe"]["pictures"]["size"] == [8, 8] and "Found 40 pictures in 2 classes: 0 20, 1 20" in err
