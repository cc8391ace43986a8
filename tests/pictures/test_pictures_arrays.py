"""Arrays: npz and idx files as pictures and labels; every form of labels; what is neither is said."""

import io
import zipfile

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.pictures import Arrays, arrays, idx, opened

X = np.random.default_rng(0).integers(0, 256, (6, 4, 5), dtype=np.uint8)
Y = np.array([3, 10, 3, 10, 3, 10])


def test_one_pair(tmp_path):
    for y, names in ((Y, ["3", "10"]), (Y[:, None], ["3", "10"]), (Y.astype(str), ["3", "10"]), (np.eye(2, dtype=int)[[0, 1] * 3],
                                                                                                 ["0", "1"])):
        np.savez(tmp_path / "a.npz", x=X, y=y)
        found = arrays.read(tmp_path / "a.npz")
        assert found.class_names == names and found.y.tolist() == [0, 1] * 3 and found.parts == [None] * 6
        assert found.x.dtype == np.uint8 and (found.x == X[..., None]).all()
    np.savez(tmp_path / "a.npz", images=X, labels=Y > 3, class_names=["cat", "dog"])
    assert arrays.read(tmp_path / "a.npz").class_names == ["cat", "dog"]


@pytest.mark.parametrize("names", ["x_{} y_{}", "{}_images {}_labels"])
def test_parts(tmp_path, names):
    kinds = {}
    for part in ("train", "val", "test"):
        x_name, y_name = names.format(part, part).split()
        kinds |= {x_name: X, y_name: Y}
    np.savez_compressed(tmp_path / "a.npz", **kinds)
    found = opened(tmp_path / "a.npz")
    assert isinstance(found, Arrays) and found.parts == ["train"] * 6 + ["validation"] * 6 + ["test"] * 6
    assert found.x.shape == (18, 4, 5, 1) and found.y.tolist() == [0, 1] * 9


def test_values():
    deep = X.astype(np.uint16) * 257
    for x in (X, X.astype(np.int64), X.astype(np.float64), (X / 255).astype(np.float32), deep):
        assert (arrays.pixels(x, "x")[..., 0] == X).all(), x.dtype
    assert arrays.pixels(X > 100, "x").max() == 255 and arrays.pixels(X[..., None].repeat(3, axis=3), "x").shape == (6, 4, 5, 3)
    for x, message in ((X - 300.0, "values of 0-1 or 0-255"), (X * np.nan, "got nan to nan"), (X[:, None], "channels first"),
                       (X.reshape(6, 20), "pictures of numbers"), (X[:0], "pictures of numbers")):
        with pytest.raises(DataError, match=message):
            arrays.pixels(x, "x")


def test_idx_pairs(tmp_path):
    for part in ("train", "t10k"):
        idx.write(tmp_path / f"{part}-images-idx3-ubyte.gz", X)
        idx.write(tmp_path / f"{part}-labels-idx1-ubyte", Y.astype(np.uint8))
    found = opened(tmp_path)
    assert isinstance(found, Arrays) and found.parts == ["train"] * 6 + ["test"] * 6 and found.kind == "idx"
    assert all((side[..., 0] == X).all() for side in np.split(found.x, 2))
    alone = opened(tmp_path / "t10k-images-idx3-ubyte.gz")
    assert isinstance(alone, Arrays) and alone.parts == ["test"] * 6
    with pytest.raises(ArgumentError, match="labels"):
        opened(tmp_path, {"a": "b"})
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(FileError, match="with its labels"):
        arrays.read(tmp_path / "train-images-idx3-ubyte.gz")


def test_what_is_wrong_is_said(tmp_path):
    path = tmp_path / "a.npz"
    for saved, message in (({"x": X}, "got no labels"), ({"w": X}, "got w"), ({"x": X, "y": Y[:3]}, r"\(6, 4, 5\) and \(3,\)"),
                           ({"x": X, "y": Y * 0}, "two classes or more, got one: '0'"),
                           ({"x": X, "y": Y / 3}, "whole numbers or names"),
                           ({"x_train": X, "y_train": Y, "x_test": X[:, :3], "y_test": Y}, "one size in every part"),
                           ({"x": X, "y": Y, "class_names": ["a"]}, "class numbers of 0 to 0")):
        np.savez(path, **saved)
        with pytest.raises(DataError, match=message):
            arrays.read(path)
    np.savez(path, x=X, y=np.array([{}] * 6, dtype=object))
    with pytest.raises(FileError, match="a whole .npz file of numbers, got this error: Object arrays"):
        arrays.read(path)
    np.savez(path, x=X, y=Y)
    whole = path.read_bytes()
    for damage in (whole[:200], whole[:60] + b"xxxx" + whole[64:], b"PK\3\4" + bytes(50)):
        path.write_bytes(damage)
        with pytest.raises(FileError, match=r"a.npz: expected a whole .npz file"):
            arrays.read(path)


def test_hostile_sizes(tmp_path, monkeypatch):
    """A header that announces terabytes, and an archive that unpacks to more than it may."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (2**42, 28, 28)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as out:
        out.writestr("x.npy", head.getvalue() + bytes(10))
    with pytest.raises(FileError, match="a whole .npz file"):
        arrays.read(tmp_path / "a.npz")
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((100, 50, 50)), y=np.arange(100) % 2)
    monkeypatch.setattr(arrays, "MAX_BYTES", 1000)
    with pytest.raises(FileError, match="bytes unpacked"):
        arrays.read(tmp_path / "a.npz")
