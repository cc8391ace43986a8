"""A digit CNN that is really trained: its maps lie on the ink, its deletion curves below chance, and random weights do not."""

import sys
import time

import numpy as np
import pytest

from architecture.tree import PROJECT
from nabi import explain, zoo

pytestmark = pytest.mark.learn


@pytest.fixture(scope="module")
def bench():
    """The benchmark's own networks and measures."""
    sys.path.insert(0, str(PROJECT / "benchmarks"))
    try:
        import explain as script

        yield script
    finally:
        sys.path.remove(str(PROJECT / "benchmarks"))
        sys.modules.pop("explain", None)


def test_grad_cam_points_at_the_digit(bench):
    model, x, _, accuracy = bench.trained("averaged")
    assert accuracy > 0.9
    row, area = bench.measured(model, x[:16], "grad_cam"), float((x[:16] > bench.INK).mean())
    assert row["ink"] > 1.8 * area, "about twice what chance gives"
    assert row["area"] < 0.8 * row["order"] and row["area"] < 0.7 * row["moved"]
    assert row["random"] < 0.8, "random weights order the pixels otherwise"
    found = explain.grad_cam(model, x[0])
    np.testing.assert_allclose(explain.cam(model, x[0], found.class_index).values.clip(0) / found.values.size, found.values,
                               atol=1e-5)


def test_grad_cam_of_the_lecture_cnn_takes_less_than_a_tenth_of_a_second():
    model, x = zoo.build("lecture-cnn"), np.random.default_rng(0).random((28, 28, 1)).astype("float32")
    model.layers[0].bias.fill_(0.1)
    explain.grad_cam(model, x)

    def seconds():
        begin = time.perf_counter()
        explain.grad_cam(model, x)
        return time.perf_counter() - begin

    assert min(seconds() for _ in range(10)) < 0.1


def test_a_photograph_through_the_pretrained_network():
    """EfficientNet-Lite0 on scikit-image's cup: the class, the layer, Grad-CAM's mass on the cup, CAM the same up to scale."""
    from skimage.data import coffee

    model = zoo.build("efficientnet-lite0", weights="imagenet")
    with pytest.warns(UserWarning, match="400 x 600 x 3 was brought to 224 x 224 x 3"):
        found = explain.grad_cam(model, coffee())
    assert (found.class_name, found.layer, found.values.shape) == ("espresso", "last_relu", (7, 7))
    rows, columns = np.mgrid[:224, :224]
    cup = (((columns - 107) / 55) ** 2 + ((rows - 75) / 72) ** 2) < 1
    assert found.map[cup].sum() / found.map.sum() > 2 * cup.mean()
    by_weights = explain.cam(model, found.picture, found.class_index)
    np.testing.assert_allclose(by_weights.values.clip(0) / 49, found.values, rtol=1e-3, atol=1e-4)
