"""Every optimizer with every option walks Keras 3's path: 20 steps, three weights, float64, 1e-12."""

import numpy as np
import pytest
import torch

from nabi import optimizers, schedules
from optimizers.paths import distance, keras_path, nabi_path

FORMS = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nag": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "nesterov without momentum": ("SGD", {"nesterov": True}),
    "adagrad": ("Adagrad", {"learning_rate": 0.05}),
    "adagrad from 0": ("Adagrad", {"learning_rate": 0.05, "initial_accumulator_value": 0.0, "epsilon": 0.01}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0, "rho": 0.9}),
    "adadelta default": ("Adadelta", {}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.01}),
    "rmsprop momentum": ("RMSprop", {"learning_rate": 0.01, "momentum": 0.8}),
    "rmsprop centered": ("RMSprop", {"learning_rate": 0.01, "centered": True, "epsilon": 0.01}),
    "rmsprop both": ("RMSprop", {"learning_rate": 0.01, "momentum": 0.8, "centered": True, "rho": 0.7}),
    "adam": ("Adam", {}),
    "adam betas": ("Adam", {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 0.1}),
    "amsgrad": ("Adam", {"learning_rate": 0.02, "beta_2": 0.7, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 0.02}),
    "adamw amsgrad": ("AdamW", {"weight_decay": 0.3, "beta_2": 0.7, "amsgrad": True}),
    "adamax": ("Adamax", {"learning_rate": 0.02, "beta_2": 0.8}),
    "nadam": ("Nadam", {"learning_rate": 0.02}),
    "lion": ("Lion", {"learning_rate": 0.01}),
    "lion betas": ("Lion", {"learning_rate": 0.01, "beta_1": 0.6, "beta_2": 0.7}),
}
OPTIONS = {
    "weight_decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.5},
    "clipvalue": {"clipvalue": 0.2},
    "global_clipnorm": {"global_clipnorm": 0.5},
    "loss_scale_factor": {"loss_scale_factor": 8.0},
    "accumulation": {"gradient_accumulation_steps": 3},
    "ema": {"use_ema": True, "ema_momentum": 0.7},
    "ema overwrites": {"use_ema": True, "ema_overwrite_frequency": 4},
    "all": {"weight_decay": 0.1, "clipnorm": 0.5, "loss_scale_factor": 2.0, "gradient_accumulation_steps": 2,
            "use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 3},
}
TOLERANCE = 1e-12


@pytest.mark.parametrize("form", FORMS)
def test_a_form_walks_keras_path(keras64, form):
    name, arguments = FORMS[form]
    ours, theirs = getattr(optimizers, name)(**arguments), getattr(keras64.optimizers, name)(**arguments)
    assert distance(nabi_path(ours), keras_path(keras64, theirs)) < TOLERANCE


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("form", ["sgd", "nag", "adagrad", "adadelta", "rmsprop both", "amsgrad", "adamax", "nadam", "lion"])
def test_an_option_walks_keras_path(keras64, form, option):
    name, arguments = FORMS[form]
    arguments = {**arguments, **OPTIONS[option]}
    ours, theirs = getattr(optimizers, name)(**arguments), getattr(keras64.optimizers, name)(**arguments)
    path = nabi_path(ours)
    assert distance(path, keras_path(keras64, theirs)) < TOLERANCE
    without = nabi_path(getattr(optimizers, name)(**FORMS[form][1]))
    effect = distance(path[:20], without)
    scale_free = option == "loss_scale_factor" and form in ("rmsprop both", "amsgrad", "adamax", "nadam", "adadelta", "lion")
    if not scale_free and option != "ema":  # scaling leaves these formulas unchanged; ema acts after the last step
        assert effect > 1e-6


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Lion"])
def test_defaults_and_config_keys_are_keras(keras64, name):
    ours, theirs = getattr(optimizers, name)().get_config(), getattr(keras64.optimizers, name)().get_config()
    theirs.pop("name")
    assert {key: ours[key] for key in theirs} == theirs
    assert set(ours) - set(theirs) <= {"name", "decay", "schedule_decay"}
    ours.pop("schedule_decay", None)
    assert type(keras64.optimizers.get({"class_name": name, "config": ours})).__name__ == name


@pytest.mark.parametrize("accumulate", [None, 2])
def test_a_schedule_and_a_changed_rate_walk_keras_path(keras64, accumulate):
    options = {"momentum": 0.9, "weight_decay": 0.1, "gradient_accumulation_steps": accumulate}
    ours = optimizers.SGD(schedules.ExponentialDecay(0.1, 5, 0.5), **options)
    theirs = keras64.optimizers.SGD(keras64.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5), **options)
    assert distance(nabi_path(ours), keras_path(keras64, theirs)) < TOLERANCE

    def halve(optimizer, number):
        if number in (5, 11):
            optimizer.learning_rate = float(optimizer.learning_rate) * 0.5

    ours, theirs = optimizers.SGD(0.1, **options), keras64.optimizers.SGD(0.1, **options)
    assert distance(nabi_path(ours, before_step=halve), keras_path(keras64, theirs, before_step=halve)) < TOLERANCE
    assert ours.learning_rate == 0.025


def test_decay_is_keras_2s_inverse_time(keras64):
    ours = optimizers.SGD(lr=0.1, decay=0.3, momentum=0.9)
    theirs = keras64.optimizers.SGD(keras64.optimizers.schedules.InverseTimeDecay(0.1, 1, 0.3), momentum=0.9)
    assert distance(nabi_path(ours), keras_path(keras64, theirs)) < TOLERANCE
    assert ours.learning_rate == 0.1 and ours.current_learning_rate() == 0.1 / (1 + 0.3 * 20)


@pytest.mark.parametrize("form", FORMS)
def test_float32_is_as_near_to_float64_as_keras_is(form):
    import keras

    name, arguments = FORMS[form]
    exact = nabi_path(getattr(optimizers, name)(**arguments))
    ours = distance(nabi_path(getattr(optimizers, name)(**arguments), torch.float32), exact)
    theirs = distance(keras_path(keras, getattr(keras.optimizers, name)(**arguments)), exact)
    assert 0 < ours <= 4 * theirs < 1e-3


@pytest.mark.parametrize("limit", ["clipnorm", "global_clipnorm"])
def test_infinite_and_zero_gradients_are_clipped_as_keras_does(keras64, limit):
    for fill in (0.0, np.inf):
        ours = optimizers.SGD(0.1, **{limit: 1.0})
        w, g = torch.ones(4, dtype=torch.float64), torch.tensor([1.0, 2.0, fill, 0.0], dtype=torch.float64)
        span = ours.make_span(w, g.clone(), [(0, 2), (2, 4)])
        ours.apply([span])
        variables = [keras64.Variable(np.ones(2)), keras64.Variable(np.ones(2))]
        keras64.optimizers.SGD(0.1, **{limit: 1.0}).apply([g[:2].clone(), g[2:].clone()], variables)
        theirs = np.concatenate([keras64.ops.convert_to_numpy(v) for v in variables])
        np.testing.assert_allclose(w.numpy(), theirs, rtol=1e-14)
