"""Statistics against scipy and published numbers."""

import math

import pytest
from scipy import stats

from nabi.core.errors import ArgumentError
from nabi.lab.statistics import two_proportions, wilson

COUNTS = [(0, 10), (1, 10), (10, 10), (81, 263), (974, 1000), (9922, 10000), (1, 1)]


@pytest.mark.parametrize("right, n", COUNTS)
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_wilson_is_scipys(right, n, confidence):
    expected = stats.binomtest(right, n).proportion_ci(confidence, method="wilson")
    assert wilson(right, n, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_is_newcombes_published_interval():
    """Newcombe, Statistics in Medicine 1998, table I, method 3."""
    published = {(81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718)}
    for counts, interval in published.items():
        assert wilson(*counts) == pytest.approx(interval, abs=5e-5)


def test_the_textbooks_interval_would_be_noticed():
    p, n, z = 0.974, 1000, 1.959964
    wald = (p - z * math.sqrt(p * (1 - p) / n), p + z * math.sqrt(p * (1 - p) / n))
    assert abs(wilson(974, 1000)[0] - wald[0]) > 1e-3


@pytest.mark.parametrize("a, n, b, m", [(990, 1000, 970, 1000), (9920, 10000, 9890, 10000), (50, 100, 49, 120), (3, 10, 8, 10)])
def test_two_proportions_is_the_chi_square_test_without_correction(a, n, b, m):
    z, P = two_proportions(a, n, b, m)
    expected = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False)
    assert z * z == pytest.approx(expected.statistic, rel=1e-12)
    assert P == pytest.approx(expected.pvalue, rel=1e-9)
    assert two_proportions(b, m, a, n) == pytest.approx((-z, P))


def test_equal_and_perfect_counts_do_not_differ():
    assert two_proportions(10, 10, 20, 20) == (0.0, 1.0)
    assert two_proportions(0, 10, 0, 20) == (0.0, 1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(11, 10),
        lambda: wilson(0, 0),
        lambda: wilson(-1, 5),
        lambda: wilson(1, 5, 1.0),
        lambda: two_proportions(1, 0, 1, 2),
        lambda: two_proportions(1, 2, 3, 2),
    ],
)
def test_impossible_counts_are_refused(call):
    with pytest.raises(ArgumentError, match="expected"):
        call()
