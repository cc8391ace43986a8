"""Shown: one picture as it is shown: a file, a Pillow image or an array becomes red, green and blue, the right way up.

    EXIF orientation -> turned      16 bits -> 8      transparency -> a ground      palettes, grey, CMYK -> (H, W, 3) uint8
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from nabi.core.errors import ArgumentError
from nabi.pictures.decoding import TURNS, flat, opened, orientation


def is_path(thing: Any) -> bool:
    """Whether it names a file."""
    return isinstance(thing, str | os.PathLike)


def read(picture: Any, flatten: Callable[[Image.Image], Image.Image] = flat) -> np.ndarray:
    """A picture as it is shown, (H, W, 3) uint8: turned as its EXIF says, transparency on white.

    Args:
        picture: a file, a Pillow image, or an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) uint8.
        flatten: what makes a Pillow image opaque and of 8 bits; usually `flat`, which takes white for the ground.

    Raises:
        FileError: not a picture, damaged, too large. ArgumentError: an array of another kind.

    Example:
        >>> read(np.full((2, 3), 7, "uint8")).shape
        (2, 3, 3)
    """
    if is_path(picture):
        with opened(picture) as file:
            turn = orientation(file)
            found = flatten(file).convert("RGB")
            return np.asarray(found.transpose(TURNS[turn]) if turn in TURNS and file.format != "TIFF" else found)
    if isinstance(picture, Image.Image):
        return np.asarray(flatten(ImageOps.exif_transpose(picture)).convert("RGB"))
    pixels = np.asarray(picture)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ArgumentError("picture", "a file, a Pillow image, or uint8 of shape (H, W), (H, W, 3) or (H, W, 4)",
                            f"{pixels.shape} {pixels.dtype}" if pixels.dtype != object else type(picture).__name__,
                            "Fractions 0-1 become uint8 as (255 * x).astype('uint8')." if pixels.dtype.kind == "f" else "")
    if pixels.shape[2] == 4:
        return np.asarray(flatten(Image.fromarray(pixels)).convert("RGB"))
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def in_grey(pixels: np.ndarray) -> np.ndarray:
    """RGB (H, W, 3) as grey (H, W), by Rec. 601: .299 R + .587 G + .114 B."""
    return np.asarray(Image.fromarray(pixels).convert("L"))
