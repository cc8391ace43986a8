"""Calibration: against a loop over the bins, and scikit-learn's calibration curve."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from nabi.core.errors import ShapeError
from nabi.lab.calibration import calibration
from nabi.lab.evaluation import Evaluation

RANDOM = np.random.default_rng(0)
SURE = RANDOM.beta(4, 1, 500)
RIGHT = RANDOM.random(500) < SURE**1.5


def by_loop(sure, right, bins):
    error = 0.0
    for b in range(bins):
        inside = [k for k in range(len(sure)) if b / bins < sure[k] <= (b + 1) / bins]
        if inside:
            accuracy, confidence = sum(right[k] for k in inside) / len(inside), sum(sure[k] for k in inside) / len(inside)
            error += len(inside) / len(sure) * abs(accuracy - confidence)
    return error


@pytest.mark.parametrize("bins", [1, 5, 10, 15])
def test_the_error_is_the_loop_s(bins):
    found = calibration(SURE, RIGHT, bins)
    assert found.error == pytest.approx(by_loop(SURE, RIGHT, bins), rel=1e-12) and found.counts.sum() == 500
    assert abs(found.error - by_loop(SURE, ~RIGHT, bins)) > 0.1, "a formula that mistakes right for wrong would be noticed"


def test_the_curve_is_scikit_learn_s():
    found = calibration(SURE, RIGHT, 10)
    accuracy, confidence = calibration_curve(RIGHT, SURE, n_bins=10)
    full = found.counts > 0
    np.testing.assert_allclose(found.accuracy[full], accuracy)
    np.testing.assert_allclose(found.confidence[full], confidence)


def test_ends_and_the_summary():
    assert calibration(np.array([0.0, 1.0, 0.1]), np.array([True, True, True])).counts.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    found = Evaluation(np.array([0, 1, 1]), np.array([0, 1, 0]), np.array([0.8, 0.9, 0.6]), ("a", "b"))
    assert found.summary()["calibration_error"] == pytest.approx((0.2 + 0.1 + 0.6) / 3)
    with pytest.raises(ShapeError, match="calibration"):
        calibration(SURE, RIGHT[:3])
