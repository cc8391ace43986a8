"""Warnings that point at the user's own line: the nearest one below them that is neither nabi's nor torch's.

    script.py:12: UserWarning: fit(x): 10 classes, but ...        not        nabi/core/calls.py:65: UserWarning: ...

`stacklevel` counts frames, and how many there are depends on the way by which a line was reached; Python 3.12 has
`skip_file_prefixes` for that, and this is the same for 3.11.
"""

import os
import sys
import warnings
from pathlib import Path
from types import FrameType

NABI = str(Path(__file__).parents[1]) + os.sep
WRAPPERS = {"contextlib.py", "functools.py"}  # of the standard library, which stand between a decorated function and its caller


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warns at the line of the user's that led here; where there is none, at the outermost.

    Example:
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     warn("this line")
        >>> caught[0].filename.startswith("<doctest")
        True
    """
    frame = users_frame(sys._getframe(1))
    registry = frame.f_globals.setdefault("__warningregistry__", {})  # where Python notes which lines have warned already
    warnings.warn_explicit(message, category, frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__"), registry)


def users_frame(frame: FrameType) -> FrameType:
    """The nearest frame outside of nabi, torch and Python's wrappers, from this one outwards."""
    torch = getattr(sys.modules.get("torch"), "__file__", None)
    libraries = (NABI, os.path.dirname(torch) + os.sep) if torch else (NABI,)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if not file.startswith(libraries) and not (file.startswith(sys.base_prefix) and os.path.basename(file) in WRAPPERS):
            break
        frame = frame.f_back
    return frame
