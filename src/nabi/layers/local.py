"""Locally connected: a window at every place, but no shared weights: each place has a kernel and a bias of its own (지역 연결층).

    Y[n, i, j, o] = a( sum over u, v, c of X[n, i S + u D - P, j S + v D - P, c] W[i W' + j, (u kW + v) C + c, o] + b[i, j, o] )

    X: (N, H, W, C)   W: (H' W', kH kW C, filters)   b: (H', W', filters)   Y: (N, H', W', filters)

Between Dense and convolution: local as the one, with weights of its own as the other. Parameters: H' W' (kH kW C + 1) filters.
Source: LeCun, "Generalization and network design strategies", 1989 (Net-3); Keras 2 (Keras 3 has the layer no more).
"""

import math

import torch
import torch.nn.functional as F

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text, as_tuple, effective
from nabi.layers.filtering import Filtering
from nabi.layers.window import channels_second


@register("layer")
class LocallyConnected2D(Filtering):
    """A kernel for every place of a picture.

    Args:
        filters: kernels a place, and output channels.
        kernel_size: height and width of the window, or one number for both.
        strides, padding: as in `Conv2D`.
        activation: name or function; None is linear.
        use_bias: whether b is added.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on W, b and Y.
        kernel_constraint, bias_constraint: what W and b are brought back to after each step.
        implementation: 1, 2 or 3 as in Keras 2, where they compute the same in three ways; the weights lie as with 1.

    Shapes: (batch, height, width, channels) -> (batch, height', width', filters), of known height and width.

    Example:
        >>> import nabi
        >>> local, shared = nabi.layers.LocallyConnected2D(4, 3), nabi.layers.Conv2D(4, 3)
        >>> x = nabi.Input((8, 8, 1))
        >>> local(x).shape == shared(x).shape, local.count_params(), shared.count_params()
        (True, 1440, 40)
    """

    rank = 4
    dims = 2
    fixed_axes = (1, 2, 3)

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, implementation=1, **base):
        super().__init__(kernel_size, strides, padding, data_format, activation=activation, use_bias=use_bias,
                         bias_initializer=bias_initializer, bias_regularizer=bias_regularizer,
                         activity_regularizer=activity_regularizer, bias_constraint=bias_constraint, **base)
        if implementation not in (1, 2, 3):
            raise ArgumentError("LocallyConnected2D(implementation)", "1, 2 or 3", repr(implementation))
        (self.filters,) = as_tuple(filters, 1, "LocallyConnected2D(filters)")
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.implementation = implementation

    def check_shapes(self, shapes):
        super().check_shapes(shapes)
        if None in shapes[0][1:-1]:
            raise ShapeError(self.label, "a known height and width, since each place has weights of its own",
                             as_text(shapes[0]), "Give Input its height and width, or share the weights: Conv2D.")

    def build(self, input_shape):
        sizes, inputs = self.spatial(input_shape), math.prod(self.kernel_size) * self.known_channels(input_shape)
        self.kernel = self.add_weight((math.prod(sizes), inputs, self.filters), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.add_bias((*sizes, self.filters))

    def linear(self, x):
        sizes = self.spatial((None, *x.shape[1:]))
        x, (above, left) = self.padded(channels_second(x))
        x = F.pad(x, (left, left, above, above))
        for axis, (k, s, d) in enumerate(zip(self.kernel_size, self.strides, self.dilation_rate, strict=True), 2):
            x = x.unfold(axis, effective(k, d), s)[..., ::d]
        patches = x.permute(2, 3, 0, 4, 5, 1).flatten(3).flatten(0, 1)  # (N, C, H', W', kH, kW) -> (H' W', N, kH kW C)
        y = torch.bmm(patches, self.kernel).unflatten(0, sizes).movedim(2, 0)  # (N, H', W', filters)
        return y + self.bias if self.use_bias else y

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.spatial(input_shape), self.filters)

    def macs(self, input_shape, output_shape):
        return math.prod(n or 1 for n in output_shape[1:]) * math.prod(self.kernel_size) * input_shape[-1]
