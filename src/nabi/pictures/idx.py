"""idx: the file format of MNIST, plain or gzip-compressed.

    magic   2 zero bytes, 1 byte element type, 1 byte number of dimensions D
    sizes   D big-endian 32-bit whole numbers
    data    the elements, last dimension fastest, big-endian

Element types: 0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64.
A file is checked before memory is taken for it: magic, type, sizes, their product, the file's length; what a gzip file
unpacks to is bounded by what its header announces. Source: LeCun, Cortes, Burges, "The MNIST database", 1998.
"""

import gzip
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(dtype): code for code, dtype in DTYPES.items()}
MAX_DIMENSIONS = 32
MAX_BYTES = 2**32
GZIP_MAGIC = b"\x1f\x8b"
GZIP_RATIO = 1032  # deflate packs at most 1032 bytes into one


def read(path: str | os.PathLike, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """The array in an idx file; gzip is recognised by its first bytes, not by the file's name.

    Args:
        path: file to read.
        max_bytes: largest array to accept, in bytes.

    Returns: array in the machine's byte order, writable: (60000, 28, 28) uint8 for MNIST's training pictures.

    Raises: FileError for a missing, truncated, over-long, damaged or foreign file.

    Example:
        >>> import os, tempfile
        >>> file = os.path.join(tempfile.mkdtemp(), "two.idx.gz")
        >>> write(file, np.array([[1, 2, 3]], dtype="int16"))
        >>> read(file)
        array([[1, 2, 3]], dtype=int16)
    """
    path = Path(path)
    where = f"idx file {path}"
    if not path.is_file():
        raise FileError(where, "a file", "no regular file" if path.exists() else "nothing there", "Check the path.")
    with open(path, "rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        size = os.fstat(raw.fileno()).st_size
        if not packed:
            return _read(raw, where, size, size, max_bytes)
        try:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, where, 0, size * GZIP_RATIO, max_bytes)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileError(where, "an intact gzip file", str(error), "Fetch the file again.") from error


def _read(stream, where: str, least: int, most: int, max_bytes: int) -> np.ndarray:
    """Header and data from `stream`, whose length lies between `least` and `most` bytes."""
    shape, dtype = _read_header(stream, where)
    announced = f"{shape} {dtype.name}"
    if math.prod(max(n, 1) for n in shape) * dtype.itemsize > max_bytes:  # whole numbers of Python do not overflow
        raise FileError(where, f"at most {max_bytes:,} bytes", announced, "If that is meant, give read a larger max_bytes.")
    start, wanted = 4 + 4 * len(shape), math.prod(shape) * dtype.itemsize
    expected = f"{wanted:,} bytes of data for {announced}"
    cut, long = "The file is cut short: fetch it again.", "Bytes trail behind the data: fetch the file again."
    if most < start + wanted:
        raise FileError(where, expected, f"at most {most - start:,}", cut)
    if least > start + wanted:
        raise FileError(where, expected, f"{least - start:,}", long)
    data = np.empty(wanted, np.uint8)
    view, filled = data.data, 0
    while filled < wanted:
        count = stream.readinto(view[filled : filled + 2**20])
        if not count:
            raise FileError(where, expected, f"{filled:,}", cut)
        filled += count
    if stream.read(1):
        raise FileError(where, expected, "more", long)
    return data.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream, where: str) -> tuple[tuple[int, ...], np.dtype]:
    """Sizes and element type, big-endian, from the first bytes of `stream`."""
    foreign = "The file is damaged or of another format."
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        got = magic.hex(" ") or "an empty file"
        raise FileError(where, "the first four bytes of an idx file, two of them zero", got, foreign)
    code, rank = magic[2:]
    if code not in DTYPES:
        known = ", ".join(f"0x{c:02X} {np.dtype(d).name}" for c, d in DTYPES.items())
        raise FileError(where, f"an element type of {known}", f"0x{code:02X}", foreign)
    if not 1 <= rank <= MAX_DIMENSIONS:
        raise FileError(where, f"1 to {MAX_DIMENSIONS} dimensions", rank, foreign)
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise FileError(where, f"{4 * rank} bytes with {rank} sizes", f"{len(sizes)} bytes", "The file is cut short.")
    return struct.unpack(f">{rank}I", sizes), np.dtype(DTYPES[code])


def header(array: np.ndarray) -> bytes:
    """The idx header of an array: magic and sizes.

    Example:
        >>> header(np.zeros((2, 3), "uint8")).hex(" ")
        '00 00 08 02 00 00 00 02 00 00 00 03'
    """
    code = CODES.get(array.dtype.newbyteorder(">"))
    if code is None:
        known = ", ".join(np.dtype(d).name for d in DTYPES.values())
        raise ArgumentError("idx.write(array)", f"elements of {known}", array.dtype, "Cast them with astype.")
    if not 1 <= array.ndim <= MAX_DIMENSIONS or any(n >= 2**32 for n in array.shape):
        raise ArgumentError("idx.write(array)", f"1 to {MAX_DIMENSIONS} dimensions below 2**32", array.shape, "Reshape it.")
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)


def write(path: str | os.PathLike, array: np.ndarray) -> None:
    """Writes an array as idx, compressed if the name ends in .gz; the same array gives the same bytes."""
    array = np.asarray(array)
    content = header(array) + array.astype(array.dtype.newbyteorder(">"), copy=False).tobytes()
    with atomic(path) as file:
        file.write(gzip.compress(content, mtime=0) if str(path).endswith(".gz") else content)
