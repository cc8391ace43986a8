"""Hinge metrics: how far scores are from being right by a margin of 1, over all samples since `reset_state`.

    Hinge = mean max(1 - y p, 0)       SquaredHinge = mean max(1 - y p, 0)^2
    CategoricalHinge = max(max_{wrong i} p_i - p_right + 1, 0)

Source: Keras 3, metrics/hinge_metrics.py.
"""

from typing import Any

from nabi.core.registry import register
from nabi.metrics.from_losses import LossMetric


@register("metric", "hinge")
class Hinge(LossMetric):
    """mean max(1 - y p, 0) of all samples, y in {-1, 1} or {0, 1}.

    Example:
        >>> Hinge()([[-1.0, 1.0]], [[-2.0, 0.5]])
        0.25
    """

    def __init__(self, name: str | None = "hinge", dtype: Any = None):
        super().__init__("hinge", name, dtype=dtype)


@register("metric", "squared_hinge")
class SquaredHinge(LossMetric):
    """mean max(1 - y p, 0)^2 of all samples.

    Example:
        >>> SquaredHinge()([[-1.0, 1.0]], [[-2.0, 0.5]])
        0.125
    """

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None):
        super().__init__("squared_hinge", name, dtype=dtype)


@register("metric", "categorical_hinge")
class CategoricalHinge(LossMetric):
    """The margin by which the best wrong score lies too near, of all samples; labels one-hot.

    Example:
        >>> round(CategoricalHinge()([[0, 1, 0]], [[0.1, 0.7, 0.2]]), 4)
        0.5
    """

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None):
        super().__init__("categorical_hinge", name, dtype=dtype)
