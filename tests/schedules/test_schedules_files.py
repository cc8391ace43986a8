"""Schedules through a model file and a checkpoint's numbers; a schedule of one's own, registered or not."""

import numpy as np
import pytest

import nabi
from nabi import schedules
from nabi.core.errors import UnknownName, Unwritten
from nabi.core.registry import TABLE, register
from schedules.test_schedules_formulas import EVERY, rates


class Halving(schedules.LearningRateSchedule):
    """Half the rate after every step, as a user writes it."""

    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / 2**step


def trained(schedule, steps):
    """A model after some steps under a schedule, and the rates it had."""
    model = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(1)])
    model.compile(nabi.optimizers.SGD(schedule), "mse")
    seen = []
    for _ in range(steps):
        seen.append(model.optimizer.learning_rate)
        model.train_on_batch(np.ones((1, 2)), np.ones((1, 1)))
    return model, seen


@pytest.fixture
def registered(monkeypatch):
    """Halving under its name, for one test."""
    monkeypatch.setitem(TABLE, "schedule", dict(TABLE["schedule"]))
    return register("schedule")(Halving)


def test_every_schedule_goes_through_a_model_file(tmp_path, registered):
    for schedule in [*{type(s): s for s in EVERY}.values(), registered(0.5)]:
        model, seen = trained(schedule, 3)
        assert seen == [schedule(step) for step in range(3)]
        model.save(tmp_path / "model.safetensors")
        again = nabi.load_model(tmp_path / "model.safetensors")
        twin = again.optimizer._learning_rate
        assert type(twin) is type(schedule) and twin is not schedule
        assert rates(twin).tolist() == rates(schedule).tolist()


def test_a_schedule_of_ones_own(tmp_path):
    model, seen = trained(Halving(0.5), 3)
    assert seen == [0.5, 0.25, 0.125]
    with pytest.warns(UserWarning, match="schedule 'Halving': expected a registered schedule"):
        model.save(tmp_path / "model.safetensors")
    assert nabi.load_model(tmp_path / "model.safetensors").optimizer is None
    with pytest.raises(Unwritten, match=r"Write __call__\(self, step\) in Silent"):
        type("Silent", (schedules.Schedule,), {})()(0)


def test_a_file_may_name_what_custom_objects_know(tmp_path, registered, monkeypatch):
    model, _ = trained(registered(0.5), 2)
    model.save(tmp_path / "model.safetensors")
    monkeypatch.delitem(TABLE["schedule"], "Halving")
    with pytest.raises((UnknownName, nabi.core.errors.FileError), match="Halving"):
        nabi.load_model(tmp_path / "model.safetensors")
    again = nabi.load_model(tmp_path / "model.safetensors", custom_objects={"Halving": Halving})
    assert again.optimizer.learning_rate == 0.5


def test_a_checkpoint_goes_on_at_its_step(tmp_path):
    model, _ = trained(schedules.CosineDecayRestarts(0.1, 4), 6)
    model.save_checkpoint(tmp_path / "run.safetensors")
    other, _ = trained(schedules.CosineDecayRestarts(0.1, 4), 1)
    other.load_checkpoint(tmp_path / "run.safetensors")
    assert other.optimizer.learning_rate == schedules.CosineDecayRestarts(0.1, 4)(6) != 0.1
