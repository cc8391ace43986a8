"""Picture colours: the part of `tf.image` that changes numbers: kinds, light, contrast, colours, distances of pictures.

    whole numbers 0 ... M   <->   floats 0 ... 1:   x / M     and     (M + 1/2) x, cut

Whole-number pictures are changed as floats of 0 to 1 and turned back. Source: TensorFlow 2.19, ops/image_ops_impl.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.as_keras.tensorflow.picture_shapes import fixed, generator, tensor
from nabi.data.structure import as_dtype

GREY = (0.2989, 0.5870, 0.1140)


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> torch.Tensor:
    """A picture in another dtype, whole numbers 0 to their largest for floats 0 to 1.

    Example:
        >>> convert_image_dtype(torch.tensor([[[255]]], dtype=torch.uint8), "float32").item()
        1.0
    """
    t, kind = image if isinstance(image, torch.Tensor) else torch.as_tensor(np.asarray(image)), as_dtype(dtype)
    if t.dtype is kind:
        return t
    if t.is_floating_point() and kind.is_floating_point:
        return t.to(kind)
    if kind.is_floating_point:
        return t.to(kind) / torch.iinfo(t.dtype).max
    largest = torch.iinfo(kind).max
    if t.is_floating_point():
        scaled = t * (largest + 0.5)
        return (scaled.clamp(torch.iinfo(kind).min, largest) if saturate else scaled).to(torch.int64).to(kind)
    ours = torch.iinfo(t.dtype).max
    wide = t.to(torch.int64)
    return (wide // ((ours + 1) // (largest + 1)) if ours > largest else wide * ((largest + 1) // (ours + 1))).to(kind)


def as_floats(change: Any, image: Any) -> torch.Tensor:
    """change(picture as floats), in the dtype of the picture."""
    t = tensor(image)
    return convert_image_dtype(change(convert_image_dtype(t, torch.float32) if not t.is_floating_point() else t), t.dtype, True)


def rgb_to_grayscale(images: Any, name: str | None = None) -> torch.Tensor:
    """0.2989 red + 0.587 green + 0.114 blue, with one channel."""
    return as_floats(lambda x: (x * x.new_tensor(GREY)).sum(-1, keepdim=True), images)


def grayscale_to_rgb(images: Any, name: str | None = None) -> torch.Tensor:
    """The grey in three channels."""
    return tensor(images).repeat_interleave(3, -1)


def adjust_brightness(image: Any, delta: Any) -> torch.Tensor:
    """x + delta, where 1 is white."""
    return as_floats(lambda x: x + float(delta), image)


def adjust_contrast(images: Any, contrast_factor: Any) -> torch.Tensor:
    """(x - m) factor + m, with the mean m of each channel of each picture."""
    return as_floats(lambda x: (x - (m := x.mean((-3, -2), keepdim=True))) * float(contrast_factor) + m, images)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> torch.Tensor:
    """gain x^gamma."""
    return as_floats(lambda x: float(gain) * x ** float(gamma), image)


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> torch.Tensor:
    """The saturation of each colour times a factor, at most 1."""
    def change(x: torch.Tensor) -> torch.Tensor:
        h, s, v = rgb_to_hsv(x).unbind(-1)
        return hsv_to_rgb(torch.stack([h, (s * float(saturation_factor)).clamp(0, 1), v], -1))

    return as_floats(change, image)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> torch.Tensor:
    """The hue of each colour moved by a share of the circle."""
    def change(x: torch.Tensor) -> torch.Tensor:
        h, s, v = rgb_to_hsv(x).unbind(-1)
        return hsv_to_rgb(torch.stack([(h + float(delta)) % 1, s, v], -1))

    return as_floats(change, image)


def rgb_to_hsv(images: Any, name: str | None = None) -> torch.Tensor:
    """Red, green, blue of 0 to 1 as hue, saturation, value of 0 to 1.

    Example:
        >>> rgb_to_hsv(torch.tensor([[[0.5, 0.5, 0.0]]])).flatten().tolist()[1:]
        [1.0, 0.5]
    """
    r, g, b = tensor(images).unbind(-1)
    v, low = torch.maximum(torch.maximum(r, g), b), torch.minimum(torch.minimum(r, g), b)
    spread = v - low
    safe = torch.where(spread > 0, spread, 1)
    h = torch.where(v == r, (g - b) / safe, torch.where(v == g, 2 + (b - r) / safe, 4 + (r - g) / safe)) / 6 % 1
    return torch.stack([torch.where(spread > 0, h, 0), torch.where(v > 0, spread / torch.where(v > 0, v, 1), 0), v], -1)


def hsv_to_rgb(images: Any, name: str | None = None) -> torch.Tensor:
    """Hue, saturation, value of 0 to 1 as red, green, blue."""
    h, s, v = tensor(images).unbind(-1)
    k = [(n + h * 6) % 6 for n in (5, 3, 1)]
    return torch.stack([v - v * s * torch.minimum(one, 4 - one).clamp(0, 1) for one in k], -1)


def per_image_standardization(image: Any) -> torch.Tensor:
    """(x - mean) / spread of each picture; the spread is at least 1 / sqrt(numbers)."""
    t = tensor(image).float()
    axes, n = (-3, -2, -1), t.shape[-1] * t.shape[-2] * t.shape[-3]
    return (t - t.mean(axes, keepdim=True)) / t.std(axes, correction=0, keepdim=True).clamp(min=n**-0.5)


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> torch.Tensor:
    """Lighter or darker by at most max_delta."""
    return adjust_brightness(image, generator(seed).uniform(-max_delta, max_delta))


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> torch.Tensor:
    """The contrast times a factor out of (lower, upper)."""
    return adjust_contrast(image, generator(seed).uniform(lower, upper))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> torch.Tensor:
    """The saturation times a factor out of (lower, upper)."""
    return adjust_saturation(image, generator(seed).uniform(lower, upper))


def random_hue(image: Any, max_delta: float, seed: Any = None) -> torch.Tensor:
    """The hue moved by at most max_delta."""
    return adjust_hue(image, generator(seed).uniform(-max_delta, max_delta))


def stateless_random_brightness(image: Any, max_delta: float, seed: Any) -> torch.Tensor:
    """`random_brightness` of f(seed)."""
    return adjust_brightness(image, fixed(seed).uniform(-max_delta, max_delta))


def stateless_random_contrast(image: Any, lower: float, upper: float, seed: Any) -> torch.Tensor:
    """`random_contrast` of f(seed)."""
    return adjust_contrast(image, fixed(seed).uniform(lower, upper))


def stateless_random_saturation(image: Any, lower: float, upper: float, seed: Any) -> torch.Tensor:
    """`random_saturation` of f(seed)."""
    return adjust_saturation(image, fixed(seed).uniform(lower, upper))


def stateless_random_hue(image: Any, max_delta: float, seed: Any) -> torch.Tensor:
    """`random_hue` of f(seed)."""
    return adjust_hue(image, fixed(seed).uniform(-max_delta, max_delta))


def psnr(a: Any, b: Any, max_val: float, name: str | None = None) -> torch.Tensor:
    """Peak signal-to-noise ratio: 10 log10(max_val^2 / mean((a - b)^2)), of each picture."""
    return 10 * torch.log10(max_val**2 / ((tensor(a).float() - tensor(b).float()) ** 2).mean((-3, -2, -1)))


def total_variation(images: Any, name: str | None = None) -> torch.Tensor:
    """The sum of |differences| of neighbours, of each picture."""
    t = tensor(images)
    return sum(t.diff(dim=axis).abs().sum((-3, -2, -1)) for axis in (-3, -2))  # type: ignore[return-value]


__all__ = ["adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "convert_image_dtype",
           "grayscale_to_rgb", "hsv_to_rgb", "per_image_standardization", "psnr", "random_brightness", "random_contrast",
           "random_hue", "random_saturation", "rgb_to_grayscale", "rgb_to_hsv", "stateless_random_brightness",
           "stateless_random_contrast", "stateless_random_hue", "stateless_random_saturation", "total_variation"]
