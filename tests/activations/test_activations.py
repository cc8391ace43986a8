"""Every activation against Keras 3 and NumPy in float64, its derivative against finite differences, extremes, names."""

import math

import numpy as np
import pytest
import torch

from nabi import activations
from nabi.core import registry
from nabi.core.errors import ArgumentError, UnknownName

X = np.array([-100.0, -30.0, -5.0, -2.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 2.0, 5.0, 30.0, 100.0])
ERF = np.vectorize(math.erf)
FORMULAS = {
    "linear": lambda x: x,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "relu": lambda x: np.maximum(0, x),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(x / 2)),
    "tanh": lambda x: 1 - 2 / (np.exp(2 * x) + 1),
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x * 0.5 * (1 + np.tanh(x / 2)),
    "gelu": lambda x: x / 2 * (1 + ERF(x / math.sqrt(2))),
    "softmax": lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(),
}
NAMES = registry.names("activation")


def values(fn, x):
    return fn(torch.tensor(x, dtype=torch.float64)).numpy()


def test_every_activation_has_a_formula():
    assert {activations.get(name).__name__ for name in NAMES} == set(FORMULAS)


@pytest.mark.parametrize("name", NAMES)
def test_formula(name):
    fn = activations.get(name)
    expected = FORMULAS[fn.__name__](X)
    np.testing.assert_allclose(values(fn, X), expected, rtol=1e-12, atol=1e-12)
    assert fn(torch.tensor(X, dtype=torch.float32)).dtype == torch.float32


@pytest.mark.parametrize("name", [name for name in NAMES if name != "step"])
def test_keras(keras64, name):
    x = X if name != "softplus" else X[np.abs(X) < 20]  # Keras on torch gives x itself beyond 20
    theirs = getattr(keras64.activations, name)(torch.tensor(x[None])).numpy()
    np.testing.assert_allclose(values(activations.get(name), x[None]), theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("slope", [0.0, 0.1])
@pytest.mark.parametrize("top", [None, 6, 4.5])
@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.5])
def test_relu_in_full(keras64, slope, top, threshold):
    x = torch.linspace(-3, 8, 23, dtype=torch.float64)
    arguments = {"negative_slope": slope, "max_value": top, "threshold": threshold}
    pairs = []
    for fn in (activations.relu, keras64.activations.relu):
        leaf = x.clone().requires_grad_()
        y = fn(leaf, **arguments)
        y.sum().backward()
        pairs.append((y.detach().numpy(), leaf.grad.numpy()))
    np.testing.assert_allclose(pairs[0][0], pairs[1][0], atol=1e-15)
    kinks = np.isin(x.numpy(), (threshold, top or 6))
    np.testing.assert_allclose(pairs[0][1][~kinks], pairs[1][1][~kinks], atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_by_finite_differences(name):
    x = torch.tensor([[-4.1, -1.3, -0.4, 0.3], [0.9, 1.7, 2.9, 6.1]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(activations.get(name), (x,), atol=1e-9)
    if name != "step":
        assert torch.autograd.gradgradcheck(activations.get(name), (x,), atol=1e-8)


def test_slopes_of_the_lectures():
    """sigmoid' = s (1 - s) <= 1/4, tanh' = 1 - tanh^2 <= 1, relu' is 0 or 1, step' is 0; softmax of two is the sigmoid."""

    def slope(fn):
        x = torch.linspace(-4, 4, 801, dtype=torch.float64, requires_grad=True)
        fn(x).sum().backward()
        return x.detach(), x.grad

    x, s = slope(activations.sigmoid)
    p = x.sigmoid()
    torch.testing.assert_close(s, p * (1 - p), rtol=0, atol=1e-15)
    assert s.max() == 0.25
    x, s = slope(activations.tanh)
    torch.testing.assert_close(s, 1 - x.tanh() ** 2, rtol=0, atol=1e-15)
    assert s.max() == 1
    assert slope(activations.relu)[1].unique().tolist() == [0, 1] and not slope(activations.step)[1].any()
    two = activations.softmax(torch.stack([x, torch.zeros_like(x)], -1))[:, 0]
    torch.testing.assert_close(two, activations.sigmoid(x), rtol=1e-14, atol=0)


def test_softmax_axis():
    x = torch.randn(2, 3, 4, dtype=torch.float64)
    for axis in (0, 1, 2, -1):
        p = activations.softmax(x, axis)
        torch.testing.assert_close(p, x.exp() / x.exp().sum(axis, keepdim=True))


@pytest.mark.parametrize("name", NAMES)
def test_extremes(name):
    fn = activations.get(name)
    assert torch.isfinite(fn(torch.tensor([[-1e30, 1e30], [-100.0, 100.0], [0.0, 0.0]]))).all()
    assert torch.isnan(fn(torch.tensor([float("nan")]))).all()
    assert torch.isnan(activations.relu(torch.tensor([float("nan")]), 0.1, 6.0, 1.0)).all()


@pytest.mark.parametrize("name", NAMES)
def test_names_round_trip(name):
    fn = activations.get(name)
    assert activations.get(activations.serialize(fn)) is fn and activations.get(fn) is fn


def test_broken_on_purpose():
    """Near misses of a formula are further off than a thousand tolerances."""
    near = {"gelu": lambda x: activations.gelu(x, approximate=True), "leaky_relu": lambda x: activations.leaky_relu(x, 0.01)}
    near["elu"] = lambda x: activations.elu(x, 0.9)
    near["softplus"] = lambda x: torch.nn.functional.softplus(x, threshold=20)
    for name, fn in near.items():
        x = X if name != "softplus" else np.array([20.5])
        assert np.abs(values(fn, x) - FORMULAS[name](x)).max() > 1e-9


def test_errors():
    with pytest.raises(UnknownName, match="activation 'rellu'.*Did you mean 'relu'"):
        activations.get("rellu")
    with pytest.raises(ArgumentError, match="activation: expected a name.*got 3"):
        activations.get(3)
    with pytest.raises(ArgumentError, match=r'Put @register\("activation"\)'):
        activations.serialize(lambda x: x)
