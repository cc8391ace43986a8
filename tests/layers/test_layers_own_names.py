"""Classes of one's own: names that nabi needs are refused at once, Keras' idioms work."""

import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError


@pytest.mark.parametrize("name", ["rank", "label", "inside", "check_shapes", "own_weights", "macs"])
def test_an_attribute_that_all_layers_have_is_refused(name):
    class Mine(nabi.Layer):
        def __init__(self):
            super().__init__()
            setattr(self, name, 4)

    with pytest.raises(ArgumentError, match=rf"Mine.{name}: expected an attribute of your own, .* self.my_{name}\.$"):
        Mine()


@pytest.mark.parametrize("name", ["run", "prepare", "through", "form"])
@pytest.mark.parametrize("base", [nabi.Layer, nabi.Model])
def test_a_method_that_nabi_calls_is_refused_where_the_class_is_written(base, name):
    with pytest.raises(ArgumentError, match=rf"class Mine: expected a method of your own, got '{name}'"):
        type("Mine", (base,), {name: lambda self: None, "__module__": __name__})


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
