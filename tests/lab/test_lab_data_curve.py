"""The data curve: parts of the training samples, what its folder says, and runs that go on after a stop."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lab.lab_runs import Press
from nabi import lab
from nabi.core.errors import ArgumentError, FileError
from nabi.lab import amounts
from nabi.lab.data_curve import DataCurve, data_curve
from nabi.lab.recipe import as_toml


def test_each_part_lies_in_the_next_and_has_every_class_in_its_share():
    y = np.repeat([0, 1, 2], [600, 300, 7])[np.random.default_rng(0).permutation(907)]
    placed = amounts.order(y, seed=4)
    assert sorted(placed) == list(range(907)) and not np.array_equal(placed, amounts.order(y, seed=5))
    for n in (3, 10, 100, 500, 907):
        counts = np.bincount(y[placed[:n]], minlength=3)
        assert counts.min() >= 1 and np.abs(counts - n * np.array([600, 300, 7]) / 907).max() < 2.5, counts
    data = lab.Data("a", np.arange(907)[:, None], y, y[:5], y[:5], ("a", "b", "c"), False, "")
    held = amounts.with_validation(data, 0.1)
    small, large = (amounts.part(held, n, seed=4) for n in (50, 200))
    assert len(small.x_train) == 50 and set(small.x_train[:, 0]) < set(large.x_train[:, 0])
    assert not set(large.x_train[:, 0]) & set(held.x_validation[:, 0]) and large.x_validation is held.x_validation
    assert (y[large.x_train[:, 0]] == large.y_train).all() and amounts.with_validation(held, 0.1) is held


def test_numbers_of_pictures():
    y = np.arange(100) % 5
    assert amounts.sizes_of(y) == [25, 50, 100] and amounts.sizes_of(y, (100, 10, 10)) == [10, 100]
    for sizes in ([100], [4, 50], [50, 101], "50", 50, [10, 20.5]):
        with pytest.raises(ArgumentError, match="two numbers of pictures or more, from 5, one of each class, to 100"):
            amounts.sizes_of(y, sizes)


def written(folder, accuracies, seeds=(7, 8)):
    """A curve's folder: size -> accuracy of each seed, None where the run has not ended."""
    folder.mkdir()
    lab.Recipe(seed=7).write(folder / "base.toml")
    (folder / "curve.toml").write_text(as_toml({"sizes": list(accuracies), "smallest": [1] * len(accuracies),
                                                "seeds": list(seeds)}))
    curve = DataCurve(folder)
    for size, found in accuracies.items():
        for seed, accuracy in zip(seeds, found, strict=True):
            place = curve.place(size, seed)
            place.mkdir()
            lab.Recipe(seed=seed).write(place / "recipe.toml")
            events = [] if accuracy is None else [{"event": "result", "accuracy": accuracy}]
            (place / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return curve


def test_mean_spread_and_what_the_last_step_brought(tmp_path):
    curve = written(tmp_path / "a", {50: (0.5, 0.6), 100: (0.7, 0.72), 200: (0.75, 0.77)})
    assert [(p.pictures, round(p.mean, 6)) for p in curve.points] == [(50, 0.55), (100, 0.71), (200, 0.76)]
    assert curve.points[0].spread == pytest.approx(0.1 / 2**0.5)
    gain, more = curve.gain
    noise = 2 * (2 * (0.02 / 2**0.5) ** 2 / 2) ** 0.5
    assert gain == pytest.approx(0.05) and noise == pytest.approx(0.0283, abs=1e-4) and more
    assert "From 100 to 200 pictures the accuracy rose by +5.00 points, more than the spread" in curve.text()
    assert "the spread of 2 runs says little" in curve.text() and curve.summary()["doubt"] == "few runs"
    three = written(tmp_path / "d", {50: (0.5, 0.51, 0.52), 100: (0.7, 0.71, 0.72)}, (1, 2, 3))
    assert three.doubt is None and "will probably help" in three.text()
    for seed, last in zip((1, 2, 3), (0.7, 0.7, 0.9), strict=True):  # trained too briefly
        (three.place(100, seed) / "history.csv").write_text(f"epoch,accuracy\n1,0.3\n2,0.5\n3,0.6\n4,{last}\n")
    assert three.doubt == "rising" and "--epochs" in three.text() and "will probably" not in three.text()
    (line,) = [line for line in curve.figure().axes[0].lines if line.get_label() == "lecture-cnn"]
    np.testing.assert_allclose(line.get_xydata(), [[50, 0.55], [100, 0.71], [200, 0.76]])
    flat = written(tmp_path / "b", {50: (0.5, 0.6), 100: (0.54, 0.62)})
    assert not flat.gain[1] and "may bring little" in flat.text()
    torn = written(tmp_path / "c", {50: (0.5, None), 100: (None, None)})
    assert torn.gain is None and len(torn.points) == 1 and f"nabi data curve --resume {tmp_path / 'c'}" in torn.text()
    with pytest.raises(FileError, match="the folder of a data curve, with curve.toml"):
        DataCurve(tmp_path)


@pytest.mark.learn
def test_a_stopped_curve_goes_on_to_the_same_numbers(tmp_path, monkeypatch):
    """Ctrl-C in the third of four runs; the fourth has all pictures and is the best."""
    recipe = lab.Recipe(model="tiny", epochs=1, seed=3, learning_rate=0.01, batch_size=50)

    def run(folder, recipe=recipe):
        return data_curve(recipe, [100, 3600], 2, folder=folder)

    whole = run(tmp_path / "whole")
    assert [len(p.accuracies) for p in whole.points] == [2, 2] and whole.points[1].mean > whole.points[0].mean + 0.05
    assert whole.recipe.epochs == 1 and lab.Run(whole.place(100, 3)).epochs == 4, "four times as many epochs at most"
    assert (whole.folder / "curve.png").stat().st_size > 10_000
    assert (whole.folder / "curve.csv").read_text().splitlines()[0] == "pictures,seed,accuracy"
    presses = iter([Press(10**9), Press(10**9), Press(20)])
    with monkeypatch.context() as patch:
        patch.setattr("nabi.lab.experiment.Progress", lambda *_: next(presses))
        torn = run(tmp_path / "torn")
    assert torn.interrupted and len(torn.points) == 1
    with pytest.raises(ArgumentError, match="a new folder, or the same recipe"):
        run(tmp_path / "torn", replace(recipe, epochs=2))
    went_on = run(tmp_path / "torn", None)
    assert [p.accuracies for p in went_on.points] == [p.accuracies for p in whole.points]
    models = [curve.place(3600, 3) / "model.safetensors" for curve in (whole, went_on)]
    assert models[0].read_bytes() == models[1].read_bytes()
