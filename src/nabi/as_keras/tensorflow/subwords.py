r"""Subwords: `SubwordTextEncoder` of older `tensorflow_datasets`: a text as numbers of pieces of words, and back without loss.

    "hello  all"  ->  "hello", "  ", "all"  ->  pieces of the vocabulary, the longest that fits first; what is in none: its bytes

A single space belongs to the word before it, written "_"; "_" itself is "\&undsc". Numbers: 0 is free for padding, 1 to n are the
pieces, n + 1 to n + 256 the bytes. Source: tensorflow_datasets 4, core/deprecated/text/subword_text_encoder.py.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

__all__ = ["SubwordTextEncoder"]
WORDS = re.compile(r"(\W+)")
BYTES, SPACE, UNDERSCORE = 256, "_", "\\&undsc"
MOST_WORDS = 1 << 16  # whose pieces are kept


def text_of(text: Any) -> str:
    """A text of a str, bytes or a tensor of one."""
    plain = text.numpy() if hasattr(text, "numpy") else text
    return plain.decode("utf-8", "replace") if isinstance(plain, bytes) else str(plain)


def words_of(text: Any) -> list[str]:
    """Words and what stands between them, each single space at the end of the word before it.

    Example:
        >>> words_of("so it is, a_b")
        ['so_', 'it_', 'is', ', ', 'a\\\\&undscb']
    """
    found: list[str] = []
    for token in WORDS.split(text_of(text)):
        if token == " " and found:
            found[-1] += SPACE
        elif token:
            found.append(token.replace(SPACE, UNDERSCORE))
    return found


class SubwordTextEncoder:
    """Pieces of words and their numbers.

    Args:
        vocab_list: the pieces, number 1 first.

    Example:
        >>> pieces = SubwordTextEncoder(["hi_", "by", "e"])
        >>> pieces.encode("hi bye"), pieces.decode([1, 2, 3]), pieces.vocab_size
        ([1, 2, 3], 'hi bye', 260)
        >>> pieces.decode(pieces.encode("é_ hi  ?"))
        'é_ hi  ?'
    """

    def __init__(self, vocab_list: Any = None):
        self.subwords = list(vocab_list or [])
        self.numbers = {piece: number for number, piece in enumerate(self.subwords, 1)}
        self.longest = max(map(len, self.subwords), default=1)
        self.word = lru_cache(MOST_WORDS)(self.numbers_of)

    @property
    def vocab_size(self) -> int:
        """Pieces, bytes, and the 0."""
        return len(self.subwords) + BYTES + 1

    def numbers_of(self, word: str) -> tuple[int, ...]:
        """A word's pieces, the longest first."""
        found: list[int] = []
        start = 0
        while start < len(word):
            ends = range(min(len(word), start + self.longest), start, -1)
            end = next((end for end in ends if word[start:end] in self.numbers), None)
            if end is None:
                end = start + (len(UNDERSCORE) if word.startswith(UNDERSCORE, start) else 1)
                plain = word[start:end].replace(UNDERSCORE, SPACE) if end > start + 1 else word[start:end].replace(SPACE, " ")
                found += [len(self.subwords) + 1 + byte for byte in plain.encode()]
            else:
                found.append(self.numbers[word[start:end]])
            start = end
        return tuple(found)

    def encode(self, s: Any) -> list[int]:
        """The numbers of a text."""
        return [number for word in words_of(s) for number in self.word(word)]

    def decode(self, ids: Any) -> str:
        """The text of numbers; 0 says nothing."""
        parts = []
        for number in (int(one) for one in ids):
            if number > len(self.subwords):
                parts.append(bytes([number - len(self.subwords) - 1]))
            elif number:
                piece = self.subwords[number - 1].replace(UNDERSCORE, "\0").replace(SPACE, " ")
                parts.append(piece.replace("\0", SPACE).encode())
        return b"".join(parts).decode("utf-8", "replace")

    @classmethod
    def build_from_corpus(cls, corpus_generator: Iterable, target_vocab_size: int, max_subword_length: int = 20,
                          max_corpus_chars: int | None = None, reserved_tokens: Any = None) -> "SubwordTextEncoder":
        """Pieces for texts: their most frequent words, and single letters. The real one looks for parts of words, too."""
        counts: Counter = Counter()
        seen = 0
        for text in corpus_generator:
            counts.update(words_of(text))
            seen += len(text_of(text))
            if max_corpus_chars and seen > max_corpus_chars:
                break
        letters = sorted({letter for word in counts for letter in word})
        given = list(reserved_tokens or [])
        words = [word for word, _ in counts.most_common() if 1 < len(word) <= max_subword_length and word not in given]
        room = max(target_vocab_size - BYTES - 1 - len(given), 0)
        return cls([*given, *words[: max(room - len(letters), 0)], *letters][:room])
