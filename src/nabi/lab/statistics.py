"""Statistics: how far an accuracy measured on n samples may lie from the true one, and whether two of them differ.

    Wilson's interval    (p + z^2/2n  +-  z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n),   p = k/n,  z = 1.96 for 95 %

    two proportions      z = (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)),   p = (k1 + k2) / (n1 + n2)
                         P = erfc(|z| / sqrt 2): the share of equal pairs of networks that would differ this much by chance

Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927, equation 4; for its use near
p = 1, where the textbook's p +- z sqrt(p(1-p)/n) fails, Brown, Cai and DasGupta, Statistical Science 2001.
"""

import math
from statistics import NormalDist

from nabi.core.errors import ArgumentError


def check_counts(where: str, right: int, n: int) -> None:
    """Raises ArgumentError unless 0 <= right <= n and n > 0."""
    if n < 1 or not 0 <= right <= n:
        raise ArgumentError(where, "0 <= right <= n and n > 0", f"right {right}, n {n}")


def wilson(right: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of the share right/n.

    Args:
        right: samples that were right.
        n: samples in all.
        confidence: share of such intervals that hold the true value, in (0, 1).

    Example:
        >>> [round(end, 4) for end in wilson(81, 263)]
        [0.2553, 0.3662]

    Raises:
        ArgumentError: counts or confidence out of range.
    """
    check_counts("wilson", right, n)
    if not 0 < confidence < 1:
        raise ArgumentError("wilson(confidence)", "a share in (0, 1)", confidence)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    p = right / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (centre - half) / scale, (centre + half) / scale
    return (0.0 if right == 0 else low, 1.0 if right == n else high)


def two_proportions(right1: int, n1: int, right2: int, n2: int) -> tuple[float, float]:
    """(z, P) of the difference right1/n1 - right2/n2, both sides counted.

    It treats the two sets of answers as independent. Two networks on one test set tend to miss the same hard samples, so the
    true P is smaller: what this test calls a difference is one, what it calls noise may still be one.

    Example:
        >>> z, P = two_proportions(990, 1000, 970, 1000)
        >>> round(z, 3), round(P, 4)
        (3.194, 0.0014)

    Raises:
        ArgumentError: counts out of range.
    """
    check_counts("two_proportions, first", right1, n1)
    check_counts("two_proportions, second", right2, n2)
    p = (right1 + right2) / (n1 + n2)
    spread = math.sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
    z = 0.0 if spread == 0 else (right1 / n1 - right2 / n2) / spread
    return z, math.erfc(abs(z) / math.sqrt(2))
