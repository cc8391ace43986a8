"""Labels and predictions of one rank and dtype: every pair of small shapes against Keras' own function."""

import itertools

import numpy as np
import pytest
import torch

import nabi
from nabi import ops
from nabi.core.config import config
from nabi.core.errors import DataError
from nabi.core.targets import aligned, as_pair, label_form, per_sample, same_rank

SHAPES = [(), (1,), (3,), (3, 1), (3, 3), (3, 2, 1), (3, 2), (3, 2, 2), (1, 1)]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(SHAPES, SHAPES)))
def test_same_rank_is_keras_rule(a, b):
    from keras.src.losses.loss import squeeze_or_expand_to_same_rank

    theirs = squeeze_or_expand_to_same_rank(torch.zeros(a), torch.zeros(b))
    assert [t.shape for t in same_rank(torch.zeros(a), torch.zeros(b))] == [t.shape for t in theirs]


def test_arrays_that_torch_cannot_read():
    """Steps backwards (a picture flipped, its colours turned round) and another byte order."""
    x = np.arange(6.0, dtype=">f4").reshape(2, 3)
    for odd in (x, x[::-1].astype("f4")[::-1], x[:, ::-1]):
        a, b = as_pair(odd, odd)
        np.testing.assert_array_equal(a, odd)
        for made in (b, ops.negative(ops.negative(odd)), nabi.layers.ReLU()(odd)):
            np.testing.assert_array_equal(made, odd)
    assert nabi.losses.MeanSquaredError("none")(x * 0, x, np.array([1.0, 0.0])[::-1]).tolist() == [0, pytest.approx(50 / 3)]


def test_dtypes(monkeypatch):
    y, p = as_pair([1, 2], np.array([0.5, 0.25], np.float64))
    assert (y.dtype, p.dtype) == (torch.int64, torch.float64)
    assert as_pair([1], torch.zeros(1, dtype=torch.bfloat16))[1].dtype == torch.float32
    assert as_pair([1], [1])[1].dtype == torch.float32
    monkeypatch.setattr(config, "floatx", "float64")
    assert as_pair([1], [1])[1].dtype == torch.float64
    y, p = aligned(torch.tensor([True, False]), torch.zeros(2, 1))
    assert y.dtype == p.dtype == torch.float32 and y.shape == p.shape == (2, 1)
    leaf = torch.zeros(2, dtype=torch.bfloat16, requires_grad=True)
    as_pair(leaf, leaf)[1].sum().backward()
    assert leaf.grad.tolist() == [1, 1]


def test_weights():
    values = torch.ones(4, 4, 2)
    for shape in [(4,), (4, 4), (4, 4, 2), (4, 1, 1), (1,), (2,), ()]:
        v, w = per_sample(values, torch.ones(shape))
        assert (v * w).shape == values.shape
    assert per_sample(values, torch.ones(4))[1].shape == (4, 1, 1)  # the samples, not the last axis
    for shape in [(3,), (4, 3), (5, 4, 2), (1, 4, 4, 2)]:
        with pytest.raises(DataError, match=r"sample_weight: expected one weight a sample, \(4,\), or the values' shape"):
            per_sample(values, torch.ones(shape))


def test_label_forms_are_keras_choice():
    from keras.src.trainers.compile_utils import is_binary_or_sparse_categorical

    for y, p in itertools.product(SHAPES[1:], SHAPES[1:]):
        binary, sparse = is_binary_or_sparse_categorical(torch.zeros(y), torch.zeros(p))
        assert label_form(y, p) == ("binary" if binary else "sparse" if sparse else "categorical")
