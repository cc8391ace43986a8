"""--crop faces: a folder of people's photographs becomes a small face recogniser; predict and evaluate crop alike."""

import json

import numpy as np
import pytest
from PIL import Image

from lab.lab_runs import tiny_network
from nabi import lab
from nabi.cli import main
from nabi.core.errors import ArgumentError, DataError
from nabi.datasets import from_folder
from nabi.lab import pictures
from nabi.models.saving import load_model
from nabi.pictures import Damaged, Preparation, portraits
from nabi.pictures.boxes import Box


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def green(monkeypatch):
    """A finder to whom a green square is a face."""

    def find(pixels):
        rows, columns = np.nonzero(pixels[..., 1] > 200)
        if not len(rows):
            return []
        side = float(np.ptp(rows) + 1)
        return [Box(float(columns.min()), float(rows.min()), side, side), Box(0, 0, 5, 5)]

    monkeypatch.setattr(portraits, "finders", lambda: (find,))
    monkeypatch.setattr("nabi.datasets.folder.opencv", lambda: None)


def people(root, count=12):
    """Two people, green squares with a red or a blue middle somewhere in a grey picture; a picture without a face each."""
    rng = np.random.default_rng(0)
    for person, colour in (("빨강", 0), ("파랑", 2)):
        (root / person).mkdir(parents=True)
        for number in range(count):
            x = rng.integers(60, 140, (50, 70, 3), dtype=np.uint8)
            top, left = rng.integers(0, 25, 2)
            if number:
                x[top:top + 20, left:left + 20] = (0, 255, 0)
                x[top + 6:top + 14, left + 6:left + 14] = 0
                x[top + 6:top + 14, left + 6:left + 14, colour] = 255
            Image.fromarray(x).save(root / person / f"{number}.png")
    return root


def test_the_largest_face_is_cropped_and_a_picture_without_one_is_named(tmp_path, green):
    root = people(tmp_path / "people")
    with pytest.warns(UserWarning, match=r"2 pictures that cannot be used \(빨강/0.png: no face found, 파랑/0.png"):
        found = from_folder(root, size=22, crop="faces", workers="here")
    assert found.train.x.shape[1:] == (22, 22, 3) and found.preparation == Preparation((22, 22), 3, crop="faces")
    for part in found.parts.values():
        for x, y in zip(part.x[:].astype(int), part.y, strict=True):  # the box is 20 pixels, 1.1 times that is 22
            assert (x[8:14, 8:14] == [255 * (y == 0), 0, 255 * (y == 1)]).all(), "the middle lies .04 * 20 = .8 below the box's"
            assert (x[4, 4:18] == [0, 255, 0]).all()
    whole = from_folder(root, size=22, verbose=0, workers="here")
    assert whole.bad == [] and whole.fingerprint != found.fingerprint and whole.cached.fresh
    few = people(tmp_path / "few", 3)
    for number in (1, 2):
        Image.new("RGB", (40, 40), (number, 0, 0)).save(few / "빨강" / f"{number}.png")
    with pytest.raises(DataError, match="a face in at least half of the pictures, got none in 4 of 6"):
        from_folder(few, crop="faces", size=22, verbose=0, workers="here")


def test_what_cannot_be_cropped(tmp_path, green):
    for options, said in ((dict(size=(8, 9), crop="faces"), "a square for faces"),
                          (dict(size=8, crop="noses"), "'faces' or None")):
        with pytest.raises(ArgumentError, match=said):
            from_folder(people(tmp_path / said[:9].strip("'")), verbose=0, **options)
    Image.new("RGB", (40, 40)).save(tmp_path / "blank.png")
    with pytest.raises(Damaged, match="expected a face, got none found"):
        portraits.prepared(tmp_path / "blank.png", Preparation((8, 8), 3, crop="faces"))


@pytest.mark.learn
def test_a_recogniser_crops_as_it_learned(tmp_path, green, monkeypatch, capsys, plain_kernels):
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda run, *parts: run.figures.mkdir(exist_ok=True))
    told, root = [], people(tmp_path / "people", 40)
    recipe = pictures.recipe_for(str(root), told.append, {"model": "tiny", "epochs": 30, "seed": 1}, size=16, crop="faces")
    with tiny_network():
        run = lab.train(recipe, tmp_path / "run", verbose=0, tell=told.append)
        assert any("the largest face of it" in line for line in told) and "Left out: 빨강/0.png: no face found" in told
        model = load_model(run.model)
        assert model.card["preprocessing"]["crop"] == "faces" and run.result["accuracy"] == 1
        assert main(["predict", str(run.model), str(root / "파랑" / "5.png"), str(root / "빨강" / "0.png"), "--json"]) == 1
        answer, error = json.loads(capsys.readouterr().out)
        assert answer["top"][0]["class"] == "파랑" and "expected a face" in error["error"]
        assert main(["evaluate", str(run.model), str(root) + "/.", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["total"] == 8  # of 78: known as the folder that it learned from


@pytest.mark.learn
def test_a_photograph_of_an_astronaut():
    """scikit-image's: found upright and leaning, and cropped so that the eyes lie where they lay; a cat has no face."""
    import io

    from skimage import data

    def saved(picture):
        file = io.BytesIO()
        picture.save(file, "PNG")
        return file.getvalue()

    how, photo = Preparation((64, 64), 1, crop="faces"), Image.fromarray(data.astronaut())
    upright = portraits.prepared(saved(photo), how).astype(float)[..., 0]
    leaning = portraits.prepared(saved(photo.rotate(-30, Image.Resampling.BICUBIC)), how).astype(float)[..., 0]
    assert np.corrcoef(upright.ravel(), leaning.ravel())[0, 1] > 0.7
    assert np.corrcoef(upright.ravel(), upright[:, ::-1].ravel())[0, 1] < 0.7
    with pytest.raises(Damaged):
        portraits.prepared(saved(Image.fromarray(data.coffee())), how)
