"""Time budgets: parsed, planned by plain arithmetic, kept by a clock; measuring moves nothing of the model."""

import math
import re
import threading
import warnings
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from budget_machine import X, Y, machine_fit, net, same

import nabi
from nabi import callbacks, layers
from nabi.core import random
from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import ONCE
from nabi.data import ArrayFeed
from nabi.schedules import CosineDecay, OneCycle
from nabi.training import speeds
from nabi.training.budget import RESERVE, Speeds, planned, sizes_to_try, span

STEPS = 4  # an epoch, at batch size 16
LONG = pytest.mark.learn


@pytest.fixture
def run(monkeypatch):
    return machine_fit(monkeypatch)


# The plan ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_as_many_epochs_as_fit_and_not_one_more(seed):
    rng = np.random.default_rng(seed)
    samples, budget, spent = int(rng.integers(50, 60_000)), float(10 ** rng.uniform(1.1, 3.5)), float(rng.uniform(0, 10))
    step, held = float(rng.uniform(1e-4, 0.02)), float(rng.uniform(0, 0.5))
    plan = planned(budget, spent, samples, Speeds({64: step}, held), given=64)
    epoch, left = -(-samples // 64) * step + held, (budget - spent) * 0.97
    assert plan.epochs * epoch <= left < (plan.epochs + 1) * epoch
    last, steps = left - plan.epochs * epoch - held, plan.steps or 0  # seconds for steps of one more epoch
    if plan.epochs < 5 and last > 0.11 * steps * step:
        assert plan.part * step <= last < (plan.part + 1) * step or plan.part == steps - 1
    else:
        assert plan.part == (plan.epochs == 0) or last > 0.09 * steps * step
    capped = planned(budget, spent, samples, Speeds({64: step}, held), given=64, asked=3)
    assert (capped.epochs, capped.part) == ((3, 0) if plan.epochs >= 3 else (plan.epochs, plan.part))


@pytest.mark.parametrize(("small", "large", "gain"), [(32, 64, 4 / 3), (64, 128, 1.5), (128, 256, 5 / 3)])
def test_a_larger_batch_must_bring_so_many_more_pictures_a_second(small, large, gain):
    """1 + 64 / B is 3, 2, 1.5, 1.25: the ratio of two of them, times two, is the gain that the larger one needs."""
    for factor, chosen in ((gain * 1.01, large), (gain * 0.99, small)):
        steps = {small: 0.01, large: 0.01 * (large / small) / factor}
        assert planned(600, 0, 20_000, Speeds(steps)).batch_size == chosen


def test_larger_batches_need_steps_and_short_time():
    quick = Speeds({32: 0.01, 64: 0.0101, 128: 0.0102, 256: 0.0103})  # nothing but overhead
    assert planned(600, 0, 20_000, quick).batch_size == 256
    assert planned(4.0, 0, 20_000, quick).batch_size == 32, "not 500 steps"
    assert planned(600, 0, 20_000, quick, asked=90).batch_size == 32, "90 epochs of 625 steps fit as it is"
    assert planned(600, 0, 20_000, quick, asked=100).batch_size == 256
    assert planned(600, 0, 20_000, quick, given=32).batch_size == 32
    assert [sizes_to_try(n) for n in (10, 1217, 1216, 2433, 60_000)] == [[32], [32, 64], [32], [32, 64, 128], [32, 64, 128, 256]]


def test_what_is_said(monkeypatch):
    said = planned(600, 4, 20_000, Speeds({32: 0.02, 64: 0.025, 128: 0.045}, 2.0)).lines()
    assert said == ["Time budget 10 min 0 s: epochs that fit: 58, about 9.8 s each; measuring took 4 s.",
                    "Batch size 64: images/s were 1,600 at 32, 2,560 at 64, 2,844 at 128; a larger one must gain more than its "
                    "fewer steps lose."]
    speed = Speeds({32: 0.02})
    whys = [planned(600, 4, 20_000, speed, **given).lines() for given in ({"asked": 5}, {"asked": 80}, {"given": 32})]
    assert [lines[0].split(": ", 1)[1] for lines in whys] == [
        "the epochs asked for, 5, take about 1 min 2 s; measuring took 4 s.",
        "epochs that fit: 46 of the 80 asked for, about 12 s each; measuring took 4 s.",
        "epochs that fit: 46, about 12 s each; measuring took 4 s."]
    assert [planned(t, 0, n, s).why for t, n, s in ((600, 900, speed), (5, 20_000, speed), (600, 20_000, speed))] \
        == ["only", "only", "slow"]
    late = planned(10, 9, 10_000, Speeds({32: 0.02}))
    assert late.lines()[0] == ("Time budget 10 s: not even one epoch fits, though it would take about 6.3 s: measuring the "
                               "speed, and preparing the kernels for it, took 9 s. About 48 of its 313 steps are trained.")
    short = planned(10, 1, 20_000, speed)
    assert short.part == int(9 * (1 - RESERVE) / 0.02) and short.epochs == 0
    assert planned(30, 1, 20_000, speed).lines()[0] == \
        "Time budget 30 s: epochs that fit: 2 and 156 of the 625 steps of one more, about 12 s each; measuring took 1 s."
    assert short.lines()[0] == ("Time budget 10 s: not even one epoch fits, it would take about 12 s. "
                                "About 436 of its 625 steps are trained.")
    monkeypatch.setenv("NABI_LANG", "ko")
    assert short.lines()[0].startswith("시간 예산 10초: 한 에포크도 다 학습할 수 없습니다.") and span(5400) == "1시간 30분"


# Measuring --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", *(pytest.param(kind, marks=LONG) for kind in ("own loss", "own step"))])
def test_a_planned_fit_is_the_plain_one_bit_for_bit(kind):
    class Own(nabi.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)

        def call(self, x, training=None):
            return self.inner(x)

        def train_step(self, data):
            return super().train_step(data)

    def made():
        model = net()
        if kind == "own step":
            model = Own()
        if kind != "plain":
            model.compile(nabi.optimizers.SGD(0.01, momentum=0.9), (lambda y, p: (y - p) ** 2) if kind == "own loss" else "mse")
        return model

    options = {"batch_size": 16, "validation_split": 0.25, "verbose": 0, "epochs": 2}
    one: Any = made()
    number = int(layers.Dense(1).name.split("_")[-1])
    timed = one.fit(X, Y, time_budget="1h", **options)
    drawn = random.fresh_number()
    assert layers.Dense(1).name == f"dense_{number + 1}", "the copy takes no names"
    other: Any = made()
    plain = other.fit(X, Y, **options)
    assert drawn == random.fresh_number()
    assert same(one, other) and timed.history == plain.history and one.counters.state() == other.counters.state()
    assert one.optimizer.iterations == other.optimizer.iterations == 6
    assert timed.budget["epochs"] == 2 and list(timed.budget["speeds"]) == ["16"] and plain.budget is None
    assert timed.budget["stopped"] is None and 0 < timed.budget["measuring"] < timed.budget["spent"] < 60


def test_why_nothing_was_measured_is_said(run, capsys):
    class Locked(nabi.Model):
        def __init__(self):
            super().__init__()
            self.inner, self.lock = layers.Dense(1), threading.Lock()

        def call(self, x):
            return self.inner(x)

    locked: Any = Locked()
    locked.compile("sgd", "mse")
    batches = [(X[:16], Y[:16])] * 2
    for given, why in ((dict(model=locked), "the model cannot be copied. cannot pickle '_thread.lock' object"),
                       (dict(x=iter(batches), y=None, steps_per_epoch=2), "the data come in batches of their own.")):
        history, *_ = run(1.0, believed=None, epochs=1, time_budget=600, verbose=2, **given)
        assert history.budget["speeds"] == {} and history.budget["said"][1].endswith(why)
        assert f"Nothing was measured beforehand, and the batch size stays: {why}" in capsys.readouterr().out


def test_measuring_takes_a_part_of_the_time(monkeypatch):
    """A machine of which a step takes as long as the test says: how many steps it takes to know."""
    now, calls = [0.0], []

    def step(batch):
        calls.append(len(batch.x[0]))
        now[0] += 0.01 if len(calls) > 1 else 30.0

    monkeypatch.setattr(speeds, "perf_counter", lambda: now[0])
    feed = ArrayFeed([nabi.ops.convert_to_tensor(X)], [], [], 16)
    assert speeds.seconds_a_call(step, speeds.repeated(feed), most=0.055) == pytest.approx(0.01)
    assert len(calls) == 7 and now[0] == pytest.approx(30.06)


def test_measuring_that_overruns_ends(monkeypatch):
    """Where compiling took the time, no other batch size is tried, and no validation timed."""
    now, tried, slow = [0.0], [], [0.0]

    def seconds_a_call(step, batches, most):
        tried.append(step.__name__)
        now[0] += slow[0]
        return 1e-3

    monkeypatch.setattr(speeds, "perf_counter", lambda: now[0])
    monkeypatch.setattr(speeds, "seconds_a_call", seconds_a_call)
    feed = ArrayFeed([nabi.ops.convert_to_tensor(np.tile(X, (20, 1)))], [], [], 32)  # 1280: 32 and 64 leave 20 steps
    trainer, data = net().trainer, SimpleNamespace(feed=feed, held=feed, validation_steps=None, mix=None)
    for slow[0], wanted in ((3.0, ["train_step"]), (0.7, ["train_step", "test_step"]), (0.1, ["train_step"] * 2 + ["test_step"])):
        tried.clear()
        speeds.measured(trainer, data, None, 2.0, 2.0)
        assert tried == wanted


def test_blending_is_measured_too(monkeypatch):
    """fit(mix=...): what it takes is in the speed, and the masks and pairs that are drawn later are as without measuring."""
    slow, took, x, y = layers.MixUp(0.4), [0.0], np.random.default_rng(0).random((32, 4, 4, 1)), np.eye(2)[np.arange(32) % 2]
    monkeypatch.setattr(speeds, "perf_counter", lambda: took[0])
    draw = slow.draws

    def draws(*given):
        took[0] += 3.0
        return draw(*given)

    def fit(**options):
        nabi.utils.set_random_seed(4)
        model = nabi.Sequential([nabi.Input((4, 4, 1)), layers.Flatten(), layers.Dropout(0.5)])
        model.add(layers.Dense(2, activation="softmax"))
        model.compile("sgd", "categorical_crossentropy")
        model.fit(x, y, batch_size=16, epochs=1, mix=slow, verbose=0, **options)
        return model

    plain = fit()
    monkeypatch.setattr(slow, "draws", draws)
    timed = fit(time_budget="1h")
    assert timed.history.budget["step"] == 3.0 and same(plain, timed)


# The clock --------------------------------------------------------------------------------------------------------------------


def test_as_planned(run):
    history, machine, model = run(1.0, time_budget=60, validation=1.0, validation_data=(X, Y))
    assert len(history.epoch) == history.budget["epochs"] == int(60 * 0.97 / 5) == 11
    assert history.budget["stopped"] is None and history.budget["corrections"] == [] and history.budget["spent"] == 55
    assert history.params["epochs"] == 11 and history.params["batch_size"] == 16
    other = net()
    other.fit(X, Y, batch_size=16, epochs=11, verbose=0)
    assert same(model, other)


@pytest.mark.parametrize(("step", "epochs"), [
    (2.0, 7), pytest.param(0.5, 29, marks=LONG), pytest.param(lambda n: 1 if n < 20 else 2, 9, marks=LONG)])
def test_a_machine_of_another_speed(run, step, epochs, capsys):
    history, machine, model = run(step, time_budget=60, verbose=2)
    assert history.budget["epochs"] == 14 and abs(len(history.epoch) - epochs) <= 1
    assert 60 * 0.85 < history.budget["spent"] <= 60 * 1.03 and machine.count % STEPS == 0
    slower, said = len(history.epoch) < 14, capsys.readouterr().out
    assert (history.budget["stopped"] is not None) == slower == ("Stopped: the time is over (1 min 0 s) after epoch" in said)
    lines = said.splitlines()
    totals = [int(found[1]) for line in lines if (found := re.match(r"Epoch \d+/(\d+) ", line))]
    change = next(k for k, total in enumerate(totals) if total != 14)  # the line before it says why
    told = [k for k, line in enumerate(lines) if "pochs that fit are now" in line]
    assert len(told) == len([k for k in range(1, len(totals)) if totals[k] != totals[k - 1]]) + (totals[0] != 14)
    assert lines[told[0] + 1].startswith(f"Epoch {change + 1}/{totals[change]} ")
    assert f"are now {totals[change]}, not 14: a step takes " in lines[told[0]] and "measured were 1 s" in lines[told[0]]
    other = net()
    other.fit(X, Y, batch_size=16, epochs=len(history.epoch), verbose=0)
    assert same(model, other)


def test_times_that_waver_move_no_epochs(run, capsys):
    """Steps of 0.9 to 1.1 s, and one twice as long: 36 epochs stay so. Half as long for good: few changes, each told."""
    rng = np.random.default_rng(0)
    wavering = run(lambda n: 2.0 if n == 9 else rng.uniform(0.9, 1.1), time_budget=150)[0].budget
    assert wavering["epochs"] == 36 and len(wavering["corrections"]) <= 1 and 140 < wavering["spent"] < 154.5
    run(lambda n: rng.uniform(0.4, 0.6), time_budget=150, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    totals = [int(found[1]) for line in lines if (found := re.match(r"Epoch \d+/(\d+) ", line))]
    changes = sum(a != b for a, b in zip([36, *totals], totals, strict=False))
    assert 1 <= changes == sum("pochs that fit are now" in line for line in lines) <= 4
    assert sum("The number may change again" in line for line in lines) == 1


def test_a_schedule_of_another_length_is_told(run, capsys):
    for schedule, told in ((OneCycle(0.02, 8), True), (OneCycle(0.02), False), (CosineDecay(0.02, 4), False),
                           (CosineDecay(0.02, 6, warmup_target=0.1, warmup_steps=2), True)):
        run(1.0, time_budget=60, rate=schedule, verbose=2, epochs=1)
        said = capsys.readouterr().out
        assert ("schedule made for 8 steps, and this training has about 4: nabi.schedules.OneCycle(peak)" in said) == told
        assert "Time budget 1 min 0 s: the epochs asked for, 1, take about 4 s" in said


@pytest.mark.parametrize("step", [
    2.0, *(pytest.param(step, marks=LONG) for step in (1.0, 0.5, lambda n: 1 if n < 30 else 2, lambda n: 2 if n < 30 else 0.5))])
def test_a_cycle_ends_with_the_last_step(run, step):
    history, machine, model = run(step, time_budget=60, rate=OneCycle(0.02, warmup=0.25))
    rates = np.array(machine.rates)
    assert rates.max() > 0.018 and rates[-1] < 0.0025 and 51 < history.budget["spent"] < 61.8
    assert (np.diff(rates[rates.argmax():]) < 0).all()
    if step == 1.0:
        steps = 14 * STEPS
        np.testing.assert_allclose(rates, [OneCycle(0.02, steps, warmup=0.25)(k) for k in range(steps)], rtol=1e-12)


@LONG
def test_within_one_epoch(run):
    """An epoch of 64 steps: planned as one, or not even one; the machine as fast as believed, or half as fast."""
    x, y = np.tile(X, (16, 1)), np.tile(Y, (16, 1))
    for time, step, low, high in ((70, 1.0, 64, 64), (70, 2.0, 33, 35), (40, 1.0, 38, 40), (40, 2.0, 18, 20)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history, machine, model = run(step, time_budget=time, x=x, y=y, rate=OneCycle(0.02), validation=1.0,
                                          validation_data=(X, Y))
        assert low <= machine.count <= high and len(history.epoch) == 1 and history.budget["spent"] <= time * 1.03
        assert machine.rates[-1] < 0.003, "the cycle ends where the steps end"
        assert "val_loss" in history.history and (history.budget["stopped"] is None) == (high == 64)
        assert [str(w.message).split("would")[0] for w in caught] == \
            ([] if time == 70 else ["Time budget 40 s: not even one epoch fits, it "])


@pytest.mark.parametrize(("step", "epochs", "steps"), [(1.0, 5, (19, 20)), pytest.param(1.5, 4, (12, 13), marks=LONG),
                                                       pytest.param(0.7, 6, (24, 24), marks=LONG)])
def test_few_epochs_are_followed_by_a_part_of_one(run, step, epochs, steps):
    """20 s: 4 epochs of 4 s and 3 of 4 steps; a slower machine, a faster one."""
    history, machine, _ = run(step, time_budget=20, rate=OneCycle(0.02))
    assert (history.budget["epochs"], history.budget["part"]) == (4, 3)
    assert len(history.epoch) == epochs and steps[0] <= machine.count <= steps[1] and 16 < history.budget["spent"] <= 20.6
    assert machine.rates[-1] < 0.003


@LONG
def test_in_time_on_this_machine():
    """Steps that sleep, and sleep twice as long halfway; nothing is pretended."""
    import time

    begin, count, rate = time.monotonic(), [], [0.0]

    def sleep(batch, logs):
        count.append(0)
        rate[0] = float(model.optimizer.learning_rate)
        time.sleep(0.01 if len(count) < 100 else 0.02)

    model = net(OneCycle(0.02))
    history = model.fit(X, Y, batch_size=4, verbose=0, time_budget=timedelta(seconds=3),
                        callbacks=[callbacks.LambdaCallback(on_train_batch_end=sleep)])
    assert 2 < time.monotonic() - begin < 3.3 and history.budget["corrections"]
    assert rate[0] < 0.004


@LONG
def test_no_more_than_the_epochs_asked_for(run):
    for asked, done in ((3, 3), (30, 14)):
        history, machine, _ = run(1.0, time_budget=60, epochs=asked)
        assert len(history.epoch) == done
    assert run(1.0, time_budget=60, epochs=1)[1].count == STEPS, "1 that is said is 1"
    assert run(1.0, time_budget=60, epochs=2, initial_epoch=2)[1].count == 0
    assert run(0.1, time_budget=60, epochs=5, initial_epoch=3)[0].epoch == [3, 4]
    stopping = callbacks.EarlyStopping("loss", patience=0, min_delta=1e9)
    assert len(run(1.0, time_budget=60, more=[stopping])[0].epoch) == 2


def test_batches_that_come_by_themselves(run):
    """Nothing is measured: the clock alone decides, also where the length shows only when the first epoch is over."""
    class Source:
        def __init__(self, length=None):
            self.length = length

        def __iter__(self):
            return (((X[k:k + 16], Y[k:k + 16])) for k in range(0, 64, 16))

    class Known(Source):
        def __len__(self):
            return STEPS

    for source in (Source(), Known()):
        history, machine, _ = run(1.0, believed=None, x=source, y=None, time_budget=30)
        assert len(history.epoch) == 7 and history.budget["spent"] == 28 and history.budget["speeds"] == {}
    pairs = (pair for _ in range(99) for pair in Source())
    endless = run(1.0, believed=None, x=pairs, y=None, time_budget=10, steps_per_epoch=50)
    assert 8 <= endless[1].count <= 10 and "Stopped" in endless[0].budget["stopped"]
    with pytest.raises(ArgumentError, match=r"OneCycle\(steps\): expected a number of steps, since the data do not tell"):
        run(1.0, believed=None, x=Source(), y=None, time_budget=30, epochs=3, rate=OneCycle(0.1))


@pytest.mark.parametrize(("time", "length"), [
    (60, 1), (25, 50), *(pytest.param(*given, marks=LONG) for given in ((400, STEPS), (101, STEPS), (101, None)))])
def test_a_cycle_of_which_no_speed_is_known_follows_the_time(run, time, length):
    """Many epochs, and less than one, the length given or shown by the first epoch: as on a machine that was measured."""
    class Source:
        def __iter__(self):
            return (((X[k:k + 16], Y[k:k + 16])) for k in range(0, 64, 16))

    _, machine, model = run(1.0, believed=None, x=Source(), y=None, time_budget=time, steps_per_epoch=length,
                            rate=OneCycle(0.02))
    rates = np.array(machine.rates)
    wanted = [OneCycle(0.02, len(rates))(k) for k in range(len(rates))]
    assert len(rates) > 0.9 * time - STEPS and 0 < rates[-1] < 0.0025
    np.testing.assert_allclose(rates, wanted, atol=0.0015)


# Cycles that take their steps from fit ------------------------------------------------------------------------------------------


def test_a_cycle_takes_its_steps_from_a_plain_fit(run):
    with pytest.raises(StateError, match="expected a schedule that knows its steps"):
        net(OneCycle(0.02)).train_on_batch(X, Y)
    open_one, closed = (net(OneCycle(0.02, steps)).fit(X, Y, batch_size=16, epochs=3, verbose=0).model for steps in (None, 12))
    assert same(open_one, closed)
    with pytest.raises(StateError, match="expected a schedule that knows its steps"):
        open_one.train_on_batch(X, Y)
    first = []
    open_one.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[callbacks.LambdaCallback(
        on_train_begin=lambda logs: first.append(float(open_one.optimizer.learning_rate)))])
    assert first == [pytest.approx(0.02 * 0.04)], "each fit begins it anew"


def test_the_default_of_epochs_is_keras_one():
    import inspect

    default = inspect.signature(nabi.Model.fit).parameters["epochs"].default
    assert default == 1 and default is ONCE and repr(default) == "1" and math.isfinite(default)
    assert net().fit(X, Y, verbose=0).epoch == [0]
