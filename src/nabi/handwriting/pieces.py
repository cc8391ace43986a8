"""Pieces: a sheet's ink in connected parts, which of them could belong to digits, and the picture of any group of them.

    picture -> at most 2,000 pixels -> ink -> mask -> printed lines taken away -> parts -> height of a digit -> specks left out
    group of parts -> its ink alone, turned upright -> full ink where the pen was -> 28 x 28 as in MNIST (`framing`)

The usual height of a digit is that at which half of the ink lies in higher parts. What is smaller than a twelfth of it is a
speck; what is much thinner than the pen's usual stroke, such as the rest of a printed line, is none of its strokes.

    stroke(part)    mean over its pixels of min(run along the row, run along the column)
    thin            stroke < 0.35 of the median over the parts that are about as high as a digit, and the part 5 times as
                    high as wide: a broken stroke leaves thin bits of other shapes
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from nabi.handwriting.framing import framed
from nabi.handwriting.ink import Ink, ink
from nabi.handwriting.parts import Parts, lengths, parts
from nabi.handwriting.rules import without_rules

MOST, LEAST = 2000, 320  # pixels of the larger side at which a sheet is looked at
SHARE = 0.25  # of the usual ink: what is darker is written
SPECK = 1 / 12  # of a digit's height
JOINED = 0.06  # of a digit's height: pieces that are less than twice that apart stand in one row
FAR = 0.3  # of the picture's side: a part at its border that reaches as far is the desk, or the edge of the paper
THIN, LONG, HIGH = 0.35, 5.0, (0.4, 2.0)  # of the usual stroke; of the part's width; of a digit's height
UPRIGHT = 1.0  # degrees: less is not turned back


class Pieces(NamedTuple):
    """What stands on a sheet.

    Attributes:
        ink: how much of it is where.
        parts: the connected parts, see `nabi.handwriting.parts`.
        kept: numbers of the parts that are no specks.
        cluster: for each of them the number of the heap of near pieces it lies in.
        height: usual height of a digit, in pixels; 0 where nothing is written.
        angle: by how many degrees printed lines fall to the right; 0 where there are none.
        scale: pixels of the given picture a pixel here.
    """

    ink: Ink
    parts: Parts
    kept: np.ndarray
    cluster: np.ndarray
    height: float
    angle: float
    scale: float


def pieces(pixels: np.ndarray) -> Pieces:
    """The pieces of a picture (H, W, 3) uint8.

    Example:
        >>> sheet = np.full((400, 400, 3), 230, "uint8"); sheet[100:180, 100:112] = 30; sheet[50:52, 300:302] = 90
        >>> found = pieces(sheet)
        >>> found.parts.box[found.kept].tolist(), found.height
        ([[100, 100, 112, 180]], 80.0)
    """
    side = max(pixels.shape[:2])
    wanted = min(max(side, LEAST), MOST)
    if wanted != side:
        size = [max(1, round(n * wanted / side)) for n in pixels.shape[1::-1]]
        how = Image.Resampling.BOX if wanted < side else Image.Resampling.BICUBIC
        pixels = np.asarray(Image.fromarray(pixels).resize((size[0], size[1]), how, reducing_gap=2.0 if wanted < side else None))
    found = ink(pixels)
    written = found.amount > found.least
    usual = float(np.quantile(found.amount[written], 0.9)) if written.any() else 1.0
    mask, angle = without_rules(found.amount > max(found.least, SHARE * usual))
    connected = parts(mask)
    wide, high = connected.box[:, 2] - connected.box[:, 0], connected.box[:, 3] - connected.box[:, 1]
    around = surroundings(connected)
    written, height = mask & ~around[connected.label], usual_height(high[~around], connected.area[~around])
    cluster = connected
    for _ in range(2):  # where strokes are broken, parts are lower than digits
        reach = round(JOINED * height)
        cluster = parts(thickened(written, reach))
        height = usual_height((cluster.box[:, 3] - cluster.box[:, 1])[1:] - 2 * reach, cluster.area[1:])
    keep = (np.maximum(wide, high) >= max(4, SPECK * height)) & (connected.area >= 6) & ~around
    kept = np.flatnonzero(keep)
    rest = thin(strokes(mask, connected)[kept], high[kept] / max(height, 1.0))
    kept = kept[~(rest & (high[kept] >= LONG * wide[kept]))]
    return Pieces(found, connected, kept, cluster_of(connected, cluster, kept), height, angle, side / wanted)


def surroundings(found: Parts) -> np.ndarray:
    """Which parts are not written: (N + 1,) bool. The desk around the sheet, its edge, a frame; number 0, the paper.

    They touch the picture's border and reach far along it. Where all parts do, the picture is one digit, and none of them is.
    """
    height, width = found.label.shape
    left, top, right, bottom = found.box.T
    touches = (left == 0) | (top == 0) | (right == width) | (bottom == height)
    far = (right - left >= FAR * width) | (bottom - top >= FAR * height)
    around = touches & far
    around[0] = True
    return around if not around.all() else np.arange(len(around)) == 0


def strokes(mask: np.ndarray, found: Parts) -> np.ndarray:
    """How thick the strokes of each part of a mask are, in pixels: (N + 1,), 0 for number 0.

    Example:
        >>> mask = np.zeros((20, 20), bool); mask[2:18, 3:5] = True; mask[4:9, 8:20] = True
        >>> strokes(mask, parts(mask)).tolist()
        [0.0, 2.0, 5.0]
    """
    thick = np.minimum(lengths(mask), lengths(np.ascontiguousarray(mask.T)).T)
    total = np.bincount(found.label[mask], thick[mask], len(found.area))
    return total / np.maximum(found.area, 1)


def thin(stroke: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which parts are too thin for the pen that wrote most of them, by their strokes and their heights in heights of a digit.

    Example:
        >>> thin(np.array([12.0, 3.0, 14.0, 5.0]), np.array([1.0, 0.9, 1.1, 0.3])).tolist()
        [False, True, False, False]
    """
    usual = stroke[(high >= HIGH[0]) & (high <= HIGH[1])]
    return stroke < THIN * float(np.median(usual)) if len(usual) else np.zeros(len(stroke), bool)


def thickened(mask: np.ndarray, by: int) -> np.ndarray:
    """A mask (H, W) bool whose ink reaches `by` pixels further along rows and columns.

    Example:
        >>> thickened(np.array([[0, 0, 0, 1, 0, 0]], bool), 2).astype(int).tolist()
        [[0, 1, 1, 1, 1, 1]]
    """
    for _ in range(2):
        total = np.cumsum(np.pad(mask, ((0, 0), (by + 1, by))), axis=1, dtype=np.int32)
        mask = np.ascontiguousarray((total[:, 2 * by + 1 :] > total[:, : -2 * by - 1]).T)
    return mask


def cluster_of(found: Parts, cluster: Parts, kept: np.ndarray) -> np.ndarray:
    """The cluster of each of some parts."""
    order = np.zeros(len(found.area), np.int64)
    inked = found.label > 0
    order[found.label[inked]] = cluster.label[inked]
    return order[kept]


def usual_height(high: np.ndarray, area: np.ndarray) -> float:
    """The height at which half of all ink lies in higher parts.

    Example:
        >>> usual_height(np.array([1, 1, 40, 42, 300]), np.array([1, 1, 90, 95, 20]))
        42.0
    """
    if not len(high):
        return 0.0
    order = np.argsort(high)
    total = np.cumsum(area[order])
    return float(high[order][np.searchsorted(total, total[-1] / 2)])


def shown(found: Pieces, numbers: list[int], angle: float, cut: "np.ndarray | None" = None) -> np.ndarray:
    """The parts of these numbers as one digit: (28, 28) uint8.

    Args:
        cut: (H, W) bool over the box of the parts: what of it is meant; None: all.
    """
    return framed(upright(*alone(found, numbers, cut), angle))


def bounds(found: Pieces, numbers: list[int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of some parts."""
    box = found.parts.box[numbers]
    left, top = box[:, :2].min(axis=0)
    right, bottom = box[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def inside(found: Pieces, numbers: list[int]) -> np.ndarray:
    """Where these parts are within their box: (H, W) bool."""
    left, top, right, bottom = bounds(found, numbers)
    label = found.parts.label[top:bottom, left:right]
    return np.isin(label, numbers) if len(numbers) > 1 else label == numbers[0]


def alone(found: Pieces, numbers: list[int], cut: "np.ndarray | None" = None) -> tuple[np.ndarray, np.ndarray]:
    """Ink of some parts with nothing else, and where it is: (H, W) with a pixel of paper around."""
    left, top, right, bottom = bounds(found, numbers)
    here = inside(found, numbers)
    if cut is not None:
        here = here & cut
    here = np.pad(here, 1)
    amount = np.pad(found.ink.amount[top:bottom, left:right], 1)
    full = float(np.quantile(amount[here], 0.75)) if here.any() else 1.0
    return np.where(here, np.clip(amount / full, 0, 1), 0).astype(np.float32), here


def upright(amount: np.ndarray, here: np.ndarray, angle: float) -> np.ndarray:
    """A digit's ink turned back by the sheet's angle."""
    if abs(angle) < UPRIGHT:
        return amount
    picture = Image.fromarray((amount * 255).astype(np.uint8))
    return np.asarray(picture.rotate(angle, Image.Resampling.BILINEAR, expand=True))
