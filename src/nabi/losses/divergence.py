"""Kullback-Leibler divergence and Poisson loss: distance between distributions, and counts.

    KL      = sum_i y_i log(y_i / p_i)      y, p: distributions, clipped to [1e-7, 1]
    Poisson = mean (p - y log(p + 1e-7))    y: counts, p: the expected count

Source: Kullback & Leibler, "On information and sufficiency", 1951; Keras 3, losses/losses.py.
"""

from nabi.core.config import config
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.loss import Loss


def kl_divergence(y_true, y_pred):
    """sum y log(y / p) over the last axis: (batch, ..., C) -> (batch, ...).

    Example:
        >>> kl_divergence([[1.0, 0.0]], [[0.5, 0.5]])  # one bit: log 2
        tensor([0.6931])
    """
    y, p = aligned(y_true, y_pred)
    y, p = y.clamp(config.epsilon, 1), p.clamp(config.epsilon, 1)
    return (y * (y / p).log()).sum(-1)


def poisson(y_true, y_pred):
    """mean (p - y log(p + 1e-7)) over the last axis."""
    y, p = aligned(y_true, y_pred)
    return (p - y * (p + config.epsilon).log()).mean(-1)


@register("loss", "kld", "KLD", "kl_divergence", "kullback_leibler_divergence")
class KLDivergence(Loss):
    """sum y log(y / p): how many nats are lost by taking p for y.

    Example:
        >>> KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])
        tensor(0.1438)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="kl_divergence"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return kl_divergence(y_true, y_pred)


@register("loss", "poisson")
class Poisson(Loss):
    """p - y log p: minus the log-likelihood of a count y under a Poisson law of mean p > 0, up to a constant.

    Example:
        >>> Poisson()([[2.0]], [[1.0]])
        tensor(1.0000)
    """

    paired_labels = "labels"

    def __init__(self, reduction="sum_over_batch_size", name="poisson"):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return poisson(y_true, y_pred)
