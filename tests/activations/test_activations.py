"""Every activation against Keras 3 and NumPy in float64, its derivative against finite differences, extremes, names."""

import inspect
import math

import numpy as np
import pytest
import torch

from nabi import activations
from nabi.core import registry
from nabi.core.errors import ArgumentError, UnknownName

X = np.array([-100.0, -30.0, -5.0, -2.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 2.0, 5.0, 30.0, 100.0])
ERF = np.vectorize(math.erf)


def nearest_shares(x):
    """tau of sparsemax by bisection: sum max(x - tau, 0) falls from above 1 to 0 between max x - 1 and max x."""
    low, high = x.max() - 1, x.max()
    for _ in range(100):
        tau = (low + high) / 2
        low, high = (tau, high) if np.maximum(x - tau, 0).sum() > 1 else (low, tau)
    return tau


FORMULAS = {
    "linear": lambda x: x,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "relu": lambda x: np.maximum(0, x),
    "relu6": lambda x: np.minimum(np.maximum(0, x), 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(x / 2)),
    "tanh": lambda x: 1 - 2 / (np.exp(2 * x) + 1),
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x * 0.5 * (1 + np.tanh(x / 2)),
    "gelu": lambda x: x / 2 * (1 + ERF(x / math.sqrt(2))),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "log_sigmoid": lambda x: -np.logaddexp(0, -x),
    "exponential": np.exp,
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "older_hard_sigmoid": lambda x: np.clip(x / 5 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "celu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0.0),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "squareplus": lambda x: 2 / (np.sqrt(x**2 + 4) - x),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
    "sparse_plus": lambda x: np.where(x <= -1, 0.0, np.where(x < 1, (x + 1) ** 2 / 4, x)),
    "sparsemax": lambda x: np.maximum(x - nearest_shares(x), 0),
    "softmax": lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(),
    "log_softmax": lambda x: x - x.max() - np.log(np.exp(x - x.max()).sum()),
}
S = FORMULAS["sigmoid"]
SLOPES = {  # the derivatives that the docstrings give
    "linear": lambda x: np.ones_like(x),
    "step": np.zeros_like,
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
    "relu6": lambda x: np.where((x > 0) & (x < 6), 1.0, 0.0),
    "leaky_relu": lambda x: np.where(x > 0, 1.0, 0.2),
    "elu": lambda x: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, 1.0, 1.6732632423543772 * np.exp(np.minimum(x, 0))),
    "sigmoid": lambda x: S(x) * (1 - S(x)),
    "log_sigmoid": lambda x: 1 - S(x),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "softsign": lambda x: 1 / (1 + np.abs(x)) ** 2,
    "softplus": S,
    "exponential": np.exp,
    "silu": lambda x: S(x) * (1 + x * (1 - S(x))),
    "gelu": lambda x: (1 + ERF(x / math.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi),
    "mish": lambda x: np.tanh(np.logaddexp(0, x)) + x * S(x) * (1 - np.tanh(np.logaddexp(0, x)) ** 2),
    "hard_sigmoid": lambda x: np.where(np.abs(x) < 3, 1 / 6, 0.0),
    "older_hard_sigmoid": lambda x: np.where(np.abs(x) < 2.5, 1 / 5, 0.0),
    "hard_silu": lambda x: np.where(np.abs(x) < 3, x / 3 + 0.5, np.where(x > 0, 1.0, 0.0)),
    "hard_tanh": lambda x: np.where(np.abs(x) < 1, 1.0, 0.0),
    "celu": lambda x: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, 1.0, 0.0),
    "soft_shrink": lambda x: np.where(np.abs(x) > 0.5, 1.0, 0.0),
    "tanh_shrink": lambda x: np.tanh(x) ** 2,
    "squareplus": lambda x: (1 + x / np.sqrt(x**2 + 4)) / 2,
    "sparse_sigmoid": lambda x: np.where(np.abs(x) < 1, 0.5, 0.0),
    "sparse_plus": FORMULAS["sparse_sigmoid"],
}
INFINITE = {  # limits at -infinity and infinity
    "linear": (-math.inf, math.inf), "step": (0, 1), "relu": (0, math.inf), "relu6": (0, 6), "leaky_relu": (-math.inf, math.inf),
    "elu": (-1, math.inf), "selu": (-1.7580993408473766, math.inf), "sigmoid": (0, 1), "log_sigmoid": (-math.inf, 0),
    "tanh": (-1, 1), "softplus": (0, math.inf), "exponential": (0, math.inf), "hard_sigmoid": (0, 1), "hard_tanh": (-1, 1),
    "older_hard_sigmoid": (0, 1),
    "softsign": (-1, 1), "silu": (0, math.inf), "gelu": (0, math.inf), "mish": (0, math.inf), "hard_silu": (0, math.inf),
    "celu": (-1, math.inf), "hard_shrink": (-math.inf, math.inf), "soft_shrink": (-math.inf, math.inf), "sparse_sigmoid": (0, 1),
    "tanh_shrink": (-math.inf, math.inf), "squareplus": (0, math.inf), "sparse_plus": (0, math.inf),
}  # fmt: skip
MAY_BE_NAN = {"softsign", "squareplus", "silu", "gelu", "mish", "hard_silu"}
STRAIGHT = {"linear", "step", "relu", "relu6", "leaky_relu", "hard_sigmoid", "hard_tanh", "hard_shrink", "soft_shrink",
            "sparse_sigmoid", "older_hard_sigmoid"}
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


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("step", "older_hard_sigmoid")])
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


@pytest.mark.parametrize("name", sorted(SLOPES))
def test_derivative_is_the_docstrings(name):
    x = torch.tensor([-20.0, -4.1, -2.9, -1.3, -0.4, 0.3, 0.9, 1.7, 2.9, 5.9, 6.1, 20.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(activations.get(name)(x).sum(), x)
    expected = SLOPES[name](x.detach().numpy())
    np.testing.assert_allclose(slope.numpy(), expected, rtol=1e-11, atol=1e-11)
    shifted = SLOPES[name](x.detach().numpy() + 1e-3)
    assert name in STRAIGHT or np.abs(shifted - expected).max() > 1e-6


def test_derivatives_of_the_softmaxes():
    x = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    p = x.softmax(0)
    for name, expected in (("softmax", torch.diag(p) - p[:, None] * p), ("log_softmax", torch.eye(3) - p)):
        torch.testing.assert_close(torch.autograd.functional.jacobian(activations.get(name), x), expected, rtol=0, atol=1e-15)


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
    far = torch.tensor([[-1e30, 1e30], [-100.0, 100.0], [0.0, 0.0]])
    assert torch.isfinite(fn(far if name != "exponential" else far.clamp(max=88))).all()
    assert torch.isnan(fn(torch.tensor([float("nan")]))).all()
    assert torch.isnan(activations.relu(torch.tensor([float("nan")]), 0.1, 6.0, 1.0)).all()


@pytest.mark.parametrize("name", sorted(INFINITE))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_limits(name, dtype):
    """At infinity the limit, or for products NaN; at 1e30 (in the limit's own scale) the limit, without overflow on the way."""
    fn = activations.get(name)
    found = fn(torch.tensor([-math.inf, math.inf], dtype=dtype)).tolist()
    for value, limit in zip(found, INFINITE[name], strict=True):
        assert value == pytest.approx(limit, rel=1e-6) or (name in MAY_BE_NAN and math.isnan(value))
    for value, limit, x in zip(fn(torch.tensor([-1e30, 1e30], dtype=dtype)).tolist(), INFINITE[name], (-1e30, 1e30), strict=True):
        if math.isfinite(limit):
            assert value == pytest.approx(limit, rel=1e-6, abs=1e-20)
        elif name != "exponential":
            slope = {"leaky_relu": 0.2 if x < 0 else 1, "selu": 1.0507009873554805}.get(name, 1)
            assert value == pytest.approx(slope * x, rel=1e-6)


def test_a_row_of_minus_infinities_has_no_softmax():
    for fn in (activations.softmax, activations.log_softmax):
        assert torch.isnan(fn(torch.full((1, 3), -math.inf))).all()
    assert activations.softmax(torch.tensor([[-math.inf, 0.0, 0.0]])).tolist() == [[0.0, 0.5, 0.5]]


@pytest.mark.parametrize("name", NAMES)
def test_names_round_trip(name):
    fn = activations.get(name)
    assert activations.get(activations.serialize(fn)) is fn and activations.get(fn) is fn


def test_broken_on_purpose():
    """Near misses of a formula are further off than a thousand tolerances."""
    near = {"gelu": lambda x: activations.gelu(x, approximate=True), "leaky_relu": lambda x: activations.leaky_relu(x, 0.01)}
    near["squareplus"] = lambda x: activations.squareplus(x, b=3.9)
    near["soft_shrink"] = activations.hard_shrink
    near["elu"] = lambda x: activations.elu(x, 0.9)
    near["hard_sigmoid"] = lambda x: (0.2 * x + 0.5).clamp(0, 1)  # Keras 1 and 2
    near["hard_silu"] = lambda x: x * (0.2 * x + 0.5).clamp(0, 1)
    near["relu6"] = lambda x: activations.relu(x, max_value=6.1)
    near["mish"] = lambda x: x * activations.sigmoid(x)
    near["log_sigmoid"] = lambda x: activations.sigmoid(x).clamp(min=1e-9).log()
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


def test_sparsemax_are_the_nearest_shares():
    """They sum to 1 and no other shares lie nearer to x; Keras 3.15's do not sum to 1."""
    x = torch.randn(4, 3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    for axis in (0, 1, -1):
        p = activations.sparsemax(x, axis)
        found, rows = p.movedim(axis, -1).reshape(-1, p.shape[axis]), x.movedim(axis, -1).reshape(-1, p.shape[axis])
        np.testing.assert_allclose(found, [FORMULAS["sparsemax"](row.numpy()) for row in rows], atol=1e-14)
        assert (p >= 0).all() and torch.allclose(p.sum(axis), torch.ones(()).double()) and (p == 0).any()
        for q in (x.softmax(axis), p.roll(1, axis), torch.full_like(x, 1 / x.shape[axis])):
            assert ((p - x).square().sum(axis) <= (q - x).square().sum(axis)).all()
    assert activations.sparsemax(torch.tensor([[1e30, -1e30]])).tolist() == [[1.0, 0.0]]
    row = torch.tensor([1.0, 0.9, 0.2, -3.0], dtype=torch.float64)
    expected = torch.eye(4).double()[:, :2] @ (torch.eye(2).double() - 0.5) @ torch.eye(4).double()[:2]
    found = torch.autograd.functional.jacobian(activations.sparsemax, row)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-15)


def test_functions_that_are_no_layers_activation(keras64):
    x = torch.randn(3, 6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    for axis in (1, -1):
        np.testing.assert_allclose(activations.glu(x, axis), keras64.activations.glu(x, axis=axis).numpy(), atol=1e-15)
    theirs = keras64.activations.threshold(x, 0.3, -1.0).numpy()
    np.testing.assert_allclose(activations.threshold(x, 0.3, -1.0), theirs, atol=0)
    assert not {"glu", "threshold"} & set(NAMES)


@pytest.mark.parametrize("name, argument, value", [
    ("celu", "alpha", 0.4), ("elu", "alpha", 0.4), ("hard_shrink", "threshold", 1.5), ("soft_shrink", "threshold", 1.5),
    ("squareplus", "b", 0.7),
])  # fmt: skip
def test_arguments_are_keras(keras64, name, argument, value):
    theirs = getattr(keras64.activations, name)(torch.tensor(X), **{argument: value}).numpy()
    found = getattr(activations, name)(torch.tensor(X), **{argument: value})
    np.testing.assert_allclose(found, theirs, rtol=1e-12, atol=1e-12)


BAD = {"alpha": ("a", None, float("nan"), True), "negative_slope": ("a", float("nan")), "threshold": ("a", None, float("nan")),
       "max_value": ("6", float("nan"), True), "axis": (1.5, "1", None), "approximate": ("yes", None), "b": (-1, "a", None),
       "default_value": ("a", None)}  # fmt: skip


@pytest.mark.parametrize("name", [*sorted({activations.get(name).__name__ for name in NAMES}), "glu", "threshold"])
def test_bad_values_of_arguments(name):
    """Each argument has a row, and each of its values is refused by name."""
    function = getattr(activations, name)
    needed = {"threshold": 0.5, "default_value": 0.0} if name == "threshold" else {}
    for argument in list(inspect.signature(function).parameters)[1:]:
        for value in BAD[argument]:
            with pytest.raises(ArgumentError, match=rf"^{name}\({argument}\): expected .*got "):
                function(torch.ones(2, 4), **{**needed, argument: value})
