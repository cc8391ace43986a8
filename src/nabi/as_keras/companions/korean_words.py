"""konlpy's taggers, plainly, where konlpy is not installed: Korean words are cut at spaces, signs and common particles.

    Okt().morphs("영화가 정말 재미있다")      ->  ["영화", "가", "정말", "재미있다"]

No dictionary stands behind it: endings of verbs stay where they are, and `stem` and `norm` change nothing.
"""

import re
from typing import Any

from nabi.as_keras.notes import note

__all__ = ["Hannanum", "Kkma", "Komoran", "Mecab", "Okt", "Twitter"]
LONG = "에서는 으로는 이라는 에게서 에서 으로 에게 까지 부터 처럼 보다 이나 이랑 하고"
PARTICLES = (*LONG.split(), *"은는이가을를의에도와과로만")
PIECES = re.compile(r"(?P<Hangul>[가-힣]+)|(?P<KoreanParticle>[ㄱ-ㅎㅏ-ㅣ]+)|(?P<Number>\d+)|(?P<Alpha>[A-Za-z]+)"
                    r"|(?P<Punctuation>[^\s\w]+)|\w+")


def cut(word: str) -> list[str]:
    """A word of Hangul without, and then with, the particle at its end.

    Example:
        >>> cut("학교에서"), cut("정말"), cut("나는")
        (['학교', '에서'], ['정말'], ['나', '는'])
    """
    for particle in PARTICLES:
        stem = word.removesuffix(particle)
        if stem != word and len(stem) >= (1 if particle in ("는", "를") else 2):
            return [stem, particle]
    return [word]


class Okt:
    """Cuts Korean texts into words.

    Args:
        options: dictionaries, paths, ...: accepted.
    """

    def __init__(self, *places: Any, **options: Any):
        note("konlpy", "konlpy is not installed: Korean words are cut at spaces and common particles alone.")

    def pos(self, phrase: str, norm: bool = False, stem: bool = False, join: bool = False, **options: Any) -> list[Any]:
        """Pieces with what they are: Noun for words of Hangul, Josa for particles, Verb for what ends in 다."""
        found: list[Any] = []
        for piece in PIECES.finditer(phrase):
            kind, text = piece.lastgroup, piece.group()
            if kind == "Hangul":
                head, *particles = cut(text)
                found.append((head, "Verb" if head.endswith(("다", "요")) and len(head) > 1 else "Noun"))
                found += [(particle, "Josa") for particle in particles]
            else:
                found.append((text, kind or "Foreign"))
        return ["/".join(pair) for pair in found] if join else found

    def morphs(self, phrase: str, norm: bool = False, stem: bool = False, **options: Any) -> list[str]:
        """The pieces of a text."""
        return [text for text, _ in self.pos(phrase)]

    def nouns(self, phrase: str) -> list[str]:
        """The words that are neither particles nor verbs."""
        return [text for text, kind in self.pos(phrase) if kind == "Noun"]

    def phrases(self, phrase: str) -> list[str]:
        """The nouns."""
        return self.nouns(phrase)

    def normalize(self, phrase: str) -> str:
        """The text as it is."""
        return phrase

    def sentences(self, phrase: str) -> list[str]:
        """The text, cut behind full stops."""
        return [part for part in re.split(r"(?<=[.!?])\s+", phrase.strip()) if part]


class Twitter(Okt):
    """Okt's earlier name."""


class Komoran(Okt):
    """Okt under Komoran's name."""


class Kkma(Okt):
    """Okt under Kkma's name."""


class Hannanum(Okt):
    """Okt under Hannanum's name."""


class Mecab(Okt):
    """Okt under Mecab's name."""
