"""Upsampling: a map made larger by whole factors, without weights.

    nearest    Y[n, i, j, c] = X[n, floor(i / u), floor(j / v), c]                     each pixel becomes a block of u x v
    bilinear   Y between four pixels of X, at the place (i + 1/2) / u - 1/2, (j + 1/2) / v - 1/2; at the edge the edge goes on

    X: (N, H, W, C) -> Y: (N, H u, W v, C).  Source: Keras 3; half-pixel centres as in TensorFlow 2 and torch.
"""

import torch.nn.functional as F

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.registry import register
from nabi.core.shapes import as_tuple
from nabi.layers.layer import Layer
from nabi.layers.window import channels_last, channels_second, only_channels_last

INTERPOLATIONS = ("nearest", "bilinear")


class UpSampling(Layer):
    """Base: `dims` spatial axes times `factors`."""

    dims = 2
    interpolation = "nearest"
    factors: tuple[int, ...]

    def call(self, x):
        row = x.ndim == 3  # torch is three times slower on (N, L, C) than on pictures of one row
        x = channels_second(x.unsqueeze(1) if row else x)
        sizes = [n * u for n, u in zip(x.shape[2:], (1, *self.factors) if row else self.factors, strict=True)]
        if self.interpolation == "bilinear":
            y = F.interpolate(x, sizes, mode="bilinear", align_corners=False)
        else:
            y = F.interpolate(x, sizes, mode="nearest-exact")  # "nearest" is one pixel off at u = 41
        return channels_last(y).squeeze(1) if row else channels_last(y)

    def compute_output_shape(self, input_shape):
        sizes = (None if n is None else n * u for n, u in zip(input_shape[1:-1], self.factors, strict=True))
        return (input_shape[0], *sizes, input_shape[-1])


@register("layer")
class UpSampling2D(UpSampling):
    """Each pixel becomes a block, or what lies between pixels is filled in.

    Args:
        size: factors of height and width, or one number for both.
        interpolation: "nearest" or "bilinear".

    Shapes: (batch, height, width, channels) -> (batch, height * size[0], width * size[1], channels).

    Example:
        >>> import nabi, torch
        >>> x = torch.tensor([[[[1.], [5.]]]])
        >>> nabi.layers.UpSampling2D((1, 2))(x).flatten().tolist()
        [1.0, 1.0, 5.0, 5.0]
        >>> nabi.layers.UpSampling2D((1, 2), interpolation="bilinear")(x).flatten().tolist()
        [1.0, 2.0, 4.0, 5.0]

    Keras has "bicubic" and "lanczos" too, whose numbers hang on the backend.
    """

    rank = 4
    dims = 2

    def __init__(self, size=(2, 2), data_format=None, interpolation="nearest", **base):
        super().__init__(**base)
        self.size = self.factors = as_tuple(size, 2, "UpSampling2D(size)")
        self.data_format = only_channels_last("UpSampling2D", data_format)
        self.interpolation = interpolation.lower() if isinstance(interpolation, str) else interpolation
        if self.interpolation not in INTERPOLATIONS:
            raise ArgumentError("UpSampling2D(interpolation)", "'nearest' or 'bilinear'", repr(interpolation),
                                did_you_mean(str(interpolation), INTERPOLATIONS))


@register("layer")
class UpSampling1D(UpSampling):
    """Each step stands `size` times.

    Args:
        size: how often.

    Shapes: (batch, steps, features) -> (batch, steps * size, features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.UpSampling1D(3)(torch.tensor([[[1.], [2.]]])).flatten().tolist()
        [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    """

    rank = 3
    dims = 1

    def __init__(self, size=2, **base):
        super().__init__(**base)
        self.factors = as_tuple(size, 1, "UpSampling1D(size)")
        (self.size,) = self.factors
