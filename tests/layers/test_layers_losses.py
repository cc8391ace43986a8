"""The penalties of a layer and a model, as Keras' property `losses` has them; and what a model keeps between two calls."""

import numpy as np
import torch

import nabi
from nabi.layers.layer import Layer


def nets(lib):
    """A chain with penalties on kernel and bias, one layer frozen."""
    return lib.Sequential([lib.Input((4,)),
                           lib.layers.Dense(3, kernel_regularizer="l2", bias_regularizer=lib.regularizers.L1(0.5)),
                           lib.layers.Dense(2, kernel_regularizer="l1"), lib.layers.Dense(2)])


def test_losses_are_keras(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    theirs, ours = nets(keras64), nets(nabi)
    values = [np.random.default_rng(0).normal(size=w.shape) for w in theirs.weights]
    theirs.set_weights(values)
    ours.set_weights(values)
    for index in (None, 1, 0):
        if index is not None:
            theirs.layers[index].trainable = ours.layers[index].trainable = False
        np.testing.assert_allclose([float(v) for v in ours.losses], [v.item() for v in theirs.losses], rtol=1e-12)
    assert ours.losses == [] and len(nets(nabi).losses) == 3 and len(nets(nabi).layers[0].losses) == 2


def test_losses_of_layers_inside():
    class Around(Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.inner = nabi.layers.Dense(4, kernel_initializer="ones", kernel_regularizer=nabi.regularizers.L2(0.5))

        def call(self, x):
            return self.inner(x)

    model = nabi.Sequential([nabi.Input((3,)), Around()])
    assert [float(v) for v in model.losses] == [6.0]
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 3)).astype("float32"), rng.normal(size=(8, 4)).astype("float32")
    model.compile(nabi.optimizers.SGD(0.0), "mse", precision="float32")
    bare = float(((model(x).detach() - torch.tensor(y)) ** 2).mean())
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), bare + 6.0, rtol=1e-5)


def test_last_uses_are_found_once(monkeypatch):
    """A call of a model does not look anew for what may be freed."""
    from nabi.models import graph

    found = []
    monkeypatch.setattr(graph, "last_uses", lambda *arguments, real=graph.last_uses: found.append(1) or real(*arguments))
    model = nabi.Sequential([nabi.Input((3,)), nabi.layers.Dense(2)])
    for _ in range(3):
        model(np.ones((1, 3), "float32"))
    assert found == [1]
    model.add(nabi.layers.Dense(5))
    assert model(np.ones((1, 3), "float32")).shape == (1, 5) and found == [1, 1]
