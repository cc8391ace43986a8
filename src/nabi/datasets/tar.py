"""tar: the files inside a .tar or .tar.gz, read one after the other; nothing is ever written to the disk.

Only plain files with a safe relative name are given (see `nabi.pictures.archive`); the others are passed over. What the archive
unpacks to, one file's size and the number of members are bounded, so an archive bomb ends as an error.
"""

import os
from collections.abc import Iterator

from nabi.core.errors import FileError
from nabi.pictures.archive import FOREIGN, members
from nabi.pictures.names import is_safe


def files(path: str | os.PathLike, max_bytes: int, max_file: int, max_members: int = 100_000) -> Iterator[tuple[str, bytes]]:
    """Name and content of each plain file, in the archive's order.

    Args:
        path: archive, plain or gzip-compressed.
        max_bytes: most that the whole archive may unpack to.
        max_file: largest file to give; a larger one is an error.
        max_members: most members.

    Raises: FileError for a missing, damaged or oversized archive.
    """
    for member, guard in members(path, max_bytes, max_members):
        if member.isreg() and not member.issparse() and is_safe(member.name):
            if member.size > max_file:
                got = f"{member.name} with {member.size:,}"
                raise FileError(f"archive {path}", f"files of at most {max_file:,} bytes", got, FOREIGN)
            yield member.name, guard.content(member.offset_data, member.size)
