"""Constraints in training: Keras 3 in float64, shared and frozen weights, bfloat16 copies, files, exact resume."""

import numpy as np
import pytest
import torch

import nabi
from nabi import constraints, layers
from nabi.core.errors import ShapeError
from parity.twins import Twins, chain, labels, one_hot, pictures
from training.resume_runs import CtrlC, bits, plain_fit, resumed

X, Y = pictures(), one_hot(labels())
NET = chain(
    ("Conv2D", {"filters": 3, "kernel_size": 3, "activation": "tanh", "bias_constraint": "non_neg"}),
    ("BatchNormalization", {"beta_constraint": "non_neg", "gamma_constraint": "unit_norm"}), ("Flatten", {}),
    ("Dense", {"units": 4, "kernel_constraint": "max_norm", "bias_constraint": "unit_norm"}),
    ("Dense", {"units": 3, "activation": "softmax", "kernel_constraint": "min_max_norm"}))  # fmt: skip
SLOWLY = {"class_name": "MinMaxNorm", "config": {"min_value": 0.2, "max_value": 0.6, "rate": 0.2, "axis": 0}}


@pytest.mark.parametrize("optimizer", [
    lambda lib: lib.optimizers.SGD(0.05, momentum=0.9),
    lambda lib: lib.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
    lambda lib: lib.optimizers.Adam(0.02, gradient_accumulation_steps=2),
])  # fmt: skip
def test_keras(keras64, optimizer):
    """Also with averages and gathered gradients, where the order of a step shows."""
    Twins(keras64, NET, optimizer, "categorical_crossentropy").assert_equal(X, Y)


def test_keras_where_a_constraint_moves_at_every_call(keras64):
    """With gathered gradients Keras constrains at every batch; every second one would be seen."""
    recipe = chain(("Flatten", {}), ("Dense", {"units": 3, "activation": "softmax", "kernel_constraint": SLOWLY}))

    def library_of(lib):
        model = recipe(lib) if lib is nabi else None
        if model is None:
            slow = keras64.constraints.MinMaxNorm(0.2, 0.6, 0.2)
            model = lib.Sequential([lib.Input((8, 8, 2)), lib.layers.Flatten(),
                                    lib.layers.Dense(3, activation="softmax", kernel_constraint=slow)])
        return model

    def adam(lib):
        return lib.optimizers.Adam(0.02, gradient_accumulation_steps=2)

    Twins(keras64, library_of, adam, "categorical_crossentropy").assert_equal(X, Y)


def dense(units=4, **options):
    return layers.Dense(units, kernel_constraint=constraints.UnitNorm(), name="dense", **options)


def lengths(layer) -> np.ndarray:
    return np.sqrt((layer.get_weights()[0].astype(np.float64) ** 2).sum(0))


def test_first_values_stay_and_frozen_weights_too():
    layer = dense()
    model = nabi.Sequential([nabi.Input((5,)), layer, layers.Dense(1)])
    before = lengths(layer)
    assert np.abs(before - 1).max() > 0.05
    layer.trainable = False
    model.compile("sgd", "mse")
    model.train_on_batch(X.reshape(40, -1)[:, :5], Y[:, :1])
    np.testing.assert_array_equal(lengths(layer), before)
    layer.trainable = True
    model.compile("sgd", "mse")
    model.train_on_batch(X.reshape(40, -1)[:, :5], Y[:, :1])
    np.testing.assert_allclose(lengths(layer), 1, atol=1e-6)


def test_shared_weights_are_constrained_by_every_model():
    layer, x = dense(), nabi.Input((5,))
    twice = nabi.Model(x, layers.Dense(1)(layer(layer(layers.Dense(4, name="in")(x)))))
    once = nabi.Model(y := nabi.Input((4,)), layer(y))
    data = X.reshape(40, -1)
    for model, inputs, targets in ((twice, data[:, :5], Y[:, :1]), (once, data[:, :4], data[:, 4:8])):
        model.compile("adam", "mse")
        model.train_on_batch(inputs, targets)
        np.testing.assert_allclose(lengths(layer), 1, atol=1e-6)
        layer.set_weights([w * 3 for w in layer.get_weights()])


@pytest.mark.usefixtures("fused_kernels")
def test_bfloat16_copies_are_those_of_the_constrained_weights():
    model = nabi.Sequential([nabi.Input((8, 8, 2)), layers.Conv2D(4, 3, kernel_constraint=constraints.UnitNorm([0, 1, 2])),
                             layers.Flatten(), dense(), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy", precision="bfloat16")
    for _ in range(2):
        model.train_on_batch(X.astype("float32"), Y)
    binding = model.trainer.binding
    copied = [(w, copy) for w, copy in binding.constrained if copy is not None]
    assert {w.path for w, _ in copied} == {"dense/kernel", f"{model.layers[0].name}/kernel"}
    for w, copy in copied:
        assert torch.equal(copy, w.value.bfloat16())
        axes = tuple(range(w.ndim - 1))
        np.testing.assert_allclose(w.value.square().sum(axes).sqrt(), 1, atol=1e-6)
    assert binding.seen == [store.version for store in binding.stores], "nothing is copied a second time"


def test_files_and_configurations_keep_them(tmp_path):
    model = nabi.Sequential([nabi.Input((8, 8, 2)), layers.Conv2D(2, 3, kernel_constraint=constraints.MaxNorm(0.5, [0, 1, 2])),
                             layers.BatchNormalization(gamma_constraint="non_neg"), layers.Flatten(), dense(3)])
    model.save(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors")
    assert repr([w.constraint for w in again.weights]) == repr([w.constraint for w in model.weights])
    assert again.layers[0].kernel_constraint.axis == [0, 1, 2]


def constrained(seed):
    nabi.utils.set_random_seed(seed)
    model = nabi.Sequential([
        nabi.Input((6, 6, 1)), layers.Conv2D(2, 3, kernel_constraint=constraints.MinMaxNorm(0.1, 0.5, 0.3, [0, 1, 2])),
        layers.Dropout(0.3), layers.Flatten(), layers.Dense(3, activation="softmax", kernel_constraint="max_norm")])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_exact_resume(tmp_path):
    whole = constrained(1)
    plain_fit()(whole, [])
    assert bits(resumed(tmp_path / "backup", constrained, plain_fit(), CtrlC(6), save_freq=2)) == bits(whole)


def test_a_constraint_of_your_own_and_one_that_does_not_fit():
    layer = layers.Dense(2, kernel_constraint=lambda w: w.round(decimals=1))
    model = nabi.Sequential([nabi.Input((5,)), layer])
    model.compile("sgd", "mse")
    model.train_on_batch(X.reshape(40, -1)[:, :5], Y[:, :2])
    tenths = layer.get_weights()[0] * 10
    np.testing.assert_allclose(tenths, np.round(tenths), atol=1e-5)
    with pytest.raises(ShapeError, match=r"expected a weight of shape \(5, 2\) again, got \(2, 5\)"):
        layers.Dense(2, kernel_constraint=lambda w: w.T, name="d").build((None, 5))
    with pytest.raises(ShapeError, match=r"MaxNorm\(axis\): expected axes of a weight of shape \(2,\), got 1"):
        layers.Dense(2, bias_constraint=constraints.MaxNorm(axis=1)).build((None, 5))
