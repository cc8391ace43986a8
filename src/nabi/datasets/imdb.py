"""IMDB: 50,000 film reviews as numbers of words, 25,000 for training and 25,000 for testing; 1 praises, 0 does not.

A word's number is its rank by frequency, 1 the commonest, plus `index_from`. Source: Maas et al., "Learning word vectors for
sentiment analysis", 2011; the form is Keras'.
"""

import json
from typing import Any

import numpy as np

from nabi.datasets import made_up
from nabi.datasets.keras_file import KerasFile, number_of_words
from nabi.datasets.word_set import Texts, prepared, shuffled, texts_of

FILE = KerasFile("IMDB", "imdb.npz", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f")
WORDS = KerasFile("IMDB word index", "imdb_word_index.json", "bfafd718b763782e994055a2d397834f")
NUMBER_OF_WORDS = 88584
class_names = ("negative", "positive")


def load_data(path: Any = "imdb.npz", num_words: int | None = None, skip_top: int = 0, maxlen: int | None = None,
              seed: int = 113, start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3, download: bool = True,
              **old: Any) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`: arrays of lists of numbers, and int64 labels.

    Args:
        path: of imdb.npz; "imdb.npz", Keras' default, is looked for wherever data lie: see `nabi.datasets.keras_file`.
        num_words: numbers from it on are `oov_char`; `nb_words` in Keras 1.
        skip_top: numbers below it are `oov_char`, too.
        maxlen: reviews of this length or longer are left out.
        seed: of the order.
        start_char: stands before each review; None for nothing.
        oov_char: stands for words that are left out; None leaves nothing in their place.
        index_from: what is added to each word's number.
        download: False never uses the network.

    Raises FileError that lists the places that were looked at, or refuses a file that is no plain data.

    Differs: Keras reads the file with pickle; here nothing of it can run.

    Example:
        (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=10000)
    """
    num_words = number_of_words(num_words, old, "imdb.load_data")
    file = FILE.find(None if str(path).endswith(".pkl") else path, download)
    if file is None:
        words, lengths, y = made_up.texts(50_000, NUMBER_OF_WORDS - 10, np.ones(2), 175.0)
        both = Texts(words, lengths, y)
        parts = [both.chosen(np.arange(25_000)), both.chosen(np.arange(25_000, 50_000))]
    else:
        parts = texts_of(file, [("x_train", "y_train"), ("x_test", "y_test")])
    parts = shuffled(parts, seed)
    train, test = prepared(parts, num_words, skip_top, maxlen, start_char, oov_char, index_from, "imdb.load_data")
    return (train.lists(), train.labels), (test.lists(), test.labels)


def get_word_index(path: Any = "imdb_word_index.json", download: bool = True) -> dict[str, int]:
    """Word -> number, without `index_from`: {"the": 1, "and": 2, ...}.

    Raises FileError that lists the places that were looked at.
    """
    file = WORDS.find(path, download)
    return made_up.word_index(NUMBER_OF_WORDS) if file is None else json.loads(file.read_text(encoding="utf-8"))
