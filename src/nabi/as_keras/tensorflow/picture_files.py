"""Picture files: contents of files as pictures, and back: `tf.io.decode_jpeg` and the like, by Pillow.

    read_file("cat.jpg") -> <text b'...'> -> decode_jpeg -> uint8 (height, width, channels)
"""

import io
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageSequence

from nabi import random
from nabi.core.errors import ArgumentError, FileError
from nabi.data.strings import Strings
from nabi.ops import convert_to_tensor

COLOURS = {1: "L", 3: "RGB", 4: "RGBA"}
FORMATS = ("JPEG", "PNG", "GIF", "BMP")


def decode_image(contents: Any, channels: Any = 0, dtype: Any = torch.uint8, expand_animations: bool = True,
                 name: str | None = None, **kwargs) -> torch.Tensor:
    """A picture's file as uint8 (height, width, channels); 0 channels leaves them, floats are 0 to 1.

    A GIF is a film, (pictures, height, width, 3), of which expand_animations=False gives the first picture.
    Raises ArgumentError, and FileError for what is no JPEG, PNG, GIF or BMP.
    """
    from nabi.as_keras.tensorflow.picture_colours import convert_image_dtype

    if channels not in (None, 0, *COLOURS):
        raise ArgumentError("tf.io.decode_image(channels)", "0, 1, 3 or 4", channels)
    content = Strings(contents).numpy()
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            film = picture.format == "GIF"
            wanted = COLOURS.get(channels or 0) or (picture.mode if picture.mode in COLOURS.values() and not film else "RGB")
            shots = ImageSequence.Iterator(picture) if film and expand_animations else [picture]
            x = np.stack([pixels(shot.convert(wanted)) for shot in shots])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises for bad pictures
        raise FileError("tf.io.decode_image(contents)", "a whole JPEG, PNG, GIF or BMP", f"{len(content)} bytes: {error}",
                        "Give what tf.io.read_file gave.") from error
    return convert_image_dtype(torch.from_numpy(x if film and expand_animations else x[0]), dtype)


def pixels(picture: Image.Image) -> np.ndarray:
    """(height, width, channels)."""
    x = np.array(picture)
    return x if x.ndim == 3 else x[..., None]


def decode_jpeg(contents: Any, channels: Any = 0, ratio: int = 1, fancy_upscaling: bool = True,
                try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = "",
                name: str | None = None) -> torch.Tensor:
    """`decode_image`; `ratio` leaves out rows and columns."""
    return decode_image(contents, channels, expand_animations=False)[::ratio, ::ratio]


def decode_png(contents: Any, channels: Any = 0, dtype: Any = torch.uint8, name: str | None = None) -> torch.Tensor:
    """`decode_image` of one picture, under the name for PNG."""
    return decode_image(contents, channels, dtype, expand_animations=False)


decode_bmp = decode_png


def decode_gif(contents: Any, name: str | None = None) -> torch.Tensor:
    """The pictures of a film, uint8 (pictures, height, width, 3)."""
    found = decode_image(contents, 3)
    return found if found.ndim == 4 else found[None]


def decode_and_crop_jpeg(contents: Any, crop_window: Any, channels: Any = 0, ratio: int = 1, **options: Any) -> torch.Tensor:
    """The part of a JPEG that begins at a row and column and has so many rows and columns."""
    top, left, rows, columns = (int(n) for n in crop_window)
    return decode_jpeg(contents, channels, ratio)[top : top + rows, left : left + columns]


def encode(image: Any, kind: str, **options) -> Strings:
    """A picture (height, width, channels) of uint8 as the content of a file."""
    x, file = np.asarray(image), io.BytesIO()
    Image.fromarray(x[..., 0] if x.shape[-1] == 1 else x).save(file, kind, **options)
    return Strings(file.getvalue())


def encode_jpeg(image: Any, format: str = "", quality: int = 95, **kwargs) -> Strings:
    """The content of a JPEG."""
    return encode(image, "JPEG", quality=quality)


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, dct_method: str = "", name: str | None = None) -> torch.Tensor:
    """A picture as a JPEG of this quality shows it."""
    from nabi.as_keras.tensorflow.picture_colours import convert_image_dtype

    given = convert_to_tensor(image)
    shown = decode_jpeg(encode_jpeg(convert_image_dtype(given, torch.uint8, saturate=True), quality=int(jpeg_quality)))
    return convert_image_dtype(shown, given.dtype)


def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any = None) -> torch.Tensor:
    """A picture as a JPEG of a random quality shows it: at least the first number, below the second."""
    return adjust_jpeg_quality(image, int(random.randint((1,), int(min_jpeg_quality), int(max_jpeg_quality), seed=seed)))


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Strings:
    """The content of a PNG."""
    return encode(image, "PNG")


def is_jpeg(contents: Any, name: str | None = None) -> torch.Tensor:
    """Whether a content begins like a JPEG."""
    return torch.tensor(Strings(contents).numpy().startswith(b"\xff\xd8\xff"))


__all__ = ["adjust_jpeg_quality", "decode_and_crop_jpeg", "decode_bmp", "decode_gif", "decode_image", "decode_jpeg",
           "decode_png", "encode_jpeg", "encode_png", "is_jpeg", "random_jpeg_quality"]
