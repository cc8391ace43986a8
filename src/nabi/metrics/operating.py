"""Operating points: the best that one rate can be where another reaches a given value, over evenly spaced thresholds.

    sensitivity = recall = TP / (TP + FN)      specificity = TN / (TN + FP)      precision = TP / (TP + FP)

    result = max over t of b(t) where a(t) >= value, 0 where no threshold reaches it

Source: Keras 3, metrics/confusion_metrics.py; thresholds 0, 1/(T-1), ..., 1.
"""

from typing import Any

import torch

from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.metrics.confusion import Confusion, one_class, ratio

RATES = {
    "recall": ("true_positives", "false_negatives"),
    "precision": ("true_positives", "false_positives"),
    "specificity": ("true_negatives", "false_positives"),
}


class OperatingPoint(Confusion):
    """Base: `held` is the rate that must reach the value, `best` the one that is shown; both keys of RATES."""

    direction = "max"
    held: str
    best: str
    value: float
    class_id: int | None

    def __init__(self, argument: str, value: Any, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any):
        where = type(self).__name__
        self.value = number(f"{where}({argument})", value, least=0, most=1)
        self.num_thresholds = whole(f"{where}(num_thresholds)", num_thresholds, least=1)
        self.class_id = whole(f"{where}(class_id)", class_id, least=0, optional=True)
        last = num_thresholds - 1
        super().__init__([i / last for i in range(num_thresholds)] if last else [0.5], name, dtype)

    def selected(self, y, p):
        y, p = one_class(type(self).__name__, self.class_id, y, p)
        return y, p.clamp(0, 1)

    def rate(self, name: str) -> torch.Tensor:
        """One of RATES at every threshold."""
        right, wrong = (getattr(self, count) for count in RATES[name])
        return ratio(right, right + wrong)

    def result(self) -> float:
        reached = self.rate(self.held) >= self.value
        return float(torch.where(reached, self.rate(self.best), 0.0).max())


@register("metric", "sensitivity_at_specificity")
class SensitivityAtSpecificity(OperatingPoint):
    """The largest sensitivity at a threshold whose specificity is at least `specificity`.

    Args:
        specificity: share in [0, 1].
        num_thresholds: how many thresholds are tried.
        class_id: looks at one class alone.

    Example:
        >>> SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        0.5
    """

    held, best = "specificity", "recall"

    def __init__(self, specificity: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None):
        super().__init__("specificity", specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


@register("metric", "specificity_at_sensitivity")
class SpecificityAtSensitivity(OperatingPoint):
    """The largest specificity at a threshold whose sensitivity is at least `sensitivity`; arguments as above.

    Example:
        >>> round(SpecificityAtSensitivity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), 4)
        0.6667
    """

    held, best = "recall", "specificity"

    def __init__(self, sensitivity: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None):
        super().__init__("sensitivity", sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


@register("metric", "precision_at_recall")
class PrecisionAtRecall(OperatingPoint):
    """The largest precision at a threshold whose recall is at least `recall`; arguments as above.

    Example:
        >>> PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])
        0.5
    """

    held, best = "recall", "precision"

    def __init__(self, recall: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None):
        super().__init__("recall", recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


@register("metric", "recall_at_precision")
class RecallAtPrecision(OperatingPoint):
    """The largest recall at a threshold whose precision is at least `precision`; arguments as above.

    Example:
        >>> RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.5
    """

    held, best = "precision", "recall"

    def __init__(self, precision: float, num_thresholds: int = 200, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None):
        super().__init__("precision", precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
