"""K.gradients and K.function: against finite differences, torch's autograd, and training by `fit`."""

from typing import Any

import numpy as np
import pytest
import torch

import nabi
from nabi import backend as K
from nabi.core.errors import StateError

RNG = np.random.default_rng(5)


@pytest.fixture(scope="module")
def network():
    x = nabi.Input((6, 6, 2))
    maps = nabi.layers.Conv2D(3, 3, activation="tanh")(x)
    out = nabi.layers.Dense(4, activation="softmax")(nabi.layers.GlobalAveragePooling2D()(maps))
    return nabi.Model(x, out), maps


def by_differences(function, x, place, step=1e-2):
    up, down = x.copy(), x.copy()
    up[place] += step
    down[place] -= step
    return (function(up) - function(down)) / (2 * step)


def test_gradients_of_symbols(network):
    model, maps = network
    loss = K.mean(model.output[:, 1])
    by_maps, by_input = K.gradients(loss, [maps, model.input])
    run = K.function([model.input, K.learning_phase()], [loss, by_maps, by_input, K.mean(by_maps, axis=(0, 1, 2))])
    x = RNG.normal(size=(2, 6, 6, 2)).astype("float32")
    value, of_maps, of_input, pooled = run([x, 0])
    slope = by_differences(lambda data: run([data, 0])[0], x, (0, 2, 3, 1))
    assert of_input[0, 2, 3, 1] == pytest.approx(slope, rel=5e-3)
    assert of_input[0, 2, 3, 1] != pytest.approx(slope * 1.1, rel=5e-3)
    kernel, bias, w, b = (torch.tensor(v) for v in model.get_weights())
    seen = torch.tanh(torch.conv2d(torch.tensor(x).permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), bias)).permute(0, 2, 3, 1)
    seen = seen.detach().requires_grad_()
    torch.softmax(seen.mean((1, 2)) @ w + b, -1)[:, 1].mean().backward()
    slopes: Any = seen.grad
    np.testing.assert_allclose(of_maps, np.asarray(slopes), atol=1e-7)
    np.testing.assert_allclose(pooled, np.asarray(slopes.mean((0, 1, 2))), atol=1e-7)


def test_gradients_of_gradients(network):
    model, _ = network
    slope = K.gradients(model.output[:, 0], model.input)[0]
    penalty = K.sum(K.square(slope))
    run = K.function([model.input], [penalty, *K.gradients(penalty, model.input)])
    x = RNG.normal(size=(2, 6, 6, 2)).astype("float32")
    assert run([x])[1][1, 3, 3, 0] == pytest.approx(by_differences(lambda data: run([data])[0], x, (1, 3, 3, 0), 5e-2), rel=0.02)


def test_gradients_of_weights_and_of_nothing(network):
    model, maps = network
    loss, other = K.mean(model.output), nabi.Input((3,))
    weights = model.trainable_weights
    found = K.gradients(loss, [*weights, other])
    assert [tuple(g.shape) for g in found[:-1]] == [w.shape for w in weights] and found[-1] is None
    assert K.gradients(loss, model.layers[1].kernel)[0] is not None
    x = RNG.normal(size=(2, 6, 6, 2)).astype("float32")
    made = K.function(model.input, K.gradients(K.mean(K.square(maps)), weights[:1]))([x])[0]
    w = torch.tensor(weights[0].numpy(), requires_grad=True)
    conv = torch.conv2d(torch.tensor(x).permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), torch.tensor(weights[1].numpy()))
    torch.tanh(conv).square().mean().backward()
    np.testing.assert_allclose(made, np.asarray(w.grad), atol=1e-6)
    with pytest.raises(StateError, match="GradientTape"):
        K.gradients(3.0, x)


def test_variables_among_symbols(network):
    model, _ = network
    base, mixed = K.variable(np.ones((1, 6, 6, 2))), K.placeholder((1, 6, 6, 2))
    features = model(K.concatenate([base, mixed], axis=0))
    loss = K.variable(0.0) + K.sum(K.square(features[1] - features[0]))
    run = K.function([mixed], [loss, *K.gradients(loss, mixed)])
    x = RNG.normal(size=(1, 6, 6, 2))
    value, slope = run([x])
    two = model.predict(np.concatenate([np.ones((1, 6, 6, 2)), x]).astype("float32"), verbose=0)
    assert value == pytest.approx(((two[0] - two[1]) ** 2).sum(), rel=1e-4) and slope.shape == (1, 6, 6, 2)
    base.assign(x)  # it is read at every run
    assert run([x])[0] == pytest.approx(0, abs=1e-9)


def test_variables_learn_by_gradients():
    v, x = K.variable([[1.0, 2.0]]), nabi.Input((2,))
    run = K.function([x], K.gradients(K.sum(K.square(x * v)), v))
    np.testing.assert_allclose(run([[[3.0, 1.0]]])[0], [[18.0, 4.0]])


def test_functions_of_lengths_and_missing_inputs(network):
    model, maps = network
    assert tuple(K.shape(maps)) == (None, 4, 4, 3)
    run = K.function([model.input], [K.prod(K.cast(K.shape(maps), "float32"))])
    assert run([np.zeros((5, 6, 6, 2))])[0] == 5 * 4 * 4 * 3
    with pytest.raises(StateError, match="among them"):
        K.function([nabi.Input((3,))], [model.output])


def test_pairs_of_updates():
    count, x = K.variable(0.0), nabi.Input((2,))
    run = K.function([x], [K.sum(x)], updates=[(count, count + K.sum(x))])
    assert run([[[1.0, 2.0]]])[0] == 3 and run([[[1.0, 2.0]]])[0] == 3
    assert K.get_value(count) == pytest.approx(6)
