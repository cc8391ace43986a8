"""Boxes: overlaps counted by hand, one box a face, crops against pixels that are known."""

import math

import numpy as np
import pytest

from nabi.pictures.boxes import Box, crop, one_each, overlap


def counted(a: Box, b: Box, side: int = 60) -> float:
    """Overlap by counting unit squares."""
    def inside(box):
        rows, columns = np.mgrid[:side, :side] + 0.5
        return ((columns > box.x) & (columns < box.x + box.width) & (rows > box.y) & (rows < box.y + box.height))

    one, two = inside(a), inside(b)
    return (one & two).sum() / (one | two).sum()


def test_overlap_is_what_counting_says():
    draws = np.random.default_rng(0).integers(0, 25, (50, 4))
    for x, y, u, v in draws.tolist():
        a, b = Box(x, y, 20, 30), Box(u, v, 25, 15)
        assert overlap(a, b) == pytest.approx(counted(a, b))
    assert overlap(Box(0, 0, 2, 2), Box(5, 5, 2, 2)) == 0


def test_the_surest_box_of_a_face_stays_also_where_one_lies_inside_the_other():
    boxes = [Box(0, 0, 40, 40, sure=3), Box(4, 2, 40, 40, 20, sure=9), Box(10, 10, 15, 15, sure=2), Box(100, 0, 40, 40, sure=1)]
    assert one_each(boxes) == [boxes[1], boxes[3]]
    assert one_each([]) == []


def scene(angle: float, middle=(80.0, 70.0), side=200) -> np.ndarray:
    """A head that leans by `angle`: bright left eye, dark right eye, grey mouth, on a ground of 100."""
    rows, columns = np.mgrid[:side, :side] + 0.5
    a = math.radians(angle)
    u = (columns - middle[0]) * math.cos(a) + (rows - middle[1]) * math.sin(a)
    v = -(columns - middle[0]) * math.sin(a) + (rows - middle[1]) * math.cos(a)
    out = np.full((side, side), 100, np.uint8)
    for x, y, value in ((-16, -12, 255), (16, -12, 0), (0, 20, 180)):
        out[np.hypot(u - x, v - y) < 8] = value
    return out


@pytest.mark.parametrize("angle", [0, 30, -20, 160])
def test_a_turned_head_is_cropped_upright(angle):
    face = crop(scene(angle), Box(40, 30, 80, 80, angle), side=0.8, down=0.0).astype(int)
    assert face.shape == (64, 64)
    assert abs(face - crop(scene(0), Box(40, 30, 80, 80), side=0.8, down=0.0).astype(int)).mean() < 4
    assert face[20, 16] > 230 and face[20, 48] < 25 and abs(face[52, 32] - 180) < 10
    wrong = crop(scene(angle), Box(40, 30, 80, 80, angle + 60), side=0.8, down=0.0).astype(int)
    assert abs(wrong - face).mean() > 10  # the angle matters


def test_the_crop_lies_lower_and_is_smaller_than_the_box():
    rows = np.arange(200, dtype=np.uint8)[:, None].repeat(200, axis=1)
    face = crop(rows, Box(60, 60, 100, 100))  # middle 110, down 8, side 75: rows 80.5 to 155.5
    assert face[0, 0] == pytest.approx(80.5, abs=1) and face[-1, 0] == pytest.approx(154.5, abs=1)
    outside = crop(rows, Box(-50, -50, 100, 100))
    assert outside[0, 0] == 0 and outside.shape == (64, 64)


def test_corners_of_a_leaning_head():
    box = Box(0, 0, 20, 20, 90)
    assert np.allclose(box.corners(), [(20, 0), (20, 20), (0, 20), (0, 0)])
