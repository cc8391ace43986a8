"""Entry: one labelled picture of a source, and where its bytes lie; nothing is decoded.

    a file in a folder        path = the file,  offset 0, size None
    a member of a .tar        path = the archive, offset and size of its bytes
    a member of a .tar.gz     the same, counted in the unpacked archive: only `Listing.stream` reads it
"""

from dataclasses import dataclass

from nabi.core.errors import FileError, StateError
from nabi.core.table import one_line

MAX_FILE = 2**28  # bytes of one picture's file


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture.

    Attributes:
        name: path inside the source, with /, in Unicode's composed form (NFC); each name of a source is there once.
        label: name of its class.
        part: "train", "validation", "test", or None where the source does not say.
        path: the file on the disk that holds it.
        offset: where its bytes begin in that file.
        size: how many there are; None: the whole file.
        packed: whether that file is compressed, so that its bytes cannot be read by themselves.
    """

    name: str
    label: str
    part: str | None
    path: str
    offset: int = 0
    size: int | None = None
    packed: bool = False

    def read(self) -> bytes:
        """The bytes of the picture's file.

        Raises:
            FileError: gone, not readable, larger than MAX_FILE, or the archive ends before it.
            StateError: in a compressed archive.
        """
        if self.packed:
            raise StateError(f"picture {one_line(self.name)}", "a source with random access", "a compressed archive",
                             "Read it in one pass: listing.stream().")
        where = f"picture {one_line(self.name)}"
        try:
            with open(self.path, "rb") as file:
                file.seek(self.offset)
                data = file.read(MAX_FILE + 1 if self.size is None else min(self.size, MAX_FILE + 1))
        except OSError as error:
            raise FileError(where, "a file that can be read", error.strerror or str(error)) from error
        if len(data) > MAX_FILE:
            raise FileError(where, f"a file of at most {MAX_FILE:,} bytes", "a larger one")
        if self.size is not None and len(data) < self.size:
            raise FileError(where, f"{self.size:,} bytes in {one_line(self.path)}", f"{len(data):,}", "Fetch the archive again.")
        return data
