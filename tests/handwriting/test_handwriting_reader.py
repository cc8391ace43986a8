"""The digit reader: sheets, boards, drawings, single pictures; what it leaves out and refuses. Figures on MNIST's test digits
and photographed sheets (with `learn`)."""

import sys
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import nabi
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.datasets import digits, mnist
from nabi.handwriting import Digit, DigitReader, drawn, read_digits, read_picture
from nabi.handwriting.reader import WEIGHTS

ROWS = ((3, 1, 4), (1, 5, 9, 2), (6, 0, 7, 8))


@pytest.fixture(scope="module")
def x():
    """A plain digit of each class, 0 paper to 255 ink."""
    (x, y), _ = digits.load_data()
    return [x[np.flatnonzero(y == k)[2]] for k in range(10)]


def page(x, rows=ROWS, paper=235, pen=-190, size=60) -> np.ndarray:
    """A sheet with rows of digits, each `size` pixels high with its margin."""
    sheet = np.full((60 + len(rows) * size * 4 // 3, 60 + max(map(len, rows)) * size * 5 // 4), paper, float)
    for i, row in enumerate(rows):
        for j, digit in enumerate(row):
            ink = np.asarray(Image.fromarray(x[digit]).resize((size, size), Image.Resampling.BICUBIC)) / 255
            top, left = 30 + i * size * 4 // 3, 30 + j * size * 5 // 4
            sheet[top : top + size, left : left + size] += pen * ink
    return sheet.clip(0, 255).astype("uint8")


def text(found: list[Digit]) -> list[tuple[int, ...]]:
    """The digits row by row."""
    return [tuple(d.digit for d in found if d.row == row) for row in range(1 + max((d.row for d in found), default=-1))]


def test_the_shipped_file_is_small_and_tells_of_itself():
    card = DigitReader().model.card
    assert WEIGHTS.stat().st_size < 1_000_000 and {"data", "recipe", "metrics", "limits", "made_by"} <= set(card)
    assert card["metrics"]["mnist_test"]["accuracy"] >= 0.994
    assert nabi.read_digits is read_digits


def test_a_sheet_is_read_row_by_row(x):
    found = read_digits(page(x))
    assert tuple(text(found)) == ROWS
    one = found[4]
    assert one.digit == 5 and one.probability == max(one.probabilities) and sum(one.probabilities) == pytest.approx(1)
    assert one.second == int(np.argsort(one.probabilities)[-2]) and one.picture.shape == (28, 28)
    left, top, width, height = one.box
    assert 105 <= left <= 125 and 110 <= top <= 130 and 15 <= width <= 60 and 30 <= height <= 50
    assert one.as_dict()["box"] == list(one.box) and "picture" not in one.as_dict()


def test_boards_drawings_and_turned_files(x, tmp_path):
    board = page(x, paper=40, pen=180)
    assert tuple(text(read_digits(board))) == ROWS
    ink = 255 - page(x, paper=255, pen=-255)
    for shade in (0, 255):  # strokes of a canvas on nothing
        canvas = np.dstack([np.full_like(ink, shade)] * 3 + [ink])
        assert tuple(text(read_digits(canvas))) == ROWS
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(page(x)).transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=90)
    assert tuple(text(read_digits(tmp_path / "turned.jpg"))) == ROWS


def test_a_picture_as_mnist_has_them_is_taken_as_it_is(x):
    for k, picture in enumerate(x):
        found = read_digits(picture)
        assert [d.digit for d in found] == [k] and (found[0].picture == picture).all() and found[0].box == (0, 0, 28, 28)
    assert read_digits(255 - x[5])[0].digit == 5  # dark on light goes the long way
    assert read_digits(np.zeros((28, 28), "uint8")) == []


def test_small_and_large_drawings(x):
    for side in (20, 40, 300):
        found = read_digits(page(x, ((3, 5),), size=side))
        assert text(found) == [(3, 5)], side


def test_a_sheet_turned_by_some_degrees(x):
    sheet = Image.fromarray(page(x, ROWS * 2)).convert("RGB")
    for angle in (6, -6):
        found = read_digits(sheet.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(235,) * 3))
        assert tuple(text(found)) == ROWS * 2


def test_what_is_no_digit_is_left_out(x):
    assert read_digits(np.full((300, 200), 240, "uint8")) == []
    noise = np.random.default_rng(0).normal(210, 6, (300, 400)).clip(0, 255).astype("uint8")
    assert read_digits(noise) == []
    sheet = Image.fromarray(page(x))
    pen = ImageDraw.Draw(sheet)
    pen.text((250, 30), "A", 20, ImageFont.load_default(50))
    for k in range(6):
        pen.ellipse((20 + 50 * k, 20, 23 + 50 * k, 23), fill=60)  # specks
    assert tuple(text(read_digits(sheet))) == ROWS


def test_broken_and_touching_digits(x):
    sheet = page(x, ((5, 3, 0),), size=120)
    rows, columns = np.mgrid[: sheet.shape[0], : sheet.shape[1]]
    sheet[np.abs(rows - 75 + 0.3 * (columns - 240)) < 3] = 235
    assert text(read_digits(sheet)) == [(5, 3, 0)]
    two = np.full((160, 260), 235, "uint8")
    for digit, left in ((3, 40), (2, 106)):
        ink = np.asarray(Image.fromarray(x[digit]).resize((112, 112), Image.Resampling.BICUBIC)) / 255
        two[24:136, left : left + 112] = np.minimum(two[24:136, left : left + 112], 235 - 190 * ink)
    two[80:84, 105:145] = 45  # a stroke that joins them
    assert text(read_digits(two)) == [(3, 2)]


def test_other_things_are_refused(tmp_path):
    with pytest.raises(ArgumentError, match="a file, a Pillow image, or uint8"):
        read_digits(np.zeros((4, 4)))
    with pytest.raises(FileError, match="No such file"):
        read_digits(tmp_path / "none.jpg")
    other = nabi.Sequential([nabi.Input((8, 8, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
    with pytest.raises(DataError, match="28 x 28 with the classes 0 to 9"):
        DigitReader(other)


def test_a_network_of_ten_classes_serves_as_well(x):
    ten = nabi.Sequential([nabi.Input((28, 28, 1)), nabi.layers.Flatten(), nabi.layers.Dense(10, activation="softmax")])
    ten.card = {"class_names": [str(k) for k in range(10)]}
    found = read_digits(x[7], ten)
    assert len(found) == 1 and len(found[0].probabilities) == 10 and sum(found[0].probabilities) == pytest.approx(1)


def test_marks_stay_inside_the_picture(x):
    sheet = page(x)
    found = read_digits(sheet)
    marked = drawn(read_picture(sheet), found)
    assert marked.size == sheet.shape[::-1] and (np.asarray(marked)[..., 0] != sheet).mean() > 0.02
    assert (np.asarray(drawn(read_picture(sheet), [])) == read_picture(sheet)).all()


@pytest.mark.learn
def test_figures_on_digits_never_seen(data_dir, tmp_path):
    """All 10,000 test digits; photographed sheets; a picture of 12 megapixels in less than 2 seconds."""
    sys.path.insert(0, str(WEIGHTS.parents[3] / "benchmarks"))
    from digit_reader import score
    from digit_sheets import sheets

    _, (x, y) = mnist.load_data(data_dir / "mnist", download=False)
    reader = DigitReader()
    p = reader.probabilities(list(x))
    assert (p[:, :10].argmax(axis=1) == y).mean() >= 0.994
    for condition, least in (("clean", 0.98), ("photographed", 0.95)):
        rows = [score(sheet.truth, reader.read(sheet.pixels)) for sheet in sheets(condition, 6, x, y, seed=5)]
        assert sum(row["right"] for row in rows) >= least * sum(row["digits"] for row in rows)
    sheet = next(iter(sheets("photographed", 1, x, y)))
    Image.fromarray(sheet.pixels).resize((4000, 3000)).save(tmp_path / "large.jpg")
    start = time.process_time()
    found = reader.read(tmp_path / "large.jpg")
    assert time.process_time() - start < 2 and len(found) > 0.9 * len(sheet.truth)


def test_noise_is_refused_and_the_rest_of_a_rule_is_no_one(x):
    r = np.random.default_rng(0)
    for small in (3, 5):
        with pytest.raises(DataError, match=f"16 pixels or more along its longer side, got {small}x{small}"):
            read_digits(r.integers(0, 256, (small, small), dtype="uint8"))
    blots = np.kron(np.where(r.random((120, 160)) < 0.1, 0, 230), np.ones((10, 10))).astype("uint8")
    with pytest.raises(DataError, match="at most 1,000 pieces of ink, got 1,[0-9]{3}"):
        read_digits(blots)
    sheet = page(x, rows=((3, 8, 4), (5, 9, 2)), size=120)
    sheet[40:130, 18] = sheet[200:290, 330] = 60  # a fifth of a stroke wide, as high as a digit
    assert text(read_digits(sheet)) == [(3, 8, 4), (5, 9, 2)]
