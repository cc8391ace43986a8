"""The tape against autograd on the same fused plan: the same gradients to the bit, and the same trained weights."""

import numpy as np
import pytest
import torch

import nabi
import nabi.core.errors
from nabi import Input, Model, Sequential, layers
from training.test_training_fused import NETS, distance, gradients, twins

pytestmark = pytest.mark.usefixtures("fused_kernels")


def on_autograd(model):
    """The same model without its tape."""
    model.trainer.ready()
    model.trainer.tape = None
    return model


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("recipe", NETS, ids=lambda recipe: recipe.__name__)
def test_a_tape_is_autograd_to_the_bit(recipe, precision):
    (taped, _), x, y = twins(recipe, precision)
    (other, _), _, _ = twins(recipe, precision)
    on_autograd(other)
    for _ in range(3):
        assert taped.train_on_batch(x, y) == other.train_on_batch(x, y)
        if recipe.__name__ == "shared_tower" and precision == "bfloat16":  # two uses are added in float32, not in bfloat16
            assert all(distance(a, b) < 0.01 for a, b in zip(gradients(taped), gradients(other), strict=True))
            return
        assert all(np.array_equal(a, b) for a, b in zip(gradients(taped), gradients(other), strict=True))
    assert (taped.trainer.tape is None) == (recipe.__name__ == "penalties"), "penalties on activity stay with autograd"


def test_layers_of_the_users_own_stay_with_autograd():
    class Half(nabi.layers.Layer):
        def call(self, x):
            return x.mul_(0.5)  # in place: no leaf of a small graph would allow it

    def squash(x):
        return x.clamp_(-1, 1)

    for middle in (Half(), layers.Activation(squash), layers.Dense(4, activation=squash)):
        model = Sequential([Input((4,)), layers.Dense(4), middle, layers.Dense(1)])
        model.compile("sgd", "mse")
        model.train_on_batch(np.ones((2, 4), "float32"), np.ones((2, 1), "float32"))
        assert model.trainer.tape is None
    model = Sequential([Input((4,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert model.trainer.ready() and model.trainer.tape is not None


def squares_in_place(y, p):
    p -= y
    return (p * p).mean(-1)


def test_losses_of_the_users_own_stay_with_autograd():
    """Also one that writes over the outputs, which a ReLU has kept for its gradient: torch notices, and says so."""
    model = Sequential([Input((4,)), layers.Dense(1)])
    model.compile("sgd", squares_in_place)
    x, y = np.ones((2, 4), "float32"), np.ones((2, 1), "float32")
    losses = [model.train_on_batch(x, y) for _ in range(5)]
    assert model.trainer.tape is None and losses[-1] < losses[0]
    model = Sequential([Input((4,)), layers.Dense(1, activation="relu")])
    model.compile("sgd", squares_in_place)
    model.set_weights([np.ones((4, 1)), np.ones(1)])
    with pytest.raises(RuntimeError, match="inplace"):
        model.train_on_batch(x, y)


def test_a_loss_outside_torch_is_refused():
    def outside(y, p):
        return torch.tensor(np.square(p.detach().numpy() - y.numpy()).mean(-1))

    for eager in (False, True):
        model = Sequential([Input((4,)), layers.Dense(1)])
        model.compile("sgd", outside, run_eagerly=eager)
        with pytest.raises(nabi.core.errors.StateError, match="torch's functions, not NumPy's"):
            model.train_on_batch(np.ones((2, 4), "float32"), np.ones((2, 1), "float32"))


def test_infinity_in_a_generators_batch_is_the_datas_fault():
    """Behind a ReLU that is off the loss stays finite, and only the gradient shows it."""
    model = Sequential([Input((2,)), layers.Dense(3, activation="relu"), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.set_weights([-np.ones((2, 3)), np.zeros(3), np.ones((3, 1)), np.zeros(1)])
    x = np.array([[1, 1], [1, np.inf]], "float32")
    history = model.fit(iter([(x, np.ones((2, 1), "float32"))]), epochs=1, verbose=0)
    assert "sample 1 of this batch has NaN or infinity in x" in history.failure


def test_weights_that_no_loss_reaches_get_zeros():
    """Also after a step in which the optimizer wrote over the gradients."""
    x = Input((4,))
    model = Model(x, [layers.Dense(2, name="used")(x), layers.Dense(3, name="unused")(x)])
    model.compile(nabi.optimizers.SGD(0.1, clipnorm=0.1), {"used": "mse"})
    before = model.get_layer("unused").get_weights()
    for _ in range(2):
        model.train_on_batch(np.ones((2, 4), "float32"), [np.zeros((2, 2), "float32"), np.zeros((2, 3), "float32")])
    places = dict(zip([w.path for w in model.trainer.binding.learned], model.trainer.binding.views, strict=True))
    assert not places["unused/kernel"].any() and places["used/kernel"].any()
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_layer("unused").get_weights(), strict=True))


def test_frozen_layers_let_the_gradient_through():
    def recipe():
        net = Sequential([Input((6, 6, 2)), layers.Conv2D(3, 3, activation="relu"), layers.Conv2D(4, 3, activation="relu"),
                          layers.Flatten(), layers.Dense(3, activation="softmax")])
        net.layers[1].trainable = False
        return net

    (taped, _), x, y = twins(recipe)
    (other, _), _, _ = twins(recipe)
    kernel = taped.layers[1].get_weights()[0]
    on_autograd(other)
    for _ in range(3):
        assert taped.train_on_batch(x, y) == other.train_on_batch(x, y)
    assert np.array_equal(kernel, taped.layers[1].get_weights()[0])
    assert all(np.array_equal(a, b) for a, b in zip(taped.get_weights(), other.get_weights(), strict=True))
    assert not np.array_equal(taped.layers[0].get_weights()[0], recipe().layers[0].get_weights()[0])


def test_plain_kernels_run_without_it(monkeypatch):
    (model, _), x, y = twins(NETS[0])
    monkeypatch.setattr("nabi.training.tape.Tape.forward", lambda *a: pytest.fail("the tape ran"))
    with nabi.kernels.using("plain"):
        model.train_on_batch(x, y)
