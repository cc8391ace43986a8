"""idx files: round trips of every type, and every way a file can be wrong, caught before memory is taken."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nabi.core.errors import ArgumentError, FileError
from nabi.datasets import idx

TYPES = ["uint8", "int8", "int16", "int32", "float32", "float64"]


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("idx")


@settings(max_examples=60, deadline=None)
@given(data=st.data(), packed=st.booleans())
def test_round_trip(data, packed, tmp_path_factory):
    dtype = np.dtype(data.draw(st.sampled_from(TYPES)))
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))
    array = data.draw(hnp.arrays(dtype, shape))
    path = tmp_path_factory.mktemp("idx") / ("a.idx.gz" if packed else "a.idx")
    idx.write(path, array)
    back = idx.read(path)
    assert back.dtype == dtype and back.dtype.isnative and back.flags.writeable
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("dtype, code, letter", [("uint8", 8, "B"), ("int8", 9, "b"), ("int16", 11, "h"), ("int32", 12, "i"),
                                                 ("float32", 13, "f"), ("float64", 14, "d")])  # fmt: skip
def test_bytes_are_those_of_the_format(folder, dtype, code, letter):
    """Against struct, big-endian, written out by hand; little-endian data give other numbers."""
    content = struct.pack(f">BBBBII6{letter}", 0, 0, code, 2, 2, 3, *range(1, 7))
    (folder / "hand").write_bytes(content)
    np.testing.assert_array_equal(idx.read(folder / "hand"), np.arange(1, 7, dtype=dtype).reshape(2, 3))
    idx.write(folder / "ours", np.arange(1, 7, dtype=dtype).reshape(2, 3))
    assert (folder / "ours").read_bytes() == content
    idx.write(folder / "swapped", np.arange(1, 7, dtype=np.dtype(dtype).newbyteorder("<")).reshape(2, 3))
    assert (folder / "swapped").read_bytes() == content
    if np.dtype(dtype).itemsize > 1:
        (folder / "little").write_bytes(content[:12] + struct.pack(f"<6{letter}", *range(1, 7)))
        assert not np.array_equal(idx.read(folder / "little"), idx.read(folder / "hand"))


def test_strided_arrays_and_equal_bytes(folder):
    array = np.arange(24, dtype="int32").reshape(4, 6).T[::2]
    idx.write(folder / "a.gz", array)
    idx.write(folder / "b.gz", array.copy())
    np.testing.assert_array_equal(idx.read(folder / "a.gz"), array)
    assert (folder / "a.gz").read_bytes() == (folder / "b.gz").read_bytes()


def good(shape=(2, 3), dtype="uint8") -> bytes:
    array = np.ones(shape, dtype)
    return idx.header(array) + array.tobytes()


HOSTILE = {
    "empty": (b"", "an empty file"),
    "half magic": (b"\0\0", "two of them zero, got 00 00"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(20), "89 50 4e 47"),
    "unknown type": (b"\0\0\x0a\x01" + bytes(8), "got 0x0A"),
    "no dimensions": (b"\0\0\x08\x00" + bytes(8), "1 to 32 dimensions, got 0"),
    "33 dimensions": (b"\0\0\x08\x21" + bytes(200), "got 33"),
    "half header": (b"\0\0\x08\x03" + bytes(7), "12 bytes with 3 sizes, got 7 bytes"),
    "huge": (struct.pack(">BBBBIII", 0, 0, 14, 3, 2**31, 2**31, 2**31) + bytes(64), "at most 4,294,967,296 bytes"),
    "product overflows 64 bits": (struct.pack(">BBBBIIII", 0, 0, 8, 4, 2**16, 2**16, 2**16, 2**16), "at most 4,294,967,296"),
    "huge beside a zero": (struct.pack(">BBBBIII", 0, 0, 8, 3, 0, 2**32 - 1, 2**32 - 1), "at most 4,294,967,296"),
    "announces 4 GB": (struct.pack(">BBBBI", 0, 0, 8, 1, 2**32 - 1) + bytes(100), "4,294,967,295 bytes of data"),
    "cut short": (good()[:-1], "cut short"),
    "trailing": (good() + b"\0", "trail"),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("content, message", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_no_memory(folder, content, message, packed):
    path = folder / "hostile"
    path.write_bytes(gzip.compress(content) if packed else content)
    tracemalloc.start()
    with pytest.raises(FileError) as caught:
        idx.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message in str(caught.value) and str(path) in str(caught.value)
    assert peak < 2**20


def test_gzip_bomb_is_not_unpacked(folder):
    """A small file of 200 MB zeros behind a header for six bytes stops at byte seven."""
    path = folder / "bomb.gz"
    path.write_bytes(gzip.compress(good() + bytes(200 * 2**20), compresslevel=1))
    tracemalloc.start()
    with pytest.raises(FileError, match="6 bytes of data .* got more"):
        idx.read(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("damage", [lambda b: b[:-4], lambda b: b[:-8] + bytes(8), lambda b: b[:12] + b"\xff" * 8 + b[20:]],
                         ids=["no end", "wrong sum", "broken blocks"])  # fmt: skip
def test_damaged_gzip(folder, damage):
    (folder / "a").write_bytes(damage(gzip.compress(good((20, 20)))))
    with pytest.raises(FileError, match="Fetch the file again|fetch it again"):
        idx.read(folder / "a")


def test_limits_and_places(folder):
    (folder / "a").write_bytes(good((10, 10)))
    assert idx.read(folder / "a", max_bytes=100).size == 100
    with pytest.raises(FileError, match="at most 99 bytes, got \\(10, 10\\) uint8. .*max_bytes"):
        idx.read(folder / "a", max_bytes=99)
    with pytest.raises(FileError, match="nothing there"):
        idx.read(folder / "b")
    with pytest.raises(FileError, match="no regular file"):
        idx.read(folder)


@pytest.mark.parametrize("array", [np.zeros(3, "uint16"), np.zeros(3, "int64"), np.zeros(3, bool), np.float32(1), np.array("a")])
def test_what_the_format_cannot_hold(folder, array):
    with pytest.raises(ArgumentError):
        idx.write(folder / "a", array)
    assert list(folder.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(folder):
    idx.write(folder / "a", np.ones(3, "uint8"))
    with pytest.raises(ArgumentError):
        idx.write(folder / "a", np.ones(3, "complex64"))
    assert [f.name for f in folder.iterdir()] == ["a"] and idx.read(folder / "a").sum() == 3
    with pytest.raises(FileError, match="a folder that can be written"):
        idx.write(folder / "none" / "a", np.ones(3, "uint8"))


def test_mnist_headers_as_published(data_dir):
    """Magic numbers 2051 and 2049 of the MNIST page."""
    for name, magic, sizes in [("train-images-idx3-ubyte", 2051, (60000, 28, 28)), ("t10k-labels-idx1-ubyte", 2049, (10000,))]:
        array = idx.read(data_dir / "mnist" / f"{name}.gz")
        assert array.shape == sizes and int.from_bytes(idx.header(array)[:4], "big") == magic
