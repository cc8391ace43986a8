"""Framing against MNIST's own pictures, which were made by the same procedure; and against the procedure with a fault."""

import numpy as np
import pytest

from nabi.datasets import digits
from nabi.handwriting import framed
from nabi.handwriting import framing as module


@pytest.fixture(scope="module")
def x():
    return digits.load_data()[1][0][:300]


def middles(pictures: np.ndarray) -> np.ndarray:
    """Middle of mass, (N, 2) rows and columns."""
    v = pictures.astype(float)
    total = v.sum(axis=(1, 2))
    return np.stack([v.sum(axis=2) @ np.arange(28), v.sum(axis=1) @ np.arange(28)], axis=1) / total[:, None]


def difference(pictures, x) -> float:
    """Mean difference of a pixel, in levels of 255."""
    return float(np.abs(np.stack(pictures).astype(int) - x).mean())


def test_mnists_own_pictures_come_out_as_they_are(x):
    again = np.stack([framed(picture) for picture in x])
    same = (again == x).all(axis=(1, 2))
    assert same.mean() > 0.97 and difference(again[same], x[same]) == 0
    assert difference(again, x) < 0.3  # the others are a pixel off, where the middle of mass lies between two


def test_a_digit_of_any_size_anywhere_becomes_mnists_picture(x):
    large = [np.pad(np.kron(picture, np.ones((6, 6), "uint8")), ((40, 9), (3, 77))) for picture in x[:60]]
    again = np.stack([framed(picture) for picture in large])
    assert difference(again, x[:60]) < 0.3
    assert (np.abs(middles(again) - 14) <= 0.51).all()


def test_the_middle_of_the_box_in_place_of_the_mass_is_noticed(x, monkeypatch):
    monkeypatch.setattr(module, "place", lambda mass, size: (28 - size) // 2)
    wrong = np.stack([framed(picture) for picture in x])
    assert difference(wrong, x) > 3 and (np.abs(middles(wrong) - 14) > 0.51).any(axis=1).mean() > 0.3


def test_odd_shapes():
    assert not framed(np.zeros((5, 5))).any() and not framed(np.zeros((0, 0), "uint8")).any()
    for shape in ((1, 300), (300, 1), (1, 1), (2, 3)):
        picture = framed(np.ones(shape))
        rows, columns = np.nonzero(picture)
        assert max(np.ptp(rows), np.ptp(columns)) == 19 and picture.max() == 255
    corner = np.zeros((40, 40))
    corner[:, :6] = 1
    corner[36:, :] = 1
    assert framed(corner).sum() == pytest.approx(255 * (20 * 3 + 17 * 2), rel=0.01)  # nothing is pushed out
