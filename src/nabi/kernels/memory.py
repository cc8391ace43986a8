"""Memory: keeps freed memory in the process, so that a training step does not ask the system for the same pages again.

glibc hands large blocks back to the system when they are freed, and the next step pays for them page by page: thousands of page
faults, 3 to 8 % of the lectures' CNN at batch 200 (`benchmarks/kernels.py`).
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGEST = 1 << 30  # bytes; larger blocks still go back


def keep_freed_memory() -> bool:
    """Tells glibc's malloc to keep freed blocks of up to 1 GiB for reuse, for the rest of the process.

    The process then keeps the memory of its largest step until it ends. Returns whether there is a glibc to tell.

    Example:
        >>> keep_freed_memory() == (glibc() is not None)
        True
    """
    libc = glibc()
    return libc is not None and bool(libc.mallopt(M_MMAP_THRESHOLD, LARGEST) and libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1))


def glibc() -> ctypes.CDLL | None:
    """The C library of this process if it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
