"""Loading: the pictures of files as batches, decoded on several threads and kept as bytes where they fit.

A picture is decoded while other threads run, since Pillow lets go of Python's lock; a file is read again only where all pictures
together are more than KEPT bytes, or have more than 8 bits.
"""

from typing import Any

import numpy as np

from nabi.data.threads import on_threads
from nabi.preprocessing.pixels import load_img

KEPT = 2**28  # bytes of decoded pictures that a flow keeps in memory


class Store:
    """The pictures of some files in one size.

    Args:
        paths: of the files.
        shape: (height, width, channels).
        how: options for `load_img`.
    """

    def __init__(self, paths: list[str], shape: tuple[int, int, int], **how):
        self.paths, self.shape, self.how = paths, shape, how
        keeps = len(paths) * int(np.prod(shape)) <= KEPT
        self.kept = np.empty((len(paths) if keeps else 0, *shape), np.uint8)  # whose pages the system gives when they are written
        self.known = np.zeros(len(paths), bool)

    def decoded(self, place: int) -> np.ndarray:
        """One picture (height, width, channels)."""
        x = np.asarray(load_img(self.paths[place], **self.how))
        return x if x.ndim == 3 else x[..., None]

    def read(self, places: np.ndarray, dtype: Any) -> np.ndarray:
        """The pictures at some places: (len(places), height, width, channels)."""
        x = np.empty((len(places), *self.shape), dtype)
        known = self.known[places]
        if known.any():
            x[known] = self.kept[places[known]]
        missing = np.flatnonzero(~known)
        for row, one in zip(missing, on_threads(self.decoded, places[missing].tolist()), strict=True):
            x[row] = one
            if len(self.kept) and one.dtype == np.uint8:
                self.kept[places[row]], self.known[places[row]] = one, True
        return x
