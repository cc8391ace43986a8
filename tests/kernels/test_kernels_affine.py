"""Affine and resize: SciPy as oracle for every fill mode, plain and fused, gradients; Pillow and Keras for resizing."""

import numpy as np
import pytest
import torch

from nabi.kernels import affine, jit
from nabi.kernels.affine import FILLS, INTERPOLATIONS
from nabi.kernels.resize import RESIZINGS, resize, weights

SCIPYS = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 7, 6, 2))
A, T = np.eye(2) + 0.8 * RNG.normal(size=(4, 2, 2)), 3 * RNG.normal(size=(4, 2))


def by_scipy(x, A, t, fill_mode, interpolation, fill_value):
    from scipy.ndimage import affine_transform

    c = (np.array(x.shape[1:3]) - 1) / 2
    order = {"nearest": 0, "bilinear": 1}[interpolation]
    one = [[affine_transform(x[n, ..., ch], A[n], c - A[n] @ c + t[n], order=order, mode=SCIPYS[fill_mode], cval=fill_value)
            for ch in range(x.shape[3])] for n in range(len(x))]
    return np.moveaxis(np.array(one), 1, -1)


@pytest.mark.parametrize("fill_mode", FILLS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
def test_any_matrix_is_scipys(fill_mode, interpolation):
    wanted = by_scipy(X, A, T, fill_mode, interpolation, 0.7)
    x, a, t = (torch.from_numpy(array) for array in (X, A, T))
    y = affine(x, a, t, fill_mode, interpolation, 0.7)
    np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-12)
    fused = affine(x.float(), a, t, fill_mode, interpolation, 0.7)
    assert fused.dtype is torch.float32 and np.abs(fused.numpy() - wanted).max() < 1e-5
    broken = affine(x, a.transpose(1, 2), t, fill_mode, interpolation, 0.7)
    assert np.abs(broken.numpy() - wanted).max() > 0.1, "a picture turned the other way would be seen"


def test_odd_memory_empty_batches_and_gradients():
    x, a = torch.randn(2, 5, 4, 3).transpose(1, 2), torch.eye(2).expand(2, 2, 2)
    assert jit.fused(x) and torch.equal(affine(x, a), x)
    assert affine(x[:0], a[:0]).shape == (0, 4, 5, 3)
    x = torch.rand(2, 4, 4, 1, requires_grad=True)
    affine(x, 2 * a, fill_mode="nearest").sum().backward()  # each pixel of the result has weight 1 in all
    assert x.grad is not None and abs(float(x.grad.sum()) - 32) < 1e-5


@pytest.mark.parametrize("size", [(12, 4), (3, 13)])
def test_resizing_is_pillows_and_keras(size, keras64):
    from PIL import Image

    picture, x = X[0, ..., 0].astype(np.float32), torch.from_numpy(X)
    filters = {"bilinear": Image.Resampling.BILINEAR, "lanczos3": Image.Resampling.LANCZOS, "bicubic": Image.Resampling.BICUBIC}
    for way, theirs in filters.items():  # Pillow smooths what shrinks
        wanted = np.asarray(Image.fromarray(picture).resize(size[::-1], theirs))
        got = resize(torch.from_numpy(picture)[None, ..., None], *size, way, antialias=True)[0, ..., 0]
        np.testing.assert_allclose(got, wanted, atol=2e-6, err_msg=way)
        assert not np.allclose(resize(torch.from_numpy(picture)[None, ..., None], *size, way)[0, ..., 0], wanted, atol=1e-2)
    scale = np.divide(size, X.shape[1:3])
    for way in ("lanczos3", "lanczos5"):
        for antialias in (False, True):
            wanted = keras64.ops.image.scale_and_translate(
                X[0, ..., :1], (*size, 1), scale, np.zeros(2), (0, 1), way, antialias)
            np.testing.assert_allclose(resize(x, *size, way, antialias)[0, ..., :1], np.asarray(wanted), atol=1e-6)
    for way in ("bilinear", "nearest", "bicubic"):
        for antialias in (False, True):
            wanted = keras64.ops.image.resize(X, size, way, antialias)
            np.testing.assert_allclose(resize(x, *size, way, antialias), np.asarray(wanted), atol=1e-12)


def test_area_counts_what_each_pixel_covers():
    x = RNG.normal(size=(1, 6, 4, 1))
    fine = np.repeat(np.repeat(x, 10, 1), 15, 2)  # 60 x 60: whole numbers of these in each pixel of 4 x 5
    wanted = fine.reshape(1, 4, 15, 5, 12, 1).mean((2, 4))
    np.testing.assert_allclose(resize(torch.from_numpy(x), 4, 5, "area"), wanted, atol=1e-12)
    for way in RESIZINGS:
        assert torch.allclose(resize(torch.ones(1, 5, 3, 1), 2, 7, way), torch.ones(1), atol=1e-6), way
    assert torch.allclose(weights(9, 4, "lanczos5", True).sum(1), torch.ones(4).double())
