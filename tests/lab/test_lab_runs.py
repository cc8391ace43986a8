"""Run folders: what lies in them, resumed runs, folders that cannot be written, Ctrl-C, losses that are no number."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

import nabi
from lab.lab_runs import RECIPE
from nabi import lab, zoo
from nabi.callbacks import Callback
from nabi.core import random
from nabi.core.errors import ArgumentError, FileError
from nabi.lab.recorder import RunRecorder
from nabi.lab.run import new_folder, run_folders
from nabi.models.saving import load_model


@pytest.fixture(autouse=True)
def without_figures(run, monkeypatch):
    """Leaves out what takes longest, but in `run`."""
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)


class Stop(Callback):
    """Ends the program, in the way that `how` says, after so many steps."""

    def __init__(self, steps, how):
        self.steps, self.how = steps, how

    def on_train_batch_end(self, batch, logs=None):
        self.steps -= 1
        if self.steps == 0:
            self.how()


def crash():
    raise MemoryError("killed")


def small(optimizer="adam"):
    """A compiled net of 64 inputs, and 100 samples for it."""
    random.set_seed(4)
    model = nabi.Sequential(
        [
            nabi.Input((64,)),
            nabi.layers.Dense(8, activation="relu"),
            nabi.layers.Dropout(0.3),
            nabi.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], precision="float32")
    rng = np.random.default_rng(0)
    return model, rng.random((100, 64), dtype="float32"), np.arange(100) % 10


def test_a_run_folder_holds_everything(run):
    names = {path.name for path in run.folder.iterdir()}
    assert names == {
        "recipe.toml",
        "events.jsonl",
        "history.csv",
        "watch.jsonl",
        "times.json",
        "model.safetensors",
        "checkpoint.safetensors",
        "report.html",
        "figures",
    }
    assert {path.name for path in run.figures.iterdir()} == {"learning_curves.png", "confusion_matrix.png", "misread.png"}
    assert run.state == "finished" and run.epochs == 2 and run.parameters == 7850


def test_the_recipe_is_the_one_that_was_trained(run):
    assert lab.Recipe.read(run.folder / "recipe.toml") == RECIPE


def test_events_and_history_say_the_same(run):
    lines = [json.loads(line) for line in (run.folder / "events.jsonl").read_text().splitlines()]
    assert [e["event"] for e in lines if e["event"] != "step"] == ["start", "epoch", "epoch", "end", "result"]
    assert lines[0]["environment"]["torch"] and lines[0]["samples"] == 3600 and lines[0]["steps"] == 18
    epochs = [e for e in lines if e["event"] == "epoch"]
    with open(run.folder / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2] == [e["epoch"] for e in epochs]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [float(row[name]) for row in rows] == [e[name] for e in epochs] == run.history[name]
    assert all(a["seconds"] <= b["seconds"] and a["time"] <= b["time"] for a, b in zip(lines, lines[1:], strict=False))
    assert epochs[-1]["images_per_second"] > 0 and lines[-1]["steps"] == 36


def test_the_model_file_carries_its_card(run):
    card, data = load_model(run.model).card, lab.load_data("digits")
    assert card["class_names"] == list("0123456789")
    assert card["preprocessing"] == {"scale": 1 / 255, "input_shape": [28, 28, 1], "ink": True}
    assert card["data"] == {"name": "digits", "sha256": data.fingerprint, "train": 4000, "test": 1000}
    assert card["metrics"]["test"]["accuracy"] == run.result["accuracy"] and card["recipe"]["seed"] == 3
    assert set(card["versions"]) >= {"nabi", "torch", "numpy"}


def test_the_result_is_the_saved_models(run):
    data, model = lab.load_data("digits"), load_model(run.model)
    loss, accuracy = model.evaluate(data.x_test, data.y_test, batch_size=200, verbose=0)
    assert run.result["accuracy"] == pytest.approx(accuracy, abs=1e-12) and run.result["loss"] == pytest.approx(loss, rel=1e-6)
    best = int(np.argmin(run.history["val_loss"])) + 1
    assert run.result["best_epoch"] == best and run.result["interval"] == list(lab.wilson(run.result["correct"], 1000))


def test_the_same_recipe_gives_the_same_file(run, tmp_path):
    again = lab.train(RECIPE, tmp_path / "again", verbose=0)
    assert again.model.read_bytes() == run.model.read_bytes()
    other = lab.train(replace(RECIPE, seed=4), tmp_path / "other", verbose=0)
    assert other.model.read_bytes() != run.model.read_bytes()


@pytest.mark.parametrize("step, checkpoints", [(5, 0.0), (18, 60.0), (27, 0.0), (30, 60.0)])
def test_a_crashed_run_goes_on_to_the_same_file(run, tmp_path, monkeypatch, step, checkpoints):
    """Checkpoints after every step (0 s) or epoch; a crash before the first epoch's end leaves none, so the run begins anew."""
    monkeypatch.setattr("nabi.lab.recorder.CHECKPOINT_SECONDS", checkpoints)
    with pytest.raises(MemoryError), monkeypatch.context() as patch:
        patch.setattr("nabi.lab.experiment.Progress", lambda *_: Stop(step, crash))
        lab.train(RECIPE, tmp_path / "run", verbose=0)
    broken = lab.Run(tmp_path / "run")
    assert broken.state == "failed" and broken.result is None
    resumed = lab.resume(tmp_path / "run", verbose=0)
    assert resumed.model.read_bytes() == run.model.read_bytes()
    assert (resumed.folder / "history.csv").read_bytes() == (run.folder / "history.csv").read_bytes()
    kinds = [event["event"] for event in resumed.events if event["event"] != "step"]
    assert kinds.count("epoch") == 2 and kinds[-2:] == ["end", "result"] and kinds.count("end") == 1
    assert resumed.state == "finished"


def test_logs_younger_than_the_checkpoint_are_cut_off(tmp_path, monkeypatch):
    model, x, y = small()
    model.fit(x, y, batch_size=10, epochs=3, verbose=0, run=RunRecorder(tmp_path / "run", report=False))
    with open(tmp_path / "run" / "events.jsonl", "a") as file:
        file.write('{"event": "epoch", "epoch": 4, "loss": 9.0}\n{"event": "st')
    (tmp_path / "run" / "history.csv").write_text("epoch,loss\n1,0\n2,0\n3,0\n4,9\n")
    model, x, y = small()
    history = model.fit(x, y, batch_size=10, epochs=5, verbose=0, run=RunRecorder(tmp_path / "run", report=False))
    run = lab.Run(tmp_path / "run")
    assert run.epochs == 5 and 9.0 not in run.history["loss"]
    assert run.history["loss"] == history.history["loss"] and len(history.epoch) == 5


def test_a_fit_is_made_again_from_its_recipe(tmp_path):
    """Time budget, mix, split and seeds stand in the file, by which alone the same weights are trained again."""
    x = np.random.default_rng(0).random((40, 4, 4, 1))

    def fit(seed, **options):
        nabi.utils.set_random_seed(seed)
        model = nabi.Sequential([nabi.Input((4, 4, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2, activation="softmax")])
        model.compile("sgd", "categorical_crossentropy")
        model.fit(x, np.eye(2)[np.arange(40) % 2], verbose=0, **options)
        return model

    folder = tmp_path / "run"
    first = fit(5, run=RunRecorder(folder, report=False), batch_size=10, epochs=2, mix=nabi.layers.MixUp(0.7), time_budget="1h",
                validation_split=0.2, validation_split_mode="stratified")
    kept = lab.Run(folder).recipe
    assert (kept["time_budget"], kept["epochs_asked"], kept["mix"]["kind"], kept["mix"]["alpha"]) == (3600, 2, "MixUp", 0.7)
    assert (kept["validation_split"], kept["validation_split_mode"], kept["shuffle"]) == (0.2, "stratified", True)
    mix = getattr(nabi.layers, kept["mix"].pop("kind"))(**kept["mix"])
    names = ("batch_size", "epochs", "time_budget", "validation_split", "validation_split_mode", "shuffle")
    options = {name: kept[name] for name in names}
    again, other = fit(kept["global_seed"], mix=mix, **options), fit(kept["global_seed"], batch_size=10, epochs=2)
    assert all(map(np.array_equal, first.get_weights(), again.get_weights()))
    assert not np.array_equal(first.get_weights()[0], other.get_weights()[0]), "without mix it is another one"
    plain = fit(5, run=RunRecorder(tmp_path / "plain", report=False), epochs=1)
    assert plain.history.budget is None and not {"mix", "time_budget", "epochs_asked"} & set(lab.Run(tmp_path / "plain").recipe)


def test_a_plain_fit_writes_a_run_too(tmp_path):
    model, x, y = small()
    history = model.fit(x, y, batch_size=20, epochs=3, verbose=0, validation_split=0.2, run=tmp_path / "new" / "run")
    run = lab.Run(tmp_path / "new" / "run")
    assert run.history["val_loss"] == history.history["val_loss"] and run.state == "finished" and run.result is None
    assert run.recipe["optimizer"]["class_name"] == "Adam" and run.recipe["batch_size"] == 20 and run.report.stat().st_size > 5000
    kept = load_model(run.model).evaluate(x[80:], y[80:], verbose=0)[0]
    assert kept == pytest.approx(min(history.history["val_loss"]), rel=1e-5)
    again = model.fit(x, y, batch_size=20, epochs=3, verbose=0, validation_split=0.2, run=tmp_path / "new" / "run")
    assert again.history == history.history, "a finished run is not trained again"
    with pytest.raises(ArgumentError, match="Start the script again"):
        lab.resume(run.folder)


def test_without_validation_the_last_epoch_is_kept(tmp_path):
    model, x, y = small()
    model.fit(x, y, batch_size=20, epochs=2, verbose=0, run=RunRecorder(tmp_path, report=False))
    assert all(
        (a == b).all() for a, b in zip(load_model(tmp_path / "model.safetensors").get_weights(), model.get_weights(), strict=True)
    )


def test_a_fit_that_deals_with_an_error_has_not_failed(tmp_path):
    model, x, y = small()
    try:
        raise OSError("earlier")
    except OSError:
        model.fit(x, y, epochs=1, verbose=0, run=tmp_path / "run")
    assert lab.Run(tmp_path / "run").state == "finished"


def test_control_c_keeps_the_best_and_the_run_goes_on_exactly(run, tmp_path, monkeypatch):
    import os
    import signal

    with monkeypatch.context() as patch:
        patch.setattr("nabi.lab.experiment.Progress", lambda *_: Stop(25, lambda: os.kill(os.getpid(), signal.SIGINT)))
        told = []
        stopped = lab.train(RECIPE, tmp_path / "run", verbose=0, tell=told.append)
    assert stopped.state == "interrupted" and stopped.result["best_epoch"] == 1 and "Interrupted" in told[-1]
    assert "--resume" in stopped.report.read_text() and stopped.last("end")["steps"] == 25
    resumed = lab.resume(stopped.folder, verbose=0)
    assert resumed.state == "finished" and resumed.model.read_bytes() == run.model.read_bytes()


def test_a_loss_that_is_no_number_ends_in_a_report(tmp_path):
    failed = lab.train(
        lab.Recipe(model="lecture-dense", optimizer="sgd", learning_rate=1e30, seed=1), tmp_path / "run", verbose=0
    )
    assert failed.state == "failed" and (failed.result is None or 0 <= failed.result["accuracy"] < 0.5)
    assert "not finite" in failed.last("end")["failure"] and "not finite" in failed.report.read_text()


def test_another_recipe_is_refused(run):
    with pytest.raises(ArgumentError, match="differs in batch_size, seed"):
        lab.train(replace(RECIPE, seed=9, batch_size=10), run.folder, verbose=0)


def test_an_unwritable_place_is_said_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="a folder that can be written"):
        new_folder(tmp_path / "file", "x")
    with pytest.raises(FileError, match="a folder that can be written"):
        lab.train(RECIPE, tmp_path / "file" / "run", verbose=0)
    model, x, y = small()
    with pytest.raises(FileError, match="folder .*a folder that can be written"):
        model.fit(x, y, verbose=0, run=tmp_path / "file" / "run")


def test_unknown_networks_and_optimizers_leave_no_folder(tmp_path):
    for change, near in (({"model": "lecture-cn"}, "lecture-cnn"), ({"optimizer": "adm"}, "adam"), ({"data": "digit"}, "digits")):
        with pytest.raises(ValueError, match=f"Did you mean '{near}'"):
            lab.train(replace(RECIPE, **change), out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_folders_get_names_of_their_own(tmp_path):
    made = [new_folder(tmp_path, "a/b: c") for _ in range(3)]
    assert len(set(made)) == 3 and all(path.is_dir() and path.parent == tmp_path and "a-b--c" in path.name for path in made)
    assert run_folders(tmp_path) == []
    with pytest.raises(FileError, match="no recipe.toml in it"):
        lab.Run(made[0])
    with pytest.raises(FileError, match="nothing there"):
        lab.Run(tmp_path / "none")


def test_the_schedule_of_a_recipe_ends_at_zero():
    from nabi.lab.experiment import optimizer

    made = optimizer(lab.Recipe(epochs=3, batch_size=100, schedule="cosine", learning_rate=0.01), 3600)
    assert made.get_config()["learning_rate"]["config"]["decay_steps"] == 3 * 36  # 3,600 samples, 100 a step
    assert lab.experiment.CosineDecay(0.01, 108)(108) == 0


def test_networks_by_either_spelling():
    assert zoo.build("lecture_cnn").count_params() == zoo.build("lecture-cnn").count_params() == 1199882
    assert {"lecture-cnn", "lecture-dense"} <= set(zoo.list_networks())
