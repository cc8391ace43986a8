"""Framing: the ink of one digit as a picture of MNIST's kind: 28 x 28, 0 for paper, 255 for ink.

    crop        the smallest box around all ink
    scale       its longer side becomes 20 pixels, the other in proportion
    place       so that the middle of mass, sum(v (row, column)) / sum(v), lies at (14, 14), moved by whole pixels

As whole pixels are moved, the middle of mass lies between 13.5 and 14.5 in rows and columns (counted from 0), as in MNIST itself.
Where that would push ink out of the picture, the digit stays inside.
Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998, section III-A.
"""

import numpy as np
from PIL import Image

SIDE, BOX, MIDDLE = 28, 20, 14
FAINT = 0.02  # of full ink: less counts as paper


def framed(ink: np.ndarray) -> np.ndarray:
    """The digit as MNIST would show it: (28, 28) uint8.

    Args:
        ink: (H, W), 0 for paper; uint8 up to 255, or fractions up to 1.

    Returns: all 0 where there is no ink.

    Example:
        >>> stick = np.zeros((200, 100)); stick[30:170, 40:54] = 1.0
        >>> picture = framed(stick)
        >>> np.flatnonzero(picture.any(axis=1))[[0, -1]].tolist(), np.flatnonzero(picture.any(axis=0)).tolist()
        ([4, 23], [13, 14])
    """
    values = ink if ink.dtype == np.uint8 else np.round(np.clip(ink, 0, 1) * 255).astype(np.uint8)
    picture = np.zeros((SIDE, SIDE), np.uint8)
    there = values > FAINT * 255
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if not len(rows):
        return picture
    digit = scaled(values[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    height, width = digit.shape
    top, left = (place(digit.sum(axis=axis, dtype=np.float64), size) for axis, size in ((1, height), (0, width)))
    picture[top : top + height, left : left + width] = digit
    return picture


def scaled(ink: np.ndarray) -> np.ndarray:
    """Ink (H, W) uint8 whose longer side becomes 20 pixels: each pixel the mean of those it covers."""
    height, width = ink.shape
    scale = BOX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(np.ascontiguousarray(ink)).resize(size, how))


def place(mass: np.ndarray, size: int) -> int:
    """First row (or column) of the digit, so that the middle of its mass lies at 14.

    Example:
        >>> place(np.ones(20), 20), place(np.array([1.0, 0, 0]), 3)
        (4, 14)
    """
    middle = float(mass @ np.arange(size)) / float(mass.sum())
    return int(np.clip(MIDDLE - np.floor(middle + 0.5), 0, SIDE - size))
