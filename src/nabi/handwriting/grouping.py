"""Grouping: which neighbouring pieces of ink make one digit, and which piece is several: what the network reads best decides.

A row is a sequence of pieces; it is divided into groups of neighbours, and each group is one of

    a digit       value log p, p the network's probability of the best digit; less the smaller the group is against the row
    several       a piece that cuts divide into digits: twice the sum of their values, less `CUT` each and what narrow ones cost
    nothing       value -(LOSS + SIZE * size): a speck, a letter, a part of a drawing; size in heights of a digit

The division with the largest sum is found by dynamic programming: best(k) = max over groups that end at k of best(start) + value.
Source: Casey & Lecolinet, "A survey of methods and strategies in character segmentation", IEEE PAMI 1996 (recognition-based).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nabi.handwriting.parts import parts
from nabi.handwriting.pieces import Pieces, bounds, inside, shown

CUT, NARROW, DARE, LOSS, SIZE, JOIN, FRAGMENT = 0.35, 2.0, 2.0, 0.35, 2.8, 1.0, 6.0
SURE = 0.9  # a piece that is read with this probability alone is not joined or cut, unless a small one lies beside it
SMALL, GAP, CLOSE, WIDEST, HIGHEST = 0.62, 0.4, 0.12, 1.5, 1.5  # of the row's height: a fragment, gaps within a digit, a digit
TOGETHER = 4  # pieces of a digit at most
CUTS, MOST_CUTS, SLANTS = 3, 9, (-0.35, 0.0, 0.35)  # places to cut for each digit that may be in a piece; columns a row
MOST_DIVIDED = 150  # pieces of a sheet that are cut on trial, the widest first: of hundreds of blots few can be digits that touch
NONE = 0.8  # probability of "no digit" from which a group is none
CRUMB = 0.1  # of the largest bit of a cut piece: what is smaller belongs to the other side
Read = Callable[[Sequence[np.ndarray]], np.ndarray]  # pictures (28, 28) -> probabilities (N, 11): ten digits and none


class Group(NamedTuple):
    """Ink that is read as one digit.

    Attributes:
        numbers: its parts. cut: which of their box is meant, None for all.
        picture: (28, 28) uint8. p: (11,) probabilities of ten digits and of none.
    """

    numbers: list[int]
    cut: np.ndarray | None
    picture: np.ndarray
    p: np.ndarray

    @property
    def likely(self) -> float:
        """Probability of the best digit."""
        return float(self.p[:10].max())


def grouped(found: Pieces, rows: list[list[int]], angle: float, read: Read) -> list[list[Group]]:
    """The digits of each row, from the left to the right."""
    singles = [[k] for row in rows for k in row]
    known = {tuple(g.numbers): g for g in looked(found, singles, angle, read)}
    heights = [row_height(found, row) for row in rows]
    joins = [join for row, height in zip(rows, heights, strict=True) for join in candidates(found, row, height, known)]
    known |= {tuple(g.numbers): g for g in looked(found, joins, angle, read)}
    doubtful = [(known[k,], height) for row, height in zip(rows, heights, strict=True) for k in row
                if (known[k,].likely < SURE or wide_of(found, k) > height) and high_of(found, k) >= SMALL * height]
    doubtful.sort(key=lambda one: -wide_of(found, one[0].numbers[0]) / one[1])
    several = divided(found, doubtful[:MOST_DIVIDED], angle, read)
    return [best(found, row, height, known, several) for row, height in zip(rows, heights, strict=True)]


def looked(found: Pieces, groups: Sequence[list[int]], angle: float, read: Read) -> list[Group]:
    """Groups of parts with what the network says of them."""
    pictures = [shown(found, group, angle) for group in groups]
    return [Group(group, None, picture, p) for group, picture, p in zip(groups, pictures, read(pictures), strict=True)]


def row_height(found: Pieces, row: list[int]) -> float:
    """Usual height of a digit in a row: that of the higher half of its heaps of near pieces, at least half of the sheet's."""
    heaps: dict[int, list[int]] = {}
    for k in row:
        heaps.setdefault(int(found.cluster[np.searchsorted(found.kept, k)]), []).append(k)
    high = np.sort([bounds(found, some)[3] - bounds(found, some)[1] for some in heaps.values()])
    return float(np.clip(np.median(high[len(high) // 2 :]), 0.5 * found.height, 1.5 * found.height))


def high_of(found: Pieces, k: int) -> int:
    """Height of a part."""
    return int(found.parts.box[k, 3] - found.parts.box[k, 1])


def wide_of(found: Pieces, k: int) -> int:
    """Width of a part."""
    return int(found.parts.box[k, 2] - found.parts.box[k, 0])


def candidates(found: Pieces, row: list[int], height: float, known: dict) -> list[list[int]]:
    """Neighbours that may be one digit: near each other, together no wider than a digit, one of them small or read badly."""
    made = []
    for start in range(len(row)):
        for end in range(start + 2, min(start + TOGETHER, len(row)) + 1):
            some = row[start:end]
            gap = gap_of(found, some)
            if gap > GAP * height:
                break
            left, top, right, bottom = bounds(found, some)
            odd = gap < CLOSE * height or any(known[k,].likely < SURE or high_of(found, k) < SMALL * height for k in some)
            if odd and right - left <= WIDEST * height and bottom - top <= HIGHEST * height:
                made.append(some)
    return made


def gap_of(found: Pieces, numbers: list[int]) -> int:
    """Columns between the last of some parts and those before it; negative where they share columns."""
    return int(found.parts.box[numbers[-1], 0]) - bounds(found, numbers[:-1])[2]


def certain(group: Group) -> float:
    """log p of the best digit; that it is none costs all."""
    return float(np.log(max(group.likely, 1e-6))) if group.p[10] < NONE else float("-inf")


def value(found: Pieces, group: Group, height: float) -> float:
    """How good a group is as one digit: small and very wide ones are seldom one, pieces that share columns often."""
    left, top, right, bottom = bounds(found, group.numbers)
    wide, high = (right - left) / height, (bottom - top) / height
    close = len(group.numbers) > 1 and gap_of(found, group.numbers) < CLOSE * height
    return certain(group) - FRAGMENT * max(0.0, SMALL - high) - 2 * max(0.0, wide - 1.2) + JOIN * close


def nothing(found: Pieces, k: int, height: float) -> float:
    """What it costs to leave a part out."""
    return -(LOSS + SIZE * min(max(wide_of(found, k), high_of(found, k)) / height, 1.2))


def best(found: Pieces, row: list[int], height: float, known: dict, several: dict) -> list[Group]:
    """The best division of a row into digits."""
    value_of: list[float] = [0.0]
    chosen: list[tuple[int, list[Group]]] = [(0, [])]
    for end in range(1, len(row) + 1):
        options = [(value_of[end - 1] + nothing(found, row[end - 1], height), end - 1, [])]
        for start in range(max(0, end - TOGETHER), end):
            group = known.get(tuple(row[start:end]))
            if group is not None:
                options.append((value_of[start] + value(found, group, height), start, [group]))
        cut = several.get(row[end - 1])
        if cut is not None:
            narrow = max(0.0, 1 - wide_of(found, row[end - 1]) / high_of(found, row[end - 1]))
            options.append((value_of[end - 1] + cut[0] - NARROW * narrow, end - 1, cut[1]))
        total, start, groups = max(options, key=lambda option: option[0])
        value_of.append(total)
        chosen.append((start, groups))
    digits: list[Group] = []
    end = len(row)
    while end:
        start, groups = chosen[end]
        digits = groups + digits
        end = start
    return digits


def divided(found: Pieces, doubtful: list[tuple[Group, float]], angle: float, read: Read) -> dict[int, tuple[float, list[Group]]]:
    """The best division of each doubtful piece into two digits or more and its value, by its part's number."""
    plans = [(group, height, plan) for group, height in doubtful for plan in cuts(inside(found, group.numbers))]
    masks = [mask for _, _, plan in plans for mask in plan.values()]
    owners = [group for group, _, plan in plans for _ in plan]
    pictures = [shown(found, group.numbers, angle, mask) for group, mask in zip(owners, masks, strict=True)]
    pieces_read = iter([Group(group.numbers, mask, picture, p)
                        for group, mask, picture, p in zip(owners, masks, pictures, read(pictures), strict=True)])
    made: dict[int, tuple[float, list[Group]]] = {}
    for group, height, plan in plans:
        total, digits = shortest({place: next(pieces_read) for place in plan}, height)
        if len(digits) > 1 and total > made.get(group.numbers[0], (-np.inf, []))[0]:
            made[group.numbers[0]] = (total, digits)
    return made


def shortest(plan: dict[tuple[int, int], Group], height: float) -> tuple[float, list[Group]]:
    """The best way from the first cut to the last: (sum of values, digits)."""
    last = max((end for _, end in plan), default=0)
    ways: dict[int, tuple[float, list[Group]]] = {0: (0.0, [])}
    for (start, end), group in sorted(plan.items(), key=lambda item: item[0][1]):
        if start in ways:
            high = 0.0 if group.cut is None else float(group.cut.any(axis=1).sum()) / height
            total = ways[start][0] + DARE * (certain(group) - FRAGMENT * max(0.0, SMALL - high)) - CUT
            if total > ways.get(end, (-np.inf, []))[0]:
                ways[end] = (total, [*ways[start][1], group])
    return ways.get(last, (-np.inf, []))


def cuts(here: np.ndarray) -> list[dict[tuple[int, int], np.ndarray]]:
    """Ways to cut ink (H, W) bool from top to bottom where little of it is in the way, one for each slant.

    Returns: for each slant what lies between cut a and cut b (0 is the left side) as {(a, b): (H, W) bool}.

    Example:
        >>> two = np.zeros((20, 30), bool); two[:, 2:5] = True; two[:, 24:27] = True; two[10, 5:24] = True
        >>> upright = cuts(two)[1]
        >>> len(upright), all(mask.any() for mask in upright.values())
        (34, True)
    """
    height, width = here.shape
    if width < 0.5 * height or width < 8:
        return []
    rows, columns = np.mgrid[:height, :width]
    narrow, wide = 0.1 * height, WIDEST * height
    made = []
    for slant in SLANTS:
        place = columns + (rows - height / 2) * slant
        ink = np.bincount(np.clip(place[here].round().astype(int), 0, width - 1), minlength=width).astype(float)
        smooth = np.convolve(ink, np.ones(3) / 3, "same")
        edge = max(1, int(narrow))
        smooth[:edge] = smooth[-edge:] = np.inf
        chosen: list[int] = []
        for _ in range(min(CUTS * max(1, round(width / height)) + 1, MOST_CUTS)):
            at = int(np.argmin(smooth))
            if not np.isfinite(smooth[at]):
                break
            chosen.append(at)
            near = max(2, int(0.12 * height))
            smooth[max(0, at - near) : at + near + 1] = np.inf
        at_all = [-np.inf, *sorted(chosen), np.inf]
        ends = [max(0, min(at, width)) for at in at_all]
        plan = {}
        for a in range(len(at_all) - 1):
            for b in range(a + 1, len(at_all)):
                if (a, b) == (0, len(at_all) - 1) or not narrow <= ends[b] - ends[a] <= wide:
                    continue
                mask = here & (place >= at_all[a]) & (place < at_all[b])
                if mask.any():
                    plan[a, b] = without_crumbs(mask)
        made.append(plan)
    return [plan for plan in made if plan]


def without_crumbs(mask: np.ndarray) -> np.ndarray:
    """A cut piece without the bits of its neighbour that the cut left."""
    found = parts(mask)
    return mask if len(found.area) <= 2 else mask & (found.area >= CRUMB * found.area.max())[found.label]
