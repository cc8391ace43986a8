"""Batch normalisation: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted (배치 정규화).

    mu = sum x / m          s2 = sum (x - mu)^2 / m          m: samples times places, each channel for itself
    xhat = (x - mu) / sqrt(s2 + eps)
    y = gamma xhat + beta                       gamma and beta let the layer keep what a plain normalising would lose
    moving_mean <- momentum moving_mean + (1 - momentum) mu,  the same for moving_variance with s2; inference uses these

Time steps that a mask leaves out count for nothing in mu, s2 and m.
Source: Ioffe & Szegedy, "Batch normalization", 2015, algorithms 1 and 2.
"""

import torch

from nabi import initializers
from nabi.core.config import config
from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.layers.axes import check_axes
from nabi.layers.scaled import Scaled
from nabi.layers.weight import written_unseen


@register("layer")
class BatchNormalization(Scaled):
    """Normalises each channel over the batch; frozen (`trainable=False`) it runs in inference mode.

    Args:
        axis: the axis of the channels.
        momentum: kept share of the moving numbers, in [0, 1].
        epsilon: added to the variance.
        center, scale: whether beta, gamma are learned.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: what beta and gamma are brought back to after each step.

    Shapes: unchanged. Weights: gamma, beta, moving_mean, moving_variance, each (channels,).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.BatchNormalization()(torch.tensor([[1.], [3.]]), training=True).round(decimals=2).tolist()
        [[-1.0], [1.0]]

    PyTorch: momentum there is the new share (.1 for Keras' .9), eps 1e-5, and the moving variance takes m - 1.
    """

    frozen_is_inference = True

    def __init__(self, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", moving_mean_initializer="zeros", moving_variance_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **base):
        super().__init__(epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
                         beta_constraint, gamma_constraint, **base)
        self.axis = int(whole("BatchNormalization(axis)", axis))
        self.momentum = number("BatchNormalization(momentum)", momentum, least=0, most=1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    @property
    def fixed_axes(self):
        return (self.axis,)

    def build(self, input_shape):
        check_axes(self.label, self.axis, input_shape)
        n = (input_shape[self.axis],)
        self.add_scale(n, self.scale, self.center)
        self.moving_mean = self.add_weight(n, self.moving_mean_initializer, trainable=False)
        self.moving_variance = self.add_weight(n, self.moving_variance_initializer, trainable=False)

    def call(self, x, training=False, mask=None):
        given, x = x, x.movedim(self.axis, -1)
        x = x.to(self.moving_mean.dtype)
        if training:
            axes = tuple(range(x.ndim - 1))
            if mask is None:
                mu = x.mean(axes)
                s2 = (x - mu).square().mean(axes)
            else:
                m = mask[..., None].expand(given.shape).movedim(self.axis, -1).to(x.dtype)
                count = m.sum(axes) + config.epsilon
                mu = (m * x).sum(axes) / count
                s2 = (m * (x - mu).square()).sum(axes) / count
            with torch.no_grad():
                self.moving_mean.data.lerp_(mu, 1 - self.momentum)
                self.moving_variance.data.lerp_(s2, 1 - self.momentum)
            written_unseen(self.own_weights[-2:])
        else:
            mu, s2 = self.moving_mean, self.moving_variance
        xhat = (x - mu) / torch.sqrt(s2 + self.epsilon)
        y = xhat * self.gamma if self.scale else xhat
        y = y + self.beta if self.center else y
        return y.movedim(-1, self.axis).to(given.dtype)
