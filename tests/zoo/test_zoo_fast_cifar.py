"""Fast CIFAR: weights by hand, the fixed layer against its own definition and against photographs, what the recipe learns."""

import importlib

import numpy as np
import pytest

import nabi
from nabi import lab, zoo
from nabi.zoo.fast_cifar import DEVIATION, MEAN, looks


def test_shapes_and_weights_are_those_computed_by_hand():
    model = zoo.build("fast-cifar")
    shapes = {layer.name: layer.output.shape[1:] for layer in model.layers}
    assert [shapes[name] for name in ("look", "conv1", "conv2", "conv4", "conv6", "flatten")] == [
        (31, 31, 24), (31, 31, 64), (15, 15, 64), (7, 7, 128), (3, 3, 256), (256,)]
    learned = 9 * (24 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256) + 2 * 2 * (64 + 128 + 256) + 256 * 10
    assert sum(np.prod(w.shape) for w in model.trainable_weights) == learned
    assert model.count_params() == learned + 2 * 2 * 3 * 24 + 2 * 2 * (64 + 128 + 256)


def test_the_fixed_layer_sees_light_colours_and_edges():
    kernel = looks().astype(float)
    grey, red, step = np.ones((2, 2, 3)), np.zeros((2, 2, 3)), np.zeros((2, 2, 3))
    red[..., 0], step[0] = 1, 1
    seen = [np.einsum("ijc,ijcf->f", patch, kernel)[:12].reshape(4, 3) for patch in (grey, red, step)]
    assert np.abs(seen[0]).argmax() == 0 and np.allclose(seen[0].ravel()[1:], 0, atol=1e-5)  # an even grey: lightness alone
    assert np.allclose(seen[1][1:], 0, atol=1e-5) and (np.abs(seen[1][0]) > 0.1).all()  # an even red: no edge
    assert seen[2][1, 0] > 1 and np.allclose(seen[2][2:], 0, atol=1e-5)  # light above dark: top against bottom
    assert np.array_equal(kernel[..., :12], -kernel[..., 12:])


@pytest.mark.learn
def test_the_fixed_layer_whitens_photographs(data_dir, monkeypatch):
    """Of 2,000 training pictures: neighbouring pixels correlate by .9, what the layer sees by less than .5."""
    monkeypatch.setenv("NABI_DATA", str(data_dir))
    (x, _), _ = nabi.datasets.cifar10.load_data()
    x = (x[:2000] / 255 - MEAN) / DEVIATION
    patches = np.stack([x[:, i:i + 31, j:j + 31] for i in (0, 1) for j in (0, 1)], axis=3).reshape(-1, 12)
    seen = patches @ looks()[..., :12].reshape(12, 12)
    assert np.corrcoef(patches.T)[0, 3] > 0.9
    correlation = np.corrcoef(seen.T) - np.eye(12)
    assert np.abs(correlation).max() < 0.5 and np.abs(correlation).mean() < 0.07
    assert seen.std(0).min() > 0.4 and seen.std(0).max() < 1.2


@pytest.mark.learn
def test_the_fast_recipe_learns_photographs(data_dir, monkeypatch, tmp_path, fused_kernels):
    """5,000 pictures, 6 epochs: near 60 %, where guessing gives 10."""
    monkeypatch.setenv("NABI_DATA", str(data_dir))
    whole = lab.load_data("cifar10")
    part = lab.Data(whole.name, whole.x_train[:5000], whole.y_train[:5000], whole.x_test[:2000], whole.y_test[:2000],
                    whole.class_names, whole.ink, whole.fingerprint)
    monkeypatch.setattr(importlib.import_module("nabi.lab.pictures"), "load_data", lambda name: part)
    recipe = lab.Recipe.read("fast-cifar10")
    recipe.epochs, recipe.seed = 6, 1
    assert lab.train(recipe, tmp_path / "run", verbose=0).result["accuracy"] > 0.5
