"""Film: pictures one after the other, as an animated GIF, an MP4, or a page that plays by itself.

    .gif    plays everywhere; one palette for all frames, so that colours stand still
    .mp4    smaller; written by ffmpeg where it is installed (H.264), else by OpenCV (MPEG-4)
    .html   a page with a slider over the frames, without a network

The same frames give the same bytes.
"""

import base64
import html
import importlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.core.language import language
from nabi.viz.film_page import PAGE
from nabi.viz.words import t

PACE, LAST = 80, 2500  # milliseconds of a frame, and of the last one
ENDINGS = (".gif", ".mp4", ".html")
COLORS = 128
INSTALL = "Install ffmpeg, or: pip install 'nabi[faces]', which brings OpenCV."


def save_film(frames: Sequence[Any], path: str | os.PathLike, pace: int = PACE, last: int = LAST, title: str = "",
              names: Sequence[str] = ()) -> None:
    """Writes frames as a film; its ending says of which kind.

    Args:
        frames: pictures of Pillow's or arrays (H, W, 3) uint8, all of one size.
        path: .gif, .mp4 or .html.
        pace, last: milliseconds that a frame stands, and the last one.
        title: of the page.
        names: what the page says of each frame; none by default.

    Raises: ArgumentError for another ending, no frames or frames of several sizes; FileError where the file cannot be written,
        and for MP4 where neither ffmpeg nor OpenCV is installed.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise ArgumentError("save_film(path)", f"a name that ends in {', '.join(ENDINGS)}", repr(str(path)))
    shown = [frame if isinstance(frame, Image.Image) else Image.fromarray(np.asarray(frame, np.uint8)) for frame in frames]
    sizes = {frame.size for frame in shown}
    if len(sizes) != 1:
        raise ArgumentError("save_film(frames)", "one frame or more, all of one size", sorted(sizes) or "none")
    if ending == ".gif":
        content = gif(shown, pace, last)
    elif ending == ".mp4":
        content = mp4(shown, pace, last)
    else:
        content = page(shown, pace, title or Path(path).stem, names).encode()
    with atomic(path) as file:
        file.write(content)


def gif(frames: Sequence[Image.Image], pace: int = PACE, last: int = LAST) -> bytes:
    """Frames as an animated GIF that repeats, in the colours of the first, the middle and the last one.

    Example:
        >>> made = gif([Image.new("RGB", (8, 8), color) for color in ("white", "navy")])
        >>> Image.open(BytesIO(made)).n_frames
        2
    """
    seen = [frames[0], frames[len(frames) // 2], frames[-1]]
    sample = Image.new("RGB", (frames[0].width, len(seen) * frames[0].height))
    for k, frame in enumerate(seen):
        sample.paste(frame, (0, k * frames[0].height))
    palette = sample.quantize(COLORS, method=Image.Quantize.MEDIANCUT)
    colors = palette.getpalette() or []
    white = [min(colors[k - k % 3:k - k % 3 + 3]) >= 248 for k in range(len(colors))]
    palette.putpalette([255 if paper else value for paper, value in zip(white, colors, strict=True)])
    flat = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    file = BytesIO()
    flat[0].save(file, "GIF", save_all=True, append_images=flat[1:], duration=[pace] * (len(flat) - 1) + [last], loop=0)
    return file.getvalue()


def mp4(frames: Sequence[Image.Image], pace: int = PACE, last: int = LAST) -> bytes:
    """Frames as MP4: H.264 by ffmpeg, else MPEG-4 by OpenCV; sides are made even by a white line.

    Raises: FileError where neither is installed, or writing fails.
    """
    width, height = (side + side % 2 for side in frames[0].size)
    shown = []
    for frame in frames:
        even = Image.new("RGB", (width, height), "white")
        even.paste(frame, (0, 0))
        shown.append(np.asarray(even))
    shown += [shown[-1]] * max(round(last / pace) - 1, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        if program := shutil.which("ffmpeg"):
            by_ffmpeg(program, shown, path, 1000 / pace)
        else:
            by_opencv(shown, path, 1000 / pace)
        return path.read_bytes()


def by_ffmpeg(program: str, frames: Sequence[np.ndarray], path: Path, rate: float) -> None:
    """Raw frames through a pipe; without times and versions in the file."""
    height, width = frames[0].shape[:2]
    words = [program, "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r",
             f"{rate:g}", "-i", "-", "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact",
             "-movflags", "+faststart", str(path)]
    done = subprocess.run(words, input=b"".join(frame.tobytes() for frame in frames), capture_output=True, check=False)
    if done.returncode or not path.is_file():
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise FileError("writing MP4", "a film from ffmpeg", lines[-1] if lines else f"exit code {done.returncode}",
                        "Write .gif or .html.")


def by_opencv(frames: Sequence[np.ndarray], path: Path, rate: float) -> None:
    """OpenCV's writer; it wants blue first."""
    try:
        cv2: Any = importlib.import_module("cv2")
    except ImportError as error:
        raise FileError("writing MP4", "ffmpeg or OpenCV", "neither", f"{INSTALL} Or write .gif or .html.") from error
    height, width = frames[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, (width, height))
    if not writer.isOpened():
        raise FileError("writing MP4", "a film from OpenCV", "it has no encoder for MPEG-4", f"{INSTALL} Or write .gif or .html.")
    for frame in frames:
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    writer.release()


def page(frames: Sequence[Image.Image], pace: int = PACE, title: str = "", names: Sequence[str] = ()) -> str:
    """A page with the frames in itself, a play button and a slider."""
    pictures = []
    for frame in frames:
        file = BytesIO()
        frame.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        pictures.append(base64.b64encode(file.getvalue()).decode())
    known = {"pace": pace, "names": list(names) or [f"{k + 1} / {len(frames)}" for k in range(len(frames))],
             "play": t("race play"), "stop": t("race stop"), "frames": pictures}
    text = PAGE.replace("{{language}}", language()).replace("{{title}}", html.escape(title))
    return text.replace("{{data}}", json.dumps(known, ensure_ascii=False).replace("</", "<\\/"))
