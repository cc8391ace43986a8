"""Time by layer: a layer that sleeps is found; the timed step is a training step to the bit; the model stays as it is."""

import copy
import time

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, DataError
from nabi.core.random import set_seed
from nabi.data import Batch, cast
from nabi.lab.timing import convolution_share, one_step, time_by_layer
from nabi.layers import Conv2D, Dense, Dropout, Flatten, Input, Layer, MaxPooling2D

X, Y = np.random.default_rng(0).random((16, 8, 8, 1), np.float32), np.arange(16) % 3


class Sleepy(Layer):
    """Sleeps 20 ms on its way forward."""

    def call(self, x):
        time.sleep(0.02)
        return 1.0 * x


def network(*between):
    set_seed(0)
    model = nabi.Sequential([Input((8, 8, 1)), Conv2D(4, 3, activation="relu", name="conv"), MaxPooling2D(), Dropout(0.3),
                             *between, Flatten(), Dense(3, activation="softmax", name="out")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def test_a_sleeping_layer_takes_the_time():
    rows = time_by_layer(network(Sleepy(name="sleepy")), X, Y, steps=2)
    slow = next(row for row in rows if "sleepy" in row["layers"])
    assert 0.02 <= slow["forward"] < 0.2 and slow["share"] > 0.5 and slow["backward"] < 0.02
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    whole = sum(row["forward"] + row["backward"] for row in rows)
    for row in rows:
        assert row["share"] == pytest.approx((row["forward"] + row["backward"]) / whole)


def test_the_layers_stand_in_their_order_and_nothing_is_learned():
    model = network()
    before = [w.copy() for w in model.get_weights()]
    rows = time_by_layer(model, X, steps=2)
    assert [row["kind"] for row in rows][-2:] == ["loss", "optimizer"] and rows[0]["layers"][0] == "conv"
    assert {name for row in rows for name in row["layers"]} == {layer.name for layer in model.layers}
    assert convolution_share(rows) == rows[0]["share"] > 0
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_timed_step_is_a_training_step():
    model = network()
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    a, b = copy.deepcopy(model), copy.deepcopy(model)
    for one in (a, b):
        one.counters.load_state(model.counters.state())
    trainer = a.trainer
    trainer.ready()
    batch = cast(Batch([torch.as_tensor(X)], [torch.as_tensor(Y)], [None]), trainer.precision.dtype, trainer.steps_plan.raw)
    one_step(trainer, trainer.tape, batch)
    b.train_on_batch(X, Y)
    for v, w in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(v, w)
    assert any((v != w).any() for v, w in zip(a.get_weights(), model.get_weights(), strict=True))


def test_what_cannot_be_timed_is_said():
    with pytest.raises(ArgumentError, match="compiled"):
        time_by_layer(nabi.Sequential([Input((2,)), Dense(1)]), X)
    with pytest.raises(DataError, match="one sample"):
        time_by_layer(network(), X[:0])
    with pytest.raises(ArgumentError, match="steps"):
        time_by_layer(network(), X, steps=0)
