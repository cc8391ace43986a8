"""Memory: keeps freed memory in the process, so that a training step does not ask the system for the same pages again.

glibc hands large blocks back to the system when they are freed, and the next step pays for them page by page. At batch 200 the
lectures' CNN takes 8,000 page faults a step so, and 60 ms; where the memory stays, none, and 50 ms (`benchmarks/kernels.py`).
The setting is the process's; `NABI_KEEP_MEMORY=0` in the environment leaves glibc as it is.
"""

import ctypes
import functools
import os
import sys

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
LARGEST = 1 << 30  # bytes; larger blocks still go back


@functools.cache
def keep_freed_memory() -> bool:
    """Tells glibc's malloc to keep freed blocks of up to 1 GiB for reuse, for the rest of the process.

    Training and prediction call it at their first step. The process then keeps the memory of its largest step until it ends.
    Returns whether it is so: False where there is no glibc to tell, or `NABI_KEEP_MEMORY=0` forbids it.

    Example:
        >>> keep_freed_memory() == (glibc() is not None)
        True
    """
    libc = None if os.environ.get("NABI_KEEP_MEMORY") == "0" else glibc()
    return libc is not None and bool(libc.mallopt(M_MMAP_THRESHOLD, LARGEST) and libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1))


def glibc() -> ctypes.CDLL | None:
    """The C library of this process if it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
