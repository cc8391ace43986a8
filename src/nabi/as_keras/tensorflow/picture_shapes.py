"""Picture shapes: the part of `tf.image` that resizes, cuts, turns and flips pictures (height, width, channels) or batches.

Random ones draw from nabi's own numbers, or from a stream of each seed; those that are called stateless from f(seed).
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import fresh_generator
from nabi.kernels.resize import resize as resized
from nabi.layers import Resizing

STREAMS: dict[int, np.random.Generator] = {}
WAYS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}  # numbers of TensorFlow 1


class ResizeMethod:
    """Names of the ways to resize."""

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = "bilinear", "nearest", "bicubic", "area"
    LANCZOS3, LANCZOS5 = "lanczos3", "lanczos5"


def tensor(image: Any) -> torch.Tensor:
    """A picture, or a batch, as a tensor of 3 or 4 axes."""
    t = image if isinstance(image, torch.Tensor) else torch.as_tensor(np.asarray(image))
    if t.ndim not in (3, 4):
        raise ShapeError("tf.image", "(height, width, channels), with a batch axis or without", f"shape {tuple(t.shape)}")
    return t


def generator(seed: Any = None) -> np.random.Generator:
    """Random numbers: the next of nabi's own streams, or the stream of a seed, which goes on from call to call."""
    fresh = fresh_generator()  # counted as a draw in any case, see `nabi.data.view.drawn`
    return fresh if seed is None else STREAMS.setdefault(int(seed), fixed(seed))


def fixed(seed: Any) -> np.random.Generator:
    """Random numbers f(seed), of a number or of several."""
    return np.random.default_rng(np.asarray(seed).ravel().astype(np.int64) & (2**63 - 1))


def resize(images: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: bool = False, antialias: bool = False,
           name: str | None = None) -> torch.Tensor:
    """Pictures of another size, float32; "nearest" keeps the dtype.

    Example:
        >>> resize(torch.tensor([[[0.0], [2.0]]]), (1, 4)).flatten().tolist()
        [0.0, 0.5, 1.5, 2.0]
    """
    method = WAYS.get(method, method)
    height, width = (int(n) for n in size)
    if not isinstance(images, (torch.Tensor, np.ndarray, list)):  # a symbol of a model that is being made
        return Resizing(height, width, interpolation=method)(images)
    t = tensor(images)
    if preserve_aspect_ratio:
        share = min(height / t.shape[-3], width / t.shape[-2])
        height, width = (max(1, int(t.shape[axis] * share + 0.5)) for axis in (-3, -2))
    batch = (t if t.ndim == 4 else t[None]).float()
    made = resized(batch, height, width, method, antialias)
    made = made if t.ndim == 4 else made[0]
    return made.to(t.dtype) if method == "nearest" else made


def crop_to_bounding_box(image: Any, offset_height: int, offset_width: int, target_height: int,
                         target_width: int) -> torch.Tensor:
    """The part of a size that begins at an offset. Raises ArgumentError where it reaches beyond the picture."""
    t = tensor(image)
    top, left, height, width = int(offset_height), int(offset_width), int(target_height), int(target_width)
    if min(top, left) < 0 or top + height > t.shape[-3] or left + width > t.shape[-2]:
        raise ArgumentError("tf.image.crop_to_bounding_box", f"a part of {t.shape[-3]}x{t.shape[-2]}",
                            f"{height}x{width} from ({top}, {left}) on")
    return t[..., top : top + height, left : left + width, :]


def pad_to_bounding_box(image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int) -> torch.Tensor:
    """The picture at an offset on black of a size."""
    t = tensor(image)
    made = t.new_zeros((*t.shape[:-3], int(target_height), int(target_width), t.shape[-1]))
    made[..., offset_height : offset_height + t.shape[-3], offset_width : offset_width + t.shape[-2], :] = t
    return made


def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> torch.Tensor:
    """The middle of a picture, or the picture in the middle of black."""
    t = tensor(image)
    height, width = int(target_height), int(target_width)
    rows, columns = min(height, t.shape[-3]), min(width, t.shape[-2])
    t = crop_to_bounding_box(t, (t.shape[-3] - rows) // 2, (t.shape[-2] - columns) // 2, rows, columns)
    return pad_to_bounding_box(t, (height - rows) // 2, (width - columns) // 2, height, width)


resize_image_with_crop_or_pad = resize_with_crop_or_pad


def resize_with_pad(image: Any, target_height: int, target_width: int, method: Any = "bilinear",
                    antialias: bool = False) -> torch.Tensor:
    """The whole picture as large as it fits, in the middle of black."""
    height, width, (rows, columns) = int(target_height), int(target_width), tensor(image).shape[-3:-1]
    ratio = max(columns / width, rows / height)
    t = resize(image, (int(rows / ratio), int(columns / ratio)), method, False, antialias)
    return pad_to_bounding_box(t, int((height - rows / ratio) / 2), int((width - columns / ratio) / 2), height, width)


def central_crop(image: Any, central_fraction: float) -> torch.Tensor:
    """The middle of a picture: a share of each side."""
    t = tensor(image)
    top, left = (int((n - n * float(central_fraction)) / 2) for n in t.shape[-3:-1])
    return t[..., top : t.shape[-3] - top, left : t.shape[-2] - left, :]


def flip_left_right(image: Any) -> torch.Tensor:
    """Left becomes right."""
    return tensor(image).flip(-2)


def flip_up_down(image: Any) -> torch.Tensor:
    """Above becomes below."""
    return tensor(image).flip(-3)


def transpose(image: Any, name: str | None = None) -> torch.Tensor:
    """Rows become columns."""
    return tensor(image).transpose(-3, -2)


def rot90(image: Any, k: int = 1, name: str | None = None) -> torch.Tensor:
    """Turned by k quarters against the clock."""
    return torch.rot90(tensor(image), int(k), (-3, -2))


def flipped(image: Any, axis: int, rng: np.random.Generator) -> torch.Tensor:
    """Each picture turned round along an axis, half of the time."""
    t = tensor(image)
    turned = torch.from_numpy(rng.random(t.shape[0] if t.ndim == 4 else 1) < 0.5)
    return torch.where(turned.view(-1, 1, 1, 1) if t.ndim == 4 else turned, t.flip(axis), t)


def random_flip_left_right(image: Any, seed: Any = None) -> torch.Tensor:
    """Left and right changed, half of the time; of a batch each picture by itself."""
    return flipped(image, -2, generator(seed))


def random_flip_up_down(image: Any, seed: Any = None) -> torch.Tensor:
    """Above and below changed, half of the time; of a batch each picture by itself."""
    return flipped(image, -3, generator(seed))


def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> torch.Tensor:
    """A part of a size, at a place that is drawn; -1 takes a whole axis. Raises ShapeError where it is larger than the whole."""
    return cropped(value, size, generator(seed))


def cropped(value: Any, size: Any, rng: np.random.Generator) -> torch.Tensor:
    """A part of a size at a place that `rng` draws."""
    t = value if isinstance(value, torch.Tensor) else torch.as_tensor(np.asarray(value))
    wanted = [n if int(one) == -1 else int(one) for one, n in zip(size, t.shape, strict=True)]
    if any(one > n for one, n in zip(wanted, t.shape, strict=True)):
        raise ShapeError("tf.image.random_crop", f"a part of {tuple(t.shape)}", tuple(wanted))
    places = [int(rng.integers(n - one + 1)) for one, n in zip(wanted, t.shape, strict=True)]
    return t[tuple(slice(place, place + one) for place, one in zip(places, wanted, strict=True))]


def stateless_random_flip_left_right(image: Any, seed: Any) -> torch.Tensor:
    """`random_flip_left_right` of f(seed)."""
    return flipped(image, -2, fixed(seed))


def stateless_random_flip_up_down(image: Any, seed: Any) -> torch.Tensor:
    """`random_flip_up_down` of f(seed)."""
    return flipped(image, -3, fixed(seed))


def stateless_random_crop(value: Any, size: Any, seed: Any, name: str | None = None) -> torch.Tensor:
    """`random_crop` of f(seed)."""
    return cropped(value, size, fixed(seed))


__all__ = ["ResizeMethod", "central_crop", "crop_to_bounding_box", "flip_left_right", "flip_up_down", "pad_to_bounding_box",
           "random_crop", "random_flip_left_right", "random_flip_up_down", "resize", "resize_image_with_crop_or_pad",
           "resize_with_crop_or_pad", "resize_with_pad", "rot90", "stateless_random_crop", "stateless_random_flip_left_right",
           "stateless_random_flip_up_down", "transpose"]
