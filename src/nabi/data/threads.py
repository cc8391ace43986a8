"""Threads: a function of several things at once, where it waits or lets go of Python's lock: files read, pictures decoded."""

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

FEW = 4  # things that are not worth a second thread


@functools.cache
def pool(process: int) -> ThreadPoolExecutor:
    """Threads, as many as processors up to 8; a process that was forked has its own."""
    return ThreadPoolExecutor(min(8, os.cpu_count() or 1), thread_name_prefix=f"data of {process}")


def on_threads(function: Callable[[Any], Any], items: list) -> list:
    """[function(item) for item in items], on several threads where that is worth it.

    Example:
        >>> on_threads(str.upper, list("abcde"))
        ['A', 'B', 'C', 'D', 'E']
    """
    return [function(item) for item in items] if len(items) < FEW else list(pool(os.getpid()).map(function, items))
