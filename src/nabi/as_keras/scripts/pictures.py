"""Pictures: without a display, what a script would show in windows becomes numbered PNG files in the folder of its runs.

matplotlib takes `canvas.py` as its backend (`MPLBACKEND=module://nabi.as_keras.scripts.canvas`): Agg, and a `show` that saves.
"""

import os
import re
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from nabi.core.errors import FileError
from nabi.core.language import say
from nabi.lab.run import new_folder

BACKEND = "module://nabi.as_keras.scripts.canvas"
HANGUL = re.compile(rb"[\xea-\xed][\x80-\xbf]{2}|\\u[a-d][0-9a-f]{3}")  # as bytes of UTF-8, or as a notebook may write it
DRAWS = (b"matplotlib", b"pylab", b"seaborn", b".plot(")

WORDS: dict[str, tuple[str, str]] = {
    "one": ("nabi: 1 picture in {folder}", "nabi: 그림 1장: {folder}"),
    "lost": ("nabi: pictures are not kept: {error}", "nabi: 그림을 저장하지 못합니다: {error}"),
    "pictures": ("nabi: {n} pictures in {folder}", "nabi: 그림 {n}장: {folder}"),
}


class Place:
    """Where pictures go: folder of runs, name of the script, the folder once there is one, how many there are, and whether the
    script has Hangul."""

    out: str | None = None
    name = "script"
    folder: Path | None = None
    count = 0
    former: str | None = None
    patched: Any = None
    chosen: str | None = None
    running = False
    hangul = False


def windows() -> bool:
    """Whether there is a display to open windows on."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def begin(name: str, out: str | None, source: bytes) -> None:
    """Makes matplotlib save what it shows, where there is no display."""
    Place.out, Place.name, Place.folder, Place.count, Place.running = out, name, None, 0, True
    Place.former, Place.hangul = os.environ.get("MPLBACKEND"), HANGUL.search(source) is not None
    if windows():
        return
    os.environ["MPLBACKEND"] = BACKEND
    if any(word in source for word in DRAWS):
        import matplotlib

        matplotlib.rcParams["backend"] = BACKEND
        Place.patched = matplotlib, matplotlib.use
        matplotlib.use = lambda backend, **options: None  # there is no display for another one
    if "matplotlib.pyplot" in sys.modules:  # it has chosen its backend already
        Place.chosen = switched(BACKEND)


def switched(backend: str) -> str:
    """Gives pyplot another backend; returns the one that it had."""
    from matplotlib import pyplot

    before = pyplot.get_backend()
    pyplot.switch_backend(backend)
    return before


def end() -> None:
    """Says where the pictures are, and gives matplotlib back as it was."""
    Place.running = Place.hangul = False
    if Place.count:
        print(say(WORDS, "one" if Place.count == 1 else "pictures", n=Place.count, folder=Place.folder), file=sys.stderr)
    if Place.patched is not None:
        module, use = Place.patched
        module.use, Place.patched = use, None
    if Place.chosen is not None:
        switched(Place.chosen)
        Place.chosen = None
    if Place.former is None:
        os.environ.pop("MPLBACKEND", None)
    else:
        os.environ["MPLBACKEND"] = Place.former


def folder() -> Path:
    """The folder of this run of the script; it is made when it is first asked for."""
    if Place.folder is None:
        Place.folder = new_folder(Place.out or "runs", Place.name)
    return Place.folder


def save_open_figures() -> None:
    """Saves every open figure as the next number, and closes it, as a window that was looked at."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        if figure.axes:
            save_figure(figure)
        pyplot.close(figure)


def save_figure(figure: Any) -> None:
    """Saves a figure as the next number, where pictures are kept."""
    if Place.out is None:
        return
    try:
        path = folder() / f"picture-{Place.count + 1}.png"
    except FileError as error:
        Place.out = None
        print(say(WORDS, "lost", error=error), file=sys.stderr)
    else:
        figure.savefig(path)
        Place.count += 1


def saving_plot(plot: Callable) -> Callable:
    """`History.plot`, whose figure, which `plt.show()` does not know, is saved beside the other pictures of a script."""

    @wraps(plot)
    def call(self: Any, *names: str, **options: Any) -> Any:
        drawn = plot(self, *names, **options)
        if Place.running and options.get("path") is None:
            save_figure(drawn)
        return drawn

    return call
