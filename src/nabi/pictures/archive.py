"""Archive: the members of a .tar or .tar.gz, read where they lie; nothing is ever written to the disk.

    .tar       the headers are read, the contents passed over; each picture can be read by itself, by its offset
    .tar.gz    one pass to list it, one to read it: an offset counts in the unpacked archive

Only plain files with a safe relative name count; links, devices, absolute names and names with `..` are left out. What an archive
unpacks to, the length of its headers and the number of its members are bounded, so an archive bomb ends as an error.
"""

import gzip
import os
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nabi.core.errors import FileError
from nabi.core.table import one_line
from nabi.pictures.entry import MAX_FILE, Entry
from nabi.pictures.folder import File, Tree
from nabi.pictures.names import composed, is_hidden, is_safe

GZIP_MAGIC = b"\x1f\x8b"
MAX_HEADER = 2**20  # bytes of one header with its extensions
MAX_MEMBERS = 10**7
RATIO = 100  # times a packed archive's own size; pictures are compressed already
LEAST = 2**30  # bytes that any archive may unpack to
FOREIGN = "This is not the expected archive."
AGAIN = "Fetch the archive again."
UNSAFE = "an unsafe name"


class Guard:
    """What tarfile reads from: forward in the archive, at most `most` bytes in all and `most_read` at once.

    Attributes:
        last: what was read last, so that it can be told how the archive ended.
    """

    def __init__(self, stream, most: int, where: str, most_read: int = MAX_HEADER):
        self.stream, self.most, self.where, self.most_read, self.last = stream, most, where, most_read, b""

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self.most_read:
            raise FileError(self.where, "an intact tar archive", f"a header of {size:,} bytes", FOREIGN)
        self.last = self.stream.read(size)
        self._check()
        return self.last

    def seek(self, place: int, whence: int = 0) -> int:
        if place > self.most:
            raise FileError(self.where, f"at most {self.most:,} bytes unpacked", "more", FOREIGN)
        return self.stream.seek(place, whence)

    def tell(self) -> int:
        return self.stream.tell()

    def content(self, offset: int, size: int) -> bytes:
        """The bytes of a member, right after its header was read."""
        if offset + size > self.most:
            raise FileError(self.where, f"at most {self.most:,} bytes unpacked", "more", FOREIGN)
        with intact(self.where):
            self.stream.seek(offset)
            data = self.stream.read(size)
        if len(data) < size:
            raise FileError(self.where, "an intact tar archive", "unexpected end of data", AGAIN)
        return data

    def _check(self) -> None:
        if self.stream.tell() > self.most:
            raise FileError(self.where, f"at most {self.most:,} bytes unpacked", "more", FOREIGN)


@contextmanager
def intact(where: str) -> Iterator[None]:
    """Turns what tarfile, gzip and zlib raise for damaged archives into one kind of error."""
    try:
        yield
    except FileError:
        raise
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise FileError(where, "an intact tar archive", str(error), AGAIN) from error
    except OSError as error:
        raise FileError(where, "a file that can be read", error.strerror or str(error)) from error


def is_packed(path: str | os.PathLike) -> bool:
    """Whether a file is compressed by gzip, by its first bytes."""
    with open(path, "rb") as file:
        return file.read(2) == GZIP_MAGIC


def is_archive(path: str | os.PathLike) -> bool:
    """Whether a file is a .tar or .tar.gz by its content; a damaged one by its name."""
    text = os.fspath(path).lower()
    with open(path, "rb") as file:
        start = file.read(512)
    return start[257:262] == b"ustar" or start[:2] == GZIP_MAGIC or text.endswith((".tar", ".tar.gz", ".tgz"))


def members(path: str | os.PathLike, max_bytes: int | None = None, max_members: int = MAX_MEMBERS
            ) -> Iterator[tuple[tarfile.TarInfo, Guard]]:
    """Each member's header, and the guard from which `content(member.offset_data, member.size)` reads it at once.

    Args:
        path: archive, plain or gzip-compressed, which its first bytes say.
        max_bytes: most that it may unpack to; None: its own size, times 100 if it is compressed.
        max_members: most members.

    Raises:
        FileError: missing, damaged, cut short or oversized.
    """
    path = Path(path)
    where = f"archive {one_line(str(path))}"
    if not path.is_file():
        raise FileError(where, "a file", "no regular file" if path.exists() else "nothing there", "Check the path.")
    with intact(where), open(path, "rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        size = os.fstat(raw.fileno()).st_size
        most = max_bytes if max_bytes is not None else max(LEAST, size * RATIO) if packed else size
        with gzip.GzipFile(fileobj=raw) if packed else raw as stream:
            guard = Guard(stream, most, where)
            with tarfile.open(fileobj=guard, mode="r:") as found:  # type: ignore[call-overload]
                for number, member in enumerate(found, start=1):
                    if number > max_members:
                        raise FileError(where, f"at most {max_members:,} members", "more", FOREIGN)
                    if member.size < 0:
                        raise FileError(where, "an intact tar archive", f"a member of {member.size:,} bytes", FOREIGN)
                    found.members = []  # tarfile keeps them all
                    yield member, guard
                if guard.last.strip(b"\0"):  # tarfile takes a header it cannot read for the end
                    raise FileError(where, "an intact tar archive", "a damaged header", AGAIN)


def reason(member: tarfile.TarInfo) -> str | None:
    """Why a member is no plain file that may be read; None if it is one."""
    if not is_safe(member.name):
        return UNSAFE
    if member.issym() or member.islnk():
        return "a link"
    if member.issparse():
        return "a sparse file"
    if not member.isreg():
        return "not a plain file"
    if member.size > MAX_FILE:
        return f"larger than {MAX_FILE:,} bytes"
    return "an empty file" if member.size == 0 else None


def scanned(path: str | os.PathLike) -> Tree:
    """The files and folders of an archive, as of the tree that it unpacks to; a later member takes an earlier one's place.

    Raises:
        FileError: see `members`.
    """
    packed, text = is_packed(path), os.fspath(path)
    found, places, folders = Tree(), {}, set()
    for member, _ in members(path):
        name = composed(member.name.removeprefix("./").rstrip("/"))
        if name in ("", "."):
            continue
        why = None if member.isdir() and is_safe(name) else reason(member)
        if why != UNSAFE:
            folders.update(_folders(name, member.isdir()))  # archives need not list them
            why = "hidden" if any(map(is_hidden, name.split("/"))) else why
        if why:
            found.left_out.append((name, why))
        elif not member.isdir():
            if name in places:
                found.left_out.append((name, "an earlier member of the same name"))
            places[name] = File(name, text, member.offset_data, member.size, packed)
    found.files = list(places.values())
    found.folders = sorted(folders)
    return found


def _folders(name: str, is_folder: bool) -> Iterator[str]:
    """The folders around a member, and itself if it is one, down to the first hidden one."""
    parts = name.split("/")
    for depth in range(1, len(parts) + is_folder):
        if is_hidden(parts[depth - 1]):
            return
        yield "/".join(parts[:depth])


def stream(path: str, wanted: Sequence[tuple[int, Entry]]) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of entries of one compressed archive, in one pass over it, in the archive's order.

    Raises:
        FileError: the archive has changed or is damaged.
    """
    where = f"archive {one_line(path)}"
    with intact(where), open(path, "rb") as raw, gzip.GzipFile(fileobj=raw) as unpacked:
        for number, entry in sorted(wanted, key=lambda item: item[1].offset):
            unpacked.seek(entry.offset)  # forward: reads and drops
            data = unpacked.read(entry.size)
            if len(data) < (entry.size or 0):
                raise FileError(where, "an intact tar archive", "unexpected end of data", AGAIN)
            yield number, data
