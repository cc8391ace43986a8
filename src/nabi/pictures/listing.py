"""Listing: the labelled pictures of a source in a fixed order, before anything is decoded.

    root/class/*.jpg                          folders are classes; what lies deeper belongs to them
    root/{train,val,test}/class/*.jpg         and parts
    labels.csv                                path,label[,split], relative to the table's folder
    photos.tar, photos.tar.gz                 such a tree; read inside the archive
    shard-{000..009}.tar                      WebDataset: key.jpg + key.cls | key.txt | key.json

The order is the natural order of the names, whatever the disk's is, so a number means the same picture on every machine.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.core.table import one_line
from nabi.pictures import archive, folder, shards, table, tree
from nabi.pictures.entry import Entry
from nabi.pictures.names import ORDER, left_out, natural

NAMED = 5  # names in one sentence


@dataclass(frozen=True)
class Listing:
    """What a source holds.

    Attributes:
        source: as it was given.
        kind: "folder", "table", "archive" or "shards".
        entries: the pictures in the natural order of their names.
        class_names: in natural order; a label's number is its place here.
        left_out: (name, reason) of what was passed over, in natural order.
    """

    source: str
    kind: str
    entries: list[Entry]
    class_names: list[str]
    left_out: list[tuple[str, str]]

    @property
    def random_access(self) -> bool:
        """Whether each entry can be read by itself."""
        return not any(entry.packed for entry in self.entries)

    @property
    def y(self) -> np.ndarray:
        """Class numbers (N,) int64."""
        number = {name: k for k, name in enumerate(self.class_names)}
        return np.fromiter((number[entry.label] for entry in self.entries), np.int64, len(self.entries))

    @property
    def parts(self) -> list[str | None]:
        """The part of each entry."""
        return [entry.part for entry in self.entries]

    def stream(self, numbers: Iterable[int] | None = None) -> Iterator[tuple[int, bytes]]:
        """(number, bytes) of the entries, or of those with these numbers, in one pass over the source, in the source's order.

        Raises:
            FileError: one cannot be read. Where there is random access, `entries[i].read()` lets the others go on.
        """
        wanted = list(range(len(self.entries)) if numbers is None else numbers)
        packed: dict[str, list[tuple[int, Entry]]] = {}
        for number in wanted:
            entry = self.entries[number]
            if entry.packed:
                packed.setdefault(entry.path, []).append((number, entry))
            else:
                yield number, entry.read()
        for path, items in packed.items():
            yield from archive.stream(path, items)


def listed(source: str | os.PathLike, labels: str | os.PathLike | Mapping[str, str] | None = None) -> Listing:
    """The pictures of a source with their labels.

    Args:
        source: folder, table, archive or shards, see the head of this file.
        labels: where the folders do not say it: a table of path and label, or {name: label}.

    Raises:
        FileError: nothing there, not readable, damaged. DataError: no pictures, no labels, one class only, an empty class.
        ArgumentError: a source or labels of another kind.
    """
    if labels is not None and not isinstance(labels, Mapping):
        path_of("labels", labels)
    source = path_of("source", source)
    text, path = os.fspath(source), Path(source)
    where = f"data {one_line(text)}"
    if not path.exists():
        if shards.is_pattern(text):
            return _finished(text, "shards", shards.placed(shards.paths(text)))
        raise FileError(where, "a folder, a table, an archive or shards of pictures", "nothing there", folder.near(path))
    if path.is_dir():
        found = folder.scanned(path)
        if labels is None and not tree.has_pictures(found) and (several := shards.paths(text)):
            return _finished(text, "shards", shards.placed(several))
        kind = "folder"
    elif table.is_table(path) and labels is None:
        return _finished(text, "table", table.placed(path))
    elif archive.is_archive(path):
        found = archive.scanned(path)
        if labels is None and shards.are_samples(file.name for file in found.files):
            return _finished(text, "shards", shards.placed([text]))
        kind = "archive"
    else:
        raise FileError(where, "a folder, a table (.csv, .tsv), an archive (.tar, .tar.gz) or arrays (.npz, idx) of pictures",
                        "a file of another kind",
                        "Unpack it first." if path.suffix in (".zip", ".rar", ".7z", ".alz", ".egg") else "")
    return _finished(text, kind, tree.placed(found) if labels is None else table.applied(labels, found))


def without_labels(source: str | os.PathLike) -> Listing | None:
    """The pictures of a folder or archive in which none has a label, "" in its place, and no classes; None for another source.

    Raises:
        FileError: not readable, damaged.
    """
    path = Path(source)
    if not path.is_dir() and (table.is_table(path) or not archive.is_archive(path)):
        return None
    found = folder.scanned(path) if path.is_dir() else archive.scanned(path)
    if tree.placed(found).entries:
        return None
    pictures = sorted((file for file in found.files if left_out(file.name.rpartition("/")[2]) is None),
                      key=lambda file: natural(file.name))
    entries = [Entry(file.name, "", None, file.path, file.offset, file.size, file.packed) for file in pictures]
    kind = "folder" if path.is_dir() else "archive"
    return Listing(os.fspath(source), kind, entries, [], found.left_out) if entries else None


def path_of(where: str, given: Any) -> str | os.PathLike:
    """A path as it was given.

    Raises:
        ArgumentError: no path, or an empty one, which would mean the folder one stands in.
    """
    if isinstance(given, str | os.PathLike) and os.fspath(given):
        return given
    raise ArgumentError(where, "a path" if where == "source" else "a path, or {name: label}", one_line(repr(given))[:80])


def _finished(source: str, kind: str, found: tree.Placed) -> Listing:
    return checked(source, kind, found.entries, found.left_out, found.empty)


def checked(source: str, kind: str, entries: list[Entry], left_out: list[tuple[str, str]], empty: Iterable[str] = ()) -> Listing:
    """A listing in its order, if there is something to learn from it.

    Raises:
        DataError: no pictures, no labels, an empty class, one class only, a class without pictures for training.
    """
    where = f"data {one_line(source)}"
    left_out = sorted(left_out, key=lambda item: natural(item[0]))
    if not entries:
        unlabelled = [name for name, reason in left_out if reason == "in no class folder"]
        if unlabelled:
            raise DataError(where, "a folder for each class: cat/1.jpg, dog/2.jpg",
                            f"{len(unlabelled):,} pictures without labels: {_some(unlabelled)}",
                            "Make a folder of each class, or give a table of path and label.")
        why = "; ".join(f"{reason}: {n:,}" for reason, n in Counter(reason for _, reason in left_out).most_common(NAMED))
        raise DataError(where, "pictures (JPEG, PNG, ...) in a folder for each class", f"none ({why})" if why else "none")
    names = sorted({entry.label for entry in entries}, key=natural)
    empty = sorted(set(empty) - set(names), key=natural)
    if empty:
        raise DataError(where, "pictures in every class", f"none in {_some(empty)}", "Add pictures, or remove the folder.")
    two_classes(where, names, len(entries))
    learned = {entry.label for entry in entries if entry.part in (None, "train")}
    if any(entry.part == "train" for entry in entries) and len(learned) < len(names):
        missing = [name for name in names if name not in learned]
        raise DataError(where, "pictures for training in every class", f"none in {_some(missing)}",
                        f"The other parts ({', '.join(ORDER[1:])}) can only hold classes that are learned.")
    entries = sorted(entries, key=lambda entry: natural(entry.name))
    return Listing(source, kind, entries, names, left_out)


def two_classes(where: str, names: list[str], count: int) -> None:
    """Refuses a source of one class.

    Raises:
        DataError: it names the class.
    """
    if len(names) < 2:
        raise DataError(where, "two classes or more", f"one: '{one_line(names[0])}' with {count:,} pictures",
                        "Each class has a folder of its own: cat/1.jpg, dog/2.jpg.")


def _some(names: list[str]) -> str:
    """The first names of a list, and how many more there are."""
    shown = ", ".join(f"'{one_line(name)}'" for name in names[:NAMED])
    return f"{shown} and {len(names) - NAMED:,} more" if len(names) > NAMED else shown
