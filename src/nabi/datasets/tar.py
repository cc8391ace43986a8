"""tar: the files inside a .tar or .tar.gz, read one after the other; nothing is ever written to the disk.

Only plain files with a safe relative name are given; links, devices, folders, absolute names and names with `..` are passed over.
What the archive unpacks to, one file's size and the number of members are bounded, so an archive bomb ends as an error.
"""

import gzip
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from nabi.core.errors import FileError

GZIP_MAGIC = b"\x1f\x8b"
FOREIGN = "This is not the expected archive."


class _Bounded:
    """A stream that raises after `most` bytes."""

    def __init__(self, stream, most: int, where: str):
        self.stream, self.most, self.where, self.given = stream, most, where, 0

    def read(self, size: int) -> bytes:
        data = self.stream.read(size)
        self.given += len(data)
        if self.given > self.most:
            raise FileError(self.where, f"at most {self.most:,} bytes unpacked", "more", FOREIGN)
        return data


def files(path: str | os.PathLike, max_bytes: int, max_file: int, max_members: int = 100_000) -> Iterator[tuple[str, bytes]]:
    """Name and content of each plain file, in the archive's order.

    Args:
        path: archive, plain or gzip-compressed.
        max_bytes: most that the whole archive may unpack to.
        max_file: largest file to give; a larger one is an error.
        max_members: most members.

    Raises: FileError for a missing, damaged or oversized archive.
    """
    path = Path(path)
    where = f"archive {path}"
    if not path.is_file():
        raise FileError(where, "a file", "no regular file" if path.exists() else "nothing there", "Check the path.")
    with open(path, "rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        stream = gzip.GzipFile(fileobj=raw) if packed else raw
        try:
            with tarfile.open(fileobj=_Bounded(stream, max_bytes, where), mode="r|") as archive:  # type: ignore[call-overload]
                for number, member in enumerate(archive, start=1):
                    if number > max_members:
                        raise FileError(where, f"at most {max_members:,} members", "more", FOREIGN)
                    if member.isreg() and is_safe(member.name):
                        if member.size > max_file:
                            got = f"{member.name} with {member.size:,}"
                            raise FileError(where, f"files of at most {max_file:,} bytes", got, FOREIGN)
                        yield member.name, archive.extractfile(member).read()  # type: ignore[union-attr]
        except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileError(where, "an intact tar archive", str(error), "Fetch the archive again.") from error


def is_safe(name: str) -> bool:
    """Whether a member's name stays inside the archive's folder on every system.

    Example:
        >>> [is_safe(name) for name in ("train/cat/1.jpg", "/etc/passwd", "../x", "a/../../x", "C:\\\\x")]
        [True, False, False, False, False]
    """
    return not (name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts)
