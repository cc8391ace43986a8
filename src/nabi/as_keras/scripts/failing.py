"""Failing: the error of a script as its own lines and one message, not thirty frames of nabi.

    Traceback (most recent call last):
      File "lecture.py", line 12, in <module>
        model.fit(x, y)
    nabi.core.errors.ShapeError: Model 'sequential', input 'input': expected ...

Two errors of Python's own get a line of advice: a file that is not in the current folder, and a text that is no UTF-8.
"""

import os
import sys
import sysconfig
import traceback
from pathlib import Path
from types import TracebackType

from nabi.core.language import say
from nabi.core.warning import NABI

OTHERS = tuple(folder + os.sep for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"),
                                              sysconfig.get_path("platlib")} if folder)

WORDS: dict[str, tuple[str, str]] = {
    "note": ("nabi: note: {said}", "nabi: 알림: {said}"),
    "beside": ("{file} lies beside the script, and names are looked for in the current folder: cd {folder}, then run it again.",
               "{file}은(는) 스크립트 옆에 있지만, 파일은 현재 폴더에서 찾습니다. cd {folder} 한 뒤에 다시 실행하십시오."),
    "here": ("{file} is looked for in the current folder, and {folder} has no such file.",
             "{file}은(는) 현재 폴더에서 찾는데, 현재 폴더 {folder}에는 없습니다."),
    "cp949": ("The text is not UTF-8. Files of Korean Excel are cp949: encoding='cp949'.",
              "UTF-8로 된 파일이 아닙니다. 한국어 엑셀에서 저장한 CSV라면 encoding='cp949'를 주십시오."),
}


def theirs(file: str) -> bool:
    """Whether a file is the user's own: neither nabi's nor Python's nor an installed package's."""
    return not file.startswith((NABI, *OTHERS, "<frozen")) and not file.endswith((".pyx", ".pxi"))  # Cython's, in packages


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


def advice(error: BaseException) -> str | None:
    """What helps against an error of Python's own, in the user's language; None where the error says it all."""
    if isinstance(error, UnicodeDecodeError) and error.encoding.lower() in ("utf-8", "utf8"):
        return say(WORDS, "cp949")
    file = error.filename if isinstance(error, FileNotFoundError) else None
    if not isinstance(file, str) or not file or os.path.isabs(file):
        return None
    place = script_line(error.__traceback__)
    beside = Path(place[0].partition(", cell ")[0]).resolve().parent if place else Path()
    if (beside / file).exists():
        return say(WORDS, "beside", file=file, folder=beside)
    return say(WORDS, "here", file=file, folder=os.getcwd())


def print_error(error: BaseException, whole: bool = False) -> None:
    """Writes the error to standard error, and what helps."""
    said = advice(error)
    note = "" if said is None else say(WORDS, "note", said=said) + "\n"
    print(told(error, whole), note, sep="", end="", file=sys.stderr, flush=True)
