"""Correlation of targets and predictions: do they rise and fall together, and do they agree?

    Pearson       r = cov(y, p) / (sd y sd p)                                     1: on a rising line, -1: on a falling one
    concordance   c = 2 cov(y, p) / (var y + var p + (mean y - mean p)^2 + eps)   1: on the line p = y; eps = 1e-7

Means, variances and cov run over `axis` of a batch; the metric is the mean of what remains.
Source: Pearson, "Notes on regression and inheritance in the case of two parents", 1895; Lin, "A concordance correlation
coefficient to evaluate reproducibility", 1989; Keras 3, metrics/correlation_metrics.py.
"""

from typing import Any

import torch

from nabi.core.config import config
from nabi.core.numbers import checked_axes
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.metrics.metric import Averaged


def moments(y_true: Any, y_pred: Any, axis: Any) -> tuple[torch.Tensor, ...]:
    """mean y, mean p, var y, var p, cov(y, p) over `axis`."""
    y, p = aligned(y_true, y_pred)
    along = tuple(axis) if isinstance(axis, list | tuple) else axis
    v, w = y - y.mean(along, keepdim=True), p - p.mean(along, keepdim=True)
    return y.mean(along), p.mean(along), v.square().mean(along), w.square().mean(along), (v * w).mean(along)


def pearson_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> torch.Tensor:
    """cov(y, p) / (sd y sd p) over `axis`; NaN where one of them does not vary.

    Example:
        >>> pearson_correlation([[0.0, 1.0, 2.0]], [[5.0, 7.0, 9.0]])
        tensor([1.])
    """
    _, _, var_y, var_p, cov = moments(y_true, y_pred, axis)
    return cov / (var_y.sqrt() * var_p.sqrt())


def concordance_correlation(y_true: Any, y_pred: Any, axis: Any = -1) -> torch.Tensor:
    """2 cov(y, p) / (var y + var p + (mean y - mean p)^2 + eps) over `axis`.

    Example:
        >>> concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]])
        tensor([0.5714])
    """
    y, p, var_y, var_p, cov = moments(y_true, y_pred, axis)
    return 2 * cov / (var_y + var_p + (y - p).square() + config.epsilon)


@register("metric", "pearson_correlation")
class PearsonCorrelation(Averaged):
    """Mean of cov(y, p) / (sd y sd p): whether predictions rise with the targets, in whatever unit.

    Args:
        axis: axes along which numbers are correlated: -1, those of a sample with each other; 0, the samples of a batch.

    Example:
        >>> round(PearsonCorrelation()([[0.0, 1.0, 0.5]], [[0.1, 0.9, 0.5]]), 4)
        1.0

    Keras: the same. With one output a sample has nothing to be correlated within: take axis=0, or `R2Score`, which sums over
    batches; else the result is NaN.
    """

    direction = "max"

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: Any = -1):
        super().__init__(name, dtype)
        self.axis = checked_axes("PearsonCorrelation(axis)", axis)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            values = pearson_correlation(y_true, y_pred, self.axis)
        self.collect(values, sample_weight, y_pred)


@register("metric", "concordance_correlation")
class ConcordanceCorrelation(Averaged):
    """Mean of 2 cov(y, p) / (var y + var p + (mean y - mean p)^2): whether predictions are the targets, not only on a line.

    Args:
        axis: axes along which numbers are compared: -1, those of a sample with each other; 0, the samples of a batch.

    Example:
        >>> round(ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]]), 4)
        0.5714

    Keras: the same.
    """

    direction = "max"

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: Any = -1):
        super().__init__(name, dtype)
        self.axis = checked_axes("ConcordanceCorrelation(axis)", axis)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            values = concordance_correlation(y_true, y_pred, self.axis)
        self.collect(values, sample_weight, y_pred)
