"""Safefile: named arrays and texts in one file that cannot carry code, in the safetensors format.

    8 bytes    n, the header's length (little endian)
    n bytes    JSON: {"__metadata__": {text: text}, "conv2d/bias": {"dtype": "F32", "shape": [32], "data_offsets": [0, 128]}, ...}
    the rest   the arrays, one after the other, without gaps

A file is taken for hostile until the header has passed every check: its length, depth and words; dtypes, shapes and places, which
must tile the rest of the file exactly. No memory is taken for an array before that, and never more than the file's size. Files of
nabi carry a checksum over everything, so that a flipped bit is found wherever it is; those of other programs need none.

Source: the safetensors format, version 0.4 (github.com/huggingface/safetensors); any of its readers opens these files.
"""

import io
import json
import math
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.models.foreign import foreign

ENDING = ".safetensors"
CHECKSUM = "crc32"  # its key in the metadata
KERAS_ENDINGS = (".keras", ".h5", ".hdf5")
MAX_HEADER = 16 * 2**20  # bytes; 100,000 layers need about as much
MAX_DEPTH = 64  # of lists and dicts in each other
MAX_AXES = 16
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
          "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
CODES = {np.dtype(text): code for code, text in DTYPES.items()}
DAMAGED = "The file is damaged or no safetensors file; take another copy of it."


class Place(NamedTuple):
    """Where an array lies: its dtype, shape, and first and last byte behind the header."""

    dtype: np.dtype
    shape: tuple[int, ...]
    begin: int
    end: int


class SafeFile:
    """An open file whose header has been checked.

    Args:
        stream: binary stream, at the file's beginning.
        size: bytes in it.
        where: name for errors.

    Attributes:
        metadata: the texts.
        places: name of an array -> `Place`, in the header's order.

    Raises:
        FileError: anything about the header that is not as it should be.
    """

    def __init__(self, stream: io.BufferedReader | io.BytesIO, size: int, where: str):
        self.stream, self.where = stream, where
        if size < 8:
            raise FileError(where, "at least 8 bytes", f"{size} bytes", DAMAGED)
        length = int.from_bytes(self._read(8), "little")
        if length > min(size - 8, MAX_HEADER):
            raise FileError(where, f"a header of at most {min(size - 8, MAX_HEADER)} bytes", f"one of {length}", DAMAGED)
        header = read_json(self._read(length), where)
        if not isinstance(header, dict):
            raise FileError(where, "a header that names arrays", type(header).__name__, DAMAGED)
        self.metadata: dict[str, str] = header.pop("__metadata__", {})
        if not isinstance(self.metadata, dict) or not all(isinstance(text, str) for text in self.metadata.values()):
            raise FileError(where, "texts as metadata", "something else", DAMAGED)
        self.places = {name: checked_place(entry, size, f"{where}, array '{name[:200]}'") for name, entry in header.items()}
        self.start, end = 8 + length, 0
        for name, place in sorted(self.places.items(), key=lambda item: item[1][2:]):
            if place.begin != end:
                raise FileError(f"{where}, array '{name[:200]}'", f"a beginning at byte {end}", place.begin, DAMAGED)
            end = place.end
        if self.start + end != size:
            raise FileError(where, f"{self.start + end} bytes, as its header says", f"{size} bytes", DAMAGED)

    def _read(self, n: int) -> bytes:
        data = self.stream.read(n)
        if len(data) != n:
            raise FileError(self.where, f"{n} more bytes", f"{len(data)}: the file has become shorter", DAMAGED)
        return data

    def array(self, name: str) -> np.ndarray:
        """One array, read now."""
        dtype, shape, begin, end = self.places[name]
        self.stream.seek(self.start + begin)
        array = np.empty(shape, dtype)
        if end > begin and self.stream.readinto(array.reshape(-1).view("u1").data) != end - begin:
            raise FileError(f"{self.where}, array '{name}'", f"{end - begin} bytes", "fewer: the file became shorter", DAMAGED)
        return array

    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays, if the checksum is right; a file with nabi's heading must have one."""
        found = {name: self.array(name) for name in self.places}
        texts = {key: text for key, text in self.metadata.items() if key != CHECKSUM}
        given, right = self.metadata.get(CHECKSUM), checksum(found, texts)
        if given != right and (given is not None or "nabi" in texts):
            raise FileError(self.where, f"the checksum {given}", right, "It was damaged or changed since; take another copy.")
        return found

    def json(self, key: str, default: Any = None) -> Any:
        """A text of the metadata, read as JSON."""
        return read_json(self.metadata[key], f"{self.where}, '{key}'") if key in self.metadata else default


def checked_place(entry: Any, size: int, where: str) -> Place:
    """An entry of the header, if it makes sense by itself."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise FileError(where, "dtype, shape and data_offsets", repr(entry)[:80], DAMAGED)
    code, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(code, str) or code not in DTYPES:
        raise FileError(where, f"a dtype among {', '.join(DTYPES)}", repr(code)[:80], "Save it in one of these.")
    for what, numbers, most in (("a shape", shape, MAX_AXES), ("two offsets", offsets, 2)):
        if not isinstance(numbers, list) or len(numbers) > most or not all(type(n) is int and 0 <= n <= size for n in numbers):
            raise FileError(where, f"{what} of whole numbers within the file's {size} bytes", repr(numbers)[:80], DAMAGED)
    if len(offsets) != 2 or math.prod(max(n, 1) for n in shape) > max(size, 1):
        raise FileError(where, f"an array within the file's {size} bytes", f"shape {shape}, offsets {offsets}", DAMAGED)
    dtype = np.dtype(DTYPES[code])
    needed, given = math.prod(shape) * dtype.itemsize, offsets[1] - offsets[0]
    if needed != given:
        raise FileError(where, f"{needed} bytes for shape {shape} of {code}", given, DAMAGED)
    return Place(dtype, tuple(shape), *offsets)


def read_json(data: bytes | str, where: str) -> Any:
    """JSON with each key once and lists and dicts at most `MAX_DEPTH` deep.

    Example:
        >>> read_json(b'{"units": 10}', "note.json")
        {'units': 10}

    Raises:
        FileError: it is not.
    """
    try:
        value = json.loads(data, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise FileError(where, "JSON", f"something else ({str(error)[:200]})", DAMAGED) from None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level if isinstance(outer, (dict, list))
                 for inner in (outer.values() if isinstance(outer, dict) else outer) if isinstance(inner, (dict, list))]
        if not level:
            return value
    raise FileError(where, f"JSON at most {MAX_DEPTH} levels deep", "a deeper one", DAMAGED)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict whose keys come once each."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise FileError("JSON", "each key once", "a key that comes twice", DAMAGED)
    return made


@contextmanager
def opened(source: str | os.PathLike | bytes) -> Iterator[SafeFile]:
    """The file at a path, or the same in memory, open for reading.

    Raises:
        FileError: no such file, another ending, no right to read it, or a header that fails a check.
    """
    if isinstance(source, bytes):
        yield SafeFile(io.BytesIO(source), len(source), "model bytes")
        return
    path = as_path(source, "reading")
    if not path.is_file():
        folder = path if path.is_dir() else path.parent
        there = sorted(p.name for p in folder.glob(f"*{ENDING}"))[:5] if folder.is_dir() else None
        remedy = "" if there is None else f"In that folder: {', '.join(there) or f'no {ENDING} file'}."
        raise FileError(f"reading {path}", "a file", "a folder" if path.is_dir() else "nothing there", remedy)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise FileError(f"reading {path}", "a file that may be read", error.strerror) from None
    with stream:
        known = foreign(stream)
        if known is not None:
            raise FileError(f"reading {path}", f"a {ENDING} file", *known)
        if path.suffix.lower() != ENDING:
            raise FileError(f"reading {path}", f"a name that ends in {ENDING}", f"'{path.suffix}'",
                            f"If it is one, rename it to '{path.with_suffix(ENDING).name}'.")
        yield SafeFile(stream, os.fstat(stream.fileno()).st_size, f"reading {path}")


def as_path(path: str | os.PathLike, doing: str) -> Path:
    """The path, if it can be one."""
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        raise ArgumentError(f"{doing} a file", f"its name, such as 'model{ENDING}'", repr(path))
    return Path(path)


def path_to_write(path: str | os.PathLike) -> Path:
    """The path, if it ends in `.safetensors` and is no folder; other endings are an error that says what to write."""
    path = as_path(path, "writing")
    if path.is_dir():
        raise FileError(f"writing {path}", "a file name", "a folder of that name", f"Write '{path / 'model'}{ENDING}'.")
    if path.suffix.lower() == ENDING:
        return path
    plain = path.name
    for ending in (*KERAS_ENDINGS, ".weights", ".tf", ".pt", ".pth", ".ckpt"):
        plain = plain[: -len(ending)] if plain.lower().endswith(ending) else plain
    raise FileError(f"writing {path}", f"a name that ends in {ENDING}", f"'{path.suffix}'",
                    f"Write '{path.with_name(plain + ENDING)}', or Keras' .keras or .h5.")


def write(path: str | os.PathLike, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> None:
    """Writes arrays and metadata (each value becomes JSON) to `path`, whole or not at all.

    Raises:
        FileError: another ending, a folder that cannot be written, a full disk; what was there before stays as it was.
    """
    path = path_to_write(path)
    with atomic(path) as file:
        for part in parts(arrays, metadata):
            file.write(part)


def as_bytes(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> bytes:
    """The same file in memory.

    Example:
        >>> data = as_bytes({"w": np.zeros(2, "float32")}, {"note": [1]})
        >>> with opened(data) as file:
        ...     file.array("w"), file.json("note")
        (array([0., 0.], dtype=float32), [1])
    """
    return b"".join(parts(arrays, metadata))


def parts(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, Any]) -> Iterator[Any]:
    """The file piece by piece; the largest numbers come first, so that all are aligned."""
    texts = {key: json_text(value, key) for key, value in metadata.items()}
    header: dict[str, Any] = {"__metadata__": {**texts, CHECKSUM: checksum(arrays, texts)}}
    ordered = sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize)
    end = 0
    for name, array in ordered:
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": CODES[array.dtype.newbyteorder("<")], "shape": list(array.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise FileError("writing a model file", f"a header of at most {MAX_HEADER} bytes", len(text), "Keep less in model.card.")
    yield len(text).to_bytes(8, "little")
    yield text
    for _, array in ordered:
        yield raw(array)


def raw(array: np.ndarray) -> Any:
    """An array's bytes as they lie in a file."""
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data.cast("B") if array.size else b""


def checksum(arrays: Mapping[str, np.ndarray], texts: Mapping[str, str]) -> str:
    """CRC-32 of texts and arrays in the order of their names, so that it does not depend on how a file is laid out.

    Example:
        >>> checksum({"w": np.zeros(2)}, {}) == checksum({"w": np.ones(2)}, {})
        False
    """
    total = 0
    for key in sorted(texts):
        total = zlib.crc32(f"{key}={texts[key]};".encode(errors="backslashreplace"), total)
    for name in sorted(arrays):
        code, shape = CODES[arrays[name].dtype.newbyteorder("<")], arrays[name].shape
        total = zlib.crc32(f"{name}:{code}{shape};".encode(errors="backslashreplace"), total)
        total = zlib.crc32(raw(arrays[name]), total)
    return f"{total:08x}"


def json_text(value: Any, key: str) -> str:
    """A value of the metadata as JSON.

    Raises:
        ArgumentError: it holds something that is no plain data.
    """
    try:
        return json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"'{key}' in a file", "texts, numbers, lists and dicts with texts as keys", str(error)) from None
