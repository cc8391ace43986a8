"""Interrupt: the first Ctrl-C lets the batch finish and keeps everything, the second one ends at once."""

import signal
import threading


class Interrupt:
    """While open, counts Ctrl-C: `asked` after the first; the second raises KeyboardInterrupt where the program stands.

    Outside the main thread, where Python delivers no signals, nothing changes.
    """

    def __init__(self):
        self.asked = False
        self.before = None
        self.installed = False

    def __enter__(self):
        self.installed = threading.current_thread() is threading.main_thread()
        if self.installed:
            self.before = signal.signal(signal.SIGINT, self.receive)
        return self

    def receive(self, number, frame) -> None:
        """Called by Python when SIGINT comes."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(self, *failure):
        if self.installed:
            signal.signal(signal.SIGINT, self.before if self.before is not None else signal.default_int_handler)
