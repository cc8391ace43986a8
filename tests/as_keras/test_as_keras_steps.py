"""FTRL, LAMB, Adafactor and Muon walk Keras 3's path: 20 steps, three weights, float64; and go on exactly after a stop."""

import copy
import pickle
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import nabi
from nabi.as_keras import steps
from nabi.core.errors import ArgumentError
from nabi.layers import Conv2D, Dense, Flatten, Input
from optimizers.paths import distance, keras_path, nabi_path

FORMS = {
    "ftrl": ("Ftrl", {"learning_rate": 0.1}),
    "ftrl, all": ("Ftrl", {"learning_rate": 0.1, "learning_rate_power": -0.7, "l1_regularization_strength": 0.5, "beta": 0.3,
                           "l2_regularization_strength": 0.2, "l2_shrinkage_regularization_strength": 0.1, "clipnorm": 2.0}),
    "lamb": ("Lamb", {"learning_rate": 0.05}),
    "lamb, all": ("Lamb", {"learning_rate": 0.05, "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.1, "weight_decay": 0.1}),
    "muon": ("Muon", {"learning_rate": 0.05}),
    "muon, all": ("Muon", {"learning_rate": 0.05, "adam_beta_1": 0.6, "adam_beta_2": 0.7, "adam_weight_decay": 0.2,
                           "epsilon": 0.1, "weight_decay": 0.1, "muon_a": 3.0, "muon_b": -4.0, "muon_c": 2.0,
                           "adam_lr_ratio": 0.5, "momentum": 0.6, "ns_steps": 3, "nesterov": False, "rms_rate": None}),
    "schedule free": ("ScheduleFreeAdamW", {"learning_rate": 0.05}),
    "schedule free, all": ("ScheduleFreeAdamW", {"learning_rate": 0.05, "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.1,
                                                 "warmup_steps": 5, "weight_decay": 0.1, "clipnorm": 2.0}),
    "adafactor": ("Adafactor", {"learning_rate": 0.2}),
    "adafactor, all": ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.5, "epsilon_1": 0.01, "epsilon_2": 3.0,
                                     "clip_threshold": 0.3, "gradient_accumulation_steps": 2}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_walks_keras_path(keras64, form):
    name, arguments = FORMS[form]
    ours, theirs = getattr(steps, name)(**arguments), getattr(keras64.optimizers, name)(**arguments)
    path = nabi_path(ours)
    exact = 1e-6 if form == "muon" else 1e-10  # Keras takes the root of a matrix' longer side in float32
    assert distance(path, keras_path(keras64, theirs)) < exact
    assert distance(path, nabi_path(getattr(steps, name)(**arguments | {"learning_rate": 0.04}))) > 10 * exact
    said, wanted = ours.get_config(), theirs.get_config()
    assert {key: said[key] for key in wanted if key != "name"} == {key: v for key, v in wanted.items() if key != "name"}


@pytest.mark.parametrize("name", ["Ftrl", "Lamb", "Adafactor", "Muon", "ScheduleFreeAdamW"])
def test_a_run_goes_on_exactly(served, name, tmp_path):
    """Kernels that lie in memory in another order than Keras'; half of a run, from a checkpoint."""
    x = np.random.default_rng(0).normal(size=(24, 6, 6, 2)).astype("float32")

    def trained(epochs, seed, *callbacks):
        nabi.utils.set_random_seed(seed)
        model = nabi.Sequential([Input((6, 6, 2)), Conv2D(4, 3), Flatten(), Dense(2)])
        model.compile(name.lower(), "mse", precision="float32")
        model.fit(x, x[:, 0, 0], batch_size=8, epochs=epochs, verbose=0, callbacks=list(callbacks))
        return model.get_weights()

    def backup():
        return nabi.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)

    whole, half = trained(4, 1), trained(2, 1, backup())
    for a, b, c in zip(whole, trained(4, 2, backup()), half, strict=True):
        assert np.array_equal(a, b) and not np.array_equal(a, c)


def chosen(kind, multi, mapped, muon=0.05):
    """Paths of `several`: kernels by Muon but for the last layer, vectors by Nadam, the rest by SGD with momentum."""
    return multi(mapped(kind.SGD(0.1, momentum=0.5), {
        "one/.*": kind.Nadam(0.05), "two/kernel": kind.Muon(muon, exclude_layers=["two"]),
        "three/.*": kind.Muon(muon, clipnorm=1.0),
    }))  # fmt: skip


def several(kind, model_kind, x, weights=None, **options):
    layers = model_kind.layers
    inputs = model_kind.Input((4,))
    y = layers.Dense(5, name="one")(inputs)
    for name, units in (("two", 6), ("three", 3), ("four", 2)):
        y = layers.Dense(units, name=name)(y)
    model = model_kind.Model(inputs, y)
    if weights is not None:
        model.set_weights(weights)
    first = model.get_weights()
    model.compile(chosen(kind, kind.MultiOptimizer, kind.OptimizerMap, **options), "mse")
    model.fit(x, x[:, :2], batch_size=8, epochs=4, shuffle=False, verbose=0)
    return first, model


def test_several_optimizers_walk_keras_path(keras64, request, tmp_path):
    x = np.random.default_rng(0).normal(size=(24, 4))
    first, theirs = several(keras64.optimizers, keras64, x)
    wanted = theirs.get_weights()
    request.getfixturevalue("served")
    import keras as mine

    nabi.config.floatx = "float64"
    try:
        _, ours = several(mine.optimizers, mine, x, first)
        for a, b in zip(ours.get_weights(), wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)  # see above
        _, other = several(mine.optimizers, mine, x, first, muon=0.04)
        assert not np.allclose(other.get_weights()[4], wanted[4], rtol=1e-3)
        with pytest.raises(AttributeError, match="no learning rate"):
            ours.optimizer.learning_rate = 0.1
        ours.save(tmp_path / "m.keras")
        back: Any = mine.models.load_model(tmp_path / "m.keras")
        assert back.optimizer.get_config() == ours.optimizer.get_config()
        bad: Any
        for bad in ({"use_ema": True}, {"gradient_accumulation_steps": 2}):
            with pytest.raises(ArgumentError, match="all weights together"):
                mine.optimizers.OptimizerMap(mine.optimizers.SGD(**bad))
    finally:
        nabi.config.floatx = "float32"


def by_path(weight):
    return BY_PATH["b" if weight.path.startswith("b/") else "a"]


BY_PATH: dict[str, Any] = {}


@pytest.mark.parametrize("chosen_by", ["a map", "a function"])
def test_a_run_of_several_goes_on_exactly(served, chosen_by, tmp_path):
    """From a checkpoint: memory, Nadam's product, rates set on the way; also of a function, whose optimizers come one by one."""
    x = np.random.default_rng(0).normal(size=(24, 4)).astype("float32")
    kind: Any = nabi.optimizers

    def optimizer():
        BY_PATH.update(a=kind.SGD(0.1, momentum=0.9), b=kind.Nadam(0.05))
        mapped = steps.OptimizerMap(BY_PATH["a"], {"b/.*": BY_PATH["b"]})
        return steps.MultiOptimizer(mapped if chosen_by == "a map" else by_path)

    def trained(epochs, seed, *callbacks):
        nabi.utils.set_random_seed(seed)
        model = nabi.Sequential([Input((4,)), Dense(5, name="a"), Dense(2, name="b")])
        model.compile(optimizer(), "mse", precision="float32")
        slower = nabi.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: setattr(BY_PATH["b"], "learning_rate", 0.01))
        model.fit(x, x[:, :2], batch_size=8, epochs=epochs, verbose=0, callbacks=[slower, *callbacks])
        return model.get_weights()

    def backup():
        return nabi.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)

    whole, half = trained(4, 1), trained(2, 1, backup())
    for a, b, c in zip(whole, trained(4, 2, backup()), half, strict=True):
        assert np.array_equal(a, b) and not np.array_equal(a, c)


def test_several_are_copied_without_what_they_share(served):
    ours = chosen(steps_and_more(), steps.MultiOptimizer, steps.OptimizerMap)
    for twin in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert twin.get_config() == ours.get_config() and not set(map(id, twin.optimizers)) & set(map(id, ours.optimizers))


def steps_and_more():
    return SimpleNamespace(SGD=nabi.optimizers.SGD, Nadam=nabi.optimizers.Nadam, Muon=steps.Muon)


def test_a_part_keeps_weights_out_of_its_decay():
    """Keras 3: `exclude_from_weight_decay(var_list=[bias])` of the optimizer that learns it; without slopes w (1 - lr decay)."""
    model = nabi.Sequential([Input((3,)), Dense(2, bias_initializer="ones", name="a")])
    part = nabi.optimizers.AdamW(0.1, weight_decay=0.5)
    part.exclude_from_weight_decay(var_list=[model.layers[0].weights[1]])
    model.compile(steps.MultiOptimizer(steps.OptimizerMap(part)), "mse")
    kernel, bias = model.get_weights()
    x = np.zeros((2, 3), "float32")
    model.train_on_batch(x, model.predict(x, verbose=0))
    after = model.get_weights()
    np.testing.assert_allclose(after[0], kernel * 0.95, rtol=1e-6)
    assert np.array_equal(after[1], bias)


@pytest.mark.parametrize("name", ["Lamb", "Ftrl", "ScheduleFreeAdamW"])
def test_memory_goes_to_keras_and_back(name, request, tmp_path):
    """Keras reads its own arrays in nabi's file and nabi in Keras'; after another step both have the same weights."""
    import keras

    x = np.random.default_rng(0).normal(size=(24, 4)).astype("float32")
    theirs: Any = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    theirs.compile(getattr(keras.optimizers, name)(0.05), "mse")
    theirs.fit(x, x[:, :2], batch_size=8, verbose=0)
    theirs.save(tmp_path / "theirs.keras")
    theirs.train_on_batch(x, x[:, :2])
    wanted = theirs.get_weights()
    request.getfixturevalue("served")
    ours: Any = nabi.load_model(tmp_path / "theirs.keras")
    assert ours.optimizer.iterations == 3
    ours.save(tmp_path / "ours.keras")
    for model in (ours, nabi.load_model(tmp_path / "ours.keras")):
        model.train_on_batch(x, x[:, :2])
        for a, b in zip(model.get_weights(), wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def test_memory_that_keras_files_do_not_hold_is_told(tmp_path):
    x = np.ones((4, 3), "float32") * np.arange(4, dtype="float32")[:, None]
    options: Any
    for options in ({"use_ema": True}, {"gradient_accumulation_steps": 2}):
        model = nabi.Sequential([Input((3,)), Dense(2)])
        model.compile(nabi.optimizers.Adam(**options), "mse")
        model.fit(x, x[:, :2], verbose=0)
        with pytest.warns(UserWarning, match="nothing of what Adam remembers: it begins anew"):
            model.save(tmp_path / "m.keras")


def test_the_formula_takes_single_numbers_as_compiled_loops_give_them():
    optimizer = steps.ScheduleFreeAdamW()
    given, numbers = (1.0, 2.0, 0.3, 0.7), optimizer.numbers(3)
    formula: Any = optimizer.formula
    wanted = formula(*(torch.tensor(one, dtype=torch.float64) for one in given), 0.1, *numbers)
    np.testing.assert_allclose(formula(*given, 0.1, *numbers), [float(one) for one in wanted], rtol=1e-12)
