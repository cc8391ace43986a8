"""Schedules against Keras 3 in float64, against torch's, and against numbers worked out by hand."""

import math

import numpy as np
import pytest
import torch

from nabi import schedules
from nabi.core.errors import ArgumentError, UnknownName
from nabi.core.registry import names

KERAS = {
    "piecewise": ("PiecewiseConstantDecay", {"boundaries": [3, 10, 25], "values": [1.0, 0.5, 0.25, 0.1]}),
    "exponential": ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6}),
    "exponential stairs": ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6,
                                                "staircase": True}),
    "inverse": ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6}),
    "inverse stairs": ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.6,
                                            "staircase": True}),
    "line": ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    "root": ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "end_learning_rate": 0.02, "power": 0.5}),
    "cycle": ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "power": 2.0, "cycle": True}),
    "cosine": ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30}),
    "cosine to alpha": ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "alpha": 0.2}),
    "cosine with warm-up": ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 20, "alpha": 0.1,
                                            "warmup_target": 0.2, "warmup_steps": 9}),
    "cosine with a target alone": ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.2}),
    "restarts": ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    "restarts lower and to alpha": ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.5,
                                                            "m_mul": 0.8, "alpha": 0.1}),
    "restarts of one length": ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.0}),
}
STEPS = range(41)


def rates(schedule) -> np.ndarray:
    return np.array([float(schedule(step)) for step in STEPS])


@pytest.mark.parametrize("case", KERAS)
def test_keras_has_the_same_numbers(keras64, case):
    name, arguments = KERAS[case]
    theirs = getattr(keras64.optimizers.schedules, name)(**arguments)
    ours = getattr(schedules, name)(**arguments)
    np.testing.assert_allclose(rates(ours), rates(theirs), rtol=1e-12, atol=1e-17)
    assert ours.get_config() == theirs.get_config()
    assert rates(schedules.get(keras64.optimizers.schedules.serialize(theirs))).tolist() == rates(ours).tolist()


def torch_rates(make, lr=0.1):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr)
    scheduler, found = make(optimizer), []
    for _ in STEPS:
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(found)


TORCH = torch.optim.lr_scheduler
PAIRS = {
    "step": (schedules.StepDecay(0.1, 0.5, 6), lambda o: TORCH.StepLR(o, 6, gamma=0.5)),
    "exponential": (schedules.ExponentialDecay(0.1, 1, 0.9), lambda o: TORCH.ExponentialLR(o, 0.9)),
    "line": (schedules.PolynomialDecay(0.1, 20, 0.0), lambda o: TORCH.PolynomialLR(o, 20)),
    "cosine": (schedules.CosineDecay(0.1, 40), lambda o: TORCH.CosineAnnealingLR(o, 40)),
    "restarts": (schedules.CosineDecayRestarts(0.1, 3, t_mul=2.0, alpha=0.2),
                 lambda o: TORCH.CosineAnnealingWarmRestarts(o, 3, 2, 0.02)),
    "piecewise": (schedules.PiecewiseConstantDecay([3, 9], [0.1, 0.03, 0.009]),
                  lambda o: TORCH.MultiStepLR(o, [4, 10], gamma=0.3)),
}


@pytest.mark.parametrize("case", PAIRS)
def test_torch_has_the_same_numbers(case):
    ours, make = PAIRS[case]
    np.testing.assert_allclose(rates(ours), torch_rates(make), rtol=1e-12, atol=1e-17)


def test_one_cycle_is_torchs_under_mapped_arguments():
    """torch's phases end one step earlier: 41 steps with 11 on the way up are our 40 with 10."""
    arguments = {"max_lr": 0.4, "total_steps": 41, "pct_start": 11 / 41, "div_factor": 25, "final_div_factor": 1e300}
    line = schedules.OneCycle(0.4, 40, warmup=0.25)
    np.testing.assert_allclose(rates(line), torch_rates(lambda o: TORCH.OneCycleLR(o, **arguments, anneal_strategy="linear")),
                               rtol=1e-12, atol=1e-15)
    cosine = schedules.OneCycle(0.4, 40, warmup=0.25, shape="cosine")
    theirs = torch_rates(lambda o: TORCH.OneCycleLR(o, **arguments, anneal_strategy="cos"))
    np.testing.assert_allclose(rates(cosine)[10:], theirs[10:], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("t", [1.0, 1.1, 1.5, 2.0, 3.0, 10.0])
def test_no_restart_is_missed_through_rounding(t):
    """Keras' float32 logarithm may miss one by a step; here the top of every period is where the sum of lengths says."""
    first, length, at = 10**6, 10**6, 0
    lr = schedules.CosineDecayRestarts(0.1, first, t_mul=t, m_mul=0.5)
    for i in range(30):
        assert lr(at) == pytest.approx(0.1 * 0.5**i, rel=1e-6) and lr(at - 1e-3) <= 0.1 * 0.5**i
        at, length = at + length, length * t


def test_one_cycle_by_hand():
    lr = schedules.OneCycle(1.0, 100, warmup=0.2, start=0.1)
    assert [lr(step) for step in (0, 10, 20, 60, 100, 500)] == pytest.approx([0.1, 0.55, 1.0, 0.5, 0.0, 0.0])
    assert max(range(101), key=lr) == 20
    lr = schedules.OneCycle(1.0, 100, warmup=0.0, shape="cosine")
    assert [lr(step) for step in (0, 25, 50, 100)] == pytest.approx([1.0, (1 + math.sqrt(0.5)) / 2, 0.5, 0.0], abs=1e-15)


def mutated_cosine(step):
    """Half the wave length: cos(2 pi p)."""
    return 0.1 * (1 + math.cos(2 * math.pi * min(step, 30) / 30)) / 2


BROKEN = {
    "piecewise": lambda step: [1.0, 0.5, 0.25, 0.1][sum(step >= b for b in (3, 10, 25))],
    "exponential": lambda step: 0.1 * math.exp(-0.6 * step / 7),
    "exponential stairs": lambda step: 0.1 * 0.6 ** (step / 7),
    "inverse": lambda step: 0.1 / (1 + 0.6 * (step + 1) / 7),
    "line": lambda step: 0.1 * (1 - min(step, 20) / 20),
    "cycle": lambda step: schedules.PolynomialDecay(0.1, 9, power=2.0)(step),
    "cosine": mutated_cosine,
    "cosine to alpha": lambda step: max(0.02, schedules.CosineDecay(0.1, 30)(step)),
    "restarts": lambda step: schedules.CosineDecayRestarts(0.1, 5, t_mul=1.0)(step),
    "restarts lower and to alpha": lambda step: 0.008 + 0.09 * schedules.CosineDecayRestarts(1.0, 4, 1.5, 0.8)(step),
    "cosine with warm-up": lambda step: schedules.CosineDecay(0.01, 11, 0.1, warmup_target=0.2, warmup_steps=9)(step),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_on_purpose(keras64, case):
    name, arguments = KERAS[case]
    theirs = rates(getattr(keras64.optimizers.schedules, name)(**arguments))
    assert np.abs(rates(BROKEN[case]) - theirs).max() > 1e-5


EVERY = [getattr(schedules, name)(**arguments) for name, arguments in KERAS.values()]
EVERY += [schedules.StepDecay(0.1, 0.5, 6), schedules.OneCycle(0.4, 40, shape="cosine")]


def test_every_registered_schedule_is_here():
    assert {type(schedule).__name__ for schedule in EVERY} == set(names("schedule"))


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_config_round_trip(schedule):
    twin = schedules.get(schedules.serialize(schedule))
    assert type(twin) is type(schedule) and rates(twin).tolist() == rates(schedule).tolist()
    assert schedules.get(schedule) is schedule
    assert all(isinstance(schedule(step), float) for step in (0, 7, 10**9))


NUMBER = [-0.1, float("nan"), float("inf"), "0.1", None, True]
STEP, SHARE, FLAG = [0, -1, float("nan"), float("inf"), "10", None, True], [-0.1, 1.1, "0.5", None, True], ["yes", 2, None]
BAD = {
    "initial_learning_rate": NUMBER, "end_learning_rate": NUMBER, "decay_rate": NUMBER, "factor": NUMBER, "peak": NUMBER,
    "m_mul": NUMBER, "t_mul": [0.5, *NUMBER], "power": [0, *NUMBER], "warmup_steps": NUMBER, "warmup_target": [-0.1, "0.1", True],
    "decay_steps": STEP, "first_decay_steps": STEP, "every": STEP, "steps": STEP[:5], "alpha": SHARE, "start": SHARE,
    "warmup": [1.0, *SHARE], "staircase": FLAG, "cycle": FLAG, "shape": ["round", None, 3],
    "boundaries": [3, "369", None, [1, -2, 3], ["a", "b", "c"]], "values": [3, "369", None, [0.1, 0.1, -0.1, 0.1], ["a"]],
}  # fmt: skip


@pytest.mark.parametrize("schedule", {type(schedule): schedule for schedule in EVERY}.values(), ids=lambda s: type(s).__name__)
def test_every_argument_is_checked(schedule):
    good = schedule.get_config()
    for argument in good.keys() - {"name"}:
        for value in BAD[argument]:
            with pytest.raises(ArgumentError) as caught:
                type(schedule)(**{**good, argument: value})
            text = str(caught.value)
            assert text.startswith(f"{type(schedule).__name__}({argument}): expected ") and "\n" not in text, (value, text)


REFUSED = [
    (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "3 values, one more than boundaries, got 2"),
    (lambda: schedules.PiecewiseConstantDecay([2, 2], [0.1, 0.2, 0.3]), r"expected steps in rising order, got \[2, 2\]"),
    (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), r"ExponentialDecay\(decay_steps\): .* steps above 0, got 0"),
    (lambda: schedules.CosineDecay(0.1, 100, warmup_steps=10), r"CosineDecay\(warmup_target\): .* 10 warmup_steps have no aim"),
    (lambda: schedules.OneCycle(0.1, 100, warmup=1.0), r"OneCycle\(warmup\): expected a share of the steps in \[0, 1\), got 1.0"),
    (lambda: schedules.OneCycle(0.1, 100, start=2.0), r"OneCycle\(start\): expected a share of the peak in \[0, 1\], got 2.0"),
    (lambda: schedules.OneCycle(0.1, 100, shape="round"), r"OneCycle\(shape\): expected 'linear' or 'cosine', got 'round'"),
    (lambda: schedules.get(0.1), "schedules.get: expected a schedule, a function of the step, .* got 0.1"),
    (lambda: schedules.get(schedules.CosineDecay), "schedules.get: .* For example"),
]


@pytest.mark.parametrize("make, message", REFUSED, ids=range(len(REFUSED)))
def test_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'CosineDecay'"):
        schedules.get({"class_name": "CosinDecay", "config": {}})
