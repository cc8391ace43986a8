"""Ops on pictures: `keras.ops.image`, on tensors and on symbols of a model.

    patches = ops.image.extract_patches(images, 16)         (N, H, W, C) -> (N, H / 16, W / 16, 16 * 16 * C)
    small = ops.image.resize(images, (32, 32))

Pictures are (height, width, channels), or batches of them. Source: Keras 3, ops/image.py.
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi.as_keras.names import ops_image_filters, ops_image_moved
from nabi.as_keras.names.ops_image_filters import *  # noqa: F403
from nabi.as_keras.names.ops_image_moved import *  # noqa: F403
from nabi.as_keras.names.pictures_of_ops import on_symbols
from nabi.as_keras.tensorflow import picture_colours, picture_shapes
from nabi.core.shapes import as_tuple, zeros_around

__all__ = [*ops_image_filters.__all__, *ops_image_moved.__all__, "crop_images", "extract_patches", "hsv_to_rgb", "pad_images",
           "resize", "rgb_to_grayscale", "rgb_to_hsv"]


@on_symbols
def resize(images: Any, size: Any, interpolation: str = "bilinear", antialias: bool = False, crop_to_aspect_ratio: bool = False,
           pad_to_aspect_ratio: bool = False, fill_mode: str = "constant", fill_value: float = 0.0) -> torch.Tensor:
    """Pictures of another size.

    Example:
        >>> resize(torch.tensor([[[0.0], [2.0]]]), (1, 4)).flatten().tolist()
        [0.0, 0.5, 1.5, 2.0]
    """
    height, width = (int(n) for n in size)
    have_h, have_w = images.shape[-3], images.shape[-2]
    if crop_to_aspect_ratio:
        h, w = min(have_h, int(have_w * height / width)), min(have_w, int(have_h * width / height))
        top, left = (have_h - h) // 2, (have_w - w) // 2
        images = images[..., top : top + h, left : left + w, :]
    elif pad_to_aspect_ratio:
        h, w = max(have_h, int(have_w * height / width)), max(have_w, int(have_h * width / height))
        top, left = (h - have_h) // 2, (w - have_w) // 2
        images = F.pad(images, (0, 0, left, left, top, top), value=fill_value)  # bars of one width
    return picture_shapes.resize(images, (height, width), interpolation, antialias=antialias)


@on_symbols
def extract_patches(images: Any, size: Any, strides: Any = None, dilation_rate: Any = 1, padding: str = "valid") -> torch.Tensor:
    """The windows of pictures, each as one row of its numbers (row, column, channel).

    Example:
        >>> extract_patches(torch.arange(16.0).reshape(1, 4, 4, 1), 2)[0, 0].tolist()
        [[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]
    """
    window, gaps = as_tuple(size, 2, "extract_patches(size)"), as_tuple(dilation_rate, 2, "extract_patches(dilation_rate)")
    steps = window if strides is None else as_tuple(strides, 2, "extract_patches(strides)")
    x = (images if images.ndim == 4 else images[None]).permute(0, 3, 1, 2)
    sides = [zeros_around(n, k, s, padding.lower(), d) for n, k, s, d in zip(x.shape[2:], window, steps, gaps, strict=True)]
    x = F.pad(x, [n for pair in reversed(sides) for n in pair])
    sizes = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], window, steps, gaps, strict=True)]
    found = F.unfold(x.float(), window, gaps, 0, steps).to(x.dtype)  # (N, C kH kW, places)
    found = found.unflatten(1, (x.shape[1], -1)).permute(0, 3, 2, 1).reshape(len(x), *sizes, -1)
    return found if images.ndim == 4 else found[0]


@on_symbols
def rgb_to_grayscale(images: Any) -> torch.Tensor:
    """0.2989 R + 0.587 G + 0.114 B."""
    return picture_colours.rgb_to_grayscale(images)


@on_symbols
def rgb_to_hsv(images: Any) -> torch.Tensor:
    """Colours in [0, 1] as hue, saturation and value."""
    return picture_colours.rgb_to_hsv(images)


@on_symbols
def hsv_to_rgb(images: Any) -> torch.Tensor:
    """Hue, saturation and value as colours."""
    return picture_colours.hsv_to_rgb(images)


def before_and_after(before: Any, after: Any, difference: Any) -> tuple[int, int]:
    """What lies before and behind along an axis; two of the three numbers say the third."""
    if difference is None:
        return int(before or 0), int(after or 0)
    if before is None:
        before = difference - int(after or 0)
    return int(before), int(difference - before)


@on_symbols
def pad_images(images: Any, top_padding: Any = None, left_padding: Any = None, bottom_padding: Any = None,
               right_padding: Any = None, target_height: Any = None, target_width: Any = None) -> torch.Tensor:
    """Zeros around pictures: on each side, or up to a height and width."""
    height, width = images.shape[-3:-1]
    rows = before_and_after(top_padding, bottom_padding, None if target_height is None else target_height - height)
    columns = before_and_after(left_padding, right_padding, None if target_width is None else target_width - width)
    return F.pad(images, (0, 0, *columns, *rows))


@on_symbols
def crop_images(images: Any, top_cropping: Any = None, left_cropping: Any = None, bottom_cropping: Any = None,
                right_cropping: Any = None, target_height: Any = None, target_width: Any = None) -> torch.Tensor:
    """A part of pictures: less so much on each side, or of a height and width."""
    height, width = images.shape[-3:-1]
    top, bottom = before_and_after(top_cropping, bottom_cropping, None if target_height is None else height - target_height)
    left, right = before_and_after(left_cropping, right_cropping, None if target_width is None else width - target_width)
    return images[..., top : height - bottom, left : width - right, :]
