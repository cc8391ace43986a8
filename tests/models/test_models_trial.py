"""What becomes of the call() of a model: a graph or one op; what it depends on may change; builds, sizes, and what is refused."""

import numpy as np
import pytest
import torch

import nabi
from models.test_models_written import X, Y, close, residual
from nabi import layers as L
from nabi import ops
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.models.own_call import OwnCall

CE = "sparse_categorical_crossentropy"
RNG = np.random.default_rng(1)


def test_what_call_depends_on_may_change():
    """Attributes that are set later, and layers that are exchanged, count from then on."""
    class Net(nabi.Model):
        def __init__(self):
            super().__init__()
            self.factor, self.head = 2.0, L.Dense(1, use_bias=False, kernel_initializer="ones")

        def call(self, x):
            return self.factor * self.head(x)

    model, x = Net(), np.ones((2, 3), "float32")
    model.compile(nabi.optimizers.SGD(0.1, momentum=0.5), "mse", precision="float32")
    assert model.predict(x, verbose=0)[0] == 6 and model.opaque is None
    model.fit(x, x[:, :1], verbose=0)
    learned = list(model.optimizer.remembered)
    model.factor = 3.0
    assert model.opaque == "self.factor was set, on which call may depend"
    np.testing.assert_allclose(model.predict(x, verbose=0), 3 * x @ model.head.get_weights()[0], rtol=1e-6)
    model.fit(x, x[:, :1], verbose=0)
    assert len(learned) == 1 and list(model.optimizer.remembered) == learned and model.optimizer.iterations == 2
    model.head = L.Dense(2)
    assert model.predict(x, verbose=0).shape == (2, 2) and model.layers == [model.head]


def test_a_graph_stays_one(tmp_path):
    """Nothing that nabi itself does to a model makes it forget its graph."""
    model = residual(nabi)()
    model.compile("sgd", CE, metrics=["accuracy"])
    model.fit(X, Y, verbose=0, validation_split=0.25, callbacks=[nabi.callbacks.EarlyStopping(patience=9)])
    graph = model.graph
    model.evaluate(X, Y, verbose=0), model.predict(X, verbose=0), model(X), model.summary(print_fn=str), model.check(X, Y)
    model.save(tmp_path / "m.safetensors"), model.train_on_batch(X, Y), model.compile("adam", CE), model.reset_metrics()
    model.stop_training, model.card = True, {"a": 1}
    assert model.graph is graph and model.opaque is None


def test_other_sizes_and_wrong_ones():
    model = residual(nabi)()
    model.compile("sgd", CE)
    model.fit(X, Y, verbose=0)
    for size in (9, 4):
        x = RNG.normal(size=(5, size, size, 3))
        close(model.predict(x, verbose=0), model(x).numpy(), 2e-2)
        model.fit(x, Y[:5], verbose=0)
    with pytest.raises(ShapeError, match="x.mean|grey|samples of shape"):
        model(X[..., :1])
    with pytest.raises(ShapeError, match=r"expected 4 axes"):
        residual(nabi)().build((None, 5))
    with pytest.raises(ShapeError, match="channels first|channels or features|samples of shape"):
        model.predict(X[..., :2], verbose=0)


def test_a_build_of_ones_own():
    class Built(nabi.Model):
        def __init__(self):
            super().__init__()
            self.times = 0

        def build(self, input_shape):
            self.times += 1
            self.dense = L.Dense(input_shape[-1])
            super().build(input_shape)
            self.built = True

        def call(self, x):
            return self.dense(x)

    for begin in (lambda m: m.build((None, 5)), lambda m: m(np.ones((1, 5))), lambda m: m.predict(np.ones((1, 5)), verbose=0)):
        model = Built()
        begin(model)
        assert model(np.ones((1, 5))).shape == (1, 5) and model.times == 1 and len(model.weights) == 2


def test_outputs_in_lists_and_dicts_of_lists_and_dicts():
    class Net(nabi.Model):
        def call(self, x):
            return {"style": {"a": x + 1, "b": [2 * x, (x,)]}, "content": x - 1}

    model, x = Net(), np.arange(6.0, dtype="float32").reshape(2, 3)
    for made in (model(x), model.predict(x, verbose=0)):
        np.testing.assert_array_equal(made["style"]["a"], x + 1)
        np.testing.assert_array_equal(made["style"]["b"][1][0], x)
        np.testing.assert_array_equal(made["content"], x - 1)
    assert model.output_shape["style"]["b"][0] == (None, 3)


def test_what_is_refused():
    class Net(nabi.Model):
        def __init__(self, how):
            super().__init__()
            self.how = how

        def call(self, x):
            return self.how(x)

    with pytest.raises(ArgumentError, match="Make it in __init__"):
        Net(lambda x: torch.relu(L.Dense(2)(x))).build((None, 3))
    with pytest.raises(ArgumentError, match="a tensor, or a list or dict of tensors, got NoneType"):
        Net(lambda x: None).build((None, 3))
    with pytest.raises(ZeroDivisionError):
        Net(lambda x: 1 / 0).build((None, 3))
    with pytest.raises(ArgumentError, match="an attribute of your own, got 'layers'"):
        Net(len).layers = []
    with pytest.raises(StateError, match="Call it on data, or call model.build"):
        Net(len).output_shape  # noqa: B018
    with pytest.raises(StateError, match="a model with call"):
        type("Bare", (nabi.Model,), {})()(np.ones((1, 2)))
    x = nabi.Input((3,))
    with pytest.raises(ArgumentError, match="inputs and outputs, or else a call of its own"):
        type("Both", (nabi.Model,), {"call": lambda self, x: x})(x, L.Dense(1)(x))
    with pytest.raises(ArgumentError, match="got no outputs"):
        nabi.Model(x)


@pytest.mark.parametrize("why, call", [
    ("bool", lambda self, x: x if ops.sum(x) else 2 * x), ("numbers", lambda self, x: x * float(x.sum())),
    ("torch", lambda self, x: torch.exp(x)),
    ("array", lambda self, x: x + ops.exp(np.ones(3))), ("equal", lambda self, x: ops.where(x == 0, x, x)),
    ("mode", lambda self, x, training=None: self.d(x) if training is True else x),
    ("inverse", lambda self, x, training=False: self.b(x, training=not training)),
    ("attribute", lambda self, x: setattr(self, "kept", x) or x), ("outside", lambda self, x: OUTSIDE(x))])
def test_what_a_graph_cannot_say(why, call):
    """Each is one op that does what it does on tensors, and nothing of its trial remains."""
    if not OUTSIDE.built:
        OUTSIDE(np.ones((1, 3)))
    model = type("Net", (nabi.Model,), {"call": call})()
    model.d, model.b = L.Dense(3), L.BatchNormalization()
    model.build((None, 3))
    assert model.opaque is not None and isinstance(model.graph.calls[0].layer, OwnCall), why
    assert not model.d.nodes and not model.b.nodes and not OUTSIDE.nodes
    assert model(np.ones((2, 3), "float32")).shape == (2, 3)


OUTSIDE = L.Dense(3)
