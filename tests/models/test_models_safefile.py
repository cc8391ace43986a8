"""The file format: held against the safetensors library in both directions; damaged, hostile and foreign files; full disks."""

import json
import resource
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest
import safetensors
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from nabi.core.errors import ArgumentError, FileError
from nabi.models import safefile

DTYPES = [np.dtype(text) for text in safefile.DTYPES.values()]
NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = st.dictionaries(NAMES, st.sampled_from(DTYPES).flatmap(lambda dtype: arrays_of.arrays(dtype, SHAPES)), max_size=5)


def same(found, wanted):
    """Bit for bit, NaN included."""
    assert set(found) == set(wanted)
    for name, array in wanted.items():
        assert (found[name].dtype, found[name].shape, found[name].tobytes()) == (array.dtype, array.shape, array.tobytes()), name


def header(entries=None, metadata=None, body=b"", length=None):
    """A file from a header as someone might write it."""
    text = entries if isinstance(entries, bytes) else json.dumps({"__metadata__": metadata or {}, **(entries or {})}).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + body


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@settings(max_examples=60, deadline=None)
@given(arrays=ARRAYS)
def test_the_safetensors_library_reads_what_we_write_and_we_what_it_writes(arrays, tmp_path_factory):
    data = safefile.as_bytes(arrays, {"note": [1, None, "나비"]})
    same(safetensors.numpy.load(data), arrays)
    with safefile.opened(safetensors.numpy.save(arrays, {"note": '"theirs"'})) as file:
        same({name: file.array(name) for name in file.places}, arrays)
        assert file.json("note") == "theirs"
    path = tmp_path_factory.mktemp("file") / "a.safetensors"
    safefile.write(path, arrays, {"note": [1, None, "나비"]})
    assert path.read_bytes() == data
    with safetensors.safe_open(path, "numpy") as theirs:
        assert json.loads(theirs.metadata()["note"]) == [1, None, "나비"]


def test_numbers_start_where_their_size_divides_the_place():
    data = safefile.as_bytes({"a": np.ones(3, "int8"), "b": np.ones(3), "c": np.ones(1, "float32")}, {})
    start = 8 + int.from_bytes(data[:8], "little")
    with safefile.opened(data) as file:
        assert [name for name, p in file.places.items() if (start + p.begin) % p.dtype.itemsize] == []


BAD = {
    "empty": b"",
    "seven bytes": b"1234567",
    "a header longer than the file": header({"w": entry()}, body=bytes(8), length=10**6),
    "a header of 2**64 - 1 bytes": header({}, length=2**64 - 1),
    "no JSON": header(b"{'w': 1}"),
    "not UTF-8": header(b'{"\xff\xfe": 1}'),
    "a list": header(b"[1, 2]"),
    "nesting of 100,000": header(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "nesting of 80": header(b'{"a":' + b"[" * 80 + b"]" * 80 + b"}"),
    "a number of 100,000 digits": header(b'{"a":' + b"9" * 100_000 + b"}"),
    "unknown dtype": header({"w": entry("F33", (8,))}, body=bytes(8)),
    "dtype as list": header({"w": entry(["F32"])}, body=bytes(8)),
    "negative axis": header({"w": entry(shape=(-2,))}, body=bytes(8)),
    "axis as truth value": header({"w": entry("F64", (True,))}, body=bytes(8)),
    "axis as fraction": header({"w": entry(shape=(2.0,))}, body=bytes(8)),
    "10**18 numbers": header({"w": entry(shape=(10**9, 10**9))}, body=bytes(8)),
    "no numbers in 2**62 rows": header({"w": entry(shape=(0, 2**62), offsets=(0, 0))}),
    "17 axes": header({"w": entry("I8", (1,) * 17, (0, 1))}, body=b"1"),
    "offsets backwards": header({"w": entry(offsets=(8, 0))}, body=bytes(8)),
    "one offset": header({"w": entry(offsets=(0,))}, body=bytes(8)),
    "shape against offsets": header({"w": entry(shape=(3,))}, body=bytes(8)),
    "overlapping arrays": header({"a": entry(), "b": entry(offsets=(4, 12))}, body=bytes(12)),
    "the same bytes twice": header({"a": entry(), "b": entry()}, body=bytes(8)),
    "a gap between arrays": header({"a": entry(), "b": entry(offsets=(12, 20))}, body=bytes(20)),
    "a gap before the first": header({"a": entry(offsets=(4, 12))}, body=bytes(12)),
    "bytes behind the last": header({"a": entry()}, body=bytes(9)),
    "cut short": header({"a": entry()}, body=bytes(7)),
    "an array as text": header({"w": "F32"}),
    "a further key": header({"w": {**entry(), "code": "import os"}}, body=bytes(8)),
    "metadata that is no text": header({"__metadata__": {"a": 1}}),
    "metadata as list": header(b'{"__metadata__": ["a"]}'),
}  # fmt: skip
OURS = {  # what the library lets pass
    "nesting of 80", "17 axes", "a further key", "a number of 100,000 digits", "axis as fraction", "no numbers in 2**62 rows"}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_one_error_and_takes_no_memory(what):
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="expected .*, got "), safefile.opened(BAD[what]):
            pass
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", sorted(set(BAD) - OURS))
def test_the_safetensors_library_refuses_it_too(what):
    with pytest.raises(safetensors.SafetensorError):
        safetensors.deserialize(BAD[what])


def test_a_key_that_comes_twice_is_refused():
    with pytest.raises(FileError, match="each key once"), safefile.opened(header(b'{"a": {"dtype": "F32"}, "a": {}}')):
        pass


def test_a_header_above_the_limit_is_not_even_read(tmp_path):
    path = tmp_path / "large.safetensors"
    with path.open("wb") as file:
        file.write((2**34).to_bytes(8, "little"))
        file.truncate(2**35)  # sparse: 32 GiB that take no room
    with pytest.raises(FileError, match=f"at most {safefile.MAX_HEADER} bytes, got one of {2**34}"), safefile.opened(path):
        pass


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_flipped_and_cut_bytes_are_refused(data):
    """Any other outcome than the arrays or a FileError fails the test."""
    whole = safefile.as_bytes({"a/kernel": np.ones((2, 3), "float32"), "b": np.ones((), "int64")}, {"nabi": {"x": [1]}})
    bad = bytearray(whole[: data.draw(st.integers(0, len(whole)), label="length")])
    for _ in range(data.draw(st.integers(0, 3))):
        if bad:
            bad[data.draw(st.integers(0, len(bad) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        with safefile.opened(bytes(bad)) as file:
            assert sum(file.array(name).nbytes for name in file.places) <= len(bad)
            file.json("nabi", {})
            read = file.arrays()
    except FileError:
        return
    same(read, safetensors.numpy.load(whole))  # only what says the same is read


def test_a_changed_number_is_found_but_files_of_others_need_no_checksum():
    arrays = {"w": np.arange(4.0)}
    data = bytearray(safefile.as_bytes(arrays, {"nabi": {}}))
    data[-1] ^= 1
    with safefile.opened(bytes(data)) as file, pytest.raises(FileError, match="checksum .*damaged or changed"):
        file.arrays()
    with safefile.opened(safetensors.numpy.save(arrays, {"nabi": "{}"})) as file, pytest.raises(FileError, match="checksum None"):
        file.arrays()
    with safefile.opened(safetensors.numpy.save(arrays, {"by": "others"})) as file:
        same(file.arrays(), arrays)
    ours = safefile.as_bytes({"b": np.ones(2), "a": np.zeros(1, "int8")}, {"nabi": {}, "x": 1})
    with safefile.opened(ours) as file:
        again = safetensors.numpy.save(dict(sorted(file.arrays().items())), file.metadata)  # laid out anew by another program
    with safefile.opened(again) as file:
        same(file.arrays(), {"a": np.zeros(1, "int8"), "b": np.ones(2)})


# Writing ----------------------------------------------------------------------------------------------------------------------


@contextmanager
def largest_file(size):
    """Files of this process may not grow above `size` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.safetensors"
    safefile.write(path, {"w": np.ones(3)}, {})
    before = path.read_bytes()
    with largest_file(100_000), pytest.raises(FileError, match="room for the file, got File too large"):
        safefile.write(path, {"w": np.ones(100_000)}, {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    safefile.write(path, {"w": np.ones(100_000)}, {})
    assert path.stat().st_size > 800_000


@pytest.mark.parametrize("name", ["missing/model.safetensors", "file/model.safetensors", "folder.safetensors"])
def test_a_place_that_cannot_be_written_is_one_error(tmp_path, name):
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(FileError, match=f"writing .*{name}"):
        safefile.write(tmp_path / name, {}, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.safetensors"]


@pytest.mark.parametrize("name, instead", [
    ("model.keras", "model.safetensors"), ("model.h5", "model.safetensors"), ("w.weights.hdf5", "w.safetensors"),
    ("model.HDF5", "model.safetensors"), ("model", "model.safetensors"), ("net.pt", "net.safetensors"), (".h5", ".safetensors"),
])  # fmt: skip
def test_another_ending_names_the_right_one(tmp_path, name, instead):
    with pytest.raises(FileError, match=r"ends in \.safetensors.*Write '.*" + instead.replace(".", r"\.") + "'"):
        safefile.write(tmp_path / name, {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_lists_its_neighbours(tmp_path):
    safefile.write(tmp_path / "best.safetensors", {}, {})
    with pytest.raises(FileError, match="nothing there. In that folder: best.safetensors"):
        safefile.opened(tmp_path / "bset.safetensors").__enter__()


def test_metadata_must_be_plain(tmp_path):
    with pytest.raises(ArgumentError, match="'card' in a file: expected texts, numbers"):
        safefile.write(tmp_path / "a.safetensors", {}, {"card": {"classes": {1, 2}}})
    assert list(tmp_path.iterdir()) == []
