"""Losses as metrics: the mean of a loss over all samples seen, whatever loss is trained.

The loss is looked up by its registered name when the first batch comes, so its formula stands in one place.
Source: Keras 3, metrics/regression_metrics.py, metrics/probabilistic_metrics.py.
"""

import math
from functools import cached_property
from typing import Any

import torch

from nabi.core.registry import lookup, register
from nabi.core.targets import aligned, as_pair
from nabi.metrics.metric import Averaged


@register("metric")
class LossMetric(Averaged):
    """Mean of the registered loss `loss` per sample, made with `arguments`.

    Example:
        >>> LossMetric("huber", arguments={"delta": 2.0})([[0.0, 0.0]], [[1.0, 3.0]])  # (1/2 + (6 - 2)) / 2
        2.25

    Samples of an `ignore_class` do not count; Keras counts them as zeros unless there are weights.
    """

    direction = "min"

    def __init__(self, loss: str, name: str | None = None, arguments: dict[str, Any] | None = None, dtype: Any = None):
        super().__init__(name or loss, dtype)
        self.loss = loss
        self.arguments = arguments

    @cached_property
    def formula(self) -> Any:
        """The loss itself."""
        return lookup("loss", self.loss)(**(self.arguments or {}))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = as_pair(y_true, y_pred)
            self.formula.explain_mismatch(y, p)
            values, mask = self.formula.call(y, p), self.formula.mask(y, p)
            if mask is not None:
                counts = mask.double()
                weight = torch.as_tensor(1.0 if sample_weight is None else sample_weight).double()
                sample_weight = counts * weight.reshape(weight.shape + (1,) * max(0, counts.ndim - weight.ndim))
        self.collect(values, sample_weight)


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


@register("metric", "bce", "BCE", "binary_crossentropy")
class BinaryCrossentropy(LossMetric):
    """- mean (y log p + (1 - y) log(1 - p)) of all samples.

    Example:
        >>> round(BinaryCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]), 4)
        0.8149
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
    ):
        super().__init__("binary_crossentropy", name, {"from_logits": from_logits, "label_smoothing": label_smoothing}, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


@register("metric", "categorical_crossentropy")
class CategoricalCrossentropy(LossMetric):
    """- sum y log p of all samples, labels one-hot.

    Example:
        >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
    ):
        arguments = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__("categorical_crossentropy", name, arguments, dtype)
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


@register("metric", "sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(LossMetric):
    """- log p_y of all samples, labels as class numbers.

    Example:
        >>> round(SparseCategoricalCrossentropy()([1, 2], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), 4)
        1.1769
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ):
        arguments = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__("sparse_categorical_crossentropy", name, arguments, dtype)
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis


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
        self.axis = axis

    def result(self) -> float:
        return 0.0 - super().result()
