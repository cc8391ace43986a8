"""Penalties on activities and orthogonal kernels in whole fits and in evaluate, against Keras 3 in float64."""

import numpy as np
import pytest

from nabi import layers
from nabi.core.errors import ArgumentError
from parity.twins import Twins, chain, labels, one_hot, pictures

X, Y = pictures(), one_hot(labels())
NET = chain(
    ("Conv2D", {"filters": 3, "kernel_size": 3}), ("BatchNormalization", {}), ("Activation", {"activation": "relu"}),
    ("ActivityRegularization", {"l1": 0.02, "l2": 0.01}), ("Flatten", {}),
    ("Dense", {"units": 4, "activation": "tanh", "kernel_regularizer": "orthogonal_regularizer"}),
    ("ActivityRegularization", {"l2": 0.3}), ("Dense", {"units": 3, "activation": "softmax"}))  # fmt: skip


def test_keras(keras64):
    twins = Twins(keras64, NET, "adam", "categorical_crossentropy")
    twins.assert_equal(X, Y)
    ours, theirs = (model.evaluate(X, Y, verbose=0) for model in (twins.ours, twins.theirs))
    assert ours == pytest.approx(theirs, rel=1e-9)
    codes = np.asarray(layers.ActivityRegularization(1.0)(X))
    np.testing.assert_array_equal(codes, X)
    without = chain(("Flatten", {}), ("Dense", {"units": 3, "activation": "softmax"}))
    assert abs(Twins(keras64, without, "adam", "categorical_crossentropy").ours.evaluate(X, Y, verbose=0) - ours) > 1e-3


@pytest.mark.parametrize("factors", [{"l1": -1}, {"l2": "a"}, {"l1": None}])
def test_bad_factors(factors):
    with pytest.raises(ArgumentError, match=rf"\({next(iter(factors))}\): expected a finite number from 0 upwards"):
        layers.ActivityRegularization(**factors)
