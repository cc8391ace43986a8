"""The smile detector: what it takes and refuses, that its parts fit together; a free photograph (with `learn`)."""

import io
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nabi
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.faces import Box, Face, HaarFinder, SmileDetector, SmileStream, drawn
from nabi.faces.detector import WEIGHTS
from nabi.pictures import finding
from nabi.pictures.shown import read


@pytest.fixture(scope="module")
def detector():
    return SmileDetector(finder=lambda picture: [(30, 20, 60, 60), Box(100, 20, 50, 50, 15)])


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(1).integers(0, 256, (120, 180, 3), dtype=np.uint8)


def test_the_shipped_file_is_small_and_tells_of_itself(detector):
    card = detector.model.card
    assert WEIGHTS.stat().st_size < 1_000_000
    assert {"data", "recipe", "metrics", "limits", "made_by", "threshold"} <= set(card)
    assert detector.threshold == card["threshold"] and nabi.SmileDetector is SmileDetector


def test_boxes_become_faces(detector, noise):
    one, two = detector.detect(noise)
    assert one.box == Box(30, 20, 60, 60) and two.box.angle == 15
    assert one.smile == (one.score >= detector.threshold)
    assert one.as_dict()["box"] == [30, 20, 60, 60]


def test_a_score_is_the_mean_over_places_of_a_face_and_its_mirror_image(detector):
    face = np.random.default_rng(2).integers(0, 256, (64, 64), dtype=np.uint8)
    at = np.arange(64)
    moved = [face[np.clip(at + down, 0, 63)][:, np.clip(at + right, 0, 63)]
             for down, right in ((0, 0), (-2, 0), (2, 0), (0, -2), (0, 2))]
    x = np.stack([one[:, ::way] for one in moved for way in (1, -1)])[..., None].astype(np.float32) * np.float32(1 / 255)
    p = np.asarray(detector.model.predict(x, verbose=0), dtype=np.float64)[:, detector.column]
    assert detector.score([face])[0] == pytest.approx(p.mean(), abs=1e-6)
    assert detector.score([face, face[:, ::-1].copy()])[1] == pytest.approx(p.mean(), abs=1e-6)
    assert p.std() > 1e-4 and detector.score([]).shape == (0,)


def test_light_is_levelled(detector):
    face = np.random.default_rng(3).integers(0, 256, (8, 8), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
    dark = (face * 0.4 + 20).astype(np.uint8)
    assert detector.score([dark])[0] == pytest.approx(detector.score([face])[0], abs=0.05)


def test_pictures_come_as_files_images_and_arrays(noise, tmp_path):
    turned = Image.fromarray(noise).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    turned.save(tmp_path / "turned.png", exif=exif)
    assert (read(tmp_path / "turned.png") == noise).all()
    assert (read(Image.fromarray(noise)) == noise).all() and (read(noise) == noise).all()
    assert read(noise[:, :, 0]).shape == noise.shape
    clear = np.concatenate([noise, np.zeros_like(noise[:, :, :1])], axis=2)
    assert (read(clear) == 255).all()


@pytest.mark.parametrize("bad", [np.zeros((4, 4)), np.zeros((2, 4, 4, 3), "uint8"), np.zeros((4, 4, 2), "uint8"), 3, None])
def test_other_things_are_refused(bad):
    with pytest.raises(ArgumentError, match="a file, a Pillow image, or uint8"):
        read(bad)


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(FileError, match="a file of another kind"):
        read(tmp_path / "a.jpg")
    with pytest.raises(FileError, match="No such file"):
        read(tmp_path / "b.jpg")


@pytest.mark.parametrize("boxes", [[(1, 2, 3)], [(1, 2, 0, 3)], ["abcd"], [(1, 2, float("nan"), 4)], [None]])
def test_a_finders_bad_boxes_are_refused(boxes, noise):
    with pytest.raises(ArgumentError, match="finder"):
        SmileDetector(finder=lambda picture: boxes).detect(noise)


def test_other_models_and_thresholds_are_refused(tmp_path):
    other = nabi.Sequential([nabi.Input((8, 8, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
    with pytest.raises(DataError, match="square grey faces"):
        SmileDetector(other)
    with pytest.raises(ArgumentError, match="threshold"):
        SmileDetector(threshold=1.5)


def test_no_opencv_or_another_one_is_one_clear_error(monkeypatch, noise):
    finding.opencv.cache_clear()
    finding.cascade.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(FileError, match=r"pip install 'opencv-python-headless>=4.10,<5'"):
        HaarFinder()(noise)
    five = types.ModuleType("cv2")
    five.__version__ = "5.0.0"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cv2", five)
    with pytest.raises(FileError, match=r"got OpenCV 5.0.0. Install it: pip install"):
        HaarFinder()(noise)
    finding.opencv.cache_clear()


def test_bad_settings_of_the_finder():
    for options in ({"angles": ()}, {"angles": (200,)}, {"smallest": 0}, {"least": 0}, {"most": 8}, {"step": 1}):
        with pytest.raises(ArgumentError, match="HaarFinder"):
            HaarFinder(**options)


def test_faces_are_followed_and_their_scores_smoothed(noise):
    places = iter([[(30, 20, 60, 60)], [(33, 21, 60, 60)], [], [(120, 60, 50, 50)], [(120, 60, 50, 50)]])
    stream = SmileStream(SmileDetector(finder=lambda picture: next(places)))
    first = stream.see(noise, 0.0)[0]
    second = stream.see(noise, 0.1)[0]
    raw = stream.detector.judge(noise, [second.face.box])[0].score
    assert second.number == first.number == 1 and second.face.box.x == 33
    assert second.face.score == pytest.approx(first.face.score + (1 - np.exp(-0.1 / 0.4)) * (raw - first.face.score))
    assert [f.number for f in stream.see(noise, 0.2)] == [1]  # missed once, kept
    assert [f.number for f in stream.see(noise, 0.3)] == [1, 2]
    assert [f.number for f in stream.see(noise, 0.9)] == [2] and stream.rate == pytest.approx(4 / 0.9)


def test_a_drawn_picture_keeps_its_size_and_labels_stay_inside(detector, noise):
    faces = detector.judge(noise, [Box(-20, -30, 60, 60), Box(150, 100, 60, 60, 30)])
    picture = drawn(noise, faces, "25 frames/s")
    assert picture.size == (180, 120) and (np.asarray(picture) != noise).any()


@pytest.mark.learn
def test_a_free_photograph_and_one_without_faces():
    from skimage import data

    astronaut = data.astronaut()
    faces = SmileDetector().detect(astronaut)
    assert len(faces) == 1 and faces[0].smile
    assert abs(faces[0].box.middle[0] - 225) < 12 and abs(faces[0].box.middle[1] - 114) < 12
    file = io.BytesIO()
    Image.fromarray(astronaut).rotate(-30, Image.Resampling.BICUBIC).save(file, "PNG")
    leaning = SmileDetector().detect(Image.open(file))
    assert len(leaning) == 1 and leaning[0].smile and 10 <= leaning[0].box.angle <= 45
    assert SmileDetector().detect(data.coffee()) == [] and SmileDetector().detect(data.chelsea()) == []


def test_the_cascade_lies_in_the_wheel():
    assert Path(f"{finding.opencv().data.haarcascades}{finding.CASCADE}").is_file()


def test_small_faces_are_found_and_tags_lie_above_squares(noise):
    from skimage import data

    wide = np.full((300, 1200, 3), 128, np.uint8)
    head = Image.fromarray(data.astronaut()[40:250, 130:340])
    for k, width in enumerate((49, 36)):  # of the face; the picture around it is twice as wide
        small = np.asarray(head.resize((2 * width, 2 * width), Image.Resampling.LANCZOS))
        wide[100:100 + 2 * width, 100 + 300 * k:100 + 300 * k + 2 * width] = small
    assert len(HaarFinder(angles=(0,))(wide)) == 2 and not HaarFinder(angles=(0,), smallest=0.06)(wide)
    struck = drawn(noise * 0, [Face(Box(20, 55, 40, 40), 0.9, True), Face(Box(18, 42, 60, 60), 0.1, False)])
    assert struck.getpixel((21, 42)) == (0, 128, 91) and struck.getpixel((77, 42)) != (0, 0, 0)  # the square goes below the tag
