"""Threads: a script has ended when the threads have that it started, as with Python; till then nabi stays in Keras' place.

    Thread(target=lambda: save(results)).start()       the script's last line

Daemons are left where they are. Workers of a `ThreadPoolExecutor` that was not shut down are told to end by Python's own exit,
which is not yet: they are not waited for.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import thread as pools
from contextlib import contextmanager


def of_a_pool(one: threading.Thread) -> bool:
    """Whether it is a worker of a ThreadPoolExecutor."""
    return one in getattr(pools, "_threads_queues", ())


@contextmanager
def threads_awaited() -> Iterator[None]:
    """Behind the block, however it ends, the threads that it started have ended."""
    before = {*threading.enumerate()}
    try:
        yield
    finally:
        while started := [one for one in threading.enumerate() if not (one in before or one.daemon or of_a_pool(one))]:
            for one in started:
                one.join()
