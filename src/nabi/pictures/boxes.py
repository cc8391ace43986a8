"""Boxes: where faces lie in a picture, how much two of them overlap, which of several stand for one face, and what is cropped.

    box          x, y of the left upper corner, width, height, in pixels of the picture as it is shown; angle in degrees
    overlap      IoU(a, b) = area of both / area of either
    one a face   the surest box first; what overlaps it by more than `SAME`, or lies inside it for the most part, is left out
    crop         a square of side s w around (x + w/2 + d w sin a, y + h/2 + d w cos a), turned upright, 64 x 64 grey

A positive angle is a head that leans to the right as it is seen: turned counter-clockwise by it, the head stands upright.
Source: non-maximum suppression: Rosenfeld & Thurston, "Edge and curve detection for visual scene analysis", 1971.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

SAME = 0.3  # overlap above which two boxes show one face
INSIDE = 0.6  # share of the smaller box inside the other, likewise
SIDE, DOWN = 0.75, 0.08  # of a Haar cascade's box: side of the crop, and how far its middle lies below the box's
SIZE = 64  # pixels of a crop's side


@dataclass(frozen=True)
class Box:
    """Where a face is.

    Attributes:
        x, y, width, height: in pixels; for a turned head the upright square about the same middle.
        angle: by how many degrees the head leans to the right as it is seen, 0 upright.
        sure: how sure the finder is; only the order counts.

    Example:
        >>> Box(10, 20, 40, 40).middle
        (30.0, 40.0)
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0
    sure: float = 1.0

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y) of the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def corners(self) -> list[tuple[float, float]]:
        """The four corners of the turned square, clockwise from the left upper one of an upright head."""
        (x, y), a = self.middle, math.radians(self.angle)
        half = ((-self.width / 2, -self.height / 2), (self.width / 2, -self.height / 2),
                (self.width / 2, self.height / 2), (-self.width / 2, self.height / 2))
        return [(x + u * math.cos(a) - v * math.sin(a), y + u * math.sin(a) + v * math.cos(a)) for u, v in half]


def shared(a: Box, b: Box) -> float:
    """Area that two boxes have in common; their angles are left aside."""
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return max(wide, 0) * max(high, 0)


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1.

    Example:
        >>> overlap(Box(0, 0, 2, 2), Box(1, 0, 2, 2))
        0.3333333333333333
    """
    both = shared(a, b)
    either = a.width * a.height + b.width * b.height - both
    return both / either if either > 0 else 0.0


def one_each(boxes: Sequence[Box], same: float = SAME) -> list[Box]:
    """One box a face, from left to right.

    Example:
        >>> one_each([Box(50, 0, 9, 9), Box(0, 0, 10, 10, sure=2), Box(1, 0, 10, 10, 20, sure=5)])
        [Box(x=1, y=0, width=10, height=10, angle=20, sure=5), Box(x=50, y=0, width=9, height=9, angle=0.0, sure=1.0)]
    """
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.sure):
        area = box.width * box.height
        if all(overlap(box, other) <= same and shared(box, other) <= INSIDE * min(area, other.width * other.height)
               for other in kept):
            kept.append(box)
    return sorted(kept, key=lambda box: (box.x, box.y))


def crop(grey: np.ndarray, box: Box, side: float = SIDE, down: float = DOWN, size: int = SIZE) -> np.ndarray:
    """The face in a box, upright: (size, size) uint8.

    Args:
        grey: (H, W) uint8. What lies outside the picture repeats its edge.
        side, down: of the box's width, as at the head of this file.

    Example:
        >>> ramp = np.arange(200, dtype=np.uint8)[None].repeat(200, axis=0)
        >>> crop(ramp, Box(60, 60, 80, 80), side=0.8, down=0.0)[0, [0, 31, 32, 63]].tolist()
        [68, 99, 100, 131]
    """
    x, y = box.middle
    a = math.radians(box.angle)
    x, y = x - down * box.width * math.sin(a), y + down * box.width * math.cos(a)
    half = side * box.width / 2
    reach = math.ceil(half * (abs(math.cos(a)) + abs(math.sin(a)))) + 2
    left, top = math.floor(x) - reach, math.floor(y) - reach
    rows = np.clip(np.arange(top, top + 2 * reach + 1), 0, grey.shape[0] - 1)
    columns = np.clip(np.arange(left, left + 2 * reach + 1), 0, grey.shape[1] - 1)
    picture = Image.fromarray(np.ascontiguousarray(grey[rows][:, columns]))
    x, y = x - left, y - top
    if box.angle:
        picture = picture.rotate(box.angle, Image.Resampling.BILINEAR, center=(x, y))
    return np.asarray(picture.resize((size, size), Image.Resampling.BOX if 2 * half > 4 * size else Image.Resampling.BILINEAR,
                                     box=(x - half, y - half, x + half, y + half)))
