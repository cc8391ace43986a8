"""get_file from addresses of files and of a server of one's own; archives; HDF5Matrix; Progbar; queues; Sequence."""

import hashlib
import io
import os
import tarfile
import zipfile

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, FileError, Unwritten
from nabi.utils import GeneratorEnqueuer, HDF5Matrix, OrderedEnqueuer, Progbar, PyDataset, Sequence, get_file
from nabi.utils.fetching import extract_archive


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("NABI_DATA", raising=False)
    (tmp_path / "there").mkdir()
    return tmp_path


def packed(folder, kind, top):
    """An archive of top/a.txt and top/deep/b.txt, its address and checksum."""
    path = folder / f"{top}.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("a.txt", "deep/b.txt"):
                archive.writestr(f"{top}/{name}", name)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for name in ("a.txt", "deep/b.txt"):
                member = tarfile.TarInfo(f"{top}/{name}")
                member.size = len(name)
                archive.addfile(member, io.BytesIO(name.encode()))
    return path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_is_fetched_once_and_checked(home):
    source = home / "there" / "data.csv"
    source.write_text("1,2")
    good, bad = hashlib.sha256(b"1,2").hexdigest(), "0" * 64
    path = get_file("mine.csv", source.as_uri(), file_hash=good)
    assert path == str(home / "keras" / "datasets" / "mine.csv") and open(path).read() == "1,2"
    source.write_text("3,4")
    assert open(get_file("mine.csv", source.as_uri())).read() == "1,2", "from the cache"
    with pytest.raises(FileError, match="sha256 0000"):
        get_file("mine.csv", source.as_uri(), file_hash=bad)
    assert open(path).read() == "1,2", "what was there stays"
    assert open(get_file("mine.csv", source.as_uri(), force_download=True)).read() == "3,4"
    assert open(get_file(origin=source.as_uri(), cache_dir=home / "other", cache_subdir="sub")).read() == "3,4"
    assert (home / "other" / "sub" / "data.csv").is_file()
    assert open(get_file("m.csv", source.as_uri(), md5_hash=hashlib.md5(b"3,4").hexdigest())).read() == "3,4"


def test_a_file_of_nabi_data_is_taken(home, monkeypatch):
    monkeypatch.setenv("NABI_DATA", str(home / "there"))
    (home / "there" / "far.bin").write_bytes(b"x")
    assert get_file("far.bin", "https://nowhere.invalid/far.bin") == str(home / "there" / "far.bin")


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_archives_as_keras_2_and_3_find_them(kind, home):
    address, checksum = packed(home / "there", kind, "flowers")
    for _ in range(2):
        path = get_file(f"all.{kind}", address, extract=True, file_hash=checksum)
        assert os.path.isfile(os.path.join(path, "flowers", "a.txt")), "Keras 3: in a folder of its own"
        assert os.path.isfile(os.path.join(os.path.dirname(path), "flowers", "deep", "b.txt")), "Keras 2: beside the archive"
    path = get_file("flowers", address, untar=True)
    assert sorted(os.listdir(path)) == ["a.txt", "deep"], "the folder itself"
    assert get_file("other", address, untar=True, cache_dir=home / "there" / "kept") != path
    path = get_file(origin=address, extract=True, cache_subdir="third")
    assert os.path.isfile(os.path.join(os.path.splitext(path.removesuffix(".gz"))[0], "a.txt"))


def test_an_archive_cannot_write_elsewhere(home):
    evil = home / "there" / "evil.tar"
    with tarfile.open(evil, "w") as archive:
        for name, target in (("../out.txt", ""), ("link", "/etc"), ("in.txt", "")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE if target else tarfile.REGTYPE, target
            archive.addfile(member, io.BytesIO())
    (home / "into").mkdir()
    with pytest.warns(UserWarning, match="out.txt"):
        extract_archive(evil, home / "into")
    assert os.listdir(home / "into") == ["in.txt"] and not (home / "out.txt").exists()
    with zipfile.ZipFile(home / "there" / "evil.zip", "w") as archive:
        archive.writestr("../../out.txt", "x")
    extract_archive(home / "there" / "evil.zip", home / "into")
    assert not (home / "out.txt").exists() and not (home.parent / "out.txt").exists()
    (home / "there" / "no.zip").write_text("text")
    with pytest.raises(FileError, match="another kind"):
        get_file("no.zip", (home / "there" / "no.zip").as_uri(), extract=True)


def test_what_cannot_be_fetched_is_one_clear_error(home):
    with pytest.raises(FileError) as caught:
        get_file("far.npz", "http://localhost:9/far.npz")
    said = str(caught.value)
    assert "far.npz" in said and "http://localhost:9/far.npz" in said and str(home / "keras" / "datasets" / "far.npz") in said
    for arguments in (("a/b", "file:///x"), ("a", ""), ("a", "ftp://x/a"), (None, "http://x/")):
        with pytest.raises(ArgumentError, match="expected .* got"):
            get_file(*arguments)


def test_rows_of_an_hdf5_file(home):
    import h5py

    x = np.arange(40.0).reshape(20, 2)
    with h5py.File(home / "d.h5", "w") as file:
        file["x"] = x
    rows = HDF5Matrix(home / "d.h5", "x", 5, 15, normalizer=lambda part: part * 2)
    assert rows.shape == (10, 2) and len(rows) == 10 and rows.ndim == 2 and rows.size == 20 and rows.dtype == np.float64
    for key in (slice(2, 4), slice(None, None, 3), 3, [4, 1, 4], np.array([0, 9])):
        assert np.array_equal(rows[key], x[5:15][key] * 2)
    assert np.array_equal(np.asarray(rows), x[5:15] * 2)
    with pytest.raises(FileError, match="HDF5Matrix"):
        HDF5Matrix(home / "d.h5", "y")


def test_a_bar_shows_means(capsys):
    bar = Progbar(4, verbose=1, interval=0, stateful_metrics=["lr"])
    bar.update(1, [("loss", 1.0), ("lr", 0.5)])
    bar.add(3, [("loss", 3.0), ("lr", 0.25)])
    last = capsys.readouterr().out.split("\r")[-1]
    assert "4/4 [" in last and "loss: 2.5000" in last and "lr: 0.2500" in last and last.endswith("\n")
    Progbar(2, verbose=0).add(2)
    assert capsys.readouterr().out == ""


def test_batches_by_number():
    class Squares(Sequence):
        ended = 0

        def __len__(self):
            return 3

        def __getitem__(self, index):
            return index**2

        def on_epoch_end(self):
            self.ended += 1

    squares = Squares(workers=2)
    assert Sequence is PyDataset and list(squares) == [0, 1, 4] and squares.num_batches == 3
    queue = OrderedEnqueuer(squares)
    queue.start(workers=2, max_queue_size=4)
    given = queue.get()
    assert [next(given) for _ in range(5)] == [0, 1, 4, 0, 1] and squares.ended == 1
    queue.stop()
    assert list(given) == [] and not queue.is_running()
    other = GeneratorEnqueuer(iter("ab"))
    other.start()
    assert list(other.get()) == ["a", "b"]
    with pytest.raises(Unwritten):
        len(PyDataset())
