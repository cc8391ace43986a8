"""Interrupt: the first Ctrl-C lets the batch finish and keeps everything, the second one ends at once."""

import os
import signal
import sys
import threading
from typing import Any

from nabi.core.language import say

SAID = "Ctrl-C: this batch is finished and what was learned is kept. A second Ctrl-C ends the program at once."
WORDS = {"asked": (SAID, "Ctrl-C: 이 배치를 마치고, 배운 것은 그대로 둡니다. 한 번 더 누르면 프로그램이 곧바로 끝납니다.")}


class Interrupt:
    """While open, counts Ctrl-C: `asked` after the first, and a line on stderr; the second raises KeyboardInterrupt at once.

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
        tell(say(WORDS, "asked"))

    def __exit__(self, *failure):
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)


def tell(line: str) -> None:
    """Says a line on stderr, in the middle of whatever the program is doing: past Python's buffers, which may be in use."""
    try:
        stream = sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):  # no stream, a notebook's, a closed one: there no terminal is waiting
        print(line, file=sys.stderr)
        return
    start = "\n" if os.isatty(stream) else ""  # behind ^C or a progress bar
    os.write(stream, f"{start}{line}\n".encode())
