"""Classes of one's own: names that nabi needs mean two things, Keras' idioms work."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError


@pytest.mark.parametrize("name", ["weights", "losses", "call", "build"])
def test_an_attribute_that_keras_layers_have_is_refused(name):
    class Mine(nabi.Layer):
        def __init__(self):
            super().__init__()
            setattr(self, name, 4)

    with pytest.raises(ArgumentError, match=rf"Mine.{name}: expected an attribute of your own, .* self.my_{name}\.$"):
        Mine()


DATA = "rank label inside own_weights macs calls random graph trainer counters form inputs written _tried".split()
METHODS = "run prepare check_shapes through begin setup plan tried brought own_key held takes forget".split()


@pytest.mark.parametrize("base", [nabi.Layer, nabi.Model])
def test_names_that_nabi_uses_mean_two_things(base):
    """What nabi keeps under a name stays; what the user sets or defines is his: numbers, methods, weights and layers."""

    class Mine(base):
        measures = 7  # of the class

        def __init__(self):
            super().__init__()
            for name in DATA:
                setattr(self, name, name)
            self.outputs, self.keeps = L.Dense(3), [L.Dense(2)]
            self.calls = 0

        def build(self, input_shape):
            self.added = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="added")

        def call(self, x):
            self.calls += 1
            found = [getattr(self, name) for name in DATA if name != "calls"]
            assert found == [name for name in DATA if name != "calls"] and self.measures == 7
            assert [getattr(self, name)() for name in METHODS] == METHODS
            return self.keeps[0](self.outputs(x * self.added))

    methods = {name: (lambda self, name=name: name) for name in METHODS}
    Mine = type("Mine", (Mine,), {**methods, "__module__": __name__})

    class Child(Mine):
        def tried(self):
            return super().tried() + "!"

    assert (Child().tried(), Child().run()) == ("tried!", "run")
    mine = Mine()
    model = nabi.Sequential([nabi.Input((4,)), mine, L.Dense(1)])
    model.compile("sgd", "mse")
    x = torch.rand(8, 4, generator=torch.Generator().manual_seed(0))
    model.fit(x, x[:, :1], epochs=2, verbose=0)
    assert mine.calls > 0 and len(mine.weights) == 5 and model.count_params() == 4 + 15 + 8 + 3
    assert isinstance(mine.outputs, L.Dense) and mine.added.shape == (4,)
    mine.tried = 5  # in place of a method of his own
    assert mine.tried == 5
    del mine.tried
    assert mine.tried() == "tried"


def test_names_of_callbacks_and_metrics_mean_two_things():
    class Watch(nabi.callbacks.Callback):
        def __init__(self):
            self.state, self.close, self.restore = "on", [], True

        def on_epoch_end(self, epoch, logs=None):
            self.close.append(self.state)

    class Total(nabi.metrics.Metric):
        def __init__(self):
            super().__init__(name="total")
            self.state = self.add_weight(name="state")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.state.assign_add(y_true.sum())

        def result(self):
            return self.state

    x = np.arange(8.0).reshape(4, 2)
    model = nabi.Sequential([L.Dense(1)])
    total = Total()
    model.compile("sgd", "mse", metrics=[total])
    watch = Watch()
    history = model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=[watch])
    assert watch.close == ["on", "on"] and history.history["total"] == [12.0, 12.0]
    assert total.state == 12.0 and nabi.metrics.Metric.state(total) == {"state": 12.0}


def test_names_of_ones_own_are_free():
    class Mine(nabi.Layer):
        def __init__(self):
            super().__init__()
            self.alpha, self.size, self.names, self.ratio = 1, 2, ["a"], 0.5

        def call(self, x):
            return x * self.size

    assert Mine()(torch.ones(2, 3)).sum() == 12


def test_build_may_set_built_and_may_be_called_by_hand():
    class Mine(nabi.Layer):
        def __init__(self):
            self.w = None  # before and after the base's constructor, as Keras' layers do
            super().__init__()
            self.w = None

        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 2), "ones")
            self.built = True

        def call(self, x):
            return x @ self.w

    class Outer(nabi.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Mine()

        def build(self, input_shape):
            self.inner.build(input_shape)
            self.built = True

        def call(self, x):
            return self.inner(x)

    for kind in (Mine, Outer):
        layer = kind()
        layer.build((None, 4))
        assert layer(torch.ones(3, 4)).tolist() == [[4.0, 4.0]] * 3
        again = kind()
        again.build((None, 4))
        i = nabi.Input((4,))
        assert nabi.Model(i, again(i)).count_params() == 8


def test_layers_that_vary_pictures_do_so_when_called_by_themselves():
    """As in Keras, where `training` is True by default there; `predict` and models that learn leave pictures alone."""
    x = torch.rand(6, 8, 8, 3, generator=torch.Generator().manual_seed(0))
    vary = nabi.Sequential([L.RandomFlip("horizontal", seed=1), L.RandomRotation(0.2, seed=2)])
    for layer in (L.RandomFlip("horizontal", seed=1), L.RandomContrast(0.5, seed=1), L.RandomTranslation(0.2, 0.2, seed=1), vary):
        assert not torch.equal(layer(x), x) and torch.equal(layer(x, training=False), x)
    assert (vary.predict(x.numpy(), verbose=0) == x.numpy()).all()
    whole = nabi.Sequential([L.RandomFlip("horizontal", seed=1), L.Flatten(), L.Dense(2)])
    assert torch.equal(whole(x), whole(x, training=False))
