"""imdb, reuters, the tables and CIFAR-100 out of files of Keras' form, against Keras' own loaders; no pickle is ever run."""

import os
import pickle
import tarfile

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, FileError
from nabi.datasets import (
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    imdb,
    made_up,
    records,
    reuters,
    sources,
    standing,
)

os.environ.setdefault("KERAS_BACKEND", "torch")


@pytest.fixture(autouse=True)
def a_machine_without_data(tmp_path, monkeypatch):
    """No data anywhere but under tmp_path, no network, nothing standing in."""
    monkeypatch.setenv("NABI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv(standing.VARIABLE, "0")
    monkeypatch.setattr(sources, "download", lambda urls, *rest: [f"{url} (no network)" for url in urls])
    standing._told.clear()
    (tmp_path / "data").mkdir()


def lists(count, seed=0, words=300):
    g = np.random.default_rng(seed)
    made = np.empty(count, object)
    made[:] = [[int(w) for w in g.integers(1, words + (row % 7 == 0) * 70000, g.integers(2, 30))] for row in range(count)]
    return made


@pytest.fixture
def keras(tmp_path, monkeypatch):
    """Keras' loaders, which read what lies in data/."""
    from keras.src.datasets import boston_housing as b
    from keras.src.datasets import california_housing as c
    from keras.src.datasets import imdb as i
    from keras.src.datasets import reuters as r

    for module in (b, c, i, r):
        monkeypatch.setattr(module, "get_file", lambda fname, **rest: str(tmp_path / "data" / fname))
    return {"boston": b, "california": c, "imdb": i, "reuters": r}


def equal(ours, theirs):
    for (x, y), (x_, y_) in zip(ours, theirs, strict=True):
        assert x.dtype == x_.dtype and [list(row) for row in x] == [list(row) for row in x_]
        assert np.array_equal(y, y_)


@pytest.mark.parametrize("options", [
    {}, {"num_words": 100, "skip_top": 5}, {"maxlen": 15, "seed": 3}, {"start_char": None, "oov_char": None, "num_words": 50},
    {"start_char": None, "index_from": 0, "num_words": 200}], ids=str)
def test_texts_are_keras(options, keras, tmp_path):
    arrays = {"x_train": lists(60), "y_train": np.arange(60) % 2, "x_test": lists(40, 1), "y_test": np.arange(40) % 2}
    np.savez(tmp_path / "data" / "imdb.npz", **arrays)
    np.savez(tmp_path / "data" / "reuters.npz", x=lists(50, 2), y=np.arange(50) % 46)
    for _ in range(2):  # from the file, then from what was kept of it
        equal(imdb.load_data(**options), keras["imdb"].load_data(**options))
        equal(reuters.load_data(test_split=0.3, **options), keras["reuters"].load_data(test_split=0.3, **options))
    assert len(list((tmp_path / "cache" / "nabi").glob("*.npz"))) == 2
    equal(imdb.load_data(path=str(tmp_path / "elsewhere" / "imdb.npz")), keras["imdb"].load_data())  # which Keras would fetch
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    (tmp_path / "keras" / "datasets" / "imdb_word_index.json").write_text('{"the": 1}')
    assert imdb.get_word_index() == {"the": 1} and len(reuters.get_label_names()) == 46
    with pytest.warns(UserWarning, match="num_words"):
        equal(imdb.load_data(nb_words=90), keras["imdb"].load_data(num_words=90))


def test_tables_are_keras(keras, tmp_path):
    x, y = np.random.default_rng(0).random((700, 8)), np.arange(700.0)
    np.savez(tmp_path / "data" / "california_housing.npz", x=x.astype("float32"), y=y)
    np.savez(tmp_path / "data" / "boston_housing.npz", x=x[:50], y=y[:50])
    equal(boston_housing.load_data(test_split=0.3, seed=5), keras["boston"].load_data(test_split=0.3, seed=5))
    for version in ("small", "large"):
        equal(california_housing.load_data(version), keras["california"].load_data(version))


def cifar_batch(n):
    g = np.random.default_rng(n)
    return {b"data": g.integers(0, 256, (n, 3072)).astype("uint8"), b"fine_labels": g.integers(0, 100, n).tolist(),
            b"coarse_labels": g.integers(0, 20, n).tolist(), b"filenames": [b"a.png"] * n}


def test_cifar100_as_archive_and_unpacked(tmp_path):
    batches = {"train": cifar_batch(6), "test": cifar_batch(4)}
    folder = tmp_path / "keras" / "datasets" / "cifar-100-python"
    folder.mkdir(parents=True)
    for name, batch in batches.items():
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        archive.add(folder, "cifar-100-python")
    for path in (None, tmp_path / "c.tar.gz"):
        (x, y), (x_test, y_test) = cifar100.load_data(path=path)
        assert np.array_equal(x, batches["train"][b"data"].reshape(6, 3, 32, 32).transpose(0, 2, 3, 1)) and x.dtype == np.uint8
        assert y.ravel().tolist() == batches["train"][b"fine_labels"] and x_test.shape == (4, 32, 32, 3)
        assert cifar100.load_data("coarse", path)[1][1].ravel().tolist() == batches["test"][b"coarse_labels"]


class Runs:
    def __reduce__(self):
        return os.mkdir, ("it_ran",)


def test_cifar10_as_keras_left_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "folders", lambda name="", extra=(): {"nowhere": tmp_path / "data" / name})
    folder = tmp_path / "keras" / "datasets" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    batches = [cifar_batch(n + 2) | {b"labels": list(range(n + 2))} for n in range(6)]
    for name, batch in zip([*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"], batches, strict=True):
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))
    (x, y), (x_test, y_test) = cifar10.load_data()
    expected = np.concatenate([batch[b"data"] for batch in batches[:5]]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    assert np.array_equal(x, expected) and y.shape == (20, 1) and y_test.ravel().tolist() == list(range(7))


@pytest.mark.parametrize("protocol", range(6))
def test_plain_data_are_read_and_nothing_runs(protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    value = {"a": [1, -5, 300, 70000, 2**40, True, None, 1.5, "text", b"bytes"], "b": (1, (2,)), "c": [], "d": [[1, 2], [3]]}
    assert records.read(pickle.dumps(value, protocol)) == value
    array = np.arange(6, dtype=">i4").reshape(2, 3)
    assert np.array_equal(records.read(pickle.dumps(array, protocol)), array)
    assert [list(row) for row in records.read(pickle.dumps(lists(9), protocol))] == [list(row) for row in lists(9)]
    for bad in (Runs(), [Runs()], os.getcwd, np.array([Runs()], object)):
        with pytest.raises(FileError, match="nothing of it was run"):
            records.read(pickle.dumps(bad, protocol))
    whole = pickle.dumps(value, protocol)
    for end in range(len(whole)):
        with pytest.raises(FileError):
            records.read(whole[:end])
    assert not (tmp_path / "it_ran").exists()


def test_a_file_that_would_run_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "data" / "imdb.npz", x_train=np.array([Runs()], object), y_train=[1], x_test=lists(2), y_test=[0, 1])
    with pytest.raises(FileError, match="it names"):
        imdb.load_data()
    assert not (tmp_path / "it_ran").exists()
    (tmp_path / "data" / "reuters.npz").write_bytes(b"no zip")
    with pytest.raises(FileError, match="an .npz file"):
        reuters.load_data()


@pytest.mark.parametrize("module", [imdb, reuters, boston_housing, california_housing, cifar100], ids=lambda m: m.__name__)
def test_data_that_are_nowhere_are_one_clear_error(module):
    with pytest.raises(FileError) as caught:
        module.load_data()
    said = str(caught.value)
    assert module.FILE.name in said and module.FILE.address in said and "NABI_DATA" in said and "no network" in said
    assert "standing_in" in said


@pytest.mark.parametrize("call", [
    lambda: cifar100.load_data("both"), lambda: california_housing.load_data("huge"),
    lambda: boston_housing.load_data(test_split=1),
    lambda: imdb.load_data(words=3), lambda: reuters.load_data(test_split=-1)])
def test_bad_calls_say_what_is_wrong(call, tmp_path):
    np.savez(tmp_path / "data" / "reuters.npz", x=lists(5), y=np.arange(5))
    with pytest.raises(ArgumentError, match="expected .* got"):
        call()


def test_stand_ins_have_the_form_of_the_real_ones(capsys):
    with standing.standing_in():
        (x, y), (x_test, y_test) = boston_housing.load_data()
        assert x.shape == (404, 13) and y_test.shape == (102,) and x.dtype == np.float64
        (x, y), (x_test, y_test) = california_housing.load_data()
        assert x.shape == (16512, 8) and x.dtype == np.float32
        rows = np.c_[x / x.std(0), np.ones(len(x))]
        explained = 1 - ((rows @ np.linalg.lstsq(rows, y, rcond=None)[0] - y) ** 2).mean() / y.var()
        assert explained > 0.5, "there is something to learn"
        (x, y), (x_test, y_test) = reuters.load_data(num_words=1000)
        assert len(x) == 8982 and len(x_test) == 2246 and y.max() == 45 and max(map(max, x)) == 999
        assert len(imdb.get_word_index()) == 88584
        boston_housing.load_data()
    said = capsys.readouterr().err
    assert said.count("STAND-IN DATA") == 4 and "Boston housing" in said
    x, y = made_up.pictures(400, 28, 1, 10)
    near = ((x[:200, None] - x[None, 200:].astype(float)) ** 2).sum((2, 3, 4)).argmin(1)
    assert x.dtype == np.uint8 and (y[200:][near] == y[:200]).mean() > 0.5
    assert np.array_equal(x, made_up.pictures(400, 28, 1, 10)[0])
    with pytest.raises(FileError):
        boston_housing.load_data()
