"""AUC: the area under a curve that all thresholds together draw; no single threshold has to be chosen.

    ROC   y = TP / (TP + FN) over x = FP / (FP + TN)     the chance that a positive gets a larger p than a negative
    PR    y = TP / (TP + FP) over x = TP / (TP + FN)     precision over recall, for rare positives

    interpolation   ROC: trapezoids, sum (x_i - x_{i+1}) (y_i + y_{i+1}) / 2      PR: below
    majoring, minoring   the larger, the smaller of y_i and y_{i+1} in place of their mean

Between two thresholds of the PR curve TP grows evenly with P = TP + FP, TP = a + s P with slope s = dTP / dP, so the area is

    integral of TP/P dTP = s (dTP + a log(P_i / P_{i+1})),   divided by TP + FN

Source: Davis & Goadrich, "The relationship between precision-recall and ROC curves", 2006; Keras 3, metrics/confusion_metrics.py.
"""

from collections.abc import Sequence
from typing import Any

import torch

from nabi.core.config import config
from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.metrics.confusion import Confusion, limits_of, ratio

CURVES = ("ROC", "PR")
METHODS = ("interpolation", "majoring", "minoring")


@register("metric", "auc")
class AUC(Confusion):
    """Area under the ROC or precision-recall curve, from counts at fixed thresholds.

    Args:
        num_thresholds: how many there are: one below 0, one above 1, the others evenly between; more come closer to the curve.
        curve: "ROC" or "PR".
        summation_method: "interpolation", "majoring" (from above) or "minoring" (from below).
        thresholds: those between 0 and 1, in place of evenly spaced ones.
        multi_label: one curve for each label of (batch, labels), the areas averaged; else all answers make one curve.
        num_labels: how many labels, with `multi_label`; the first batch tells if None.
        label_weights: weights of the labels: of their areas with `multi_label`, else of their answers.
        from_logits: predictions are taken before the sigmoid.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.75

    Keras: the same thresholds and sums; a p that lies on a threshold, a no here, can be rounded above it there. Keras has a third
    curve, PRGAIN. scikit-learn's `roc_auc_score` takes every p as a threshold.
    Raises ArgumentError; DataError for labels in another shape than the predictions.
    """

    direction = "max"

    def __init__(self, num_thresholds: int = 200, curve: str = "ROC", summation_method: str = "interpolation",
                 name: str | None = None, dtype: Any = None, thresholds: Sequence[float] | None = None, multi_label: bool = False,
                 num_labels: int | None = None, label_weights: Sequence[float] | None = None, from_logits: bool = False):
        for word, value, known in (("curve", curve.upper() if isinstance(curve, str) else curve, CURVES),
                                   ("summation_method", str(summation_method).lower(), METHODS)):
            if value not in known:
                raise ArgumentError(f"AUC({word})", f"one of {', '.join(known)}", repr(value))
        self.num_thresholds = whole("AUC(num_thresholds)", num_thresholds, least=2)
        self.curve = curve.upper()
        self.summation_method = summation_method.lower()
        self.thresholds = thresholds
        self.multi_label = self.by_label = flag("AUC(multi_label)", multi_label)
        self.num_labels = whole("AUC(num_labels)", num_labels, least=1, optional=True)
        if not isinstance(label_weights, Sequence | None):
            raise ArgumentError("AUC(label_weights)", "a list of numbers, one a label, or None", repr(label_weights))
        self.label_weights = None if label_weights is None else [number("AUC(label_weights)", w, least=0) for w in label_weights]
        self.from_logits = flag("AUC(from_logits)", from_logits)
        if num_labels and not multi_label:
            raise ArgumentError("AUC(num_labels)", "None, or multi_label=True beside it", num_labels)
        evenly = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        between = evenly if thresholds is None else sorted(limits_of("AUC(thresholds)", thresholds))
        super().__init__([-config.epsilon, *between, 1 + config.epsilon], name, dtype, (num_labels or 1) if multi_label else None)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if self.label_weights is not None and not self.multi_label:
            weights = torch.tensor(self.label_weights, dtype=torch.float64)
            shape = torch.as_tensor(y_pred).shape
            if shape[-1] != len(weights):
                raise DataError("AUC(label_weights)", f"one weight for each of {shape[-1]} labels", len(weights))
            given = torch.as_tensor(1.0 if sample_weight is None else sample_weight, dtype=torch.float64)
            sample_weight = (given.reshape(given.shape + (1,) * (len(shape) - given.ndim)) * weights).expand(shape)
        super().update_state(y_true, y_pred, sample_weight)

    def selected(self, y, p):
        if self.multi_label and (p.ndim != 2 or p.shape[-1] not in (self.num_labels or p.shape[-1],)):
            raise DataError(self.name, f"predictions (batch, {self.num_labels or 'labels'})", tuple(p.shape))
        return y, (p.sigmoid() if self.from_logits else p).clamp(0, 1)

    def result(self) -> float:
        area = self.area_of_precision() if (self.curve, self.summation_method) == ("PR", "interpolation") else self.area()
        if self.multi_label and self.label_weights is not None:
            weights = torch.tensor(self.label_weights, dtype=torch.float64)
            return float(ratio((area * weights).sum(), weights.sum()))
        return float(area.mean())

    def area(self) -> torch.Tensor:
        """sum (x_i - x_{i+1}) height: x falls as the thresholds rise."""
        tp, fp, tn, fn = self.true_positives, self.false_positives, self.true_negatives, self.false_negatives
        recall = ratio(tp, tp + fn)
        x, y = (ratio(fp, fp + tn), recall) if self.curve == "ROC" else (recall, ratio(tp, tp + fp))
        pair = torch.stack([y[:-1], y[1:]])
        height = {"interpolation": pair.mean(0), "majoring": pair.amax(0), "minoring": pair.amin(0)}[self.summation_method]
        return ((x[:-1] - x[1:]) * height).sum(0)

    def area_of_precision(self) -> torch.Tensor:
        """sum s (dTP + a log(P_i / P_{i+1})) / (TP + FN); the logarithm counts where both P are above 0."""
        tp, p = self.true_positives, self.true_positives + self.false_positives
        dtp, dp = tp[:-1] - tp[1:], p[:-1] - p[1:]
        s = ratio(dtp, dp.clamp(min=0))
        a = tp[1:] - s * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        logarithm = torch.where(both, ratio(p[:-1], p[1:]), 1.0).log()
        return ratio(s * (dtp + a * logarithm), tp[1:] + self.false_negatives[1:]).sum(0)
