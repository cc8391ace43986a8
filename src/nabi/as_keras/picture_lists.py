"""Picture lists: the few functions of imutils that scripts of pictures in folders use, where it is not installed.

    for path in imutils.paths.list_images("dataset"): ...
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
