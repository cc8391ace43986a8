"""Arguments and attributes of layers that cannot be right: refused with a word on what to do; weights kept in lists."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError


def test_layers_that_only_compute_may_be_inside():
    class Bent(L.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.bend = L.ReLU()

        def call(self, x):
            return self.bend(x)

    assert Bent()(torch.tensor([[-1.0, 2.0]])).tolist() == [[0.0, 2.0]]
    x = nabi.Input((4,))
    assert nabi.Model(x, L.Dense(3, activation=L.LeakyReLU())(x)).count_params() == 15
    data, first, seen, bent = torch.arange(8.0).reshape(2, 4).numpy() - 4, None, [], L.PReLU  # inside it learns as behind
    for layers in ([L.Dense(3, activation=bent("ones"))], [L.Dense(3), L.Activation(bent("ones"))], [L.Dense(3), bent()]):
        model = nabi.Sequential([nabi.Input((4,)), *layers])
        model.compile("sgd", "mse", precision="float32")
        first = first or [w + 0.25 for w in model.get_weights()]
        model.set_weights(first)
        model.fit(data, data[:, :3], epochs=2, verbose=0)
        twin = nabi.Sequential.from_config(model.get_config()) if len(layers) == 1 else model
        twin.set_weights(model.get_weights())
        seen.append([w.shape for w in model.get_weights()] + twin.predict(data, verbose=0).tolist())
    assert seen[0] == seen[1] == seen[2] and seen[0][:3] == [(4, 3), (3,), (3,)]
    for make in (lambda: L.Dense(3, activation=L.BatchNormalization()), lambda: L.Activation(L.Dropout(0.5))):
        with pytest.raises(ArgumentError, match=r"\(activation\): expected a name or function, got the layer .*Put it behind"):
            make()


def test_weights_in_a_list_are_trained():
    class Powers(L.Layer):
        def build(self, input_shape):
            self.ws = [self.add_weight((input_shape[-1], 2)) for _ in range(3)]
            self.last = self.add_weight((2,), "zeros")

        def call(self, x):
            return sum(x**n @ w for n, w in enumerate(self.ws)) + self.last

        def compute_output_shape(self, input_shape):
            return (input_shape[0], 2)

    model = nabi.Sequential([nabi.Input((4,)), Powers(name="powers")])
    assert [w.name for w in model.weights] == ["weight#1", "weight#2", "weight#3", "last"] and model.count_params() == 26
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 4)), rng.normal(size=(8, 2))
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert all((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_weights_stand_in_the_order_of_adding():
    class Two(L.Layer):
        def build(self, input_shape):
            first, second = self.add_weight((1,)), self.add_weight((2,))
            self.b = second
            self.a = first

    layer = Two()
    layer.build((None, 3))
    assert [(w.name, w.shape) for w in layer.weights] == [("a", (1,)), ("b", (2,))]


def test_a_weight_is_like_an_array():
    layer = L.Dense(2, name="out")
    layer.build((None, 3))
    kernel = layer.weights[0]
    assert (kernel.ndim, kernel.dtype, kernel.path) == (2, "float32", "out/kernel")
    np.testing.assert_array_equal(np.asarray(kernel), kernel.numpy())
    assert np.asarray(kernel, dtype=np.float64).dtype == np.float64


def test_building_twice_keeps_the_weights():
    layer = L.Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()[0]
    layer.build((None, 3))
    layer(np.zeros((1, 3), np.float32))
    np.testing.assert_array_equal(layer.get_weights()[0], before)
    with pytest.raises(ShapeError):
        layer.build((None, 5))


@pytest.mark.parametrize("make", [
    lambda: L.Dropout("0.2"), lambda: L.Dropout(0.5, seed=1.5), lambda: L.BatchNormalization(momentum=3.0),
    lambda: L.BatchNormalization(epsilon="small"), lambda: L.Dense(3, name=5), lambda: L.BatchNormalization(axis=1.5),
    lambda: L.MaxPooling2D(2, padding=2), lambda: L.AveragePooling2D((3, 2), padding=2), lambda: L.L2Pooling2D(2, padding=3),
    lambda: L.Rescaling("255"),
])  # fmt: skip
def test_values_that_cannot_be_meant(make):
    with pytest.raises(ArgumentError):
        make()


def test_padding_below_the_window_leaves_no_infinity():
    assert torch.isfinite(L.MaxPooling2D(3, padding=2)(torch.ones(1, 4, 4, 1))).all()


@pytest.mark.parametrize("make", [
    lambda: L.Dense(3, lora_rank=4), lambda: nabi.Input((3,), ragged=True),
    lambda: L.BatchNormalization(renorm=True),
    lambda: L.BatchNormalization(synchronized=True), lambda: nabi.Input((3,), sparse=True),
])  # fmt: skip
def test_what_keras_has_and_nabi_has_not_yet(make):
    with pytest.raises(ArgumentError, match="nabi does not have .* yet"):
        make()


def test_their_defaults_are_taken():
    assert L.Dense(3, lora_rank=None).units == 3
    assert not hasattr(L.BatchNormalization(synchronized=False, renorm=False), "renorm")


@pytest.mark.parametrize("scale", [[1.0, 2.0], np.array([1.0, 2.0]), (1, 2)])
def test_rescaling_by_channel_is_saved(scale, tmp_path):
    model = nabi.Sequential([nabi.Input((2,)), L.Rescaling(scale, offset=np.array([0.0, 5.0])), L.Dense(2)])
    x = np.array([[1.0, 10.0]], np.float32)
    assert model.layers[0](x).tolist() == [[1.0, 25.0]]
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(nabi.models.load_model(tmp_path / "m.safetensors")(x).detach(), model(x).detach())


def test_torch_modules_with_parameters_are_refused():
    """They would never learn, nor be saved; a module without parameters is a function like any other."""
    class Mine(L.Layer):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.Linear(2, 2)

    with pytest.raises(ArgumentError, match=r"Mine.inner: .* torch's Linear, whose parameters .*add_weight"):
        Mine()
    with pytest.raises(ArgumentError, match="torch's PReLU"):
        L.Dense(2, activation=torch.nn.PReLU())
    assert L.Dense(2, activation=torch.nn.ReLU())(np.ones((1, 3), "float32")).shape == (1, 2)
