"""The tape against autograd on the same fused plan: the same gradients to the bit, and the same trained weights.

The loss itself agrees to 1e-6: the cross-entropies' kernel sums up in float64 (`nabi.training.slope`).
"""

import numpy as np
import pytest
import torch

import nabi
import nabi.core.errors
from nabi import Input, Model, Sequential, layers
from training.test_training_fused import NETS, distance, gradients, twins

pytestmark = pytest.mark.usefixtures("fused_kernels")
LARGE = {"bottlenecks", "other_pools", "dense_blocks", "residual", "inception"}  # in bfloat16 in learn


def near(loss):
    """Within a few roundings of float32."""
    return pytest.approx(loss, rel=1e-6)


def on_autograd(model):
    """The same model without its tape."""
    model.trainer.ready()
    model.trainer.tape = None
    return model


@pytest.mark.parametrize("recipe, precision", [
    pytest.param(recipe, precision, id=f"{recipe.__name__}-{precision}",
                 marks=[pytest.mark.learn] if precision == "bfloat16" and recipe.__name__ in LARGE else [])
    for recipe in NETS for precision in ("float32", "bfloat16")
])  # fmt: skip
def test_a_tape_is_autograd_to_the_bit(recipe, precision):
    (taped, _), x, y = twins(recipe, precision)
    (other, _), _, _ = twins(recipe, precision)
    on_autograd(other)
    for _ in range(3):
        assert taped.train_on_batch(x, y) == near(other.train_on_batch(x, y))
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


def squares(y, p):
    return ((p - y) * (p - y)).mean(-1)


def squares_in_place(y, p):
    p -= y
    return (p * p).mean(-1)


class Doubled(nabi.losses.CategoricalCrossentropy):
    """Its class has a kernel, its own formula has none."""

    def call(self, y_true, y_pred):
        return 2 * super().call(y_true, y_pred)


@pytest.mark.parametrize("first, second", [(squares, squares), (squares, "categorical_crossentropy"), (Doubled(), "mse"),
                                           ("read", squares), (squares, None)])
def test_losses_of_the_users_own_begin_the_way_back_as_autograd_does(first, second):
    """Beside others, through softmax and ReLU; "read" depends on a kernel past the outputs, too. To the bit."""
    def recipe():
        x = Input((4,))
        h = layers.Dense(5, activation="relu", kernel_initializer="ones", kernel_regularizer="l2")(x)
        a = layers.Dense(3, activation="softmax", name="a", kernel_initializer="ones")(h)
        model = Model(x, [a, layers.Dense(3, activation="relu", name="b", bias_initializer="ones")(h)])

        def read(y, p):
            return squares(y, p) + model.layers[1].kernel.abs().sum()

        model.compile(nabi.optimizers.SGD(0.01, loss_scale_factor=3.0), {"a": read if first == "read" else first, "b": second},
                      loss_weights={"a": 0.3, "b": 0.7}, metrics={"a": "accuracy"})
        return model

    rng, (taped, other) = np.random.default_rng(0), (recipe() for _ in range(2))
    other.set_weights(taped.get_weights())
    on_autograd(other)
    y = [np.eye(3, dtype="float32")[rng.integers(0, 3, 6)] for _ in range(2)]
    for _ in range(3):
        x = rng.normal(size=(6, 4)).astype("float32")
        assert taped.train_on_batch(x, y, return_dict=True) == near(other.train_on_batch(x, y, return_dict=True))
        assert all(np.array_equal(a, b) for a, b in zip(gradients(taped), gradients(other), strict=True))
    assert taped.trainer.tape is not None and any(g.any() for g in gradients(taped))


def test_a_loss_may_write_over_the_outputs_that_it_is_given():
    """A ReLU has kept them for its gradient, and a metric looks at them afterwards."""
    found = []
    for loss in (squares, squares_in_place):
        model = Sequential([Input((4,)), layers.Dense(1, activation="relu", kernel_initializer="ones")])
        model.compile("sgd", loss, metrics=["mae"])
        x, y = np.ones((2, 4), "float32"), np.ones((2, 1), "float32")
        found.append([model.train_on_batch(x, y) for _ in range(3)])
    assert found[0] == found[1] and found[0][0][1] == 3


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
        assert taped.train_on_batch(x, y) == near(other.train_on_batch(x, y))
    assert np.array_equal(kernel, taped.layers[1].get_weights()[0])
    assert all(np.array_equal(a, b) for a, b in zip(taped.get_weights(), other.get_weights(), strict=True))
    assert not np.array_equal(taped.layers[0].get_weights()[0], recipe().layers[0].get_weights()[0])


LOSSES = {
    "one-hot": nabi.losses.CategoricalCrossentropy(),
    "smoothed": nabi.losses.CategoricalCrossentropy(label_smoothing=0.1, reduction="sum"),
    "numbers": nabi.losses.SparseCategoricalCrossentropy(),
    "one number ignored": nabi.losses.SparseCategoricalCrossentropy(ignore_class=2),
    "by weight": nabi.losses.CategoricalCrossentropy(reduction="mean_with_sample_weight"),
    "mse": nabi.losses.MeanSquaredError(),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_losses_begin_the_way_back_as_autograd_does(name, weighted, monkeypatch):
    """Two outputs with loss weights, a scaled loss, a penalty, weights of samples: to the bit, and what autograd is asked for."""
    rng, asked = np.random.default_rng(0), []
    numbers = rng.integers(0, 3, 6)
    y = [numbers if "number" in name else np.eye(3, dtype="float32")[numbers], np.eye(3, dtype="float32")[numbers]]
    weights = {"sample_weight": [rng.uniform(0, 2, 6).astype("float32")] * 2} if weighted else {}
    taped, other = (two_heads(LOSSES[name]) for _ in range(2))
    on_autograd(other)
    real = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda of, by, *a, **k: asked.append(len(by)) or real(of, by, *a, **k))
    for _ in range(3):
        x = rng.normal(size=(6, 4)).astype("float32")
        asked.clear()
        logs = [model.train_on_batch(x, y, return_dict=True, **weights) for model in (taped, other)]
        assert logs[0] == near(logs[1]), "also of metrics, which take the kernel's probabilities"
        kernel = name in ("one-hot", "smoothed", "numbers", "mse")
        assert asked[0] == (1 if kernel else 2), "the penalty, and losses without a kernel"
        assert all(np.array_equal(a, b) for a, b in zip(gradients(taped), gradients(other), strict=True))


def two_heads(loss):
    x = Input((4,))
    h = layers.Dense(5, activation="relu", kernel_regularizer="l2", kernel_initializer="ones")(x)
    heads = [layers.Dense(3, activation="softmax", name=name, kernel_initializer="ones")(h) for name in ("a", "b")]
    model = Model(x, heads)
    model.compile(nabi.optimizers.SGD(0.1, loss_scale_factor=3.0), [loss, "categorical_crossentropy"],
                  loss_weights=[0.3, 0.7], metrics=[["accuracy"], ["mse"]], precision="float32")
    return model


@pytest.mark.parametrize("labels, outputs", [((6,), (6, 1)), ((6, 3), (6, 3)), ((2, 5, 4, 3), (2, 5, 4, 3))])
def test_squared_errors_in_one_pass_are_autograds(labels, outputs):
    """Numbers as labels, too; what does not fit is left to `call`, which says why."""
    y, z = torch.randint(0, 9, labels), torch.randn(outputs, requires_grad=True)
    mse = nabi.losses.MeanSquaredError(reduction="sum")
    made = mse.one_pass(y, z.detach(), np.float32(0.3))
    loss = mse(y, z)
    (loss * 0.3).backward()
    assert made.total == near(loss.item()) and torch.equal(made.gradient, z.grad)
    assert mse.one_pass(y, torch.ones(7, 2), 1.0) is None


def test_a_loss_with_a_kernel_asks_autograd_nothing(monkeypatch):
    (model, _), x, y = twins(NETS[2])
    monkeypatch.setattr(torch.autograd, "grad", lambda *a, **k: pytest.fail("autograd ran"))
    before = model.train_on_batch(x, y)
    assert model.trainer.tape is not None and model.train_on_batch(x, y) != before
    assert model.trainer.binding.views[0].any()


@pytest.mark.parametrize("form", ["one-hot", "numbers", "column of numbers", "weighted"])
def test_accuracy_that_the_loss_counts_is_accuracy(form):
    """By name, as an object of the user's, beside other metrics; asked for, and put aside, in the middle of an epoch."""
    rng = np.random.default_rng(0)
    x, numbers = rng.normal(size=(50, 4)).astype("float32"), rng.integers(0, 3, 50)
    y = {"numbers": numbers, "column of numbers": numbers[:, None]}.get(form, np.eye(3, dtype="float32")[numbers])
    own = nabi.metrics.SparseCategoricalAccuracy if "numbers" in form else nabi.metrics.CategoricalAccuracy
    seen = []

    class Ask(nabi.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                seen.append([logs["accuracy"], held.result(), self.model.evaluate(x[:9], y[:9], verbose=0)[1]])
                self.model.trainer.objective.load_state(self.model.trainer.objective.state())

    found = []
    for taped in (True, False):
        model, held = Sequential([Input((4,)), layers.Dense(3, activation="softmax", kernel_initializer="ones")]), own(name="own")
        loss = "sparse_categorical_crossentropy" if "numbers" in form else "categorical_crossentropy"
        model.compile("sgd", loss, metrics=["accuracy", held], weighted_metrics=["accuracy"])
        if not taped:
            on_autograd(model)
        model.counters.drawn = 3
        weights = {"sample_weight": np.linspace(0, 2, 50)} if form == "weighted" else {}
        found.append(model.fit(x, y, batch_size=8, epochs=2, verbose=0, callbacks=[Ask()], **weights).history)
        assert (model.trainer.tape is not None) == taped
    assert seen[:2] == seen[2:]
    for name in ("accuracy", "own", "weighted_accuracy"):
        assert found[0][name] == found[1][name] and found[0][name][1] not in (0, 1)


def test_dense_layers_write_their_gradients_where_they_belong():
    """Of their dtype: into the gradient vector itself; a layer that is used twice adds up."""
    from nabi.kernels.linear import Linear
    from nabi.training.tape import Context

    x, w, g = torch.randn(3, 4), torch.randn(5, 4), torch.randn(3, 5)
    context, out = Context((True, True, True)), (torch.zeros(5, 4), torch.zeros(5))
    Linear.forward(context, x, w, torch.zeros(5), False, False)
    _, dw, db = Linear.gradients(context, g, out)
    assert dw is out[0] and db is out[1] and torch.equal(dw, g.t() @ x) and torch.equal(db, g.sum(0))
    _, dw, db = Linear.gradients(context, g, (torch.zeros(5, 4, dtype=torch.bfloat16), None))
    assert torch.equal(dw, out[0]) and torch.equal(db, out[1])

    def recipe():
        a, twice = Input((6, 6, 2)), layers.Dense(4, activation="relu")
        h = twice(layers.Dense(4)(twice(layers.Dense(4)(a))))
        return Model(a, layers.Dense(3, activation="softmax")(layers.Flatten()(h)))

    (taped, _), x, y = twins(recipe)
    (other, _), _, _ = twins(recipe)
    on_autograd(other)
    assert taped.train_on_batch(x, y) == near(other.train_on_batch(x, y))
    assert all(np.array_equal(a, b) for a, b in zip(gradients(taped), gradients(other), strict=True))


def test_a_label_out_of_range_is_named():
    model = Sequential([Input((4,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    batches = iter([(np.ones((2, 4), "float32"), np.array([0, 3]))])
    with pytest.raises(nabi.core.errors.DataError, match=r"labels from 0 to 2 \(3 classes\), got the label 3"):
        model.fit(batches, epochs=1, steps_per_epoch=1, verbose=0)


def test_plain_kernels_run_without_it(monkeypatch):
    (model, _), x, y = twins(NETS[0])
    monkeypatch.setattr("nabi.training.tape.Tape.run", lambda *a: pytest.fail("the tape ran"))
    with nabi.kernels.using("plain"):
        model.train_on_batch(x, y)
