"""R2 score: the share of a target's variance that the predictions explain.

    R2 = 1 - sum w (y - p)^2 / sum w (y - m)^2          m = sum w y / sum w; 1: exact, 0: no better than the mean, below: worse
    adjusted for k regressors and n values:   1 - (1 - R2) (n - 1) / (n - k - 1)

The sums run over y minus the first y, so that a large mean costs no digits.
Source: Wright, "Correlation and causation", 1921; Keras 3, metrics/regression_metrics.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.core.targets import aligned, per_sample
from nabi.core.warning import warn
from nabi.metrics.metric import Metric

AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


@register("metric", "r2_score")
class R2Score(Metric):
    """1 - residual / variance, for targets and predictions (batch, outputs) or (batch,).

    Args:
        class_aggregation: "uniform_average" over outputs, "variance_weighted_average", or None for an array.
        num_regressors: k of the adjusted score; 0 is the plain one.

    Example:
        >>> round(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]]), 4)
        0.5714

    A target that does not vary gives 1 if it is met exactly, else 0, as in scikit-learn; Keras gives NaN for the first. n counts
    all values, as in Keras. In the logs of `fit` an array stands as its mean. Raises DataError for other shapes.
    """

    direction = "max"
    accumulators = {"origin": (), "sum": (), "squared_sum": (), "residual": (), "count": (), "num_samples": ()}

    origin: torch.Tensor
    sum: torch.Tensor
    squared_sum: torch.Tensor
    residual: torch.Tensor
    count: torch.Tensor
    num_samples: torch.Tensor

    def __init__(self, class_aggregation: str | None = "uniform_average", num_regressors: int = 0,
                 name: str | None = "r2_score", dtype: Any = None):
        super().__init__(name, dtype)
        if class_aggregation not in AGGREGATIONS:
            raise ArgumentError("R2Score(class_aggregation)", "None, 'uniform_average' or 'variance_weighted_average'",
                                repr(class_aggregation))
        self.class_aggregation = class_aggregation
        self.num_regressors = whole("R2Score(num_regressors)", num_regressors, least=0)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = (t.double().unsqueeze(-1) if t.ndim == 1 else t.double() for t in aligned(y_true, y_pred))
            if y.shape != p.shape or y.ndim != 2:
                raise DataError(self.name, f"targets and predictions (batch, outputs), predictions {tuple(p.shape)}",
                                f"targets {tuple(y.shape)}")
            w = torch.ones((), dtype=torch.float64)
            if sample_weight is not None:
                y, w = per_sample(y, torch.as_tensor(sample_weight, dtype=torch.float64, device=y.device))
            w = w.expand(y.shape)
            self.origin = torch.where(self.num_samples == 0, y[0] if len(y) else self.origin, self.origin)
            v = y - self.origin
            self.sum = self.sum + (w * v).sum(0)
            self.squared_sum = self.squared_sum + (w * v * v).sum(0)
            self.residual = self.residual + (w * (y - p).square()).sum(0)
            self.count = self.count + w.sum(0)
            self.num_samples = self.num_samples + y.numel()

    def result(self) -> float | np.ndarray:
        if not float(self.num_samples):
            return 0.0
        total = self.squared_sum - self.sum.square() / self.count
        steady = torch.where(self.residual == 0, 1.0, 0.0)
        r2 = torch.where(total == 0, steady.double(), 1 - self.residual / total)
        if self.class_aggregation == "uniform_average":
            r2 = r2.mean()
        elif self.class_aggregation == "variance_weighted_average":
            r2 = (total * r2).sum() / total.sum()
        n, k = int(self.num_samples), self.num_regressors
        if k and n - k - 1 > 0:
            r2 = 1 - (1 - r2) * (n - 1) / (n - k - 1)
        elif k:
            warn(f"R2Score: {n} values are too few for num_regressors={k}; the plain score is shown.")
        return r2.numpy().copy() if r2.ndim else float(r2)
