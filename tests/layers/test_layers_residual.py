"""Layers that weigh the branch of a residual block: against NumPy, and what they say of wrong shapes."""

import numpy as np
import pytest

from nabi import Input
from nabi import layers as L
from nabi.core.errors import ShapeError


def test_a_scale_by_channel():
    r = np.random.default_rng(0)
    x, gamma = r.normal(size=(2, 3, 2, 4)), r.normal(size=4)
    layer = L.LayerScale(1e-6, 4, dtype="float64")
    np.testing.assert_allclose(layer(x), 1e-6 * x)
    layer.set_weights([gamma])
    np.testing.assert_allclose(layer(x), x * gamma)
    with pytest.raises(ShapeError, match="4 channels.*got"):
        L.LayerScale(1e-6, 4)(Input((3,)))


def test_a_share_of_the_second():
    x, y = np.random.default_rng(0).normal(size=(2, 2, 3, 4))
    np.testing.assert_allclose(L.CustomScaleLayer(0.17, dtype="float64")([x, y]), x + 0.17 * y)
    with pytest.raises(ShapeError, match="a list of exactly 2 inputs"):
        L.CustomScaleLayer(0.17)([Input((3,))] * 3)
