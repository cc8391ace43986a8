"""Looks: how the pictures of a model look, as its card says, and pictures made so: files, and pixels in memory like files.

    card["preprocessing"]    scale: factor on 0-255   ink: large values are dark   fit: pad, crop, stretch   crop: faces or None

A model of ink values (0 paper, 255 ink) sees a picture inverted where its edge is light, as with dark writing on light paper.
"""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from nabi.pictures.decoding import Preparation
from nabi.pictures.portraits import prepared

LIGHT = 0.5  # mean of a picture's edge above which it is light


@dataclass(frozen=True)
class Looks:
    """How a model's pictures look.

    Attributes:
        scale: factor on pixels of 0-255. `known`: whether the model says so.
        white: the value of a white pixel.
        ink: whether large values are dark; None where nobody knows.
        fit: how another size is brought to the model's: "pad", "crop" or "stretch".
        crop: "faces" where it reads the largest face of a picture.
    """

    scale: float = 1 / 255
    known: bool = False
    white: float = 1.0
    ink: bool | None = None
    fit: str = "stretch"
    crop: str | None = None

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> "Looks":
        """What a model's card says; without a word, values 0-1.

        Example:
            >>> Looks.of({"preprocessing": {"scale": 1.0, "crop": "faces"}}).white
            255.0
        """
        said = card.get("preprocessing") or {}
        scale = float(said.get("scale", 1 / 255))
        return cls(scale, "scale" in said, 255 * scale, said.get("ink"), str(said.get("fit", "stretch")), said.get("crop"))


def made(source: bytes | str | os.PathLike, how: Looks, shape: tuple[int, ...],
         invert: str = "auto") -> tuple[np.ndarray, bool, bool]:
    """The pixels (H, W, C), uint8, of a picture's file or its bytes; whether its edge is light; whether it was inverted.

    Args:
        shape: (H, W, C) of the model.
        invert: "yes", "no", or "auto": where the model reads ink and the edge is light, a padded ground left out.

    Raises:
        Damaged: not whole, or no face in it where faces are asked for. FileError: faces without OpenCV 4.
    """
    pad, size, channels = how.fit == "pad", (shape[0], shape[1]), shape[2]
    found = prepared(source, Preparation(size, channels, "stretch" if pad else how.fit, crop=how.crop))
    light = edge(found) > LIGHT * 255
    turned = invert == "yes" or (invert == "auto" and bool(how.ink) and light)
    if pad and how.crop is None:
        found = prepared(source, Preparation(size, channels, "pad", 255 if turned else 0))
    return 255 - found if turned else found, light, turned


def edge(pixels: np.ndarray) -> float:
    """Mean value along the four sides."""
    return float(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).mean())


def encoded(picture: np.ndarray | Image.Image) -> bytes:
    """Pixels of 8 bits, (H, W), (H, W, 1, 3 or 4), or Pillow's picture as the bytes of a file that holds the same."""
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(np.ascontiguousarray(picture[..., 0] if picture.shape[2:] == (1,) else picture))
    file = io.BytesIO()
    (picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGB")).save(file, "PNG")
    return file.getvalue()


def in_bytes(pixels: np.ndarray, shares: bool) -> np.ndarray:
    """Numbers as pixels of 8 bits; `shares` of white, 0 to 1, times 255."""
    return np.clip(np.rint(pixels.astype(np.float64) * (255 if shares else 1)), 0, 255).astype(np.uint8)


def fits(shape: tuple[int, ...], wanted: tuple) -> bool:
    """Whether a shape is the wanted one, where None stands for any size.

    Example:
        >>> fits((5, 5, 1), (None, None, 1)), fits((5, 5), (5, 5, 1))
        (True, False)
    """
    return len(shape) == len(wanted) and all(n is None or n == m for n, m in zip(wanted, shape, strict=True))
