"""Transposed convolution: each number of a small map paints the kernel, weighed by it, into a larger map (전치 합성곱).

    Y[n, i S + u D - P, j S + v D - P, o] = sum over i, u, j, v, c that meet there of X[n, i, j, c] W[u, v, o, c]   + b[o]

    X: (N, H, W, C_in)   W: (kH, kW, filters, C_in)   Y: (N, H', W', filters)          K = K_eff = (kernel - 1) D + 1
    valid    H' = (H - 1) S + max(K, S)             P = 0; with output_padding p:   (H - 1) S + K + p
    same     H' = H S                               what is too much is cut, the odd pixel at bottom and right
             with output_padding p:                 H' = (H - 1) S + K mod 2 + p

It is the transpose of the convolution's matrix: the gradient of a convolution towards its input.
Source: Zeiler et al., "Deconvolutional networks", 2010; Dumoulin & Visin, "A guide to convolution arithmetic", 2016, chapter 4.
"""

import math
from numbers import Integral

import torch
import torch.nn.functional as F

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text, as_tuple, effective
from nabi.layers.filtering import Filtering
from nabi.layers.window import channels_last, channels_second


class Transposed(Filtering):
    """Transposed convolution over `dims` spatial axes."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid", output_padding=None, data_format=None, dilation_rate=1,
                 activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **base):
        super().__init__(kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias, bias_initializer,
                         bias_regularizer, activity_regularizer, bias_constraint, **base)
        (self.filters,) = as_tuple(filters, 1, f"{type(self).__name__}(filters)")
        self.output_padding = self.check_output_padding(output_padding)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)

    def check_padding(self, padding):
        """"valid" or "same"; a number of zeros would say what is cut, not what is added."""
        name = padding.lower() if isinstance(padding, str) else padding
        if name in ("valid", "same"):
            return name
        raise ArgumentError(f"{type(self).__name__}(padding)", "'valid' or 'same'", repr(padding))

    def check_output_padding(self, value):
        """None, or a number below the stride for each axis."""
        if value is None:
            return None
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * self.dims
        whole = all(isinstance(v, Integral) and not isinstance(v, bool) and int(v) >= 0 for v in values)
        if len(values) != self.dims or not whole or any(v >= s for v, s in zip(values, self.strides, strict=True)):
            raise ArgumentError(f"{type(self).__name__}(output_padding)",
                                f"None, or whole numbers below the strides {self.strides}", repr(value))
        return tuple(map(int, values))

    def cuts(self) -> list[tuple[int, int]]:
        """What is cut (before, after) each axis of the whole painting, (N_in - 1) S + K long; below 0: what is added."""
        extra = self.output_padding or (None,) * self.dims
        axes = zip(self.kernel_size, self.strides, self.dilation_rate, extra, strict=True)
        return [cut(effective(k, d), s, str(self.padding), p) for k, s, d, p in axes]

    def build(self, input_shape):
        channels, last = self.known_channels(input_shape), self.dims + 1
        self.kernel = self.add_weight((*self.kernel_size, self.filters, channels), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
                                      memory=(last, *range(last)))
        self.add_bias((self.filters,))

    def linear(self, x):
        x, w = channels_second(x), self.kernel.movedim(-1, 0).movedim(-1, 1)  # w: (C_in, filters, kH, kW)
        cuts = self.cuts()
        both = [max(min(before, after), 0) for before, after in cuts]  # what torch's padding cuts on both sides
        more = [max(-after, 0) for _, after in cuts]
        y = TRANSPOSED[self.dims](x, w, self.strides, both, more, self.dilation_rate)
        for axis, ((before, after), cut_already) in enumerate(zip(cuts, both, strict=True), 2):
            first, rest = before - cut_already, max(after - cut_already, 0)
            y = y.narrow(axis, first, y.shape[axis] - first - rest) if first or rest else y
        y = channels_last(y)
        return y + self.bias if self.use_bias else y  # inside oneDNN's bfloat16 form a bias takes up to ten times as long

    def spatial(self, input_shape) -> tuple:
        """Output sizes of the spatial axes; an error where nothing is left."""
        axes = zip(input_shape[1:-1], self.kernel_size, self.strides, self.dilation_rate, self.cuts(), strict=True)
        sizes = tuple(None if n is None else (n - 1) * s + effective(k, d) - sum(both) for n, k, s, d, both in axes)
        if any(n is not None and n < 1 for n in sizes):
            raise ShapeError(f"{self.label} {as_text(input_shape)}: output_padding {self.output_padding} does not fit, since "
                             "padding 'same' leaves nothing.")
        return sizes

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.spatial(input_shape), self.filters)

    def macs(self, input_shape, output_shape):
        return math.prod(n or 1 for n in input_shape[1:]) * math.prod(self.kernel_size) * self.filters


def cut(K: int, S: int, padding: str, p: int | None) -> tuple[int, int]:
    """What Keras cuts before and after one axis; below 0: what it adds.

    Example:
        >>> cut(3, 2, "same", None), cut(4, 2, "same", None), cut(2, 3, "valid", None)
        ((0, 1), (1, 1), (0, -1))
    """
    if padding == "valid":
        return 0, -(max(K, S) - K if p is None else p)
    kept = S + K - 2 if p is None else K + K % 2 - 2 + p  # Keras' zeros around the stretched input: K - 1 a side cut nothing
    before = min((kept + 1) // 2, K - 1)
    return K - 1 - before, K - 1 - (kept - before)


def transposed_of_rows(x, kernel, strides, cut_both, more, dilation) -> torch.Tensor:
    """torch's conv_transpose1d by way of pictures one pixel high."""
    rows = x.unsqueeze(2), kernel.unsqueeze(2)
    return F.conv_transpose2d(*rows, None, (1, *strides), (0, *cut_both), (0, *more), 1, (1, *dilation)).squeeze(2)


def transposed_of_pictures(x, kernel, strides, cut_both, more, dilation) -> torch.Tensor:
    """torch's conv_transpose2d without bias and groups."""
    return F.conv_transpose2d(x, kernel, None, strides, cut_both, more, 1, dilation)


TRANSPOSED = {1: transposed_of_rows, 2: transposed_of_pictures}


@register("layer", "Convolution2DTranspose")
class Conv2DTranspose(Transposed):
    """Transposed convolution of pictures: the way back up, in decoders and generators.

    Args:
        filters: number of output channels.
        kernel_size: height and width of the kernel, or one number for both.
        strides: how far apart neighbours are painted; the map grows by this factor.
        padding: "valid" or "same".
        output_padding: rows and columns more than the least that "same" or "valid" gives, below the strides; None as above.
        dilation_rate: distance between the kernel's points.
        activation, use_bias, initializers, regularizers, constraints: as in `Conv2D`.

    Shapes: (batch, height, width, channels) -> (batch, height', width', filters).
    Weights: kernel (kH, kW, filters, channels), bias (filters,).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Conv2DTranspose(16, 3, strides=2, padding="same")(nabi.Input((7, 7, 32))).shape
        (None, 14, 14, 16)
        >>> paint = nabi.layers.Conv2DTranspose(1, 2, strides=2, kernel_initializer="ones")
        >>> paint(torch.tensor([[[[1.], [2.]]]]))[0, :, :, 0].tolist()
        [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]

    Keras refuses dilation together with strides; PyTorch: kernel (C_in, filters, kH, kW), cuts by a number of its own.
    """

    rank = 4
    dims = 2


@register("layer", "Convolution1DTranspose")
class Conv1DTranspose(Transposed):
    """Transposed convolution of sequences.

    Args:
        kernel_size, strides, output_padding, dilation_rate: one number each; all else as in `Conv2DTranspose`.

    Shapes: (batch, steps, features) -> (batch, steps', filters).

    Example:
        >>> import nabi
        >>> nabi.layers.Conv1DTranspose(8, 4, strides=2, padding="same")(nabi.Input((25, 16))).shape
        (None, 50, 8)
    """

    rank = 3
    dims = 1
