"""Memory: how much of it a process holds, and giving back what it holds of a mapped file.

    resident              pages of the process in memory, those of mapped files included: /proc/self/statm
    resident + file < 0.9 budget       the file is mapped, and read as memory
    else                               its rows are read one by one; they stay in the system's cache, which is nobody's memory
"""

import mmap
import os
import re

import numpy as np

from nabi.core.errors import ArgumentError, FileError

FILLED = 0.9  # of the budget, where pages go
STATM = "/proc/self/statm"
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def number_of_bytes(where: str, value: int | str) -> int:
    """500_000_000, "500MB" and "0.5 GB" as a number of bytes.

    Example:
        >>> number_of_bytes("memory", "0.5 GB")
        500000000

    Raises:
        ArgumentError: anything else.
    """
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?B|)\s*", str(value).upper())
    if found is None or isinstance(value, bool) or float(found[1]) == 0:
        raise ArgumentError(where, "a number of bytes, such as '500MB' or '2GB'", repr(value))
    return int(float(found[1]) * UNITS[found[2]])


def resident() -> int:
    """Bytes of this process in memory; 0 where the system does not tell."""
    try:
        with open(STATM, "rb", buffering=0) as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0


class Window:
    """Rows of an array that may be mapped from a file, so that a process holds no more than a budget.

    Where the whole file fits into what is left of the budget it is read as memory. Else its rows are read from the file, which
    takes some microseconds each and adds nothing to what the process holds: a mapped page brings up to 2 MB of neighbours along.

    Args:
        pixels: (N, ...), C-contiguous.
        memory: bytes that the process may hold.

    Attributes:
        is_mapped: whether rows are read as memory.
        given_back: how often mapped pages were given back, since the process had grown otherwise.
    """

    def __init__(self, pixels: np.ndarray, memory: int):
        self.pixels, self.memory, self.name = pixels, memory, getattr(pixels, "filename", "")
        self.mapped = getattr(pixels, "_mmap", None)
        self.row, self.touched, self.given_back = pixels[:1].nbytes, 0, 0
        self.file, self.start = None, getattr(pixels, "offset", 0)
        self.is_mapped = self.mapped is None or not hasattr(os, "preadv") or resident() + pixels.nbytes < FILLED * memory

    def rows(self, numbers: np.ndarray) -> np.ndarray:
        """Copies of some rows."""
        if self.is_mapped:
            found = np.array(self.pixels[numbers])
            self.touch(found.nbytes)
            return found
        if self.file is None:
            self.file = open(self.name, "rb", buffering=0)
        found = np.empty((len(numbers), *self.pixels.shape[1:]), self.pixels.dtype)
        handle, view, row = self.file.fileno(), found.reshape(-1).view(np.uint8).data, self.row
        for place, number in enumerate(numbers.tolist()):
            got = os.preadv(handle, [view[place * row:(place + 1) * row]], self.start + number * row)
            if got != row:
                raise FileError(f"reading {self.name}", f"{row:,} bytes of row {number}", f"{got:,}")
        return found

    def touch(self, size: int) -> None:
        """To be called when so many bytes were read as memory: gives mapped pages back where the process holds too much."""
        self.touched += size
        if self.mapped is not None and (resident() or self.touched) > FILLED * self.memory and hasattr(mmap, "MADV_DONTNEED"):
            self.mapped.madvise(mmap.MADV_DONTNEED)
            self.touched, self.given_back = 0, self.given_back + 1
