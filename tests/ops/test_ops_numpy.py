"""Every function of nabi.ops against NumPy (or SciPy, or its formula) in float64: on arrays, on tensors, and on symbols."""

import numpy as np
import pytest
import torch
from scipy import special

import nabi
from nabi import ops
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import TABLE

RNG = np.random.default_rng(0)
X, Y, Z = (RNG.normal(size=shape) for shape in ((3, 4), (3, 4), (3, 2, 4)))
POSITIVE, UNIT = np.abs(X) + 0.5, np.tanh(X)
WHOLE = np.array([[5, -3, 2, 0], [1, 4, -2, 7], [0, 0, 9, -1]])
HOLES = np.where(X > 1, np.nan, np.where(X < -1, np.inf, X))
TIES = np.array([[1.0, 3.0, 3.0, 0.0]] * 3)


def unit(x, axis=-1, order=2):
    return x / np.linalg.norm(x, order, axis, keepdims=True)


def softmax(x, axis=-1):
    return special.softmax(x, axis)


def one_hot(x, n):
    return np.stack([x == k for k in range(n)], -1).astype(float)


CASES = {  # name -> (arguments, options, what NumPy makes of them); the oracle's default is NumPy's function of that name
    **{name: [((X,), {})] for name in ("abs", "absolute", "negative", "sign", "square", "exp", "expm1", "sin", "cos", "tan",
                                       "arctan", "sinh", "cosh", "floor", "ceil", "isnan", "isinf", "isfinite", "logical_not",
                                       "deg2rad",
                                       "tanh", "ravel", "zeros_like", "ones_like")},
    **{name: [((POSITIVE,), {})] for name in ("log", "log1p", "log2", "log10", "sqrt", "reciprocal")},
    **{name: [((UNIT,), {})] for name in ("arcsin", "arccos")},
    **{name: [((X, Y), {}), ((Z, X[:, None]), {}), ((X, 1.5), {}), ((1.5, X), {})] for name in
       ("add", "multiply", "divide", "true_divide", "maximum", "minimum", "greater", "greater_equal", "less",
        "less_equal", "not_equal", "equal", "floor_divide", "mod", "logaddexp", "arctan2", "logical_and", "logical_or",
        "logical_xor")},
    "subtract": [((X, Y), {}), ((Z, X[:, None]), {}), ((X, 1.5), {}), ((1.5, X), {}), ((X > 0, WHOLE), {}), ((X > 0, 2), {}),
                 ((2.5, X > 0), {})],
    "rsqrt": [((POSITIVE,), {}, lambda x: 1 / np.sqrt(x))],
    "erf": [((X,), {}, special.erf)],
    "round": [((X,), {}), ((X, 2), {}), ((WHOLE,), {}), ((WHOLE, 1), {}), ((WHOLE, -1), {})],
    "clip": [((X, -0.3, 0.4), {}), ((X, Y, Y + 1), {}), ((X, None, 0.1), {})],
    "nan_to_num": [((HOLES,), {}), ((HOLES, 1.0, 2.0, 3.0), {}, lambda x, *to: np.nan_to_num(x, True, *to))],
    "cast": [((X, "int64"), {}, lambda x, d: x.astype(d)), ((WHOLE, "float64"), {}, lambda x, d: x.astype(d))],
    "stop_gradient": [((X,), {}, lambda x: x)],
    "power": [((POSITIVE, Y), {}), ((X, 2), {}), ((2, X), {})],
    "divide_no_nan": [((X, WHOLE), {}, lambda x, y: np.where(y == 0, 0, x / np.where(y == 0, 1, y)))],
    "where": [((X > 0, X, Y), {}), ((X > 0, X, 0.0), {})],
    **{name: [((Z,), {}), ((Z,), {"axis": -1}), ((Z,), {"axis": (1, 2), "keepdims": True})] for name in
       ("sum", "mean", "var", "std", "max", "min", "amax", "amin")},
    "prod": [((Z,), {}), ((Z,), {"axis": (1, 2)}), ((Z,), {"axis": 1, "keepdims": True})],
    "any": [((WHOLE,), {}), ((WHOLE,), {"axis": 1})],
    "all": [((WHOLE,), {}), ((WHOLE,), {"axis": 1, "keepdims": True})],
    "count_nonzero": [((WHOLE,), {}), ((WHOLE,), {"axis": 1})],
    "moments": [((Z, [1, 2]), {}, lambda x, axes: (x.mean((1, 2)), x.var((1, 2))))],
    "logsumexp": [((Z,), {"axis": (1, 2)}, special.logsumexp), ((Z,), {}, special.logsumexp)],
    "argmax": [((X,), {}), ((X,), {"axis": -1}), ((X,), {"axis": 1, "keepdims": True}),
               ((X > 0,), {"axis": 1})],
    "argmin": [((X,), {}), ((X,), {"axis": -1}), ((X > 0,), {"axis": 1})],
    "cumsum": [((X,), {"axis": 1}), ((X,), {})],
    "cumprod": [((X,), {"axis": -1}), ((X,), {})],
    "norm": [((X,), {}, np.linalg.norm), ((X,), {"axis": -1}, np.linalg.norm), ((X,), {"ord": 1, "axis": 1, "keepdims": True},
             np.linalg.norm), ((Z,), {"axis": [1, 2]}, lambda x, axis: np.linalg.norm(x, axis=tuple(axis)))],
    "normalize": [((X,), {}, unit), ((Z,), {"axis": 1, "order": 3}, unit)],
    "reshape": [((Z, (-1, 8)), {}), ((Z, (None, 8)), {}, lambda x, s: x.reshape(3, 8))],
    "transpose": [((Z, (0, 2, 1)), {}), ((X,), {})],
    "swapaxes": [((Z, 1, -1), {})],
    "moveaxis": [((Z, 1, -1), {}), ((Z, [1, 2], [2, 1]), {})],
    "expand_dims": [((X, 1), {}), ((X, (1, -1)), {})],
    "squeeze": [((Z[:, :1], 1), {}), ((Z[:, :1],), {})],
    "broadcast_to": [((X[:, None], (None, 5, 4)), {}, lambda x, s: np.broadcast_to(x, (3, 5, 4)))],
    "stack": [(([X, Y],), {"axis": 1}), (([X, Y],), {})],
    "concatenate": [(([X, Y],), {"axis": -1}), (([X, Y],), {})],
    "split": [((X, 2), {"axis": 1}), ((X, [1, 3]), {"axis": 1})],
    "unstack": [((Z,), {"axis": 1}, lambda x, axis: [x[:, i] for i in range(x.shape[axis])])],
    "tile": [((X, 2), {}), ((X, [1, 3]), {})],
    "repeat": [((X, 2), {"axis": 1}), ((X, [1, 0, 2, 1]), {"axis": 1}), ((X, 2), {})],
    "flip": [((X,), {}), ((Z,), {"axis": 1}), ((Z,), {"axis": (1, 2)})],
    "roll": [((X, 1), {"axis": 1}), ((Z, [1, -1]), {"axis": [1, 2]})],
    "pad": [((Z, ((0, 0), (1, 0), (2, 1))), {}), ((Z, [[0, 0], [0, 1], [1, 2]]), {"mode": "reflect"}), ((X, ((0, 0), (1, 2))), {
        "mode": "constant", "constant_values": 7.0}), ((Z, ((0, 0), (1, 1), (2, 1))), {"mode": "edge"})],
    "get_item": [((X, (slice(None), 0)), {}, lambda x, k: x[k]), ((Z, (Ellipsis, None, slice(0, 4, 2))), {}, lambda x, k: x[k]),
                 ((Z, (slice(None), [1, 0, 1])), {}, lambda x, k: x[k]), ((X, [2, 0]), {}, lambda x, k: x[k])],
    "take": [((X, [0, -1, 2]), {"axis": 1}), ((Z, [[0, 1], [1, 1]]), {"axis": 1}), ((X, [3, 5]), {}),
             ((X, 4), {}), ((X, -1), {}), ((X, -4), {"axis": 1}), ((Z, [[[-2]]]), {"axis": -2})],
    "take_along_axis": [((X, np.argsort(X)), {"axis": -1}), ((X, np.array([[0, 1], [2, -1], [3, 3]])), {"axis": 1})],
    "one_hot": [((WHOLE, 4), {}, one_hot)],
    "sort": [((X,), {}), ((Z,), {"axis": 1}), ((X,), {"axis": None})],
    "argsort": [((X,), {}), ((Z,), {"axis": 1}), ((X,), {"axis": None})],
    "top_k": [((X, 2), {}, lambda x, k: (np.sort(x)[:, ::-1][:, :k], np.argsort(x)[:, ::-1][:, :k]))],
    "searchsorted": [(([0.0, 1.0, 2.0], POSITIVE), {}), (([0.0, 1.0], WHOLE.astype(float)), {"side": "right"})],
    "tril": [((Z,), {}), ((Z, 1), {})],
    "triu": [((Z,), {}), ((Z, -1), {})],
    "diag": [((X[0],), {}), ((X, 1), {})],
    "diagonal": [((Z,), {"axis1": 1, "axis2": 2})],
    "matmul": [((Z, X.T), {}), ((Z, np.swapaxes(Z, 1, 2)), {})],
    "dot": [((Z, X.T), {}), ((Z, RNG.normal(size=(2, 4, 5))), {}), ((X, 2.0), {}), ((X, Y[0]), {})],
    "tensordot": [((Z, RNG.normal(size=(2, 4, 5))), {}), ((Z, X.T), {"axes": ([2], [0])}), ((Z, X.T), {"axes": (2, 0)})],
    "outer": [((X, Y), {})],
    "einsum": [(("bij,bj->bi", Z, X), {})],
    "full_like": [((X, 2.5), {})],
    "relu": [((X,), {}, lambda x: np.maximum(x, 0))],
    "relu6": [((9 * X,), {}, lambda x: np.clip(x, 0, 6))],
    "leaky_relu": [((X,), {}, lambda x: np.where(x > 0, x, 0.2 * x)), ((X, 0.1), {}, lambda x, a: np.where(x > 0, x, a * x))],
    "elu": [((X, 0.7), {}, lambda x, a: np.where(x > 0, x, a * np.expm1(x)))],
    "selu": [((X,), {}, lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)))],
    "gelu": [((X,), {}, lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))),
             ((X, False), {}, lambda x, a: x * special.ndtr(x))],
    "silu": [((X,), {}, lambda x: x * special.expit(x))],
    "sigmoid": [((X,), {}, special.expit)],
    "log_sigmoid": [((X,), {}, special.log_expit)],
    "hard_sigmoid": [((4 * X,), {}, lambda x: np.clip(x + 3, 0, 6) / 6)],
    "hard_silu": [((4 * X,), {}, lambda x: x * np.clip(x + 3, 0, 6) / 6)],
    "hard_tanh": [((X,), {}, lambda x: np.clip(x, -1, 1))],
    "softplus": [((X,), {}, lambda x: np.logaddexp(x, 0))],
    "softsign": [((X,), {}, lambda x: x / (1 + np.abs(x)))],
    "softmax": [((X,), {}, softmax), *(((Z,), {"axis": axis}, softmax) for axis in (1, (1, 2), (-1, 0), (1,), None))],
    "log_softmax": [((X,), {}, lambda x: special.log_softmax(x, -1)),
                    *(((Z,), {"axis": axis}, special.log_softmax) for axis in (1, (2, 1), None))],
}
ALL = [(name, *case) for name, cases in CASES.items() for case in cases]
NO_BATCH = {"ravel", "outer", "diag"}  # their results do not begin with the samples


def oracle(name, args, options, how=None):
    options = {key: tuple(value) if key == "axis" and isinstance(value, list) and how is None else value
               for key, value in options.items()}
    return (getattr(np, name) if how is None else how)(*args, **options)


def close(ours, theirs):
    ours, theirs = ([one] if not isinstance(one, (list, tuple)) else one for one in (ours, theirs))
    assert len(ours) == len(theirs)
    for mine, true in zip(ours, theirs, strict=True):
        true = np.asarray(true)
        assert tuple(mine.shape) == true.shape and (mine.dtype is torch.bool) == (true.dtype == bool)
        np.testing.assert_allclose(mine.numpy(), true, rtol=1e-12, atol=1e-14)


def tensors(value):
    """Floating arrays as tensors, at any depth."""
    if isinstance(value, (list, tuple)) and any(isinstance(part, np.ndarray) for part in value):
        return [tensors(part) for part in value]
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def test_every_function_has_a_case():
    made = {"zeros", "ones", "full", "eye", "arange", "linspace", "convert_to_tensor", "convert_to_numpy", "shape", "ndim"}
    assert set(CASES) | made == set(ops.__all__) and set(TABLE["op"]) == set(CASES)


def test_on_arrays_and_on_tensors():
    for name, args, options, *how in ALL:
        wanted = oracle(name, args, options, *how)
        close(getattr(ops, name)(*args, **options), wanted)
        close(getattr(ops, name)(*map(tensors, args), **options), wanted)


def graph_of(function, args, options):
    """What makes a model that does the same, with an input for each array of three samples; and those arrays."""
    arrays, symbols = [], []

    def placed(value):
        if isinstance(value, np.ndarray) and value.ndim > 1 and len(value) == 3:
            arrays.append(value)
            symbols.append(nabi.Input(value.shape[1:]))
            return symbols[-1]
        return [placed(part) for part in value] if isinstance(value, list) else value

    placed_args = [placed(value) for value in args]
    return lambda: nabi.Model(symbols, function(*placed_args, **options)), arrays


def test_on_symbols(monkeypatch):
    """The graph's numbers are those of the function, its shape too; and so is a copy's that was made from the configuration."""
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    seen = set()
    for name, args, options, *how in ALL:
        wanted = oracle(name, args, options, *how)
        several = isinstance(wanted, (list, tuple))
        shapes = [np.shape(part) for part in (wanted if several else [wanted])]
        if name in NO_BATCH or any(len(shape) == 0 or shape[0] != 3 for shape in shapes):
            continue
        build, arrays = graph_of(getattr(ops, name), args, options)
        if not arrays:
            continue
        model = build()
        seen.add(name)
        assert [symbol.shape[1:] for symbol in model.outputs] == [shape[1:] for shape in shapes], name
        for one in (model, nabi.Model.from_config(model.get_config())):
            made = one([torch.from_numpy(array) for array in arrays])
            close(made, wanted)
    assert set(CASES) - seen == NO_BATCH


def test_made_of_shapes():
    assert ops.zeros((2, 1)).tolist() == [[0], [0]] and ops.ones(2, "int64").tolist() == [1, 1]
    np.testing.assert_array_equal(ops.full((2, 3), [1, 2, 3], "float64"), np.full((2, 3), [1, 2, 3]))
    np.testing.assert_array_equal(ops.eye(3, 4, -1), np.eye(3, 4, -1))
    for given in ((4,), (1, 9, 3), (0.5, 2, 0.25)):
        np.testing.assert_allclose(ops.arange(*given), np.arange(*given))
    np.testing.assert_allclose(ops.linspace(0, 1, 5, dtype="float64"), np.linspace(0, 1, 5))
    assert ops.shape(nabi.Input((4,))) == (None, 4) and ops.ndim(X) == 2


def test_dtypes():
    """Python's floats and arrays take the dtype of the tensor beside them; whole numbers stay whole where they can."""
    single = torch.ones(2)
    assert ops.add(single, np.ones(2)).dtype is torch.float32 and ops.multiply(2.5, single.double()).dtype is torch.float64
    assert ops.add(np.ones(2), np.ones(2)).dtype is torch.float64 and ops.add([1], [2]).dtype is torch.int64
    assert ops.mean([1, 2]).dtype is torch.float32 and ops.convert_to_tensor([0.5]).dtype is torch.float32
    assert ops.convert_to_tensor(single, "int32").dtype is torch.int32 and ops.cast(single, torch.float64).dtype is torch.float64
    assert ops.prod(WHOLE, dtype="int32").dtype is ops.prod(WHOLE, axis=(0, 1), dtype="int32").dtype is torch.int32
    assert ops.round(np.int8([25]), -1).dtype is torch.int8 and ops.subtract(np.int8([1]), 1).dtype is torch.int8
    assert all(function([True, False]).tolist() == [True, False] for function in (ops.abs, ops.absolute, ops.round))
    for function in (ops.relu, ops.relu6, ops.hard_tanh):
        for dtype in (torch.int64, torch.int8, torch.uint8):
            made, single = function(torch.tensor([0, 1, 9], dtype=dtype)), function(torch.tensor([0.0, 1.0, 9.0]))
            assert made.dtype is dtype and made.tolist() == single.tolist()
        assert function(torch.tensor([True])).dtype is torch.float32
    assert ops.relu([-2, 2**60 + 1]).tolist() == [0, 2**60 + 1] and ops.hard_tanh([-3, 3]).tolist() == [-1, 1]
    layer = nabi.layers.Dense(2, kernel_initializer="ones")
    layer.build((None, 2))
    assert ops.matmul(np.ones((1, 2)), layer.weights[0]).tolist() == [[2, 2]], "a weight stands for its tensor"
    assert ops.convert_to_numpy(layer.weights[0]).shape == (2, 2)


def test_gradients_by_finite_differences():
    """Of the functions that are written out here and not handed to torch under their own name."""
    x = torch.from_numpy(X).requires_grad_()
    for function in (lambda t: ops.divide_no_nan(t, torch.from_numpy(WHOLE)), lambda t: ops.clip(t, -0.3, 0.4), ops.normalize,
                     lambda t: ops.take(t, [0, -1, 0], axis=1), lambda t: ops.pad(t, ((0, 0), (2, 1)), "reflect"),
                     lambda t: ops.dot(t, torch.from_numpy(Y.T)), lambda t: ops.prod(t, axis=1), ops.std):
        torch.autograd.gradcheck(function, (x,))
    assert not ops.stop_gradient(x).requires_grad
    y = torch.tensor([0.0, 2.0], requires_grad=True)
    ops.divide_no_nan(torch.ones(2), y).sum().backward()
    assert y.grad.tolist() == [0, -0.25], "no NaN where nothing is divided"


@pytest.mark.parametrize("wrong", [
    lambda x: np.add(x, 1e-9), lambda x: x.std(ddof=1), lambda x: np.where(x > 0, x, 0.2001 * x)])
def test_a_mutated_formula_would_be_found(wrong):
    right = {0: lambda: ops.add(X, 0), 1: lambda: ops.std(X), 2: lambda: ops.leaky_relu(X)}
    with pytest.raises(AssertionError):
        for ours in right.values():
            close(ours(), wrong(X))


@pytest.mark.parametrize("call, said", [
    (lambda: ops.mean(X, axes=1), "Did you mean 'axis'"), (lambda: ops.cast(X, "float33"), "a dtype such as"),
    (lambda: ops.split(X, 3, axis=1), "a divisor of 4, got 3"), (lambda: ops.squeeze(X, 1), "axes of length 1"),
    (lambda: ops.squeeze(3, axis=0), "axes of length 1"), (lambda: ops.squeeze(X, 5), "-2 to 1, of 2 axes, got 5"),
    (lambda: ops.sum(X, axis=(0, -3)), "-2 to 1, of 2 axes, got -3"), (lambda: ops.take(X, 0, axis=2), "of 2 axes, got 2"),
    (lambda: ops.take(X, [0, 9, 12]), "places from -12 to 11, .* got 12"), (lambda: ops.take(X, -5, axis=1), "got -5"),
    (lambda: ops.take_along_axis(X, [[4], [0], [0]], axis=1), "places from -4 to 3, .* got 4"),
    (lambda: ops.unstack(X, 3, axis=1), "4, the length of axis 1"), (lambda: ops.mean(), "Write mean"),
    (lambda: ops.reshape(nabi.Input((4,)), (5, 7)), "reshape.*shape '.5, 7.' is invalid"),
    (lambda: nabi.Input((4,)) + np.ones(9999), "at most 4096 numbers"),
    (lambda: nabi.Input((4,)) + object(), "symbols, numbers")])
def test_errors(call, said):
    with pytest.raises((ArgumentError, ShapeError), match=said):
        call()
