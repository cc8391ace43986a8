"""Augmentation by a recipe: layers in front, the same weights behind them, nothing in predictions; options reach the network."""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError
from nabi.lab.augmentation import augmented, random_layers
from nabi.lab.data import load_data
from nabi.lab.experiment import plan, prepare
from nabi.lab.recipe import Recipe
from nabi.models.saving import load_model
from nabi.zoo import build

ALL = {"flip": "horizontal", "translation": 0.1, "rotation": 0.02, "zoom": 0.1}


@pytest.fixture(scope="module")
def digits():
    return load_data("digits")


def dense(**entries):
    return Recipe(model="lecture-dense", seed=1, precision="float32", model_options={"units": 16}, **entries)


def test_the_network_behind_is_the_same(digits, tmp_path):
    bare, changed = prepare(dense(), digits), prepare(dense(augment=ALL), digits)
    assert [layer.name for layer in changed.layers][:5] == ["image", "flip", "translation", "rotation", "zoom"]
    assert changed.count_params() == bare.count_params() == (784 + 1) * 16 + 17 * 10
    x = digits.x_test[:20]
    expected = bare.predict(x, verbose=0)
    np.testing.assert_array_equal(changed.predict(x, verbose=0), expected)
    changed.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(load_model(tmp_path / "m.safetensors").predict(x, verbose=0), expected)
    losses = [m.fit(digits.x_train[:40], digits.y_train[:40], batch_size=20, verbose=0).history["loss"] for m in (bare, changed)]
    assert losses[0] != losses[1], "in training they act"
    assert changed.card["recipe"]["augment"] == ALL and changed.card["recipe"]["model_options"] == {"units": 16}


def test_what_comes_in_at_the_border_is_paper_or_a_mirror_image():
    assert [layer.fill_mode for layer in random_layers(ALL, ink=True)[1:]] == ["constant"] * 3
    assert [layer.fill_mode for layer in random_layers(ALL, ink=False)[1:]] == ["reflect"] * 3


def test_nothing_asked_for_changes_nothing():
    model = build("lecture-dense", units=4)
    assert augmented(model, {"flip": "none", "zoom": 0, "rotation": 0.0}, True) is model


def test_a_network_with_branches_keeps_them():
    model = build("resnet20", input_shape=(8, 8, 3), classes=3, width=0.25)
    behind = augmented(model, {"flip": "vertical"}, False)
    assert [layer.name for layer in behind.layers] == ["image", "flip", *(layer.name for layer in model.layers[1:])]
    x = np.random.default_rng(0).random((2, 8, 8, 3), dtype="float32")
    np.testing.assert_array_equal(behind.predict(x, verbose=0), model.predict(x, verbose=0))


def test_options_of_the_network():
    assert plan(dense())["parameters"] == 12_730
    full, narrow = build("lecture-cnn").count_params(), build("lecture-cnn", width=0.25, dropout=0.2)
    assert full == 1_199_882 and narrow.count_params() == (9 + 1) * 8 + (72 + 1) * 16 + (2304 + 1) * 32 + 33 * 10
    assert [layer.rate for layer in narrow.layers if "drop" in layer.name] == [0.1, 0.2]
    for options, says in (({"widht": 1}, "Did you mean 'width'"), ({"width": "x"}, "width")):
        with pytest.raises(ArgumentError, match=says):
            plan(Recipe(model_options=options))
