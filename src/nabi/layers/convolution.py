"""Convolution: a small kernel slides over the picture; at each place multiply, sum, add the bias (합성곱).

    Y[n, i, j, o] = a( sum over u, v, c of X[n, i S + u D - P, j S + v D - P, c] W[u, v, c, o] + b[o] )

    X: (N, H, W, C_in)   W: (kH, kW, C_in / groups, filters)   Y: (N, H', W', filters),  H' = floor((H + 2P - K_eff) / S) + 1

Networks use cross-correlation: the kernel is not flipped. Parameters: (kH kW C_in / groups + 1) filters.
Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section II.
"""

import math

import torch.nn.functional as F

from nabi import initializers, regularizers
from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_tuple
from nabi.layers.activated import Activated
from nabi.layers.window import Window, channels_last, channels_second, only_channels_last


class Convolution(Activated, Window):
    """Convolution over `dims` spatial axes; `Conv2D` is its name for pictures."""

    torch_convolution = staticmethod(F.conv2d)

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, groups=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, **base):
        super().__init__(activation, activity_regularizer, **base)
        where = type(self).__name__
        self.data_format = only_channels_last(where, data_format)
        (self.filters,) = as_tuple(filters, 1, f"{where}(filters)")
        (self.groups,) = as_tuple(groups, 1, f"{where}(groups)")
        self.kernel_size = self.window = as_tuple(kernel_size, self.dims, f"{where}(kernel_size)")
        self.strides = as_tuple(strides, self.dims, f"{where}(strides)")
        self.dilation_rate = as_tuple(dilation_rate, self.dims, f"{where}(dilation_rate)")
        self.padding = self.check_padding(padding)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def build(self, input_shape):
        channels = input_shape[-1]
        if channels is None:
            remedy = "Give Input its channels, such as (None, None, 3)."
            raise ShapeError(self.label, "a known number of channels", "an unknown one", remedy)
        if channels % self.groups or self.filters % self.groups:
            raise ShapeError(self.label, f"channels and filters that {self.groups} groups divide",
                             f"{channels} channels and {self.filters} filters")
        axes = tuple(range(self.dims + 2))
        self.kernel = self.add_weight((*self.kernel_size, channels // self.groups, self.filters), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, memory=(axes[-1], *axes[:-1]))
        if self.use_bias:
            self.bias = self.add_weight((self.filters,), self.bias_initializer, regularizer=self.bias_regularizer)

    def torch_kernel(self):
        """W seen as torch's (filters, C_in / groups, kH, kW)."""
        return self.kernel.movedim(-1, 0).movedim(-1, 1)

    def linear(self, x):
        x, zeros = self.padded(channels_second(x))
        bias = self.bias if self.use_bias else None
        y = self.torch_convolution(x, self.torch_kernel(), bias, self.strides, zeros, self.dilation_rate, self.groups)
        return channels_last(y)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.spatial(input_shape), self.filters)

    def macs(self, input_shape, output_shape):
        return math.prod(n or 1 for n in output_shape[1:]) * math.prod(self.kernel_size) * input_shape[-1] // self.groups


@register("layer", "Convolution2D")
class Conv2D(Convolution):
    """Convolution over pictures.

    Args:
        filters: number of kernels, and of output channels.
        kernel_size: height and width of the kernel, or one number for both.
        strides: steps between windows.
        padding: "valid" (none), "same" (Keras' rule, the odd pixel at bottom and right) or the number of zeros around.
        dilation_rate: distance between the kernel's points.
        groups: channels are split into so many groups, each with its own kernels (AlexNet).
        activation: name or function; None is linear.
        use_bias: whether b is added.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on W, b and Y.

    Shapes: (batch, height, width, channels) -> (batch, height', width', filters).

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Conv2D(32, 3)
        >>> layer(nabi.Input((28, 28, 1))).shape, layer.count_params()
        ((None, 26, 26, 32), 320)

    Keras: the same numbers. PyTorch: kernel (filters, C_in, kH, kW), pictures channels first, no "same" with strides.
    """

    rank = 4
    dims = 2
