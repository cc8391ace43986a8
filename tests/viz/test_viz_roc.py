"""ROC curve: its area beside scikit-learn's, the marked point, refusals."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from nabi import viz
from nabi.core.errors import ShapeError


def test_the_headline_is_the_area_under_the_curve():
    r = np.random.default_rng(0)
    truth = r.integers(0, 2, 200)
    scores = r.normal(truth, 1.0)
    false, true, _ = roc_curve(truth, scores)
    figure = viz.roc_curve(false, true, (0.25, 0.75), "smile")
    assert figure.texts[0].get_text().endswith(f"{roc_auc_score(truth, scores):.4f}")
    curve, point = figure.axes[0].lines[1], figure.axes[0].lines[2]
    assert np.allclose(curve.get_xydata(), np.stack([false, true], axis=1)) and point.get_xydata().tolist() == [[0.25, 0.75]]
    assert viz.png(figure)[1:4] == b"PNG"


def test_rates_of_different_lengths():
    with pytest.raises(ShapeError, match="as many rates"):
        viz.roc_curve([0, 1], [0, 0.5, 1])
