"""Finding: faces in a picture by OpenCV's Haar cascades, upright and turned.

    picture -> grey, its larger side at most `MOST` pixels -> for each angle a: turned by a -> cascade over all places and sizes
            -> boxes with the number of neighbouring windows that agree -> turned back -> one box a face

A cascade asks windows of growing size 20 questions of more and more features; a window that fails one is no face. It knows heads
that lean by some 15 degrees, so others are found in turned copies of the picture. How many neighbouring windows agree tells faces
from chance: `LEAST` of them are asked for, more in turned copies, which see more chance.
Source: Viola & Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001; the cascade is that of
R. Lienhart in OpenCV's wheel (haarcascade_frontalface_alt2.xml).
"""

import importlib
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, FileError
from nabi.pictures.boxes import Box, one_each

WHERE = "finding faces"
INSTALL = "pip install 'opencv-python-headless>=4.10,<5'"
CASCADE = "haarcascade_frontalface_alt2.xml"
MOST = 1024  # pixels of the larger side in which faces are looked for
SMALLEST = 0.025  # of a picture's larger side: the smallest face that is looked for
WINDOW = 24  # pixels: no smaller face is found, for the cascade learned from this size
STEP = 1.1  # from one window size to the next: the finest that is worth its time
LEAST, LEAST_TURNED = 6, 10  # neighbouring windows that must agree
ANGLES = (0, -20, 20, -40, 40)


@cache
def opencv() -> Any:
    """The module cv2, version 4 with its cascades.

    Raises:
        FileError: it is not installed, or another version without cascades is.
    """
    try:
        cv2: Any = importlib.import_module("cv2")
    except ImportError as error:
        raise FileError(WHERE, "the package opencv-python-headless, version 4", "none", f"Install it: {INSTALL}") from error
    version = str(getattr(cv2, "__version__", "?"))
    if version.split(".")[0] != "4" or not hasattr(cv2, "CascadeClassifier") or not hasattr(cv2, "data"):
        raise FileError(WHERE, "OpenCV 4, whose package brings the Haar cascades", f"OpenCV {version}",
                        f"Install it: {INSTALL}")
    return cv2


class HaarFinder:
    """Finds faces: a picture in, boxes out.

    Args:
        angles: by how many degrees heads may lean; each is looked for in a turned copy. (0,) is the fastest.
        smallest: least width of a face as a share of the picture's larger side; 24 pixels at least.
        least: neighbouring windows that must agree on an upright face; more finds fewer.
        most: pixels of the larger side to which pictures are made smaller.
        step: factor from one window size to the next, above 1; 1.2 takes half the time and misses some.

    Any function from an RGB picture (H, W, 3) to boxes can stand in its place: see `SmileDetector`.
    """

    def __init__(self, angles: Sequence[float] = ANGLES, smallest: float = SMALLEST, least: int = LEAST, most: int = MOST,
                 step: float = STEP):
        if not angles or not all(-180 <= a <= 180 for a in angles):
            raise ArgumentError("HaarFinder(angles)", "one angle or more from -180 to 180 degrees", angles)
        if not 0 < smallest <= 1:
            raise ArgumentError("HaarFinder(smallest)", "a share above 0, at most 1", smallest)
        if least < 1 or most < 32:
            raise ArgumentError("HaarFinder(least, most)", "1 window and 32 pixels at least", (least, most))
        if not 1 < step <= 2:
            raise ArgumentError("HaarFinder(step)", "a factor above 1, at most 2", step)
        self.angles = tuple(angles)
        self.smallest = smallest
        self.least = least
        self.most = most
        self.step = step

    def __call__(self, picture: np.ndarray) -> list[Box]:
        """Boxes of the faces in a picture, (H, W) or (H, W, 3) uint8, from left to right.

        Raises:
            FileError: no OpenCV 4.
        """
        cv2 = opencv()
        grey = picture if picture.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
        scale = min(1.0, self.most / max(grey.shape))
        if scale < 1:
            grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        least = max(WINDOW, round(self.smallest * max(grey.shape)))
        found = [box for angle in self.angles for box in self.at_angle(grey, angle, least)]
        return one_each([Box(b.x / scale, b.y / scale, b.width / scale, b.height / scale, b.angle, b.sure) for b in found])

    def at_angle(self, grey: np.ndarray, angle: float, least: int) -> list[Box]:
        """Boxes of heads that lean by about one angle, in pixels of `grey`."""
        cv2 = opencv()
        height, width = grey.shape
        if angle:
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
            c, s = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
            wide, high = math.ceil(width * c + height * s), math.ceil(height * c + width * s)
            turn[:, 2] += (wide - width) / 2, (high - height) / 2
            grey = cv2.warpAffine(grey, turn, (wide, high))
            back = cv2.invertAffineTransform(turn)
        else:
            back = np.array([[1.0, 0, 0], [0, 1.0, 0]])
        needed = self.least if angle == 0 else max(self.least, round(self.least * LEAST_TURNED / LEAST))
        windows, agree = cascade().detectMultiScale2(grey, self.step, needed, minSize=(least, least))
        boxes = []
        for (x, y, w, h), sure in zip(windows, agree, strict=True):
            u, v = back @ (x + w / 2, y + h / 2, 1)
            boxes.append(Box(float(u - w / 2), float(v - h / 2), float(w), float(h), float(angle), float(sure)))
        return [box for box in boxes if 0 <= box.middle[0] < width and 0 <= box.middle[1] < height]


@cache
def cascade() -> Any:
    """The cascade for frontal faces.

    Raises:
        FileError: no OpenCV 4, or its package has no cascades.
    """
    cv2 = opencv()
    path = f"{cv2.data.haarcascades}{CASCADE}"
    loaded = cv2.CascadeClassifier(path)
    if loaded.empty():
        raise FileError(WHERE, f"{CASCADE} in OpenCV's package", "none", f"Install it anew: {INSTALL}")
    return loaded
