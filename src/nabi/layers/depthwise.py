"""Depthwise and separable convolution: each channel is filtered by itself, then 1x1 kernels mix the channels (깊이별 합성곱).

    depthwise   Z[n, i, j, c M + m] = sum over u, v of X[n, i S + u D - P, j S + v D - P, c] W[u, v, c, m]   + b[c M + m]
    separable   Y[n, i, j, o] = sum over k of Z[n, i, j, k] V[0, 0, k, o]   + b[o]

    X: (N, H, W, C)   W: (kH, kW, C, M)   Z: (N, H', W', C M)   V: (1, 1, C M, filters)   M: depth_multiplier

A separable convolution takes kH kW C M + C M filters multiply-adds a place, where a convolution takes kH kW C filters.
Source: Chollet, "Xception", 2017; Howard et al., "MobileNets", 2017, section 3.1.
"""

import math

import torch.nn.functional as F

from nabi import constraints, initializers, regularizers
from nabi.core.registry import register
from nabi.core.shapes import as_tuple
from nabi.layers.filtering import Filtering, in_memory


def one_by_one(kernel):
    """Keras' depthwise kernel (..., C, M) seen as torch's (C M, 1, ...), in which the channels are groups."""
    return kernel.movedim(-1, 0).movedim(-1, 0).flatten(0, 1).unsqueeze(1)


def lying_so(dims: int) -> tuple[int, ...]:
    """Order in which the axes of a depthwise kernel (..., C, M) lie, so that nothing is copied for torch: (C, M, ...)."""
    return (dims, dims + 1, *range(dims))


def by_channel(layer: "Depthwise | Separable", x, kernel, bias):
    """Each channel under kernels of its own. It stands there M times: one kernel a group is what oneDNN is quick at."""
    M = layer.depth_multiplier
    x = x if M == 1 else x.unsqueeze(-1).expand(*x.shape, M).flatten(-2)  # (N, ..., C M)
    return layer.slide(x, one_by_one(kernel), bias, x.shape[-1])


class Depthwise(Filtering):
    """Depthwise convolution over `dims` spatial axes."""

    def __init__(self, kernel_size, strides=1, padding="valid", depth_multiplier=1, data_format=None, dilation_rate=1,
                 activation=None, use_bias=True, depthwise_initializer="glorot_uniform", bias_initializer="zeros",
                 depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 bias_constraint=None, **base):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer,
                         bias_regularizer, activity_regularizer, bias_constraint, **base)
        (self.depth_multiplier,) = as_tuple(depth_multiplier, 1, f"{type(self).__name__}(depth_multiplier)")
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        self.kernel = self.add_weight((*self.kernel_size, channels, self.depth_multiplier), self.depthwise_initializer,
                                      regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint,
                                      memory=lying_so(self.dims))
        self.add_bias((channels * self.depth_multiplier,))

    def linear(self, x):
        return by_channel(self, x, self.kernel, self.bias if self.use_bias else None)

    def compute_output_shape(self, input_shape):
        channels = None if input_shape[-1] is None else input_shape[-1] * self.depth_multiplier
        return (input_shape[0], *self.spatial(input_shape), channels)

    def macs(self, input_shape, output_shape):
        return math.prod(n or 1 for n in output_shape[1:]) * math.prod(self.kernel_size)


class Separable(Filtering):
    """Depthwise, then 1x1 convolution over `dims` spatial axes; one bias and one activation, at the end."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, depth_multiplier=1,
                 activation=None, use_bias=True, depthwise_initializer="glorot_uniform", pointwise_initializer="glorot_uniform",
                 bias_initializer="zeros", depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **base):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer,
                         bias_regularizer, activity_regularizer, bias_constraint, **base)
        where = type(self).__name__
        (self.filters,) = as_tuple(filters, 1, f"{where}(filters)")
        (self.depth_multiplier,) = as_tuple(depth_multiplier, 1, f"{where}(depth_multiplier)")
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.pointwise_initializer = initializers.get(pointwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        self.depthwise_kernel = self.add_weight((*self.kernel_size, channels, self.depth_multiplier), self.depthwise_initializer,
                                                regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint,
                                                memory=lying_so(self.dims))
        self.pointwise_kernel = self.add_weight((*(1,) * self.dims, channels * self.depth_multiplier, self.filters),
                                                self.pointwise_initializer, regularizer=self.pointwise_regularizer,
                                                constraint=self.pointwise_constraint, memory=in_memory(self.dims))
        self.add_bias((self.filters,))

    def linear(self, x):
        z = by_channel(self, x, self.depthwise_kernel, None)
        v = self.pointwise_kernel.flatten(0, -2)  # (C M, filters)
        return F.linear(z, v.t(), self.bias if self.use_bias else None)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.spatial(input_shape), self.filters)

    def macs(self, input_shape, output_shape):
        places, channels = math.prod(n or 1 for n in output_shape[1:-1]), input_shape[-1] * self.depth_multiplier
        return places * channels * math.prod(self.kernel_size) + places * channels * self.filters


@register("layer")
class DepthwiseConv2D(Depthwise):
    """A kernel of its own for each channel of a picture; channels are not mixed.

    Args:
        kernel_size: height and width of the kernels, or one number for both.
        strides, padding, dilation_rate: as in `Conv2D`.
        depth_multiplier: kernels for each channel.
        activation: name or function; None is linear.
        use_bias: whether b is added.
        depthwise_initializer, bias_initializer: first values of W and b.
        depthwise_regularizer, bias_regularizer, activity_regularizer: penalties on W, b and Z.
        depthwise_constraint, bias_constraint: what W and b are brought back to after each step.

    Shapes: (batch, height, width, channels) -> (batch, height', width', channels * depth_multiplier).
    Weights: kernel (kH, kW, channels, depth_multiplier), bias (channels * depth_multiplier,).

    Example:
        >>> import nabi
        >>> layer = nabi.layers.DepthwiseConv2D(3, padding="same")
        >>> layer(nabi.Input((28, 28, 32))).shape, layer.count_params()
        ((None, 28, 28, 32), 320)

    PyTorch: Conv2d(C, C * M, K, groups=C). Conv2D(C * M, K, groups=C) computes the same with a kernel (kH, kW, 1, C M).
    """

    rank = 4
    dims = 2


@register("layer")
class DepthwiseConv1D(Depthwise):
    """A kernel of its own for each feature of a sequence.

    Args:
        kernel_size, strides, dilation_rate: one number each; all else as in `DepthwiseConv2D`.

    Shapes: (batch, steps, features) -> (batch, steps', features * depth_multiplier).

    Example:
        >>> import nabi
        >>> nabi.layers.DepthwiseConv1D(3, depth_multiplier=2)(nabi.Input((50, 8))).shape
        (None, 48, 16)
    """

    rank = 3
    dims = 1


@register("layer", "SeparableConvolution2D")
class SeparableConv2D(Separable):
    """A convolution in two halves: one kernel a channel for the places, then 1x1 kernels for the channels.

    Args:
        filters: number of 1x1 kernels, and of output channels.
        kernel_size, strides, padding, dilation_rate, depth_multiplier: of the depthwise half, as in `DepthwiseConv2D`.
        activation: name or function behind the second half; None is linear. There is none between the halves.
        use_bias: whether b is added, at the end.
        depthwise_initializer, pointwise_initializer, bias_initializer: first values of W, V and b.
        depthwise_regularizer, pointwise_regularizer, bias_regularizer, activity_regularizer: penalties on W, V, b and Y.
        depthwise_constraint, pointwise_constraint, bias_constraint: what W, V and b are brought back to after each step.

    Shapes: (batch, height, width, channels) -> (batch, height', width', filters).
    Weights: depthwise_kernel (kH, kW, channels, M), pointwise_kernel (1, 1, channels * M, filters), bias (filters,).

    Example:
        >>> import nabi
        >>> layer, full = nabi.layers.SeparableConv2D(64, 3), nabi.layers.Conv2D(64, 3)
        >>> x = nabi.Input((26, 26, 32))
        >>> layer(x).shape == full(x).shape, layer.count_params(), full.count_params()
        (True, 2400, 18496)
    """

    rank = 4
    dims = 2


@register("layer", "SeparableConvolution1D")
class SeparableConv1D(Separable):
    """A convolution of sequences in two halves: one kernel a feature for the steps, then a Dense map of the features.

    Args:
        kernel_size, strides, dilation_rate: one number each; all else as in `SeparableConv2D`.

    Shapes: (batch, steps, features) -> (batch, steps', filters).

    Example:
        >>> import nabi
        >>> nabi.layers.SeparableConv1D(64, 5, padding="same")(nabi.Input((50, 32))).shape
        (None, 50, 64)
    """

    rank = 3
    dims = 1
