"""Memory: how much of it a process holds, and giving back what it holds of a mapped file.

    resident = pages of the process in memory, those of mapped files included          /proc/self/statm
    resident > 0.9 budget  ->  the mapped pages go; they stay in the system's cache, which is nobody's memory

Source: madvise(2), MADV_DONTNEED: what is read again of a mapped file comes from the system's cache, or the disk.
"""

import mmap
import re

import numpy as np

from nabi.core.errors import ArgumentError

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
    """What a process holds of a mapped file.

    Args:
        pixels: an array mapped from a file; for others nothing is done.
        memory: bytes that the whole process may hold before the pages go.

    Attributes:
        given_back: how often they went.
    """

    def __init__(self, pixels: np.ndarray, memory: int):
        self.mapped = getattr(pixels, "_mmap", None) if hasattr(mmap, "MADV_DONTNEED") else None
        self.memory, self.touched, self.given_back = memory, 0, 0

    def touch(self, size: int) -> None:
        """To be called when so many bytes were read."""
        self.touched += size
        if self.mapped is not None and (resident() or self.touched) > FILLED * self.memory:
            self.mapped.madvise(mmap.MADV_DONTNEED)
            self.touched, self.given_back = 0, self.given_back + 1
