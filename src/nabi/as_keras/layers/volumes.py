"""Volumes: layers with three spatial axes: films (time, height, width) and scans (depth, height, width).

    Y[n, t, i, j, o] = a( sum over s, u, v, c of X[n, t + s, i + u, j + v, c] W[s, u, v, c, o] + b[o] )

    X: (N, D, H, W, C)   W: (kD, kH, kW, C, filters)   Y: (N, D', H', W', filters)

The formulas are those of `nabi.layers.convolution`, `pooling` and their neighbours with one axis more; torch's plain functions
compute them, in float32. Source: Keras 3, layers/convolutional/conv3d.py and neighbours.
"""

import torch.nn.functional as F

from nabi.core.shapes import as_tuple
from nabi.layers import Layer
from nabi.layers.convolution import Convolution
from nabi.layers.dropout import Dropping
from nabi.layers.global_pooling import GlobalAveragePooling, GlobalMaxPooling
from nabi.layers.padding import pairs
from nabi.layers.pooling import Pooling
from nabi.layers.transposed import Transposed
from nabi.layers.upsampling import UpSampling
from nabi.layers.window import channels_last, channels_second, only_channels_last

__all__ = ["AveragePooling3D", "AvgPool3D", "Conv3D", "Conv3DTranspose", "Convolution3D", "Convolution3DTranspose", "Cropping3D",
           "GlobalAveragePooling3D", "GlobalAvgPool3D", "GlobalMaxPool3D", "GlobalMaxPooling3D", "MaxPool3D", "MaxPooling3D",
           "SpatialDropout3D", "UpSampling3D", "ZeroPadding3D"]


class Conv3D(Convolution):
    """Convolution over volumes; arguments as in `Conv2D`.

    Shapes: (batch, depth, height, width, channels) -> (batch, depth', height', width', filters).

    Example:
        >>> import nabi
        >>> Conv3D(8, 3)(nabi.Input((16, 28, 28, 1))).shape
        (None, 14, 26, 26, 8)
    """

    rank = 5
    dims = 3

    def slide(self, x, kernel, bias, groups):
        x, zeros = self.padded(channels_second(x))
        return channels_last(F.conv3d(x, kernel, bias, self.strides, zeros, self.dilation_rate, groups))


class Conv3DTranspose(Transposed):
    """Transposed convolution of volumes; arguments as in `Conv2DTranspose`."""

    rank = 5
    dims = 3

    def linear(self, x):
        x, w = channels_second(x), self.kernel.movedim(-1, 0).movedim(-1, 1)
        y = F.conv_transpose3d(x, w, None, self.strides, 0, 0, 1, self.dilation_rate)
        sides = [(-before, -after) for before, after in self.cuts()]  # F.pad with less than nothing cuts
        y = channels_last(F.pad(y, [n for pair in reversed(sides) for n in pair]))
        return y + self.bias if self.use_bias else y


class MaxPooling3D(Pooling):
    """Largest number of each window of a volume."""

    rank = 5
    dims = 3

    def pool(self, x):
        pads = self.around(x)
        return F.max_pool3d(F.pad(x, pads, value=float("-inf")) if any(pads) else x, self.window, self.strides)


class AveragePooling3D(Pooling):
    """Mean of each window of a volume; added places are not counted."""

    rank = 5
    dims = 3

    def pool(self, x):
        pads = self.around(x)
        ones = F.pad(x.new_ones(1, 1, *x.shape[2:]), pads)
        inside = F.avg_pool3d(ones, self.window, self.strides)
        return F.avg_pool3d(F.pad(x, pads), self.window, self.strides) / inside


class GlobalAveragePooling3D(GlobalAveragePooling):
    """Mean of each whole volume."""

    rank = 5
    dims = 3


class GlobalMaxPooling3D(GlobalMaxPooling):
    """Largest of each whole volume."""

    rank = 5
    dims = 3


class UpSampling3D(UpSampling):
    """Each number becomes a block.

    Args:
        size: factors of the three axes.
    """

    rank = 5
    dims = 3

    def __init__(self, size=(2, 2, 2), data_format=None, **base):
        super().__init__(**base)
        self.size = self.factors = as_tuple(size, 3, "UpSampling3D(size)")
        self.data_format = only_channels_last("UpSampling3D", data_format, 3)


class ZeroPadding3D(Layer):
    """Zeros around a volume.

    Args:
        padding: one number, three, or three pairs.
    """

    rank = 5
    sign = 1

    def __init__(self, padding=(1, 1, 1), data_format=None, **base):
        super().__init__(**base)
        self.padding = self.sides = pairs(padding, 3, f"{type(self).__name__}(padding)")
        self.data_format = only_channels_last(type(self).__name__, data_format, 3)

    def call(self, x):
        return F.pad(x, [0, 0, *(self.sign * n for pair in reversed(self.sides) for n in pair)])

    def compute_output_shape(self, input_shape):
        sizes = (None if n is None else n + self.sign * sum(pair) for n, pair in zip(input_shape[1:-1], self.sides, strict=True))
        return (input_shape[0], *sizes, input_shape[-1])


class Cropping3D(ZeroPadding3D):
    """The edges of a volume cut off.

    Args:
        cropping: one number, three, or three pairs.
    """

    sign = -1

    def __init__(self, cropping=(1, 1, 1), data_format=None, **base):
        super().__init__(cropping, data_format, **base)
        self.cropping = self.sides


class SpatialDropout3D(Dropping):
    """Whole volumes of channels are set to 0 in training.

    Args:
        rate: share of channels.
    """

    rank = 5

    def __init__(self, rate=0.5, seed=None, data_format=None, **base):
        super().__init__(rate, seed, **base)
        self.data_format = only_channels_last("SpatialDropout3D", data_format, 3)

    def mask_shape(self, shape):
        return (shape[0], 1, 1, 1, shape[-1])


Convolution3D, Convolution3DTranspose = Conv3D, Conv3DTranspose
MaxPool3D, AvgPool3D = MaxPooling3D, AveragePooling3D
GlobalMaxPool3D, GlobalAvgPool3D = GlobalMaxPooling3D, GlobalAveragePooling3D
LAYERS = (Conv3D, Conv3DTranspose, MaxPooling3D, AveragePooling3D, GlobalMaxPooling3D, GlobalAveragePooling3D, UpSampling3D,
          ZeroPadding3D, Cropping3D, SpatialDropout3D)
