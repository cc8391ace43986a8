"""Ahead: while a network learns from one batch, a thread makes the next one.

    f(a)  f(b)  f(c)            on the thread, one after the other, so that what they draw at random keeps its order
          a     b     c         given here

Worth it where f waits or lets other threads run: reading files, decoding pictures. An epoch that is left early has made one batch
too many.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


def ahead(function: Callable[[Any], Any], items: Iterable) -> Iterator[Any]:
    """function(item) of each item, the next one being made while this one is used.

    Example:
        >>> list(ahead(str.upper, ["a", "b"]))
        ['A', 'B']
    """
    with ThreadPoolExecutor(1, thread_name_prefix="next batch") as thread:
        waiting: Future | None = None
        for item in items:
            following = thread.submit(function, item)
            if waiting is not None:
                yield waiting.result()
            waiting = following
        if waiting is not None:
            yield waiting.result()
