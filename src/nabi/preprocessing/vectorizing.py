"""Vectorizing: texts to rows of numbers by a vocabulary that is learned from texts: Keras' TextVectorization.

    standardize -> split -> n-grams -> numbers       ["", "[UNK]", commonest word, ...]: 0 fills up, 1 is any unknown word

It is called on texts before a model: `model.fit(vectorizer(texts), y)`, or in `Dataset.map`. Words that are equally common stand
in the reverse order of the alphabet, as TensorFlow has them. Source: Keras 3, layers/preprocessing/text_vectorization.py.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, StateError
from nabi.data import Dataset, Strings
from nabi.data.structure import leaves

PUNCTUATION = re.compile(r'[!"#$%&()\*\+,\-\./:;<=>?@\[\\\]^_`{|}~\']')
MODES = ("int", "multi_hot", "count", "tf_idf")
UNKNOWN = "[UNK]"


class TextVectorization:
    """Texts to numbers.

    Args:
        max_tokens: size of the vocabulary, the two first entries included; None takes all words.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation", None, or a function of texts.
        split: "whitespace", "character", None, or a function of texts that gives words.
        ngrams: words together: 2 for single ones and pairs; (2,) for pairs alone.
        output_mode: "int" numbers in order; "multi_hot", "count", "tf_idf" a column for each word.
        output_sequence_length: numbers a text with "int"; None takes the longest of a batch.
        pad_to_max_tokens: as many columns as max_tokens.
        vocabulary: the words, instead of `adapt`.
        idf_weights: of these words, for "tf_idf".

    Example:
        >>> vectorize = TextVectorization(output_sequence_length=4)
        >>> vectorize.adapt(["a cat, a dog", "a bird"])
        >>> vectorize.get_vocabulary()
        ['', '[UNK]', 'a', 'dog', 'cat', 'bird']
        >>> vectorize(["A dog!", "a fish"]).tolist()
        [[2, 3, 0, 0], [2, 1, 0, 0]]

    Raises ArgumentError, StateError.
    """

    def __init__(self, max_tokens: int | None = None, standardize: Any = "lower_and_strip_punctuation", split: Any = "whitespace",
                 ngrams: Any = None, output_mode: str = "int", output_sequence_length: int | None = None,
                 pad_to_max_tokens: bool = False, vocabulary: Any = None, idf_weights: Any = None,
                 name: str = "text_vectorization", **kwargs: Any):
        output_mode = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(output_mode, output_mode)
        for argument, value, known in (("output_mode", output_mode, MODES), ("split", split, ("whitespace", "character", None)),
                                       ("standardize", standardize, ("lower_and_strip_punctuation", "lower", "strip_punctuation",
                                                                     None))):
            if value not in known and not (argument != "output_mode" and callable(value)):
                raise ArgumentError(f"TextVectorization({argument})", f"one of {', '.join(map(repr, known))}", repr(value))
        self.max_tokens, self.standardize, self.split, self.output_mode = max_tokens, standardize, split, output_mode
        self.ngrams = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else tuple(ngrams or (1,))
        self.output_sequence_length, self.pad_to_max_tokens, self.name = output_sequence_length, pad_to_max_tokens, name
        self.words: list[str] = []
        self.idf: Any = None
        self.index: dict[str, int] = {}
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    @property
    def first(self) -> int:
        """The number of the first word: behind what fills up and the unknown, or behind the unknown alone."""
        return 2 if self.output_mode == "int" else 1

    def tokens(self, texts: Strings) -> list[list[str]]:
        """The words of each text."""
        if callable(self.standardize):
            texts = Strings(self.standardize(texts))
        listed = [str(text) for text in texts]
        if self.standardize in ("lower", "lower_and_strip_punctuation"):
            listed = [text.lower() for text in listed]
        if self.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            listed = [PUNCTUATION.sub("", text) for text in listed]
        if callable(self.split):
            split: Any = self.split
            found = [[str(word) for word in words] for words in split(Strings(listed))]
        else:
            found = [text.split() if self.split == "whitespace" else list(text) if self.split else [text] for text in listed]
        if self.ngrams == (1,):
            return found
        return [[" ".join(words[k : k + n]) for n in self.ngrams for k in range(len(words) - n + 1)] for words in found]

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learns the vocabulary of texts: a list, an array, or a stream of texts or batches of them."""
        counts: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        total = 0
        for batch in self.batches(data, steps):
            for words in self.tokens(batch):
                counts.update(words)
                texts.update(set(words))
                total += 1
        counts.pop("", None)
        most = None if self.max_tokens is None else self.max_tokens - self.first
        self.words = [word for word, _ in sorted(counts.items(), key=lambda item: (item[1], item[0]), reverse=True)][:most]
        self.idf = np.log(1 + total / (1 + np.array([texts[word] for word in self.words], np.float64)))
        self.index = {word: number for number, word in enumerate(self.words, self.first)}

    def batches(self, data: Any, steps: int | None) -> Iterable[Strings]:
        """Texts in pieces, each of one axis."""
        if not isinstance(data, Dataset):
            yield Strings(Strings(data).values.ravel())
            return
        for number, element in enumerate(data):
            if steps is not None and number >= steps:
                return
            yield Strings(leaves(element)[0].values.ravel())

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words, in the order of their numbers."""
        return [*(["", UNKNOWN][2 - self.first :] if include_special_tokens else []), *self.words]

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Takes words, or a file with one a line, instead of learning them, with the special ones or without."""
        if isinstance(vocabulary, (str, os.PathLike)):
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = file.read().splitlines()
        words = [str(Strings(word)) for word in vocabulary]
        self.words = [word for word in words if word not in ("", UNKNOWN)]
        self.index = {word: number for number, word in enumerate(self.words, self.first)}
        self.idf = None if idf_weights is None else np.asarray(idf_weights, np.float64)[-len(self.words) :]

    def vocabulary_size(self) -> int:
        """The number of words, the special ones included."""
        return len(self.words) + self.first

    def __call__(self, inputs: Any) -> torch.Tensor:
        """Numbers (N, length) of texts (N,) or (N, 1), int64; with other modes float32 (N, columns). Of one text one row."""
        if not self.index:
            raise StateError("TextVectorization", "a vocabulary", "none", "Call adapt(texts) first.")
        texts = Strings(inputs)
        single = texts.ndim == 0
        lists = [[self.index.get(word, self.first - 1) for word in words] for words in self.tokens(Strings(texts.values.ravel()))]
        made = self.numbers(lists) if self.output_mode == "int" else self.columns(lists)
        return made[0] if single else made

    call: Callable = __call__

    def numbers(self, lists: list[list[int]]) -> torch.Tensor:
        """Lists of numbers, cut and filled up with 0."""
        length = self.output_sequence_length or max(map(len, lists), default=0)
        made = np.zeros((len(lists), length), np.int64)
        for row, found in zip(made, lists, strict=True):
            row[: len(found)] = found[:length]
        return torch.from_numpy(made)

    def columns(self, lists: list[list[int]]) -> torch.Tensor:
        """A column for each word: whether it is there, how often, or how often times idf."""
        width = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.vocabulary_size()
        made = np.zeros((len(lists), width), np.float32)
        for row, found in zip(made, lists, strict=True):
            np.add.at(row, found, 1)
        if self.output_mode == "multi_hot":
            made = np.minimum(made, 1)
        elif self.output_mode == "tf_idf":
            weights = self.idf if self.idf is not None else np.ones(len(self.words))
            made[:, : self.vocabulary_size()] *= np.concatenate([[weights.mean()], weights]).astype(np.float32)
        return torch.from_numpy(made)

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"max_tokens": self.max_tokens, "standardize": self.standardize, "split": self.split, "ngrams": self.ngrams,
                "output_mode": self.output_mode, "output_sequence_length": self.output_sequence_length,
                "pad_to_max_tokens": self.pad_to_max_tokens, "vocabulary": self.words or None,
                "idf_weights": None if self.idf is None else self.idf.tolist(), "name": self.name}
