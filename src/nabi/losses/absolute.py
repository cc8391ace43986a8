"""Absolute errors: losses in which an outlier counts once, not squared.

    MAE  = mean |y - p|
    MAPE = 100 mean |y - p| / max(|y|, 1e-7)

Source: Laplace 1774; Keras 3, losses/losses.py.
"""

from nabi.core.config import config
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.loss import Loss


def mean_absolute_error(y_true, y_pred):
    """mean |y - p| over the last axis: (batch, ..., C) -> (batch, ...).

    Example:
        >>> mean_absolute_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 3.0]])
        tensor([0.5000, 2.0000])
    """
    y, p = aligned(y_true, y_pred)
    return (y - p).abs().mean(-1)


def mean_absolute_percentage_error(y_true, y_pred):
    """100 mean |y - p| / max(|y|, 1e-7) over the last axis, in per cent."""
    y, p = aligned(y_true, y_pred)
    return 100 * ((y - p) / y.abs().clamp(min=config.epsilon)).abs().mean(-1)


@register("loss", "mae", "MAE", "mean_absolute_error")
class MeanAbsoluteError(Loss):
    """mean |y - p|: real values with outliers; its minimum is the median.

    Example:
        >>> MeanAbsoluteError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 3.0]])
        tensor(1.2500)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_error"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return mean_absolute_error(y_true, y_pred)


@register("loss", "mape", "MAPE", "mean_absolute_percentage_error")
class MeanAbsolutePercentageError(Loss):
    """100 mean |y - p| / max(|y|, 1e-7): errors as a share of the target, in per cent; a target near 0 makes it huge.

    Example:
        >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]])
        tensor(25.)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="mean_absolute_percentage_error"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return mean_absolute_percentage_error(y_true, y_pred)
