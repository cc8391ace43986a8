"""Time budgets of runs that were killed: the plan goes on, its batch size, what is left of the time or of another time."""

from typing import Any

import pytest
from budget_machine import machine_fit, same

from nabi import callbacks
from nabi.core.errors import StateError
from nabi.schedules import OneCycle

STEPS = 4  # an epoch, at batch size 16
LONG = pytest.mark.learn
EVERY_10: Any = 10


@pytest.fixture
def run(monkeypatch):
    return machine_fit(monkeypatch)


def killed_at(epoch, step):
    """Ends a run as a crash would, in an epoch, after a step of it, both from 0."""
    place = [0]

    def stop(batch, logs):
        if (place[0], batch) == (epoch, step):
            raise KeyboardInterrupt

    return callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: place.__setitem__(0, epoch), on_train_batch_end=stop)


@pytest.mark.parametrize("time_budget", [60, pytest.param(None, marks=LONG)])
def test_resumed(run, tmp_path, time_budget):
    """Killed in the middle of the third epoch: the same plan, what is left of the time, the same bits; nothing measured anew."""
    how = {"epochs": 14} if time_budget is None else {"time_budget": time_budget}
    whole, *_, model = run(1.0, rate=OneCycle(0.02), **how)
    backup = [callbacks.BackupAndRestore(tmp_path / "b", EVERY_10)]
    with pytest.raises(KeyboardInterrupt):
        run(1.0, rate=OneCycle(0.02), more=[killed_at(2, 2), *backup], **how)
    resumed, machine, again = run(1.0, believed=50.0, rate=OneCycle(0.02), more=backup, **how)
    assert machine.count == 14 * STEPS - 10 and same(model, again) and resumed.history == whole.history
    if time_budget:
        assert resumed.budget["spent"] == whole.budget["spent"] == 56 and resumed.budget["step"] == 1.0
        assert {**resumed.budget, "spent": 0} == {**whole.budget, "spent": 0}


@LONG
def test_resumed_with_less_time_or_another_batch_size(run, tmp_path):
    backup = [callbacks.BackupAndRestore(tmp_path / "b", EVERY_10, delete_checkpoint=False)]
    with pytest.raises(KeyboardInterrupt):
        run(1.0, more=[killed_at(2, 2), *backup], time_budget=60, batch_size=None, believed=1.0)
    with pytest.raises(StateError, match="batch_size"):
        run(1.0, more=backup, time_budget=60, batch_size=8)
    history, machine, _ = run(1.0, more=backup, time_budget=21, batch_size=None)
    assert len(history.epoch) == 5 and machine.count == 10 and "after epoch 5" in history.budget["stopped"]


def test_resumed_with_the_size_of_the_plan(run, tmp_path):
    """The plan chose 16, not 32: killed in the middle of an epoch it goes on with 16, with a size left open, with less time."""
    def backup():
        return callbacks.BackupAndRestore(tmp_path / "b", EVERY_10, delete_checkpoint=False)

    with pytest.raises(KeyboardInterrupt):
        run(1.0, more=[killed_at(2, 2), backup()], time_budget=16, batch_size=None)
    for size in (16, None):
        history, machine, _ = run(1.0, more=[backup()], time_budget=13, batch_size=size)
        assert machine.count == 3 and history.budget["budget"] == 13 and "(13 s)" in history.budget["stopped"]
    for budget, size, said in ((16, 32, "'batch_size': 16"), (None, 16, r"fit\(time_budget\): expected a time, as .* got None")):
        with pytest.raises(StateError, match=said):
            run(1.0, more=[backup()], time_budget=budget, batch_size=size)
