"""Squared errors: the loss of regression, of autoencoders and of the perceptron's successors.

    MSE  = mean (y - p)^2                     y: target, p: prediction, mean over the last axis
    MSLE = mean (log(1 + y) - log(1 + p))^2   for amounts that span orders of magnitude

Source: Legendre 1805; Keras 3, losses/losses.py.
"""

import torch

from nabi.core.config import config
from nabi.core.registry import register
from nabi.core.targets import aligned, same_rank
from nabi.kernels.softmax import OnePass
from nabi.losses.loss import Loss


def mean_squared_error(y_true, y_pred):
    """mean (y - p)^2 over the last axis: (batch, ..., C) -> (batch, ...).

    Example:
        >>> mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 3.0]])
        tensor([0.5000, 5.0000])
    """
    y, p = aligned(y_true, y_pred)
    return (y - p).square().mean(-1)


def mean_squared_logarithmic_error(y_true, y_pred):
    """mean (log(1 + y) - log(1 + p))^2 over the last axis; values below 1e-7 count as 1e-7."""
    y, p = aligned(y_true, y_pred)
    return (p.clamp(min=config.epsilon).log1p() - y.clamp(min=config.epsilon).log1p()).square().mean(-1)


@register("loss", "mse", "MSE", "mean_squared_error")
class MeanSquaredError(Loss):
    """mean (y - p)^2: real values, large errors count most.

    Example:
        >>> MeanSquaredError()([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 3.0]])
        tensor(2.7500)

    Keras also broadcasts labels (batch, 1) over predictions (batch, d); here that is an error.
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_error"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return mean_squared_error(y_true, y_pred)

    def one_pass(self, y_true, y_pred, g):
        """d L / d p = 2 g / C (p - y)."""
        y, p = same_rank(y_true.to(y_pred.dtype), y_pred)
        if not y.shape == p.shape == y_pred.shape or not p.numel() or p.dtype is not torch.float32:
            return None  # `call` says what does not fit
        d = p - y
        losses, share = d.square().mean(-1), torch.as_tensor(g, dtype=p.dtype) / p.shape[-1]
        return OnePass(losses, d.mul_(2 * share), p, float(losses.sum()), None)


@register("loss", "msle", "MSLE", "mean_squared_logarithmic_error")
class MeanSquaredLogarithmicError(Loss):
    """mean (log(1 + y) - log(1 + p))^2: ratios count, not differences; values from 0 upwards.

    Example:
        >>> MeanSquaredLogarithmicError()([[0.0, 1.0]], [[0.0, 3.0]])  # log(2)^2 / 2
        tensor(0.2402)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="mean_squared_logarithmic_error"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return mean_squared_logarithmic_error(y_true, y_pred)
