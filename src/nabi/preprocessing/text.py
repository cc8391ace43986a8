"""Text: words become numbers: the commonest word is 1, the next one 2, and 0 is left for padding.

    "The cat saw the dog."  ->  the cat saw the dog  ->  [1, 2, 3, 1, 4]        word_index = {the: 1, cat: 2, saw: 3, dog: 4}

Words that are equally common stand in the order in which they were seen first. Source: Keras 2 and 3, preprocessing/text.py.
"""

import hashlib
import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.core.warning import warn

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
MODES = ("binary", "count", "freq", "tfidf")

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]


def text_to_word_sequence(input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text: signs in `filters` become `split`, which then parts the words; `lower` makes them small.

    Example:
        >>> text_to_word_sequence("Good movie, good cast!")
        ['good', 'movie', 'good', 'cast']

    Raises DataError for what is no text.
    """
    if not isinstance(input_text, str):
        raise DataError("text_to_word_sequence(input_text)", "a text", f"{type(input_text).__name__} {input_text!r:.40}",
                        "Of a table's column: texts = table.column.fillna('').astype(str).")
    text = input_text.lower() if lower else input_text
    return [word for word in text.translate(str.maketrans(dict.fromkeys(filters, split))).split(split) if word]


def one_hot(input_text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ",
            analyzer: Callable | None = None) -> list[int]:
    """Words as numbers 1 ... n - 1 by Python's `hash`, which differs from process to process; despite its name no 0s and 1s.

    Example:
        >>> numbers = one_hot("to be or not to be", 50)
        >>> numbers[:2] == numbers[4:]
        True

    See `hashing_trick` for numbers that stay.
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def hashing_trick(text: str, n: int, hash_function: Callable | str | None = None, filters: str = FILTERS, lower: bool = True,
                  split: str = " ", analyzer: Callable | None = None) -> list[int]:
    """Words as numbers: hash(word) mod (n - 1) + 1; two words may share one.

    Args:
        text: the text.
        n: the numbers are 1 ... n - 1.
        hash_function: None for Python's `hash`; "md5", which is the same in every process; or a function word -> whole number.
        filters, lower, split: see `text_to_word_sequence`.
        analyzer: a function text -> words in its place.

    Example:
        >>> hashing_trick("to be or not to be", 20, "md5")
        [6, 7, 15, 10, 6, 7]

    Raises ArgumentError for n below 2.
    """
    if n < 2:
        raise ArgumentError("hashing_trick(n)", "a whole number above 1", n)
    number = hash if hash_function is None else by_md5 if hash_function == "md5" else hash_function
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [number(word) % (n - 1) + 1 for word in words]  # type: ignore[operator]


def by_md5(word: str) -> int:
    """A word's MD5 sum as a whole number."""
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Learns the words of texts and turns texts into numbers.

    Args:
        num_words: only numbers below it are given, the num_words - 1 commonest words; None gives all. `nb_words` in Keras 1.
        filters, lower, split: see `text_to_word_sequence`.
        char_level: characters take the place of words.
        oov_token: stands, as number 1, for words that are unknown or too rare; without it they are left out.
        analyzer: a function text -> words.
        document_count: texts that were seen before.

    Attributes:
        word_index: word -> number, of all words whatever `num_words` is. index_word: the other way round.
        word_counts: word -> how often. word_docs: word -> in how many texts. index_docs: number -> in how many texts.

    Example:
        >>> tokenizer = Tokenizer(num_words=3)
        >>> tokenizer.fit_on_texts(["The cat saw the dog.", "The cat!"])
        >>> tokenizer.word_index
        {'the': 1, 'cat': 2, 'saw': 3, 'dog': 4}
        >>> tokenizer.texts_to_sequences(["The dog saw the cat"])
        [[1, 1, 2]]

    Raises ArgumentError, DataError, StateError.
    """

    def __init__(self, num_words: int | None = None, filters: str = FILTERS, lower: bool = True, split: str = " ",
                 char_level: bool = False, oov_token: str | None = None, analyzer: Callable | None = None,
                 document_count: int = 0, nb_words: int | None = None):
        if nb_words is not None:
            warn("Tokenizer(nb_words) is num_words since Keras 2; it is taken as that.")
        self.num_words = num_words if nb_words is None else nb_words
        self.filters, self.lower, self.split = filters, lower, split
        self.char_level, self.oov_token, self.analyzer, self.document_count = char_level, oov_token, analyzer, document_count
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self._signs = str.maketrans(dict.fromkeys(filters or "", split))

    def words(self, text: Any) -> Any:
        """The words of one text; a list is taken for words already."""
        if isinstance(text, (list, tuple)):
            return [str(word).lower() for word in text] if self.lower else text
        if not isinstance(text, str):
            raise DataError("Tokenizer", "texts, or lists of words", f"{type(text).__name__} {text!r:.40}",
                            "Of a table's column: texts = table.column.fillna('').astype(str).")
        if self.char_level or self.analyzer is None:
            text = text.lower() if self.lower else text
            return text if self.char_level else [word for word in text.translate(self._signs).split(self.split) if word]
        return self.analyzer(text)

    def fit_on_texts(self, texts: Iterable) -> None:
        """Counts the words of texts, or of lists of words, and numbers them anew; may be called again for more texts."""
        if isinstance(texts, str):
            raise DataError("fit_on_texts(texts)", "a list of texts", "one text", "Write fit_on_texts([text]).")
        counts, documents = Counter(self.word_counts), Counter(self.word_docs)
        for text in texts:
            words = self.words(text)
            self.document_count += 1
            counts.update(words)
            documents.update(set(words))
        self.word_counts = OrderedDict(counts)
        self.word_docs = defaultdict(int, documents)
        ranked = [word for word, _ in sorted(counts.items(), key=lambda item: -item[1])]
        if self.oov_token is not None:
            ranked.insert(0, self.oov_token)
        self.word_index = {word: number for number, word in enumerate(ranked, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        self.index_docs.update({self.word_index[word]: count for word, count in documents.items()})

    def fit_on_sequences(self, sequences: Any) -> None:
        """Counts the texts that hold each number: all that `sequences_to_matrix(mode="tfidf")` needs."""
        self.document_count += len(sequences)
        for number, count in Counter(chain.from_iterable(map(set, sequences))).items():
            self.index_docs[number] = self.index_docs.get(number, 0) + count

    def texts_to_sequences(self, texts: Iterable) -> list[list[int]]:
        """Each text as the list of its words' numbers."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable) -> Iterator[list[int]]:
        """The same, one text after the other."""
        if isinstance(texts, str):
            raise DataError("texts_to_sequences(texts)", "a list of texts", "one text", "Write texts_to_sequences([text]).")
        known = self.word_index
        if self.num_words:
            known = {word: number for word, number in known.items() if number < self.num_words}
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            found = map(known.get, self.words(text))
            yield [number for number in found if number] if unknown is None else [number or unknown for number in found]

    def sequences_to_texts(self, sequences: Iterable) -> list[str]:
        """Numbers back to texts, with a blank between the words."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable) -> Iterator[str]:
        """The same, one text after the other."""
        known = self.index_word
        if self.num_words:
            known = {number: word for number, word in known.items() if number < self.num_words}
        for numbers in sequences:
            yield " ".join(word for number in numbers if (word := known.get(int(number), self.oov_token)) is not None)

    def texts_to_matrix(self, texts: Iterable, mode: str = "binary") -> np.ndarray:
        """Each text as a row of `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: list, mode: str = "binary") -> np.ndarray:
        """Each list of numbers as a row of num_words columns: a bag of words.

        Args:
            sequences: lists of whole numbers; those from num_words on are left out.
            mode: what stands in a word's column. "binary": 1. "count": c, how often it is there. "freq": c / length.
                "tfidf": (1 + ln c) ln(1 + D / (1 + d)), d of D texts hold the word.

        Returns: float64 (len(sequences), num_words).
        """
        if mode not in MODES:
            raise ArgumentError("sequences_to_matrix(mode)", f"one of {', '.join(MODES)}", repr(mode))
        columns = self.num_words or len(self.word_index) + 1
        if columns < 2:
            raise StateError("sequences_to_matrix", "known words, or num_words", "neither", "Call fit_on_texts first.")
        if mode == "tfidf" and not self.document_count:
            raise StateError('sequences_to_matrix(mode="tfidf")', "texts that were counted", "none", "Call fit_on_texts first.")
        lengths = np.array([len(numbers) for numbers in sequences], np.int64)
        numbers = np.fromiter(chain.from_iterable(sequences), np.int64, int(lengths.sum()))
        rows, few = np.repeat(np.arange(len(lengths)), lengths), numbers < columns
        places, c = np.unique(rows[few] * columns + numbers[few], return_counts=True)
        x = np.zeros((len(lengths), columns))
        row, column = np.divmod(places, columns)
        if mode == "binary":
            x[row, column] = 1
        elif mode == "count":
            x[row, column] = c
        elif mode == "freq":
            x[row, column] = c / lengths[row]
        else:
            d = np.array([self.index_docs.get(number, 0) for number in range(columns)])
            x[row, column] = (1 + np.log(c)) * np.log(1 + self.document_count / (1 + d[column]))
        return x

    def get_config(self) -> dict[str, Any]:
        """All that `tokenizer_from_json` needs; the tables as texts, as Keras has them."""
        plain = ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")
        tables = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        return {name: getattr(self, name) for name in plain} | {name: json.dumps(getattr(self, name)) for name in tables}

    def to_json(self, **kwargs) -> str:
        """The tokenizer as a text in Keras' form; `kwargs` go to `json.dumps`."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `to_json` wrote, here or in Keras.

    Example:
        >>> tokenizer = Tokenizer()
        >>> tokenizer.fit_on_texts(["one two two"])
        >>> tokenizer_from_json(tokenizer.to_json()).texts_to_sequences(["two one"])
        [[1, 2]]

    Raises DataError for another text.
    """
    try:
        config = dict(json.loads(json_string)["config"])
        tables = {name: json.loads(config.pop(name))
                  for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")}
        tokenizer = Tokenizer(**config)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError("tokenizer_from_json(json_string)", "what to_json wrote", f"{type(error).__name__}: {error}") from None
    tokenizer.word_counts = OrderedDict(tables["word_counts"])
    tokenizer.word_docs = defaultdict(int, tables["word_docs"])
    tokenizer.index_docs = defaultdict(int, {int(number): count for number, count in tables["index_docs"].items()})
    tokenizer.index_word = {int(number): word for number, word in tables["index_word"].items()}
    tokenizer.word_index = tables["word_index"]
    return tokenizer
