"""Regression metrics: how far predictions lie from targets, in the targets' own measure or relative to it.

    MSE = mean (y - p)^2     RMSE = sqrt(MSE)     MAE = mean |y - p|     MAPE = 100 mean |y - p| / max(|y|, 1e-7)
    MSLE = mean (log(1 + y) - log(1 + p))^2       LogCosh = mean log cosh(p - y)       cosine = sum y p / (|y| |p|)

The means run over all samples since `reset_state`. Source: Keras 3, metrics/regression_metrics.py.
"""

import math
from typing import Any

import torch

from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.metrics.from_losses import LossMetric
from nabi.metrics.metric import Averaged


@register("metric", "mse", "MSE", "mean_squared_error")
class MeanSquaredError(LossMetric):
    """mean (y - p)^2 of all samples.

    Example:
        >>> MeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.25
    """

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None):
        super().__init__("mean_squared_error", name, dtype=dtype)


@register("metric", "mae", "MAE", "mean_absolute_error")
class MeanAbsoluteError(LossMetric):
    """mean |y - p| of all samples.

    Example:
        >>> MeanAbsoluteError()([[0, 1], [0, 0]], [[3, 1], [0, 0]])
        0.75
    """

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None):
        super().__init__("mean_absolute_error", name, dtype=dtype)


@register("metric", "mape", "MAPE", "mean_absolute_percentage_error")
class MeanAbsolutePercentageError(LossMetric):
    """100 mean |y - p| / max(|y|, 1e-7) of all samples, in per cent.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        25.0
    """

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None):
        super().__init__("mean_absolute_percentage_error", name, dtype=dtype)


@register("metric", "msle", "MSLE", "mean_squared_logarithmic_error")
class MeanSquaredLogarithmicError(LossMetric):
    """mean (log(1 + y) - log(1 + p))^2 of all samples.

    Example:
        >>> round(MeanSquaredLogarithmicError()([[0.0, 1.0]], [[0.0, 3.0]]), 4)  # log(2)^2 / 2
        0.2402
    """

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None):
        super().__init__("mean_squared_logarithmic_error", name, dtype=dtype)


@register("metric", "log_cosh_error")
class LogCoshError(LossMetric):
    """mean log cosh(p - y) of all samples.

    Example:
        >>> round(LogCoshError()([[0.0]], [[1.0]]), 4)
        0.4338
    """

    def __init__(self, name: str | None = "logcosh", dtype: Any = None):
        super().__init__("log_cosh", name, dtype=dtype)


@register("metric", "rmse", "root_mean_squared_error")
class RootMeanSquaredError(Averaged):
    """sqrt(mean (y - p)^2) of all samples, in the unit of the target.

    Example:
        >>> RootMeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.5
    """

    direction = "min"
    takes_mask = False  # Keras' counts all time steps

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = aligned(y_true, y_pred)
            error = (y - p).square()
        self.collect(error, sample_weight)

    def result(self) -> float:
        return math.sqrt(super().result())


@register("metric", "cosine_similarity")
class CosineSimilarity(LossMetric):
    """Cosine of the angle between label and prediction: 1 for the same direction, the loss of this name has the opposite sign.

    Example:
        >>> round(CosineSimilarity()([[3.0, 4.0]], [[3.0, 0.0]]), 4)
        0.6
    """

    direction = "max"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1):
        super().__init__("cosine_similarity", name, {"axis": axis}, dtype)
        self.axis = whole("CosineSimilarity(axis)", axis)

    def result(self) -> float:
        return 0.0 - super().result()
