"""Experiments in one line: what is varied, what a folder of runs says, and runs that go on after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

import nabi
from nabi import lab, zoo
from nabi.core.errors import ArgumentError, FileError, NabiError, UnknownName
from nabi.lab.compare_folder import COLUMNS, Experiment
from nabi.lab.compare_page import write_page
from nabi.lab.comparing import compare
from nabi.lab.recipe import Recipe, as_toml
from nabi.lab.variants import variants_of


def recipes(vary, **base):
    return [variant.recipe for variant in variants_of(vary, Recipe(**base))]


def test_names_are_found_where_they_belong():
    (a, b) = recipes({"activation": "tanh,relu"})
    assert (a.model_options, b.model_options) == ({"activation": "tanh"}, {"activation": "relu"})
    assert [r.optimizer_options for r in recipes({"momentum": [0, 0.9]}, optimizer="sgd")] == [{"momentum": 0}, {"momentum": 0.9}]
    assert [r.augment for r in recipes({"augment": "none,flip+zoom"})] == [{}, {"flip": "horizontal", "zoom": 0.1}]
    assert [r.augment for r in recipes({"rotation": "0,0.1"})] == [{"rotation": 0}, {"rotation": 0.1}]
    assert [r.epochs for r in recipes({"epochs": (2, 4)})] == [2, 4]
    assert [r.learning_rate for r in recipes({"learning_rate": "1e-3,0.1"})] == [0.001, 0.1]
    assert [r.model for r in recipes({"model": "lenet5,lecture-cnn"})] == ["lenet5", "lecture-cnn"]
    assert [r.model_options for r in recipes({"batch_norm": "no,yes"})] == [{"batch_norm": False}, {"batch_norm": True}]
    sizes = variants_of({"train_size": "100,200"}, Recipe())
    assert [v.train_size for v in sizes] == [100, 200] and [v.name for v in sizes] == ["train_size 100", "train_size 200"]


def test_a_grid_without_what_a_combination_has_no_use_for():
    found = variants_of({"optimizer": "sgd,adam,rmsprop", "nesterov": "no,yes"}, Recipe())
    assert [v.name for v in found] == ["sgd, nesterov no", "sgd, nesterov yes", "adam", "rmsprop"]
    assert found[2].values == {"optimizer": "adam", "optimizer.nesterov": None}
    assert len(variants_of({"activation": "relu,tanh", "dropout": [0, 0.5], "epochs": [1, 2]}, Recipe())) == 8


@pytest.mark.parametrize("vary, says", [
    ({}, "entries and their values"), ({"activaton": "relu,tanh"}, "Did you mean 'activation'.*Of the network: width"),
    ({"activation": "relu"}, "two values or more"), ({"learning_rate": "1e-4..1e-2"}, "nabi tune searches ranges"),
    ({"seed": [1, 2]}, "--seeds repeats"), ({"data": "digits,mnist"}, "same samples"), ({"epochs": [0, 1]}, "above 0"),
    ({"train_size": [0, 5]}, "above 0"), ({"augment": "none,flop"}, "Did you mean 'flip'"),
    ({"model.activaton": "relu,tanh"}, "Did you mean 'model.activation'"), ({"activation": [None, {}]}, "names or numbers"),
    ({"epochs": list(range(1, 40)), "batch_size": list(range(1, 40))}, "at most 500 combinations"),
    ({"dropout": "0,0.5", "model.dropout": "0,0.5"}, "each entry once"),
])
def test_what_cannot_be_varied(vary, says):
    with pytest.raises(ArgumentError, match=says):
        variants_of(vary, Recipe())


@pytest.mark.parametrize("options, says", [
    ({"vary": {"optimizer": "sgd,adm"}}, "Did you mean 'adam'"), ({"vary": {"model": "lenet5,lenet6"}}, "Did you mean 'lenet5'"),
    ({"vary": {"activation": "relu,rellu"}}, "rellu"), ({"vary": {"padding": "same,vald"}}, "vald"),
    ({"vary": {"train_size": [5, 100]}}, "10 pictures, one of each class, to 3,600"), ({"seeds": 0}, "above 0"),
    ({"vary": {"pool": "max,l2"}, "model": "lecture-dense"}, "a network with a layer that has it"), ({"target": 2.0}, "a share"),
    ({"epoch": 3}, "Did you mean 'epochs'"), ({"out": 3}, "the name of a folder"), ({"model": "lecture-cn"}, "lecture-cnn"),
])
def test_what_is_broken_is_found_before_the_first_run(tmp_path, options, says):
    with pytest.raises(NabiError, match=says):
        compare(**{"model": "lecture-cnn", "vary": {"activation": "relu,tanh"}, "out": str(tmp_path), **options})
    assert not list(tmp_path.iterdir())
    assert issubclass(UnknownName, NabiError)


def written(folder, runs, seeds, vary=("activation = sigmoid,tanh,relu",), total=1000, target=None, **recipe):
    """A comparison's folder: for each variant the test accuracies over the seeds, None for a run that has not ended."""
    folder.mkdir()
    lab.Recipe(seed=seeds[0], epochs=3, **recipe).write(folder / "base.toml")
    (folder / "compare.toml").write_text(as_toml({"vary": list(vary), "seeds": list(seeds), "target": target}))
    found = Experiment(folder)
    for k, accuracies in enumerate(runs):
        for seed, accuracy in zip(seeds, accuracies, strict=True):
            place = found.place(k, seed)
            place.mkdir()
            lab.Recipe(seed=seed).write(place / "recipe.toml")
            rows = f"1,2,0.{k + 2},0.5\n2,1,0.{k + 4},0.6\n3,0.5,0.7,\n"
            (place / "history.csv").write_text(f"epoch,loss,accuracy,val_accuracy\n{rows}")
            events = [{"event": "start", "parameters": 10}, {"event": "end", "seconds": 2.0 + k}]
            if accuracy is None:
                events[1] |= {"failure": "loss: nan"}
            else:
                events.append({"event": "result", "accuracy": accuracy, "correct": round(accuracy * total), "total": total,
                               "loss": 0.1})
            (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return found


def test_means_tests_and_verdicts(tmp_path):
    runs = [(0.5, 0.52, 0.51), (0.9, 0.91, 0.93), (0.91, 0.905, 0.935)]
    found = written(tmp_path / "a", runs, (1, 2, 3))
    summary = found.summary()
    assert [v["variant"] for v in summary["variants"]] == ["relu", "tanh", "sigmoid"]
    assert summary["variants"][1]["mean"] == pytest.approx(np.mean(runs[1]))
    assert summary["variants"][1]["spread"] == pytest.approx(np.std(runs[1], ddof=1))
    P = {}
    for pair, (a, b) in zip(found.pairs, ((2, 1), (2, 0), (1, 0)), strict=True):
        wanted = stats.ttest_rel(runs[a], runs[b])
        assert (pair["t"], pair["P"]) == pytest.approx((wanted.statistic, wanted.pvalue))
        P[pair["a"], pair["b"]] = pair["P"]
    assert [pair["verdict"] for pair in found.pairs] == ["noise", "more", "more"]
    small, middle, large = sorted(P.values())
    wanted = {small: 3 * small, middle: max(3 * small, 2 * middle), large: large}
    assert [pair["corrected"] for pair in found.pairs] == pytest.approx([wanted[pair["P"]] for pair in found.pairs])
    text = found.text()
    assert "relu is 0.33 points above tanh, which may be noise" in text and "3 seeds tell large differences" in text
    assert "relu is 40.67 points above sigmoid, more than seed noise (paired t-test over 3 seeds" in text
    assert found.target == 0.7 and "3.0 ± 0.0" in text and "1,000 test pictures" in text
    assert written(tmp_path / "t", runs, (1, 2, 3), target=0.55).figures(1)["epochs_to_target"] == [3, 3, 3]
    assert [row[3] for row in found.rows()] == [a for one in runs for a in one] and len(found.rows()[0]) == len(COLUMNS)
    lines = found.figure().axes[0].lines
    np.testing.assert_allclose(lines[0].get_ydata(), [2, 1, 0.5])
    write_page(found)
    page = (tmp_path / "a" / "report.html").read_text()
    assert "relu is 40.67 points above sigmoid" in page and "data:image/png" in page and "http://" not in page


def test_one_seed_a_failure_and_many_variants(tmp_path, monkeypatch):
    one = written(tmp_path / "a", [(0.5,), (0.6,), (0.6,)], (1,))
    assert [pair["verdict"] for pair in one.pairs] == ["one run"] * 3 and "whether that is noise cannot be told" in one.text()
    torn = written(tmp_path / "b", [(None, None), (0.6, 0.61), (0.6, None)], (1, 2))
    assert [pair["verdict"] for pair in torn.pairs] == ["one run", "unknown", "unknown"] and torn.whole
    assert "sigmoid, seed 1 failed: loss: nan" in torn.text() and "Go on" not in torn.text()
    assert torn.figure().axes[-1].texts[1].get_text() == "no run ended"
    names = ("sgd", "momentum", "adam", "adagrad", "adadelta", "rmsprop")
    vary = ["optimizer = sgd,adam,adagrad,adadelta,rmsprop"]
    many = written(tmp_path / "c", [(0.5 + k / 10, 0.52 + k / 11) for k in range(5)], (1, 2), vary)
    assert len(many.told()) == 4 + 1 + 3 and "The other 6 pairs" in many.text() and names
    assert "Each optimizer ran at its own learning rate (sgd 0.01, adam 0.001" in many.text()
    monkeypatch.setenv("NABI_LANG", "ko")
    assert "시드 2개로는" in Experiment(many.folder).text() and "옵티마이저마다" in many.text()
    with pytest.raises(FileError, match="the folder of a comparison, with compare.toml"):
        Experiment(tmp_path)


SCRIPT = """
from nabi import lab
from lab.lab_runs import tiny_network
from nabi.lab.comparing import compare
with tiny_network():
    compare("tiny", {"batch_size": [50, 100]}, 2, folder=%r, epochs=2)
"""


@pytest.mark.learn
def test_a_network_of_ones_own(tmp_path, monkeypatch):
    """Its arguments can be varied, and what any network takes, too; a variant's weights are those of its seed."""
    from nabi.core.registry import TABLE
    from nabi.layers import Dense, Flatten, Input

    def own_net(input_shape=(28, 28, 1), classes=10, units=4):
        return nabi.Sequential([Input(input_shape), Flatten(), Dense(units, activation="relu"),
                                Dense(classes, activation="softmax")])

    monkeypatch.setitem(TABLE, "network", dict(TABLE["network"]))
    vary = {"units": [2, 8], "activation": "relu,tanh"}
    found = nabi.compare(own_net, vary, 1, folder=tmp_path / "a", epochs=1, batch_size=400)
    assert [one.name for one in found.variants] == ["units 2, relu", "units 2, tanh", "units 8, relu", "units 8, tanh"]
    model = nabi.load_model(found.place(3, 0) / "model.safetensors")
    assert model.layers[-2].units == 8 and model.layers[-2].get_config()["activation"] == "tanh"
    assert found.whole and found.figures(0)["parameters"] == 784 * 2 + 2 + 2 * 10 + 10
    for function in (lambda x: x, zoo.lecture_cnn):
        with pytest.raises(ArgumentError, match=r"compare\(model\)"):
            compare(function, {"epochs": [1, 2]}, out=tmp_path)


@pytest.mark.learn
def test_a_killed_comparison_goes_on_to_the_same_numbers(tmp_path):
    """kill -9 in the second run; what it had done stays, and the rest comes out as without the kill."""
    whole = nabi.compare("tiny", {"batch_size": [50, 100]}, 2, folder=tmp_path / "whole", epochs=2)
    assert whole.whole and [len(whole.accuracies(k)) for k in range(2)] == [2, 2]
    root = Path(__file__).resolve().parents[1]
    threads = str(torch.get_num_threads())  # sums of another number of threads have other last bits
    environment = os.environ | {"PYTHONPATH": f"{root.parent / 'src'}{os.pathsep}{root}", "OMP_NUM_THREADS": threads}
    torn = tmp_path / "torn"
    process = subprocess.Popen([sys.executable, "-c", SCRIPT % str(torn)], env=environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (torn / "v02-0" / "checkpoint.safetensors").is_file():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = Experiment(torn)
    assert not before.whole and before.accuracies(0)[0] == whole.accuracies(0)[0] and "nabi compare --resume" in before.text()
    with pytest.raises(ArgumentError, match="the same entries to vary"):
        compare("tiny", {"batch_size": [50, 200]}, folder=torn)
    went_on = compare(folder=torn)
    assert [went_on.accuracies(k) for k in range(2)] == [whole.accuracies(k) for k in range(2)]
    models = [one.place(1, 0) / "model.safetensors" for one in (whole, went_on)]
    assert models[0].read_bytes() == models[1].read_bytes()
    for name in ("compare.png", "report.html", "compare.csv"):
        assert (torn / name).stat().st_size > 100


def test_entries_of_a_grid_are_averaged_over_the_others(tmp_path):
    runs = [(0.5, 0.52, 0.51), (0.6, 0.63, 0.61), (0.7, 0.71, 0.73), (0.75, 0.78, 0.79), (0.9, 0.8, 0.85), (0.91, 0.83, 0.86)]
    found = written(tmp_path / "a", runs, (1, 2, 3), ["activation = sigmoid,tanh,relu", "dropout = 0,0.5"])
    of_activation, of_dropout = found.effects
    table = np.array(runs).reshape(3, 2, 3)
    assert [v["mean"] for v in of_activation["values"]] == pytest.approx(table.mean(axis=(1, 2)))
    assert [v["spread"] for v in of_dropout["values"]] == pytest.approx(table.mean(axis=0).std(axis=1, ddof=1))
    wanted = stats.ttest_rel(table[:, 1].mean(axis=0), table[:, 0].mean(axis=0))
    (pair,) = of_dropout["pairs"]
    assert (pair["t"], pair["P"]) == (pytest.approx(wanted.statistic), pytest.approx(wanted.pvalue)) and pair["n"] == 3
    of_runs = stats.ttest_rel(table[:, 1].ravel(), table[:, 0].ravel())
    assert abs(of_runs.pvalue - pair["P"]) > 1e-4, "nine runs of three seeds are no nine seeds"
    text = found.text()
    points = 100 * (table[:, 1].mean() - table[:, 0].mean())
    assert "Entry by entry, averaged over the others:\ntanh is" in text or "averaged over the others:\nrelu is" in text
    assert f"dropout 0.5 is {points:.2f} points above dropout 0" in text
    assert "The other 15 pairs" in text
    odd = written(tmp_path / "b", [(0.5, 0.6)] * 3, (1, 2), ["optimizer = sgd,adam", "momentum = 0,0.9"])
    assert not odd.effects, "adam has no momentum: nothing to average over"
    assert not written(tmp_path / "c", [(0.5, 0.6)] * 3, (1, 2)).effects
