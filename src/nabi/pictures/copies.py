"""Copies: pictures of a set that show the same thing: stored at another quality or size, brighter, or cropped a little.

    description    d = f^(1/2) C g C^T - mean        g: 16 x 16 grey, C: its lowest 8 x 8 cosines, f: their frequency
    candidates     cos(d_a, d_b) >= 0.8              each with its 2 nearest
    likeness       r = the largest correlation of b with a, cropped by up to 10 % from each side, at 32 x 32 in colour
    copies         1 - r <= min(0.04, 0.15 u)        u: 1 - r between a or b and its 12th nearest, the smaller

The limit comes from the set itself: of photographs, even the twelfth nearest is another one (u = 0.3 or more), so 4 % are a sure
sign; of handwritten ones many are that near, and two all the same. f^(1/2) weighs the cosines as they are spread in photographs;
the mean of the set, which all faces share, says nothing about which of them are copies.
"""

from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np

from nabi.pictures.duplicates import thumbnails

SIDE, SMALL = 32, 16  # of the pixels that are compared, and aligned coarsely
COSINES = 8
ALIKE, NEAREST = 0.8, 2
MOST, SHARE, OTHERS = 0.04, 0.15, 12
STEP, STEPS = 0.015, 8  # margins that are tried: share of a side, and how many
COARSE, FINE = (0, 2, 4, 6), (-1, 0, 1)
APART = 0.1  # u from which crops can be told from others
PROMISING = 0.9  # what coarse steps come to where the finer ones reach the limit
FEW = 100  # pictures from which the set's mean counts half
PLAIN = 2.0  # grey levels: plain areas have nothing to compare
BLOCK = 2**22  # similarities at a time
PIECE = 1024  # pairs at a time


def copies(pixels: np.ndarray, tell: Callable[[int, int], None] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (P, 2) of numbers of copies, the smaller first, in ascending order, and their likeness (P,), at most 1.

    Args:
        pixels: uint8 (N, 32, 32, C), the whole pictures stretched to this size; a memory map is read piece by piece.
        tell: takes (done, all) while pictures are compared.

    Example:
        >>> x = np.random.default_rng(0).integers(0, 256, (9, 4, 4, 1), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
        >>> x[7] = x[2] // 2 + 60
        >>> copies(x)[0].tolist()
        [[2, 7]]
    """
    found, far = candidates(described(pixels), tell)
    limit, r = np.empty(len(found)), np.empty(len(found))
    for start in range(0, len(found), PIECE):
        piece = found[start : start + PIECE]
        a, b = pixels[piece[:, 0]].astype(np.float32), pixels[piece[:, 1]].astype(np.float32)
        u = 1 - np.maximum(correlation(a, pixels[far[piece[:, 0]]]), correlation(b, pixels[far[piece[:, 1]]]))
        u[(far[piece] < 0).any(axis=1)] = 1  # too few others to tell
        best = correlation(a, b)
        some = (1 - best > np.minimum(MOST, SHARE * u)) & (u >= APART)
        if some.any():
            best[some] = np.maximum(best[some], np.maximum(aligned(a[some], b[some]), aligned(b[some], a[some])))
        limit[start : start + PIECE], r[start : start + PIECE] = np.minimum(MOST, SHARE * u), best
    kept = 1 - r <= limit
    return found[kept], np.minimum(r[kept], 1.0)


def described(pixels: np.ndarray) -> np.ndarray:
    """Descriptions (N, 57) float32 of length 1, or 0 where a picture is plain."""
    n = len(pixels)
    wave = np.cos(np.pi * np.outer(np.arange(COSINES), np.arange(SMALL) + 0.5) / SMALL).astype(np.float32)
    frequency = np.hypot(*np.indices((COSINES, COSINES), dtype=np.float32))
    taken = (frequency > 0) & (frequency <= COSINES * 1.05)
    out, plain = np.empty((n, int(taken.sum())), np.float32), np.zeros(n, bool)
    step = 4096
    for start in range(0, n, step):
        g = thumbnails(pixels[start : start + step], SMALL, SMALL)
        plain[start : start + step] = g.std(axis=(1, 2)) < PLAIN
        contrast = np.maximum(g.std(axis=(1, 2), keepdims=True), 1e-6)  # a darker copy is as near to the mean as its original
        out[start : start + step] = (np.sqrt(frequency) * (wave @ ((g - g.mean(axis=(1, 2), keepdims=True)) / contrast)
                                                           @ wave.T))[:, taken]
    out -= out.mean(axis=0, where=~plain[:, None]) * n / (n + FEW) if (~plain).any() else 0
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    out[plain] = 0
    return out


def candidates(d: np.ndarray, tell: Callable[[int, int], None] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (P, 2) whose descriptions are alike, and for each picture in one its twelfth nearest (N,), -1 where there is none."""
    n = len(d)
    found, far = [np.empty((0, 2), np.int64)], np.full(n, -1)
    k, last = min(NEAREST, n - 1), min(OTHERS, (n - 1) // 2)
    step = max(1, BLOCK // max(n, 1))
    for start in range(0, n if k > 0 else 0, step):
        rows = np.arange(start, min(start + step, n))
        s = d[rows] @ d.T
        s[np.arange(len(rows)), rows] = -1
        wanted = np.flatnonzero((s >= ALIKE).any(axis=1))
        if len(wanted):
            most = max(k, last)
            place = np.argpartition(-s[wanted], most - 1, axis=1)[:, :most]
            value = np.take_along_axis(s[wanted], place, axis=1)
            order = np.argsort(-value, axis=1, kind="stable")
            place, value = np.take_along_axis(place, order, axis=1), np.take_along_axis(value, order, axis=1)
            i, j = np.nonzero(value[:, :k] >= ALIKE)
            found.append(np.stack([rows[wanted[i]], place[i, j]], axis=1))
            far[rows[wanted]] = place[:, last - 1] if last else -1
        if tell is not None:
            tell(int(rows[-1]) + 1, n)
    pairs = np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
    lacking = np.setdiff1d(pairs, np.flatnonzero(far >= 0)) if last else np.empty(0, np.int64)
    for number in lacking:  # its partner's neighbour, not its own: the similarities of some places may differ in the last bit
        far[number] = np.argsort(-(d @ d[number]), kind="stable")[last]
    return pairs, far


def aligned(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlation (P,) of b with the part of a that fits it best: columns first, then rows, coarsely, then finer; -1 for none."""
    best = np.full(len(a), -1.0)
    grey_a, grey_b = grey(a), grey(b)
    small_a, small_b = (x[:, ::2, ::2] + x[:, 1::2, ::2] + x[:, ::2, 1::2] + x[:, 1::2, 1::2] for x in (grey_a, grey_b))
    margins, score = searched(small_a, centred(small_b), np.zeros((len(a), 2, 2), int), list(product(COARSE, COARSE)))
    some = np.flatnonzero(score >= PROMISING)
    if len(some):
        margins, _ = searched(grey_a[some], centred(grey_b[some]), margins[some], list(product(FINE, FINE)))
        columns, rows = (windows(SIDE)[margins[:, axis, 0], margins[:, axis, 1]] for axis in (0, 1))
        part = [rows @ a[some, :, :, c] @ columns.transpose(0, 2, 1) for c in range(a.shape[3])]
        best[some] = correlation(np.stack(part, axis=3), b[some])
    return best


def searched(a: np.ndarray, b: np.ndarray, margins: np.ndarray, steps: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Margins (P, 2, 2) on a's columns and rows, in steps, that fit b best, and the correlation there.

    Args:
        a: (P, S, S). b: (P, S S), as `centred` gives them. margins: where to begin. steps: what to try on each axis.
    """
    table, score = windows(a.shape[1]), np.empty(0)
    for axis in (0, 1):
        other = table[margins[:, 1 - axis, 0], margins[:, 1 - axis, 1]]
        part = other @ a if axis == 0 else (other @ a.transpose(0, 2, 1))
        tried = np.clip(margins[:, axis, None] + np.array(steps), 0, STEPS - 1)  # (P, K, 2)
        target = b.reshape(a.shape) if axis == 0 else b.reshape(a.shape).transpose(0, 2, 1)
        target = np.ascontiguousarray(target.transpose(0, 2, 1)).reshape(len(a), -1)  # as `w @ part^T` has its axes
        scores = []
        for k in range(len(steps)):
            w = table[tried[:, k, 0], tried[:, k, 1]]
            scores.append((centred(w @ part.transpose(0, 2, 1)) * target).sum(axis=1))
        margins = margins.copy()
        margins[:, axis] = tried[np.arange(len(a)), np.argmax(scores, axis=0)]
        score = np.max(scores, axis=0)
    return margins, score


@cache
def windows(side: int) -> np.ndarray:
    """Weights (8, 8, side, side) float32 that stretch what lies between two margins, in steps, to the whole side."""
    margins, pixel = STEP * np.arange(STEPS), np.arange(side)
    first, last = margins[:, None, None], margins[None, :, None]
    edges = side * (first + (1 - first - last) * np.linspace(0, 1, side + 1))  # (8, 8, side + 1)
    shared = np.minimum(edges[..., 1:, None], pixel + 1) - np.maximum(edges[..., :-1, None], pixel)
    shared = np.clip(shared, 0, None)
    return (shared / shared.sum(axis=3, keepdims=True)).astype(np.float32)


def grey(x: np.ndarray) -> np.ndarray:
    """Sums (P, H, W) of the channels of pictures (P, H, W, C)."""
    return x @ np.ones(x.shape[3], np.float32)


def centred(x: np.ndarray) -> np.ndarray:
    """Pictures (P, H, W) as rows (P, H W) about their mean, of length 1."""
    rows = x.reshape(len(x), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / np.maximum(np.sqrt(np.einsum("pk,pk->p", rows, rows)), 1e-6)[:, None]


def correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlation (P,) of pictures (P, H, W, C), each channel about its own mean."""
    a, b = ((x - x.mean(axis=(1, 2), keepdims=True)).reshape(len(x), -1) for x in (a, b))
    return (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-6)
