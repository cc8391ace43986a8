"""Fast CNN: shapes and weights by hand, what its plan fuses, and what a few epochs of it reach."""

import numpy as np
import pytest

from nabi import lab, zoo
from nabi.core.errors import ArgumentError, ShapeError


def test_shapes_and_weights_are_those_computed_by_hand():
    model = zoo.build("fast-cnn")
    shapes = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert [shapes[f"conv{n}"] for n in (1, 2, 3)] == [(26, 26, 32), (11, 11, 64), (3, 3, 128)]
    assert [shapes[f"pool{n}"] for n in (1, 2)] == [(13, 13, 32), (5, 5, 64)] and shapes["flatten"] == (3 * 3 * 128,)
    convolutions = 9 * 1 * 32 + 9 * 32 * 64 + 9 * 64 * 128
    norms = 4 * (32 + 64 + 128)  # gamma, beta, mean, variance
    assert model.count_params() == convolutions + norms + (1152 + 1) * 10 == 104_874
    assert sum(np.prod(w.shape) for w in model.trainable_weights) == 104_874 - norms // 2


def test_options():
    assert "move" not in [layer.name for layer in zoo.fast_cnn(pixels=0).layers]
    assert zoo.fast_cnn((18, 20, 3), classes=4).output_shape == (None, 4)
    with pytest.raises(ShapeError):
        zoo.fast_cnn((17, 28, 1))


@pytest.mark.learn
def test_the_fast_recipe_reads_the_embedded_digits(tmp_path):
    recipe = lab.Recipe.read("fast-mnist")
    recipe.data, recipe.epochs, recipe.seed = "digits", 12, 1
    assert lab.train(recipe, tmp_path / "run", verbose=0).result["accuracy"] > 0.97


@pytest.mark.parametrize("name", ["fast-cnn", "fast-cifar", "fast-pictures", "smile-cnn"])
def test_bad_calls(name):
    for options in ({"clases": 3}, {"input_shape": (None, None, 3)}, {"input_shape": None}, {"input_shape": (28, 28)}):
        with pytest.raises((ArgumentError, ShapeError)):
            zoo.outline(name, **options)
