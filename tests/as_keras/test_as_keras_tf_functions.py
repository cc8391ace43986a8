"""tf's functions against NumPy and torch: arithmetic, arrangement, convolutions with kernels at hand, modules, random numbers."""

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow import arithmetic, arranging, convolving, linalg, modules, random, root, sampling
from nabi.as_keras.tensorflow import math as tf_math

RNG = np.random.default_rng(11)
X, Y = RNG.normal(size=(3, 4)), RNG.uniform(0.5, 2, (3, 4))
T = torch.tensor(X)
U, S, V = np.linalg.svd(X, full_matrices=False)

CASES = {
    "squared difference": (arithmetic.squared_difference(X, Y), (X - Y) ** 2),
    "add_n": (arithmetic.add_n([T, T, T]), 3 * X),
    "zero_fraction": (arithmetic.zero_fraction(torch.tensor([0.0, 1.0, 0.0, 2.0])), 0.5),
    "xdivy": (arithmetic.xdivy(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 2.0])), [0, 0.5]),
    "xlogy": (arithmetic.xlogy([0.0, 2.0], [0.0, 3.0]), [0, 2 * np.log(3)]),
    "polyval": (arithmetic.polyval([2.0, -1.0, 3.0], T), np.polyval([2, -1, 3], X)),
    "lgamma": (arithmetic.lgamma([5.0]), [np.log(24)]),
    "bincount": (arithmetic.bincount([1, 1, 3], minlength=5), [0, 2, 0, 1, 0]),
    "segment_sum": (arithmetic.segment_sum(T, [0, 0, 1]), [X[0] + X[1], X[2]]),
    "segment_mean": (arithmetic.segment_mean(T, [0, 0, 1]), [(X[0] + X[1]) / 2, X[2]]),
    "segment_max": (arithmetic.segment_max(T, [0, 0, 1]), [np.maximum(X[0], X[1]), X[2]]),
    "argmax": (tf_math.argmax(T), X.argmax(0)), "argmin": (arithmetic.argmin(T, 1), X.argmin(1)),
    "norm": (root.norm(T), np.linalg.norm(X)), "norm of rows": (root.norm(T, axis=1), np.linalg.norm(X, axis=1)),
    "norm of sums": (arithmetic.norm(T, 1, axis=1), np.abs(X).sum(1)),
    "scatter_nd": (arranging.scatter_nd([[0], [2], [0]], [1.0, 2.0, 5.0], [4]), [6, 0, 2, 0]),
    "scatter_add": (arranging.tensor_scatter_nd_add(T, [[0, 1]], [1.0])[0, 1], X[0, 1] + 1),
    "sequence_mask": (arranging.sequence_mask([1, 3], 4), np.arange(4) < np.array([[1], [3]])),
    "searchsorted": (arranging.searchsorted([1.0, 2.0, 3.0], [2.5, 0.0]), [2, 0]),
    "histogram": (arranging.histogram_fixed_width([-1.0, 0.0, 1.5, 2, 5, 15], [0.0, 5.0], 5), [2, 1, 1, 0, 2]),
    "global norm": (arranging.global_norm([T, None, 2 * T]), np.sqrt(5 * (X**2).sum())),
    "clipped": (arranging.clip_by_global_norm([T, T], 1.0)[0][0], X / np.sqrt(2 * (X**2).sum())),
    "not clipped": (arranging.clip_by_global_norm([T], 100.0)[0][0], X),
    "scan": (arranging.scan(lambda last, row: last + row, T), X.cumsum(0)),
    "foldl": (arranging.foldl(lambda last, row: last * row, T), X.prod(0)),
    "band": (linalg.band_part(T[:, :3], 0, 1), np.triu(np.tril(X[:, :3], 1))),
    "svd": (linalg.svd(T)[0], S), "svd back": (linalg.svd(T)[1] @ linalg.svd(T)[0].diag() @ linalg.svd(T)[2].T, X),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_functions(name):
    made, wanted = CASES[name]
    np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float), atol=1e-6)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float) + 1e-4, atol=1e-6)


def test_transposed_convolution_is_the_slope_of_one():
    kernel = torch.randn(3, 3, 5, 2, dtype=torch.float64)  # height, width, out, in
    for padding, steps, size in (("SAME", 2, (8, 7)), ("SAME", 1, (4, 4)), ("VALID", 2, (9, 9))):
        y = torch.randn(2, *size, 5, dtype=torch.float64, requires_grad=True)
        made = convolving.convolution(y, kernel, steps, padding)
        given = torch.randn_like(made)
        slope = torch.autograd.grad(made, y, given)[0]
        torch.testing.assert_close(convolving.conv2d_transpose(given, kernel, y.shape, steps, padding), slope)


def test_depthwise_separable_and_one_dimensional():
    x, kernel, point = torch.randn(2, 7, 6, 3), torch.randn(3, 2, 3, 2), torch.randn(1, 1, 6, 4)
    for padding, steps in (("SAME", [1, 2, 2, 1]), ("VALID", 1)):
        made = convolving.depthwise_conv2d(x, kernel, steps, padding)
        for channel in range(3):
            one = convolving.convolution(x[..., channel : channel + 1], kernel[:, :, channel, None], steps, padding)
            torch.testing.assert_close(made[..., 2 * channel : 2 * channel + 2], one, atol=1e-5, rtol=1e-5)
        separate = convolving.separable_conv2d(x, kernel, point, steps, padding)
        torch.testing.assert_close(separate, made @ point[0, 0], atol=1e-4, rtol=1e-4)
    row, filters = torch.randn(2, 9, 3), torch.randn(3, 3, 4)
    wanted = torch.conv1d(row.permute(0, 2, 1), filters.permute(2, 1, 0), stride=2).permute(0, 2, 1)
    torch.testing.assert_close(convolving.conv1d(row, filters, 2), wanted, atol=1e-5, rtol=1e-5)


def test_normalisations():
    x = torch.randn(2, 3, 3, 8)
    made = convolving.batch_normalization(x, x.mean(0), x.var(0), None, 2.0, 1e-3)
    torch.testing.assert_close(made, (x - x.mean(0)) / (x.var(0) + 1e-3).sqrt() * 2)
    wanted = torch.nn.functional.local_response_norm(x.permute(0, 3, 1, 2), 5, alpha=5 * 0.1, beta=0.75, k=2.0)
    torch.testing.assert_close(convolving.lrn(x, 2, 2.0, 0.1, 0.75), wanted.permute(0, 2, 3, 1))


def test_modules_know_their_variables():
    class Inner(modules.Module):
        def __init__(self):
            super().__init__()
            self.w = root.Variable([1.0])

    class Outer(modules.Module):
        def __init__(self):
            super().__init__(name="outer")
            self.parts, self.count, self.me = [Inner(), Inner()], root.Variable(0, trainable=False), self

    outer = Outer()
    assert len(outer.variables) == 3 and len(outer.trainable_variables) == 2 and outer.name == "outer"
    nested = {"b": [1, (2, 3)], "a": 4}
    assert modules.flatten(nested) == [4, 1, 2, 3] and modules.pack_sequence_as(nested, [4, 1, 2, 3]) == nested
    assert modules.map_structure(lambda a, b: a + b, [1, {"x": 2}], [10, {"x": 20}]) == [11, {"x": 22}]


def test_random_numbers():
    random.set_seed(3)
    first = random.truncated_normal([1000], 1.0, 2.0), random.gamma([500], 3.0), random.Generator.from_seed(5).normal([4])
    random.set_seed(3)
    again = random.truncated_normal([1000], 1.0, 2.0), random.gamma([500], 3.0), random.Generator.from_seed(5).normal([4])
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert abs(first[0] - 1).max() <= 4 + 1e-3 and first[0].std() == pytest.approx(2 * 0.88, rel=0.1)
    assert first[1].mean() == pytest.approx(3, rel=0.1)
    assert random.poisson([500], [2.0, 8.0]).mean(0)[1] == pytest.approx(8, rel=0.1)
    generator = random.Generator.from_seed(5)
    assert (generator.normal([4]) != generator.normal([4])).any() and generator.uniform([5], 0, 10, "int32").max() < 10


def test_losses_over_drawn_classes():
    """Their formulas in NumPy, with drawn classes that are given; with all classes as drawn ones the softmax is whole."""
    w, b, x = RNG.normal(size=(6, 4)), RNG.normal(size=6), RNG.normal(size=(2, 4))
    labels, found = np.array([[1], [3]]), torch.tensor([0, 2, 5])
    drawn = sampling.Candidates(found, torch.tensor([[0.5], [0.25]]), torch.tensor([0.9, 0.6, 0.1]))
    z = x @ w.T + b
    right = z[[0, 1], [1, 3]] - np.log([0.5, 0.25])
    others = z[:, [0, 2, 5]] - np.log([0.9, 0.6, 0.1])
    np.testing.assert_allclose(sampling.nce_loss(w, b, labels, x, 3, 6, sampled_values=drawn),
                               np.log1p(np.exp(-right)) + np.log1p(np.exp(others)).sum(1), rtol=1e-5)
    all_of_them = sampling.Candidates(torch.arange(6), torch.ones(2, 1), torch.ones(6))
    made = sampling.sampled_softmax_loss(w, b, labels, x, 6, 6, sampled_values=all_of_them)
    np.testing.assert_allclose(made, np.log(np.exp(z).sum(1)) - z[[0, 1], [1, 3]], rtol=1e-5)
    classes, true, _ = sampling.log_uniform_candidate_sampler([[0]], 1, 4, True, 4, seed=1)
    assert sorted(classes.tolist()) == [0, 1, 2, 3]
    share = np.log(2) / np.log(5)
    np.testing.assert_allclose(true, [[1 - (1 - share) ** 4]], rtol=1e-5)
    counts = np.bincount(sampling.log_uniform_candidate_sampler([[0]], 1, 4000, False, 4, seed=2)[0], minlength=4)
    np.testing.assert_allclose(counts / 4000, np.log([2, 3 / 2, 4 / 3, 5 / 4]) / np.log(5), atol=0.03)
    assert random.split((1, 2), 3).shape == (3, 2) and random.split((1, 2), 1).tolist() == random.split((1, 2), 1).tolist()
