"""torch.optim walks the same paths under mapped arguments; and a formula that is broken on purpose leaves them.

Keras' epsilon acts in torch's Adam as epsilon / sqrt(1 - b2^t), so torch's eps is set before each step. Where Keras has epsilon
inside the root and torch outside, both get one so small (1e-100) that its place does not matter.
"""

from math import sqrt as root

import pytest
import torch

from nabi import optimizers
from nabi.core.registry import names
from nabi.kernels.math import absolute, maximum, sign, sqrt
from optimizers.paths import distance, nabi_path, torch_path

TINY = 1e-100


def adam_epsilon(optimizer, number):
    """torch's eps that equals Keras' epsilon 1e-3 at this step."""
    for group in optimizer.param_groups:
        group["eps"] = 1e-3 / root(1 - 0.99 ** (number + 1))


ADAM = {"learning_rate": 0.01, "beta_2": 0.99, "epsilon": 1e-3}
TORCH_ADAM = {"lr": 0.01, "betas": (0.9, 0.99)}
PAIRS = {
    "sgd": (optimizers.SGD(0.1), lambda p: torch.optim.SGD(p, 0.1), None),
    "momentum": (optimizers.Momentum(0.1), lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), None),
    "nag": (optimizers.NAG(0.1, 0.8), lambda p: torch.optim.SGD(p, 0.1, momentum=0.8, nesterov=True), None),
    "adam": (optimizers.Adam(**ADAM), lambda p: torch.optim.Adam(p, **TORCH_ADAM), adam_epsilon),
    "amsgrad": (optimizers.AMSGrad(**ADAM), lambda p: torch.optim.Adam(p, **TORCH_ADAM, amsgrad=True), adam_epsilon),
    "adamw": (optimizers.AdamW(**ADAM, weight_decay=0.1), lambda p: torch.optim.AdamW(p, **TORCH_ADAM, weight_decay=0.1),
              adam_epsilon),
    "adamax": (optimizers.Adamax(0.01, epsilon=TINY), lambda p: torch.optim.Adamax(p, 0.01, eps=TINY), None),
    "nadam": (optimizers.Nadam(0.01), lambda p: torch.optim.NAdam(p, 0.01, eps=1e-7, momentum_decay=1.0), None),
    "nadam of Keras 2": (optimizers.Nadam(lr=0.002, epsilon=1e-8, schedule_decay=0.004), torch.optim.NAdam, None),
    "adagrad": (optimizers.Adagrad(0.1, epsilon=TINY),
                lambda p: torch.optim.Adagrad(p, 0.1, initial_accumulator_value=0.1, eps=TINY), None),
    "adadelta": (optimizers.Adadelta(1.0, epsilon=1e-6, rho=0.9), torch.optim.Adadelta, None),
    "rmsprop": (optimizers.RMSprop(0.01, rho=0.99, epsilon=TINY), lambda p: torch.optim.RMSprop(p, eps=TINY), None),
    "rmsprop momentum": (optimizers.RMSprop(0.01, rho=0.99, momentum=0.7, epsilon=TINY),
                         lambda p: torch.optim.RMSprop(p, momentum=0.7, eps=TINY), None),
    "rmsprop centered": (optimizers.RMSprop(0.01, rho=0.9, momentum=0.7, epsilon=1e-30, centered=True),
                         lambda p: torch.optim.RMSprop(p, alpha=0.9, momentum=0.7, eps=1e-30, centered=True), None),
}


@pytest.fixture
def float64_scalars():
    """torch's NAdam keeps its product of mu in the default dtype."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("pair", PAIRS)
def test_torch_walks_the_same_path(pair, float64_scalars):
    ours, make, before_step = PAIRS[pair]
    assert distance(nabi_path(ours), torch_path(make, before_step)) < 1e-12


def test_at_a_changing_rate_the_velocities_of_keras_and_torch_part():
    """lr inside the velocity (Keras) or outside (torch): the paths agree until lr changes."""

    def drop(optimizer, number):
        if number == 10 and isinstance(optimizer, torch.optim.Optimizer):
            optimizer.param_groups[0]["lr"] = 0.01
        elif number == 10:
            optimizer.learning_rate = 0.01

    ours = nabi_path(optimizers.Momentum(0.1), before_step=drop)
    theirs = torch_path(lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), drop)
    assert distance(ours[:10], theirs[:10]) < 1e-12 and distance(ours, theirs) > 0.1


def broken(base, formula, **changes):
    """An optimizer with another formula or other numbers."""
    return type(base.__name__, (base,), {"formula": staticmethod(formula or base.formula), **changes})


def epsilon_outside_the_denominator(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return w - lr * alpha * m / sqrt(v) + epsilon, m, v


def epsilon_inside_the_root(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return w - lr * alpha * m / sqrt(v + epsilon), m, v


def old_moment(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
    w = w - lr * alpha * m / (sqrt(v) + epsilon)
    return w, beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2


def rate_outside_the_velocity(w, g, v, lr, m):
    v = m * v - g
    return w + lr * v, v


def step_of_momentum(w, g, v, lr, m):
    v = m * v - lr * g
    return w + v, v


def mean_instead_of_sum(w, g, G, lr, epsilon):
    G = 0.5 * (G + g**2)
    return w - lr * g / sqrt(G + epsilon), G


def root_outside(w, g, v, lr, rho, epsilon):
    v = rho * v + (1 - rho) * g**2
    return w - lr * g / (sqrt(v) + epsilon), v


def new_update_first(w, g, G, D, lr, rho, epsilon):
    G = rho * G + (1 - rho) * g**2
    d = sqrt(D + epsilon) / sqrt(G + epsilon) * g
    D = D + (1 - rho) * d**2
    return w - lr * d, G, D


def norm_without_absolute(w, g, m, u, lr, beta_1, beta_2, epsilon, alpha):
    m = beta_1 * m + (1 - beta_1) * g
    u = maximum(beta_2 * u, g)
    return w - lr * alpha * m / (u + epsilon), m, u


def without_the_present_gradient(w, g, m, v, lr, beta_1, beta_2, epsilon, c_m, c_g, c_v):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return w - lr * c_m * m / (sqrt(v / c_v) + epsilon), m, v


def uphill(w, g, lr):
    return w + lr * g


def decay_after_the_step(self, spans):
    """AdamW with the two halves of a step in the other order."""
    decay, self.weight_decay = self.weight_decay, None
    optimizers.AdamW._step(self, spans)
    self.weight_decay = decay
    for span in spans:
        span.w.mul_(1 - self.current_learning_rate() * decay)


def largest_forgotten(w, g, m, v, v_max, lr, beta_1, beta_2, epsilon, alpha):
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    return w - lr * alpha * m / (sqrt(v) + epsilon), m, v, maximum(v_max, v)


def centre_of_zero(w, g, v, a, lr, rho, epsilon):
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    return w - lr * g / sqrt(v + epsilon), v, a


def centre_not_squared(w, g, v, a, b, lr, rho, epsilon, m):
    v = rho * v + (1 - rho) * g**2
    a = rho * a + (1 - rho) * g
    b = m * b + lr * g / sqrt(absolute(v - a) + epsilon)
    return w - b, v, a, b


def rate_outside_rmsprops_velocity(w, g, v, b, lr, rho, epsilon, m):
    v = rho * v + (1 - rho) * g**2
    b = m * b + g / sqrt(v + epsilon)
    return w - lr * b, v, b


def sign_of_the_new_momentum(w, g, m, lr, beta_1, beta_2):
    m = beta_2 * m + (1 - beta_2) * g
    return w - lr * sign(m), m


def no_sign(w, g, m, lr, beta_1, beta_2):
    u = beta_1 * m + (1 - beta_1) * g
    return w - lr * u, beta_2 * m + (1 - beta_2) * g


def taken(base, formula, **arguments):
    """An optimizer whose arguments choose a form, with another formula in that form's place."""
    def make():
        optimizer = base(**arguments)
        optimizer.formula = formula
        return optimizer

    return make


BROKEN = {
    "sgd: uphill": ("SGD", broken(optimizers.SGD, uphill)),
    "amsgrad: the largest v divides nothing": ("AMSGrad", broken(optimizers.AMSGrad, largest_forgotten)),
    "adamw: decay after the step": ("AdamW", broken(optimizers.AdamW, None, _step=decay_after_the_step)),
    "rmsprop: centred at zero": ("RMSprop centered", taken(optimizers.RMSprop, centre_of_zero, centered=True)),
    "rmsprop: mean not squared": ("RMSprop both", taken(optimizers.RMSprop, centre_not_squared, centered=True, momentum=0.9)),
    "rmsprop: lr outside the velocity": ("RMSprop momentum",
                                         taken(optimizers.RMSprop, rate_outside_rmsprops_velocity, momentum=0.9)),
    "lion: sign of the new momentum": ("Lion", broken(optimizers.Lion, sign_of_the_new_momentum)),
    "lion: no sign": ("Lion", broken(optimizers.Lion, no_sign)),
    "adam: epsilon outside the denominator": ("Adam", broken(optimizers.Adam, epsilon_outside_the_denominator)),
    "adam: epsilon inside the root": ("Adam", broken(optimizers.Adam, epsilon_inside_the_root)),
    "adam: moments after the step": ("Adam", broken(optimizers.Adam, old_moment)),
    "adam: no bias correction": ("Adam", broken(optimizers.Adam, None,
                                                numbers=lambda self, step: (self.beta_1, self.beta_2, self.epsilon, 1.0))),
    "adam: first step is step 0.5": ("Adam", broken(optimizers.Adam, None,
                                                    numbers=lambda self, step: optimizers.Adam.numbers(self, step - 0.5))),
    "momentum: lr outside the velocity": ("Momentum", broken(optimizers.Momentum, rate_outside_the_velocity)),
    "nag: momentum's step": ("NAG", broken(optimizers.NAG, step_of_momentum)),
    "adagrad: mean": ("Adagrad", broken(optimizers.Adagrad, mean_instead_of_sum)),
    "adagrad: accumulator from 0": ("Adagrad", broken(optimizers.Adagrad, None, slot_start=lambda self, name: 0.0)),
    "rmsprop: epsilon outside the root": ("RMSprop", broken(optimizers.RMSprop, root_outside)),
    "adadelta: steps not averaged": ("Adadelta", broken(optimizers.Adadelta, new_update_first)),
    "adamax: no absolute value": ("Adamax", broken(optimizers.Adamax, norm_without_absolute)),
    "nadam: no look ahead": ("Nadam", broken(optimizers.Nadam, without_the_present_gradient)),
}


KERAS_FORMS = {"Momentum": ("SGD", {"momentum": 0.9}), "NAG": ("SGD", {"momentum": 0.9, "nesterov": True}),
               "AMSGrad": ("Adam", {"amsgrad": True}), "RMSprop centered": ("RMSprop", {"centered": True}),
               "RMSprop momentum": ("RMSprop", {"momentum": 0.9}),
               "RMSprop both": ("RMSprop", {"centered": True, "momentum": 0.9})}


def test_every_optimizer_is_broken_once():
    known = {type(optimizers.get(name)).__name__ for name in names("optimizer")}
    assert {name.split()[0] for name, _ in BROKEN.values()} == known


@pytest.mark.parametrize("case", BROKEN)
def test_broken_on_purpose(keras64, case):
    """Each mutation moves the path by at least ten times the tolerance of the test against Keras."""
    from optimizers.paths import keras_path

    name, wrong = BROKEN[case]
    keras_name, arguments = KERAS_FORMS.get(name, (name, {}))
    ours, given = (keras_name, arguments) if name.startswith("RMSprop ") else (name, {})

    def drop(optimizer, number):
        if number == 10:
            optimizer.learning_rate = float(optimizer.learning_rate) * 0.1

    theirs = keras_path(keras64, getattr(keras64.optimizers, keras_name)(**arguments), before_step=drop)
    right = nabi_path(getattr(optimizers, ours)(**given), before_step=drop)
    assert distance(right, theirs) < 1e-12
    assert not distance(nabi_path(wrong(), before_step=drop), theirs) < 1e-11
