"""Table: a .csv or .tsv that names pictures and their labels.

    path,label,split          columns by their names, in any order; split may be missing
    cats/1.jpg,cat,train      or, without a header, path, label and split in this order

UTF-8 with or without a mark, UTF-16 with one, else cp949, in which Korean Excel writes; separated by comma, tab, semicolon or |.
Paths are relative to the table's folder.
"""

import csv
import io
import os
import posixpath
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from nabi.core.errors import DataError, FileError
from nabi.core.table import one_line
from nabi.pictures.entry import Entry
from nabi.pictures.folder import File, Tree
from nabi.pictures.names import composed, part_of, suffix
from nabi.pictures.names import left_out as not_a_picture
from nabi.pictures.tree import Placed

MAX_BYTES = 2**28
PATHS = ("path filepath file_path image_path img_path filename file_name file image img picture photo name image_id id "
         "경로 파일경로 파일명 파일이름 파일 이미지경로 이미지파일 이미지 그림경로 그림파일 그림이름 그림 "
         "사진경로 사진파일 사진이름 사진 이름").split()  # by preference, where a table has several
LABELS = "label class category target class_name label_name 라벨 레이블 클래스 분류 정답 종류 범주 이름 name".split()
SPLITS = "split part set subset partition 구분 분할".split()


class Row(NamedTuple):
    """One line: a picture's path as it is written, its label, its part ("" where none is given)."""

    path: str
    label: str
    split: str


def is_table(path: str | os.PathLike) -> bool:
    """Whether a file's name is that of a table."""
    return suffix(os.fspath(path)) in (".csv", ".tsv")


def read(path: str | os.PathLike) -> list[Row]:
    """The rows of a table.

    Raises:
        FileError: missing, not readable, of another kind. DataError: no column of paths or of labels.

    Example:
        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "labels.csv"
        >>> _ = file.write_bytes("label;path\\n고양이;1.jpg\\n".encode("cp949"))
        >>> read(file)
        [Row(path='1.jpg', label='고양이', split='')]
    """
    where = f"table {one_line(os.fspath(path))}"
    text = _text(path, where)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        lines = [[cell.strip() for cell in line] for line in reader if any(line)]
    except csv.Error as error:
        raise FileError(where, "a table of path and label", str(error)) from error
    if not lines:
        raise DataError(where, "a table of path and label", "an empty file")
    head = [cell.casefold() for cell in lines[0]]
    columns = columns_of(head)
    if columns[0] is None and columns[1] is None and len(lines[0]) > 1 and not_a_picture(lines[0][0]) is None:
        columns = [0, 1, 2 if len(lines[0]) > 2 else None]
    elif columns[0] is None or columns[1] is None:
        raise DataError(where, "columns 'path' and 'label' in its first line", one_line(", ".join(map(repr, lines[0][:10]))),
                        f"Known for 'path': {', '.join(PATHS)}; for 'label': {', '.join(LABELS)}.")
    else:
        lines = lines[1:]
    return [Row(*("" if at is None or at >= len(line) else line[at] for at in columns)) for line in lines]


def columns_of(head: list[str]) -> list[int | None]:
    """Places of the columns of paths, labels and parts, by their names; "name" is a label beside another path.

    Example:
        >>> columns_of(["파일", "이름"]), columns_of(["라벨", "이름"]), columns_of(["label", "x"])
        ([0, 1, None], [1, 0, None], [None, 0, None])
    """
    taken: list[int | None] = []
    for names in (PATHS, LABELS, SPLITS):
        taken.append(next((head.index(name) for name in names if name in head and head.index(name) not in taken), None))
    return taken


def _text(path: str | os.PathLike, where: str) -> str:
    """The table's text, whichever of the known encodings it has."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileError(where, "a file that can be read", error.strerror or str(error)) from error
    if len(data) > MAX_BYTES:
        raise FileError(where, f"at most {MAX_BYTES:,} bytes", "more")
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp949"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue  # with the next one
    raise FileError(where, "text in UTF-8 or cp949", "bytes that are neither", "Save it as CSV UTF-8.")


def _delimiter(text: str) -> str:
    """The separator that stands most often in the first line, quotes left out."""
    first = "".join(text.lstrip().partition("\n")[0].split('"')[::2])
    return max(",\t;|", key=first.count)


def placed(path: str | os.PathLike) -> Placed:
    """The pictures that a table names, on the disk.

    Raises:
        DataError: one picture with two labels.
    """
    base = Path(path).parent
    files, left_out = {}, []
    rows = read(path)
    for row in rows:
        if row.path and row.path not in files:
            found, why = _found(base, row.path)
            if found is None:
                left_out.append((composed(row.path), why))
            files[row.path] = found
    return _joined(rows, files, left_out, f"table {one_line(os.fspath(path))}")


def _found(base: Path, written: str) -> tuple[File | None, str]:
    """The file that a row means, or why there is none; spelled in pieces (NFD) or composed, with / or \\."""
    for spelled in dict.fromkeys([written, written.replace("\\", "/")]):
        for name in dict.fromkeys([spelled, unicodedata.normalize("NFC", spelled), unicodedata.normalize("NFD", spelled)]):
            path = base / name
            try:
                status = os.stat(path)
            except (OSError, ValueError):
                continue
            if not path.is_file():
                return None, "not a plain file"
            if not status.st_size:
                return None, "an empty file"
            return File(composed(posixpath.normpath(spelled)), os.fspath(path)), ""
    return None, "no such file"


def applied(labels: str | os.PathLike | Mapping[str, str], tree: Tree) -> Placed:
    """The pictures of a tree, labelled by a table or by {name: label}; names may lack folders or ending where that is clear.

    Raises:
        DataError: one picture with two labels.
    """
    if isinstance(labels, Mapping):
        where, rows = "labels", [Row(str(name), str(label), "") for name, label in labels.items()]
    else:
        where, rows = f"table {one_line(os.fspath(labels))}", read(labels)
    known: dict[str, File | None] = {}
    for file in tree.files:
        base = file.name.rpartition("/")[2]
        for short in {file.name, os.path.splitext(file.name)[0], base, os.path.splitext(base)[0]}:
            known[short] = None if short in known else file  # None: several files might be meant
    known |= {file.name: file for file in tree.files}
    files, left_out = {}, list(tree.left_out)
    for row in rows:
        if row.path and row.path not in files:
            files[row.path] = known.get(composed(posixpath.normpath(row.path.replace("\\", "/"))))
            if files[row.path] is None:
                left_out.append((composed(row.path), "no such picture"))
    named = {file.name for file in files.values() if file}
    for file in tree.files:
        if file.name not in named:
            left_out.append((file.name, not_a_picture(file.name.rpartition("/")[2]) or "not in the table"))
    return _joined(rows, files, left_out, where)


def _joined(rows: Iterable[Row], files: Mapping[str, File | None], left_out: list[tuple[str, str]], where: str) -> Placed:
    """Entries of the rows whose files are there."""
    entries: dict[str, Entry] = {}
    for row in rows:
        file = files.get(row.path)
        if file is None:
            continue
        part = part_of(row.split) if row.split else None
        if not row.label:
            left_out.append((file.name, "no label"))
        elif row.split and part is None:
            left_out.append((file.name, f"in the part '{one_line(row.split)}', which is neither train, validation nor test"))
        elif (before := entries.get(file.name)) is None:
            entries[file.name] = Entry(file.name, composed(row.label), part, file.path, file.offset, file.size, file.packed)
        elif before.label == composed(row.label):
            left_out.append((file.name, "listed twice"))
        else:
            raise DataError(where, "each picture under one label", f"'{one_line(file.name)}' as '{one_line(before.label)}' and "
                            f"'{one_line(row.label)}'", "Remove one of the lines.")
    return Placed(list(entries.values()), left_out, [])
