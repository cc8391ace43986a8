"""Made up: the data that `standing_in` puts in the place of real ones; each a function of its sizes, the same in every process.

    texts       words by Zipf's law; each class uses some of them more often
    pictures    a pattern for each class, moved, lightened and noisy
    tables      columns in plausible ranges, a target that follows from some of them, and noise
"""

import numpy as np

SEED = 20160401


def texts(count: int, words: int, shares: np.ndarray, length: float, own: int = 60, often: float = 0.12) -> tuple:
    """Texts of numbers 1 ... words, 1 the commonest: all numbers in one array, the texts' lengths, their classes.

    Args:
        count: number of texts.
        words: number of words.
        shares: of the classes.
        length: the middle length.
        own: words that a class uses more often than others do.
        often: share of a text that is made of them.
    """
    g = np.random.default_rng(SEED)
    y = g.choice(len(shares), count, p=shares / shares.sum())
    lengths = np.clip(np.exp(g.normal(np.log(length), 0.55, count)), 11, 2400).astype(np.int64)
    total = int(lengths.sum())
    flat = np.minimum(np.exp(g.random(total) * np.log(words + 1)), words).astype(np.int32)  # density 1 / rank
    theirs = 50 + np.arange(len(shares) * own).reshape(len(shares), own) % max(words - 60, own)
    places = np.flatnonzero(g.random(total) < often)
    classes = np.repeat(y, lengths)[places]
    flat[places] = theirs[classes, g.integers(0, own, len(places))]
    return np.maximum(flat, 1), lengths, y.astype(np.int64)


def word_index(words: int) -> dict[str, int]:
    """Word -> number; but for the commonest the words are made up."""
    common = "the and a of to is br in it i this that was as for with movie but film on not you are his have be he one its at all"
    listed = [*common.split(), *(f"word{number}" for number in range(words))][:words]
    return {word: number for number, word in enumerate(listed, 1)}


def pictures(count: int, size: int, channels: int, classes: int, part: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (count, size, size, channels) and their classes, which go round."""
    g, patterns = np.random.default_rng((SEED, part)), np.random.default_rng(SEED)
    rough = patterns.random((classes, 5, 5, channels))
    k = np.minimum(np.arange(size) * 5 // size, 4)
    smooth = rough[:, k][:, :, k]
    for axis in (1, 2):  # softened
        smooth = (smooth + np.roll(smooth, 1, axis) + np.roll(smooth, -1, axis)) / 3
    y = g.permutation(np.arange(count) % classes)
    x = g.integers(0, 90, (count, size, size, channels), dtype=np.uint8)
    whole = (smooth * 150).astype(np.uint8)
    down, right = g.integers(-2, 3, (2, count))
    for i, j in {(i, j) for i in range(-2, 3) for j in range(-2, 3)}:
        here = np.flatnonzero((down == i) & (right == j))
        x[here] += np.roll(whole, (i, j), (1, 2))[y[here]]
    return x, y


def table(count: int, low: np.ndarray, high: np.ndarray, least: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """float32 (count, columns) with columns between `low` and `high`, and targets between `least` and `most`."""
    g = np.random.default_rng(SEED)
    u = g.beta(2, 3, (count, len(low)))
    w = g.normal(size=len(low))
    signal = u @ w + 0.8 * np.sin(3 * u[:, 0]) * u[:, -1] + 0.1 * g.normal(size=count)
    y = least + (most - least) * (np.argsort(np.argsort(signal)) / max(count - 1, 1)) ** 1.3
    return (low + (high - low) * u).astype(np.float32), y.astype(np.float32)
