"""Checks of maps, and pictures as points: against scipy, scikit-image and scikit-learn, and numbers by hand."""

import builtins

import numpy as np
import pytest
import torch

import nabi
from nabi import explain
from nabi.core.errors import FileError
from nabi.explain.activation_maximization import blurred
from nabi.explain.similarity import spearman, ssim
from nabi.layers import Conv2D, Dense, Flatten, GlobalAveragePooling2D

RNG = np.random.default_rng(7)


@pytest.mark.learn
def test_spearman_is_scipys():
    from scipy.stats import spearmanr

    a = RNG.integers(0, 5, (6, 7)).astype(float)
    for b in (RNG.random((6, 7)), RNG.integers(0, 3, (6, 7)).astype(float), a**2):
        assert spearman(a, b) == pytest.approx(spearmanr(a.ravel(), b.ravel()).statistic, abs=1e-12)
    assert spearman(a, -a) == pytest.approx(-1)


@pytest.mark.learn
def test_ssim_is_scikit_images():
    from skimage.metrics import structural_similarity

    a, b = RNG.random((20, 17)), RNG.random((20, 17))
    a, b = ((m - m.min()) / np.ptp(m) for m in (a, b))
    for other in (b, 0.7 * a + 0.3 * b):
        other = (other - other.min()) / np.ptp(other)
        wanted = structural_similarity(a, other, data_range=1.0, win_size=7)
        assert ssim(a, other) == pytest.approx(wanted, abs=0.02), "skimage leaves out the windows at the edge of its mean"
        full = structural_similarity(a, other, data_range=1.0, win_size=7, full=True)[1][3:-3, 3:-3]
        assert ssim(a, other) == pytest.approx(full.mean(), abs=1e-12)


def weighted(w):
    """A linear model of a picture (2, w.size / 2)."""
    net = nabi.Sequential([nabi.Input((2, w.size // 2, 1)), Flatten(), Dense(1, dtype="float64")])
    net.set_weights([w.reshape(-1, 1), [0.3]])
    return net


def test_deletion_takes_the_largest_first():
    w = np.array([[5.0, 1.0, 4.0], [2.0, 3.0, 6.0]])
    net, x = weighted(w), np.ones((2, 3, 1))
    curve = explain.deletion_curve(net, explain.integrated_gradients(net, x, steps=1), steps=6, orders=4, fill=0)
    np.testing.assert_allclose(curve.answer, 0.3 + 21 - np.array([0, 6, 11, 15, 18, 20, 21]), atol=1e-12)
    np.testing.assert_allclose(curve.share, np.arange(7) / 6)
    assert curve.area == pytest.approx(np.trapezoid(curve.answer, curve.share))
    assert curve.random.shape == curve.moved.shape == (4, 7) and curve.area < curve.random_area
    assert (curve.random[:, [0, -1]] == curve.answer[[0, -1]]).all()
    wrong = explain.deletion_curve(net, explain.integrated_gradients(weighted(-w), x, steps=1), steps=6, fill=0)
    assert wrong.area > wrong.random_area, "the least important first is worse than chance"


@pytest.fixture(scope="module")
def taught():
    """A net whose only class-1 evidence is light in the upper left, and whose weights are no accident."""
    net = nabi.Sequential([nabi.Input((8, 8, 1)), Conv2D(2, 3, activation="relu", name="conv"), Flatten(), Dense(2, name="out")])
    dense = np.zeros((6, 6, 2, 2))
    dense[:3, :3, 0, 1] = 1
    net.set_weights([np.ones((3, 3, 1, 2)) * [1, -1], [0.1, 0.0], dense.reshape(-1, 2), [0.0, 0.1]])
    return net


def test_random_weights_give_another_map(taught):
    x = RNG.random((8, 8, 1)).astype("float32")
    before = [w.copy() for w in taught.get_weights()]
    found = explain.grad_cam(taught, x, 1)
    check = explain.sanity_check(taught, found, seeds=4)
    assert check.kind == "all" and len(check.maps) == 4 and check.mean == check.correlation.mean()
    assert len({m.tobytes() for m in check.maps}) > 1
    again = explain.sanity_check(taught, found, seeds=4)
    np.testing.assert_array_equal(again.maps, check.maps)
    steps = explain.sanity_check(taught, found, "cascading")
    assert steps.steps == ("out", "conv") and steps.mean == steps.correlation[-1]
    assert all((a == b).all() for a, b in zip(before, taught.get_weights(), strict=True))
    assert set(check.data()) >= {"mean", "correlation", "maps"} and "rank correlation" in str(check)


class Written(nabi.Model):
    """A model that is written as a call."""

    def __init__(self):
        super().__init__()
        self.conv, self.classes = Conv2D(3, 3, activation="relu"), Dense(2)

    def call(self, x):
        return self.classes(nabi.ops.mean(self.conv(x), axis=(1, 2)))


def test_a_written_model_is_shuffled():
    net = Written()
    net.build((None, 8, 8, 1))
    net.classes.bias.fill_(0.1)
    found = explain.saliency(net, RNG.random((8, 8, 1)), 1)
    check = explain.sanity_check(net, found, seeds=2)
    assert check.maps.shape == (2, 8, 8) and abs(check.maps[0] - found.map).max() > 0


def test_activation_maximization_finds_what_a_unit_looks_for(taught):
    found = explain.activation_maximization(taught, 1, steps=40)
    assert found.activation[-1] > 1.9 * found.activation[0] and found.picture[:5, :5].mean() > 0.9
    assert abs(found.picture[6:, 6:].mean() - 0.5) < 0.1, "where nothing counts it stays grey"
    kernel = np.array([[0, 1, 0], [-1, 0, 1], [0, -1, 0.0]])
    net = nabi.Sequential([nabi.Input((3, 3, 1)), Conv2D(1, 3, name="edge"), GlobalAveragePooling2D(), Dense(2)])
    net.set_weights([kernel[..., None, None], [0.0], np.ones((1, 2)), [0.1, 0.0]])
    made = explain.activation_maximization(net, layer="edge", channel=0, steps=60, blur=0, decay=0)
    assert (np.sign((made.picture[..., 0] - 0.5).round(1)) == np.sign(kernel)).all() and made.name == "edge[0]"
    sparse = explain.activation_maximization(net, 0, steps=8, every=1, blur=0, norm=0.4)
    assert (abs(sparse.picture - 0.5) < 1e-6).sum() >= 3


@pytest.mark.learn
def test_the_blur_is_scipys():
    from scipy.ndimage import gaussian_filter

    x = RNG.random((1, 9, 7, 2))
    wanted = np.stack([gaussian_filter(x[0, ..., c], 1.0, mode="nearest", truncate=3.0) for c in range(2)], -1)
    np.testing.assert_allclose(blurred(torch.from_numpy(x), 1.0)[0].numpy(), wanted, atol=1e-12)


@pytest.mark.learn
def test_pca_is_scikit_learns():
    from sklearn.decomposition import PCA

    F = RNG.standard_normal((30, 6)) * [5, 3, 1, 1, 0.5, 0.1]
    ours, theirs = explain.pca(F, 3), PCA(3).fit(F)
    np.testing.assert_allclose(abs(ours.points), abs(theirs.transform(F)), atol=1e-10)
    np.testing.assert_allclose(ours.share, theirs.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(ours.project(F), ours.points, atol=1e-12)
    assert (ours.axes[abs(ours.axes).argmax(0), np.arange(3)] > 0).all()


def test_nearest_is_the_nearest_of_all(taught):
    known = RNG.random((40, 8, 8, 1)).astype("float32")
    F = explain.features(taught, known, batch_size=7)
    np.testing.assert_allclose(F[11], explain.feature_maps(taught, known[11])["conv"].ravel(), atol=1e-5)
    for distance in ("euclidean", "cosine"):
        found = explain.nearest(taught, known[11], known, 5, distance=distance)
        mine = F[11]
        d = (np.linalg.norm(F - mine, axis=1) if distance == "euclidean"
             else 1 - F @ mine / np.linalg.norm(F, axis=1) / np.linalg.norm(mine))
        assert found.numbers[0] == 11 and found.numbers.tolist() == np.argsort(d, kind="stable")[:5].tolist()
        np.testing.assert_allclose(found.distances, np.sort(d)[:5], atol=1e-5)
        again = explain.nearest(taught, known[11], F, 5, distance=distance)
        assert again.numbers.tolist() == found.numbers.tolist()


def test_tsne_needs_scikit_learn(monkeypatch):
    ordinary = builtins.__import__

    def without(name, *rest):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return ordinary(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FileError, match="scikit-learn.*pip install"):
        explain.tsne(np.zeros((40, 3)))


@pytest.mark.learn
def test_tsne_keeps_groups_apart():
    F = np.concatenate([RNG.standard_normal((25, 5)) + 20 * k for k in range(2)])
    points = explain.tsne(F, perplexity=10)
    inside = np.linalg.norm(points[:25] - points[:25].mean(0), axis=1).max()
    assert np.linalg.norm(points[:25].mean(0) - points[25:].mean(0)) > 2 * inside
    np.testing.assert_array_equal(points, explain.tsne(F, perplexity=10))
