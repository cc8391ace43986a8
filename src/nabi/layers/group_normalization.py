"""Group normalisation: the channels of each sample in groups, each group brought to mean 0 and variance 1 (그룹 정규화).

    mu = sum x / m          s2 = sum (x - mu)^2 / m          over all places and the channels of one group: m = H W C / groups
    xhat = (x - mu) / sqrt(s2 + eps)
    y = gamma xhat + beta                                    gamma, beta: one number a channel

groups = 1 takes the whole sample together, groups = C each channel by itself (instance normalisation). No sample sees another, so
it works at batches too small for batch normalisation.
Source: Wu & He, "Group normalization", 2018, equations 1 and 7; instance normalisation: Ulyanov et al., 2016.
"""

import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import is_whole, whole
from nabi.core.registry import register
from nabi.layers.axes import check_axes
from nabi.layers.scaled import Scaled, wide


@register("layer")
class GroupNormalization(Scaled):
    """Normalises groups of channels of each sample.

    Args:
        groups: number of groups; it divides the channels. -1 makes each channel a group: instance normalisation.
        axis: the axis of the channels.
        epsilon: added to the variance.
        center, scale: whether beta, gamma are learned.
        beta_initializer, gamma_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: what beta and gamma are brought back to after each step.

    Shapes: unchanged. Weights: gamma, beta, each (channels,).

    Example:
        >>> import nabi, torch
        >>> layer = nabi.layers.GroupNormalization(groups=2)
        >>> layer(torch.tensor([[1., 3., 10., 30.]])).round(decimals=2).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    PyTorch: eps 1e-5. For channels-last pictures it squares before it subtracts the mean, and loses digits where the mean is
    large beside the spread (and its gradient fails where the input needs none); for rows of places, as here, it does neither.
    Raises ArgumentError for groups that are no whole number above 0 nor -1, ShapeError where they do not divide the channels.
    """

    def __init__(self, groups=32, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer="zeros",
                 gamma_initializer="ones", beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
                 gamma_constraint=None, **base):
        super().__init__(epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
                         beta_constraint, gamma_constraint, **base)
        if not is_whole(groups) or (int(groups) < 1 and groups != -1):
            raise ArgumentError("GroupNormalization(groups)", "a whole number above 0, or -1 for a group a channel", repr(groups))
        self.groups = int(groups)
        self.axis = int(whole("GroupNormalization(axis)", axis))

    @property
    def fixed_axes(self):
        return (self.axis,)

    def build(self, input_shape):
        check_axes(self.label, self.axis, input_shape)
        channels = input_shape[self.axis]
        if self.groups != -1 and channels % self.groups:
            fitting = max(n for n in range(1, min(self.groups, channels) + 1) if channels % n == 0)
            raise ShapeError(self.label, f"groups that divide {channels} channels", self.groups, f"groups={fitting} does.")
        self.add_scale((channels,), self.scale, self.center)

    def call(self, x):
        v = wide(x).movedim(self.axis, 1)  # (N, C, ...)
        groups = v.shape[1] if self.groups == -1 else self.groups
        gamma = self.gamma if self.scale else v.new_ones(v.shape[1])  # torch has no gradient for a beta without gamma
        beta = self.beta if self.center else None
        rows = v.flatten(2) if v.ndim > 2 else v  # (N, C, places)
        return torch.group_norm(rows, groups, gamma, beta, self.epsilon).view(v.shape).movedim(1, self.axis).to(x.dtype)
