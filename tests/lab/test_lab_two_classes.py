"""Two classes: area and rates beside scikit-learn's, the threshold by trying all."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score, roc_curve

from nabi.lab.two_classes import TwoClasses, auc, best_threshold


@pytest.mark.parametrize("digits", [1, 8])  # with many ties, with none
def test_as_scikit_learn_says(digits):
    r = np.random.default_rng(digits)
    truth = (r.random(300) < 0.3).astype(int)
    scores = np.clip(r.normal(0.3 + 0.3 * truth, 0.2), 0, 1).round(digits)
    assert auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores), abs=1e-12)
    assert abs(auc(truth, scores + 0.05 * truth) - auc(truth, scores)) > 1e-3
    t = best_threshold(truth, scores)
    tried = [f1_score(truth, scores >= n / 100) for n in range(101)]
    assert f1_score(truth, scores >= t) == pytest.approx(max(tried))
    found = TwoClasses(truth, scores, t, "smile").summary()
    assert found["precision"] == pytest.approx(precision_score(truth, scores >= t))
    assert found["recall"] == pytest.approx(recall_score(truth, scores >= t))
    false, true, _ = roc_curve(truth, scores, drop_intermediate=False)
    ours = TwoClasses(truth, scores, t, "smile").roc()
    assert np.allclose(ours[0], false) and np.allclose(ours[1], true)


def test_nothing_to_divide_by():
    found = TwoClasses(np.zeros(3, int), np.array([0.1, 0.2, 0.3]), 0.5, "smile").summary()
    assert found["auc"] is None and found["precision"] is None and found["recall"] is None
