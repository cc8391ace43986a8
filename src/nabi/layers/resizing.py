"""Resizing: pictures brought to one size, whole, or as their largest middle window, or in a frame (크기 조정).

    y = resize(x)                    whole: sides may be stretched by different factors
    y = resize(window(x))            crop_to_aspect_ratio: the largest middle window of the shape height : width
    y = resize(frame(x))             pad_to_aspect_ratio: a frame of `fill_value` as wide as brings x to that shape

    x: (N, H, W, C) -> y: (N, height, width, C).  The ways to read between pixels: `nabi.kernels.resize`.
Source: Keras 3.
"""

import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import flag, number
from nabi.core.registry import register
from nabi.kernels.resize import RESIZINGS, resize
from nabi.layers.crop import Crop, middle


@register("layer")
class Resizing(Crop):
    """Brings pictures to height x width, in training and at inference.

    Args:
        height, width: of the result.
        interpolation: "bilinear", "nearest", "bicubic", "area", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: whether what does not fit the shape height : width is cut off instead of squeezed.
        pad_to_aspect_ratio: whether the picture gets a frame instead.
        fill_mode: of the frame: "constant".
        fill_value: the pixels of the frame.
        antialias: whether pictures that shrink are smoothed first; without meaning for "nearest" and "area".

    Shapes: (batch, H, W, channels) -> (batch, height, width, channels).

    Example:
        >>> import nabi, torch
        >>> x = torch.tensor([[[[1.], [3.]], [[5.], [7.]]]])
        >>> nabi.layers.Resizing(1, 1)(x).item(), nabi.layers.Resizing(1, 4, "nearest")(x[:, :1]).flatten().tolist()
        (4.0, [1.0, 1.0, 3.0, 3.0])

    Whole numbers come out as floats; Keras rounds them back. Keras on torch has no "lanczos"; "area" is Keras 2's.
    """

    def __init__(self, height, width, interpolation="bilinear", crop_to_aspect_ratio=False, pad_to_aspect_ratio=False,
                 fill_mode="constant", fill_value=0.0, antialias=False, data_format=None, **base):
        super().__init__(height, width, data_format, **base)
        self.interpolation = interpolation.lower() if isinstance(interpolation, str) else interpolation
        if self.interpolation not in RESIZINGS:
            raise ArgumentError("Resizing(interpolation)", f"one of {', '.join(RESIZINGS)}", repr(interpolation),
                                did_you_mean(str(interpolation), RESIZINGS))
        self.crop_to_aspect_ratio = flag("Resizing(crop_to_aspect_ratio)", crop_to_aspect_ratio)
        self.pad_to_aspect_ratio = flag("Resizing(pad_to_aspect_ratio)", pad_to_aspect_ratio)
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            raise ArgumentError("Resizing", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both",
                                "Cutting keeps the middle large, a frame keeps the whole picture.")
        if fill_mode != "constant":
            raise ArgumentError("Resizing(fill_mode)", "'constant'", repr(fill_mode), "The frame has one value, fill_value.")
        self.fill_mode = fill_mode
        self.fill_value = number("Resizing(fill_value)", fill_value)
        self.antialias = flag("Resizing(antialias)", antialias)

    def call(self, x):
        if self.crop_to_aspect_ratio:
            x = middle(x, self.height, self.width)
        if self.pad_to_aspect_ratio:
            x = framed(x, self.height, self.width, self.fill_value)
        return resize(x, self.height, self.width, self.interpolation, self.antialias)


def framed(x: torch.Tensor, height: int, width: int, value: float = 0.0) -> torch.Tensor:
    """x with equal bars above and below, or left and right, that bring it to the shape height : width, to a pixel.

    Example:
        >>> framed(torch.ones(1, 2, 4, 1), 3, 3).shape, framed(torch.ones(1, 1, 3, 1), 2, 3).shape
        (torch.Size([1, 4, 4, 1]), torch.Size([1, 1, 3, 1]))
    """
    H, W = x.shape[1:3]
    a, b = max(0, W * height // width - H) // 2, max(0, H * width // height - W) // 2
    return F.pad(x, (0, 0, b, b, a, a), value=value)
