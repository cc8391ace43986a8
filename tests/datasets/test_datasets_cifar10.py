"""CIFAR-10: both archive forms against pixels written here, the cache, and archives that are damaged or hostile."""

import gzip
import hashlib
import io
import pickle
import tarfile
import threading
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import FileError
from nabi.datasets import cifar10, sources, tar


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """An empty cache, no other places with data."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NABI_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path


@pytest.fixture
def small(monkeypatch):
    """CIFAR-10 with 50 + 10 pictures."""
    monkeypatch.setattr(cifar10, "PARTS", {"train": 50, "test": 10})


def pack(path, members: dict[str, bytes]):
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def picture(rgb, form="png", size=(32, 32)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, tuple(rgb)).save(file, form)
    return file.getvalue()


def colour(part: str, k: int, i: int) -> tuple[int, int, int]:
    """A colour that names part, class and number."""
    return (20 * k, 40 * i, 200 if part == "train" else 100)


def folders(form="png", number=5) -> dict[str, bytes]:
    """Class folders with `number` + 1 pictures a class, the last file first."""
    pictures = {}
    for part, count in (("train", number), ("test", 1)):
        for k, name in enumerate(cifar10.class_names):
            for i in reversed(range(count)):
                pictures[f"{part}/{name}/{i:04}.{form}"] = picture(colour(part, k, i), "jpeg" if form == "jpg" else form)
    return pictures


@pytest.mark.parametrize("form, tolerance", [("png", 0), ("jpg", 2)])
def test_class_folders(small, home, form, tolerance):
    """Round the classes, numbers rising; a lossless picture comes back exactly."""
    path = pack(home / "any.tar.gz", folders(form))
    (x_train, y_train), (x_test, y_test) = cifar10.load_data(path)
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == ((50, 32, 32, 3), (50, 1), (10, 32, 32, 3), (10, 1))
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    np.testing.assert_array_equal(y_train[:, 0], np.arange(50) % 10)
    wanted = np.array([colour("train", n % 10, n // 10) for n in range(50)])
    assert np.abs(x_train.astype(int) - wanted[:, None, None]).max() <= tolerance
    wanted = np.array([colour("test", n, 0) for n in range(10)])
    assert np.abs(x_test.astype(int) - wanted[:, None, None]).max() <= tolerance


@pytest.fixture
def small_batches(monkeypatch):
    """The binary version with 100 records a batch."""
    monkeypatch.setattr(cifar10, "PARTS", {"train": 500, "test": 100})
    monkeypatch.setattr(cifar10, "BATCH_SIZE", 100 * 3073)


def records(n=100, seed=0) -> np.ndarray:
    random = np.random.default_rng(seed)
    batch = random.integers(0, 256, (n, cifar10.RECORD), dtype=np.uint8)
    batch[:, 0] %= 10
    return batch


def test_binary_version(small_batches, home):
    """Record layout of the CIFAR page, element by element: byte 1 + 1024 c + 32 row + column."""
    batch = records()
    names = [f"cifar-10-batches-bin/{name}.bin" for name in ("test_batch", *(f"data_batch_{i}" for i in (5, 4, 3, 2, 1)))]
    batches = {name: np.roll(batch, shift, axis=0) for shift, name in enumerate(names)}
    members = {name: b.tobytes() for name, b in batches.items()} | {"cifar-10-batches-bin/readme.html": b"text"}
    (x_train, y_train), (x_test, y_test) = cifar10.load_data(pack(home / "b.tar", members))
    assert x_train.shape == (500, 32, 32, 3) and y_test.shape == (100, 1) and x_train.flags["C_CONTIGUOUS"]
    for n, row, column, c in np.random.default_rng(1).integers(0, (500, 32, 32, 3), (400, 4)):
        source = batches[f"cifar-10-batches-bin/data_batch_{n // 100 + 1}.bin"][n % 100]
        assert x_train[n, row, column, c] == source[1 + 1024 * c + 32 * row + column] and y_train[n, 0] == source[0]
    np.testing.assert_array_equal(y_test[:, 0], batch[:, 0])
    planes_mixed = batch[:, 1:].reshape(-1, 32, 32, 3)
    assert not np.array_equal(x_test, planes_mixed), "reading the planes as interleaved colours would be seen"
    assert not (home / "cache").exists(), "the original needs no decoding, so nothing is kept"


@pytest.mark.parametrize("change, message", [
    (lambda m: m.pop("b/test_batch.bin"), "six batches of 307,300 bytes"),
    (lambda m: m.update({"b/data_batch_3.bin": bytes(99)}), "'3': 99"),
    (lambda m: m.update({"b/data_batch_3.bin": b"\x0a" * 307_300}), "labels 0 to 9, got 10"),
], ids=["missing", "short", "label"])  # fmt: skip
def test_wrong_batches(small_batches, home, change, message):
    members = {f"b/{name}.bin": bytes(307_300) for name in ("test_batch", *(f"data_batch_{i}" for i in range(1, 6)))}
    change(members)
    with pytest.raises(FileError, match=message):
        cifar10.load_data(pack(home / "b.tar", members))


def test_pickles_are_refused_unread(home):
    class Evil:
        def __reduce__(self):
            return (open, (str(home / "owned"), "w"))

    path = pack(home / "cifar-10-python.tar.gz", {"cifar-10-batches-py/data_batch_1": pickle.dumps(Evil())})
    with pytest.raises(FileError, match="the pickle cifar-10-batches-py/data_batch_1. The python version is not read"):
        cifar10.load_data(path)
    assert not (home / "owned").exists()


def test_decoded_pictures_are_kept_by_checksum(small, home, monkeypatch):
    path = pack(home / "any.tar.gz", folders())
    first = cifar10.load_data(path)
    (kept,) = (home / "cache" / "nabi").iterdir()
    assert kept.name == f"cifar10-{sources.sha256(path)[:16]}.npz"
    monkeypatch.setattr(cifar10, "_read", None)  # would raise if it were called
    for (x, y), (x_again, y_again) in zip(first, cifar10.load_data(path), strict=True):
        np.testing.assert_array_equal(x, x_again)
        np.testing.assert_array_equal(y, y_again)
    monkeypatch.undo()


def test_another_archive_or_a_damaged_cache_is_decoded_anew(small, home):
    path = pack(home / "any.tar.gz", folders())
    first = cifar10.load_data(path)[0][0]
    (kept,) = (home / "cache" / "nabi").iterdir()
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 0xFF
    kept.write_bytes(content)
    with pytest.warns(UserWarning, match="is damaged"):
        np.testing.assert_array_equal(cifar10.load_data(path)[0][0], first)
    np.testing.assert_array_equal(cifar10.load_data(path)[0][0], first)
    other = folders()
    other["train/airplane/0000.png"] = picture((1, 2, 3))
    pack(path, other)
    assert cifar10.load_data(path)[0][0][0, 0, 0].tolist() == [1, 2, 3]


def test_unwritable_cache_is_a_warning(small, home, monkeypatch):
    path = pack(home / "any.tar.gz", folders())
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))
    with pytest.warns(UserWarning, match="cannot be kept in .*Not a directory.*the next load"):
        assert cifar10.load_data(path)[0][0].shape == (50, 32, 32, 3)


def test_concurrent_writers(small, home):
    path = pack(home / "any.tar.gz", folders())
    results = []
    threads = [threading.Thread(target=lambda: results.append(cifar10.load_data(path)[0][0])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6 and all(np.array_equal(results[0], r) for r in results)
    assert len(list((home / "cache" / "nabi").iterdir())) == 1


@pytest.mark.parametrize("change, message", [
    (lambda m: m.pop("train/cat/0002.png"), "5,000 pictures a class.*got 49 in train/, 10 in test/"),
    (lambda m: m.update({"train/cat/0002.png": picture((0, 0, 0), size=(33, 32))}), "0002.png: expected 32x32 pixels, got 33x32"),
    (lambda m: m.update({"train/cat/0002.png": b"no picture"}), "train/cat/0002.png: expected an intact picture"),
    (lambda m: m.update({"train/cat/0002.png": m["train/cat/0002.png"][:60]}), "train/cat/0002.png: expected an intact picture"),
    (lambda m: m.update({"train/cat/0002.png": picture((0, 0, 0), "gif")}), "train/cat/0002.png: expected an intact picture"),
    (lambda m: m.clear(), "got 0 in train/, 0 in test/"),
], ids=["count", "size", "foreign", "cut", "other format", "empty"])  # fmt: skip
def test_wrong_pictures(small, home, change, message):
    members = folders()
    change(members)
    with pytest.raises(FileError, match=message):
        cifar10.load_data(pack(home / "any.tar.gz", members))
    assert not (home / "cache").exists()


def test_found_by_name_its_checksum_counts(small, home, monkeypatch):
    path = pack(home / "data" / "cifar10.tar.gz", folders())
    with pytest.raises(FileError, match="CIFAR-10: .*cifar10.tar.gz: expected content with SHA-256 61cb66c66e166280"):
        cifar10.load_data(download=False)
    monkeypatch.setitem(cifar10.SHA256, "cifar10.tar.gz", hashlib.sha256(path.read_bytes()).hexdigest())
    assert cifar10.load_data(download=False)[0][0].shape == (50, 32, 32, 3)
    assert cifar10.load_data(home / "data")[0][0].shape == (50, 32, 32, 3)


def test_nothing_found(home, monkeypatch):
    monkeypatch.setattr(cifar10, "SHA256", {"absent.tar.gz": ""})
    with pytest.raises(FileError) as caught:
        cifar10.load_data(download=False)
    text = str(caught.value)
    assert "NABI_DATA" in text and "cache/nabi" in text and "pickles" in text and "download from" not in text
    monkeypatch.setattr(cifar10, "MIRRORS", ("http://127.0.0.1:9/c.tar.gz",))
    with pytest.raises(FileError, match="download from http://127.0.0.1:9/c.tar.gz .*refused"):
        cifar10.load_data()


def test_unsafe_members_are_passed_over(home):
    path = home / "evil.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("../up", "/abs", "a/../../b", "C:/x", "good/one"):
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            info = tarfile.TarInfo("good/odd")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    before = sorted(home.rglob("*"))
    assert list(tar.files(path, 10**6, 10**4)) == [("good/one", b"abc")]
    assert sorted(home.rglob("*")) == before


def test_tar_bombs_stay_small(home):
    """One huge file, a huge announced size, and endless members: each ends as an error with little memory."""
    zeros = io.BytesIO()
    with gzip.GzipFile(fileobj=zeros, mode="wb", compresslevel=1) as packed:
        info = tarfile.TarInfo("big")
        info.size = 300 * 2**20
        packed.write(info.tobuf())
        for _ in range(300):
            packed.write(bytes(2**20))
    (home / "big.tar.gz").write_bytes(zeros.getvalue())
    info.size = 8 * 2**30
    (home / "announced.tar").write_bytes(info.tobuf() + bytes(4096))
    info.type = tarfile.XHDTYPE  # an extended header of 8 GB
    (home / "header.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    pack(home / "many.tar.gz", {f"{i}": b"" for i in range(300)})
    tracemalloc.start()
    for name, limits, message in [
        ("big.tar.gz", (10**7, 10**4), "files of at most 10,000 bytes, got big with 314,572,800"),
        ("big.tar.gz", (10**7, 10**10), "at most 10,000,000 bytes unpacked"),
        ("announced.tar", (10**7, 10**4), "files of at most"),
        ("header.tar", (10**7, 10**4), "intact tar archive"),
        ("many.tar.gz", (10**7, 10**4, 200), "at most 200 members"),
    ]:
        with pytest.raises(FileError, match=message):
            list(tar.files(home / name, *limits))
    assert tracemalloc.get_traced_memory()[1] < 40 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    "damage", [lambda b: b[: len(b) // 2], lambda b: b"no archive" * 100, lambda b: b[:50] + bytes(50) + b[100:]]
)
def test_damaged_archives(small, home, damage):
    path = pack(home / "any.tar.gz", folders())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FileError, match="any.tar.gz"):
        cifar10.load_data(path)


def test_missing_and_negative_sizes(home):
    with pytest.raises(FileError, match="nothing there"):
        list(tar.files(home / "no.tar", 10**6, 10**4))
    info = tarfile.TarInfo("x")
    info.size = -1024
    (home / "negative.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    with pytest.raises(FileError, match="intact tar archive"):
        list(tar.files(home / "negative.tar", 10**6, 10**4))


def test_class_names_are_those_of_the_original():
    assert cifar10.class_names == tuple("airplane automobile bird cat deer dog frog horse ship truck".split())
