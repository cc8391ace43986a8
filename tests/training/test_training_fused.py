"""Fused plan against unfused plan, on fused kernels: the same outputs, gradients, losses and dropout masks for a dozen nets.

Where a fused kernel computes as torch does (ReLU, pooling, dropout, the optimizer's formulas) the numbers are equal to the bit.
A convolution's gradients add up in another order (kernels.conv.gradients): they agree to 3e-6 of the largest, and losses of five
steps with them to 1e-5.
"""

from functools import partial

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, Sequential, layers
from parity.twins import randomize

pytestmark = pytest.mark.usefixtures("fused_kernels")
Conv, Pool, Drop, Dense = layers.Conv2D, layers.MaxPooling2D, layers.Dropout, layers.Dense
Average, Leaky = layers.AveragePooling2D, layers.LeakyReLU


def lecture():
    return Sequential([Input((12, 12, 1)), Conv(4, 3, activation="relu"), Conv(6, 3, activation="relu"), Pool(2), Drop(0.25),
                       layers.Flatten(), Dense(8, activation="relu"), Drop(0.5), Dense(3, activation="softmax")])


def odd_pools():
    return Sequential([Input((13, 11, 2)), Conv(4, 3, activation="relu"), Pool((3, 2)),
                       Conv(5, 2, padding="same", activation="relu"), Pool(2, strides=1), layers.ReLU(), Pool(2, padding="same"),
                       layers.Flatten(), Dense(3, activation="softmax")])


def relu_is_a_layer():
    return Sequential([Input((10, 10, 2)), Conv(4, 3), layers.BatchNormalization(), layers.Activation("relu"), Pool(2), Drop(0.3),
                       Conv(5, 3), layers.ReLU(), layers.GlobalAveragePooling2D(), Dense(3, activation="softmax")])


def relu_read_twice():
    x = Input((10, 10, 2))
    h = Conv(4, 3, padding="same", activation="relu")(x)
    a, b = Pool(2)(h), Pool(2)(Conv(4, 3, padding="same", activation="relu")(h))
    return Model(x, Dense(3, activation="softmax")(layers.Flatten()(layers.Add()([a, b, Drop(0.2)(a)]))))


def residual():
    x = Input((8, 8, 2))
    h = Conv(4, 3, padding="same", activation="relu")(x)
    for _ in range(2):
        h = layers.Activation("relu")(layers.Add()([h, Conv(4, 3, padding="same")(Conv(4, 1, activation="relu")(h))]))
    return Model(x, Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(h)))


def inception():
    x = Input((9, 9, 2))
    parts = [Conv(3, 1, activation="relu")(x), Conv(4, 3, padding="same", activation="relu")(Conv(2, 1, activation="relu")(x)),
             Conv(2, 1, activation="relu")(Pool(3, strides=1, padding="same")(x))]
    h = Drop(0.3)(Pool(2)(layers.Concatenate()(parts)))
    return Model(x, Dense(3, activation="softmax")(layers.Flatten()(h)))


def shared_tower():
    tower = Sequential([Input((8, 8, 1)), Conv(4, 3, activation="relu"), Pool(2), Drop(0.4), layers.Flatten()])
    a, b = Input((8, 8, 1)), Input((8, 8, 1))
    return Model([a, b], Dense(3, activation="softmax")(layers.Concatenate()([tower(b), tower(a)])))


def one_dropout_for_two():
    x, drop = Input((8, 8, 2)), Drop(0.5)
    first, second = Conv(3, 3)(x), Conv(3, 3)(x)
    second = layers.Activation("relu")(second)
    first = layers.Activation("relu")(first)
    first, second = drop(Pool(2)(first)), drop(Pool(2)(second))
    return Model(x, Dense(3, activation="softmax")(layers.Flatten()(layers.Concatenate()([first, second]))))


def nested():
    inner = Sequential([Input((10, 10, 2)), Conv(4, 3, activation="relu"), Pool(2)])
    x = Input((10, 10, 2))
    block = Model(x, Drop(0.3)(inner(x)))
    return Sequential([Input((10, 10, 2)), block, Conv(3, 2, activation="relu"), layers.Flatten(),
                       Dense(3, activation="softmax")])


def output_in_the_middle():
    x = Input((10, 10, 2))
    h = Conv(4, 3, activation="relu", name="middle")(x)
    p = Pool(2, name="pooled")(h)
    return Model(x, [h, p, Dense(3, activation="softmax", name="end")(layers.Flatten()(Drop(0.3)(p)))])


def penalties():
    return Sequential([Input((10, 10, 2)), Conv(4, 3, activation="relu", activity_regularizer="l2"), Pool(2),
                       Conv(3, 3, activation="relu", kernel_regularizer="l2", strides=2, padding="same"), layers.Flatten(),
                       Dense(3, activation="softmax")])


def unusual_convolutions():
    return Sequential([Input((12, 12, 4)), Conv(8, 3, groups=2, activation="relu", use_bias=False), Conv(6, 3, dilation_rate=2),
                       Conv(5, 3, padding=1, strides=2, activation="relu"), Conv(4, (1, 2), activation="tanh"), layers.Flatten(),
                       Dense(3, activation="softmax")])


def bottlenecks():
    """ResNet's blocks: a sum behind a normalisation, a shortcut with one of its own, normalisations without gamma or beta."""
    x = Input((8, 8, 2))
    h = layers.Activation("relu")(layers.BatchNormalization(momentum=0.5)(Conv(4, 3, padding="same", use_bias=False)(x)))
    for strides in (1, 2):
        a = layers.ReLU()(layers.BatchNormalization(scale=False)(Conv(4, 3, strides=strides, padding="same")(h)))
        a = layers.BatchNormalization(center=False, momentum=0.8)(Conv(4, 3, padding="same")(a))
        b = h if strides == 1 else layers.BatchNormalization()(Conv(4, 1, strides=2)(h))
        h = layers.Activation("relu")(layers.Add()([b, a]))
    return Model(x, Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(h)))


def dense_blocks():
    """DenseNet's: normalisation and relu before a convolution, concatenation, one tensor normalised twice, a pooling's relu."""
    x = Input((8, 8, 2))
    h = Conv(4, 3, padding="same")(x)
    for _ in range(3):
        h = layers.Concatenate()([h, Conv(3, 3, padding="same")(layers.ReLU()(layers.BatchNormalization()(h)))])
    h = Pool(2)(layers.ReLU()(layers.Add()([layers.BatchNormalization()(h), layers.BatchNormalization(axis=3)(h)])))
    h = layers.BatchNormalization(axis=1)(h)
    return Model(x, Dense(3, activation="softmax")(layers.BatchNormalization()(layers.Flatten()(h))))


def other_pools():
    """Leaky ReLU before max pooling; average pooling with ReLU, with leaky ReLU, and with windows too large for either."""
    return Sequential([Input((26, 26, 2)), Conv(4, 3, activation="leaky_relu"), Pool(2), Drop(0.3),
                       Conv(4, 3, padding="same", activation="relu"), Average(2), Drop(0.2),
                       Conv(5, 3, padding="same"), Leaky(0.1), Average((2, 1)), Conv(3, 1, activation="relu"), Average(3),
                       layers.Flatten(), Dense(3, activation="softmax")])


NETS = [bottlenecks, dense_blocks, lecture, odd_pools, other_pools, relu_is_a_layer, relu_read_twice, residual, inception,
        shared_tower, one_dropout_for_two, nested, output_in_the_middle, penalties, unusual_convolutions]


def twins(recipe, precision="float32", lr=0.05):
    """The same net twice, fused and unfused, with the same weights and seed, and data for it."""
    made = []
    for eager in (False, True):
        model = recipe()
        randomize(model, 4)
        model.counters.drawn = 9
        losses = ["mse" if "softmax" not in str(getattr(s.node.layer, "activation", "")) else "categorical_crossentropy"
                  for s in model.outputs]
        model.compile(nabi.optimizers.SGD(lr), losses, run_eagerly=eager, precision=precision)
        made.append(model)
    rng = np.random.default_rng(2)
    x = [rng.normal(size=(6, *s.shape[1:])).astype("float32") for s in made[0].inputs]
    y = [rng.normal(size=(6, *s.shape[1:])).astype("float32") for s in made[0].outputs[:-1]]
    y.append(np.eye(3, dtype="float32")[rng.integers(0, 3, 6)])
    return made, x if len(x) > 1 else x[0], y if len(y) > 1 else y[0]


def distance(a, b) -> float:
    """Largest difference, relative to the largest number."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12))


def gradients(model) -> list:
    return [span.g.numpy().copy() for span in model.trainer.binding.spans]


@pytest.mark.parametrize("recipe", NETS, ids=lambda recipe: recipe.__name__)
def test_fused_is_unfused(recipe):
    (fused, plain), x, y = twins(recipe, lr=0.0)
    assert len(fused.plan().ops) < len(plain.plan().ops) and "+" in str(fused.plan()) and "+" not in str(plain.plan())
    assert fused.train_on_batch(x, y) == pytest.approx(plain.train_on_batch(x, y), rel=1e-5)
    for a, b in zip(gradients(fused), gradients(plain), strict=True):
        assert distance(a, b) < 3e-6
    for a, b in zip(as_list(fused.predict(x, verbose=0)), as_list(plain.predict(x, verbose=0)), strict=True):
        assert distance(a, b) < 1e-5
    for model in (fused, plain):
        model.optimizer.learning_rate = 0.05
    ours, theirs = ([model.train_on_batch(x, y) for _ in range(5)] for model in (fused, plain))
    assert distance(ours, theirs) < 1e-5
    for a, b in zip(fused.get_weights(), plain.get_weights(), strict=True):  # moving means among them
        assert distance(a, b) < 1e-4
    assert fused.counters.state() == plain.counters.state(), "every dropout was called as often, so its masks are the same"


def as_list(outputs):
    return outputs if isinstance(outputs, list) else [outputs]


JOINS = {"relu + MaxPooling2D + Dropout": lambda: [layers.ReLU(), Pool((2, 3)), Drop(0.4)],
         "leaky_relu + MaxPooling2D + Dropout": lambda: [layers.ReLU(negative_slope=0.2), Pool((2, 3)), Drop(0.4)],
         "relu + AveragePooling2D": lambda: [layers.Activation("relu"), Average((2, 3))],
         "leaky_relu + AveragePooling2D + Dropout": lambda: [Leaky(0.1), Average((2, 3)), Drop(0.4)]}


@pytest.mark.parametrize("kind", JOINS)
def test_without_convolutions_they_are_equal_to_the_bit(kind):
    def recipe():
        return Sequential([Input((9, 10, 3)), Dense(4), *JOINS[kind](), layers.Flatten(), Dense(7, activation="relu"), Drop(0.2),
                           Dense(3, activation="softmax")])

    (fused, plain), x, y = twins(recipe)
    assert kind in [op.kind for op in fused.plan().ops]
    for _ in range(5):
        loss = plain.train_on_batch(x, y)
        assert fused.train_on_batch(x, y) == pytest.approx(loss, rel=1e-6), "a tape sums the losses up in float64"
        assert all(np.array_equal(a, b) for a, b in zip(gradients(fused), gradients(plain), strict=True))
    assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))


def test_forward_passes_of_convolutions_are_equal_to_the_bit():
    for recipe in (lecture, inception, residual, nested):
        (fused, plain), x, _ = twins(recipe)
        assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))


def masks(model, x) -> np.ndarray:
    """Where the output of the last step's dropout is zero; the model ends in it."""
    p = nabi.training.plan.Pass(True, model.counters)
    with model.trainer.ready(), torch.no_grad():
        return model.trainer.steps_plan.run([torch.from_numpy(x)], p)[0].numpy() == 0


def test_the_masks_themselves_are_the_same_also_of_a_layer_used_twice():
    def recipe():
        """Two branches through one Dropout: ReLUs a, b stand outside a nested model which pools and drops b before a."""
        drop, a, b = Drop(0.5), Input((6, 6, 4)), Input((6, 6, 4))
        inner = Model([a, b], layers.Concatenate()([layers.Flatten()(drop(Pool(2)(b))), layers.Flatten()(drop(Pool(2)(a)))]))
        x = Input((6, 6, 4))
        return Model(x, inner([layers.Activation("relu")(x), layers.ReLU()(layers.Rescaling(2.0)(x))]))

    x = np.random.default_rng(0).uniform(1, 2, size=(4, 6, 6, 4)).astype("float32")
    seen = []
    for eager in (False, True):
        model = recipe()
        model.counters.drawn = 3
        model.compile("sgd", "mse", run_eagerly=eager)
        assert str(model.plan()).count("MaxPooling2D + Dropout") == (0 if eager else 2)
        seen.append([masks(model, x) for _ in range(3)])
    assert all(np.array_equal(a, b) for a, b in zip(*seen, strict=True))
    assert 0.4 < seen[0][0].mean() < 0.6 and not np.array_equal(seen[0][0], seen[0][1])


def test_a_relu_of_the_users_own_is_not_taken_for_nabis():
    def relu(x):
        return x.clamp(0, 0.5)

    def recipe():
        return Sequential([Input((8, 8, 1)), Conv(4, 3, activation=relu), Pool(2), layers.Activation(relu), layers.Flatten(),
                           Dense(3, activation="softmax")])

    (fused, plain), x, y = twins(recipe)
    assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))
    assert "relu*" in str(fused.plan()) and "+" not in str(fused.plan())

    def softmax(x):
        return torch.sigmoid(x)

    model = Sequential([Input((4,)), Dense(3, activation=softmax)])
    model.compile("sgd", "categorical_crossentropy")
    assert model.trainer.last_activation(0) == "softmax*" and model.trainer.ready() and model.trainer.objective.absorbed == set()


def test_a_layer_of_the_users_own_is_not_taken_for_nabis():
    class MaxPooling2D(layers.MaxPooling2D):
        def pool(self, x):
            return -super().pool(-x)

    class Conv2D(layers.Conv2D):
        def linear(self, x):
            return super().linear(x) * 2

    def recipe():
        return Sequential([Input((8, 8, 1)), Conv2D(4, 3, activation="relu"), MaxPooling2D(2), layers.Flatten(),
                           Dense(3, activation="softmax")])

    (fused, plain), x, y = twins(recipe)
    assert "+" not in str(fused.plan())
    assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))


@pytest.mark.parametrize("recipe", [lecture, residual, inception, relu_is_a_layer], ids=lambda recipe: recipe.__name__)
def test_bfloat16_stays_within_its_bounds(recipe):
    """bfloat16 keeps 8 bits (2^-8 = .004 a rounding); a few lowered layers stay within a few hundredths of float32.

    Gradients less so: where two pixels of a pooling window are nearly equal, a rounding lets the other one win.
    """
    (exact, _), x, y = twins(recipe, lr=0.0)
    (low, low_plain), _, _ = twins(recipe, "bfloat16", lr=0.0)
    loss = exact.train_on_batch(x, y)
    assert low.train_on_batch(x, y) == pytest.approx(loss, rel=0.02)
    assert low_plain.train_on_batch(x, y) == pytest.approx(loss, rel=0.02)
    for a, b, c in zip(gradients(low), gradients(low_plain), gradients(exact), strict=True):
        assert a.dtype == np.float32
        assert np.linalg.norm(a - c) < 0.1 * np.linalg.norm(c) and np.linalg.norm(a - b) < 0.02 * np.linalg.norm(c)
    assert distance(low.predict(x, verbose=0), exact.predict(x, verbose=0)) < 0.03
    assert not np.array_equal(low.predict(x, verbose=0), exact.predict(x, verbose=0)), "it did compute in bfloat16"


def test_normalisations_are_joined_with_sum_and_relu():
    (fused, _), _, _ = twins(bottlenecks)
    kinds = [op.kind for op in fused.plan().ops]
    assert kinds.count("BatchNormalization + relu") == 3 and kinds.count("BatchNormalization + Add + relu") == 2
    assert kinds.count("BatchNormalization") == 1 and "Add" not in kinds and "relu" not in kinds


def test_a_frozen_normalisation_keeps_its_moments():
    def recipe():
        net = bottlenecks()
        for layer in net.layers:
            layer.trainable = not isinstance(layer, layers.BatchNormalization)
        return net

    (fused, plain), x, y = twins(recipe)
    before = [w.copy() for layer in fused.layers if isinstance(layer, layers.BatchNormalization) for w in layer.get_weights()]
    for _ in range(3):
        assert fused.train_on_batch(x, y) == pytest.approx(plain.train_on_batch(x, y), rel=1e-5)
    after = [w for layer in fused.layers if isinstance(layer, layers.BatchNormalization) for w in layer.get_weights()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("written", [
    lambda: [Conv(4, 3, activation="leaky_relu")], lambda: [Conv(4, 3, activation=Leaky(0.1))],
    lambda: [Conv(4, 3), layers.Activation("leaky_relu")], lambda: [Conv(4, 3), Leaky(alpha=1)],
    lambda: [Conv(4, 3), layers.ReLU(negative_slope=0.1)]], ids=["name", "instance", "Activation", "LeakyReLU", "ReLU"])
def test_leaky_relu_however_it_is_written(written):
    (fused, plain), x, y = twins(lambda: Sequential([Input((8, 8, 1)), *written(), Pool(2), layers.Flatten(),
                                                     Dense(3, activation="softmax")]))
    assert [op.kind for op in fused.plan().ops] == ["Conv2D", "leaky_relu + MaxPooling2D", "Flatten", "Dense"]
    assert "leaky_relu" in [op.kind for op in plain.plan().ops]
    assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))
    ours, theirs = ([model.train_on_batch(x, y) for _ in range(3)] for model in (fused, plain))
    assert distance(ours, theirs) < 1e-5


def test_what_pooling_does_not_take_along():
    """Slopes at which the largest of a window is not the largest before, other bends, a layer of the user's own of that name."""
    class leaky_relu(layers.Layer):  # noqa: N801
        def call(self, x):
            return -x

    for first in (partial(Leaky, 0.0), partial(Leaky, 1.5), partial(layers.ReLU, 6, 0.1), partial(layers.ReLU, None, 0.1, 0.5),
                  leaky_relu):
        (fused, plain), x, _ = twins(lambda first=first: Sequential([Input((8, 8, 1)), first(), Pool(2), layers.Flatten(),
                                                                     Dense(3, activation="softmax")]))
        assert "MaxPooling2D" in [op.kind for op in fused.plan().ops]
        assert np.array_equal(fused.predict(x, verbose=0), plain.predict(x, verbose=0))


@pytest.mark.parametrize("recipe", [lecture, other_pools], ids=lambda recipe: recipe.__name__)
def test_a_wrong_join_is_noticed(recipe, monkeypatch):
    """Broken on purpose: a pooling that forgets the activation before it; the loss moves 10 times farther than it may."""
    from nabi.training import fusion

    monkeypatch.setattr(fusion, "slope_of", lambda op: 1.0 if "relu" in op.kind else None)
    (fused, plain), x, y = twins(recipe)
    assert fused.train_on_batch(x, y) != pytest.approx(plain.train_on_batch(x, y), rel=1e-4)
