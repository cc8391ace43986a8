"""`nabi predict`: the same digit in every kind of file, broken files, JSON and CSV."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from nabi.cli import pictures
from nabi.cli.pictures import Preparation
from nabi.core.errors import DataError, FileError
from nabi.datasets import digits, idx
from nabi.models.saving import load_model
from nabi.pictures import portraits
from nabi.pictures.boxes import Box

INK = Preparation((28, 28, 1), ink=True)


@pytest.fixture(scope="module")
def x():
    return digits.load_data()[1][0]


@pytest.fixture(scope="module")
def files(x, tmp_path_factory):
    """The same digit in many kinds of file."""
    folder, one = tmp_path_factory.mktemp("pictures"), x[3]
    alpha = np.zeros((28, 28, 4), np.uint8)
    alpha[..., 3] = one
    made = {
        "paper.png": Image.fromarray(255 - one),
        "raw.png": Image.fromarray(one),
        "colour.png": Image.fromarray(255 - one).convert("RGB"),
        "palette.gif": Image.fromarray(255 - one).convert("P"),
        "alpha.png": Image.fromarray(alpha),
        "paper.bmp": Image.fromarray(255 - one),
        "deep.png": Image.fromarray((255 - one).astype(np.uint16) * 257),
    }
    for name, image in made.items():
        image.save(folder / name)
    np.save(folder / "one.npy", one)
    np.save(folder / "share.npy", one / 255)
    np.save(folder / "channel.npy", one[..., None].astype(np.float32))
    idx.write(folder / "one-idx3-ubyte.gz", one[None])
    return folder


@pytest.mark.parametrize(
    "name",
    [
        "paper.png",
        "raw.png",
        "colour.png",
        "palette.gif",
        "alpha.png",
        "paper.bmp",
        "deep.png",
        "one.npy",
        "share.npy",
        "channel.npy",
        "one-idx3-ubyte.gz",
    ],
)
def test_each_kind_of_file_gives_the_same_digit(files, x, name):
    found = pictures.load(files / name, INK)
    assert found.shape == (1, 28, 28, 1) and found.dtype == np.float32
    assert np.abs(found[0, ..., 0] - x[3] / 255).max() < (0.005 if name == "alpha.png" else 1e-6)


def test_a_narrow_sheet_of_paper_is_inverted_and_put_on_paper(x, tmp_path):
    """The edge is that of the picture, not of the ground beside it, which becomes 0 as the paper does."""
    Image.fromarray(255 - x[3][:, 6:22]).save(tmp_path / "narrow.png")
    found = pictures.load(tmp_path / "narrow.png", Preparation((28, 28, 1), ink=True, fit="pad"))[0, ..., 0]
    assert found[:, :6].max() == found[:, 22:].max() == 0 and np.abs(found[:, 6:22] - x[3][:, 6:22] / 255).max() < 1e-6
    as_it_is = pictures.load(tmp_path / "narrow.png", Preparation((28, 28, 1), ink=False, fit="pad"))[0, ..., 0]
    assert as_it_is[:, :6].max() == 0 and as_it_is[0, 8] == 1, "photographs stand on black, as in training"


def test_larger_and_turned_photographs(x, tmp_path):
    big = Image.fromarray(255 - x[3]).resize((280, 280), Image.Resampling.BICUBIC)
    big.save(tmp_path / "big.jpg", quality=95)
    assert np.abs(pictures.load(tmp_path / "big.jpg", INK)[0, ..., 0] - x[3] / 255).mean() < 0.03
    turned = big.rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    turned.save(tmp_path / "turned.jpg", quality=95, exif=exif)
    assert np.abs(pictures.load(tmp_path / "turned.jpg", INK)[0, ..., 0] - x[3] / 255).mean() < 0.03


def test_inversion_can_be_said(files, x):
    yes, no = (pictures.load(files / "raw.png", Preparation((28, 28, 1), ink=True, invert=how)) for how in ("yes", "no"))
    assert np.abs(yes + no - 1).max() < 1e-6 and np.abs(no[0, ..., 0] - x[3] / 255).max() < 1e-6
    light = pictures.load(files / "paper.png", Preparation((28, 28, 1), ink=False))
    assert np.abs(light[0, ..., 0] - (255 - x[3]) / 255).max() < 1e-6, "a model of light values takes photographs as they are"


def test_colour_models_read_grey_pictures(files):
    found = pictures.load(files / "raw.png", Preparation((32, 32, 3)))
    assert found.shape == (1, 32, 32, 3) and (found[..., 0] == found[..., 2]).all()


def test_answers_are_the_models(nabi, run, files, x):
    p = load_model(run.model).predict(x[:3, ..., None] / np.float32(255), verbose=0).astype(float)
    np.save(files / "three.npy", x[:3])
    code, rows, err = nabi("predict", run.folder, files / "three.npy", files / "paper.png", "--json", "--top", 2, parse=True)
    assert code == 0 and err == "" and [row.get("number") for row in rows] == [0, 1, 2, None]
    for row, q in zip(rows, p, strict=False):
        order = np.argsort(-q)[:2]
        assert [one["class"] for one in row["top"]] == [str(k) for k in order]
        assert [one["probability"] for one in row["top"]] == pytest.approx(q[order], rel=1e-4)


def test_table_and_csv(nabi, run, files):
    code, out, _ = nabi("predict", run.folder, files / "paper.png", files / "raw.png")
    assert code == 0 and len(out.splitlines()) == 3 and out.splitlines()[1].split()[1] == out.splitlines()[2].split()[1]
    code, out, _ = nabi("predict", run.folder, files / "paper.png", "--csv", "--top", 10)
    (row,) = csv.DictReader(io.StringIO(out))
    assert code == 0 and row["file"].endswith("paper.png") and len(row) == 21
    assert sum(float(row[f"probability_{k}"]) for k in range(1, 11)) == pytest.approx(1, abs=1e-4)
    assert nabi("predict", run.folder, files / "paper.png", "--csv", "--json")[0] == 2


def test_broken_files_are_named_and_the_others_answered(nabi, run, files, tmp_path):
    whole = (files / "paper.png").read_bytes()
    np.save(tmp_path / "small.npy", np.zeros((3, 5)))
    np.save(tmp_path / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "nan.npy", np.full((28, 28), np.nan))
    np.save(tmp_path / "whole.npy", np.zeros((10, 28, 28)))
    bad = {
        "cut.png": whole[: len(whole) // 2],
        "text.png": b"hello",
        "empty.png": b"",
        "cut.npy": (tmp_path / "whole.npy").read_bytes()[:300],
        "cut-idx3-ubyte": b"\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c\0\0\0\x1cxxx",
        "cut.gz": b"\x1f\x8b\x08",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "void").mkdir()
    names = [*bad, "small.npy", "object.npy", "nan.npy", "missing.png", "void"]
    code, out, err = nabi("predict", run.folder, *(tmp_path / name for name in names), files / "paper.png", "--json")
    import json

    rows = json.loads(out)
    assert code == 1 and "Traceback" not in err and len(err.splitlines()) == len(names)
    assert [row["file"].endswith("paper.png") for row in rows if "top" in row] == [True]
    assert len([row for row in rows if "error" in row]) == len(names)
    for name in names[:-1]:
        assert name in err


def test_a_picture_bomb_is_refused(tmp_path, monkeypatch):
    Image.new("L", (300, 300)).save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50_000)
    with pytest.raises(FileError, match="decompression bomb"):
        pictures.load(tmp_path / "bomb.png", INK)


def test_models_that_read_no_pictures_or_give_no_classes(nabi, run, files, tmp_path):
    import nabi as library

    flat = library.Sequential([library.Input((784,)), library.layers.Dense(10, activation="softmax")])
    with pytest.raises(DataError, match="one input of pictures"):
        Preparation.of(flat)
    plain = library.Sequential([library.Input((28, 28, 1)), library.layers.Flatten(), library.layers.Dense(10)])
    plain.save(tmp_path / "plain.safetensors")
    code, _, err = nabi("predict", tmp_path / "plain.safetensors", files / "raw.png")
    assert code == 1 and "probabilities of classes" in err
    two = library.Sequential(
        [library.Input((28, 28, 1)), library.layers.Flatten(), library.layers.Dense(1, activation="sigmoid")]
    )
    two.card = {"class_names": ["neutral", "smile"]}
    two.save(tmp_path / "two.safetensors")
    code, rows, _ = nabi("predict", tmp_path / "two.safetensors", files / "raw.png", "--json", parse=True)
    assert code == 0 and {one["class"] for one in rows[0]["top"]} == {"neutral", "smile"}
    assert sum(one["probability"] for one in rows[0]["top"]) == pytest.approx(1)


def test_what_is_no_picture_is_said_with_a_way_out(nabi, run, files, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "digit_7.png").write_bytes((files / "paper.png").read_bytes())
    says = {
        "digit7.png": "expected a file, got nothing there. Did you mean 'digit_7.png'?",
        "nowhere/a.png": "expected a file, got nothing there.",
        "note.txt": "expected a picture (PNG, JPEG, ...), a .npy array or an idx file, got a file of another kind.",
    }
    for name, text in says.items():
        code, out, err = nabi("predict", run.folder, tmp_path / name)
        assert code == 1 and out == "" and err == f"nabi: error: picture {tmp_path / name}: {text}\n"


def test_a_folder_and_the_largest_of_several_faces(nabi, run, files, tmp_path, monkeypatch):
    for name in ("10.png", "9.png", "cat/1.png"):
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_bytes((files / "paper.png").read_bytes())
    (tmp_path / "mine" / "notes.txt").write_text("hello")
    code, rows, err = nabi("predict", run.folder, tmp_path / "mine", "--json", parse=True)
    assert code == 0 and err == "" and [row["file"][len(str(tmp_path)):] for row in rows] == [
        "/mine/9.png", "/mine/10.png", "/mine/cat/1.png"]
    (tmp_path / "none").mkdir()
    assert "expected pictures in it, got none" in nabi("predict", run.folder, tmp_path / "none")[2]
    monkeypatch.setattr(Preparation, "of", lambda *given: Preparation((28, 28, 1), ink=True, crop="faces"))
    monkeypatch.setattr(portraits, "finders", lambda: (lambda picture: [Box(1, 1, 9, 9), Box(4, 4, 20, 20)],))
    code, out, _ = nabi("predict", run.folder, tmp_path / "mine" / "9.png")
    assert code == 0 and "9.png (largest of 2 faces)" in out


def test_columns_of_the_answers_have_names(nabi, run, files):
    head = nabi("predict", run.folder, files / "paper.png", "--top", 2)[1].splitlines()[0]
    assert head.split() == ["file", "answer", "1", "probability", "answer", "2", "probability"]


def test_light_paper_and_a_model_that_says_nothing_of_ink(nabi, files, tmp_path):
    import nabi as library

    layers = [library.Input((28, 28, 1)), library.layers.Flatten(), library.layers.Dense(10, activation="softmax")]
    model = library.Sequential(layers)
    model.save(tmp_path / "plain.safetensors")
    asked = ["predict", tmp_path / "plain.safetensors"]
    code, out, err = nabi(*asked, files / "paper.png")
    assert code == 0 and err.startswith("nabi: note: light paper, taken as it is") and "--invert yes" in err
    turned, quiet = nabi(*asked, files / "paper.png", "--invert", "yes")[1:]
    dark, dark_quiet = nabi(*asked, files / "raw.png")[1:]
    assert quiet == dark_quiet == "" and turned.split()[-6:] == dark.split()[-6:] != out.split()[-6:]
