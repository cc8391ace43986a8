"""Book: figures written into a folder: NAME.png or NAME.svg, NAME.json with its numbers, index.html that shows them.

    write("figures", scene)                          all of them
    write("figures", scene, ["softmax", "pooling"])  some
"""

import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from nabi.core.errors import ArgumentError, FileError, NabiError, UnknownName, did_you_mean
from nabi.figures import numbers
from nabi.figures.catalogue import FIGURES, SECTIONS, Entry, draw, figures
from nabi.figures.made import Made, picture, save
from nabi.figures.page import page
from nabi.figures.scene import Scene

FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, OSError, RuntimeError, TypeError, ValueError)


def chosen(names: Sequence[str] | None) -> list[Entry]:
    """The figures of these names, or of whole sections, in the order of the page; None: all.

    Raises: UnknownName with the nearest name; ArgumentError for no name at all.

    Example:
        >>> [entry.name for entry in chosen(["softmax"])], len(chosen(["output"])) >= 1
        (['softmax'], True)
    """
    if names is None:
        return figures()
    wanted = [name.strip().lower().replace("-", "_") for name in names if name.strip()]
    if not wanted:
        raise ArgumentError("figures", "names of figures or sections", "none")
    for name in wanted:
        if name not in FIGURES and name not in SECTIONS:
            raise UnknownName("figures", "the name of a figure or section", repr(name), did_you_mean(name, [*FIGURES, *SECTIONS]))
    return [entry for entry in figures() if entry.name in wanted or entry.section in wanted]


def write(folder: str | Path, scene: Scene, names: Sequence[str] | None = None,
          told: Callable[[int, int, Made], None] | None = None, command: str = "",
          says: Callable[[Exception], str] = str) -> list[Made]:
    """Makes figures, one after the other, and the page that shows them.

    Args:
        folder: for the files; made where it is not there.
        scene: the model and the pictures they are made from.
        names: of figures or sections; None: all.
        told: called after each figure: (how many are done, of how many, the figure).
        command: what was typed, for the page.
        says: an error in words.

    Returns: what was made; a figure that these pictures or this model do not allow has an `error` instead of a picture.

    Raises: UnknownName, ArgumentError: as `chosen`. FileError: the folder cannot be written.
    """
    entries, place = chosen(names), Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"folder {place}", "a folder that can be written", error.strerror or str(error)) from error
    made: list[Made] = []
    for entry in entries:
        begin = time.perf_counter()
        made.append(one(place, entry, scene, begin))
        if told is not None:
            told(len(made), len(entries), made[-1])
    save(place / "index.html", page(made, scene, command, says))
    return made


def one(place: Path, entry: Entry, scene: Scene, begin: float) -> Made:
    """One figure's files; an error is kept, so that the other figures come."""
    try:
        drawn = draw(entry.name, scene)
    except NabiError as error:
        return Made(entry, seconds=time.perf_counter() - begin, error=error)
    except FAULTS as error:  # a model of one's own may be anything: one figure that fails does not take the others along
        traceback.print_exc()
        return Made(entry, seconds=time.perf_counter() - begin, error=error, is_fault=True)
    said = numbers.text(drawn.numbers)
    file, size = picture(place / entry.name, drawn.picture)
    save(place / f"{entry.name}.json", said + "\n")
    return Made(entry, file, size, said, time.perf_counter() - begin)
