"""Files: written whole or not at all.

A file is written beside its place under a name of its own, flushed to the disk and renamed, which the system does in one step:
a reader sees the old file or the new one, two writers do not mix, and a crash leaves the old one.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nabi.core.errors import FileError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # disk, quota or largest file size


def cache_folder() -> Path:
    """The user's cache of nabi, $XDG_CACHE_HOME/nabi or ~/.cache/nabi; it need not exist."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nabi"


@contextmanager
def atomic(path: str | os.PathLike, lasting: bool = True) -> Iterator[BinaryIO]:
    """A binary file that takes `path`'s place when the block ends, and vanishes if the block raises.

    Without `lasting` the disk is not waited for (some 10 ms): readers and killed processes find it whole all the same, but a loss
    of power soon after may take it.

    Raises: FileError where the folder is missing or cannot be written, or the disk is full; the old file then stays.

    Example:
        >>> import pathlib, tempfile
        >>> target = pathlib.Path(tempfile.mkdtemp()) / "note.txt"
        >>> with atomic(target) as file:
        ...     _ = file.write(b"whole")
        >>> target.read_bytes()
        b'whole'
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        file = open(part, "xb")
    except OSError as error:
        remedy = "Choose a folder that exists and that you may write to."
        raise FileError(f"writing {path}", "a folder that can be written", error.strerror, remedy) from None
    try:
        with file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if not isinstance(error, OSError) or error.errno not in NO_ROOM:
            raise
        raise FileError(f"writing {path}", "room for the file", error.strerror or str(error),
                        "Free some space on that disk, or choose another; the file that was there is as it was.") from None


def make_folder(path: str | os.PathLike, where: str) -> Path:
    """The path of a file that is to be written, whose folder is made if need be.

    Raises: FileError where the path is a folder itself, or its folder cannot be made; it begins with `where`.
    """
    path = Path(path)
    if path.is_dir():
        raise FileError(where, "a file name", f"the folder '{path}'", "Give a file name inside it.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(where, "a folder that can be made", f"'{path.parent}': {error.strerror}",
                        "Choose a folder that you may write to.") from None
    return path
