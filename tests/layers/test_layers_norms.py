"""Norms of single samples: NumPy's loops, Keras and torch in float64, large means, precision, what they are given and refuse."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError
from oracles import norms

EXACT = {"rtol": 0, "atol": 1e-12}
MAP, SEQUENCE, VECTOR = (3, 4, 5, 6), (3, 4, 6), (4, 6)


def numbers(*shape, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def filled(layer, shape):
    """The layer built for inputs of this shape, with weights that are neither 0 nor 1."""
    layer.build((None, *shape[1:]))
    layer.set_weights([numbers(*w.shape, seed=i + 1) for i, w in enumerate(layer.weights)])
    return layer


def run(layer, x) -> np.ndarray:
    y = layer(torch.as_tensor(x), training=True)
    assert torch.equal(y, layer(torch.as_tensor(x))), "training and inference are the same"
    assert tuple(y.shape) == x.shape == layer.compute_output_shape(x.shape)
    return y.numpy()


def given(layer) -> tuple:
    values = {w.name: w.numpy() for w in layer.weights}
    return values.get("gamma"), values.get("beta")


LAYERS = [({}, MAP), ({"axis": 2}, MAP), ({"axis": [1, 2]}, MAP), ({"axis": (3, 1), "epsilon": 0.1}, MAP),
          ({"axis": [-1, -2, 1]}, MAP), ({"scale": False}, SEQUENCE), ({"center": False}, VECTOR),
          ({"center": False, "scale": False}, SEQUENCE)]  # fmt: skip
GROUPS = [({"groups": 3}, MAP), ({"groups": 1}, MAP), ({"groups": -1}, SEQUENCE), ({"groups": 2, "epsilon": 0.1}, VECTOR),
          ({"groups": 2, "scale": False}, MAP), ({"groups": 2, "center": False}, MAP),
          ({"groups": 6, "center": False, "scale": False}, SEQUENCE)]  # fmt: skip


@pytest.mark.parametrize("options, shape", LAYERS)
def test_layer_normalization_is_the_loops(options, shape):
    x = 3 * numbers(*shape) + 1
    layer = filled(L.LayerNormalization(dtype="float64", **options), shape)
    axes = tuple(sorted(a % len(shape) for a in np.atleast_1d(layer.axis)))
    np.testing.assert_allclose(run(layer, x), norms.layer_norm(x, axes, *given(layer), layer.epsilon), **EXACT)


@pytest.mark.parametrize("options, shape", GROUPS)
def test_group_normalization_is_the_loops(options, shape):
    x = 3 * numbers(*shape) + 1
    layer = filled(L.GroupNormalization(dtype="float64", **options), shape)
    groups = shape[-1] if layer.groups == -1 else layer.groups
    np.testing.assert_allclose(run(layer, x), norms.group_norm(x, groups, *given(layer), layer.epsilon), **EXACT)


def test_group_normalization_of_another_axis():
    x = numbers(3, 6, 5, 4)
    layer = filled(L.GroupNormalization(2, axis=1, dtype="float64"), x.shape)
    turned = norms.group_norm(x.swapaxes(1, 3), 2, *given(layer))
    np.testing.assert_allclose(run(layer, x), turned.swapaxes(1, 3), **EXACT)


def test_one_group_a_sample_and_one_a_channel():
    """groups = 1 is a layer normalisation of all axes at once, groups = C takes each map by itself."""
    x = torch.from_numpy(numbers(*MAP))
    plain = {"center": False, "scale": False, "dtype": "float64"}
    for groups, axes in ((1, [1, 2, 3]), (-1, [1, 2])):
        np.testing.assert_allclose(L.GroupNormalization(groups, **plain)(x), L.LayerNormalization(axes, **plain)(x), **EXACT)


@pytest.mark.filterwarnings("ignore:You passed .rms_scaling")
@pytest.mark.parametrize("make, arguments", [
    *(("GroupNormalization", options) for options, _ in GROUPS), ("LayerNormalization", {}),
    ("LayerNormalization", {"axis": [1, 3]}), ("LayerNormalization", {"axis": [1, 2, 3], "center": False}),
    ("LayerNormalization", {"scale": False, "epsilon": 0.1}), ("LayerNormalization", {"rms_scaling": True}),
    ("UnitNormalization", {}), ("UnitNormalization", {"axis": [1, 2]}),
])  # fmt: skip
def test_keras(keras64, make, arguments):
    """Keras on torch cannot normalise neighbouring axes that are not the last ones; the loops have those."""
    x = 2 * numbers(*MAP) + 0.5
    ours, theirs = filled(getattr(L, make)(dtype="float64", **arguments), MAP), getattr(keras64.layers, make)(**arguments)
    theirs.build((None, *MAP[1:]))
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(run(ours, x), theirs(torch.from_numpy(x)).detach().numpy(), **EXACT)


@pytest.mark.parametrize("options", [{}, {"size": 3, "alpha": 0.3, "beta": 0.5, "k": 1.0}, {"size": 4, "alpha": 2.0}, {"size": 1},
                                     {"size": 9, "alpha": 0.1, "beta": 1.0, "k": 0.5}])  # fmt: skip
def test_local_response(options):
    layer = L.LocalResponseNormalization(**options)
    x = 3 * numbers(*MAP)
    y = run(layer, x)
    np.testing.assert_allclose(y, norms.local_response(x, layer.size, layer.alpha, layer.beta, layer.k), **EXACT)
    torchs = torch.nn.LocalResponseNorm(layer.size, layer.alpha * layer.size, layer.beta, layer.k)  # its alpha is divided by size
    np.testing.assert_allclose(y, torchs(torch.from_numpy(x).movedim(-1, 1)).movedim(1, -1).numpy(), **EXACT)


def test_unit_vectors():
    x = torch.from_numpy(numbers(*MAP)).requires_grad_()
    y = L.UnitNormalization(axis=[1, 3])(x)
    np.testing.assert_allclose(y.detach().square().sum((1, 3)), 1, **EXACT)
    ratio = (y / x).detach().movedim(2, 1).flatten(2)  # one a vector, above 0: the direction stays
    assert (ratio > 0).all() and (ratio.amax(-1) - ratio.amin(-1)).abs().max() < 1e-12
    zeros = torch.zeros(2, 3, requires_grad=True)
    made = L.UnitNormalization()(zeros)
    (g,) = torch.autograd.grad(made.sum(), zeros)
    assert not made.any() and not g.any()
    tiny = torch.tensor([[3e-13, 4e-13]], dtype=torch.float64)
    np.testing.assert_allclose(L.UnitNormalization()(tiny), tiny / 1e-12)


@pytest.mark.parametrize("layer", [L.LayerNormalization(), L.GroupNormalization(2), L.GroupNormalization(-1)])
def test_a_large_mean_costs_no_digits(layer):
    """Squares of float32 numbers around 1000 have no place left for a variance of 1."""
    x = (numbers(8, 7, 7, 6) + 1000).astype("float32")
    exact = layer.from_config({**layer.get_config(), "dtype": "float64"})(torch.from_numpy(x).double())
    assert (layer(torch.from_numpy(x)).double() - exact).abs().max() < 1e-3
    careless = torch.group_norm(torch.from_numpy(x).movedim(-1, 1), 2, eps=1e-3).movedim(1, -1)
    assert (careless.double() - L.GroupNormalization(2, dtype="float64")(torch.from_numpy(x).double())).abs().max() > 1e-2


def test_bfloat16_is_computed_in_float32(monkeypatch):
    x = (numbers(4, 6, 6, 8) + 3).astype("float32")
    low = torch.from_numpy(x).bfloat16()
    for layer in (L.LayerNormalization(center=False, scale=False), L.GroupNormalization(2, center=False, scale=False),
                  L.LocalResponseNormalization(5, 1.0), L.UnitNormalization()):
        y = layer(low)
        assert y.dtype is torch.bfloat16 and torch.equal(y, layer(low.float()).bfloat16())
    from nabi.training import precision

    monkeypatch.setattr(precision, "native_bfloat16", lambda: True)
    model = nabi.Sequential([nabi.Input((6, 6, 8)), L.Conv2D(4, 3), L.GroupNormalization(2), L.Conv2D(4, 3),
                             L.LayerNormalization(), L.Flatten(), L.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    kinds = {op.kind: op.dtype for op in model.plan().ops}
    assert (kinds["Conv2D"], kinds["GroupNormalization"], kinds["LayerNormalization"]) == (torch.bfloat16, *[torch.float32] * 2)
    model.fit(x, np.arange(4) % 3, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_not_a_number_stays_in_its_sample():
    x = torch.from_numpy(numbers(*MAP))
    x[1, 2, 3, 0] = torch.nan
    for layer in (L.LayerNormalization(dtype="float64"), L.GroupNormalization(2, dtype="float64"), L.LocalResponseNormalization(),
                  L.UnitNormalization()):
        bad = layer(x).isnan()
        assert bad[1, 2, 3, 0] and not bad[[0, 2]].any()


def test_broken_formulas_are_far_outside_the_tolerance():
    x = 3 * numbers(*MAP) + 1
    layer = filled(L.LayerNormalization(dtype="float64"), MAP)
    group = filled(L.GroupNormalization(2, dtype="float64"), MAP)
    response = L.LocalResponseNormalization(4, 0.3)
    gamma, beta = given(layer)
    pairs = [
        (layer, norms.layer_norm(x, (3,), gamma, beta, 1e-5)), (layer, norms.layer_norm(x, (3,), beta, gamma)),
        (layer, norms.layer_norm(x, (1, 2, 3), None, None) * gamma + beta), (group, norms.group_norm(x, 3, *given(group))),
        (group, norms.group_norm(x[..., [0, 2, 4, 1, 3, 5]], 2, *given(group))[..., [0, 3, 1, 4, 2, 5]]),
        (response, norms.local_response(x, 4, 0.3 / 4, 0.75, 2.0)), (response, norms.local_response(x, 5, 0.3, 0.75, 2.0)),
        (response, norms.local_response(x[..., ::-1], 4, 0.3, 0.75, 2.0)[..., ::-1]),
    ]  # epsilon, gamma and beta swapped, other axes, other groups, alpha divided, one channel more, the even window's other side
    for layer, wrong in pairs:
        assert np.abs(run(layer, x) - wrong).max() > 1e-3


def test_configuration_and_file(tmp_path):
    """What was built, and what is built anew from its configuration or from a file, compute the same."""
    x = nabi.Input((4, 4, 6))
    h = L.LayerNormalization(axis=[1, 3], epsilon=0.01, gamma_regularizer="l2", beta_constraint="non_neg")(x)
    h = L.UnitNormalization([1, 2])(L.GroupNormalization(-1, scale=False)(L.GroupNormalization(3, axis=-1)(h)))
    h = L.LayerNormalization(rms_scaling=True)(L.LocalResponseNormalization(3, 1.0, 0.5, 1.0)(h))
    model = nabi.Model(x, h)
    model.save(tmp_path / "norms.safetensors")
    for twin in (nabi.models.load_model(tmp_path / "norms.safetensors"), model.from_config(model.get_config())):
        twin.set_weights(model.get_weights())
        assert [layer.get_config() for layer in twin.layers] == [layer.get_config() for layer in model.layers]
        data = numbers(2, 4, 4, 6).astype("float32")
        np.testing.assert_array_equal(twin.predict(data, verbose=0), model.predict(data, verbose=0))


@pytest.mark.parametrize("make, said", [
    (lambda: L.LayerNormalization(axis=1.5), r"LayerNormalization\(axis\): expected a whole number, or several .*got 1.5"),
    (lambda: L.LayerNormalization(axis=[1, 1]), r"several different ones in a list, got \[1, 1\]"),
    (lambda: L.LayerNormalization(axis=[]), r"got \[\]"),
    (lambda: L.LayerNormalization(axis=True), "got True"),
    (lambda: L.LayerNormalization(epsilon=-1), r"LayerNormalization\(epsilon\): expected a finite number from 0 upwards, got -1"),
    (lambda: L.LayerNormalization(epsilon="small"), "got 'small'"),
    (lambda: L.LayerNormalization(center="yes"), r"LayerNormalization\(center\): expected True or False, got 'yes'"),
    (lambda: L.LayerNormalization(scale=None), r"\(scale\): expected True or False, got None"),
    (lambda: L.LayerNormalization(rms_scaling=2), r"\(rms_scaling\): expected True or False, got 2"),
    (lambda: L.LayerNormalization(gamma_initializer="onse"), "initializer 'onse'.*Did you mean 'ones'"),
    (lambda: L.GroupNormalization(0), r"GroupNormalization\(groups\): expected a whole number above 0, or -1 .*got 0"),
    (lambda: L.GroupNormalization(2.0), "got 2.0"),
    (lambda: L.GroupNormalization(2, axis=[1]), r"GroupNormalization\(axis\): expected a whole number, got \[1\]"),
    (lambda: L.GroupNormalization(2, epsilon=float("nan")), "got nan"),
    (lambda: L.LocalResponseNormalization(0), r"Normalization\(size\): expected a whole number from 1 upwards, got 0"),
    (lambda: L.LocalResponseNormalization(5.0), "got 5.0"),
    (lambda: L.LocalResponseNormalization(alpha=-1e-4), r"\(alpha\): expected a finite number from 0 upwards, got -0.0001"),
    (lambda: L.LocalResponseNormalization(beta="1"), r"\(beta\).*got '1'"),
    (lambda: L.LocalResponseNormalization(k=0), r"\(k\): expected a finite number above 0, got 0"),
    (lambda: L.UnitNormalization(axis="last"), r"UnitNormalization\(axis\).*got 'last'"),
])  # fmt: skip
def test_arguments_that_cannot_be_meant(make, said):
    with pytest.raises((ArgumentError, nabi.core.errors.UnknownName), match=said):
        make()


@pytest.mark.parametrize("layer, shape, said", [
    (L.LayerNormalization(axis=4), (8, 8, 3), r"an axis of known length among \(8,8,3\), got axis=4"),
    (L.LayerNormalization(axis=0), (8, 8, 3), "got axis=0"),
    (L.LayerNormalization(axis=[1, -3]), (8, 8, 3), r"different axes of known length among \(8,8,3\), got axis=\[1, -3\]"),
    (L.LayerNormalization(axis=1), (None, 3), r"among \(\?,3\), got axis=1"),
    (L.GroupNormalization(4), (8, 8, 6), "groups that divide 6 channels, got 4. groups=3 does"),
    (L.GroupNormalization(), (8, 8, 6), "groups that divide 6 channels, got 32. groups=6 does"),
    (L.UnitNormalization(axis=3), (8, 3), r"an axis among \(8,3\), got axis=3"),
    (L.LocalResponseNormalization(), (8,), "at least 3 axes, got 2"),
])  # fmt: skip
def test_inputs_that_do_not_fit(layer, shape, said):
    with pytest.raises(ShapeError, match=said):
        layer(nabi.Input(shape))


def test_a_built_norm_holds_its_own_axis_only():
    layer = L.LayerNormalization(axis=1)
    layer(nabi.Input((4, 3)))
    assert layer(nabi.Input((4, 7))).shape == (None, 4, 7)
    with pytest.raises(ShapeError, match="expected 4 places on axis 1 as it was built with, got 5"):
        layer(nabi.Input((5, 3)))
    with pytest.raises(ShapeError, match="expected 6 channels or features as it was built with, got 8"):
        norm = L.GroupNormalization(2)
        norm(nabi.Input((4, 4, 6)))
        norm(nabi.Input((4, 4, 8)))
