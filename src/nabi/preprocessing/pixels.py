"""Pixels: a picture's file, Pillow's picture, an array of numbers: each made from the other.

    load_img       file    -> picture      read whole, in the wanted colours and size
    img_to_array   picture -> float32 (height, width, channels)
    array_to_img   array   -> picture      smallest number 0, largest 255, unless scale=False
    save_img       array   -> file

Source: Keras 3, utils/image_utils.py.
"""

import os
from typing import Any

import numpy as np
import torch
from PIL import Image

from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.core.warning import warn
from nabi.kernels.resize import RESIZINGS, resize

MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}  # the first is what others are turned into
WAYS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
INTERPOLATIONS = {name: Image.Resampling[name.upper()] for name in WAYS}
FORMATS = ("channels_last", "channels_first")


def checked_format(where: str, data_format: str | None) -> str:
    """"channels_last" or "channels_first"; None is the first one, and Keras 1's "tf" and "th" are known."""
    found = {None: FORMATS[0], "tf": FORMATS[0], "th": FORMATS[1]}.get(data_format, data_format)
    if found not in FORMATS:
        raise ArgumentError(f"{where}(data_format)", " or ".join(map(repr, FORMATS)), repr(data_format))
    return found


def load_img(path: Any, grayscale: bool = False, color_mode: str = "rgb", target_size: Any = None,
             interpolation: str = "nearest", keep_aspect_ratio: bool = False) -> Image.Image:
    """A picture's file as Pillow's picture.

    Args:
        path: of the file, or an open binary file such as io.BytesIO.
        grayscale: Keras 1's name for color_mode="grayscale". Keras 3 has the colours in this place, and the size in the next: a
            word and a pair are taken as these.
        color_mode: "rgb", "rgba" or "grayscale"; grey files of 16 bits keep them.
        target_size: (height, width); None leaves the size.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: cuts the middle out before, instead of stretching.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> array_to_img(np.ones((4, 6, 3))).save(file, "png")
        >>> load_img(file, target_size=(2, 3)).size
        (3, 2)

    Raises ArgumentError, and FileError for what is no whole picture.
    """
    if isinstance(color_mode, (tuple, list)):  # the third place of Keras 1 and 3
        color_mode, target_size = "rgb", color_mode
    if isinstance(grayscale, str):
        grayscale, color_mode = False, grayscale
    if grayscale:
        color_mode = "grayscale"
    if color_mode not in MODES:
        raise ArgumentError("load_img(color_mode)", "'rgb', 'rgba' or 'grayscale'", repr(color_mode))
    if interpolation not in INTERPOLATIONS:
        raise ArgumentError("load_img(interpolation)", f"one of {', '.join(INTERPOLATIONS)}", repr(interpolation))
    try:
        if hasattr(path, "seek"):
            path.seek(0)
        with Image.open(path if hasattr(path, "read") else os.fspath(path)) as picture:
            modes = MODES[color_mode]
            picture = picture.copy() if picture.mode in modes else picture.convert(modes[0])
    except FileNotFoundError:
        raise FileError(f"load_img({os.fspath(path)!r})", "a picture's file", "nothing there", "Check the path.") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises for bad pictures
        name = "the open file" if hasattr(path, "read") else repr(os.fspath(path))
        raise FileError(f"load_img({name})", "a whole picture", str(error), "Open it in a viewer, or leave it out.") from error
    if target_size is None:
        return picture
    height, width = (target_size, target_size) if isinstance(target_size, int) else (int(n) for n in target_size[:2])
    if picture.size == (width, height):
        return picture
    box = middle(picture.height, picture.width, height, width) if keep_aspect_ratio else None
    return picture.resize((width, height), INTERPOLATIONS[interpolation], box=box)


def middle(height: int, width: int, to_height: int, to_width: int) -> tuple[int, int, int, int]:
    """The largest middle part (left, top, right, bottom) of a picture that has the aspect of another size.

    Example:
        >>> middle(50, 100, 32, 32)
        (25, 0, 75, 50)
    """
    rows, columns = min(height, width * to_height // to_width), min(width, height * to_width // to_height)
    top, left = (height - rows) // 2, (width - columns) // 2
    return left, top, left + columns, top + rows


def as_array(x: Any, dtype: Any = None) -> np.ndarray:
    """A picture, list, array or tensor as an array."""
    return np.asarray(x.detach().cpu() if isinstance(x, torch.Tensor) else x, dtype)


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = "float32") -> np.ndarray:
    """A picture as numbers 0 to 255: (height, width, channels), with "channels_first" (channels, height, width).

    Example:
        >>> img_to_array(Image.new("L", (3, 2), 7)).shape
        (2, 3, 1)

    Raises ShapeError for arrays without rows and columns.
    """
    x = np.array(as_array(img), dtype or "float32")
    if x.ndim not in (2, 3):
        raise ShapeError("img_to_array(img)", "rows and columns, with channels or without", f"shape {x.shape}")
    x = x if x.ndim == 3 else x[..., None]
    return x if checked_format("img_to_array", data_format) == "channels_last" else x.transpose(2, 0, 1)


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = "float32") -> Image.Image:
    """Numbers (height, width, channels) as a picture of 1, 3 or 4 channels.

    Args:
        x: the numbers.
        data_format: "channels_first" for (channels, height, width).
        scale: stretches them from 0 to 255; without it they are cut to whole numbers.
        dtype: in which they are stretched.

    Example:
        >>> np.asarray(array_to_img([[[0.0], [0.5], [1.0]]])).tolist()
        [[0, 127, 255]]

    Raises ShapeError.
    """
    x = as_array(x, dtype or "float32")
    if x.ndim != 3:
        raise ShapeError("array_to_img(x)", "(height, width, channels)", f"shape {x.shape}",
                         "A grey picture needs its channel: x[..., None]." if x.ndim == 2 else "Give one picture, such as x[0].")
    if checked_format("array_to_img", data_format) == "channels_first":
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - x.min()
        top = x.max()
        x = (x / top if top != 0 else x) * 255
    if x.shape[2] not in (1, 3, 4):
        raise ShapeError("array_to_img(x)", "1, 3 or 4 channels", f"{x.shape[2]} of shape {x.shape}")
    if x.shape[2] > 1:
        return Image.fromarray(np.ascontiguousarray(x.astype("uint8")))
    return Image.fromarray(x[:, :, 0].astype("int32" if x.size and x.max() > 255 else "uint8"))


def save_img(path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True,
             **kwargs) -> None:
    """Writes numbers (height, width, channels) as a picture's file; its ending says the kind.

    Args:
        path: of the file, or an open binary file.
        x, data_format, scale: see `array_to_img`.
        file_format: the kind where the name does not say it.
        kwargs: for Pillow's `save`.
    """
    kind = file_format or (os.path.splitext(os.fspath(path))[1][1:].lower() if isinstance(path, (str, os.PathLike)) else None)
    kind = "jpeg" if kind and kind.lower() == "jpg" else kind
    picture = array_to_img(x, data_format, scale)
    if picture.mode == "RGBA" and kind == "jpeg":
        warn("save_img: a JPEG has no transparency; the picture is written as RGB.")
        picture = picture.convert("RGB")
    picture.save(path, format=kind, **kwargs)


def smart_resize(x: Any, size: Any, interpolation: str = "bilinear", data_format: str = "channels_last") -> Any:
    """Pictures (H, W, C) or (N, H, W, C) in another size with their aspect kept: the middle is cut out, then resized.

    Args:
        x: array or tensor.
        size: (height, width).
        interpolation: one of nabi.layers.Resizing's.
        data_format: "channels_first" for (C, H, W).

    Example:
        >>> smart_resize(np.arange(8.0).reshape(2, 4, 1), (1, 1)).ravel()
        array([3.5])

    Raises ArgumentError, ShapeError.
    """
    if interpolation not in RESIZINGS:
        raise ArgumentError("smart_resize(interpolation)", f"one of {', '.join(RESIZINGS)}", repr(interpolation))
    t = torch.as_tensor(as_array(x))
    if t.ndim not in (3, 4):
        raise ShapeError("smart_resize(x)", "(height, width, channels), with a batch axis or without", f"shape {tuple(t.shape)}")
    last = checked_format("smart_resize", data_format) == "channels_last"
    t = t if last else t.movedim(-3, -1)
    batch = t if t.ndim == 4 else t[None]
    height, width = (int(n) for n in size)
    left, top, right, bottom = middle(batch.shape[1], batch.shape[2], height, width)
    y = resize((part if (part := batch[:, top:bottom, left:right]).is_floating_point() else part.float()), height, width,
               interpolation)
    y = y if t.ndim == 4 else y[0]
    y = y if last else y.movedim(-1, -3)
    return y if isinstance(x, torch.Tensor) else y.numpy()
