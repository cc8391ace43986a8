"""Rules: the printed lines of ruled and squared paper are followed across the sheet and taken away, the writing on them stays.

    thin        ink whose run down the column is at most 1/200 of the sheet
    peaks       in each strip of 1/64 of the width: rows that thin ink fills for the most part
    rule        peaks of strip after strip in a line (it may lean and bend), over most of the sheet's width
    taken away  ink of runs down the column that are no longer than the rule is thick, along the rule

Where a stroke crosses a rule, the column's run is as long as the stroke and stays whole; so digits are not cut. Upright lines are
those of the transposed sheet.
Source: Dalitz, Droettboom, Pranzas, Fujinaga, "A comparative study of staff removal algorithms", IEEE PAMI 2008, section 3.1
(LineTrack height: short runs along the line are the line's).
"""

from typing import NamedTuple

import numpy as np

from nabi.handwriting.parts import lengths

STRIPS = 64
THIN = 200  # a rule is at most one so-many-th of the longer side thick
FULL = 0.6  # of a strip that a rule fills
LONG, ALONE = 0.5, 0.9  # of the sheet that rules span: several; a single one
KNOWN = 0.45  # of the strips between its ends in which a rule is seen
LEAP = 10  # strips in a row in which it may be hidden
LEAN = 0.15  # rows a column at most


class Rule(NamedTuple):
    """A line across the sheet: its row at each column from `first` on, and how thick it is, in pixels."""

    first: int
    rows: np.ndarray
    thick: float


def without_rules(mask: np.ndarray) -> tuple[np.ndarray, float]:
    """A mask (H, W) bool without printed lines, and by how many degrees those across the sheet fall to the right (0: none).

    Example:
        >>> sheet = np.zeros((200, 256), bool); sheet[50::40] = True; sheet[30:120, 100:104] = True
        >>> clean, angle = without_rules(sheet)
        >>> int(clean.sum()), int(sheet.sum()), round(abs(angle), 3)
        (360, 1376, 0.0)
    """
    across = rules(mask)
    upright = rules(mask.T)
    mask = taken_away(mask, across) if across else mask
    mask = taken_away(mask.T, upright).T if upright else mask
    slopes = [(rule.rows[-1] - rule.rows[0]) / (len(rule.rows) - 1) for rule in across]
    return mask, float(np.degrees(np.arctan(np.median(slopes)))) if slopes else 0.0


def rules(mask: np.ndarray) -> list[Rule]:
    """The lines that run across a mask (H, W)."""
    height, width = mask.shape
    strip = max(4, width // STRIPS)
    run = lengths(np.ascontiguousarray(mask.T)).T
    most = max(3, max(height, width) // THIN)
    thin = mask & (run <= most)
    count = width // strip
    if count < 8:
        return []
    filled = thin[:, : count * strip].reshape(height, count, strip).sum(axis=2, dtype=np.int32)
    found = [line for line in joined(follow(peaks(filled, strip, most), strip)) if spans(line, count)]
    several = len(found) >= 3
    lines = []
    for line in found:
        strips, rows = np.array(line).T
        if not several and strips[-1] - strips[0] + 1 < ALONE * count:
            continue
        path = fitted(strips, rows, (np.arange(width) - strip / 2) / strip)
        if path is None:
            continue
        first, last = max(0, int((strips[0] - LEAP) * strip)), min(width, int((strips[-1] + LEAP) * strip))
        path = path[first:last]
        on = np.clip(path.round().astype(int), 0, height - 1)
        crossed = run[on, np.arange(first, last)]
        known = crossed[(crossed > 0) & (crossed <= most)]
        lines.append(Rule(first, path, float(np.median(known)) if len(known) else 1.0))
    return lines


def joined(lines: list[list[tuple[int, float]]]) -> list[list[tuple[int, float]]]:
    """Pieces of one line as one: what lies on the straight line through a longer piece belongs to it."""
    left = sorted((line for line in lines if len(line) >= 4), key=len, reverse=True)
    whole = []
    while left:
        line = left.pop(0)
        if len(line) >= 8:
            strips, rows = np.array(line).T
            straight = np.poly1d(np.polyfit(strips, rows, 1))
            mine = [other for other in left if np.abs([row - straight(k) for k, row in other]).mean() < 2.5
                    and not {k for k, _ in line} & {k for k, _ in other}]
            line = sorted([*line, *(point for other in mine for point in other)])
            left = [other for other in left if other not in mine]
        whole.append(line)
    return whole


def fitted(strips: np.ndarray, rows: np.ndarray, at: np.ndarray) -> np.ndarray | None:
    """Rows of a line at other places: a parabola between its ends, straight on behind them; None where it is no line."""
    fit = np.poly1d(np.polyfit(strips, rows, 2))
    off = np.abs(fit(strips) - rows)
    near = off <= max(1.5, 3 * float(np.median(off)))
    if near.sum() < 0.7 * len(strips):
        return None
    bend, straight = (np.poly1d(np.polyfit(strips[near], rows[near], degree)) for degree in (2, 1))
    ends = np.clip(at, strips[0], strips[-1])
    return bend(ends) + straight(at) - straight(ends)


def peaks(filled: np.ndarray, strip: int, most: int) -> list[np.ndarray]:
    """For each strip the rows in which a line lies: thin ink of as many rows as a line is thick fills the strip."""
    window = most + 2
    total = np.cumsum(np.pad(filled, ((window // 2 + 1, window - window // 2 - 1), (0, 0))), axis=0)
    near = total[window:] - total[:-window]
    near = near[: len(filled)]
    rows = np.arange(len(filled))
    places = []
    for column, own in zip(near.T, filled.T, strict=True):
        strong = column >= FULL * strip
        edges = np.flatnonzero(np.diff(np.concatenate([[0], strong.astype(np.int8), [0]])))
        middles = [float(rows[a:b] @ own[a:b]) / max(float(own[a:b].sum()), 1e-9) for a, b in edges.reshape(-1, 2)
                   if b - a <= 3 * window and own[a:b].any()]
        places.append(np.array(middles))
    return places


def follow(places: list[np.ndarray], strip: int) -> list[list[tuple[int, float]]]:
    """Peaks of strip after strip joined to lines of (strip, row)."""
    lines: list[list[tuple[int, float]]] = []
    open_ones: list[list[tuple[int, float]]] = []
    for k, rows in enumerate(places):
        free = list(rows)
        open_ones = [line for line in open_ones if k - line[-1][0] <= LEAP]
        lean = lean_of(open_ones)
        for line in sorted(open_ones, key=len, reverse=True):
            if not free:
                break
            last, row = line[-1]
            steady = (line[-1][1] - line[-8:][0][1]) / (last - line[-8:][0][0]) if len(line) >= 6 else lean
            expected = row + steady * (k - last)
            nearest = min(free, key=lambda place: abs(place - expected))
            room = LEAN * strip if len(line) < 4 and len(lines) < 8 and lean == 0 else 0.0
            if abs(nearest - expected) <= 2.5 + room + 0.1 * (k - last):
                line.append((k, nearest))
                free.remove(nearest)
        for row in free:
            line = [(k, float(row))]
            lines.append(line)
            open_ones.append(line)
    return lines


def lean_of(lines: list[list[tuple[int, float]]]) -> float:
    """Rows a strip that the lines known so far fall by."""
    known = [(line[-1][1] - line[0][1]) / (line[-1][0] - line[0][0]) for line in lines if len(line) >= 5]
    return float(np.median(known)) if known else 0.0


def spans(line: list[tuple[int, float]], count: int) -> bool:
    """Whether a line is long and seen well enough to be a rule."""
    length = line[-1][0] - line[0][0] + 1
    return length >= LONG * count and len(line) >= KNOWN * length


def taken_away(mask: np.ndarray, lines: list[Rule]) -> np.ndarray:
    """A mask (H, W) without the short column runs along the lines."""
    run = lengths(np.ascontiguousarray(mask.T)).T
    clean = mask.copy()
    height = len(mask)
    for rule in lines:
        longest = max(rule.thick + 2, 1.7 * rule.thick)
        reach = int(np.ceil(rule.thick / 2)) + 2
        columns = np.arange(rule.first, rule.first + len(rule.rows))
        for step in range(-reach, reach + 1):
            rows = rule.rows.round().astype(int) + step
            inside = (rows >= 0) & (rows < height)
            r, c = rows[inside], columns[inside]
            short = run[r, c] <= longest
            clean[r[short], c[short]] = False
    return clean
