"""`nabi explain`: the sheet, the lines, JSON, a model without a layer with places, pictures of another size, Korean."""

import io

import numpy as np
import pytest
from PIL import Image

import nabi as library
from nabi import explain as explained
from nabi.layers import Conv2D, Dense, Flatten, MaxPooling2D


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a small CNN of three classes, a picture of its size and a larger one."""
    folder = tmp_path_factory.mktemp("explain")
    model = library.Sequential([library.Input((12, 12, 1)), Conv2D(4, 3, activation="relu", name="conv"),
                                MaxPooling2D(name="pool"), Flatten(), Dense(3, activation="softmax", name="out")])
    model.layers[0].bias.fill_(0.1)
    model.card = {"preprocessing": {"scale": 1 / 255, "ink": True, "fit": "pad"}, "class_names": ["cat", "dog", "7"]}
    model.save(folder / "net.safetensors")
    pixels = np.random.default_rng(0).integers(0, 120, (12, 12)).astype("uint8")
    Image.fromarray(pixels).save(folder / "one.png")
    Image.fromarray(np.dstack([pixels] * 3).repeat(3, 0).repeat(3, 1)).save(folder / "large.png")
    return folder


def test_the_sheet_and_its_numbers(nabi, place, tmp_path):
    out = tmp_path / "sheet.png"
    code, found, err = nabi("explain", place / "net.safetensors", place / "one.png", "--method", "grad-cam,occlusion", "--class",
                            "7", "--out", out, "--json", parse=True)
    assert code == 0 and err == "" and (found["class_index"], found["class_name"]) == (2, "7")
    assert [one["method"] for one in found["methods"]] == ["grad_cam", "occlusion"] and found["methods"][0]["layer"] == "pool"
    model = library.load_model(place / "net.safetensors")
    x = np.asarray(Image.open(place / "one.png"))[..., None] / np.float32(255)
    one = explained.grad_cam(model, x, 2)
    assert found["score"] == pytest.approx(one.score, abs=1e-6) and found["share"] == pytest.approx(one.share)
    curve = explained.deletion_curve(model, one, orders=2)
    assert found["methods"][0]["deletion"]["area"] == pytest.approx(curve.area)
    assert found["methods"][0]["random_weights"]["correlation"] == pytest.approx(explained.sanity_check(model, one, seeds=2).mean)
    assert Image.open(io.BytesIO(out.read_bytes())).size[0] > 500


def test_lines_and_korean(nabi, place, tmp_path, monkeypatch):
    words = ("explain", place / "net.safetensors", place / "large.png", "--method", "grad_cam,integrated_gradients", "--layer",
             "conv", "--steps", 1, "--quick", "--out", tmp_path / "a.png")
    code, out, err = nabi(*words)
    lines = out.splitlines()
    assert code == 0 and err == "" and lines[0].split(None, 1)[1] == "large.png, 36 x 36 RGB -> 12 x 12 x 1, pad"
    assert lines[1].startswith("class") and lines[3].split() == ["grad_cam", "conv"] and lines[-1].endswith("a.png")
    monkeypatch.setenv("NABI_LANG", "ko")
    code, out, _ = nabi(*words)
    assert code == 0 and out.splitlines()[0].startswith("그림") and "점수" in out and "저장" in out


def test_what_cannot_be_explained(nabi, run, place, tmp_path):
    out = ("--quick", "--out", tmp_path / "a.png")
    np.save(tmp_path / "flat.npy", np.zeros((28, 28), "uint8"))
    code, said, err = nabi("explain", run.folder, tmp_path / "flat.npy", "--method", "saliency", *out)
    assert code == 0 and "saliency" in said and "npy" in said, "one layer, and no places"
    code, said, err = nabi("explain", run.folder, tmp_path / "flat.npy", *out)
    assert code == 0 and "grad_cam is left out" in err and len(err.splitlines()) == 1 and "occlusion" in said
    code, _, err = nabi("explain", run.folder, tmp_path / "flat.npy", "--method", "grad_cam", *out)
    assert code == 1 and "whose maps have places" in err and len(err.splitlines()) == 1
    np.save(tmp_path / "two.npy", np.zeros((2, 12, 12, 1)))
    for line, says in [("two.npy", "one picture, got 2"), ("one.png --layer cnov", "Did you mean 'conv'"),
                       ("one.png --class 3", "from 0 to 2"), ("one.png --class cta", "Did you mean 'cat'"),
                       ("one.png --method grad_cam --layer out", "With places: conv, pool.")]:
        file, *options = line.split()
        file = (tmp_path if file == "two.npy" else place) / file
        code, _, err = nabi("explain", place / "net.safetensors", file, *options, *out)
        assert code in (1, 2) and says in err and len(err.splitlines()) == 1, err
    code, _, err = nabi("explain", "efficientnet-lite", place / "one.png", *out)
    assert code == 1 and "nothing there" in err


def test_one_of_several_outputs(nabi, place, tmp_path):
    image = library.Input((12, 12, 1), name="image")
    maps = Conv2D(3, 3, activation="relu", bias_initializer="ones", name="conv")(image)
    flat = Flatten()(maps)
    two = library.Model(image, [Dense(3, activation="softmax", name="kind")(flat), Dense(2, name="grade")(flat)])
    two.card = {"preprocessing": {"scale": 1 / 255, "ink": True, "fit": "pad"}}
    two.save(tmp_path / "two.safetensors")
    words = ("explain", tmp_path / "two.safetensors", place / "one.png", "--quick", "--out", tmp_path / "a.png")
    code, found, err = nabi(*words, "--output", "grade", "--json", parse=True)
    assert code == 0 and found["class_name"] in ("0", "1") and (tmp_path / "a.png").exists(), err
    for more, says in (((), "one of 'kind', 'grade'"), (("--output", "kidn"), "Did you mean 'kind'"),
                       (("--output", "2"), "0 to 1")):
        code, _, err = nabi(*words, *more)
        assert code == 2 and says in err and len(err.splitlines()) == 1, err
