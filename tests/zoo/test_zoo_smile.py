"""Smile CNN: its recipe trains it, and light does not reach it."""

import numpy as np
import torch

from nabi import lab, zoo
from nabi.lab.experiment import optimizer


def test_the_recipe_is_for_this_network():
    recipe = lab.Recipe.read("smiles")
    assert recipe.model == "smile-cnn" and recipe.data == "smiles" and recipe.class_weight == "balanced"
    assert optimizer(recipe, 8_000).learning_rate is not None


def test_dark_flat_and_pale_faces_are_one_face():
    model = zoo.build("smile-cnn")
    face = np.random.default_rng(0).integers(0, 100, (1, 64, 64, 1)).astype(np.float32) / 255
    with torch.no_grad():
        p = [np.asarray(model(torch.tensor(x)))[0, 1] for x in (face, face * 2.5, face * 1.5 + 0.2, face[:, ::-1].copy())]
    assert np.allclose(p[1:3], p[0], atol=0.02) and abs(p[3] - p[0]) > 1e-4
