"""Filming: smiles in a film or before the camera, frame by frame.

OpenCV's package without windows cannot show a picture, so frames are written and numbers printed: a film becomes a marked film,
the camera's latest frame a picture that a viewer can keep open. A line a second tells the rate and the smoothed scores.
"""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nabi.cli.main import DONE, FAILED, say
from nabi.cli.output import emit_json, free
from nabi.cli.words import t
from nabi.core.errors import FileError
from nabi.core.files import atomic, make_folder
from nabi.core.table import one_line
from nabi.faces import Followed, HaarFinder, SmileDetector, SmileStream, drawn
from nabi.faces.stream import FAST
from nabi.pictures.finding import opencv

TOLD = 1.0  # seconds between two lines
USUAL = 25.0  # frames a second of a film that does not say


def film(args: argparse.Namespace) -> int:
    """Follows the faces until the film ends, `--frames` have passed, or Ctrl-C; ends with 1 where no face was ever found."""
    cv2 = opencv()
    capture, name = opened(cv2, args)
    detector = SmileDetector(args.model, finder=HaarFinder(**FAST), threshold=args.threshold)
    stream, sheet = SmileStream(detector), Sheet(cv2, args, capture)
    rows: list[dict[str, Any]] = []
    last, n, found = float("-inf"), 0, 0
    try:
        for n, (at, pixels) in enumerate(frames(cv2, capture, args, name), 1):
            begin = time.perf_counter()
            faces = stream.see(pixels, at)
            rate = stream.rate if args.video is None else 1 / max(time.perf_counter() - begin, 1e-6)
            found += bool(faces)
            if args.json:
                rows.append({"frame": n, "seconds": round(at, 3), "faces": [as_dict(face) for face in faces]})
            if at - last >= TOLD:
                last = at
                if not args.json:
                    print(line(at, rate, faces), flush=True)
                sheet.latest(pixels, faces, rate)
            sheet.add(pixels, faces, rate)
    except KeyboardInterrupt:
        if args.camera is None:
            raise
    finally:
        capture.release()
        sheet.close()
    if args.json:
        emit_json({"source": name, "frames": rows, **({"film": sheet.path} if sheet.path else {})})
    elif sheet.path:
        print(t("picture line", path=sheet.path))
    if not found:
        say(f"nabi: {t('error')}: {t('no face in', name=name, n=n)}")
    return DONE if found else FAILED


def opened(cv2: Any, args: argparse.Namespace) -> tuple[Any, str]:
    """The camera or film, and what it is called.

    Raises:
        FileError: no such file, no film, no camera.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what goes wrong is told here
    if args.video is None:
        capture = cv2.VideoCapture(args.camera)
        if not capture.isOpened():
            raise FileError(f"camera {args.camera}", "a camera", "none that answers",
                            "Connect one, name another with --camera N, or take --video FILE.")
        return capture, f"camera {args.camera}"
    path, name = Path(args.video), one_line(args.video)
    if not path.is_file():
        raise FileError(f"film {name}", "a file", "a folder" if path.is_dir() else "nothing there", "Check the path.")
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise FileError(f"film {name}", "a film that OpenCV can read (.mp4, .avi, ...)", "a damaged file, or one of another kind")
    return capture, name


def frames(cv2: Any, capture: Any, args: argparse.Namespace, name: str) -> Iterator[tuple[float, np.ndarray]]:
    """(time in seconds, picture) of each frame.

    Raises:
        FileError: not one frame can be read.
    """
    begin, n = time.perf_counter(), 0
    pace = capture.get(cv2.CAP_PROP_FPS) or USUAL
    while args.frames is None or n < args.frames:
        whole, frame = capture.read()
        if not whole or frame is None:
            break
        yield (n / pace if args.video else time.perf_counter() - begin), cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        n += 1
    if n == 0:
        where = f"film {name}" if args.video else name
        raise FileError(where, "frames", "none that can be read", "The file is damaged." if args.video else "Is it in use?")


def as_dict(followed: Followed) -> dict[str, Any]:
    """A followed face as plain data."""
    return {"number": followed.number, **followed.face.as_dict()}


def line(at: float, rate: float, faces: list[Followed]) -> str:
    """Time, frames a second, and the score of each face.

    Example:
        >>> line(2.0, 24.4, [])
        '   2.0 s   24 frames/s   no face'
    """
    said = "  ".join(f"{f.number}: {100 * f.face.score:.0f} %{' ' + t('smiles') if f.face.smile else ''}" for f in faces)
    return f"{at:6.1f} s   {rate:.0f} {t('frames a second')}   {said or t('no face')}"


class Sheet:
    """Where marked frames go: a film beside a film, one picture for the camera; nothing without --out."""

    def __init__(self, cv2: Any, args: argparse.Namespace, capture: Any):
        self.cv2, self.writer, self.path, self.still = cv2, None, None, None
        self.pace = capture.get(cv2.CAP_PROP_FPS) or USUAL
        if args.out is None:
            return
        if args.video is None:
            self.still = Path(args.out, f"camera-{args.camera}.png")
            make_folder(self.still, f"writing {self.still}")
        else:
            self.path = str(free(args.out, f"{Path(args.video).stem}-smile", ".avi"))
            make_folder(self.path, f"writing {self.path}")

    def add(self, pixels: np.ndarray, faces: list[Followed], rate: float) -> None:
        """A frame of the marked film."""
        if self.path is None:
            return
        if self.writer is None:
            height, width = pixels.shape[:2]
            code = self.cv2.VideoWriter.fourcc(*"MJPG")
            self.writer = self.cv2.VideoWriter(self.path, code, self.pace, (width, height))
            if not self.writer.isOpened():
                raise FileError(f"writing {self.path}", "a film that can be written", "OpenCV cannot", "Choose another folder.")
        picture = np.asarray(drawn(pixels, [f.face for f in faces], f"{rate:.0f} frames/s"))
        self.writer.write(self.cv2.cvtColor(picture, self.cv2.COLOR_RGB2BGR))

    def latest(self, pixels: np.ndarray, faces: list[Followed], rate: float) -> None:
        """The camera's latest frame."""
        if self.still is not None:
            with atomic(self.still) as target:
                drawn(pixels, [f.face for f in faces], f"{rate:.0f} frames/s").save(target, "PNG")

    def close(self) -> None:
        """Ends the film."""
        if self.writer is not None:
            self.writer.release()
