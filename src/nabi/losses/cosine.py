"""Cosine similarity: the angle between two vectors as a loss, their lengths do not count.

    L = - sum_i (y_i / |y|) (p_i / |p|)        -1: same direction, 0: at right angles (or a vector of zeros), 1: opposite

Source: Keras 3, losses/losses.py; lengths below 1e-7 count as 1e-7.
"""

import torch

from nabi.core.config import config
from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.loss import Loss


def unit(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
    """x / |x| along `axis`."""
    return x * x.square().sum(axis, keepdim=True).rsqrt().clamp(max=1 / config.epsilon)


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between labels and predictions: (batch, ..., C) -> (batch, ...).

    Example:
        >>> cosine_similarity([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [2.0, 2.0]]) + 0.0
        tensor([ 0.0000, -1.0000])
    """
    y, p = aligned(y_true, y_pred)
    return -(unit(y, axis) * unit(p, axis)).sum(axis)


@register("loss", "cosine_similarity")
class CosineSimilarity(Loss):
    """Minus the cosine between label and prediction; the metric of this name has the opposite sign, as in Keras.

    Example:
        >>> CosineSimilarity()([[3.0, 4.0]], [[3.0, 0.0]])
        tensor(-0.6000)
    """

    paired_labels = "labels"

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name="cosine_similarity"):
        super().__init__(name, reduction)
        self.axis = whole("CosineSimilarity(axis)", axis)

    def call(self, y_true, y_pred):
        return cosine_similarity(y_true, y_pred, self.axis)
