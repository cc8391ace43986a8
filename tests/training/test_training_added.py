"""add_loss, add_metric, activity regularizers inside layers of one's own, Lambda: against Keras on torch, in float64."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi import ops
from nabi.core.errors import ArgumentError

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 5)), RNG.normal(size=(24, 3))
FIT = {"batch_size": 7, "epochs": 2, "shuffle": False, "verbose": 0}


def sparse(lib):
    """A layer that adds to the loss, with a Dense inside whose output is penalized, in either library."""

    class Sparse(lib.layers.Layer):
        def __init__(self, rate, **base):
            super().__init__(**base)
            self.rate = rate
            self.dense = lib.layers.Dense(4, activation="tanh", activity_regularizer="l2", kernel_regularizer="l1")

        def call(self, x):
            y = self.dense(x)
            self.add_loss(self.rate * lib.ops.mean(lib.ops.abs(y)))
            self.add_loss([lib.ops.square(y[:, 0]), lib.ops.max(x)])  # of several numbers the sum
            return y

    x = lib.Input((5,))
    return lib.Model(x, lib.layers.Dense(3)(Sparse(0.3)(x)))


@pytest.fixture
def twins(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    theirs, ours = sparse(keras64), sparse(nabi)
    ours.set_weights(theirs.get_weights())
    return ours, theirs


def test_training_and_evaluation(twins, keras64):
    """What layers add counts in the training loss, in its gradient, and in evaluation."""
    ours, theirs = twins
    for model, lib in ((ours, nabi), (theirs, keras64)):
        model.compile(lib.optimizers.SGD(0.1), "mse", metrics=["mae"])
    mine, true = (model.fit(X, Y, validation_data=(X, Y), **FIT).history for model in twins)
    for name in true:
        np.testing.assert_allclose(mine[name], true[name], rtol=1e-9, err_msg=name)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    ours(X), theirs(X)
    wanted = sorted(float(torch.as_tensor(loss).sum()) for loss in theirs.losses)
    np.testing.assert_allclose(sorted(map(float, ours.losses)), wanted, rtol=1e-9)
    assert len(ours.layers[1].losses) == 5 and ours.layers[2].losses == [], "each layer knows its own"


def test_a_model_may_learn_from_added_losses_alone(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    ours, theirs = sparse(nabi), sparse(keras64)
    ours.set_weights(theirs.get_weights())
    ours.compile(nabi.optimizers.SGD(0.1))
    theirs.compile(keras64.optimizers.SGD(0.1))
    mine, true = (model.fit(X, **FIT).history for model in (ours, theirs))
    assert list(mine) == ["loss"]
    np.testing.assert_allclose(mine["loss"], true["loss"], rtol=1e-9)
    with pytest.raises(ArgumentError, match="a loss for at least one output, got None. Or let a layer add one"):
        plain = nabi.Sequential([nabi.Input((5,)), L.Dense(1)])
        plain.compile("sgd")
        plain.fit(X, verbose=0)


class Watching(L.Layer):
    """Measures its input's mean, twice a call, and the share of numbers above 0."""

    def call(self, x):
        self.add_metric(x[:, 0], name="first")
        self.add_metric(x[:, 1], name="first")
        self.add_metric(ops.mean(ops.cast(x > 0, "float32")), name="above", aggregation="mean")
        return x


def test_metrics_of_layers(tmp_path):
    """The mean over the batches, as Keras 2 had it: reset each epoch, in a checkpoint, beside the others."""
    model = nabi.Sequential([nabi.Input((5,)), Watching(), L.Dense(3)])
    model.compile("sgd", "mse", metrics=["mae"])
    assert model.metrics_names == ["loss", "mae"]
    history = model.fit(X, Y, validation_data=(2 * X, Y), **FIT).history
    assert list(history)[:4] == ["loss", "mae", "first", "above"] == model.metrics_names and "val_above" in history
    batches = [X[i:i + 7] for i in range(0, 24, 7)]
    wanted = np.mean([[b[:, 0].mean(), b[:, 1].mean()] for b in batches]), np.mean([(b > 0).mean() for b in batches])
    for name, value in zip(("first", "above"), wanted, strict=True):
        np.testing.assert_allclose(history[name], [value] * 2, rtol=1e-6)
    np.testing.assert_allclose(history["val_first"], 2 * np.array(history["first"]), rtol=1e-6)
    model.save_checkpoint(tmp_path / "c.safetensors")
    model.load_checkpoint(tmp_path / "c.safetensors")
    with pytest.raises(ArgumentError, match="a name that nothing in the logs has"):
        clash = nabi.Sequential([nabi.Input((5,)), Watching(), L.Dense(3)])
        clash.compile("sgd", "mse", metrics=[nabi.metrics.MeanSquaredError(name="above")])
        clash.fit(X, Y, verbose=0)


@pytest.mark.parametrize("call, said", [
    (lambda layer: layer.add_loss(lambda: 1), "a tensor, in its call, got function"),
    (lambda layer: layer.add_loss(nabi.Input((3,))), "a layer of your own in the way"),
    (lambda layer: layer.add_metric(torch.ones(1)), "a name, and aggregation"),
    (lambda layer: layer.add_metric(torch.ones(1), "m", "max"), "aggregation")])
def test_what_cannot_be_added(call, said):
    with pytest.raises(ArgumentError, match=said):
        call(L.Flatten())


def test_a_call_by_hand_starts_anew():
    """`losses` has what the last call added; a trial that finds a shape adds nothing."""

    class Adds(L.Layer):
        def call(self, x):
            self.add_loss(x.sum())
            return x

    layer = Adds()
    layer(nabi.Input((2,)))
    assert layer.losses == []
    for factor in (1.0, 2.0):
        layer(factor * torch.ones(1, 2))
        assert [float(loss) for loss in layer.losses] == [2 * factor]
    outer = nabi.Sequential([nabi.Input((2,)), layer, layer.__class__()])
    outer(torch.ones(1, 2))
    assert [float(loss) for loss in outer.losses] == [2, 2]


def test_lambdas(tmp_path):
    """A function as a layer trains; its file is refused unless custom_objects has the function."""

    def scaled(x, by):
        return x * by

    def build(function=scaled):
        x = nabi.Input((5,))
        y = L.Lambda(function, arguments={"by": 2.0})(x)
        z = L.Lambda(lambda parts: ops.concatenate(parts, -1) if function is not scaled else parts[0] + parts[1])([x, y])
        return nabi.Model(x, L.Dense(3)(z))

    model = build()
    model.compile(nabi.optimizers.SGD(0.1), "mse", precision="float32")
    before = model.evaluate(X, Y, verbose=0)
    model.fit(X, Y, epochs=3, verbose=0)
    assert model.evaluate(X, Y, verbose=0) < before
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(model.predict(X, verbose=0), 3 * X @ kernel + bias, rtol=1e-5, atol=1e-6)
    import copy

    np.testing.assert_array_equal(copy.deepcopy(model).predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ArgumentError, match="a function with a name.*save_weights"):
        model.save(tmp_path / "m.safetensors")
    x = nabi.Input((5,))
    model = nabi.Model(x, L.Lambda(scaled, arguments={"by": 2.0})(x))
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(OSError, match="custom_objects=.'scaled': scaled."):
        nabi.load_model(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors", custom_objects={"scaled": scaled})
    np.testing.assert_allclose(again.predict(X, verbose=0), 2 * X, rtol=1e-6)
    assert L.Lambda(scaled, output_shape=(7,)).compute_output_shape((None, 5)) == (None, 7)


def test_a_metric_among_the_attributes_logs_itself():
    """Keras 2's add_metric(self.mean(value)), with the metric's name or none."""

    class Watching(nabi.Model):
        def __init__(self):
            super().__init__()
            self.out, self.mean = nabi.layers.Dense(1), nabi.metrics.Mean(name="size")

        def call(self, x):
            self.add_metric(self.mean(x.abs().mean()))
            self.add_metric(self.mean.result(), name="size")
            return self.out(x)

    model, x = Watching(), np.tile([[2.0, -2.0], [-2.0, 2.0]], (4, 1)).astype("float32")
    model.compile("sgd", "mse")
    assert np.allclose(model.fit(x, x[:, :1], epochs=2, verbose=0).history["size"], 2.0)
