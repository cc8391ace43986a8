"""Arguments, names, configurations: what is refused and how, and what comes back the same."""

import copy

import numpy as np
import pytest
import torch

from nabi import optimizers, schedules
from nabi.core.errors import ArgumentError, StateError, UnknownName
from nabi.core.registry import TABLE, names, register
from nabi.kernels.math import sign
from nabi.optimizers import NAG, SGD, Adam, AdamW, AMSGrad, Momentum, Nadam, RMSprop
from optimizers.paths import distance, nabi_path

ALL = sorted({type(optimizers.get(name)).__name__ for name in names("optimizer")})

REFUSED = [
    (lambda: Adam(beta1=0.9), r"Adam\(beta1=\.\.\.\): expected a known argument, got 'beta1'\. Did you mean 'beta_1'\?"),
    (lambda: SGD(lr=0.1, momentun=0.9), "Did you mean 'momentum'"),
    (lambda: RMSprop(clip_norm=1.0), "Did you mean 'clipnorm'"),
    (lambda: Adam(learning_rate=0.1, lr=0.2), r"Adam\(lr\): expected one learning rate, got learning_rate=0.1, lr=0.2"),
    (lambda: Adam(-0.1), r"Adam\(learning_rate\): expected a number above or equal 0, or a schedule, got -0.1"),
    (lambda: Adam("fast"), r"Adam\(learning_rate\): .* got 'fast'"),
    (lambda: Adam(float("nan")), r"Adam\(learning_rate\): .* got nan"),
    (lambda: Adam(lambda: 0.1), "schedule: expected a function of the step, .* Write it as `lambda step: ...`"),
    (lambda: Adam(beta_1=1.0), r"Adam\(beta_1\): expected a number in \[0, 1\), got 1.0"),
    (lambda: Adam(epsilon=0.0), r"Adam\(epsilon\): expected a number above 0, got 0.0"),
    (lambda: AdamW(weight_decay=None), r"AdamW\(weight_decay\): .* Adam is AdamW without it"),
    (lambda: SGD(momentum=1.5), r"SGD\(momentum\): expected a number in \[0, 1\], got 1.5"),
    (lambda: SGD(clipnorm=1.0, clipvalue=0.5), "SGD: expected one of clipnorm, clipvalue and global_clipnorm, got {"),
    (lambda: SGD(clipnorm=-1.0), r"SGD\(clipnorm\): expected None or a number above or equal 0, got -1.0"),
    (lambda: SGD(gradient_accumulation_steps=0),
     r"SGD\(gradient_accumulation_steps\): expected None or a whole number above 0, got 0"),
    (lambda: SGD(ema_momentum=2), r"SGD\(ema_momentum\): expected a number in \[0, 1\], got 2"),
    (lambda: Adam(jit_compile=True), r"Adam\(jit_compile=\.\.\.\): expected .* Leave it out: the update is compiled anyway"),
    (lambda: Adam(betas=(0.9, 0.999)), "Write beta_1="),
    (lambda: SGD(params=[]), "compile gives an optimizer the weights"),
    (lambda: optimizers.get(3), "optimizers?.*: expected a name, .* got 3"),
    (lambda: optimizers.get(lambda: 1), "optimizers.get: expected a name"),
]


@pytest.mark.parametrize("make, message", REFUSED, ids=range(len(REFUSED)))
def test_refused(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownName, match="optimizer 'adamm': .* Did you mean 'adam'"):
        optimizers.get("adamm")


def test_old_spellings_of_keras_1_and_2():
    assert SGD(lr=0.2).learning_rate == SGD(0.2).learning_rate == 0.2
    assert Adam(0.2, lr=0.2).learning_rate == 0.2
    old = Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0, amsgrad=False)
    assert distance(nabi_path(old), nabi_path(Adam())) == 0
    assert SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True).formula is NAG.formula
    optimizer = SGD(0.1)
    optimizer.lr = 0.3
    assert optimizer.lr == optimizer.learning_rate == 0.3


def test_special_cases_are_built_on_their_own_formulas():
    assert SGD().slots == () and SGD(momentum=0.9).formula is Momentum.formula and SGD(nesterov=True).formula is SGD.formula
    assert Adam(amsgrad=True).formula is AMSGrad.formula and Adam(amsgrad=True).slots == AMSGrad.slots
    assert AdamW().formula is Adam.formula
    assert distance(nabi_path(SGD(0.1, 0.9)), nabi_path(Momentum(0.1, 0.9))) == 0
    assert distance(nabi_path(Adam(amsgrad=True)), nabi_path(AMSGrad())) == 0


@pytest.mark.parametrize("name", ALL)
def test_by_name_in_any_case_and_config_round_trip(name):
    assert type(optimizers.get(name)) is type(optimizers.get(name.lower())) is type(optimizers.get(name.upper()))
    optimizer = getattr(optimizers, name)(0.02, weight_decay=0.1, clipnorm=1.0, use_ema=True, decay=0.5, name="mine")
    assert optimizers.get(optimizer) is optimizer and optimizers.get(None) is None
    written = optimizers.serialize(optimizer)
    twin = optimizers.get(copy.deepcopy(written))
    assert type(twin) is type(optimizer) and optimizers.serialize(twin) == written
    assert distance(nabi_path(twin), nabi_path(optimizer)) == 0


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9, True), RMSprop(momentum=0.5, centered=True), Adam(amsgrad=True), Nadam(0.1),
                                       AdamW(schedules.CosineDecay(0.1, 10))], ids=repr)
def test_options_with_another_formula_come_back_too(optimizer):
    for twin in (optimizers.get(optimizers.serialize(optimizer)), copy.deepcopy(optimizer)):
        assert twin.formula is optimizer.formula and twin.slots == optimizer.slots
        assert distance(nabi_path(twin), nabi_path(copy.deepcopy(optimizer))) == 0


def test_a_schedule_decides_the_rate():
    optimizer = SGD(schedules.StepDecay(0.1, 0.5, 2))
    span = optimizer.make_span(torch.zeros(1), torch.ones(1), [(0, 1)])
    rates = []
    for _ in range(5):
        rates.append(optimizer.learning_rate)
        optimizer.apply([span])
    assert rates == [0.1, 0.1, 0.05, 0.05, 0.025]
    assert span.w.item() == pytest.approx(-sum(rates), rel=1e-6)
    with pytest.raises(StateError, match=r"SGD.learning_rate: expected a constant rate to change, got the schedule StepDecay\("):
        optimizer.learning_rate = 0.1
    assert optimizer.state_dict()["learning_rate"] is None
    optimizer.learning_rate = schedules.StepDecay(1.0, 0.1, 1)
    assert optimizer.learning_rate == pytest.approx(1e-5)
    assert SGD(lambda step: 1 / (step + 1)).learning_rate == 1.0
    with pytest.raises(ArgumentError, match="schedule '<lambda>'"):
        SGD(lambda step: 0.1).get_config()


def test_rates_of_other_number_types():
    optimizer = SGD(np.float32(0.5))
    optimizer.learning_rate = torch.tensor(0.25)
    assert optimizer.learning_rate == 0.25 and isinstance(optimizer.learning_rate, float)
    optimizer.learning_rate = 1
    assert optimizer.learning_rate == 1.0 and SGD(0).learning_rate == 0.0


def test_the_state_of_another_optimizer_is_refused():
    with pytest.raises(StateError, match=r"SGD.load_state_dict: expected learning_rate, calls, averaged, state \[\]"):
        SGD().load_state_dict(Nadam().state_dict())


def test_an_optimizer_of_ones_own(monkeypatch):
    """The whole of signSGD: a formula, a name, nothing else."""
    monkeypatch.setitem(TABLE, "optimizer", dict(TABLE["optimizer"]))

    @register("optimizer", "signsgd")
    class SignSGD(optimizers.Optimizer):
        def __init__(self, learning_rate=0.5, **options):
            super().__init__(learning_rate, **options)

        @staticmethod
        def formula(w, g, lr):
            return w - lr * sign(g)

    optimizer = optimizers.get({"class_name": "SignSGD", "config": {"clipvalue": 1.0}})
    span = optimizer.make_span(torch.zeros(3), torch.tensor([2.0, -0.1, 0.0]), [(0, 3)])
    optimizer.apply([span])
    assert span.w.tolist() == [-0.5, 0.5, 0.0]


def test_keras_path_of_the_schedules():
    assert optimizers.schedules.CosineDecay is schedules.CosineDecay and optimizers.schedules.get is schedules.get
