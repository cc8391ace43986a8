"""Reuters: 11,228 newswires of 1987 in 46 topics, as numbers of words.

A word's number is its rank by frequency, 1 the commonest, plus `index_from`. Source: Lewis, Reuters-21578; the form is Keras'.
"""

import json
from typing import Any

import numpy as np

from nabi.datasets import made_up
from nabi.datasets.keras_file import KerasFile, number_of_words, split_place
from nabi.datasets.word_set import Texts, prepared, shuffled, texts_of

FILE = KerasFile("Reuters", "reuters.npz", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916")
WORDS = KerasFile("Reuters word index", "reuters_word_index.json", "4d44cc38712099c9e383dc6e5f11a921")
NUMBER_OF_WORDS = 30979
class_names = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee", "sugar", "trade",
    "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx", "interest", "gnp", "meal-feed", "alum",
    "oilseed", "gold", "tin", "strategic-metal", "livestock", "retail", "ipi", "iron-steel", "rubber", "heat", "jobs", "lei",
    "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead")  # fmt: skip


def load_data(path: Any = "reuters.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
              test_split: float = 0.2, seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3,
              download: bool = True, **old: Any) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`: arrays of lists of numbers, and int64 topics 0 to 45.

    Args:
        path: of reuters.npz; Keras' default is looked for wherever data lie: see `nabi.datasets.keras_file`.
        test_split: share of the newswires that is given for testing.
        num_words, skip_top, maxlen, seed, start_char, oov_char, index_from, download: see `nabi.datasets.imdb.load_data`.

    Raises FileError that lists the places that were looked at; ArgumentError.

    Example:
        (x_train, y_train), (x_test, y_test) = reuters.load_data(num_words=1000)
    """
    num_words = number_of_words(num_words, old, "reuters.load_data")
    file = FILE.find(None if str(path).endswith(".pkl") else path, download)
    if file is None:
        shares = 1 / np.arange(1, 47) ** 1.3
        shares = shares[np.argsort(np.argsort([-(name in ("earn", "acq")) * 50 - len(name) for name in class_names]))]
        texts = Texts(*made_up.texts(11_228, NUMBER_OF_WORDS - 3, shares, 115.0, own=30, often=0.3))
    else:
        (texts,) = texts_of(file, [("x", "y")])
    split_place(1, test_split, "reuters.load_data")
    parts = shuffled([texts], seed)
    (texts,) = prepared(parts, num_words, skip_top, maxlen, start_char, oov_char, index_from, "reuters.load_data")
    place, lists = split_place(len(texts.lengths), test_split, "reuters.load_data"), texts.lists()
    return (lists[:place], texts.labels[:place]), (lists[place:], texts.labels[place:])


def get_word_index(path: Any = "reuters_word_index.json", download: bool = True) -> dict[str, int]:
    """Word -> number, without `index_from`. Raises FileError that lists the places that were looked at."""
    file = WORDS.find(path, download)
    return made_up.word_index(NUMBER_OF_WORDS) if file is None else json.loads(file.read_text(encoding="utf-8"))


def get_label_names() -> tuple[str, ...]:
    """The topics' names, by number."""
    return class_names
