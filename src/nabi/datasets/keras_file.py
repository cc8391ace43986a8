"""Keras file: a data set that Keras keeps as one file of its own: where it may lie, and how it is fetched.

    path                   as it is given, from the current folder on
    NABI_DATA, ../shared/data, nabi's cache        the file by its name
    ~/.keras/datasets      where Keras left it
    a download             into nabi's cache, checked before it takes its place
"""

import os
from dataclasses import dataclass
from pathlib import Path

from nabi.core.errors import ArgumentError
from nabi.core.warning import warn
from nabi.datasets import sources, standing

FOLDER = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
MAX_BYTES = 400 * 2**20


@dataclass(frozen=True)
class KerasFile:
    """One file of a data set.

    Attributes:
        title: the data set's name in messages. name: of the file. sha256: of its content, or md5, as Keras says it.
        url: where it is fetched from; None takes Keras' own folder.
    """

    title: str
    name: str
    sha256: str
    url: str | None = None

    def find(self, path: str | os.PathLike | None = None, download: bool = True) -> Path | None:
        """The file; None where it is nowhere and stand-in data were asked for.

        Raises FileError that lists the places.
        """
        given = Path(path) if path is not None and str(path) != self.name else None
        places = {f"path {given}": given, "": sources.keras_folder() / given} if given else {}
        places |= {label: folder / self.name for label, folder in sources.folders("", [sources.keras_folder()]).items()}
        for file in places.values():
            if file.is_file():
                return file
        if standing.is_on():
            standing.tell(self.title)
            return None
        target, failures = sources.cache_folder() / self.name, []
        if download:
            failures = sources.download([self.address], target, self.check, MAX_BYTES)
            if not failures:
                return target
        remedy = (f"Fetch {self.address} on another computer and put it into {target.parent} or {sources.keras_folder()}, or set "
                  f"NABI_DATA to its folder. nabi.datasets.standing_in(), for a script nabi run --stand-in, gives made-up "
                  f"data of the same form.")
        raise sources.not_found(self.title, self.name, [place for place in places if place], failures, remedy)

    @property
    def address(self) -> str:
        """Where the file is fetched from."""
        return self.url or FOLDER + self.name

    def check(self, part: Path) -> None:
        """Raises FileError for a download with another content."""
        if len(self.sha256) == 64:
            sources.verify(part, lambda: sources.sha256(part), self.sha256, self.title)
        else:
            sources.verify(part, lambda: sources.md5(part), self.sha256, self.title)


def split_place(count: int, test_split: float, where: str) -> int:
    """Where the test part begins. Raises ArgumentError for no share."""
    if not 0 <= test_split < 1:
        raise ArgumentError(f"{where}(test_split)", "a share in [0, 1)", test_split)
    return int(count * (1 - test_split))


def number_of_words(num_words: int | None, old: dict, where: str) -> int | None:
    """num_words, or Keras 1's nb_words. Raises ArgumentError for other words."""
    for word in old:
        if word != "nb_words":
            raise ArgumentError(f"{where}({word}=...)", "a known argument", repr(word))
        warn(f"{where}(nb_words) is num_words since Keras 2; it is taken as that.")
    return old.get("nb_words", num_words)
