"""Duplicates: pictures that are there twice, byte by byte or nearly so.

    exact      the same SHA-256 of the file
    near       the same picture at another size, quality or brightness: hashes at most d bits apart, and thumbnails alike

The difference hash of a picture of 8 rows x 9 columns of grey is 64 bits, one for each pair of neighbours:

    bit[r, c] = grey[r, c + 1] > grey[r, c]

Of d + 2 bands of bits, two hashes that differ in at most d bits agree in two bands or more, since d differences lie in d
bands at most. So only pictures that agree in two bands are compared. A band has bits from all over the picture: whole rows are
often plain.
Source: the hash: N. Krawetz, "Kind of like that", 2013. The bands: Manku et al., "Detecting near-duplicates for web
crawling", 2007.
"""

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations

import numpy as np

from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import whole
from nabi.core.table import one_line

BITS = 64
ROWS, COLUMNS = 8, 9
DISTANCE = 6  # bits
SIDE = 16  # of the thumbnails that confirm it
LIKENESS = 0.95  # correlation of two thumbnails: faces of two people in the same pose come to 0.94
PLAIN = 2.0  # grey levels: plain areas have no correlation
SKEWED = 0.1  # share of all comparisons above which buckets save nothing
CHUNK = 2**21  # comparisons, or pixels, at a time


def digest(data: bytes) -> bytes:
    """SHA-256 of a file's bytes."""
    return hashlib.sha256(data).digest()


def exact(keys: Iterable[Hashable]) -> list[list[int]]:
    """Groups of two or more numbers whose keys (digests, texts) are the same, in ascending order.

    Example:
        >>> exact(["a", "b", "a", "c", "b"])
        [[0, 2], [1, 4]]
    """
    found: dict[Hashable, list[int]] = {}
    for number, key in enumerate(keys):
        found.setdefault(key, []).append(number)
    return [numbers for numbers in found.values() if len(numbers) > 1]


def thumbnails(pixels: np.ndarray, rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    """Grey pictures of 8 x 9: float32 (N, rows, columns), each value the mean of its area and of the channels.

    Args:
        pixels: uint8 (N, H, W, C); a memory map is read piece by piece.
    """
    n, height, width, channels = pixels.shape
    down, across = _areas(height, rows), _areas(width, columns).repeat(channels, axis=1) / channels
    out = np.empty((n, rows, columns), np.float32)
    step = max(1, CHUNK // (height * width * channels))
    for start in range(0, n, step):
        piece = np.asarray(pixels[start : start + step], dtype=np.float32).reshape(-1, height, width * channels)
        out[start : start + step] = (down @ piece) @ across.T
    return out


def _areas(size: int, parts: int) -> np.ndarray:
    """Weights (parts, size) of the mean over equal parts of a side; a pixel on a border counts for both by its share."""
    edges = np.linspace(0, size, parts + 1)
    begin, end = np.arange(size), np.arange(size) + 1
    shared = np.minimum(end, edges[1:, None]) - np.maximum(begin, edges[:-1, None])
    return (np.clip(shared, 0, None) * parts / size).astype(np.float32)


def dhash(small: np.ndarray) -> np.ndarray:
    """Difference hashes uint64 (N,) of grey pictures (N, 8, 9); bit 63 is the first pair of the first row.

    Example:
        >>> rising = np.arange(9.0)[None, None].repeat(8, axis=1)
        >>> hex(dhash(rising)[0]), hex(dhash(-rising)[0])
        ('0xffffffffffffffff', '0x0')
    """
    bits = small[:, :, 1:] > small[:, :, :-1]
    return np.packbits(bits.reshape(len(small), BITS), axis=1).view(">u8").astype(np.uint64).reshape(-1)


def pairs(hashes: np.ndarray, distance: int = DISTANCE) -> np.ndarray:
    """Numbers (P, 2) of all pairs of hashes at most `distance` bits apart, the smaller number first, in ascending order.

    Raises:
        ArgumentError: a distance outside 0 to 16, where the bands become too narrow.
    """
    if whole("pairs(distance)", distance, least=0) > 16:
        raise ArgumentError("pairs(distance)", "0 to 16 bits", distance)
    hashes = np.asarray(hashes, np.uint64)
    n, found = len(hashes), [np.empty(0, np.int64)]
    sets = [hashes & (one | other) for one, other in combinations(bands(distance + 2), 2)]
    compared = sum(int((count * (count - 1) // 2).sum()) for count in (np.unique(keys, return_counts=True)[1] for keys in sets))
    if compared > SKEWED * n * n:  # hashes with much in common, as of digits on a black ground: all with all is quicker
        return _all_pairs(hashes, distance)
    for keys in sets:
        order = np.argsort(keys, kind="stable")
        keys, in_order = keys[order], hashes[order]
        begin, step = np.arange(n), 0
        while len(begin):  # each with the next of its bucket, then with the next but one, ...
            step += 1
            begin = begin[: np.searchsorted(begin, n - step)]
            begin = begin[keys[begin] == keys[begin + step]]
            close = begin[np.bitwise_count(in_order[begin] ^ in_order[begin + step]) <= distance]
            i, j = order[close], order[close + step]
            found.append(np.minimum(i, j) * n + np.maximum(i, j))
    return np.stack(np.divmod(np.unique(np.concatenate(found)), max(n, 1)), axis=1)


def _all_pairs(hashes: np.ndarray, distance: int) -> np.ndarray:
    """The same pairs, each hash compared with each, in pieces."""
    n, found = len(hashes), [np.empty((0, 2), np.int64)]
    step = max(1, CHUNK // max(n, 1))
    for start in range(0, n, step):
        apart = np.bitwise_count(hashes[start : start + step, None] ^ hashes[None, start:])
        i, j = np.nonzero(np.triu(apart <= distance, 1))
        found.append(np.stack([i, j], axis=1) + start)
    return np.concatenate(found)


def bands(count: int) -> list[np.uint64]:
    """Masks that share the 64 bits out among `count` bands: band b has the bits b, b + count, b + 2 count, ...

    Example:
        >>> [hex(mask) for mask in bands(2)]
        ['0x5555555555555555', '0xaaaaaaaaaaaaaaaa']
    """
    return [np.uint64(sum(1 << bit for bit in range(band, BITS, count))) for band in range(count)]


def near(pixels: np.ndarray, distance: int = DISTANCE, likeness: float = LIKENESS) -> np.ndarray:
    """Group of each picture (N,) int64: near duplicates, and what is joined by a chain of them, share one number.

    Pictures are near where their hashes are at most `distance` bits apart and their grey 16 x 16 thumbnails a, b confirm it:

        r(a, b) = sum((a - mean a) (b - mean b)) / (|a - mean a| |b - mean b|) >= likeness,   or   mean |a - b| <= 2 levels

    The hash alone takes plain pictures, and digits of one kind, for copies of each other.

    Args:
        pixels: uint8 (N, H, W, C), all of one size.
    """
    found = pairs(dhash(thumbnails(pixels)), distance)
    a = thumbnails(pixels, SIDE, SIDE).reshape(len(pixels), -1)
    means = a.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(a - means, axis=1)
    is_near = np.empty(len(found), bool)
    step = CHUNK // SIDE**2
    for start in range(0, len(found), step):
        i, j = found[start : start + step].T
        product = ((a[i] - means[i]) * (a[j] - means[j])).sum(axis=1)
        is_near[start : start + step] = (product >= likeness * np.maximum(norms[i] * norms[j], 1)) | (
            np.abs(a[i] - a[j]).mean(axis=1) <= PLAIN)
    return joined(len(pixels), found[is_near])


def joined(n: int, links: np.ndarray | Sequence[Sequence[int]]) -> np.ndarray:
    """Group of each of n things (N,): the smallest number that links (P, 2) connect it with (union-find).

    Example:
        >>> joined(5, [(3, 1), (3, 4)]).tolist()
        [0, 1, 2, 1, 1]
    """
    root = list(range(n))
    for a, b in np.asarray(links, np.int64).reshape(-1, 2).tolist():
        while root[a] != a:
            root[a] = a = root[root[a]]
        while root[b] != b:
            root[b] = b = root[root[b]]
        root[max(a, b)] = min(a, b)
    for number in range(n):  # a root is never larger than what hangs on it
        root[number] = root[root[number]]
    return np.array(root, np.int64)


def one_label(groups: Iterable[Sequence[int]], labels: Sequence, names: Sequence[str], where: str) -> None:
    """Refuses exact duplicates that lie in two classes: what is learned from them contradicts itself.

    Raises:
        DataError: it names the first of them.
    """
    torn = [group for group in groups if len({labels[number] for number in group}) > 1]
    if torn:
        first = [torn[0][0], next(number for number in torn[0] if labels[number] != labels[torn[0][0]])]
        said = " and ".join(f"'{one_line(names[number])}' ({one_line(str(labels[number]))})" for number in first)
        more = f", and {len(torn) - 1:,} more pictures like that" if len(torn) > 1 else ""
        raise DataError(where, "each picture under one label", f"the same picture twice: {said}{more}",
                        "Remove the copy with the wrong label.")
