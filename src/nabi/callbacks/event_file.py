"""Event file: the file that TensorBoard reads, one framed record after the other.

    record    length (8 bytes) | masked crc32c of them (4) | data | masked crc32c of the data (4),    all little-endian
    mask      m = (c >> 15 | c << 17) + 0xa282ead8   modulo 2^32

The checksum is CRC-32C (Castagnoli), polynomial 0x1edc6f41, bits reflected; masked, because the sum of data that hold their own
sum is a constant. Source: TFRecord, TensorFlow's record_writer.h; RFC 3720, appendix B.4.
"""

import itertools
import os
import re
import socket
import struct
import time
from pathlib import Path
from typing import IO

from nabi.callbacks.summaries import event, first_event
from nabi.core.checksums import crc32c
from nabi.core.errors import FileError
from nabi.core.files import make_folder

NAME = re.compile(r"events\.out\.tfevents\.[\w.-]+")
_numbers = itertools.count()


def masked(data: bytes) -> bytes:
    """The masked checksum, as it stands in the file."""
    c = crc32c(data)
    return struct.pack("<I", ((c >> 15 | c << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data: bytes) -> bytes:
    """One framed record."""
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def new_name() -> str:
    """A name for a new file, with the time, the machine and a running number, as TensorBoard wants it."""
    machine = re.sub(r"[^\w.-]", "_", socket.gethostname())
    return f"events.out.tfevents.{int(time.time()):010d}.{machine}.{os.getpid()}.{next(_numbers)}"


class EventFile:
    """An event file that is open for writing.

    Args:
        folder: its folder, which is made.
        name: its name.
        size: the bytes that are kept where the file is already there; what follows them is cut off.

    Raises:
        FileError: the folder or file cannot be written.
    """

    def __init__(self, folder: str | os.PathLike, name: str, size: int = 0):
        path = make_folder(Path(folder) / name, "TensorBoard(log_dir)")
        try:
            self._file: IO[bytes] = path.open("ab")
            if self._file.tell() > size:
                self._file.truncate(size)
        except OSError as error:
            raise FileError("TensorBoard(log_dir)", "a folder that can be written", f"'{folder}': {error.strerror}") from None
        if self.size == 0:
            self._file.write(record(first_event(time.time())))

    def write(self, step: int, summary: bytes) -> None:
        """Adds a summary."""
        self._file.write(record(event(time.time(), step, summary)))

    @property
    def size(self) -> int:
        """Bytes so far, all of them on their way to the disk."""
        self._file.flush()
        return self._file.tell()

    def flush(self) -> None:
        """Brings what was written to the disk."""
        self._file.flush()

    def close(self) -> None:
        """Writes what is left and lets go of the file."""
        self._file.close()
