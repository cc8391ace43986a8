"""Warp against SciPy's affine_transform: every fill mode and order, plain and fused."""

import numpy as np
import pytest
import torch

from nabi.kernels import jit
from nabi.kernels.warp import FILLS, plain, warp


def scipys(x, M, fill_mode, fill_value, order):
    from scipy.ndimage import affine_transform

    options = {"order": order, "mode": fill_mode, "cval": fill_value}
    return np.stack([np.stack([affine_transform(x[n, ..., c], M[n, :, :2], M[n, :, 2], **options) for c in range(x.shape[3])], -1)
                     for n in range(len(x))])


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", FILLS)
def test_warp_is_scipys(fill_mode, order):
    g = np.random.default_rng(0)
    x = g.normal(size=(6, 9, 7, 2))
    M = np.eye(2, 3) + g.normal(size=(6, 2, 3)) * np.array([0.4, 0.4, 6.0])
    M[-1] = np.eye(2, 3)
    expected = scipys(x, M, fill_mode, 0.7, order)
    y = plain(torch.tensor(x), torch.tensor(M), fill_mode, 0.7, order).numpy()
    np.testing.assert_allclose(y, expected, atol=1e-9)
    assert np.array_equal(y[-1], x[-1])
    fast = warp(torch.tensor(x, dtype=torch.float32), torch.tensor(M), fill_mode, 0.7, order)
    assert jit.fused(fast)
    np.testing.assert_allclose(fast.numpy(), expected, atol=1e-5)
    for other in set(FILLS) - {fill_mode}:
        assert np.abs(plain(torch.tensor(x), torch.tensor(M), other, 0.7, order).numpy() - expected).max() > 0.1
