"""Hand: who decodes: takes some pictures, puts their pixels at their places, tells what they were and what was wrong.

    task   (number, source)              source: (path, offset, size) on the disk, or the bytes themselves
    done   (number, sha256, reason)      reason: "" where the pixels are in place, else why not

A hand works in this process or as a process of its own, `python -m nabi.pictures.hand`, which imports this package alone. It is
told in lines of JSON on standard input (bytes follow their line), answers in lines of JSON, and ends when its input ends, so it
cannot outlive the process it works for.
"""

import hashlib
import json
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nabi.core.errors import FileError
from nabi.pictures.decoding import Damaged, Preparation
from nabi.pictures.entry import MAX_FILE
from nabi.pictures.portraits import prepared

Span = tuple[str, int, int | None]  # path, offset, size (None: to the end)
Task = tuple[int, Span | bytes]
Done = tuple[int, str, str]


class Hand:
    """Decodes into an array, or into the file of one.

    Args:
        place: array (N, H, W, C) uint8, or the path of a .npy file of one, which is written row by row and never mapped.
        how: what the pictures are to be made like.
    """

    def __init__(self, place: np.ndarray | Path, how: Preparation):
        self.how = how
        self.array = place if isinstance(place, np.ndarray) else None
        self.file = None if self.array is not None else open(place, "r+b")  # type: ignore[arg-type]
        if self.file is not None:
            self.start, self.row = row_places(self.file, how)

    def __call__(self, tasks: Sequence[Task]) -> list[Done]:
        """Decodes some pictures; what cannot be read or decoded is told, not raised.

        Raises:
            OSError: the pixels cannot be written.
        """
        done = []
        for number, source in tasks:
            digest = ""
            try:
                data = source if isinstance(source, bytes) else span(*source)
                digest = hashlib.sha256(data).hexdigest()
                pixels = prepared(data, self.how)
            except Damaged as error:
                done.append((number, digest, error.reason))
                continue
            except (OSError, MemoryError) as error:
                said = error.parts[2] if isinstance(error, FileError) else getattr(error, "strerror", None) or "too large"
                done.append((number, digest, f"cannot be read: {said}"))
                continue
            self.put(number, pixels)
            done.append((number, digest, ""))
        if self.file is not None:
            self.file.flush()
        return done

    def put(self, number: int, pixels: np.ndarray) -> None:
        """Writes one picture's row."""
        if self.file is None:
            self.array[number] = pixels  # type: ignore[index]
            return
        place = self.start + number * self.row
        if self.file.tell() != place:
            self.file.seek(place)
        self.file.write(np.ascontiguousarray(pixels).data)

    def close(self) -> None:
        """Closes the file."""
        if self.file is not None:
            self.file.close()


def span(path: str, offset: int, size: int | None) -> bytes:
    """Bytes of a file from an offset on.

    Raises:
        OSError: gone, not readable. FileError: cut short, too large.
    """
    with open(path, "rb") as file:
        if offset:
            file.seek(offset)
        data = file.read(MAX_FILE + 1 if size is None else size)
    if len(data) > MAX_FILE:
        raise FileError("picture", f"at most {MAX_FILE:,} bytes", "more")
    if size is not None and len(data) < size:
        raise FileError("picture", f"{size:,} bytes", f"{len(data):,} of {size:,} bytes")
    return data


def row_places(file: Any, how: Preparation) -> tuple[int, int]:
    """Where row 0 of a .npy file begins, and how long a row is."""
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    height, width = how.size
    assert shape[1:] == (height, width, how.channels) and dtype == np.uint8, (shape, dtype, how)
    return file.tell(), height * width * how.channels


def order(place: Path, how: Preparation) -> bytes:
    """The first line that a process is told."""
    return json.dumps({"place": str(place), "how": asdict(how)}).encode() + b"\n"


def packed(tasks: Sequence[Task]) -> bytes:
    """Tasks as one line, with the bytes of pictures behind it."""
    line = [[number, len(source)] if isinstance(source, bytes) else [number, *source] for number, source in tasks]
    blobs = [source for _, source in tasks if isinstance(source, bytes)]
    return b"".join([json.dumps(line).encode(), b"\n", *blobs])


def unpacked(line: bytes, file: BinaryIO) -> list[Task]:
    """The tasks of a line; the bytes of pictures are read from behind it."""
    tasks: list[Task] = []
    for number, *source in json.loads(line):
        tasks.append((number, file.read(source[0]) if len(source) == 1 else (source[0], source[1], source[2])))
    return tasks


def main() -> None:
    """The process: answers line by line until its input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what a decoder may print is no answer
    warnings.simplefilter("ignore")
    told = sys.stdin.buffer

    def answer(found: Any) -> None:
        answers.write(json.dumps(found).encode() + b"\n")
        answers.flush()

    first = told.readline()
    if not first:
        return
    given = json.loads(first)
    hand = Hand(Path(given["place"]), Preparation(**given["how"]))
    answer([])
    while line := told.readline():
        try:
            answer(hand(unpacked(line, told)))
        except OSError as error:  # the pixels cannot be written: whoever asked decides
            answer({"errno": error.errno, "error": error.strerror or str(error)})


if __name__ == "__main__":
    main()
