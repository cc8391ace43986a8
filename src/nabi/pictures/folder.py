"""Folder: the files of a folder tree, fast and whatever lies in it: no file is opened.

Links are followed where they lead to a file, or to a folder that has not been read yet; a folder that is reached a second time (a
loop, or a link into the same tree) is left out. Folders that are really there come before those that only a link leads to.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from nabi.core.errors import FileError
from nabi.core.table import one_line
from nabi.pictures.names import composed, is_hidden


@dataclass(frozen=True)
class File:
    """One file of a source: its name inside the source (NFC, with /) and where its bytes lie, as an `Entry` says it."""

    name: str
    path: str
    offset: int = 0
    size: int | None = None
    packed: bool = False


@dataclass
class Tree:
    """What a source holds before anything is known of classes.

    Attributes:
        files: all files that may hold something.
        folders: names of the folders.
        left_out: (name, reason) of what was passed over.
    """

    files: list[File] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def scanned(root: str | os.PathLike) -> Tree:
    """The tree below a folder.

    Raises:
        FileError: a folder in it cannot be read: a class would be missing unseen.
    """
    found = Tree()
    seen: set[tuple[int, int]] = set()
    links: list[tuple[str, str]] = []
    waiting = [("", os.fspath(root))]
    while waiting or links:
        linked = not waiting
        inside, path = waiting.pop() if waiting else links.pop(0)
        try:
            status = os.stat(path)
            mark = (status.st_dev, status.st_ino)
            if mark in seen:
                found.left_out.append((inside, "a link to a folder that is read already" if linked else "a folder read already"))
                continue
            seen.add(mark)
            _read(inside, path, found, waiting, links)
        except OSError as error:
            said = error.strerror or str(error)
            raise FileError(f"folder {one_line(path)}", "a folder that can be read", said, "Change its rights, or move it away."
                            ) from error
        if not waiting:
            links.sort()
    _untangle(found)
    return found


def _read(inside: str, path: str, found: Tree, waiting: list, links: list) -> None:
    """One folder: its files into `found`, the folders in it into `waiting`, links to folders into `links`."""
    with os.scandir(path) as entries:
        for entry in entries:
            name = f"{inside}/{entry.name}" if inside else entry.name
            if is_hidden(entry.name):
                found.left_out.append((composed(name), "hidden"))
            elif entry.is_dir():
                (links if entry.is_symlink() else waiting).append((name, entry.path))
                found.folders.append(composed(name))
            elif not entry.is_file():
                is_link = entry.is_symlink()
                found.left_out.append((composed(name), "a link to nothing" if is_link else "not a plain file"))
            elif entry.stat().st_size == 0:
                found.left_out.append((composed(name), "an empty file"))
            else:
                found.files.append(File(name, entry.path))


def _untangle(found: Tree) -> None:
    """Names in their composed form; of two that differ in the form only, the one that is not composed keeps its own."""
    names = [composed(file.name) for file in found.files]
    taken = {name for name, file in zip(names, found.files, strict=True) if name == file.name}
    for number, (name, file) in enumerate(zip(names, found.files, strict=True)):
        if name not in taken:
            found.files[number] = File(name, file.path)
            taken.add(name)


def near(path: Path) -> str:
    """A remedy that names what lies beside a path that does not exist, under a similar name."""
    import difflib

    names = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"Did you mean '{one_line(str(path.parent / close[0]))}'?" if close else "Check the path."
