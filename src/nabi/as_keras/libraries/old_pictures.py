"""Old pictures: SciPy's functions of pictures, by Pillow: arrays in, bytes out.

    scipy.misc.imresize(picture, (28, 28))
    scipy.misc.toimage(x, cmin=0.0, cmax=1.0).save("x.png")

Source: SciPy 1.2, misc/pilutil.py.
"""

from typing import Any

import numpy as np
from PIL import Image

FILTERS = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC,
           "cubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}  # fmt: skip


def bytescale(data: Any, cmin: Any = None, cmax: Any = None, high: float = 255, low: float = 0) -> np.ndarray:
    """Bytes as they are; others so that cmin becomes `low` and cmax `high`: the least and the largest where none is given.

    Example:
        >>> bytescale([[0.0, 0.5, 1.0]]).tolist(), bytescale([[0.0, 0.5]], cmin=0, cmax=1).tolist()
        ([[0, 128, 255]], [[0, 128]])
    """
    a = np.asarray(data)
    if a.dtype == np.uint8:
        return a
    first, last = (float(a.min()) if cmin is None else cmin), (float(a.max()) if cmax is None else cmax)
    return (((a - first) * ((high - low) / ((last - first) or 1.0)) + low).clip(low, high) + 0.5).astype(np.uint8)


def toimage(arr: Any, high: float = 255, low: float = 0, cmin: Any = None, cmax: Any = None, pal: Any = None,
            mode: str | None = None, channel_axis: int | None = None) -> Image.Image:
    """A picture of Pillow's from an array of two axes, or of three with 3 or 4 channels, which may come first.

    Args:
        high, low, cmin, cmax: see `bytescale`. pal: a palette of 256 rows. mode: of Pillow's; "F" keeps the numbers.
        channel_axis: of the channels; the first one of length 3, or else 4, where none is given.
    """
    a = np.asarray(arr)
    if a.ndim == 3 and a.shape[-1] == 1:
        a = a[..., 0]
    if a.ndim == 2 and mode in ("F", "I"):
        return Image.fromarray(a.astype(np.float32 if mode == "F" else np.int32))
    data = bytescale(a, cmin, cmax, high, low)
    if a.ndim == 3:
        places = [place for length in (3, 4) for place in range(3) if a.shape[place] == length]
        data = np.moveaxis(data, places[0] if channel_axis is None and places else channel_axis or -1, -1)
    made = Image.fromarray(np.ascontiguousarray(data))
    if pal is not None and a.ndim == 2:
        made.putpalette(np.asarray(pal, np.uint8).tobytes())
    return made if mode in (None, "P") else made.convert(mode)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """The pixels of a file; `flatten` makes them grey, as numbers with a fraction."""
    with Image.open(name) as picture:
        if flatten:
            return np.asarray(picture.convert("F"))
        return np.array(picture.convert(mode) if mode else picture.convert("RGB") if picture.mode == "P" else picture)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:  # noqa: A002
    """Writes an array as a picture file."""
    toimage(arr, channel_axis=2).save(name, format)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """An array of bytes in another size: (rows, columns), a share (0.5), or per cent (50)."""
    picture = toimage(arr, mode=mode)
    if isinstance(size, (int, np.integer)):
        size = size / 100.0
    if isinstance(size, (float, np.floating)):
        size = (int(picture.size[1] * size), int(picture.size[0] * size))
    return np.array(picture.resize((size[1], size[0]), FILTERS[interp]))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> np.ndarray:
    """An array of bytes, turned by an angle in degrees."""
    return np.array(toimage(arr).rotate(angle, FILTERS[interp]))  # pyright: ignore[reportArgumentType]
