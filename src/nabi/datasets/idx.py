"""idx: the file format of MNIST, plain or gzip-compressed.

    magic   2 zero bytes, 1 byte element type, 1 byte number of dimensions D
    sizes   D big-endian 32-bit whole numbers
    data    the elements, last dimension fastest, big-endian

Element types: 0x08 uint8, 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64.
A file is checked in full before memory is taken for it: magic, type, sizes, their product, the file's length; what a
gzip file unpacks to is bounded by what its header announces. Source: LeCun, Cortes, Burges, "The MNIST database", 1998.
"""

import gzip
import math
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nabi.core.errors import ArgumentError, FileError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(dtype): code for code, dtype in DTYPES.items()}
MAX_DIMENSIONS = 32
MAX_BYTES = 2**32
GZIP_RATIO = 1032  # deflate never packs more than 1032 bytes into one
GZIP_MAGIC = b"\x1f\x8b"


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
    if not path.is_file():
        raise FileError(f"idx file {path}", "a file", "a folder or device" if path.exists() else "nothing there", "Check the path.")
    with open(path, "rb") as raw:
        packed = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        size = os.fstat(raw.fileno()).st_size
        if not packed:
            return _read(raw, path, size, exact=True, max_bytes=max_bytes)
        try:
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _read(unpacked, path, size * GZIP_RATIO, exact=False, max_bytes=max_bytes)  # type: ignore[arg-type]
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise FileError(f"idx file {path}", "an intact gzip file", str(error), "Fetch the file again.") from error


def _read(stream: BinaryIO, path: Path, available: int, exact: bool, max_bytes: int) -> np.ndarray:
    """Reads header and data from `stream`, which holds `available` bytes (`exact`) or no more than that."""
    where = f"idx file {path}"
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise FileError(where, "an idx file, which starts with two zero bytes", magic.hex(" ") or "an empty file", "Is it another format?")
    code, rank = magic[2], magic[3]
    if code not in DTYPES:
        known = ", ".join(f"0x{c:02X} {np.dtype(d).name}" for c, d in DTYPES.items())
        raise FileError(where, f"an element type of {known}", f"0x{code:02X}", "The file is damaged or not idx.")
    if not 1 <= rank <= MAX_DIMENSIONS:
        raise FileError(where, f"1 to {MAX_DIMENSIONS} dimensions", rank, "The file is damaged or not idx.")
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise FileError(where, f"{rank} sizes in the header", f"{len(sizes)} bytes of them", "The file is cut short: fetch it again.")
    shape = struct.unpack(f">{rank}I", sizes)
    dtype = np.dtype(DTYPES[code])
    if math.prod(max(n, 1) for n in shape) * dtype.itemsize > max_bytes:  # Python's whole numbers do not overflow
        raise FileError(where, f"at most {max_bytes:,} bytes", f"{shape} {dtype.name}", "If that is meant, give read a larger max_bytes.")
    wanted = math.prod(shape) * dtype.itemsize
    present = available - 4 - 4 * rank
    if present < wanted or (exact and present > wanted):
        bound = "" if exact else "at most "
        got = f"{bound}{max(present, 0):,} bytes"
        raise FileError(where, f"{wanted:,} bytes of data for {shape} {dtype.name}", got, "The file is cut short or has trailing bytes.")
    data = np.empty(wanted, np.uint8)
    filled, view = 0, memoryview(data)
    while filled < wanted:
        count = stream.readinto(view[filled : filled + 2**20])  # type: ignore[attr-defined]
        if not count:
            raise FileError(where, f"{wanted:,} bytes of data for {shape} {dtype.name}", f"{filled:,}", "The file is cut short: fetch it again.")
        filled += count
    if stream.read(1):
        raise FileError(where, f"{wanted:,} bytes of data for {shape} {dtype.name}", "more", "The file has trailing bytes: fetch it again.")
    return data.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def header(array: np.ndarray) -> bytes:
    """The idx header of an array: magic and sizes.

    Example:
        >>> header(np.zeros((2, 3), "uint8")).hex(" ")
        '00 00 08 02 00 00 00 02 00 00 00 03'
    """
    code = CODES.get(array.dtype.newbyteorder(">"))
    if code is None:
        raise ArgumentError("idx.write(array)", "uint8, int8, int16, int32, float32 or float64", array.dtype, "Cast it with astype.")
    if not 1 <= array.ndim <= MAX_DIMENSIONS or any(n >= 2**32 for n in array.shape):
        raise ArgumentError("idx.write(array)", f"1 to {MAX_DIMENSIONS} dimensions below 2**32", array.shape, "Reshape it.")
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)


def write(path: str | os.PathLike, array: np.ndarray) -> None:
    """Writes an array as idx, compressed if the name ends in .gz; atomic, and the same array gives the same bytes."""
    path, array = Path(path), np.asarray(array)
    content = header(array) + array.astype(array.dtype.newbyteorder(">"), copy=False).tobytes()
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    except OSError as error:
        raise FileError(f"idx.write({path})", "a folder that can be written", error, "Create the folder first.") from error
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
