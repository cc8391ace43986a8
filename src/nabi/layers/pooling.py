"""Pooling: each window becomes one number; channels are kept, no weights (sub-sampling, 풀링).

    max      Y = max of the window                 average   Y = mean of the window (zeros of "same" are not counted)
    L2       Y = sqrt(sum of squares of the window)           global    the window is the whole map: `global_pooling`

    X: (N, H, W, C) -> Y: (N, H', W', C),  H' = floor((H + 2P - K) / S) + 1; strides default to the window.
Source: LeCun et al. 1998 (average); Krizhevsky et al. 2012 (max, overlapping 3/2); Sermanet et al. 2012 (L2).
"""

import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.layers.window import Window, channels_last, channels_second, only_channels_last, window_tuples

LARGEST = {1: F.max_pool1d, 2: F.max_pool2d}
MEAN = {1: F.avg_pool1d, 2: F.avg_pool2d}


class Pooling(Window):
    """Base: a window over `dims` spatial axes; subclasses write `pool` on (N, C, ...)."""

    def __init__(self, pool_size: int | tuple[int, ...] = 2, strides: int | tuple[int, ...] | None = None,
                 padding: str | int = "valid", data_format=None, name=None, **base):
        super().__init__(name=name, **base)
        self.data_format = only_channels_last(type(self).__name__, data_format, self.dims)
        self.window, self.strides = window_tuples(self, pool_size, strides, self.dims, "pool_size")
        self.pool_size = self.window
        self.dilation_rate = (1,) * self.dims
        self.padding = self.check_padding(padding)
        if isinstance(self.padding, int) and self.padding >= min(self.window):
            fewer = f"fewer zeros than the window {self.window} is wide"
            raise ArgumentError(f"{type(self).__name__}(padding)", fewer, self.padding,
                                "Windows at the border would hold no pixel at all.")

    def pool(self, x):
        """One number a window, x: (N, C, ...)."""
        return x

    def around(self, x) -> list[int]:
        """What padding adds around x: (N, C, ...), in the order of torch's `pad`: last axis first."""
        return [n for pair in reversed(self.pads(tuple(x.shape[2:]))) for n in pair]

    def call(self, x):
        return channels_last(self.pool(channels_second(x)))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.spatial(input_shape), input_shape[-1])


class MaxPooling(Pooling):
    """Largest number of each window; added places never win."""

    def pool(self, x):
        pads = self.around(x)
        x = F.pad(x, pads, value=float("-inf")) if any(pads) else x
        return LARGEST[self.dims](x, self.window, self.strides)


class AveragePooling(Pooling):
    """Mean of each window; added places are not counted."""

    def pool(self, x):
        pads, mean = self.around(x), MEAN[self.dims]
        if not any(pads):
            return mean(x, self.window, self.strides)
        ones = F.pad(x.new_ones(1, 1, *x.shape[2:]), pads)
        share = mean(ones, self.window, self.strides)  # part of each window that lies inside the picture
        return mean(F.pad(x, pads), self.window, self.strides) / share


@register("layer", "MaxPool2D")
class MaxPooling2D(MaxPooling):
    """Largest number of each window of a picture.

    Args:
        pool_size: height and width of the window, or one number for both.
        strides: steps between windows; None means the window's size.
        padding: "valid", "same" or a number; added places never win.

    Example:
        >>> import nabi
        >>> nabi.layers.MaxPooling2D(2)(nabi.Input((24, 24, 64))).shape
        (None, 12, 12, 64)
    """

    rank = 4
    dims = 2


@register("layer", "MaxPool1D")
class MaxPooling1D(MaxPooling):
    """Largest number of each window of a sequence.

    Args:
        pool_size: steps in a window.
        strides: steps between windows; None means the window's size.
        padding: "valid", "same" or a number; added places never win.

    Shapes: (batch, steps, features) -> (batch, steps', features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.MaxPooling1D(2)(torch.tensor([[[1.], [3.], [2.], [0.], [9.]]])).flatten().tolist()
        [3.0, 2.0]
    """

    rank = 3
    dims = 1


@register("layer", "AvgPool2D")
class AveragePooling2D(AveragePooling):
    """Mean of each window of a picture; places added by "same" are not counted, as in Keras.

    Args:
        pool_size: height and width of the window, or one number for both.
        strides: steps between windows; None means the window's size.
        padding: "valid", "same" or a number.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.AveragePooling2D(2)(torch.tensor([[[[1.], [3.]], [[5.], [7.]]]])).flatten().tolist()
        [4.0]
    """

    rank = 4
    dims = 2


@register("layer", "AvgPool1D")
class AveragePooling1D(AveragePooling):
    """Mean of each window of a sequence; places added by "same" are not counted, as in Keras.

    Args:
        pool_size: steps in a window.
        strides: steps between windows; None means the window's size.
        padding: "valid", "same" or a number.

    Shapes: (batch, steps, features) -> (batch, steps', features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.AveragePooling1D(3, 1, "same")(torch.tensor([[[1.], [3.], [8.]]])).flatten().tolist()
        [2.0, 4.0, 5.5]
    """

    rank = 3
    dims = 1


@register("layer")
class L2Pooling2D(Pooling):
    """Root of the sum of squares of each window; its gradient at an all-zero window is taken as 0.

    Args:
        pool_size: height and width of the window, or one number for both.
        strides: steps between windows; None means the window's size.
        padding: "valid", "same" or a number.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.L2Pooling2D(2)(torch.ones(1, 2, 2, 1)).flatten().tolist()
        [2.0]

    PyTorch: LPPool2d(norm_type=2).
    """

    rank = 4
    dims = 2

    def pool(self, x):
        squares = F.avg_pool2d(F.pad(x, self.around(x)).square(), self.window, self.strides, divisor_override=1)
        positive = squares > 0
        return torch.where(positive, squares.where(positive, 1).sqrt(), 0)
