"""Twins: one network written once, built in nabi and in Keras 3 with the same weights, trained on the same batches.

A *recipe* is a function of a library (`nabi` or `keras`): it uses `lib.layers`, `lib.Input`, `lib.Model`, which both have.
"""

from types import SimpleNamespace

import numpy as np

import nabi

SAMPLES, BATCH, EPOCHS = 40, 10, 5  # 20 steps


def pictures(shape=(8, 8, 2), seed=0) -> np.ndarray:
    """Random pictures, float64 (40, *shape)."""
    return np.random.default_rng(seed).normal(size=(SAMPLES, *shape))


def labels(classes=3, seed=1) -> np.ndarray:
    """Class numbers (40,)."""
    return np.random.default_rng(seed).integers(0, classes, SAMPLES)


def one_hot(y, classes=3) -> np.ndarray:
    return np.eye(classes)[y]


def library(keras):
    """Keras with the few names that nabi has at its top."""
    return SimpleNamespace(layers=keras.layers, Input=keras.Input, Model=keras.Model, Sequential=keras.Sequential,
                           activations=keras.activations, constraints=keras.constraints, initializers=keras.initializers,
                           regularizers=keras.regularizers, optimizers=keras.optimizers, losses=keras.losses,
                           metrics=keras.metrics)


def chain(*layers, shape=(8, 8, 2)):
    """Recipe of a Sequential: layers as (class name, arguments) pairs."""

    def recipe(lib):
        return lib.Sequential([lib.Input(shape), *(getattr(lib.layers, name)(**arguments) for name, arguments in layers)])

    return recipe


class Twins:
    """Both models, compiled alike, nabi's weights copied into Keras'.

    Args:
        keras: Keras, in the floatx to test.
        recipe: the network.
        optimizer, loss, metrics: functions of a library, or plain values.
        compiled: further arguments of compile.
    """

    def __init__(self, keras, recipe, optimizer="sgd", loss="mse", metrics=None, dtype="float64", **compiled):
        before = nabi.config.floatx
        nabi.config.floatx = dtype
        keras.config.set_dtype_policy(dtype)
        try:
            self.ours = recipe(nabi)
        finally:
            nabi.config.floatx = before
        lib = library(keras)
        self.theirs = recipe(lib)
        randomize(self.ours)
        self.theirs.set_weights(self.ours.get_weights())

        def value(thing, lib):
            return thing(lib) if callable(thing) else thing

        self.ours.compile(value(optimizer, nabi), value(loss, nabi), metrics=value(metrics, nabi), precision=dtype, **compiled)
        self.theirs.compile(value(optimizer, lib), value(loss, lib), metrics=value(metrics, lib), **compiled)

    def fit(self, x, y, **arguments):
        """Trains both for 20 steps and gives both histories."""
        arguments = {"batch_size": BATCH, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **arguments}
        ours = self.ours.fit(x, y, **arguments).history
        return ours, self.theirs.fit(x, y, **arguments).history

    def assert_equal(self, x, y, tolerance=1e-9, **arguments):
        """Histories, weights and predictions agree to `tolerance` of each one's largest value."""
        ours, theirs = self.fit(x, y, **arguments)
        assert set(ours) == set(theirs)
        for name in ours:
            close(ours[name], theirs[name], tolerance, name)
        for weight, a, b in zip(self.ours.weights, self.ours.get_weights(), self.theirs.get_weights(), strict=True):
            close(a, b, tolerance, weight.name)
        close_all(self.ours.predict(x, verbose=0), self.theirs.predict(x, verbose=0), tolerance)


def randomize(model, seed=5) -> None:
    """Fresh values for every weight, biases and moving numbers too, so that nothing hides behind zeros and ones."""
    rng = np.random.default_rng(seed)
    values = []
    for weight in model.weights:
        scale = 0.5 / np.sqrt(max(np.prod(weight.shape[:-1]), 1)) if len(weight.shape) > 1 else 0.1
        value = (rng.normal(size=weight.shape) * scale * 2).astype(np.float32)  # values that float32 has too
        values.append(np.abs(value) + 0.5 if weight.name in ("gamma", "moving_variance") else value)
    model.set_weights(values)


def close(a, b, tolerance, name="") -> None:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    assert a.shape == b.shape, name
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * max(np.abs(b).max(initial=0), 1e-12), err_msg=name)


def close_all(a, b, tolerance) -> None:
    for x, y in zip(a if isinstance(a, list) else [a], b if isinstance(b, list) else [b], strict=True):
        close(x, y, tolerance, "prediction")
