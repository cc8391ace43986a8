"""Progress screens: a terminal, a notebook cell, plain lines; each shows the same view in its own way.

    verbose   0 none | 1 a bar in a terminal or notebook, else lines | 2 one line an epoch | "auto": 1 if interactive, else 2

A screen never disturbs the training: when its stream is closed or broken it falls silent.
"""

import codecs
import os
import sys
import time
from typing import Any, TextIO

from nabi.callbacks.progress_text import WORDS, Look, View, bar_line, closing_lines, plain_line, shown
from nabi.core.errors import ArgumentError
from nabi.core.language import say

INTERVAL = 0.1  # seconds between two redraws


class Screen:
    """Shows nothing; base of the others.

    Attributes:
        live: True if the running state is shown, not only the finished one.
    """

    live = False

    def open(self, title: str) -> None:
        """A bar begins."""

    def draw(self, view: View) -> None:
        """The running state."""

    def finish(self, view: View) -> None:
        """The last state of a bar."""

    def tell(self, text: str) -> None:
        """A line of text from elsewhere."""

    def close(self) -> None:
        """The run is over."""


class Lines(Screen):
    """One plain line for each finished bar; no control characters."""

    def __init__(self, stream: TextIO):
        self.stream: TextIO | None = stream

    def write(self, text: str) -> None:
        """Writes and flushes; characters that the stream cannot encode become "?"."""
        if self.stream is None:
            return
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        try:
            self.stream.write(text.encode(encoding, "replace").decode(encoding))
            self.stream.flush()
        except (OSError, ValueError):  # a broken pipe, a closed file: the run goes on unseen
            self.stream = None

    def finish(self, view: View) -> None:
        self.write(plain_line(view) + "\n")

    def tell(self, text: str) -> None:
        self.write(text + "\n")


class Terminal(Lines):
    """A bar that is redrawn in its row with a carriage return; no other control character but colours."""

    live = True

    def __init__(self, stream: TextIO):
        super().__init__(stream)
        self.row = ""  # what stands in the row of the bar
        self.covered = 0  # its length in columns, without colours
        self.look = Look(ascii=not _speaks_utf8(stream) or os.environ.get("TERM") == "dumb", color=_speaks_color())

    def open(self, title: str) -> None:
        if title:
            self.write(title + "\n")

    def draw(self, view: View) -> None:
        self._fit()
        self._replace(bar_line(view, self.look))

    def finish(self, view: View) -> None:
        self._fit()
        first, *rest = closing_lines(view, self.look)
        self._replace(first, "".join(f"\n{line}" for line in rest) + "\n")
        self.row, self.covered = "", 0

    def tell(self, text: str) -> None:
        row = self.row
        self._replace("", f"\r{text}\n" if row else f"{text}\n")
        self.row, self.covered = "", 0
        if row:
            self._replace(row)

    def _fit(self) -> None:
        self.look.width = _width(self.stream) - 1  # a full row would wrap in some terminals

    def _replace(self, row: str, after: str = "") -> None:
        """Writes `row` over the old one, with blanks over what the old one had more."""
        length = shown(row)
        start = "\r" if self.covered or row else ""
        self.write(f"{start}{row}{' ' * (self.covered - length)}{after}")
        self.row, self.covered = row, length


class Notebook(Screen):
    """One output of a notebook cell, updated in place at most ten times a second, whatever the number of epochs."""

    live = True
    TAIL = 20  # finished lines shown while it runs
    MOST = 500  # finished lines shown at the end

    def __init__(self, clock=time.perf_counter):
        self.clock = clock
        self.look = Look(width=100)
        self.lines: list[str] = []
        self.running: list[str] = []  # the open bar
        self.handle: Any = None
        self.shown_at = -INTERVAL
        self.shown = ""

    def open(self, title: str) -> None:
        self.lines += [title] if title else []

    def draw(self, view: View) -> None:
        self.running = [bar_line(view, self.look)]
        self._show(self.TAIL)

    def finish(self, view: View) -> None:
        self.lines += closing_lines(view, self.look)
        self.running = []
        self._show(self.TAIL)

    def tell(self, text: str) -> None:
        self.lines.append(text)
        self._show(self.TAIL)

    def close(self) -> None:
        self.shown_at = -INTERVAL
        self._show(self.MOST)

    def _show(self, most: int) -> None:
        now = self.clock()
        if now - self.shown_at < INTERVAL:
            return
        left_out = len(self.lines) - most
        start = [say(WORDS, "left out", n=left_out)] if left_out > 0 else []
        text = "\n".join(start + self.lines[-most:] + self.running)
        if text == self.shown:
            return
        self.shown_at, self.shown = now, text
        if self.handle is None:
            from IPython.display import display  # type: ignore  # optional: only a notebook comes here

            self.handle = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self.handle.update({"text/plain": text}, raw=True)


def screen(verbose: Any = "auto", stream: TextIO | None = None) -> Screen:
    """The screen for Keras' `verbose`; `stream` None means standard output, or the notebook cell.

    Raises:
        ArgumentError: another `verbose` than "auto", 0, 1, 2.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise ArgumentError("verbose", "'auto', 0, 1 or 2", repr(verbose), "0 is silent, 1 a bar, 2 one line an epoch.")
    notebook = stream is None and in_notebook()
    out = sys.stdout if stream is None else stream
    if verbose == 0 or out is None:  # a program without a console has no standard output
        return Screen()
    if verbose == 2 or not (notebook or _is_terminal(out)):
        return Lines(out)
    return Notebook() if notebook else Terminal(out)


def in_notebook() -> bool:
    """True in a Jupyter kernel (also Colab's and VS Code's); IPython is not imported to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # not a file; a closed file
        return False


def _speaks_utf8(stream: Any) -> bool:
    try:
        return codecs.lookup(getattr(stream, "encoding", None) or "ascii").name == "utf-8"
    except LookupError:
        return False


def _speaks_color() -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return os.name != "nt" or any(name in os.environ for name in ("WT_SESSION", "ANSICON", "TERM"))


def _width(stream: Any) -> int:
    """Columns of the window now; COLUMNS or 80 if the stream does not tell."""
    try:
        width = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError, AttributeError):
        width = 0
    told = os.environ.get("COLUMNS", "")
    return width or (int(told) if told.isdigit() and int(told) > 0 else 80)
