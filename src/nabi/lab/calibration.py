"""Calibration: is a network that is 90 % sure right nine times out of ten?

    bin b: the answers whose probability lies in ((b - 1)/B, b/B]
    acc_b = share of them that is right        conf_b = their mean probability        ECE = sum_b n_b/n |acc_b - conf_b|

ECE is the expected calibration error: 0 is perfect. Source: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural
networks", ICML 2017, equations 2 and 5.
"""

from dataclasses import dataclass

import numpy as np

from nabi.core.errors import ShapeError

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """How sure a classifier was against how often it was right, bin by bin.

    Attributes:
        counts: (B,) answers in each bin.
        confidence, accuracy: (B,) mean probability and share that is right; NaN in an empty bin.
        error: ECE.
    """

    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    error: float


def calibration(sure: np.ndarray, right: np.ndarray, bins: int = BINS) -> Calibration:
    """Calibration of answers.

    Args:
        sure: (n,) the probability that was given to each answer, 0 to 1.
        right: (n,) whether it was right.

    Raises: ShapeError for lengths that do not fit.

    Example:
        >>> found = calibration(np.array([0.95, 0.95, 0.95, 0.65]), np.array([True, True, False, True]))
        >>> round(found.error, 4), found.counts.tolist()
        (0.3, [0, 0, 0, 0, 0, 0, 1, 0, 0, 3])
    """
    if np.ndim(sure) != 1 or np.shape(sure) != np.shape(right):
        raise ShapeError("calibration(sure, right)", "(n,) both", (np.shape(sure), np.shape(right)))
    b = np.clip(np.ceil(np.asarray(sure) * bins).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(b, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence, accuracy = (np.bincount(b, values, bins) / counts for values in (sure, right))
    error = np.nansum(counts * abs(accuracy - confidence)) / max(len(b), 1)
    return Calibration(counts, confidence, accuracy, float(error))
