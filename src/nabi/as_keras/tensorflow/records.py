"""Records: files of TensorFlow's records, one framed piece of bytes after the other, written and read.

    record    length (8 bytes) | masked crc32c of them (4) | data | masked crc32c of the data (4),    all little-endian

The length's checksum is held against it, so that a damaged file ends in an error and not in a wrong cut; a length is never more
than the file can hold. The frame is `nabi.callbacks.event_file`'s.
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
EXPANSION = 1100  # bytes in memory for one in a packed file: no deflate gives more


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
            with open(name, "rb") as file:
                return io.BytesIO(zlib.decompress(file.read()))
        return gzip.open(name, "rb") if kind == "GZIP" else open(name, "rb")
    except (OSError, zlib.error) as error:
        raise FileError(f"reading {name}", "a file", getattr(error, "strerror", "") or str(error), "Check the path.") from None


def records(name: str, compression: Any = None) -> Iterator[bytes]:
    """The pieces of one file.

    Raises FileError where it is damaged or no file of records.
    """
    where = f"reading {name}"
    damaged = "It is damaged, packed otherwise (compression_type=...), or no file of records."
    with opened(name, compression) as file:
        most = max(MOST, os.path.getsize(name) * (EXPANSION if compression else 1))
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
                yield data[:size]
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
                whole = file.read()
            whole = whole[first : len(whole) - last]
            return (whole[at : at + size] for at in range(0, len(whole) - size + 1, size))

        super().__init__(filenames, pieces)


def lines(name: str, compression: Any = None) -> Iterator[bytes]:
    """The lines of a file without their ends."""
    with opened(name, compression) as file:
        for line in file:
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
