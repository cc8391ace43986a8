"""Hinge losses: the support vector machine's; zero once a prediction is right by a margin of 1.

    Hinge            = mean max(1 - y p, 0)          y in {-1, 1}; labels 0 and 1 are turned into -1 and 1
    SquaredHinge     = mean max(1 - y p, 0)^2
    CategoricalHinge = max(max_{wrong i} p_i - p_right + 1, 0)     y one-hot

Source: Cortes & Vapnik, "Support-vector networks", 1995; Keras 3, losses/losses.py.
"""

import torch

from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.loss import Loss


def signs(y: torch.Tensor) -> torch.Tensor:
    """Labels 0 and 1 as -1 and 1; other labels stay."""
    return torch.where(((y == 0) | (y == 1)).all(), 2 * y - 1, y)


def hinge(y_true, y_pred):
    """mean max(1 - y p, 0) over the last axis.

    Example:
        >>> hinge([[0, 1]], [[-2.0, 0.5]])  # right by more than 1; right by half the margin
        tensor([0.2500])
    """
    y, p = aligned(y_true, y_pred)
    return (1 - signs(y) * p).clamp(min=0).mean(-1)


def squared_hinge(y_true, y_pred):
    """mean max(1 - y p, 0)^2 over the last axis."""
    y, p = aligned(y_true, y_pred)
    return (1 - signs(y) * p).clamp(min=0).square().mean(-1)


def categorical_hinge(y_true, y_pred):
    """max(max (1 - y) p - sum y p + 1, 0) over the last axis."""
    y, p = aligned(y_true, y_pred)
    return (((1 - y) * p).amax(-1) - (y * p).sum(-1) + 1).clamp(min=0)


@register("loss", "hinge")
class Hinge(Loss):
    """max(1 - y p, 0): scores above 1 on the right side cost nothing.

    Example:
        >>> Hinge()([[-1.0, 1.0]], [[-2.0, 0.5]])
        tensor(0.2500)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="hinge"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return hinge(y_true, y_pred)


@register("loss", "squared_hinge")
class SquaredHinge(Loss):
    """max(1 - y p, 0)^2: the hinge without its kink.

    Example:
        >>> SquaredHinge()([[-1.0, 1.0]], [[-2.0, 0.5]])
        tensor(0.1250)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="squared_hinge"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return squared_hinge(y_true, y_pred)


@register("loss", "categorical_hinge")
class CategoricalHinge(Loss):
    """The best wrong score must lie 1 below the right one; labels one-hot.

    Example:
        >>> CategoricalHinge()([[0, 1, 0]], [[0.1, 0.7, 0.2]])
        tensor(0.5000)

    As in Keras the maximum runs over (1 - y) p, in which the right class stands as 0: negative wrong scores count as 0.
    """

    paired_labels = "one-hot labels"

    def __init__(self, reduction="sum_over_batch_size", name="categorical_hinge"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return categorical_hinge(y_true, y_pred)
