"""Word set: texts as lists of words' numbers, as Keras' imdb and reuters give them.

    w  ->  w + index_from, start_char in front  ->  too long ones left out  ->  oov_char for w < skip_top and w >= num_words

All texts stand in one array, so that each step is one operation. Source: Keras 3, datasets/imdb.py.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.core.warning import warn
from nabi.datasets import records, sources


class Texts(NamedTuple):
    """Texts behind each other.

    Attributes:
        words: the numbers of all texts. lengths: of each. labels: of each.
    """

    words: np.ndarray
    lengths: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, lists: Any, labels: Any) -> "Texts":
        """Texts of lists of numbers."""
        lengths = np.array([len(one) for one in lists], np.int64)
        words = np.fromiter((word for one in lists for word in one), np.int32, int(lengths.sum()))
        return cls(words, lengths, np.asarray(labels))

    def chosen(self, order: np.ndarray) -> "Texts":
        """Some of the texts, in an order."""
        lengths, starts = self.lengths[order], (np.cumsum(self.lengths) - self.lengths)[order]
        within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return Texts(self.words[np.repeat(starts, lengths) + within], lengths, self.labels[order])

    def begun(self, start_char: int | None, index_from: int) -> "Texts":
        """With higher numbers and a number in front."""
        if start_char is None:
            return self._replace(words=self.words + (index_from or 0))
        lengths = self.lengths + 1
        words = np.empty(int(lengths.sum()), np.int32)
        first = np.cumsum(lengths) - lengths
        rest = np.ones(len(words), bool)
        rest[first] = False
        words[first], words[rest] = start_char, self.words + index_from
        return Texts(words, lengths, self.labels)

    def lists(self) -> np.ndarray:
        """An array of lists."""
        flat, made, place = self.words.tolist(), np.empty(len(self.lengths), object), 0
        for row, length in enumerate(self.lengths.tolist()):
            made[row] = flat[place : place + length]
            place += length
        return made


def shuffled(parts: list[Texts], seed: int) -> list[Texts]:
    """Texts in Keras' order of a seed, one part after the other."""
    g, found = np.random.RandomState(seed), []
    for part in parts:
        order = np.arange(len(part.lengths))
        g.shuffle(order)
        found.append(part.chosen(order))
    return found


def prepared(parts: list[Texts], num_words: int | None, skip_top: int, maxlen: int | None, start_char: int | None,
             oov_char: int | None, index_from: int, where: str) -> list[Texts]:
    """Texts as `load_data` gives them.

    Raises ArgumentError where none is short enough.
    """
    parts = [part.begun(start_char, index_from) for part in parts]
    if maxlen:
        parts = [part.chosen(np.flatnonzero(part.lengths < maxlen)) for part in parts]
        if not all(len(part.lengths) for part in parts):
            raise ArgumentError(f"{where}(maxlen)", "a length that some texts stay below", maxlen)
    most = num_words or max(int(part.words.max()) for part in parts)
    found = []
    for part in parts:
        kept = (part.words >= skip_top) & (part.words < most)
        if oov_char is not None:
            found.append(part._replace(words=np.where(kept, part.words, oov_char)))
            continue
        text = np.repeat(np.arange(len(part.lengths)), part.lengths)[kept]
        found.append(Texts(part.words[kept], np.bincount(text, minlength=len(part.lengths)), part.labels))
    return found


def texts_of(path: Path, pairs: list[tuple[str, str]]) -> list[Texts]:
    """The texts of an .npz file of Keras', by pairs of names of texts and labels; read once, then kept in nabi's cache."""
    kept = sources.cache_folder() / f"{path.stem}-{sources.sha256(path)[:16]}.npz"
    names = [f"{name}_{kind}" for name, _ in pairs for kind in Texts._fields]
    if kept.is_file():
        with np.load(kept, allow_pickle=False) as arrays:
            if set(names) <= set(arrays.files):
                return [Texts(*(arrays[f"{name}_{kind}"] for kind in Texts._fields)) for name, _ in pairs]
    arrays = records.read_npz(path)
    missing = [name for pair in pairs for name in pair if name not in arrays]
    if missing:
        raise FileError(str(path), f"arrays {', '.join(missing)}", ", ".join(arrays) or "none", "It is another file.")
    found = [Texts.of(arrays[name], arrays[label]) for name, label in pairs]
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic(kept) as file:
            np.savez(file, **{f"{name}_{kind}": part for (name, _), texts in zip(pairs, found, strict=True)
                              for kind, part in texts._asdict().items()})  # type: ignore[arg-type]
    except OSError as error:
        warn(f"{path.name} cannot be kept as plain numbers in {kept.parent} ({error}): the next load takes seconds again.")
    return found
