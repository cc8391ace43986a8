"""Seed noise against SciPy, and Holm's correction against its definition."""

import numpy as np
import pytest
from scipy import special, stats

from nabi.core.errors import ArgumentError
from nabi.lab import seed_noise


def test_the_tests_are_scipys():
    generator = np.random.default_rng(0)
    for n in (2, 3, 4, 7, 20):
        a, b = generator.normal(0.9, 0.02, n), generator.normal(0.91, 0.01, n)
        found, wanted = seed_noise.paired(a, b), stats.ttest_rel(a, b)
        assert (found.t, found.P, found.df) == pytest.approx((wanted.statistic, wanted.pvalue, n - 1), rel=1e-9)
        c = [*b, 0.95]
        found, wanted = seed_noise.welch(a, c), stats.ttest_ind(a, c, equal_var=False)
        assert (found.t, found.P, found.df) == pytest.approx((wanted.statistic, wanted.pvalue, wanted.df), rel=1e-9)
        pooled = stats.ttest_ind(a, c)
        assert abs(found.P - pooled.pvalue) > 1e-6, "the test with one variance for both says something else"
    for x in (1e-6, 0.2, 0.5, 0.9, 0.9999):
        for a, b in ((0.5, 0.5), (1, 3), (9, 0.5), (60, 40)):
            assert seed_noise.incomplete_beta(x, a, b) == pytest.approx(special.betainc(a, b, x), rel=1e-10, abs=1e-14)


def test_equal_differences_are_not_taken_for_certain():
    """Three seeds, each one picture of 1,000 better: a step of the scale, no proof."""
    found = seed_noise.paired([0.951, 0.961, 0.971], [0.95, 0.96, 0.97], step=0.001)
    assert found.t == pytest.approx(3**0.5, rel=1e-6) and found.P > 0.2
    assert seed_noise.paired([0.5, 0.5], [0.5, 0.5]).P == 1.0 and seed_noise.paired([1.0, 1.0], [0.5, 0.5]).P == 0.0
    assert seed_noise.welch([0.5, 0.5], [0.5, 0.5]).P == 1.0


def stepwise(P):
    """Holm's method as he wrote it: at level q the smallest P are rejected while P_(r) <= q / (m - r + 1)."""
    levels = np.linspace(0, 1, 2001)
    order = np.argsort(P)
    first = np.ones(len(P))
    for q in levels[::-1]:
        for r, k in enumerate(order):
            if P[k] > q / (len(P) - r):
                break
            first[k] = q
    return first


def test_holm():
    generator = np.random.default_rng(1)
    for n in (1, 2, 5, 9):
        P = generator.random(n) ** 4
        np.testing.assert_allclose(seed_noise.holm(list(P)), stepwise(P), atol=1e-3)
        if n > 1:
            assert np.abs(np.minimum(n * P, 1) - stepwise(P)).max() > 2e-3, "Bonferroni's correction is larger"
    for call in (lambda: seed_noise.paired([1.0], [1.0]), lambda: seed_noise.paired([1.0, 2.0], [1.0]),
                 lambda: seed_noise.welch([1.0], [1.0, 2.0])):
        with pytest.raises(ArgumentError):
            call()
