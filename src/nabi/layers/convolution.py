"""Convolution: a small kernel slides over the picture; at each place multiply, sum, add the bias (합성곱).

    Y[n, i, j, o] = a( sum over u, v, c of X[n, i S + u D - P, j S + v D - P, c] W[u, v, c, o] + b[o] )

    X: (N, H, W, C_in)   W: (kH, kW, C_in / groups, filters)   Y: (N, H', W', filters),  H' = floor((H + 2P - K_eff) / S) + 1

Networks use cross-correlation: the kernel is not flipped. Parameters: (kH kW C_in / groups + 1) filters.
Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section II.
"""

import math

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_tuple
from nabi.layers.filtering import Filtering, in_memory, torch_order


class Convolution(Filtering):
    """Convolution over `dims` spatial axes: `Conv2D` for pictures, `Conv1D` for sequences; the window slides in `Filtering`."""

    def __init__(self, filters, kernel_size, strides=1, padding: str | int = "valid", data_format=None, dilation_rate=1, groups=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **base):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer,
                         bias_regularizer, activity_regularizer, bias_constraint, **base)
        where = type(self).__name__
        (self.filters,) = as_tuple(filters, 1, f"{where}(filters)")
        (self.groups,) = as_tuple(groups, 1, f"{where}(groups)")
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def build(self, input_shape):
        channels = self.known_channels(input_shape)
        if channels % self.groups or self.filters % self.groups:
            raise ShapeError(self.label, f"channels and filters that {self.groups} groups divide",
                             f"{channels} channels and {self.filters} filters")
        self.kernel = self.add_weight((*self.kernel_size, channels // self.groups, self.filters), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
                                      memory=in_memory(self.dims))
        self.add_bias((self.filters,))

    def torch_kernel(self):
        """W seen as torch's (filters, C_in / groups, kH, kW)."""
        return torch_order(self.kernel)

    def linear(self, x):
        return self.slide(x, self.torch_kernel(), self.bias if self.use_bias else None, self.groups)

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
        kernel_constraint, bias_constraint: what W and b are brought back to after each step.

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


@register("layer", "Convolution1D")
class Conv1D(Convolution):
    """Convolution over sequences: words of a sentence, samples of a signal.

    Args:
        kernel_size, strides, dilation_rate: one number each.
        padding: also "causal": all zeros before the first step, so that no output sees a later one.
        filters, groups, activation, use_bias, initializers, regularizers, constraints: as in `Conv2D`.

    Shapes: (batch, steps, features) -> (batch, steps', filters).
    Weights: kernel (K, features / groups, filters), bias (filters,).
    Source: Kim, "Convolutional neural networks for sentence classification", 2014; causal: van den Oord et al., "WaveNet", 2016.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Conv1D(100, 3)(nabi.Input((50, 300))).shape
        (None, 48, 100)
        >>> sums = nabi.layers.Conv1D(1, 2, padding="causal", kernel_initializer="ones")
        >>> sums(torch.tensor([[[1.], [2.], [4.]]])).flatten().tolist()
        [1.0, 3.0, 6.0]
    """

    rank = 3
    dims = 1
    paddings = ("valid", "same", "causal")
