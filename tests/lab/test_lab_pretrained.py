"""A run that begins with ImageNet's weights: what follows from them in a recipe, and what is trained."""

import numpy as np
import pytest
from PIL import Image

from nabi import lab
from nabi.cli import main
from nabi.core.errors import ArgumentError, UnknownName
from nabi.lab import pictures
from nabi.lab.pretrained import entries_for, line_of
from nabi.lab.recipe import Recipe
from nabi.models.saving import load_model
from nabi.zoo.transferring import DEPTHS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two classes of 20 pictures each: stripes from left to right, or up and down."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for name in ("across", "upright"):
        (tmp_path / "stripes" / name).mkdir(parents=True)
        for number in range(20):
            x = rng.integers(0, 100, (48, 48, 3), dtype=np.uint8)
            lines = (np.arange(48) + rng.integers(8)) // 4 % 2 == 0
            x[lines if name == "across" else slice(None), slice(None) if name == "across" else lines] += 130
            Image.fromarray(x).save(tmp_path / "stripes" / name / f"{number}.png")
    return tmp_path / "stripes"


def test_what_follows_from_weights(folder):
    told = []
    recipe = pictures.recipe_for(str(folder), told.append, {"weights": "imagenet"})
    assert (recipe.model, recipe.depth, recipe.pictures["size"], recipe.epochs) == ("efficientnet-lite0", None, [128, 128], 40)
    deep = pictures.recipe_for(str(folder), entries={"weights": "imagenet", "depth": "top"}, size=96)
    assert (deep.learning_rate, deep.epochs, deep.pictures["size"]) == (0.001, 10, [96, 96])
    assert entries_for({"epochs": 3}) == {"epochs": 3} and lab.recipe.DEPTHS == DEPTHS
    assert line_of(Recipe(model="EfficientNet_Lite0"), None).startswith("EfficientNet_Lite0 begins with random weights; --w")
    assert line_of(Recipe(), None) == ""


def test_what_is_refused_before_anything_is_told(folder):
    told = []
    for entries, error, says in (({"model": "resnet19"}, UnknownName, "got 'resnet19'. Did you mean 'resnet18'"),
                                 ({"model": "vgg16", "weights": "imagenet"}, ArgumentError, "for one of efficientnet-lite0")):
        with pytest.raises(error, match=says):
            pictures.recipe_for(str(folder), told.append, entries)
    assert not told
    for entries, says in (({"depth": "top"}, 'depth: expected weights = "imagenet" beside it, got none'),
                          ({"weights": "places"}, "weights: expected 'imagenet', or none, got 'places'"),
                          ({"weights": "imagenet", "depth": "botom"}, "'head', 'top', 'all', or none, got 'botom'")):
        with pytest.raises(ArgumentError, match=says):
            Recipe(**entries).check()


@pytest.mark.learn
@pytest.mark.parametrize("depth", ["head", "top"])
def test_a_folder_is_learned_on_trained_layers(folder, tmp_path, monkeypatch, capsys, depth):
    """The head alone tells stripes apart; the layers that are frozen stay as they were, the others do not."""
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda run, *parts: run.figures.mkdir(exist_ok=True))
    out = tmp_path / "runs"
    assert main(["train", str(folder), "--weights", "imagenet", "--depth", depth, "--size", "64", "--epochs", "6", "--seed", "1",
                 "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert f"depth {depth}: " in said and "of 3,415,586 weights learn, the frozen layers see each picture once" in said
    (place,) = out.iterdir()
    run = lab.Run(place)
    assert run.result["accuracy"] == 1 and run.parameters == 3_415_586 and run.recipe["weights"] == "imagenet"
    model, before = load_model(run.model), zoo_weights()
    moved = {name for name, value in before.items() if not np.array_equal(model.get_layer(name).get_weights()[0], value)}
    assert moved == (set() if depth == "head" else {"block7_1_project"})
    assert main(["predict", str(run.model), str(folder / "across" / "3.png")]) == 0 and "across" in capsys.readouterr().out


def zoo_weights():
    """The first weight of a low and a high layer, as ImageNet left them."""
    from nabi import zoo

    whole = zoo.build("efficientnet-lite0", weights="imagenet", input_shape=(64, 64, 3))
    return {name: whole.get_layer(name).get_weights()[0] for name in ("first", "block3_1_expand", "block7_1_project")}
