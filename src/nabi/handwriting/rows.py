"""Rows: which pieces of ink stand beside each other, how far the sheet is turned, and in which order to read.

    turned        the angle a, among -12 to 12 degrees, at which the middles y cos a - x sin a of the pieces lie closest together:
                  sum over a histogram's bins of count^2 is largest; 0 where fewer than 5 pieces tell
    row           from the left to the right, each piece joins the row whose height at that place is nearest, if they overlap
    order         rows from the top to the bottom, in a row from the left to the right

Source: projection profiles: Postl, "Detection of linear oblique structures and skew scan in digitized documents", ICPR 1986.
"""

import math

import numpy as np

from nabi.handwriting.pieces import Pieces

MOST = 12.0  # degrees
STEP = 0.25
NEAR = 0.55  # of the usual height: how far the middles of neighbours may differ
WHOLE, TALL = 0.5, 1.6  # of the usual height: what tells the angle; a heap of pieces that is more than a row
REACH = 6  # latest members that say where a row runs


def arranged(found: Pieces) -> tuple[list[list[int]], float]:
    """The parts of a sheet row by row, each row from the left to the right, and the angle by which rows fall, in degrees.

    Near pieces (a cluster) go to one row together, if they are not higher than a row.
    """
    heaps: dict[int, list[int]] = {}
    for part, cluster in zip(found.kept, found.cluster, strict=True):
        heaps.setdefault(int(cluster), []).append(int(part))
    groups = []
    for some in heaps.values():
        box = found.parts.box[some]
        is_tall = box[:, 3].max() - box[:, 1].min() > TALL * found.height
        groups += [[k] for k in some] if is_tall else [some]
    boxes = np.array([(*found.parts.box[some, :2].min(axis=0), *found.parts.box[some, 2:].max(axis=0)) for some in groups])
    whole = boxes[:, 3] - boxes[:, 1] >= WHOLE * found.height
    angle = found.angle or turned(boxes[whole], found.height)
    lines = [[k for number in row for k in groups[number]] for row in rows(boxes, angle, found.height)]
    slope = math.tan(math.radians(angle))
    middle = (found.parts.box[:, :2] + found.parts.box[:, 2:]) / 2
    along = middle[:, 0] + middle[:, 1] * slope
    return [sorted(line, key=lambda k: float(along[k])) for line in lines], angle


def turned(boxes: np.ndarray, height: float) -> float:
    """By how many degrees the rows fall to the right.

    Args:
        boxes: (N, 4) left, top, right, bottom of pieces as high as digits.
        height: usual height of a digit.

    Example:
        >>> x = np.arange(0, 800, 50.0); y = np.concatenate([x * 0.07, x * 0.07 + 150])
        >>> x = np.tile(x, 2); round(turned(np.stack([x, y, x + 30, y + 40], axis=1), 40))
        4
    """
    if len(boxes) < 5:
        return 0.0
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    angles = np.arange(-MOST, MOST + STEP / 2, STEP)
    found = []
    for angle in np.radians(angles):
        place = y * math.cos(angle) - x * math.sin(angle)
        place = (place - place.min()) / (height / 4)
        counts = np.bincount(np.concatenate([np.floor(place), np.floor(place + 0.5)]).astype(int))
        smooth = np.convolve(counts, [1, 2, 1])
        found.append(float((smooth.astype(float) ** 2).sum()))
    found = np.array(found)
    best = found >= found.max() * 0.985
    return float(angles[best][np.argmin(np.abs(angles[best] - np.median(angles[best])))]) if not best[len(angles) // 2] else 0.0


def rows(boxes: np.ndarray, angle: float, height: float) -> list[list[int]]:
    """Numbers of the boxes (N, 4), row by row, in the order in which they are read.

    Example:
        >>> rows(np.array([[50, 2, 60, 22], [0, 0, 10, 20], [0, 40, 10, 60]]), 0.0, 20)
        [[1, 0], [2]]
    """
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    along, down = x * c + y * s, y * c - x * s
    made: list[list[int]] = []
    for k in np.argsort(along, kind="stable"):
        best, least = None, NEAR * height
        for row in made:
            last = row[-REACH:]
            away = abs(down[k] - float(np.median(down[last])))
            if away < least:
                best, least = row, away
        if best is None:
            made.append([int(k)])
        else:
            best.append(int(k))
    return sorted(made, key=lambda row: float(np.median(down[row])))
