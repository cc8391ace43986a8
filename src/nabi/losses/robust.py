"""Robust losses: squared for small errors, linear for large ones.

    Huber    = mean h(p - y),  h(e) = e^2 / 2 where |e| <= delta, else delta |e| - delta^2 / 2
    LogCosh  = mean log cosh(p - y) = mean (e + log(1 + exp(-2e)) - log 2)

Source: Huber, "Robust estimation of a location parameter", 1964; Keras 3, losses/losses.py.
"""

import math

import torch
from torch.nn.functional import softplus

from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.loss import Loss


def huber(y_true, y_pred, delta=1.0):
    """mean h(p - y) over the last axis, quadratic up to `delta`.

    Example:
        >>> huber([[0.0, 0.0]], [[1.0, 3.0]])  # (1/2 + 5/2) / 2
        tensor([1.5000])
    """
    y, p = aligned(y_true, y_pred)
    e = p - y
    return torch.where(e.abs() <= delta, e.square() / 2, delta * e.abs() - delta**2 / 2).mean(-1)


def log_cosh(y_true, y_pred):
    """mean log cosh(p - y) over the last axis, in a form that cannot overflow."""
    y, p = aligned(y_true, y_pred)
    e = p - y
    return (e + softplus(-2 * e, threshold=40) - math.log(2)).mean(-1)


@register("loss", "huber")
class Huber(Loss):
    """Squared up to `delta`, linear beyond: bounded slope `delta`.

    Example:
        >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(1.5000)

    torch's `huber_loss` agrees; its `smooth_l1_loss` is this divided by delta. Raises ArgumentError for delta <= 0.
    """

    paired_labels = "labels"

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name="huber_loss"):
        super().__init__(name, reduction)
        self.delta = number("Huber(delta)", delta, above=0)

    def call(self, y_true, y_pred):
        return huber(y_true, y_pred, self.delta)


@register("loss", "log_cosh", "logcosh")
class LogCosh(Loss):
    """log cosh(p - y): e^2/2 for small errors, |e| - log 2 for large ones.

    Example:
        >>> LogCosh()([[0.0]], [[1.0]])
        tensor(0.4338)

    Keras on torch drops log(1 + exp(-2e)) beyond |e| = 10, an error of 2e-9.
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="log_cosh"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return log_cosh(y_true, y_pred)
