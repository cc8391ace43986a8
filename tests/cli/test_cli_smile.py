"""`nabi smile`: pictures, crops, films and cameras; errors in both languages."""

import json
import types

import numpy as np
import pytest
from PIL import Image

from nabi.faces import Box, detector


@pytest.fixture
def smile(nabi, monkeypatch, tmp_path):
    """A picture with two faces, one without, a text; a finder that knows which is which."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(detector, "HaarFinder", lambda: lambda picture: [Box(10, 10, 60, 60)] * 2 if picture.max() else [])
    noise = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    Image.fromarray(noise).save("two.png")
    Image.fromarray(noise * 0).save("none.png")
    (tmp_path / "text.jpg").write_text("hello")
    return nabi


def test_a_picture(smile, tmp_path):
    code, rows, _ = smile("smile", "two.png", "--json", "--out", "drawn", parse=True)
    assert code == 0 and len(rows) == 1 and len(rows[0]["faces"]) == 2
    assert rows[0]["faces"][0]["box"] == [10, 10, 60, 60] and 0 <= rows[0]["faces"][0]["score"] <= 1
    assert Image.open(rows[0]["picture"]).size == (100, 80)
    code, out, _ = smile("smile", "two.png", "--out", "drawn")
    assert code == 0 and out.count("two.png") == 2 and "two-smile-2.png" in out
    assert f"smile from {100 * rows[0]['threshold']:.1f} % on" in out
    assert {file.name for file in (tmp_path / "drawn").iterdir()} == {"two-smile.png", "two-smile-2.png"}


def test_what_fails_is_told_and_the_rest_is_answered(smile):
    code, out, err = smile("smile", "none.png", "two.png", "text.jpg", "gone.png")
    assert code == 1 and out.count("two.png") == 2
    lines = err.splitlines()
    assert len(lines) == 3 and "none.png: expected a face, got none found" in lines[0] and "text.jpg" in lines[1]
    assert "from 24 pixels of width on" in lines[0]
    code, rows, _ = smile("smile", "none.png", "--crops", "--json", parse=True)
    assert code == 0 and rows[0]["faces"][0]["box"] is None


@pytest.mark.parametrize("words, said", [
    ((), "expected pictures, --camera or --video FILE, got none"),
    (("two.png", "--camera"), "got IMAGE and --camera"),
    (("--video", "none.avi"), "film none.avi: expected a file, got nothing there"),
    (("--video", "text.jpg"), "film text.jpg: expected "),
    (("--camera", "97"), "camera 97: expected a camera, got none that answers"),
    (("--camera", "--crops"), "expected pictures of faces"),
    (("two.png", "--model", "text.jpg"), "text.jpg"),
    (("two.png", "--threshold", "3"), "expected a score from 0 to 1"),
])  # fmt: skip
def test_wrong_use_is_one_sentence(smile, monkeypatch, words, said):
    code, _, err = smile("smile", *words)
    assert code in (1, 2) and said in err and len(err.splitlines()) == 1, err
    monkeypatch.setenv("NABI_LANG", "ko")
    code, _, err = smile("smile", *words)
    assert code in (1, 2) and "expected" not in err and " got " not in err, err


@pytest.mark.learn
def test_a_film(smile, tmp_path):
    import cv2
    from skimage import data

    frame = cv2.resize(cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR), (320, 320))
    writer = cv2.VideoWriter("film.avi", cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 320))
    for _ in range(25):
        writer.write(frame)
    writer.release()
    code, out, _ = smile("smile", "--video", "film.avi", "--out", "drawn")
    assert code == 0 and "frames/s" in out and (tmp_path / "drawn" / "film-smile.avi").stat().st_size > 10_000
    before = (tmp_path / "drawn" / "film-smile.avi").read_bytes()
    assert smile("smile", "--video", "film.avi", "--frames", "1", "--out", "drawn")[0] == 0
    assert (tmp_path / "drawn" / "film-smile-2.avi").exists() and (tmp_path / "drawn" / "film-smile.avi").read_bytes() == before
    code, found, _ = smile("smile", "--video", "film.avi", "--frames", "3", "--json", parse=True)
    assert code == 0 and len(found["frames"]) == 3 and found["frames"][2]["faces"][0]["smile"]
    code, out, err = smile("smile", "--video", "none.avi")
    assert code == 1


def test_the_camera_writes_its_latest_frame(smile, monkeypatch, tmp_path):
    from nabi.cli import filming

    frame = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    camera = types.SimpleNamespace(isOpened=lambda: True, get=lambda key: 0.0, read=lambda: (True, frame), release=lambda: None)
    monkeypatch.setattr(filming.opencv(), "VideoCapture", lambda number: camera)
    monkeypatch.setattr(filming, "HaarFinder", lambda **options: lambda picture: [(10, 10, 60, 60)])
    code, out, _ = smile("smile", "--camera", "--frames", "3", "--out", "drawn")
    assert code == 0 and "frames/s" in out and (tmp_path / "drawn" / "camera-0.png").is_file()
    code, out, _ = smile("smile", "--camera", "1", "--frames", "2", "--json")
    assert code == 0 and [row["frame"] for row in json.loads(out)["frames"]] == [1, 2]
