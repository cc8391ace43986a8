"""Stream: faces followed from frame to frame, their scores smoothed, frames counted.

    a face of this frame is that of the last one whose box it overlaps most, at least by a fifth
    s_t = s_{t-1} + (1 - exp(-dt / tau)) (p_t - s_{t-1})        tau = 0.4 s: a flicker passes, a smile is seen at once
    rate = frames of the last two seconds / the time they took

A face that the finder misses stays where it was for up to `KEEP` seconds, and is judged there.
Source: exponential smoothing: Brown, "Statistical forecasting for inventory control", 1959.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.faces.detector import Face, SmileDetector, as_box
from nabi.pictures.boxes import Box, one_each, overlap

TAU = 0.4  # seconds
KEEP = 0.5  # seconds
FOLLOWS = 0.2  # overlap of a face's boxes in two frames
WINDOW = 2.0  # seconds over which the rate is taken
FAST: dict[str, Any] = {"angles": (0,), "most": 320, "smallest": 0.1, "least": 4, "step": 1.2}  # a finder for cameras


@dataclass(frozen=True)
class Followed:
    """A face followed so far.

    Attributes:
        face: where it is, with its smoothed score.
        seen: time at which the finder last found it.
        number: counts the faces of a stream from 1.
    """

    face: Face
    seen: float
    number: int


class SmileStream:
    """Smiles in the frames of a camera or a film.

    Args:
        detector: finds and judges; None takes one that is fast enough for a camera.

    Example:
        >>> stream = SmileStream(SmileDetector(finder=lambda frame: [(10, 10, 40, 40)]))
        >>> frame = np.zeros((60, 60, 3), "uint8")
        >>> [stream.see(frame, at=t / 10)[0].number for t in range(3)], round(stream.rate)
        ([1, 1, 1], 10)
    """

    def __init__(self, detector: SmileDetector | None = None):
        if detector is None:
            from nabi.pictures.finding import HaarFinder

            detector = SmileDetector(finder=HaarFinder(**FAST))
        self.detector = detector
        self.faces: list[Followed] = []
        self.times: deque[float] = deque()
        self.count = 0

    @property
    def rate(self) -> float:
        """Frames a second; 0 before the second frame."""
        return (len(self.times) - 1) / (self.times[-1] - self.times[0]) if len(self.times) > 1 else 0.0

    def see(self, frame: np.ndarray, at: float) -> list[Followed]:
        """The faces of the next frame, from left to right.

        Args:
            frame: (H, W, 3) uint8, red, green, blue.
            at: its time in seconds, later than the frame before.
        """
        step = at - self.times[-1] if self.times else 0.0
        self.times.append(at)
        while self.times[-1] - self.times[0] > WINDOW and len(self.times) > 2:
            self.times.popleft()
        found = [as_box(box) for box in self.detector.finder(frame)]
        kept = [Box(f.face.box.x, f.face.box.y, f.face.box.width, f.face.box.height, f.face.box.angle, 0.0)
                for f in self.faces if at - f.seen <= KEEP]
        boxes = one_each([*found, *kept])
        before, self.faces = list(self.faces), []
        for face in self.detector.judge(frame, boxes):
            last = max(before, key=lambda f: overlap(f.face.box, face.box), default=None)
            if last is not None and overlap(last.face.box, face.box) < FOLLOWS:
                last = None
            if last is None:
                self.count += 1
            else:
                before.remove(last)
            self.faces.append(self.followed(face, last, step, at if face.box in found else None, at))
        return self.faces

    def followed(self, face: Face, last: Followed | None, step: float, seen: float | None, at: float) -> Followed:
        """A face that goes on, or a new one."""
        if last is None:
            return Followed(face, at, self.count)
        score = last.face.score + (1 - math.exp(-step / TAU)) * (face.score - last.face.score)
        return Followed(Face(face.box, score, score >= self.detector.threshold), last.seen if seen is None else seen, last.number)
