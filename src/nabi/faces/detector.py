"""Detector: which faces of a picture smile.

    picture -> boxes of faces (`HaarFinder` or one's own) -> crop, 64 x 64 grey, upright -> network, which levels its light
    score = mean of p(crop), moved and mirrored       p: the network's probability of a smile
    smile = score >= threshold                        the threshold of the model's card: best F1 on validation

The network and its card lie in `smile.safetensors`; `nabi train smiles` makes such a file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import is_number
from nabi.models import load_model
from nabi.pictures.boxes import DOWN, SIDE, Box, crop
from nabi.pictures.finding import HaarFinder
from nabi.pictures.shown import in_grey, is_path, read

WEIGHTS = Path(__file__).with_name("smile.safetensors")
SMILE = "smile"  # the class of the model's card whose probability is the score
AT_ONCE = 256


@dataclass(frozen=True)
class Face:
    """A face of a picture and how much it smiles.

    Attributes:
        box: where it is.
        score: probability of a smile, 0 to 1.
        smile: whether the score reaches the threshold.
    """

    box: Box
    score: float
    smile: bool

    def as_dict(self) -> dict[str, Any]:
        """The face as plain data: box [x, y, width, height] in pixels, angle in degrees, score, smile."""
        box = self.box
        return {"box": [round(v) for v in (box.x, box.y, box.width, box.height)], "angle": round(box.angle),
                "score": round(self.score, 4), "smile": self.smile}


class SmileDetector:
    """Finds faces and says which of them smile; the weights come with nabi.

    Args:
        model: a model file as `nabi train smiles` writes it, or a loaded model; None takes the one that comes with nabi.
        finder: function from an RGB picture (H, W, 3) uint8 to boxes: `Box`, or (x, y, width, height) in pixels, or these and an
            angle in degrees. None takes OpenCV's cascade, `HaarFinder()`.
        threshold: score from which a face smiles; None takes that of the model's card.
        side, down: the crop in widths of a box: its side, and how far its middle lies below the box's. Those given fit the boxes
            of Haar cascades; another finder's boxes may need others.

    Example:
        >>> detector = SmileDetector(finder=lambda picture: [(20, 20, 80, 80)])
        >>> faces = detector.detect(np.zeros((120, 120, 3), "uint8"))
        >>> len(faces), faces[0].box.width, 0 <= faces[0].score <= 1
        (1, 80.0, True)

    Who is in the training data is not known, and what is read is a look on a picture, not a feeling: not for decisions about
    people.
    Raises FileError for a file that is no model, DataError for a model of another kind, ArgumentError for a bad threshold.
    """

    def __init__(self, model: Any = None, finder: Callable[[np.ndarray], Iterable[Any]] | None = None,
                 threshold: float | None = None, side: float = SIDE, down: float = DOWN):
        model = WEIGHTS if model is None else model
        self.model = load_model(model, compile=False) if is_path(model) else model
        self.finder = HaarFinder() if finder is None else finder
        self.side, self.down = side, down
        card = self.model.card
        shape, names = tuple(self.model.inputs[0].shape[1:]), list(card.get("class_names") or ())
        if len(shape) != 3 or shape[0] != shape[1] or shape[2] != 1 or SMILE not in names or len(names) != 2:
            raise DataError(f"model '{self.model.name}'", f"a network of square grey faces with two classes, one '{SMILE}'",
                            f"pictures {shape}, classes {names}", "nabi train smiles makes one.")
        self.size, self.column = shape[0], names.index(SMILE)
        self.scale = float((card.get("preprocessing") or {}).get("scale", 1 / 255))
        chosen = card.get("threshold", 0.5) if threshold is None else threshold
        if not is_number(chosen) or not 0 <= chosen <= 1:
            raise ArgumentError("SmileDetector(threshold)", "a score from 0 to 1", chosen)
        self.threshold = float(chosen)

    def detect(self, picture: Any) -> list[Face]:
        """The faces of a picture, from left to right.

        Args:
            picture: a file, a Pillow image, or an array (H, W), (H, W, 3) or (H, W, 4) uint8 of red, green and blue.

        Returns: none where no face is found.

        Raises:
            FileError: not a picture; OpenCV 4 is not installed. ArgumentError: an array of another kind; a finder's bad boxes.
        """
        pixels = read(picture)
        return self.judge(pixels, [as_box(found) for found in self.finder(pixels)])

    def judge(self, pixels: np.ndarray, boxes: Sequence[Box]) -> list[Face]:
        """The faces in given boxes of an RGB picture (H, W, 3)."""
        grey = in_grey(pixels)
        scores = self.score([crop(grey, box, self.side, self.down, self.size) for box in boxes])
        return [Face(box, float(p), bool(p >= self.threshold)) for box, p in zip(boxes, scores, strict=True)]

    def score(self, crops: Iterable[Any]) -> np.ndarray:
        """Probability of a smile (N,) of pictures that are face crops already: from the brows to the chin, ear to ear.

        Args:
            crops: files, Pillow images, or arrays as in `detect`, of any size; an array (N, H, W) or (N, H, W, 1) is N of them.
        """
        faces = [self.fitted(one) for one in crops]
        if not faces:
            return np.zeros(0)
        x = np.stack(faces)[..., None].astype(np.float32) * np.float32(self.scale)
        return mean_of_views(self.model, x)[:, self.column]

    def fitted(self, face: Any) -> np.ndarray:
        """A face crop as the network reads it, grey uint8 of its size."""
        grey = in_grey(read(face))
        if grey.shape == (self.size, self.size):
            return grey
        picture = Image.fromarray(grey).resize((self.size, self.size), Image.Resampling.LANCZOS, reducing_gap=3.0)
        return np.asarray(picture)


def mean_of_views(model: Any, x: np.ndarray) -> np.ndarray:
    """Probabilities (N, classes) of faces x (N, H, W, 1): the mean over ten views of each.

    A face as it is and moved by a 32nd of its side up, down, left and right, each with its mirror image: a finder's boxes are
    not exact, and five places of one box answer better than one.
    """
    step, (height, width) = max(1, x.shape[1] // 32), x.shape[1:3]
    wide = np.pad(x, ((0, 0), (step, step), (step, step), (0, 0)), "edge")
    moved = [wide[:, top:top + height, left:left + width] for top, left in
             ((step, step), (0, step), (2 * step, step), (step, 0), (step, 2 * step))]
    views = np.concatenate([*moved, *(one[:, :, ::-1] for one in moved)])
    p = np.asarray(model.predict(views, batch_size=AT_ONCE, verbose=0), dtype=np.float64)
    return p.reshape(len(views) // len(x), len(x), -1).mean(axis=0)


def as_box(found: Any) -> Box:
    """What a finder gives as a box.

    Raises:
        ArgumentError: neither a box nor four or five numbers.

    Example:
        >>> as_box((1, 2, 30, 40))
        Box(x=1.0, y=2.0, width=30.0, height=40.0, angle=0.0, sure=1.0)
    """
    if isinstance(found, Box):
        return found
    numbers = list(np.asarray(found, dtype=object).reshape(-1))
    if len(numbers) not in (4, 5) or not all(np.isreal(n) and np.isfinite(n) for n in numbers) or min(numbers[2:4]) <= 0:
        raise ArgumentError("SmileDetector(finder)", "boxes (x, y, width, height) or (x, y, width, height, angle)", found)
    return Box(*map(float, numbers))
