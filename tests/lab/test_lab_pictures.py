"""A run on a folder of pictures: chosen recipe, run folder, evaluation, prediction with the model's own preprocessing."""

import csv
import io
import json
import shutil
import warnings

import numpy as np
import pytest
from PIL import Image

from lab.lab_runs import tiny_network
from nabi import lab, zoo
from nabi.cli import main
from nabi.core.errors import ArgumentError, StateError
from nabi.lab import experiment, pictures
from nabi.lab.data import load_data
from nabi.lab.recipe import Recipe
from nabi.lab.run import CHECKPOINT
from nabi.models.saving import load_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two classes, 36 and 14 pictures of 10 x 14: bright above, or bright below; one is damaged."""
    root, rng = tmp_path_factory.mktemp("pictures") / "하늘 땅", np.random.default_rng(0)
    for name, count, rows in (("위", 36, slice(0, 5)), ("아래", 14, slice(5, 10))):
        (root / name).mkdir(parents=True)
        for number in range(count):
            x = rng.integers(0, 100, (10, 14), dtype=np.uint8)
            x[rows] += 120
            Image.fromarray(x).save(root / name / f"{number}.png")
    (root / "위" / "7.png").write_bytes((root / "위" / "7.png").read_bytes()[:-30])
    return root


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory, plain_kernels):
    """A run of two epochs and the lines that it told."""
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nabi.lab.report.page.write_figures", lambda run, *parts: run.figures.mkdir(exist_ok=True))
        recipe = pictures.recipe_for(str(folder), told.append, {"model": "tiny", "epochs": 2, "seed": 1})
        with tiny_network():
            return lab.train(recipe, tmp_path_factory.mktemp("runs") / "one", verbose=0, tell=told.append), told


def test_the_recipe_fits_the_pictures(folder):
    recipe = pictures.recipe_for(str(folder), size=16)
    assert (recipe.model, recipe.epochs, recipe.batch_size, recipe.class_weight) == ("fast-pictures", 40, 32, "balanced")
    assert recipe.model_options == {"momentum": 0.89} and recipe.keep_from == 0.75  # 40 epochs of 2 steps
    few = pictures.recipe_for(str(folder), entries={"epochs": 3})
    assert few.model_options == {"momentum": 0.22}, "6 steps: after half of them .22^3 = 1 % of the beginning is left"
    assert pictures.recipe_for(str(folder), entries={"epochs": 3, "model": "lecture-cnn"}).model_options == {}
    assert recipe.pictures == {"groups": "copies", "size": [16, 16], "channels": 1, "fit": "pad"}
    assert recipe.title == "하늘 땅-fast-pictures"
    with pytest.raises(ArgumentError, match="recipe, pictures: expected known entries, got 'sice'. Did you mean 'size'"):
        pictures.recipe_for(str(folder), sice=3)
    assert pictures.recipe_for(str(folder), entries={"sampling": "balanced"}).class_weight is None
    assert not pictures.is_pictures("mnist") and not pictures.is_pictures("flowres") and pictures.is_pictures("./flowres")


def test_a_run_tells_what_it_does_and_names_bad_pictures(run, folder):
    done, told = run
    text = "\n".join(told)
    assert "Found 50 pictures in 2 classes: 아래 14, 위 36" in text and "Left out: 위/7.png: truncated" in text
    assert "Each becomes 10x14, grey, padded" in text and "The classes are uneven" in text
    assert "Split: 39 to learn from, 5 to choose the epoch by, 5 for the test" in text
    assert done.state == "finished" and done.result["total"] == 5 and done.result["class_names"] == ["아래", "위"]
    assert done.recipe["class_weight"] == "balanced" and done.recipe["pictures"]["size"] == [10, 14]
    saved = Recipe.read(done.folder / "recipe.toml")
    assert saved.pictures == {"groups": "copies", "size": [10, 14], "channels": 1, "fit": "pad"}
    assert len(done.history["val_loss"]) == 2
    assert "misread" in done.report.read_text(encoding="utf-8") or done.result["accuracy"] == 1


def test_what_is_announced_is_what_is_trained(run, folder, capsys):
    """The options' epochs and batch size, and the numbers of samples of the run itself."""
    options = ["--epochs", "3", "--batch-size", "16", "--model", "lecture-dense"]
    assert main(["train", str(folder), *options, "--dry-run", "--json"]) == 0
    out, err = capsys.readouterr()
    facts = json.loads(out)
    assert "Network: lecture-dense, 3 epochs in batches of 16;" in err and facts["recipe"]["epochs"] == 3
    split = [facts[f"{part} samples"] for part in ("training", "validation", "test")]
    assert split == [39, 5, 5] and facts["steps"] == 3 * 3 and any("39 to learn from, 5 to choose" in line for line in run[1])
    assert experiment.divided(load_data("digits"), Recipe(validation_split=0.0501)) == (3800, 200)
    assert main(["train", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "(default 12; of one's own pictures 8 to 40, by their number)" in said and "fast-pictures" in said


def test_the_model_prepares_pictures_as_in_training(run, folder, capsys):
    done, _ = run
    model = load_model(done.model)
    assert model.card["preprocessing"] == {"scale": 1.0, "input_shape": [10, 14, 1], "ink": False, "fit": "pad"}
    files = [folder / "위" / "3.png", folder / "아래" / "5.png"]
    x = np.stack([np.asarray(Image.open(file))[..., None] for file in files])
    large = folder.parent / "large.png"
    Image.open(files[0]).resize((56, 80)).save(large)  # 56 x 80 in 10 x 14: 7 columns in the middle
    assert main(["predict", str(done.model), *map(str, files), str(large), "--csv", "--top", "2"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    expected = model.predict(x, verbose=0)
    for row, p in zip(rows, expected, strict=False):
        answer = {row["class_1"]: float(row["probability_1"]), row["class_2"]: float(row["probability_2"])}
        assert answer == pytest.approx(dict(zip(["아래", "위"], p.tolist(), strict=True)), abs=2e-6)
    assert len(rows) == 3


def test_evaluate_takes_the_same_test_part_and_other_folders(run, folder, capsys, tmp_path):
    """However the folder's path is written, wherever it lies: what was learned from is no test."""
    done, _ = run
    shutil.copytree(folder, tmp_path / "copy")
    shutil.copytree(folder, tmp_path / "other", ignore=shutil.ignore_patterns("1.png"))
    for words, total in (([], 5), ([f"{folder}/."], 5), ([str(tmp_path / "copy")], 5), ([str(tmp_path / "other")], 47)):
        assert main(["evaluate", str(done.model), *words, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["total"] == total and (total != 5 or found["accuracy"] == done.result["accuracy"])


def test_changed_pictures_are_told_and_stop_a_resumed_run(run, folder, tmp_path):
    done, _ = run
    shutil.copytree(folder, tmp_path / "pets")
    model = load_model(done.model)
    model.card["data"]["name"] = source = str(tmp_path / "pets")
    model.card["recipe"]["data"] = source
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = pictures.data_for(model, source)
    (tmp_path / "pets" / "quarantine.txt").write_text("위/3.png\n")
    with pytest.warns(UserWarning, match="have changed since the model learned"):
        after = pictures.data_for(model, source)
    assert after.fingerprint != before.fingerprint, "another list leaves other pictures for the test"
    shutil.copytree(done.folder, tmp_path / "run")
    (tmp_path / "run" / CHECKPOINT).touch()
    with tiny_network(), pytest.raises(StateError, match="as it was when the run began, got other pictures"):
        experiment.learn(Recipe.read(tmp_path / "run" / "recipe.toml"), tmp_path / "run", verbose=0, data=after)


def test_wrong_folders_are_one_line(tmp_path, capsys):
    (tmp_path / "one" / "class").mkdir(parents=True)
    Image.new("L", (8, 8)).save(tmp_path / "one" / "class" / "a.png")
    for name, said in (("one", "expected two classes or more, got one: 'class'"), ("none", "nothing there")):
        assert main(["train", str(tmp_path / name), "--quiet"]) != 0
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1
    assert main(["train", "mnits"]) == 2 and "Did you mean 'mnist'" in capsys.readouterr().err


def test_the_network_halves_until_the_maps_are_small():
    for side, blocks in ((8, 1), (28, 3), (32, 3), (64, 4), (128, 5)):
        model = zoo.build("fast-pictures", input_shape=(side, side, 1), classes=2, width=2)
        assert sum(layer.name.startswith("pool") for layer in model.layers) == blocks
        assert model.get_layer(f"norm{2 * blocks}").output.shape[1] in (3, 4)
    assert "mirror" not in [layer.name for layer in zoo.fast_pictures(mirror=False, shift=0).layers]
