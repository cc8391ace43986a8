"""to_categorical and normalize against Keras and NumPy; one seed for every generator."""

import random

import keras
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nabi.core import random as streams
from nabi.core.errors import ArgumentError, DataError
from nabi.utils import normalize, np_utils, set_random_seed, to_categorical


@pytest.mark.parametrize("shape", [(), (5,), (5, 1), (4, 3), (4, 3, 1), (1, 1), (0,)])
@pytest.mark.parametrize("num_classes", [4, 7, None])
def test_keras_shapes_and_numbers(shape, num_classes):
    y = np.random.default_rng(2).integers(4, size=shape)
    if not y.size and num_classes is None:
        with pytest.raises(DataError, match="at least one label, got none. Say num_classes"):
            to_categorical(y)
        return
    ours, theirs = to_categorical(y, num_classes), keras.utils.to_categorical(y, num_classes)
    assert ours.shape == theirs.shape and ours.dtype == np.float32
    np.testing.assert_array_equal(ours, theirs)


@given(st.lists(st.integers(0, 40), min_size=1))
def test_argmax_is_the_way_back(y):
    one_hot = to_categorical(y, 41)
    assert one_hot.argmax(-1).tolist() == y and one_hot.sum() == len(y)
    assert np_utils.to_categorical is to_categorical


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, bool])
def test_kinds_of_labels(kind):
    np.testing.assert_array_equal(to_categorical(np.array([0, 1, 1], kind), 2), [[1, 0], [0, 1], [0, 1]])
    np.testing.assert_array_equal(to_categorical(torch.tensor([0, 1]), 2, dtype="uint8"), np.eye(2, dtype=np.uint8))


@pytest.mark.parametrize(
    ("y", "n", "words"),
    [
        ([0, -1], None, "labels from 0 to 0, got the label -1. Classes count from 0"),
        ([0, 10], 10, "labels from 0 to 9, got the label 10. num_classes=11 or more would hold it"),
        ([0.0, 1.5], 3, "got the label 1.5"),
        ([0.0, np.nan], 3, "got the label nan"),
        (["cat", "dog"], None, "labels of type <U3. Number the classes: names, y = np.unique"),
    ],
)
def test_labels_that_are_none(y, n, words):
    with pytest.raises(DataError, match=words):
        to_categorical(y, n)
    with pytest.raises(ArgumentError, match="whole number above 0, or None, got 0"):
        to_categorical([0], 0)


@pytest.mark.parametrize("order", [1, 2, 3, np.inf])
@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_normalize(order, axis):
    x = np.random.default_rng(3).normal(size=(4, 5))
    ours = normalize(x, axis, order)
    expected = np.array([v / np.linalg.norm(v, order) for v in (x.T if axis == 0 else x)])
    np.testing.assert_allclose(ours, expected.T if axis == 0 else expected, rtol=1e-14)
    if axis != 0:  # Keras' axis=0 divides by the wrong norms
        np.testing.assert_allclose(ours, keras.utils.normalize(x, axis, order), rtol=1e-14)
    assert not normalize(np.zeros((2, 3))).any()


def test_one_seed_for_every_generator():
    def draw():
        return random.random(), np.random.rand(), torch.rand(1).item(), streams.fresh_generator().random(), streams.fresh_seed()

    set_random_seed(12)
    first = draw()
    assert all(a != b for a, b in zip(first, draw(), strict=True))
    set_random_seed(np.int64(12))
    assert draw() == first and streams.current_seed() == 12
    set_random_seed(13)
    assert all(a != b for a, b in zip(first, draw(), strict=True))
    for wrong in (-1, 2**32, 1.5, "7"):
        with pytest.raises(ArgumentError, match="whole number from 0 to"):
            set_random_seed(wrong)
