"""Seed noise: whether two ways of training differ by more than the seeds, from a few runs of each.

    paired     d_s = a_s - b_s for each seed s,   t = mean(d) / (sd(d) / sqrt n),   n - 1 degrees of freedom
    Welch      t = (mean(a) - mean(b)) / sqrt(va + vb),   va = sd(a)^2 / n_a,   (va + vb)^2 / (va^2/(n_a-1) + vb^2/(n_b-1))
    P          share of pairs without any difference whose |t| would be this large: I_{df/(df+t^2)}(df/2, 1/2)
    Holm       of m tests the one with the r-th smallest P counts (m - r + 1) P, and none less than the one before it

A seed sets first weights, order of the samples and dropout, so two runs of one seed are a pair. Accuracies come in steps of one
sample: no standard deviation counts as smaller than that.

Source: Student, "The probable error of a mean", Biometrika 1908; Welch, Biometrika 1947; Holm, "A simple sequentially rejective
multiple test procedure", Scandinavian Journal of Statistics 1979. I is the regularised incomplete beta function, by its continued
fraction (Abramowitz and Stegun, 26.5.8).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from nabi.core.errors import ArgumentError

LEAST = 2  # runs of each, below which nothing can be said


@dataclass(frozen=True)
class Noise:
    """What a test says.

    Attributes:
        test: "paired" or "welch".
        difference: of the means. t, df: of Student's distribution. P: two-sided. n: pairs, or runs of the smaller group.
    """

    test: str
    difference: float
    t: float
    df: float
    P: float
    n: int


def paired(a: Sequence[float], b: Sequence[float], step: float = 0.0) -> Noise:
    """The paired test of runs with the same seeds.

    Args:
        a, b: (n,) a number for each seed, in one order.
        step: what one sample more or less makes: no spread counts as smaller.

    Example:
        >>> found = paired([0.97, 0.98, 0.99], [0.96, 0.96, 0.96])
        >>> round(found.t, 4), found.df, round(found.P, 4)
        (3.4641, 2, 0.0742)

    Raises: ArgumentError for other lengths, or fewer than two.
    """
    if len(a) != len(b) or len(a) < LEAST:
        raise ArgumentError("paired(a, b)", "the same number of runs of each, two or more", f"{len(a)} and {len(b)}")
    d = [x - y for x, y in zip(a, b, strict=True)]
    return told("paired", fmean(d), max(stdev(d), step) / math.sqrt(len(d)), len(d) - 1, len(d))


def welch(a: Sequence[float], b: Sequence[float], step: float = 0.0) -> Noise:
    """Welch's test of runs with other seeds: means of groups whose spread may differ.

    Example:
        >>> found = welch([0.97, 0.98, 0.99], [0.96, 0.96, 0.97])
        >>> round(found.t, 4), round(found.df, 3), round(found.P, 4)
        (2.5, 3.2, 0.0824)

    Raises: ArgumentError for fewer than two of one.
    """
    if min(len(a), len(b)) < LEAST:
        raise ArgumentError("welch(a, b)", "two runs of each or more", f"{len(a)} and {len(b)}")
    va, vb = (max(stdev(x), step) ** 2 / len(x) for x in (a, b))
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)) if va + vb else len(a) + len(b) - 2
    return told("welch", fmean(a) - fmean(b), math.sqrt(va + vb), df, min(len(a), len(b)))


def told(test: str, difference: float, error: float, df: float, n: int) -> Noise:
    """The test of a difference with this standard error."""
    t = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
    return Noise(test, difference, t, df, tail(t, df), n)


def tail(t: float, df: float) -> float:
    """P(|T| >= |t|) of Student's distribution.

    Example:
        >>> [round(tail(t, df), 4) for t, df in ((4.3027, 2), (2.2281, 10), (0.0, 5))]
        [0.05, 0.05, 1.0]
    """
    return 0.0 if math.isinf(t) else incomplete_beta(df / (df + t * t), df / 2, 0.5)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b), the regularised incomplete beta function.

    Example:
        >>> round(incomplete_beta(0.5, 2, 2), 12), round(incomplete_beta(0.2, 1, 3), 12)
        (0.5, 0.488)
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # where the fraction converges fast
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)) / a
    fraction = 1.0
    for m in range(200, 0, -1):  # from its far end: 1 + d_1 / (1 + d_2 / (1 + ...))
        k, odd = divmod(m, 2)
        d = (-(a + k) * (a + b + k) if odd else k * (b - k)) * x / ((a + m - 1) * (a + m))
        fraction = 1 + d / fraction
    return front / fraction


def holm(P: Sequence[float]) -> list[float]:
    """Each P corrected for how many tests there are.

    Example:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]
    """
    corrected, least = [1.0] * len(P), 0.0
    for rank, k in enumerate(sorted(range(len(P)), key=lambda k: P[k])):
        least = max(least, min(1.0, (len(P) - rank) * P[k]))
        corrected[k] = least
    return corrected
