"""Reader: the digits of a photographed or scanned sheet, of a drawing, or of one picture of 28 x 28.

    picture -> pieces of ink (`pieces`) -> rows (`rows`) -> digits (`grouping`) -> 28 x 28 (`framing`) -> network
    p(k) = q(k) / (1 - q(none)),   q: softmax over ten digits and "no digit";   what has q(none) >= 0.8 is not a digit

The network and its card lie in `digits.safetensors`; `python benchmarks/digit_reader.py ship` makes them.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from nabi.core.errors import DataError
from nabi.handwriting.framing import SIDE
from nabi.handwriting.grouping import NONE, Group, grouped
from nabi.handwriting.pieces import Pieces, alone, bounds, pieces
from nabi.handwriting.rows import arranged
from nabi.models import load_model
from nabi.pictures.decoding import flat
from nabi.pictures.shown import in_grey, is_path, read

WEIGHTS = Path(__file__).with_name("digits.safetensors")
NAMES = (*map(str, range(10)), "none")
AT_ONCE = 256
SMALLEST = 16  # pixels of a picture's longer side: of fewer no digit can be told from noise
MOST_PIECES = 1000  # of ink on a sheet: a page of 20 x 30 digits, half of them broken

@dataclass(frozen=True)
class Digit:
    """A digit that was read.

    Attributes:
        digit: 0 to 9.
        probability: how sure the network is, 0 to 1.
        probabilities: of the ten digits, together 1.
        second: the second guess.
        box: left, top, width, height in pixels of the picture as it is shown.
        row: number of its row on the sheet, from 0.
        picture: (28, 28) uint8 as the network saw it: 0 paper, 255 ink.
    """

    digit: int
    probability: float
    probabilities: tuple[float, ...]
    second: int
    box: tuple[int, int, int, int]
    row: int
    picture: np.ndarray

    def as_dict(self) -> dict[str, Any]:
        """The digit as plain data, without its picture: numbers of four decimals."""
        return {"digit": self.digit, "probability": round(self.probability, 4), "second": self.second,
                "probabilities": [round(p, 4) for p in self.probabilities], "box": list(self.box), "row": self.row}

class DigitReader:
    """Finds handwritten digits and reads them; the weights come with nabi.

    Args:
        model: a model file or a loaded model of 28 x 28 grey pictures with the classes 0 to 9, and perhaps "none"; None takes the
            one that comes with nabi.

    Example:
        >>> from nabi.datasets import digits
        >>> (x, y), _ = digits.load_data()
        >>> sheet = np.full((120, 300), 235, "uint8")
        >>> for k in range(3):
        ...     sheet[40:68, 40 + 80 * k:68 + 80 * k] -= (0.8 * x[k]).astype("uint8")
        >>> [digit.digit for digit in DigitReader().read(sheet)] == y[:3].tolist()
        True

    Raises FileError for a file that is no model, DataError for a model of another kind.
    """

    def __init__(self, model: Any = None):
        model = WEIGHTS if model is None else model
        self.model = load_model(model, compile=False) if is_path(model) else model
        shape, names = tuple(self.model.inputs[0].shape[1:]), tuple(map(str, self.model.card.get("class_names") or ()))
        if shape != (SIDE, SIDE, 1) or names not in (NAMES, NAMES[:10]):
            raise DataError(f"model '{self.model.name}'", "a network of grey pictures 28 x 28 with the classes 0 to 9",
                            f"pictures {shape}, classes {list(names)}", "nabi train mnist makes one.")
        self.scale = float((self.model.card.get("preprocessing") or {}).get("scale", 1 / 255))

    def read(self, picture: Any) -> list[Digit]:
        """The digits of a picture, row by row from the left to the right.

        Args:
            picture: a file, a Pillow image, or an array (H, W), (H, W, 3) or (H, W, 4) uint8. One of 28 x 28 with a dark edge is
                taken for a digit as MNIST has them, and goes to the network as it is.

        Returns: none where nothing is written, or no mark looks like a digit.

        Raises:
            FileError: not a picture. ArgumentError: an array of another kind. DataError: a picture of less than 16 pixels, or
            of more than 1,000 pieces of ink: noise, a pattern, a page of print.
        """
        pixels = read_picture(picture)
        if max(pixels.shape[:2]) < SMALLEST:
            raise DataError("picture", f"{SMALLEST} pixels or more along its longer side",
                            "x".join(map(str, pixels.shape[1::-1])), "Take it larger, or nearer.")
        if pixels.shape[:2] == (SIDE, SIDE) and edge(pixels) < 0.25 * max(int(pixels.max()), 1):
            grey = in_grey(pixels)
            p = self.probabilities([grey])[0]
            return [digit_of(Group([], None, grey, p), (0, 0, SIDE, SIDE), 0)] if grey.any() else []
        found = pieces(pixels)
        if not len(found.kept):
            return []
        if len(found.kept) > MOST_PIECES:
            raise DataError("picture", f"a sheet of at most {MOST_PIECES:,} pieces of ink", f"{len(found.kept):,}",
                            "Is it noise, a pattern or a page of print? Cut the digits out of it.")
        lines, angle = arranged(found)
        made = []
        for number, line in enumerate(grouped(found, lines, angle, self.probabilities)):
            made += [digit_of(group, box_of(found, group), number) for group in line if group.p[10] < NONE]
        return in_rows(made)

    def probabilities(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        """What the network says of pictures (28, 28) uint8 as in MNIST: (N, 11), ten digits and "no digit"."""
        if not len(pictures):
            return np.zeros((0, 11))
        x = np.stack(pictures)[..., None].astype(np.float32) * np.float32(self.scale)
        p = np.asarray(self.model.predict(x, batch_size=AT_ONCE, verbose=0), dtype=np.float64)
        return p if p.shape[1] == 11 else np.pad(p, ((0, 0), (0, 1)))

def read_digits(picture: Any, model: Any = None) -> list[Digit]:
    """The handwritten digits of a picture, row by row from the left to the right.

    Args:
        picture: a photograph or scan of a sheet or board, or a drawing: a file, a Pillow image or an array uint8, see
            `DigitReader.read`.
        model: as in `DigitReader`.

    Example:
        >>> from nabi.datasets import digits
        >>> (x, y), _ = digits.load_data()
        >>> one = read_digits(x[0])[0]
        >>> one.digit == int(y[0]), len(one.probabilities), one.picture.shape
        (True, 10, (28, 28))
    """
    return (shipped() if model is None else DigitReader(model)).read(picture)

def read_picture(picture: Any) -> np.ndarray:
    """A picture as it is shown, (H, W, 3) uint8: `nabi.pictures.shown.read`, a transparent ground in contrast to its strokes.

    Example:
        >>> drawing = np.zeros((40, 40, 4), "uint8"); drawing[10:30, 18:22] = 255
        >>> read_picture(drawing)[[0, 20], [0, 20], 0].tolist()
        [0, 255]
    """
    return read(picture, on_contrast)

@functools.cache
def shipped() -> DigitReader:
    """The reader that comes with nabi, loaded once a process."""
    return DigitReader()

def digit_of(group: Group, box: tuple[int, int, int, int], row: int) -> Digit:
    """A group as plain data."""
    p = group.p[:10] / max(float(group.p[:10].sum()), 1e-12)
    order = np.argsort(-p, kind="stable")
    return Digit(int(order[0]), float(p[order[0]]), tuple(float(v) for v in p), int(order[1]), box, row, group.picture)

def box_of(found: Pieces, group: Group) -> tuple[int, int, int, int]:
    """Left, top, width, height of a group in pixels of the given picture."""
    left, top, _, _ = bounds(found, group.numbers)
    _, here = alone(found, group.numbers, group.cut)
    rows, columns = np.flatnonzero(here.any(axis=1)), np.flatnonzero(here.any(axis=0))
    corner = (left + columns[0] - 1, top + rows[0] - 1)
    size = (columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1)
    return (round(corner[0] * found.scale), round(corner[1] * found.scale), round(size[0] * found.scale),
            round(size[1] * found.scale))

def in_rows(digits: list[Digit]) -> list[Digit]:
    """The digits with rows counted anew, where some held none."""
    numbers = {row: k for k, row in enumerate(sorted({digit.row for digit in digits}))}
    return [Digit(d.digit, d.probability, d.probabilities, d.second, d.box, numbers[d.row], d.picture) for d in digits]

def edge(pixels: np.ndarray) -> float:
    """Mean value along the four sides."""
    return float(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).mean())

def on_contrast(found: Image.Image) -> Image.Image:
    """A drawing on a transparent ground: on white where its strokes are dark, on black where they are light."""
    if "A" not in found.getbands():
        return flat(found)
    drawn = found.convert("RGBA")
    alpha = np.asarray(drawn.getchannel("A"), dtype=np.float64)
    grey = np.asarray(drawn.convert("L"), dtype=np.float64)
    ground = "black" if alpha.min() < 128 and (grey * alpha).sum() > 140 * max(alpha.sum(), 1) else "white"
    return Image.alpha_composite(Image.new("RGBA", drawn.size, ground), drawn)
