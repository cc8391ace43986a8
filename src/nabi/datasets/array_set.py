"""Array set: pictures that are numbers already, an .npz file or idx pairs, as `from_folder` reads files.

    x    as it is, uint8 (N, H, W, C): neither resized nor turned to grey
    names    "train/17": the part, where the source has parts, and the place in it from the first picture of the source on
"""

import hashlib

import numpy as np

from nabi.core.errors import ArgumentError
from nabi.core.table import one_line
from nabi.pictures import Arrays, Entry, Listing, Preparation
from nabi.pictures.cache import Cached
from nabi.pictures.duplicates import digest


def as_listing(arrays: Arrays) -> Listing:
    """The pictures of arrays by name, with nothing to read.

    Example:
        >>> arrays = Arrays("a.npz", "npz", np.zeros((2, 4, 4, 1), "uint8"), np.array([1, 0]), ["cat", "dog"], ["train", "test"])
        >>> [(entry.name, entry.label) for entry in as_listing(arrays).entries]
        [('train/0', 'dog'), ('test/1', 'cat')]
    """
    entries = [Entry(f"{part}/{k}" if part else f"{k}", arrays.class_names[y], part, "")
               for k, (y, part) in enumerate(zip(arrays.y.tolist(), arrays.parts, strict=True))]
    return Listing(arrays.source, arrays.kind, entries, arrays.class_names, [])


def as_they_are(arrays: Arrays, size: object, channels: int | None, fit: str, crop: str | None) -> Preparation:
    """What arrays are made like: what they are.

    Raises:
        ArgumentError: another size, other channels or a crop is asked for.
    """
    height, width, own = arrays.x.shape[1:]
    where = f"data {one_line(arrays.source)}"
    wanted = (size, size) if isinstance(size, int) else None if size is None else tuple(size)  # type: ignore[arg-type]
    if wanted not in (None, (height, width)) or channels not in (None, own):
        raise ArgumentError(where, f"the arrays' own size, {height}x{width}x{own}", f"size {size}, channels {channels}",
                            "Arrays are not resized.")
    if crop is not None:
        raise ArgumentError(where, "no crop, for arrays are taken as they are", repr(crop))
    return Preparation((height, width), own, fit)


def as_cached(arrays: Arrays, how: Preparation) -> Cached:
    """The pixels of arrays as a cache has those of files."""
    digests = np.stack([np.frombuffer(digest(x.tobytes()), np.uint8) for x in arrays.x])
    said = f"{how.shape} {arrays.class_names} {arrays.parts}".encode(errors="surrogateescape")
    mark = hashlib.sha256(digests.tobytes() + arrays.y.tobytes() + said).hexdigest()
    return Cached(arrays.x, np.arange(len(arrays.x)), [], digests, mark)
