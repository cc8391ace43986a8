"""F-score: one number for precision and recall, their harmonic mean; beta > 1 weighs recall more.

    F = (1 + beta^2) precision recall / (beta^2 precision + recall)

    precision = TP / (TP + FP + e),  recall = TP / (TP + FN + e),  e = 1e-7 in this denominator too, as in Keras

By class, or averaged: "macro" mean over classes, "weighted" by the classes' positives, "micro" one F of the summed counts.
Source: van Rijsbergen 1979, chapter 7; Chinchor, "MUC-4 evaluation metrics", 1992; Keras 3, metrics/f_score_metrics.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.config import config
from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.targets import aligned, per_sample
from nabi.metrics.metric import Metric

AVERAGES = (None, "micro", "macro", "weighted")


@register("metric", "fbeta_score", "f_beta_score")
class FBetaScore(Metric):
    """F of labels and predictions (batch, classes), labels one-hot or several ones a sample.

    Args:
        average: "micro", "macro", "weighted", or None for an array with one F a class.
        beta: how many times as much recall counts as precision, above 0.
        threshold: p > threshold is a yes; None: the largest p of a sample is its yes, all of them if several are largest.

    Example:
        >>> labels, p = [[1, 1, 1], [1, 0, 0], [1, 1, 0]], [[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]]
        >>> FBetaScore(beta=2.0, threshold=0.5)(labels, p).round(4).tolist()
        [0.3846, 0.9091, 0.8333]
        >>> round(FBetaScore("macro", threshold=0.5)(labels, p), 4)
        0.6556

    In the logs of `fit` an array stands as its mean, "macro". scikit-learn's `fbeta_score` has no 1e-7.
    Raises DataError for labels that are no (batch, classes).
    """

    direction = "max"
    accumulators = {"true_positives": (), "false_positives": (), "false_negatives": ()}

    true_positives: torch.Tensor
    false_positives: torch.Tensor
    false_negatives: torch.Tensor

    def __init__(self, average: str | None = None, beta: float = 1.0, threshold: float | None = None,
                 name: str | None = "fbeta_score", dtype: Any = None):
        super().__init__(name, dtype)
        where = type(self).__name__
        if average not in AVERAGES:
            raise ArgumentError(f"{where}(average)", "None, 'micro', 'macro' or 'weighted'", repr(average))
        self.average = average
        self.beta = number(f"{where}(beta)", beta, above=0)
        self.threshold = None if threshold is None else number(f"{where}(threshold)", threshold, above=0, most=1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = aligned(y_true, y_pred)
            if y.shape != p.shape or p.ndim != 2:
                raise DataError(self.name, f"labels and predictions (batch, classes), predictions {tuple(p.shape)}",
                                f"labels {tuple(y.shape)}", "Class numbers become one-hot by to_categorical(y).")
            if self.threshold is None:
                yes = (p >= p.amax(-1, keepdim=True)) & (p.abs() > 1e-9)
            else:
                yes = p > self.threshold
            y, yes, w = y.double(), yes.double(), torch.ones((), dtype=torch.float64)
            if sample_weight is not None:
                y, w = per_sample(y, torch.as_tensor(sample_weight, dtype=torch.float64, device=y.device))
            axes = (0, 1) if self.average == "micro" else (0,)
            self.true_positives = self.true_positives + (w * yes * y).sum(axes)
            self.false_positives = self.false_positives + (w * yes * (1 - y)).sum(axes)
            self.false_negatives = self.false_negatives + (w * (1 - yes) * y).sum(axes)

    def result(self) -> float | np.ndarray:
        tp, fp, fn, e = self.true_positives, self.false_positives, self.false_negatives, config.epsilon
        precision, recall = tp / (tp + fp + e), tp / (tp + fn + e)
        f = (1 + self.beta**2) * precision * recall / (self.beta**2 * precision + recall + e)
        if self.average == "weighted":  # TP + FN: how many positives a class has
            return float((f * (tp + fn) / ((tp + fn).sum() + e)).sum())
        return f.numpy().copy() if self.average is None and f.ndim else float(f.mean())


@register("metric", "f1_score")
class F1Score(FBetaScore):
    """F with beta = 1: the harmonic mean of precision and recall.

    Example:
        >>> round(F1Score("micro", threshold=0.5)([[1, 1], [1, 0], [1, 1]], [[0.2, 0.7], [0.2, 0.6], [0.6, 0.8]]), 4)
        0.6667
    """

    def __init__(self, average: str | None = None, threshold: float | None = None, name: str | None = "f1_score",
                 dtype: Any = None):
        super().__init__(average, 1.0, threshold, name, dtype)
