"""Records: files of TensorFlow's records, one framed piece of bytes after the other, written and read.

    record    length (8 bytes) | masked crc32c of them (4) | data | masked crc32c of the data (4),    all little-endian

The length's checksum is held against it, so that a damaged file ends in an error and not in a wrong cut, and the data's the first
time that a process reads a file through. Files are unpacked piece by piece, none larger than the file can mean. The frame is
`nabi.callbacks.event_file`'s.
"""

import gzip
import io
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from nabi.callbacks.event_file import masked, record
from nabi.core.errors import FileError
from nabi.core.files import make_folder
from nabi.data.stream import UNKNOWN_CARDINALITY, Dataset
from nabi.data.strings import Strings

__all__ = ["FixedLengthRecordDataset", "TFRecordDataset", "TFRecordOptions", "TFRecordWriter", "TextLineDataset",
           "tf_record_iterator"]
MOST = 2**26  # bytes that a record may always have
EXPANSION = 20  # bytes in memory for one in a packed file: what is worth keeping hardly packs better
CHUNK = 2**16
_whole: set[tuple[str, int, int]] = set()  # files whose checksums were right: path, size, time of change


def names_of(filenames: Any) -> list[str]:
    """Names of files, given as one or several, as texts, paths or a stream."""
    if isinstance(filenames, (str, bytes, os.PathLike)) and not isinstance(filenames, Strings):
        return [os.fsdecode(filenames)]
    if isinstance(filenames, Strings) and not filenames.ndim:
        return [str(filenames)]
    return [os.fsdecode(name) for name in filenames]


def opened(name: str, compression: Any = None) -> Any:
    """A file, unpacked on the way; its name may end in .gz.

    Raises FileError where there is none.
    """
    kind = str(getattr(compression, "compression_type", compression) or "").upper()
    try:
        if kind == "ZLIB":
            return io.BufferedReader(Unpacking(open(name, "rb")))
        return gzip.open(name, "rb") if kind == "GZIP" else open(name, "rb")
    except (OSError, zlib.error) as error:
        raise FileError(f"reading {name}", "a file", getattr(error, "strerror", "") or str(error), "Check the path.") from None


class Unpacking(io.RawIOBase):
    """A file that zlib packed, unpacked as it is read.

    Args:
        file: it, open for reading.
    """

    def __init__(self, file: Any):
        self.file, self.unpacker, self.left = file, zlib.decompressobj(), b""

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills a buffer; 0 at the end. Raises FileError where the packed file ends too early, zlib.error for another file."""
        made = b""
        while not made and not self.unpacker.eof:
            packed = self.left or self.file.read(CHUNK)
            made = self.unpacker.decompress(packed, len(buffer))
            self.left = self.unpacker.unconsumed_tail
            if not made and not packed:
                raise FileError(f"reading {self.file.name}", "a whole packed file", "one that ends too early", "Fetch it again.")
        buffer[: len(made)] = made
        return len(made)

    def close(self) -> None:
        """Closes the file."""
        self.file.close()
        super().close()


def most_of(name: str, compression: Any) -> int:
    """How many bytes a piece of a file may have: what the file can hold, or 64 MB of a packed one, or 20 times its size."""
    size = os.path.getsize(name)
    return max(MOST, EXPANSION * size) if compression else size


def records(name: str, compression: Any = None) -> Iterator[bytes]:
    """The pieces of one file.

    Raises FileError where it is damaged or no file of records.
    """
    where = f"reading {name}"
    damaged = "It is damaged, packed otherwise (compression_type=...), or no file of records."
    with opened(name, compression) as file:
        most, stat = most_of(name, compression), os.stat(name)
        place = os.path.abspath(name), stat.st_size, stat.st_mtime_ns
        try:
            while head := file.read(12):
                if len(head) < 12 or masked(head[:8]) != head[8:]:
                    raise FileError(where, "a length with its checksum", repr(head[:12]), damaged)
                size = struct.unpack("<Q", head[:8])[0]
                if size > most:
                    raise FileError(where, f"records of at most {most} bytes", str(size), damaged)
                data = file.read(size + 4)
                if len(data) < size + 4:
                    raise FileError(where, f"a record of {size} bytes", f"{max(len(data) - 4, 0)} until the file's end", damaged)
                if place not in _whole and masked(data[:size]) != data[size:]:
                    raise FileError(where, "a record with its checksum", f"other bytes in one of {size}", damaged)
                yield data[:size]
            _whole.add(place)
        except FileError:
            raise
        except (OSError, EOFError, zlib.error) as error:
            raise FileError(where, "a file of records", f"{type(error).__name__}: {str(error)[:200]}", damaged) from None


class FileDataset(Dataset):
    """Pieces of files, as texts; what its methods make is a plain stream.

    Args:
        filenames: a name, several, or a stream of names.
        pieces: gives the pieces of one file.
    """

    def __init__(self, filenames: Any, pieces: Callable[[str], Iterator[bytes]]):
        super().__init__(lambda: (Strings(piece) for name in names_of(filenames) for piece in pieces(name)), works=True)

    def other(self, run: Callable, count: int = UNKNOWN_CARDINALITY, **kwargs: Any) -> Dataset:
        """What methods make of the pieces is a plain stream."""
        return Dataset(run, count, **kwargs)


class TFRecordDataset(FileDataset):
    """The records of files, as they are; `tf.io.parse_single_example` reads examples out of them.

    Args:
        filenames: a name, several, or a stream of names.
        compression_type: "GZIP", "ZLIB" or None.
        more: accepted as in TensorFlow.
    """

    def __init__(self, filenames: Any, compression_type: Any = None, *more: Any, **options: Any):
        super().__init__(filenames, lambda name: records(name, compression_type))


class TextLineDataset(FileDataset):
    """The lines of text files.

    Args:
        filenames, compression_type, more: as of `TFRecordDataset`.
    """

    def __init__(self, filenames: Any, compression_type: Any = None, *more: Any, **options: Any):
        super().__init__(filenames, lambda name: lines(name, compression_type))


class FixedLengthRecordDataset(FileDataset):
    """Pieces of one length.

    Args:
        filenames: as of `TFRecordDataset`.
        record_bytes: the length.
        header_bytes, footer_bytes: what is left out at the beginning and at the end.
        compression_type: as of `TFRecordDataset`.
    """

    def __init__(self, filenames: Any, record_bytes: Any, header_bytes: Any = None, footer_bytes: Any = None,
                 buffer_size: Any = None, compression_type: Any = None, *more: Any, **options: Any):
        size, first, last = int(record_bytes), int(header_bytes or 0), int(footer_bytes or 0)

        def pieces(name: str) -> Iterator[bytes]:
            with opened(name, compression_type) as file:
                whole = file.read((most := most_of(name, compression_type)) + 1)
            if len(whole) > most:
                raise FileError(f"reading {name}", f"at most {most} bytes", "more", "It is packed to fill the memory.")
            whole = whole[first : len(whole) - last]
            return (whole[at : at + size] for at in range(0, len(whole) - size + 1, size))

        super().__init__(filenames, pieces)


def lines(name: str, compression: Any = None) -> Iterator[bytes]:
    """The lines of a file without their ends."""
    with opened(name, compression) as file:
        most = most_of(name, compression)
        while line := file.readline(most + 1):
            if len(line) > most:
                raise FileError(f"reading {name}", f"lines of at most {most} bytes", "more", "It is packed to fill the memory.")
            yield line.rstrip(b"\r\n")


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """TensorFlow 1's: the records of a file as bytes."""
    return records(os.fsdecode(path), options)


class TFRecordOptions:
    """How a file of records is packed.

    Args:
        compression_type: "GZIP", "ZLIB" or None.
    """

    def __init__(self, compression_type: Any = None, *more: Any, **options: Any):
        self.compression_type = compression_type


class TFRecordWriter:
    """A file of records that is open for writing; `with` closes it. A stream is written as a whole.

    Args:
        path: the file; folders are made.
        options: `TFRecordOptions`, or the name of a packing.
    """

    def __init__(self, path: Any, options: Any = None, compression_type: Any = None):
        name = str(Strings(path)) if isinstance(path, (Strings, bytes)) else os.fspath(path)
        kind = str(getattr(options, "compression_type", options) or compression_type or "").upper()
        target = make_folder(name, "TFRecordWriter(path)")
        self.file: Any = gzip.open(target, "wb") if kind == "GZIP" else open(target, "wb")
        self.packer = zlib.compressobj() if kind == "ZLIB" else None

    def write(self, record_or_dataset: Any) -> None:
        """Adds a record, or all of a stream."""
        parts = record_or_dataset if isinstance(record_or_dataset, Dataset) else [record_or_dataset]
        for part in parts:
            data = record(Strings(part).numpy())
            self.file.write(data if self.packer is None else self.packer.compress(data))
        if isinstance(record_or_dataset, Dataset):
            self.close()

    def flush(self) -> None:
        """Sends what is written to the disk."""
        self.file.flush()

    def close(self) -> None:
        """Ends the file."""
        if not self.file.closed and self.packer is not None:
            self.file.write(self.packer.flush())
        self.file.close()

    def __enter__(self) -> "TFRecordWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()
