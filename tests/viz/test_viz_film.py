"""Films: frames come back as they went in, equal frames give equal bytes, MP4 by either writer, and without any a clear error."""

import base64
import importlib
import io
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from nabi.core.errors import ArgumentError, FileError
from nabi.viz import film


@pytest.fixture(scope="module")
def frames():
    """A dark square that wanders over white, 41 x 30: a side is odd."""
    shown = []
    for k in range(6):
        one = np.full((30, 41, 3), 255, np.uint8)
        one[10:20, 5 * k:5 * k + 10] = (11, 105, 180)
        shown.append(Image.fromarray(one))
    return shown


def test_gif_holds_the_frames(frames):
    content = film.gif(frames, 40, 500)
    assert content == film.gif(frames, 40, 500)
    made = Image.open(io.BytesIO(content))
    assert getattr(made, "n_frames") == 6 and made.info["loop"] == 0  # noqa: B009
    for k, frame in enumerate(frames):
        made.seek(k)
        assert np.abs(np.asarray(made.convert("RGB"), int) - np.asarray(frame)).max() < 8, k
        assert made.info["duration"] == (500 if k == 5 else 40)


def test_mp4_holds_the_frames(frames, tmp_path, monkeypatch):
    cv2 = importlib.import_module("cv2")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for name in ("a.mp4", "b.mp4"):
        film.save_film(frames, tmp_path / name, pace=50, last=150)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    capture, seen = cv2.VideoCapture(str(tmp_path / "a.mp4")), []
    while (read := capture.read())[0]:
        seen.append(read[1][..., ::-1])
    assert len(seen) == 6 + 2 and seen[0].shape == (30, 42, 3)
    for frame, wanted in zip(seen, frames, strict=False):
        assert np.abs(frame[:, :41].astype(int) - np.asarray(wanted)).mean() < 6
    assert np.abs(seen[0][:, :41].astype(int) - np.asarray(frames[3])).mean() > 20, "another frame is told apart"


def test_mp4_by_ffmpeg_gets_raw_frames(frames, tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\n[ "$2" = error ] || exit 3\ncat > "$last"\n')
    program.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(program))
    content = film.mp4(frames, 50, 50)
    assert len(content) == 6 * 30 * 42 * 3 and content[:3] == b"\xff\xff\xff"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho no such encoder >&2\nexit 1\n")
    with pytest.raises(FileError, match=r"no such encoder.*gif"):
        film.mp4(frames)


def test_mp4_without_a_writer_says_what_to_install(frames, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    with pytest.raises(FileError, match=r"ffmpeg or OpenCV.*nabi\[faces\]"):
        film.mp4(frames)


def test_a_page_holds_the_frames(frames, tmp_path):
    film.save_film(frames, tmp_path / "a.html", title="<film>", names=[f"epoch {k}" for k in range(6)])
    text = (tmp_path / "a.html").read_text()
    assert "&lt;film&gt;" in text and "{{" not in text and "http" not in text and '"epoch 5"' in text
    found = re.findall(r'"(iVBOR[^"]+)"', text)
    assert len(found) == 6 and Image.open(io.BytesIO(base64.b64decode(found[3]))).size == (41, 30)


@pytest.mark.parametrize("name, given, said", [("a.avi", 1, "ends in .gif, .mp4, .html"), ("a.gif", 0, "one frame or more"),
                                               ("a.gif", 2, "all of one size")])
def test_bad_calls(frames, tmp_path, name, given, said):
    shown = [[], frames, [frames[0], frames[0].resize((9, 9))]][given]
    with pytest.raises(ArgumentError, match=said):
        film.save_film(shown, tmp_path / name)
