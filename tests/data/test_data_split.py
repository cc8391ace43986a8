"""Splits and weights by class: scikit-learn and hand counts as oracles; properties for any labels."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi.core.errors import ArgumentError, DataError
from nabi.data import class_labels, class_weights, split_indices, warn_missing

MANY = settings(max_examples=60, deadline=None)


@MANY
@given(st.lists(st.integers(0, 4), min_size=2, max_size=60), st.floats(0.02, 0.98), st.sampled_from(["tail", "stratified"]))
def test_a_split_is_a_partition(labels, share, mode):
    labels = np.array(labels)
    try:
        train, held = split_indices(len(labels), share, mode, labels, seed=1)
    except ArgumentError as error:
        assert "samples on both sides" in str(error)
        return
    assert sorted([*train, *held]) == list(range(len(labels))) and len(train) and len(held)
    if mode == "tail":
        assert len(train) == int(len(labels) * (1 - share)) and train.max() < held.min()
    else:
        for label in np.unique(labels):
            n, out = (labels == label).sum(), (labels[held] == label).sum()
            assert abs(out - share * n) <= 1 and (out < n), "every class in the same share, none of it all"


def test_the_stratified_split_is_a_function_of_the_seed():
    labels = np.arange(100) % 4
    splits = [split_indices(100, 0.2, "stratified", labels, seed)[1].tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2] and len(splits[0]) == 20


@pytest.mark.parametrize("share, mode, labels, message", [
    (1.0, "tail", None, r"a share in \[0, 1\)"), (True, "tail", None, "a share"), (-0.1, "tail", None, "a share"),
    (0.5, "random", None, "'tail' or 'stratified'"), (0.5, "stratified", None, "one array of class labels"),
    (0.95, "tail", None, "leaves samples on both sides, got 0.95 of 9"),
])  # fmt: skip
def test_impossible_splits(share, mode, labels, message):
    with pytest.raises(ArgumentError, match=message):
        split_indices(9, share, mode, labels, 0)


@pytest.mark.parametrize("y, expected", [
    (torch.tensor([2, 0, 1]), [2, 0, 1]), (torch.tensor([[2], [0]]), [2, 0]), (torch.tensor([1.0, 0.0]), [1, 0]),
    (torch.eye(3)[[2, 0]], [2, 0]), (torch.eye(3, dtype=torch.uint8)[[1, 1]], [1, 1]), (torch.eye(3)[[1, 0]].bool(), [1, 0]),
    (torch.tensor([True, False]), [1, 0]), (torch.tensor([0.5, 1.0]), None), (torch.tensor([[1, 1], [0, 1]]), None),
    (torch.zeros(2, 3), None), (torch.zeros(2, 3, 3), None),
])  # fmt: skip
def test_class_labels(y, expected):
    found = class_labels(y)
    assert found is None if expected is None else found.tolist() == expected


@MANY
@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_balanced_weights_are_scikit_learns(labels):
    from sklearn.utils.class_weight import compute_sample_weight

    np.testing.assert_allclose(class_weights("balanced", np.array(labels)), compute_sample_weight("balanced", labels), rtol=1e-12)


def test_weights_by_table():
    labels = np.array([3, 0, 3, 1])
    assert class_weights({0: 2.0, 1: 3, 3: 0.5}, labels).tolist() == [0.5, 2.0, 0.5, 3.0]
    assert class_weights({np.float32(3.0): 4}, labels).tolist() == [4.0, 1.0, 4.0, 1.0], "who is not named weighs 1"
    assert class_weights({0: 1, 1: 2, 2: 9, 3: 1}, labels).tolist() == [1, 1, 1, 2], "a class may be absent from the data"
    with pytest.raises(DataError, match="Use sample_weight"):
        class_weights({0: 1.0}, None)


def test_missing_classes_are_named_with_the_reason():
    labels = np.repeat([0, 1, 2, 3], 10)
    with pytest.warns(UserWarning) as caught:
        warn_missing(labels, *split_indices(40, 0.25, "tail", labels, 0), "tail")
    said = [str(warning.message) for warning in caught]
    assert said[0].startswith("validation_split: class 3 is missing in the training part: the last samples are held out")
    assert said[1].startswith("validation_split: classes 0, 1, 2 are missing in the validation part")
    assert caught[0].filename == __file__
    alone = np.array([0] * 9 + [1])
    with pytest.warns(UserWarning, match="class 1 is missing in the validation part: one sample cannot stand on both sides"):
        warn_missing(alone, *split_indices(10, 0.3, "stratified", alone, 0), "stratified")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for labels in (None, np.arange(40), np.random.default_rng(0).integers(0, 3, 40)):  # none, rather numbers, well mixed
            warn_missing(labels, np.arange(30), np.arange(30, 40), "tail")
