"""Losses as metrics: the mean of a loss over all samples seen, whatever loss is trained.

The loss is looked up by its registered name when the first batch comes, so its formula stands in one place.
Source: Keras 3, metrics/regression_metrics.py, metrics/probabilistic_metrics.py.
"""

from functools import cached_property
from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.registry import lookup, register
from nabi.core.targets import as_pair
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
        if not isinstance(loss, str):
            raise ArgumentError("LossMetric(loss)", "the name of a loss", repr(loss),
                                "A loss of your own: MeanMetricWrapper(fn).")
        if not isinstance(arguments, dict | None):
            raise ArgumentError("LossMetric(arguments)", "a dict, argument name to value, or None", repr(arguments))
        self._made_by = lookup("loss", loss)
        super().__init__(name or loss, dtype)
        self.loss = loss
        self.arguments = arguments

    @cached_property
    def formula(self) -> Any:
        """The loss itself."""
        return self._made_by(**(self.arguments or {}))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = as_pair(y_true, y_pred)
            self.formula.explain_mismatch(y, p)
            values, mask = self.formula.call(y, p), self.formula.mask(y, p)
            if mask is not None:
                counts = mask.double()
                weight = torch.as_tensor(1.0 if sample_weight is None else sample_weight).double()
                sample_weight = counts * weight.reshape(weight.shape + (1,) * max(0, counts.ndim - weight.ndim))
        self.collect(values, sample_weight, y_pred)
