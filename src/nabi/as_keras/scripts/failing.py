"""Failing: the error of a script as its own lines and one message, not thirty frames of nabi.

    Traceback (most recent call last):
      File "lecture.py", line 12, in <module>
        model.fit(x, y)
    nabi.core.errors.ShapeError: Model 'sequential', input 'input': expected ...
"""

import os
import sys
import sysconfig
import traceback
from types import TracebackType

from nabi.core.warning import NABI

OTHERS = tuple(folder + os.sep for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"),
                                              sysconfig.get_path("platlib")} if folder)


def theirs(file: str) -> bool:
    """Whether a file is the user's own: neither nabi's nor Python's nor an installed package's."""
    return not file.startswith((NABI, *OTHERS, "<frozen"))


def told(error: BaseException, whole: bool = False) -> str:
    """The text of an error: frames of the user's files alone, or all with `whole`; a SyntaxError points at its place.

    Args:
        error: what was raised.
        whole: every frame.
    """
    shown = traceback.TracebackException.from_exception(error)
    if not whole:
        seen: set[int] = set()
        part: traceback.TracebackException | None = shown
        while part is not None and id(part) not in seen:
            seen.add(id(part))
            part.stack = traceback.StackSummary.from_list([frame for frame in part.stack if theirs(frame.filename)])
            part.__cause__ = part.__context__ = None
            part = None
    return "".join(shown.format())


def script_line(trace: TracebackType | None) -> tuple[str, int] | None:
    """File and line of the user's where an error came from, the innermost; None where there is none."""
    found = None
    while trace is not None:
        if theirs(trace.tb_frame.f_code.co_filename):
            found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return found


def print_error(error: BaseException, whole: bool = False) -> None:
    """Writes the error to standard error."""
    print(told(error, whole), end="", file=sys.stderr, flush=True)
