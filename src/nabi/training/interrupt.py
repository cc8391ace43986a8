"""Interrupt: the first Ctrl-C lets the batch finish and keeps everything, the second one ends at once."""

import signal
import threading
from typing import Any


class Interrupt:
    """While open, counts Ctrl-C: `asked` after the first; the second raises KeyboardInterrupt where the program stands.

    Nothing changes outside the main thread, where Python delivers no signals, and in a program that was started to ignore Ctrl-C.
    """

    def __init__(self):
        self.asked = False
        self.before: Any = None  # the handler to put back

    def __enter__(self):
        ignored = signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None)  # None: set by no Python program, not to be put back
        if threading.current_thread() is threading.main_thread() and not ignored:
            self.before = signal.signal(signal.SIGINT, self.receive)
        return self

    def receive(self, number, frame) -> None:
        """Called by Python when SIGINT comes."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(self, *failure):
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
