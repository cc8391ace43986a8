"""keras.ops beyond nabi.ops: numbers of NumPy and SciPy; on symbols they are nodes."""

import numpy as np
import pytest
import torch
from scipy import signal, special

RNG = np.random.default_rng(0)
X, Y, Z = (RNG.normal(size=shape).astype("float32") for shape in ((3, 4), (3, 4), (3, 2, 4)))
W = np.array([[5, 3, 2, 0], [1, 4, 2, 7], [0, 0, 9, 1]])
HOLES = np.where(X > 1, np.nan, X).astype("float32")
SQUARE = (X.T @ X + np.eye(4)).astype("float32")
PICTURE = X[None, :, :, None]
SHARES = np.abs(Y) / np.abs(Y).sum(-1, keepdims=True)
BY_NAME = [  # functions with NumPy's name and arguments
    *((name, (X,), {}) for name in "arcsinh cbrt exp2 sinc i0 rad2deg fabs trunc signbit isneginf isposinf isreal real imag conj "
      "fliplr flipud rot90 diff copy median ptp diagflat corrcoef average".split()),
    *((name, (X, Y), {}) for name in "hypot fmax fmin fmod logaddexp2 heaviside append vdot kron inner isclose".split()),
    *((name, (W, W[::-1].copy()), {}) for name in "gcd lcm bitwise_and bitwise_or bitwise_xor left_shift right_shift".split()),
    *((name, (HOLES,), {"axis": 1}) for name in "nansum nanmax nanmin nanmean nanstd nanvar nanprod nanmedian nanargmax".split()),
    *((name, ([X, Y],), {}) for name in "vstack hstack dstack".split()), ("array_split", (X, 3), {"axis": 1}),
    ("quantile", (X, np.float32([0.1, 0.5])), {"axis": 1}), ("percentile", (X, 30.0), {"axis": 0}), ("unique", (W,), {}),
    ("median", (Z,), {"axis": (1, 2), "keepdims": True}), ("average", (X,), {"axis": 1, "weights": np.float32([1, 2, 3, 4])}),
    ("bincount", (W[0],), {"minlength": 9}), ("digitize", (X, np.float32([-1, 0, 1])), {}), ("isin", (W, [1, 2]), {}),
    ("correlate", (X[0], Y[0][:3]), {"mode": "same"}), ("nonzero", (W,), {}), ("trapezoid", (X,), {}), ("histogram", (X,), {}),
    ("meshgrid", (X[0], Y[1][:2]), {"indexing": "ij"}), ("select", ([X > 0, X < -1], [X, Y], 0.5), {}), ("tri", (3, 4, 1), {}),
    ("unravel_index", (np.array([3, 5]), (3, 4)), {}), ("trace", (SQUARE,), {}), ("identity", (3,), {}), ("hanning", (5,), {}),
    ("logspace", (0.0, 2.0, 5), {}), ("geomspace", (1.0, 100.0, 3), {}), ("vander", (X[0],), {}), ("bitwise_not", (W,), {})]
BY_FORMULA = [
    ("erfc", (X,), {}, special.erfc(X)), ("erfinv", (np.tanh(X) * 0.9,), {}, special.erfinv(np.tanh(X) * 0.9)),
    ("sparsemax", ([[0.0, 0.0, -9.0], [1.0, 0.5, 0.0]],), {}, [[0.5, 0.5, 0], [0.75, 0.25, 0]]),
    ("squareplus", (X,), {}, (X + np.sqrt(X**2 + 4)) / 2), ("saturate_cast", ([300, -4], "uint8"), {}, [255, 0]),
    ("slice", (Z, (0, 0, 1), (2, -1, 3)), {}, Z[:2, :, 1:4]), ("scatter", ([[0], [2], [0]], X, (4, 4)), {}, [
        X[0] + X[2], 0 * X[0], X[1], 0 * X[0]]), ("scatter_update", ([1.0, 2.0, 3.0], [[0], [2]], [7.0, 8.0]), {}, [7, 2, 8]),
    ("slice_update", (np.zeros((2, 3)), (1, 1), [[5.0, 6.0]]), {}, [[0, 0, 0], [0, 5, 6]]),
    ("segment_sum", (X, [2, 0, 2]), {"num_segments": 3}, [X[1], 0 * X[0], X[0] + X[2]]),
    ("segment_max", (X, [0, 0, 1]), {}, [np.maximum(X[0], X[1]), X[2]]), ("in_top_k", ([1, 2], [[0.1, 0.2, 0.7]] * 2, 1), {}, [
        False, True]), ("inv", (SQUARE,), {}, np.linalg.inv(SQUARE)), ("det", (SQUARE,), {}, np.linalg.det(SQUARE)),
    ("solve", (SQUARE, X.T), {}, np.linalg.solve(SQUARE, X.T)), ("cdist", (X, Y), {}, np.linalg.norm(X[:, None] - Y, axis=-1)),
    ("rfft", (X,), {}, [np.fft.rfft(X).real, np.fft.rfft(X).imag]), ("irfft", ((X, 0 * X),), {}, np.fft.irfft(X)),
    ("rearrange", (Z, "a b c -> c (a b)"), {}, Z.transpose(2, 0, 1).reshape(4, 6)), ("multi_hot", ([[0, 2], [1, 1]], 3), {}, [
        [1, 0, 1], [0, 1, 0]]), ("space_to_depth", (np.arange(16.0).reshape(1, 4, 4, 1), 2), {}, np.float32([
            [[[0, 1, 4, 5], [2, 3, 6, 7]], [[8, 9, 12, 13], [10, 11, 14, 15]]]])),
    ("categorical_crossentropy", (np.eye(4)[[0, 2, 1]], SHARES), {}, -np.log(SHARES[range(3), [0, 2, 1]])),
    ("sparse_categorical_crossentropy", ([0, 2], X[:2]), {"from_logits": True}, -special.log_softmax(X, -1)[[0, 1], [0, 2]]),
    ("binary_crossentropy", ([1.0, 0.0], [0.3, 0.3]), {}, -np.log([0.3, 0.7])),
    ("layer_normalization", (X,), {"epsilon": 1e-9}, (X - X.mean(-1, keepdims=True)) / X.std(-1, keepdims=True)),
    ("conv", (PICTURE, Y[:2, :3, None, None]), {}, signal.correlate2d(X, Y[:2, :3], "valid")[None, :, :, None]),
    ("conv", (PICTURE, Y[:3, :3, None, None]), {"padding": "same", "strides": 2},
     signal.correlate2d(X, Y[:3, :3], "same")[None, ::2, 1::2, None]),
    ("depthwise_conv", (PICTURE, Y[:2, :3, None, None]), {}, signal.correlate2d(X, Y[:2, :3], "valid")[None, ..., None]),
    ("conv_transpose", (PICTURE, Y[:2, :3, None, None]), {}, signal.convolve2d(X, Y[:2, :3])[None, :, :, None]),
    ("max_pool", (PICTURE, 2), {"padding": "same"}, np.maximum(
        np.maximum(X[[0, 2]], X[[1, 2]])[:, ::2], np.maximum(X[[0, 2]], X[[1, 2]])[:, 1::2])[None, :, :, None]),
    ("average_pool", (PICTURE, (3, 1)), {}, X.mean(0)[None, None, :, None]),
    ("fori_loop", (0, 4, lambda i, v: v + i, 1), {}, 7), ("while_loop", (lambda i: i < 3, lambda i: i + 1, 0), {}, 3),
    ("scan", (lambda a, b: (a + b, a * b), 0.0, np.float32([1, 2, 3])), {}, [6, [0, 2, 9]]),
    ("map", (lambda x: 2 * x.sum(), X), {}, 2 * X.sum(1)),
    ("associative_scan", (lambda a, b: a + b, X), {}, X.cumsum(0))]  # fmt: skip


def same(ours, wanted, name):
    if isinstance(ours, (list, tuple)):
        assert len(ours) == len(wanted), name
        for one, other in zip(ours, wanted, strict=True):
            same(one, other, name)
    else:
        np.testing.assert_allclose(np.asarray(ours), np.asarray(wanted), rtol=2e-5, atol=2e-6, err_msg=name)


def test_numbers(served):
    from keras import ops

    for name, args, options in BY_NAME:
        oracle = {"nanmedian": np.nanmedian}.get(name) or getattr(np, name)
        same(getattr(ops, name)(*args, **options), oracle(*args, **options), name)
    for name, args, options, wanted in BY_FORMULA:
        same(getattr(ops, name)(*args, **options), wanted, name)
    with pytest.raises(AssertionError):
        same(ops.sinc(X), np.sin(X) / X, "sinc")  # NumPy's has pi in it


def test_on_symbols(served):
    """The same numbers as nodes of a graph; outside of `served` nobody knows their names."""
    import keras
    from keras import ops

    x = keras.Input((2, 4))
    y = ops.hypot(ops.slice(x, (0, 0, 1), (-1, 2, 2)), 2.0)
    model = keras.Model(x, [y, ops.median(x, axis=1), ops.segment_sum(ops.transpose(x, (1, 0, 2)), np.array([0, 0]), 1)])
    made = model(torch.from_numpy(Z))
    same(made[:2], [np.hypot(Z[:, :, 1:3], 2), np.median(Z, axis=1)], "symbols")
    copy = keras.Model.from_config(model.get_config())
    same(copy(torch.from_numpy(Z))[0], np.hypot(Z[:, :, 1:3], 2), "copy")


def test_places_that_are_all_there_are_not_picked_out(served):
    """Edges of a graph, in every step: no copy without those beyond, of which there are none; those are still left out."""
    from keras import ops

    x = torch.ones(4, 2, requires_grad=True)
    inside, beyond = (ops.segment_sum(x, np.array(at), num_segments=2) for at in ([0, 1, 1, 0], [0, 2, -1, 0]))
    assert inside.tolist() == [[2, 2], [2, 2]] and beyond.tolist() == [[2, 2], [0, 0]]
    names = [[made.grad_fn.next_functions[k][0].name() for k in range(2) if made.grad_fn.next_functions[k][0]]
             for made in (inside, beyond)]
    assert "IndexBackward0" in str(names[1]) and "IndexBackward0" not in str(names[0])
    assert ops.take(x, np.zeros((0, 3), int), axis=0).shape == (0, 3, 2)
    assert ops.take(np.arange(4.0), [-1, 0, -4]).tolist() == [3, 0, 0]
