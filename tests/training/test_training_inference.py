"""The inference plan against the unfused plan and torch in float64: folding, sharing, changed weights, NaN, nothing counted.

In float32 both plans agree to 2e-6 of the largest output (they add up in another order); in bfloat16, which keeps 8 bits, to .03.
"""

import threading

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.kernels import jit
from nabi.training import inference
from parity.twins import randomize
from training.test_training_fused import NETS, as_list, distance, other_pools, residual, twins

pytestmark = pytest.mark.usefixtures("fused_kernels")
Conv, Norm, Dense, ReLU = layers.Conv2D, layers.BatchNormalization, layers.Dense, layers.ReLU
X = np.random.default_rng(1).normal(size=(6, 9, 9, 2)).astype("float32")


def block(x, filters, strides=1):
    """ResNet's block with a convolution on the way round."""
    y = ReLU()(Norm()(Conv(filters, 3, strides, padding="same", use_bias=False)(x)))
    y = Norm()(Conv(filters, 3, padding="same")(y))
    return ReLU()(layers.Add()([y, Norm()(Conv(filters, 1, strides)(x))]))


def resnet():
    x = Input((9, 9, 2))
    h = block(block(ReLU()(Norm()(Conv(4, 3, padding="same")(x))), 4), 6, 2)
    h = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(h))
    return Model(x, Dense(3, activation="softmax")(ReLU()(Norm()(Dense(5)(h)))))


def normalized_first():
    """DenseNet's order: batch normalisation and ReLU before the convolution."""
    x = Input((9, 9, 2))
    h = Conv(4, 3, padding="same")(ReLU()(Norm(scale=False)(x)))
    h = layers.Concatenate()([x, h])
    h = layers.MaxPooling2D(2)(ReLU()(Norm(center=False)(h)))
    return Model(x, Dense(3, activation="softmax")(layers.Flatten()(h)))


def stretched_sum():
    """A sum in which one part is stretched, and one of a tensor with itself."""
    x = Input((9, 9, 2))
    gate = Dense(4)(layers.GlobalAveragePooling2D(keepdims=True)(x))
    h = ReLU()(layers.Add()([Conv(4, 3, padding="same")(x), gate]))
    h = Conv(3, 3)(h)
    return Model(x, layers.Activation("tanh")(layers.Add()([h, h])))


def net(recipe, precision="float32", eager=False, loss="categorical_crossentropy"):
    model = recipe()
    randomize(model, 4)
    model.compile("sgd", loss, precision=precision, run_eagerly=eager)
    return model


def predicted(model, x=X):
    return model.predict_on_batch(x)


def kinds(model) -> list[str]:
    model.trainer.ready()
    return [op.kind for op in model.trainer.inference.plan.ops]


@pytest.mark.parametrize("recipe", [*NETS, resnet, normalized_first, stretched_sum], ids=lambda recipe: recipe.__name__)
def test_it_is_the_unfused_plan(recipe):
    if recipe in NETS:
        (fast, plain), x, _ = twins(recipe)
    else:
        (fast, plain), x = (net(recipe), net(recipe, eager=True)), X
    for a, b in zip(as_list(fast.predict(x, verbose=0)), as_list(plain.predict(x, verbose=0)), strict=True):
        assert distance(a, b) < 2e-6
    assert plain.trainer.inference is None
    with jit.using("plain"):
        for a, b in zip(as_list(fast.predict(x, verbose=0)), as_list(plain.predict(x, verbose=0)), strict=True):
            assert distance(a, b) < 2e-6


def test_what_is_joined():
    conv = "Conv2D + BatchNormalization"
    one = [f"{conv} + relu", conv, f"{conv} + Add + relu"]
    found = kinds(net(resnet))
    assert found[0] == f"{conv} + relu" and [sorted(found[1:4]), sorted(found[4:7])] == [sorted(one)] * 2
    assert found[7:] == ["GlobalAveragePooling2D", "Dense + BatchNormalization + relu", "Dense"], "and no dropout"
    assert kinds(net(normalized_first)) == ["BatchNormalization + relu", "Conv2D", "Concatenate", "BatchNormalization",
                                            "relu + MaxPooling2D", "Flatten", "Dense"]
    assert kinds(net(stretched_sum, loss="mse")) == ["GlobalAveragePooling2D", "Dense", "Conv2D + Add + relu", "Conv2D", "Add",
                                                     "tanh"]


def test_leaky_relu_goes_with_max_pooling_and_relu_with_the_convolution(monkeypatch):
    """The fused pooling for large pictures, too, which takes over at `FEW` numbers."""
    (fast, plain), x, _ = twins(other_pools)
    assert kinds(fast)[:4] == ["Conv2D", "leaky_relu + MaxPooling2D", "Conv2D + relu", "AveragePooling2D"]
    expected = plain.predict(x, verbose=0)
    for few in (inference.FEW, 0):
        monkeypatch.setattr(inference, "FEW", few)
        assert distance(fast.predict(x, verbose=0), expected) < 2e-6


@pytest.mark.parametrize("recipe", [resnet, normalized_first, residual], ids=lambda recipe: recipe.__name__)
def test_bfloat16_stays_within_its_bound_for_every_batch(recipe):
    low, exact = net(recipe, "bfloat16"), net(recipe, eager=True)
    x = X if recipe is not residual else X[:, :8, :8]
    expected = predicted(exact, x)
    assert 1e-6 < distance(predicted(low, x), expected) < 0.03
    assert distance(np.concatenate([predicted(low, x[i:i + 1]) for i in range(len(x))]), predicted(low, x)) < 0.01


def test_folding_is_torch_in_float64_also_for_extreme_variances():
    """Channels whose variance is 1e-12, 1e-3, 1 and 1e12, with means far from 0; the bound is relative, channel by channel."""
    model = Sequential([Input((9, 9, 2)), Conv(4, 3), Norm(epsilon=1e-9)])
    randomize(model, 4)
    conv, norm = model.layers
    norm.set_weights([np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.1, 5.0, -1.0, 0.0]), np.array([0.3, -10.0, 100.0, 1e5]),
                      np.array([1e-12, 1e-3, 1.0, 1e12])])
    model.compile("sgd", "mse", precision="float32")
    assert kinds(model) == ["Conv2D + BatchNormalization"]
    kernel, bias, gamma, beta, mean, variance = (torch.from_numpy(w).double() for w in model.get_weights())
    y = F.conv2d(torch.from_numpy(X).double().permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), bias)
    y = F.batch_norm(y, mean, variance, gamma, beta, eps=1e-9).permute(0, 2, 3, 1).numpy()
    found = predicted(model)
    for channel in range(4):
        assert distance(found[..., channel], y[..., channel]) < 1e-6


def test_what_cannot_be_folded_runs_as_it_is_written():
    """A variance of 0 without epsilon: x / 0 is infinite, but 0 times infinity would be no number."""
    def recipe():
        return Sequential([Input((9, 9, 2)), Conv(2, 3), Norm(epsilon=0.0), ReLU()])

    models = [net(recipe, eager=eager, loss="mse") for eager in (False, True)]
    for model in models:
        kernel = np.zeros((3, 3, 2, 2), np.float32)
        kernel[0, 0, 0] = 1
        model.set_weights([kernel, [1e-3, 1e-3], [1, 1], [0, 0], [0, 0], [0, 1]])
    fast, plain = map(predicted, models)
    assert np.array_equal(fast, plain, equal_nan=True) and np.isinf(fast).any() and not np.isnan(fast).any()


def test_a_convolution_with_two_readers_is_not_folded():
    def recipe():
        x = Input((9, 9, 2))
        h = Conv(4, 3)(x)
        return Model(x, [Norm(name="a")(h), layers.Activation("relu", name="b")(h), h])

    models = [net(recipe, eager=eager, loss="mse") for eager in (False, True)]
    assert kinds(models[0])[0] == "Conv2D"
    for a, b in zip(*(map(predicted, models)), strict=True):
        assert distance(a, b) < 1e-6


def test_one_convolution_before_two_normalisations():
    def recipe():
        x, conv = Input((9, 9, 2)), Conv(2, 3, padding="same")
        return Model(x, Norm(name="second")(conv(Norm(name="first")(conv(x)))))

    models = [net(recipe, eager=eager, loss="mse") for eager in (False, True)]
    assert kinds(models[0]) == ["Conv2D + BatchNormalization"] * 2
    assert distance(*map(predicted, models)) < 1e-6
    conv, first, second = (models[0].get_layer(name).get_weights() for name in (models[0].layers[1].name, "first", "second"))
    assert len(conv) == 2 and not np.allclose(first[0], second[0])


def test_a_frozen_normalisation_and_a_user_layer():
    class Twice(layers.Layer):
        def call(self, x):
            return 2 * x

    def recipe():
        first = Conv(4, 3, activation="relu", activity_regularizer="l2")
        model = Sequential([Input((9, 9, 2)), first, Twice(), Norm(), Conv(3, 3), Norm()])
        model.layers[2].trainable = False
        return model

    fast, plain = (net(recipe, eager=eager, loss="mse") for eager in (False, True))
    assert "Conv2D + BatchNormalization" in kinds(fast) and not fast.trainer.inference.alone
    assert distance(predicted(fast), predicted(plain)) < 1e-6
    y = np.zeros((6, 5, 5, 3), "float32")
    assert fast.evaluate(X, y, verbose=0) == pytest.approx(plain.evaluate(X, y, verbose=0), rel=1e-6), "penalties count"


@pytest.mark.parametrize("compiled", [True, False])
def test_weights_that_change_are_noticed(compiled, tmp_path):
    model, plain = net(resnet), net(resnet, eager=True)
    if not compiled:
        model = resnet()
        randomize(model, 4)

    def same():
        plain.set_weights(model.get_weights())
        return distance(predicted(model), predicted(plain)) < 2e-6

    assert same()
    before = predicted(model)
    randomize(model, 5)
    assert same() and distance(predicted(model), before) > 1e-3
    model.save_weights(tmp_path / "w.safetensors")
    randomize(model, 6)
    assert same()
    model.load_weights(tmp_path / "w.safetensors")
    assert same()
    with torch.no_grad():
        model.weights[0].value.mul_(-1.5)
    assert same()
    with torch.inference_mode():
        model.weights[0].value.mul_(-1.5)
        assert same()
    if not compiled:
        model.compile("sgd", "categorical_crossentropy", precision="float32")
    for _ in range(2):
        model.fit(X, np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]], verbose=0, batch_size=3)
        assert same()


def test_two_models_that_share_weights_and_a_step_of_the_other():
    x = Input((9, 9, 2))
    h = layers.GlobalAveragePooling2D()(ReLU()(Norm()(Conv(4, 3)(x))))
    one, two = Model(x, Dense(3, activation="softmax")(h)), Model(x, Dense(1)(h))
    for model, loss in ((one, "categorical_crossentropy"), (two, "mse")):
        randomize(model, 3)
        model.compile(nabi.optimizers.SGD(0.5), loss, precision="float32")
    before = predicted(one)
    two.train_on_batch(X, np.ones((6, 1), "float32"))
    after = predicted(one)
    assert distance(after, before) > 1e-4 and distance(after, one(X).detach().numpy()) < 1e-6


def test_a_model_that_is_not_compiled_notices_other_activations_and_layers():
    model = Sequential([Input((9, 9, 2)), layers.Flatten(), Dense(3, activation="softmax")])
    assert np.allclose(predicted(model).sum(1), 1)
    model.layers[-1].activation = nabi.activations.linear
    assert not np.allclose(predicted(model).sum(1), 1)
    kept = model.inference
    predicted(model)
    assert model.inference is kept
    model.add(Dense(2))
    assert predicted(model).shape == (6, 2)


def test_it_counts_nothing_and_leaves_the_input_alone():
    model = net(resnet, "bfloat16")
    state, weights, x = model.counters.state(), model.get_weights(), X.copy()
    out = predicted(model, x)
    model.predict(x, verbose=0)
    model.evaluate(x, np.eye(3)[[0, 1, 2, 0, 1, 2]], verbose=0)
    assert model.counters.state() == state and np.array_equal(x, X)
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))
    same = Sequential([Input((3,)), layers.Dropout(0.5)])
    ones = np.ones((2, 3), "float32")
    out = predicted(same, ones)
    out[:] = 7
    assert ones.max() == 1, "the output is not the user's own memory"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("sign", [1, -1])
def test_nan_passes(precision, sign):
    model, x = net(resnet, precision), X.copy()
    x[2, 4, 4, 1] = np.copysign(np.nan, sign)
    bad = np.isnan(predicted(model, x)).all(1)
    assert bad.tolist() == [False, False, True, False, False, False]
    model.layers[1].weights[0].assign(np.full(model.layers[1].weights[0].shape, np.nan))
    assert np.isnan(predicted(model)).all()


def test_threads_that_predict_while_another_learns():
    model = net(resnet)
    y, failed = np.eye(3, dtype="float32")[[0, 1, 2, 0, 1, 2]], []

    def ask():
        try:
            for _ in range(20):
                assert np.isfinite(predicted(model)).all()
        except Exception as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        model.train_on_batch(X, y)
    for thread in threads:
        thread.join()
    assert not failed


def test_results_do_not_depend_on_the_batch_size_that_predict_chooses():
    model, x = net(resnet), np.random.default_rng(2).normal(size=(700, 9, 9, 2)).astype("float32")
    assert distance(model.predict(x, verbose=0), model.predict(x, batch_size=7, verbose=0)) < 2e-6


@pytest.mark.parametrize("broken", ["epsilon", "beta", "bias"])
def test_a_wrong_folding_is_noticed(monkeypatch, broken):
    """Broken on purpose: another epsilon, no offset, a bias that is not scaled."""
    real = inference.scale_and_offset, inference.folded

    def scale_and_offset(norm):
        a, c = real[0](norm)
        own = inference.values(norm)
        if broken == "epsilon":
            a = own["gamma"] / torch.sqrt(own["moving_variance"].double() + 2 * norm.epsilon)
        return a, c - own["beta"] if broken == "beta" else c

    def folded(layer, norm):
        w, b = real[1](layer, norm)
        bias = inference.values(layer).get("bias")
        if broken == "bias" and norm is not None and bias is not None:
            a, c = real[0](norm)
            b = (c + bias).float()
        return w, b

    monkeypatch.setattr(inference, "scale_and_offset", scale_and_offset)
    monkeypatch.setattr(inference, "folded", folded)
    assert distance(predicted(net(resnet)), predicted(net(resnet, eager=True))) > 2e-5
