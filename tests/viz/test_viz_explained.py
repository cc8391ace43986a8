"""The explanation sheet: what stands below a map."""

import numpy as np

from nabi.viz.explained import words

ONE = {"method": "grad_cam", "layer": "pool", "map": np.zeros((4, 4))}


def test_an_empty_map_is_told():
    assert words(ONE).splitlines() == ["grad_cam", "at pool", "no place speaks for it"]
    assert words(ONE | {"map": np.eye(4)}).splitlines() == ["grad_cam", "at pool"]
