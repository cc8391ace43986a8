"""Picture lists: the few functions of imutils that scripts of pictures in folders use, where it is not installed.

    for path in imutils.paths.list_images("dataset"): ...
    montage = imutils.build_montages(images, (32, 32), (7, 7))[0]
"""

import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff")
paths = sys.modules[__name__]


def list_files(basePath: Any, validExts: Any = None, contains: str | None = None) -> Iterator[str]:  # noqa: N803
    """Files below a folder, by their endings and what their names contain."""
    for folder, _, names in os.walk(basePath):
        for name in names:
            ending = os.path.splitext(name)[1].lower()
            if (contains is None or contains in name) and (validExts is None or ending and ending.endswith(tuple(validExts))):
                yield os.path.join(folder, name)


def list_images(basePath: Any, contains: str | None = None) -> Iterator[str]:  # noqa: N803
    """Pictures below a folder."""
    return list_files(basePath, ENDINGS, contains)


def resize(image: Any, width: int | None = None, height: int | None = None, inter: Any = None) -> Any:
    """A picture of bytes in another width or height, each pixel the mean of what it covers; the other side goes along."""
    high, wide = image.shape[:2]
    if width is None and height is None:
        return image
    size = (int(wide * (height or 0) / high), height or 0) if width is None else (width, int(high * width / wide))
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def rotate(image: Any, angle: float, center: Any = None, scale: float = 1.0) -> Any:
    """A picture of bytes, turned against the clock by degrees; its size stays."""
    return np.array(Image.fromarray(image).rotate(angle, Image.Resampling.BILINEAR, center=center))


def rotate_bound(image: Any, angle: float) -> Any:
    """A picture of bytes, turned with the clock, and as large as that needs."""
    return np.array(Image.fromarray(image).rotate(-angle, Image.Resampling.BILINEAR, expand=True))


def translate(image: Any, x: int, y: int) -> Any:
    """A picture moved to the right and down; what is uncovered is black."""
    made = np.zeros_like(image)
    high, wide = image.shape[:2]
    made[max(y, 0) : high + min(y, 0), max(x, 0) : wide + min(x, 0)] = \
        image[max(-y, 0) : high - max(y, 0), max(-x, 0) : wide - max(x, 0)]  # fmt: skip
    return made


def opencv2matplotlib(image: Any) -> Any:
    """Blue, green, red as red, green, blue."""
    return image[..., ::-1] if image.ndim == 3 else image


def grab_contours(found: Any) -> Any:
    """The contours in what `cv2.findContours` gives, of whichever version."""
    return found[0] if len(found) == 2 else found[1]


def build_montages(image_list: Any, image_shape: tuple[int, int], montage_shape: tuple[int, int]) -> list[Any]:
    """Pictures of bytes side by side, (columns, rows) of them on each sheet, all of one (width, height)."""
    (wide, high), (columns, lines) = image_shape, montage_shape
    sheets = []
    for n, image in enumerate(image_list):
        place = n % (columns * lines)
        if place == 0:
            sheets.append(np.zeros((high * lines, wide * columns, 3), np.uint8))
        small = np.array(Image.fromarray(image).convert("RGB").resize(image_shape, Image.Resampling.BOX))
        line, column = divmod(place, columns)
        sheets[-1][line * high : (line + 1) * high, column * wide : (column + 1) * wide] = small
    return sheets
