"""Figures of pictures as numbers: channels, the digit's table, filters by hand against SciPy's, augmentations."""

import numpy as np
import pytest
from scipy.ndimage import correlate, gaussian_filter, laplace, sobel, uniform_filter

from nabi import figures
from nabi.figures.scene import digits
from nabi.zoo.lecture import lecture_cnn


@pytest.fixture(scope="module")
def scene():
    _, (x, y) = digits()
    smooth = gaussian_filter(np.random.default_rng(0).random((40, 48, 3)), (1, 1, 0))
    return figures.Scene(lecture_cnn(width=0.25), x, y, photo=np.round(255 * smooth / smooth.max()))


def test_channels(scene):
    numbers = figures.draw("rgb_channels", scene).numbers
    i, j = numbers["place"]
    assert numbers["shape"] == (40, 48, 3) and (numbers["pixels"] == scene.photo[i:i + 6, j:j + 6]).all()
    np.testing.assert_allclose(numbers["mean of each channel"], [scene.photo[..., c].mean() for c in range(3)])


def test_a_digit_s_table(scene):
    numbers = figures.draw("digit_table", scene).numbers
    k = scene.example(5)
    assert numbers["class"] == "5" and numbers["values"].shape == (28, 28) and numbers["values"].max() > 250
    np.testing.assert_allclose(numbers["values"], 255 * scene.images[k][..., 0], atol=0.01)
    assert numbers["pictures"]["test"] == len(scene.images)
    counts = figures.pictures.counted(figures.Scene())
    assert counts["train"] + counts["test"] == (70_000 if counts["set"] == "MNIST" else 5_000)


def test_filters_by_hand(scene):
    numbers = figures.draw("handmade_filters", scene).numbers
    x = numbers["picture"]
    wanted = {"mean": uniform_filter(x, 3), "laplace": laplace(x), "sobel x": sobel(x, 1) / 8, "sobel y": sobel(x, 0) / 8,
              "high-pass": x - uniform_filter(x, 3)}
    for name, y in wanted.items():
        np.testing.assert_allclose(numbers["results"][name], y[1:-1, 1:-1], atol=1e-6, err_msg=name)
    for name, kernel in numbers["kernels"].items():
        np.testing.assert_allclose(numbers["results"][name], correlate(x, kernel)[1:-1, 1:-1], atol=1e-6)
        low = name in ("mean", "gaussian", "sharpen")
        assert kernel.sum() == pytest.approx(1 if low else 0, abs=1e-12), "smooth areas stay, or become 0"
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(numbers["results"]["sobel x"], sobel(x, 0)[1:-1, 1:-1] / 8, atol=1e-6)


def test_augmentations_change_what_they_say(scene):
    numbers = figures.draw("augmentations", scene).numbers
    photo = numbers["picture"]
    np.testing.assert_allclose(numbers["flip"], photo[:, ::-1], atol=1e-6)
    erased = (numbers["erasing"] != photo).any(-1)
    i, j = np.nonzero(erased)
    assert 0.05 < erased.mean() < 0.2 and erased[i.min():i.max() + 1, j.min():j.max() + 1].mean() > 0.99, "one rectangle"
    places = {(r, c) for r in range(11) for c in range(19)}
    h, w = numbers["crop"].shape[:2]
    assert any(np.array_equal(numbers["crop"], photo[r:r + h, c:c + w]) for r, c in places)
    gap = numbers["brightness"] - photo
    assert np.ptp(gap[numbers["brightness"] < 1]) < 1e-5 < gap.max(), "one number is added"
    assert numbers["blur"].std() < photo.std() and all(np.abs(numbers[name] - photo).mean() > 0.01 for name in numbers
                                                       if name not in ("picture", "crop"))


def test_each_filter_fires_where_its_pattern_is(scene):
    numbers = figures.draw("pattern_filters", scene).numbers
    for name, kernel in numbers["filters"].items():
        wanted = correlate(numbers["sheet"], kernel, mode="constant")[5:-5, 5:-5]
        np.testing.assert_allclose(numbers["answers"][name], wanted, atol=1e-5)
        assert numbers["fires at"][name] == sorted(numbers["drawn at"][name])
        assert abs(kernel.sum()) < 1e-9 and (kernel**2).sum() == pytest.approx(1)


def test_pixels_near_each_other_are_alike(scene):
    numbers = figures.draw("pixel_correlation", scene).numbers
    x = scene.images[:200, ..., 0].astype(float)
    a = np.concatenate([x[:, :, :-2].ravel(), x[:, :-2].ravel()])
    b = np.concatenate([x[:, :, 2:].ravel(), x[:, 2:].ravel()])
    assert numbers["pictures"][2] == pytest.approx(np.mean((a - a.mean()) * (b - b.mean())) / (a.std() * b.std()))
    assert numbers["pictures"][0] == pytest.approx(1) and numbers["pictures"][1] > 0.7 > numbers["pictures"][6]
    assert max(map(abs, numbers["pixels permuted"][1:])) < 0.15
