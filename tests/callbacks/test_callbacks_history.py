"""History's best epoch and plot, and the direction of a monitor."""

import numpy as np
import pytest
from callbacks_fakes import FakeModel, run

from nabi.callbacks import EarlyStopping, History, direction, require
from nabi.core import registry
from nabi.core.errors import ArgumentError, DataError, UnknownName


@pytest.mark.parametrize(("monitor", "pick"), [("loss", np.argmin), ("accuracy", np.argmax)])
def test_best_epoch_is_numpys(monitor, pick):
    values = np.random.default_rng(3).integers(0, 6, 30) / 10  # with ties: the first counts
    history = History()
    run(history, [{monitor: value} for value in values], start=4)
    assert history.best_epoch(monitor) == 4 + pick(values)
    assert history.best_epoch(monitor, mode="max") == 4 + np.argmax(values)


def test_best_epoch_counts_epochs_not_validations_and_skips_nan():
    history = History()
    run(history, [{"loss": 1.0}, {"val_loss": float("nan")}, {"loss": 1.0}, {"val_loss": 0.2}, {}, {"val_loss": 0.3}])
    assert history.best_epoch() == 3
    with pytest.raises(UnknownName, match=r"History\.best_epoch\(monitor\): .*got 'val_los'\. Did you mean 'val_loss'"):
        history.best_epoch("val_los")
    run(history, [{"other_loss": float("nan")}])
    with pytest.raises(DataError, match="at least one number, got only NaN"):
        history.best_epoch("other_loss")


def test_plot_hands_the_curves_to_the_registered_figure(monkeypatch):
    asked = []
    monkeypatch.setattr(registry, "lookup", lambda *names: asked.append(names) or (lambda curves, **options: (curves, options)))
    history = History()
    run(history, [{"loss": 0.5}])
    assert history.plot(title="mine") == ({"loss": [0.5]}, {"epochs": {"loss": [0]}, "title": "mine"})
    assert asked == [("figure", "learning_curves")]


def test_plot_draws_validations_at_their_epochs():
    history = History()
    run(history, [{"loss": 1.0}, {"loss": 0.5, "val_loss": 0.75}, {"loss": 0.25}])
    lines = {tuple(line.get_xdata()): tuple(line.get_ydata()) for line in history.plot().axes[0].lines}
    assert lines[(1, 2, 3)] == (1.0, 0.5, 0.25)
    assert lines[(2,)] == (0.75,)


def test_plot_takes_names_a_path_and_the_metric_s_own_direction(tmp_path):
    history, model = History(), FakeModel()
    model.metric_directions = {"wonder": "max"}
    run(history, [{"loss": 1.0, "wonder": 0.1, "val_wonder": 0.3}, {"loss": 0.5, "wonder": 0.4, "val_wonder": 0.2}], model)
    drawn = history.plot("wonder", path=tmp_path / "w.png")
    assert len(drawn.axes) == 1 and "epoch 1" in drawn.texts[0].get_text() and drawn.texts[0].get_text().startswith("Highest")
    assert (tmp_path / "w.png").read_bytes() == drawn._repr_png_()
    assert len(history.plot("wonder", "loss").axes) == len(history.plot().axes) == 2
    with pytest.raises(UnknownName, match="'wonder'"):
        history.plot("wondr")
    with pytest.raises(ArgumentError, match=".png"):
        history.plot(path=tmp_path / "w.svg")


def test_the_models_metrics_come_before_the_name():
    told = {"accuracy": "min", "wonder": "max"}
    assert direction("val_accuracy", "auto", told) == "min"
    assert direction("val_wonder", "auto", told) == "max"
    assert direction("accuracy", "max", told) == "max"
    model = FakeModel()
    model.metric_directions = told
    stopper = EarlyStopping("wonder", patience=1)
    run(stopper, [{"wonder": 0.1}, {"wonder": 0.2}, {"wonder": 0.3}], model)
    assert stopper.best == 0.3


@pytest.mark.parametrize(
    ("name", "way"),
    [("loss", "min"), ("acc", "max"), ("val_acc", "max"), ("auc_1", "max"), ("mse", "min"), ("dice_loss", "min"), ("Dice", "max"),
     ("head_accuracy_2", "max"), ("balanced_accuracy", "max"), ("precision_error", "min"), ("cross_entropy", "min")],
)  # fmt: skip
def test_directions_by_name(name, way):
    assert direction(name) == way


@pytest.mark.parametrize("name", ["accumulated", "time", "val_f", "learning_rate"])
def test_a_name_that_does_not_tell_is_an_error_at_the_first_epoch(name):
    with pytest.raises(ArgumentError, match=rf"EarlyStopping\(monitor='{name}', mode='auto'\): .*Pass mode='max'"):
        run(EarlyStopping(name), [{name: 0.5}])


def test_require_gives_the_value():
    assert require("loss", {"loss": 0.5}, "here") == 0.5
