"""Pictures: from labelled files on the disk to pixels of one size, without torch: worker processes import this package alone.

    source -> Listing of Entry -> decode -> uint8 (H, W, C)

Example:
    >>> from nabi.pictures import Preparation
    >>> Preparation((64, 64), 3, "crop").shape
    (64, 64, 3)
"""

from nabi.pictures.decoding import Damaged, Facts, Preparation, decode, look
from nabi.pictures.entry import Entry
from nabi.pictures.listing import Listing, listed

__all__ = ["Damaged", "Entry", "Facts", "Listing", "Preparation", "decode", "listed", "look"]
