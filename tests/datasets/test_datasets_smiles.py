"""smiles: archives made here, and the real one where it lies."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import FileError
from nabi.datasets import smiles


def archive(path, members, side=64):
    with tarfile.open(path, "w:gz") as tar:
        for k, name in enumerate(members):
            file = io.BytesIO()
            Image.fromarray(np.random.default_rng(k).integers(0, 256, (side, side), dtype=np.uint8)).save(file, "PNG")
            info = tarfile.TarInfo(name)
            info.size = len(file.getvalue())
            tar.addfile(info, io.BytesIO(file.getvalue()))
    return path


def test_parts_of_an_archive(tmp_path):
    names = [f"smile/{k}.png" for k in range(30)] + [f"neutral/{k}.png" for k in range(60)]
    path = archive(tmp_path / "smiles.tar.gz", names)
    parts = smiles.load_parts(path)
    assert [(len(x), int(y.sum())) for x, y in parts] == [(63, 21), (9, 3), (18, 6)]
    assert len({picture.tobytes() for x, _ in parts for picture in x}) == 90
    (x, y), test = smiles.load_data(tmp_path)
    assert x.shape == (72, 64, 64) and len(y) == 72 and len(test[0]) == 18


def test_other_archives(tmp_path, monkeypatch):
    with pytest.raises(FileError, match="pictures in neutral/ and smile/"):
        smiles.faces(archive(tmp_path / "a.tar.gz", ["smile/1.png"]))
    with pytest.raises(FileError, match="expected 64x64 pixels, got 32x32"):
        smiles.faces(archive(tmp_path / "b.tar.gz", ["smile/1.png", "neutral/1.png"], side=32))
    monkeypatch.setattr(smiles.sources, "folders", lambda: {"here": tmp_path})
    with pytest.raises(FileError, match="never downloaded"):
        smiles.load_data()


@pytest.mark.learn
def test_the_real_archive(data_dir):
    x, y, group = smiles.faces(data_dir)
    assert x.shape == (11_870, 64, 64) and int(y.sum()) == 3_332
    _, counts = np.unique(group, return_counts=True)
    assert 10 < (counts > 1).sum() < 60 and counts.max() < 20
