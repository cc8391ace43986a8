"""Maps of one picture: against captum on the same network in torch, finite differences, axioms, and numbers by hand."""

import sys

import numpy as np
import pytest
import torch
from torch import nn

import nabi
from nabi import explain
from nabi.core.random import Key, generator
from nabi.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D, MaxPooling2D

RNG = np.random.default_rng(3)
X = RNG.random((9, 8, 2))


def filled(model):
    """The model with weights of both signs, in float64, biases included."""
    for w in model.weights:
        w.assign(RNG.standard_normal(w.shape) / np.sqrt(max(1, np.prod(w.shape[:-1]))))
    return model


@pytest.fixture(scope="module")
def net():
    """conv - relu - pool - conv - relu - average - dense - softmax."""
    kinds = {"dtype": "float64"}
    return filled(nabi.Sequential([
        nabi.Input((9, 8, 2)), Conv2D(5, 3, activation="relu", name="conv1", **kinds), MaxPooling2D(2, name="pool", **kinds),
        Conv2D(4, 2, activation="relu", name="conv2", **kinds), GlobalAveragePooling2D(name="mean", **kinds),
        Dense(3, activation="softmax", name="classes", **kinds)]))


@pytest.fixture(scope="module")
def twin(net):
    """The same network in torch, channels first, up to the scores."""
    k1, b1, k2, b2, k3, b3 = (torch.from_numpy(w) for w in net.get_weights())
    made = nn.Sequential(nn.Conv2d(2, 5, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(5, 4, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
                         nn.Flatten(), nn.Linear(4, 3)).double()
    values = [k1.permute(3, 2, 0, 1), b1, k2.permute(3, 2, 0, 1), b2, k3.T, b3]
    for parameter, value in zip(made.parameters(), values, strict=True):
        parameter.data.copy_(value)
    return made.eval()


def first(x=X):
    """A picture as torch reads it."""
    return torch.from_numpy(x).permute(2, 0, 1)[None].requires_grad_()


def channels_last(t) -> np.ndarray:
    return t.detach()[0].permute(1, 2, 0).numpy()


@pytest.mark.learn
@pytest.mark.parametrize("target", [0, 2])
def test_gradient_methods_are_captums(net, twin, target):
    from captum.attr import GuidedBackprop, IntegratedGradients, Saliency

    found = explain.saliency(net, X, target)
    np.testing.assert_allclose(found.values, channels_last(Saliency(twin).attribute(first(), target, abs=False)), atol=1e-12)
    np.testing.assert_array_equal(found.map, abs(found.values).max(-1))
    guided = channels_last(GuidedBackprop(twin).attribute(first(), target))
    np.testing.assert_allclose(explain.guided_backpropagation(net, X, target).values, guided, atol=1e-12)
    assert abs(guided - found.values).max() > 1e-3, "the gates make a difference here"
    shares = nn.Sequential(twin, nn.Softmax(1))
    theirs = IntegratedGradients(shares).attribute(first(), 0.25, target, n_steps=20, method="riemann_middle")
    ours = explain.integrated_gradients(net, X, target, steps=20, baseline=0.25)
    np.testing.assert_allclose(ours.values, channels_last(theirs), atol=1e-12)


@pytest.mark.learn
def test_occlusion_is_captums(net, twin):
    from captum.attr import Occlusion

    shares = nn.Sequential(twin, nn.Softmax(1))
    theirs = Occlusion(shares).attribute(first(), (2, 3, 3), (2, 2, 1), 0.5, 1)
    ours = explain.occlusion(net, X, 1, patch=3, stride=1, fill=0.5)
    rows = Occlusion(shares).attribute(first(), (2, 3, 3), (2, 1, 1), 0.5, 1)
    np.testing.assert_allclose(ours.map, channels_last(rows)[..., 0], atol=1e-12)
    assert abs(channels_last(theirs) - channels_last(rows)).max() > 1e-4, "another stride is another map"
    assert ours.values.shape == (7, 6) and ours.details["places"] == 42


@pytest.mark.learn
def test_grad_cam_is_captums(net, twin):
    from captum.attr import LayerGradCam

    for layer, module in (("conv2", twin[4]), ("pool", twin[2]), ("conv1", twin[1])):
        theirs = LayerGradCam(twin, module).attribute(first(), 2, relu_attributions=True)
        np.testing.assert_allclose(explain.grad_cam(net, X, 2, layer).values, theirs.detach()[0, 0].numpy(), atol=1e-12)
    assert explain.grad_cam(net, X).layer == "conv2"


@pytest.mark.learn
def test_a_wrong_gate_is_found(net, twin, monkeypatch):
    """Broken on purpose: a deconvolution's rule (only R > 0 counts) and the plain gradient are not guided backpropagation."""
    from captum.attr import GuidedBackprop

    guided = channels_last(GuidedBackprop(twin).attribute(first(), 0))
    monkeypatch.setattr(sys.modules["nabi.explain.guided_backpropagation"], "gated", lambda y: y)
    assert abs(explain.guided_backpropagation(net, X, 0).values - guided).max() > 1e-3


def test_saliency_is_the_slope_of_the_score(net):
    """Against central differences of the score, which is the one before the softmax."""
    found, h = explain.saliency(net, X, 1), 1e-6
    for place in [(0, 0, 0), (4, 3, 1), (8, 7, 0)]:
        up, down = X.copy(), X.copy()
        up[place] += h
        down[place] -= h
        slope = (explain.saliency(net, up, 1).score - explain.saliency(net, down, 1).score) / (2 * h)
        assert found.values[place] == pytest.approx(slope, abs=1e-7)
    maps = explain.feature_maps(net, X)
    kernel, bias = net.get_weights()[-2:]
    assert found.score == pytest.approx(float(maps["mean"][0] @ kernel[:, 1] + bias[1]), abs=1e-12)
    assert found.share == pytest.approx(float(net.predict(X[None], verbose=0)[0, 1]), abs=1e-12)


def test_integrated_gradients_are_complete(net):
    """The sum of all shares is F(x) - F(x'), and the error that is told is what is missing; it falls with m^2."""
    few, many = (explain.integrated_gradients(net, X, 0, steps=m) for m in (4, 256))
    for found in (few, many):
        gap = found.details["answer"] - found.details["baseline_answer"]
        assert found.details["completeness_error"] == pytest.approx(found.values.sum() - gap, abs=1e-12)
    assert abs(many.details["completeness_error"]) < 1e-4 and abs(few.details["completeness_error"]) < 1e-1
    linear = nabi.Sequential([nabi.Input((2, 2, 1)), Flatten(), Dense(2, dtype="float64")])
    filled(linear)
    found = explain.integrated_gradients(linear, X[:2, :2, :1], 1, steps=1)
    w = linear.get_weights()[0][:, 1].reshape(2, 2, 1)
    np.testing.assert_allclose(found.values, w * X[:2, :2, :1], atol=1e-15)


def test_cam_is_grad_cam_up_to_the_number_of_places(net):
    for c in range(3):
        by_weights, by_gradient = explain.cam(net, X, c), explain.grad_cam(net, X, c)
        Z = by_weights.values.size
        np.testing.assert_allclose(by_weights.values.clip(0) / Z, by_gradient.values, atol=1e-14)
        np.testing.assert_allclose(by_weights.details["weights"] / Z, by_gradient.details["alpha"], atol=1e-14)
        assert by_weights.values.mean() + by_weights.details["bias"] == pytest.approx(by_weights.score, abs=1e-12)
    assert by_weights.layer == "conv2" and by_weights.signed and not by_gradient.signed


def test_grad_cam_plus_plus_has_the_derivatives_of_exp(net):
    """alpha of (19) from the second and third derivatives of exp(S) by autograd, unit by unit."""
    A = torch.from_numpy(explain.feature_maps(net, X, "pool")["pool"])[0]
    found = explain.grad_cam_plus_plus(net, X, 1, "pool")
    k2, b2, k3, b3 = (torch.from_numpy(w) for w in net.get_weights()[2:])

    def Y(a, place):
        maps = A.clone()
        maps[place] = a
        z = torch.relu(nn.functional.conv2d(maps.permute(2, 0, 1)[None], k2.permute(3, 2, 0, 1), b2))
        return torch.exp(z.mean((2, 3))[0] @ k3[:, 1] + b3[1])

    for place in [(0, 0, 0), (1, 2, 3), (2, 1, 4)]:
        a = A[place].clone().requires_grad_()
        (one,) = torch.autograd.grad(Y(a, place), a, create_graph=True)
        (two,) = torch.autograd.grad(one, a, create_graph=True) if one.requires_grad else (torch.zeros(()),)
        (three,) = torch.autograd.grad(two, a) if two.requires_grad else (torch.zeros(()),)
        below = 2 * two + A[..., place[2]].sum() * three
        alpha = float((two / below).detach()) if float(below.detach()) else 0.0
        assert found.details["alpha"][place] == pytest.approx(alpha, abs=1e-10)


def test_smooth_grad_is_the_mean_of_saliency_maps(net):
    quiet = explain.smooth_grad(net, X, 0, samples=3, noise=0)
    np.testing.assert_allclose(quiet.values, explain.saliency(net, X, 0).values, atol=1e-14)
    one, two, same = (explain.smooth_grad(net, X, 0, samples=12, noise=0.2, seed=seed) for seed in (1, 2, 1))
    assert abs(one.values - two.values).max() > 1e-4 and (one.values == same.values).all()
    assert one.details["sigma"] == pytest.approx(0.2 * (X.max() - X.min()))
    draws = generator(Key(1, 0, 0))
    noise = np.concatenate([draws.standard_normal((n, *X.shape)) for n in (10, 2)])
    mean = np.mean([explain.saliency(net, X + one.details["sigma"] * part, 0).values for part in noise], axis=0)
    np.testing.assert_allclose(one.values, mean, atol=1e-13)


def test_two_filters_by_hand():
    """A 3 x 3 picture, filters [1] and [-1] with ReLU, averages, scores 2 F_1 + F_2 and -F_1."""
    net = nabi.Sequential([nabi.Input((3, 3, 1)), Conv2D(2, 1, activation="relu"), GlobalAveragePooling2D(), Dense(2)])
    net.set_weights([np.array([[[[1.0, -1.0]]]]), [0.0, 0.0], [[2.0, -1.0], [1.0, 0.0]], [0.25, 0.0]])
    x = np.array([[3.0, 0.0, -6.0], [0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    found = explain.grad_cam(net, x, 0)
    np.testing.assert_allclose(found.values, np.array([[6, 0, 6], [0, 6, 0], [0, 0, 0]]) / 9, atol=1e-7)
    assert found.score == pytest.approx(2 * 6 / 9 + 6 / 9 + 0.25)
    assert explain.cam(net, x, 1).values.tolist() == [[-3, 0, 0], [0, -3, 0], [0, 0, 0]]
    assert explain.grad_cam(net, x, 1).map.max() == 0, "nothing speaks for class 1"
    signs = np.array([[2, 0, -1], [0, 2, 0], [0, 0, 0]]) / 9
    np.testing.assert_allclose(explain.saliency(net, x, 0).values[..., 0], signs, atol=1e-7)
