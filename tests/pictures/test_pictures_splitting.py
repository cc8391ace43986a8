"""Splitting: shares of every class, groups that stay whole, the same split from the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi.core.errors import ArgumentError
from nabi.pictures.splitting import split, wanted


def sides(labels, **options):
    """Side of each picture (N,): 0, 1 or 2; every picture stands on one."""
    parts = split(labels, **options)
    side = np.full(len(labels), -1)
    for number, part in enumerate(parts):
        assert (np.diff(part) > 0).all() and (side[part] == -1).all()
        side[part] = number
    assert (side >= 0).all()
    return side


def test_each_class_has_its_share_on_each_side():
    y = np.repeat([0, 1, 2], [1000, 100, 10])
    side = sides(y, validation=0.2, test=0.1, seed=3)
    counts = [[int(((y == k) & (side == s)).sum()) for s in range(3)] for k in range(3)]
    assert counts == [[700, 200, 100], [70, 20, 10], [7, 2, 1]]


def test_seeds_draw_different_samples_and_the_same_one_the_same():
    y = np.arange(200) % 4
    first, again, other = (sides(y, seed=seed) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()
    names = np.array(["b", "a", "d", "c"])[y]
    assert (sides(names, seed=1) == sides(np.array([1, 0, 3, 2])[y], seed=1)).all(), "only the order of names counts"


@pytest.mark.learn
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=60), st.integers(0, 5),
       st.sampled_from([(0.1, 0.1), (0.3, 0.0), (0.0, 0.4), (0.25, 0.5)]))
def test_groups_are_never_torn_and_classes_are_everywhere_they_can_be(pictures, seed, shares):
    y = np.array([label for label, _ in pictures])
    g = np.array([f"{label}/{group}" for label, group in pictures])  # a group has one class
    side = sides(y, groups=g, validation=shares[0], test=shares[1], seed=seed)
    for group in np.unique(g):
        assert len(set(side[g == group])) == 1
    used = [0, *(s for s in (1, 2) if shares[s - 1] > 0)]
    assert set(side) <= set(used)
    for label in np.unique(y):
        groups = len(np.unique(g[y == label]))
        assert len(set(side[y == label])) == min(groups, len(used)) and 0 in side[y == label]


def test_groups_of_several_classes_stay_whole():
    rng = np.random.default_rng(0)
    y, g = rng.integers(0, 5, 3000), rng.integers(0, 700, 3000)
    side = sides(y, groups=g, validation=0.1, test=0.2, seed=4)
    assert all(len(set(side[g == group])) == 1 for group in np.unique(g))
    share = np.array([[((y == k) & (side == s)).sum() / (y == k).sum() for s in range(3)] for k in range(5)])
    assert np.abs(share - [0.7, 0.1, 0.2]).max() < 0.02
    torn = sides(y, validation=0.1, test=0.2, seed=4)
    assert any(len(set(torn[g == group])) > 1 for group in np.unique(g)), "without groups they are torn"


def test_small_classes():
    assert [wanted(n, 0.1, 0.1) for n in (1, 2, 3, 30)] == [(1, 0, 0), (1, 1, 0), (1, 1, 1), (24, 3, 3)]
    assert [len(part) for part in split([], validation=0.1)] == [0, 0, 0]


@pytest.mark.parametrize("options", [{"validation": 1}, {"test": -0.1}, {"validation": 0.5, "test": 0.5}, {"test": "a tenth"},
                                     {"groups": [1, 2]}])
def test_wrong_arguments(options):
    with pytest.raises(ArgumentError, match=r"split\(.*expected"):
        split([0, 1, 0], **options)
