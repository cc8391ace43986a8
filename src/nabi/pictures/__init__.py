"""Pictures: from labelled files on the disk to pixels of one size, without torch: worker processes import this package alone.

    opened(source) -> Listing of Entry -> decode -> uint8 (H, W, C)
                   -> Arrays                     -> uint8 (N, H, W, C)

Example:
    >>> from nabi.pictures import Preparation
    >>> Preparation((64, 64), 3, "crop").shape
    (64, 64, 3)
"""

import os
from collections.abc import Mapping

from nabi.core.errors import ArgumentError
from nabi.pictures import arrays
from nabi.pictures.arrays import Arrays
from nabi.pictures.decoding import Damaged, Facts, Preparation, decode, look
from nabi.pictures.entry import Entry
from nabi.pictures.listing import Listing, listed, path_of

__all__ = ["Arrays", "Damaged", "Entry", "Facts", "Listing", "Preparation", "decode", "listed", "look", "opened"]


def opened(source: str | os.PathLike, labels: str | os.PathLike | Mapping[str, str] | None = None) -> Listing | Arrays:
    """What a source holds: a listing of picture files, or arrays where it is an .npz or idx file.

    Raises:
        FileError, DataError: see `listed` and `arrays.read`. ArgumentError: labels for arrays, which have their own.
    """
    if not arrays.are_arrays(path_of("source", source)):
        return listed(source, labels)
    if labels is not None:
        raise ArgumentError("labels", "none, for arrays have labels of their own", labels)
    return arrays.read(source)
