"""Layer normalisation: each sample is brought to mean 0 and variance 1 along an axis, then scaled and shifted (층 정규화).

    mu = sum x / m          s2 = sum (x - mu)^2 / m          m: numbers along the axis (or axes), for each other place by itself
    xhat = (x - mu) / sqrt(s2 + eps)
    y = gamma xhat + beta                                    gamma, beta: one number for each of the m places

No sample sees another, so training and inference are the same, and the batch may be of any size.
Source: Ba, Kiros & Hinton, "Layer normalization", 2016, equation 4.
"""

import torch.nn.functional as F

from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.layers.axes import axes_given, check_axes, placed
from nabi.layers.scaled import Scaled, wide


@register("layer")
class LayerNormalization(Scaled):
    """Normalises each sample along an axis.

    Args:
        axis: the axis that is normalised, or a list of axes that are normalised together; -1, the channels of each place.
        epsilon: added to the variance.
        center, scale: whether beta, gamma are learned.
        beta_initializer, gamma_initializer: first values.
        beta_regularizer, gamma_regularizer: penalties.
        beta_constraint, gamma_constraint: what beta and gamma are brought back to after each step.
        rms_scaling: y = gamma x / sqrt(s2 + eps), without the mean and without beta; Keras' old option, which takes the variance
            where root mean square normalisation takes the mean of the squares.

    Shapes: unchanged. Weights: gamma, beta, each of the normalised axes' shape, (channels,) by default.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.LayerNormalization()(torch.tensor([[1., 3.], [10., 30.]])).round(decimals=2).tolist()
        [[-1.0, 1.0], [-1.0, 1.0]]

    PyTorch: eps 1e-5, and always the last axes. Keras names axes in any order but reads gamma in the order of the axes, as here.
    Raises ArgumentError for an axis that is no whole number, ShapeError for one that is not there or of unknown length.
    """

    def __init__(self, axis=-1, epsilon=0.001, center=True, scale=True, beta_initializer="zeros", gamma_initializer="ones",
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, rms_scaling=False,
                 **base):
        super().__init__(epsilon, center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
                         beta_constraint, gamma_constraint, **base)
        self.axis = axes_given("LayerNormalization(axis)", axis)
        self.rms_scaling = flag("LayerNormalization(rms_scaling)", rms_scaling)

    @property
    def fixed_axes(self):
        return tuple(self.axis) if isinstance(self.axis, list) else (self.axis,)

    def build(self, input_shape):
        check_axes(self.label, self.axis, input_shape)
        shape = tuple(input_shape[a] for a in placed(self.axis, len(input_shape)))
        self.add_scale(shape, self.scale or self.rms_scaling, self.center and not self.rms_scaling)

    def call(self, x):
        axes = placed(self.axis, x.ndim)
        last = tuple(range(-len(axes), 0))
        v = wide(x).movedim(axes, last)  # (..., m): the axes last
        if self.rms_scaling:
            s2 = v.var(last, correction=0, keepdim=True)
            y = self.gamma * v / (s2 + self.epsilon).sqrt()
        else:
            gamma, beta = self.gamma if self.scale else None, self.beta if self.center else None
            y = F.layer_norm(v, v.shape[-len(axes):], gamma, beta, self.epsilon)
        return y.movedim(last, axes).to(x.dtype)
