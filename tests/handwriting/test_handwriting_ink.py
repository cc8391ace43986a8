"""Ink, rules and parts: against SciPy's components, and sheets of which every pixel of ink is known."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from nabi.handwriting.ink import ink, means
from nabi.handwriting.parts import lengths, parts
from nabi.handwriting.pieces import thickened
from nabi.handwriting.rules import without_rules


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.8])
def test_parts_are_scipys(share):
    mask = np.random.default_rng(0).random((90, 130)) < share
    found, (label, n) = parts(mask), ndimage.label(mask, np.ones((3, 3)))
    assert len(found.area) == n + 1 and len(np.unique(np.stack([label.ravel(), found.label.ravel()]), axis=1).T) == n + 1
    for k, where in enumerate(ndimage.find_objects(found.label), 1):
        assert found.box[k].tolist() == [where[1].start, where[0].start, where[1].stop, where[0].stop]
        assert found.area[k] == (found.label == k).sum()
    assert ndimage.label(mask)[1] != n or share == 0.8  # without the corners they would be others


def test_no_ink_is_no_part():
    assert len(parts(np.zeros((4, 5), bool)).area) == 1 and not lengths(np.zeros((4, 5), bool)).any()


def test_growing_and_means_are_scipys():
    v = np.random.default_rng(1).random((31, 47))
    assert (thickened(v > 0.95, 3) == ndimage.maximum_filter(v > 0.95, 7)).all()
    inner = (slice(4, -4), slice(4, -4))
    assert means(v, 4)[inner] == pytest.approx(ndimage.uniform_filter(v, 9)[inner])


def scene(ground: int, pen: int) -> tuple[np.ndarray, np.ndarray]:
    """A page with strokes, and where they are."""
    page = Image.new("L", (400, 300), ground)
    draw = ImageDraw.Draw(page)
    for k in range(5):
        draw.line((50 + 60 * k, 60, 80 + 50 * k, 200), pen, 7)
        draw.ellipse((60 + 60 * k, 210, 95 + 60 * k, 260), outline=pen, width=6)
    grey = np.asarray(page)
    return grey.repeat(3).reshape(300, 400, 3), grey == pen


def agrees(found, strokes) -> float:
    """Ink that is in both of what is in either."""
    mask = found.amount > max(found.least, 0.3)
    return (mask & strokes).sum() / (mask | strokes).sum()


def test_ink_under_a_shadow_on_a_board_and_in_colour():
    page, strokes = scene(235, 40)
    assert not ink(page).board and agrees(ink(page), strokes) > 0.97
    shade = np.linspace(1, 0.35, 400)[None, :, None] * np.where(np.arange(300) < 140, 1, 0.55)[:, None, None]
    dim = page * shade
    assert agrees(ink(dim.astype("uint8")), strokes) > 0.9
    assert ((dim[..., 0] < 128) & strokes).sum() / ((dim[..., 0] < 128) | strokes).sum() < 0.3  # one threshold does not do
    board, chalk = scene(45, 210)
    assert ink(board).board and agrees(ink(board), chalk) > 0.97
    for pen in ((220, 30, 30), (250, 220, 40), (60, 90, 240), (40, 150, 60)):
        coloured = np.where(strokes[..., None], pen, 240).astype("uint8")
        assert not ink(coloured).board and agrees(ink(coloured), strokes) > 0.97


def test_grain_is_no_ink():
    noise = np.random.default_rng(0).normal(200, 8, (300, 400, 3)).clip(0, 255).astype("uint8")
    found = ink(noise)
    assert (found.amount > found.least).mean() < 1e-3


@pytest.mark.parametrize("lean", [0.0, 0.04, -0.06])
def test_rules_go_and_writing_stays(lean):
    _, strokes = scene(255, 0)
    sheet = np.kron(strokes, np.ones((2, 2), bool))
    rows, columns = np.mgrid[:600, :800]
    lines = (rows - lean * columns) % 50 < 3
    squares = lines | ((columns + lean * rows) % 50 < 3)
    for ruled in (lines, squares):
        clean, angle = without_rules(sheet | ruled)
        assert (clean & sheet).sum() > 0.93 * sheet.sum()
        assert (clean & ~sheet).sum() < 0.06 * (ruled & ~sheet).sum()
        assert angle == pytest.approx(np.degrees(np.arctan(lean)), abs=0.3)
        assert parts(clean & sheet).area[1:].max() > 0.8 * parts(sheet).area.max()  # no stroke falls apart
    same, angle = without_rules(sheet)
    assert (same == sheet).all() and angle == 0
