"""FTRL, LAMB and Adafactor walk Keras 3's path: 20 steps, three weights, float64; and go on exactly after a stop."""

import numpy as np
import pytest

import nabi
from nabi.as_keras import steps
from nabi.layers import Conv2D, Dense, Flatten, Input
from optimizers.paths import distance, keras_path, nabi_path

FORMS = {
    "ftrl": ("Ftrl", {"learning_rate": 0.1}),
    "ftrl, all": ("Ftrl", {"learning_rate": 0.1, "learning_rate_power": -0.7, "l1_regularization_strength": 0.5, "beta": 0.3,
                           "l2_regularization_strength": 0.2, "l2_shrinkage_regularization_strength": 0.1, "clipnorm": 2.0}),
    "lamb": ("Lamb", {"learning_rate": 0.05}),
    "lamb, all": ("Lamb", {"learning_rate": 0.05, "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.1, "weight_decay": 0.1}),
    "adafactor": ("Adafactor", {"learning_rate": 0.2}),
    "adafactor, all": ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.5, "epsilon_1": 0.01, "epsilon_2": 3.0,
                                     "clip_threshold": 0.3, "gradient_accumulation_steps": 2}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_walks_keras_path(keras64, form):
    name, arguments = FORMS[form]
    ours, theirs = getattr(steps, name)(**arguments), getattr(keras64.optimizers, name)(**arguments)
    path = nabi_path(ours)
    assert distance(path, keras_path(keras64, theirs)) < 1e-10
    assert distance(path, nabi_path(getattr(steps, name)(**arguments | {"learning_rate": 0.04}))) > 1e-6
    said, wanted = ours.get_config(), theirs.get_config()
    assert {key: said[key] for key in wanted if key != "name"} == {key: v for key, v in wanted.items() if key != "name"}


@pytest.mark.parametrize("name", ["Ftrl", "Lamb", "Adafactor"])
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
