"""Telling: the line that shows how far decoding is, for builds that take more than a moment.

    Decoding pictures 12,288/50,000 ━━━━━─────────────── 14,210 images/s
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.core.language import say
from nabi.core.table import one_line

WORDS: dict[str, tuple[str, str]] = {
    "decoding": ("Decoding pictures {done:,}/{count:,} {bar} {pace:,.0f} images/s",
                 "그림을 읽는 중 {done:,}/{count:,} {bar} 초당 {pace:,.0f}장"),
    "decoded": ("Decoded {count:,} pictures in {seconds:.1f}s; the next run finds them in the cache",
                "그림 {count:,}장을 {seconds:.1f}초에 읽었습니다. 다음 실행에서는 캐시를 씁니다"),
    "skipped": ("{count:,} files skipped as {file} says", "{file}에 적힌 파일 {count:,}개를 제외했습니다"),
    "skipped one": ("1 file skipped as {file} says", "{file}에 적힌 파일 1개를 제외했습니다"),
}  # fmt: skip
WIDTH = 20
PATIENCE = 0.5  # seconds before the first line


@contextmanager
def decoding(verbose: Any = "auto") -> Iterator[Callable[[int, int], None]]:
    """Within the block the function that it gives shows (done, count) in one line on standard error.

    Args:
        verbose: 0 shows nothing, 1 and 2 a line, which on a terminal is redrawn; "auto": 1 on a terminal, else nothing.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise ArgumentError("verbose", "'auto', 0, 1 or 2", repr(verbose), "0 is silent, 1 a line on standard error.")
    live = sys.stderr is not None and sys.stderr.isatty()
    shown = verbose != 0 and (live or verbose != "auto")
    begin, width, last = time.perf_counter(), 0, (0, 0)

    def write(text: str) -> None:
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write(text)
            sys.stderr.flush()

    def tell(done: int, count: int) -> None:
        nonlocal width, last
        last, seconds = (done, count), time.perf_counter() - begin
        if not (shown and live and seconds > PATIENCE):
            return
        full = WIDTH * done // max(count, 1)
        row = say(WORDS, "decoding", done=done, count=count, bar="━" * full + "─" * (WIDTH - full), pace=done / seconds)
        write("\r" + row)
        width = max(width, len(row))

    yield tell
    if width:
        write("\r" + " " * width + "\r")
    if shown and last[1]:
        write(say(WORDS, "decoded", count=last[1], seconds=time.perf_counter() - begin) + "\n")


def skipped(count: int, file: object) -> str:
    """The sentence that says how many files a quarantine leaves out.

    Example:
        >>> skipped(12, "flowers/quarantine.txt")
        '12 files skipped as flowers/quarantine.txt says'
    """
    return say(WORDS, "skipped one" if count == 1 else "skipped", count=count, file=one_line(str(file)))


def say_skipped(verbose: Any, count: int, file: object) -> None:
    """That sentence on standard error, where it was asked for."""
    if verbose in (1, 2) and sys.stderr is not None:
        sys.stderr.write(skipped(count, file) + "\n")
