"""`nabi data preview`: the sheet's pictures are what the layers make in training; words, folders, bad files, both languages."""

import os

import numpy as np
import pytest
import torch
from PIL import Image

from nabi import layers as L
from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.lab.augments import WORDS, augments

SIDE = 96  # a picture on the sheet: 16 pixels, six times as large


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Three pictures in colour, one of them damaged, and a text."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    (tmp_path / "pets").mkdir()
    for name in ("2.png", "10.png", "웃음.png"):
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(tmp_path / "pets" / name)
    whole = (tmp_path / "pets" / "10.png").read_bytes()
    (tmp_path / "pets" / "3.png").write_bytes(whole[:300])
    (tmp_path / "pets" / "notes.txt").write_text("no picture")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pets" / "pipe.png")  # opening it would wait for ever
    return tmp_path / "pets"


def cells(file, columns):
    """The sheet's pictures as (rows, columns, 16, 16, 3)."""
    sheet = np.asarray(Image.open(file))
    rows = (len(sheet) - 4) // (SIDE + 20)
    at = [[sheet[20 + i * (SIDE + 20):, 4 + j * (SIDE + 4):][:SIDE:6, :SIDE:6] for j in range(columns)] for i in range(rows)]
    return np.array(at)


def test_the_sheet_shows_what_training_does(nabi, folder):
    code, said, err = nabi("data", "preview", folder, "--augment", "flip, contrast=0.1:0.3,crop=2", "--count", 3, "--size", 16,
                           "--seed", 5, "--out", "a.png", "--json", parse=True)
    assert code == 0 and "3.png is left out: " in err and said["pictures"] == ["2.png", "10.png", "웃음.png"]
    assert [(layer["word"], layer["class_name"]) for layer in said["layers"]] == [
        ("flip", "RandomFlip"), ("contrast", "RandomContrast"), ("crop", "RandomTranslation")]
    shown = cells("a.png", 4)
    x = np.stack([np.asarray(Image.open(folder / name)) for name in said["pictures"]])
    assert np.array_equal(shown[:, 0], x)
    for k in range(3):
        y = torch.from_numpy(x).float()
        for index, layer in enumerate((L.RandomFlip("horizontal"), L.RandomContrast((0.1, 0.3)),
                                       L.RandomTranslation(2.5 / 16, 2.5 / 16, "constant", "nearest"))):
            y = layer.call(y, training=True, key=Key(5, index, k))
        assert np.array_equal(shown[:, 1 + k], y.round().byte().numpy())
    assert not np.array_equal(shown[:, 1], shown[:, 2])
    code, out, _ = nabi("data", "preview", folder / "2.png", "--augment", "rotate,hue=0.2", "--size", 16)
    assert code == 0 and out.splitlines() == ["Wrote preview.png: 8 variants, by", "    RandomRotation(factor=0.05)",
                                              "    RandomHue(factor=0.2)"]


@pytest.mark.learn
def test_every_word_has_a_row(nabi, folder, monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    code, out, _ = nabi("data", "preview", folder / "2.png", "--count", 1, "--size", 16)
    assert code == 0 and out == "preview.png를 저장했습니다. 단어 24개의 효과를 1번씩 보여 줍니다.\n"
    shown = cells("preview.png", 2)
    changed = [(row[0] != row[1]).any() for row in shown]
    assert len(shown) == len([word for word in WORDS if not WORDS[word].mixes]) and sum(changed) > 18
    Image.fromarray(np.zeros((8, 8), np.uint8)).save("grey.png")
    assert nabi("data", "preview", "grey.png", "--size", 8, "--count", 1)[0] == 0


def test_what_cannot_be_previewed(nabi, folder):
    for words, said in ((["none"], "pictures none: expected a picture or a folder of pictures, got nothing there."),
                        ([folder / "2.png", "--augment", "mixup"], "augment, mixup: expected several pictures to mix, got one."),
                        ([folder / "2.png", "--augment", "rotat=3"], "got 'rotat'. Did you mean 'rotate'?"),
                        ([folder / "3.png"], "got ")):
        code, out, err = nabi("data", "preview", *words)
        assert code in (1, 2) and out == "" and said in err and err.count("\n") == 1
    assert nabi("data")[0] == 2


def test_words_and_strengths():
    made = dict(augments("erase=0.3,blur=0.5:2,posterize=2:4,color,flip=vertical", (10, 20)))
    assert made["erase"].factor == (0.3, 0.3) and made["blur"].kernel_size == 13 and made["posterize"].factor == (2, 4)
    assert made["flip"].mode == "vertical" and made["color"].saturation_factor == (0.3, 0.7)
    assert augments(" ", (1, 1)) == []
    for line, said in (("rotate=a", "rotate=0.2 or rotate=0.1:0.3"), ("rotate=2", "a share in"), ("equalize=1", "no value"),
                       ("noise=1:2", "one number"), ("posterize=2.5", "bits"), ("flip=up", "horizontal")):
        with pytest.raises(ArgumentError, match=said):
            augments(line, (8, 8))
    for word, known in WORDS.items():
        (pair,) = augments(word, (8, 8))
        assert pair[0] == word and isinstance(pair[1], L.Layer) and known.mixes == hasattr(pair[1], "mixed")


def test_pictures_are_padded_and_those_in_quarantine_left_out(nabi, folder):
    Image.new("RGB", (16, 8), (200, 10, 10)).save(folder / "10.png")
    (folder / "quarantine.txt").write_text("웃음.png\tdamaged\n")
    code, said, _ = nabi("data", "preview", folder, "--augment", "flip", "--count", 1, "--size", 16, "--out", "a.png", "--json",
                         parse=True)
    assert code == 0 and said["pictures"] == ["2.png", "10.png"]
    assert (cells("a.png", 2)[1, 0, :, 8] == [[0, 0, 0]] * 4 + [[200, 10, 10]] * 8 + [[0, 0, 0]] * 4).all()
