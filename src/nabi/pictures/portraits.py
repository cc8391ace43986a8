"""Portraits: the face of a picture instead of the whole of it: found, turned upright, cropped with a margin.

    picture -> largest face (`HaarFinder`; turned heads are looked for where none is upright) -> square of side `SIDE` w around
    a middle `DOWN` w below the box's -> H x H grey or colour            w: width of the face's box

The crop reaches from the hair to the chin and a little beyond the ears: enough to tell people, little of what is behind them.
"""

import os
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from nabi.pictures.boxes import Box, crop
from nabi.pictures.decoding import TURNS, Damaged, Preparation, decode, flat, opened, orientation
from nabi.pictures.finding import MOST, HaarFinder

SIDE, DOWN = 1.1, 0.04  # of the box's width
SMALLEST = 0.06  # least width of a face as a share of the picture's larger side: who it shows is not far away
NO_FACE = "no face found"


def prepared(data: bytes | str | os.PathLike, how: Preparation) -> np.ndarray:
    """The pixels of a picture's file as a preparation asks for them: the whole of it, or its largest face; uint8 (H, W, C).

    Raises:
        Damaged: it cannot be decoded whole, or shows no face that can be found. FileError: faces are asked for without OpenCV 4.
    """
    if how.crop is None:
        return decode(data, how)
    pixels, boxes = faces(data)
    if not boxes:
        where = data if isinstance(data, str | os.PathLike) else "picture"
        raise Damaged(str(where), "a face", "none found", "Faces are found from the front, upright or leaning.", reason=NO_FACE,
                      kind="no face")
    if how.channels == 1:
        pixels = np.asarray(Image.fromarray(pixels).convert("L"))
    return crop(pixels, boxes[0], SIDE, DOWN, how.size[0]).reshape(how.shape)


def faces(data: bytes | str | os.PathLike) -> tuple[np.ndarray, list[Box]]:
    """The pixels (H, W, 3) of a picture's file, a large JPEG made smaller, and the boxes of its faces, the largest first.

    Raises:
        Damaged: it cannot be decoded whole. FileError: no OpenCV 4.
    """
    with opened(data) as picture:
        picture.draft(None, (MOST, MOST))
        picture.load()
        turn = orientation(picture)
        found = flat(picture).convert("RGB")
        pixels = np.asarray(found.transpose(TURNS[turn]) if turn in TURNS and picture.format != "TIFF" else found)
    for find in finders():
        if found := find(pixels):
            return pixels, sorted(found, key=lambda box: (box.width, box.sure), reverse=True)
    return pixels, []


@cache
def finders() -> tuple[Any, ...]:
    """Finders, the quicker one first."""
    return HaarFinder(angles=(0,), smallest=SMALLEST), HaarFinder(smallest=SMALLEST)
