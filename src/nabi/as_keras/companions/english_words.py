"""nltk's everyday tools, plainly, where nltk is not installed: words, sentences, stop words, stems, counts.

    word_tokenize("It's fine.")            ->  ["It", "'s", "fine", "."]
    stopwords.words("english")             function words of English
    PorterStemmer().stem("running")        ->  "run"      the first step of Porter's rules alone
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from nabi.as_keras.notes import note
from nabi.core.errors import DataError

__all__ = ["FreqDist", "LancasterStemmer", "PorterStemmer", "RegexpTokenizer", "SnowballStemmer", "Text",
           "TreebankWordTokenizer", "TweetTokenizer", "WhitespaceTokenizer", "WordNetLemmatizer", "WordPunctTokenizer", "bigrams",
           "download", "everygrams", "lancaster", "ngrams", "porter", "pos_tag", "regexp_tokenize", "sent_tokenize", "snowball",
           "stopwords", "trigrams", "word_tokenize", "wordnet", "wordpunct_tokenize"]  # fmt: skip
PLAIN = "nltk is not installed: words, stems and stop words are plain ones."
WORDS = re.compile(r"n't\b|'(?:s|m|d|re|ve|ll)\b|(?:(?!n't\b)\w)+(?:-\w+)*|\.\.\.|[^\w\s]", re.IGNORECASE)
FUNCTION_WORDS = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself
    they them their theirs themselves this that these those who whom what which
    am is are was were be been being have has had having do does did doing will would shall should can could may might must
    a an the and but if or because as until while of at by for with about against between into through during before after
    above below to from up down in out on off over under
    again further then once here there when where why how all any both each few more most other some such no nor not only own same
    so than too very just now don t s d ll m o re ve y ain aren couldn didn doesn hadn hasn haven isn ma mightn mustn needn shan
    shouldn wasn weren won wouldn
"""


def download(*names: Any, **options: Any) -> bool:
    """Nothing is fetched."""
    note("nltk", PLAIN)
    return True


def word_tokenize(text: str, *args: Any, **options: Any) -> list[str]:
    """Words and signs, short forms cut off.

    Example:
        >>> word_tokenize("Don't stop, it's 5 o'clock.")
        ['Do', "n't", 'stop', ',', 'it', "'s", '5', 'o', "'", 'clock', '.']
    """
    note("nltk", PLAIN)
    return WORDS.findall(re.sub(r"(?i)n't\b", " n't", text))


def sent_tokenize(text: str, *args: Any, **options: Any) -> list[str]:
    """Sentences: cut behind . ! ? before a space."""
    return [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]


def wordpunct_tokenize(text: str) -> list[str]:
    """Runs of letters and runs of signs."""
    return re.findall(r"\w+|[^\w\s]+", text)


def regexp_tokenize(text: str, pattern: str, gaps: bool = False, **options: Any) -> list[str]:
    """What a pattern finds, or what lies between."""
    return [part for part in re.split(pattern, text) if part] if gaps else re.findall(pattern, text)


class RegexpTokenizer:
    """Cuts texts by a pattern.

    Args:
        pattern: of the words, or of what lies between them where `gaps`.
    """

    def __init__(self, pattern: str = r"\w+|[^\w\s]+", gaps: bool = False, **options: Any):
        self.pattern, self.gaps = pattern, gaps

    def tokenize(self, text: str) -> list[str]:
        """The words of a text."""
        return regexp_tokenize(text, self.pattern, self.gaps)


class WordPunctTokenizer(RegexpTokenizer):
    """Runs of letters and runs of signs."""


class WhitespaceTokenizer(RegexpTokenizer):
    """What lies between spaces."""

    def __init__(self):
        super().__init__(r"\S+")


class TreebankWordTokenizer:
    """`word_tokenize` as an object."""

    def __init__(self, *args: Any, **options: Any):
        pass

    def tokenize(self, text: str, *args: Any) -> list[str]:
        """The words of a text."""
        return word_tokenize(text)


class TweetTokenizer(RegexpTokenizer):
    """Words, with names and tags of short messages whole."""

    def __init__(self, preserve_case: bool = True, reduce_len: bool = False, strip_handles: bool = False, **options: Any):
        super().__init__(r"https?://\S+|[@#]\w+|\w+(?:'\w+)?|[:;=8][-o]?[)(\]\[dDpP/]|[^\w\s]")
        self.keep, self.strip = preserve_case, strip_handles

    def tokenize(self, text: str) -> list[str]:
        found = [one for one in super().tokenize(text) if not (self.strip and one.startswith("@"))]
        return found if self.keep else [one.lower() for one in found]


class Stopwords:
    """nltk.corpus.stopwords."""

    def words(self, language: str = "english") -> list[str]:
        """The function words of a language; only those of English are here."""
        note("nltk", PLAIN)
        if language != "english":
            raise DataError("stopwords.words(language)", "'english', the one language that is here without nltk", repr(language))
        return [*FUNCTION_WORDS.split()]

    def fileids(self) -> list[str]:
        """The languages."""
        return ["english"]


stopwords = Stopwords()


class PorterStemmer:
    """Takes the endings of plurals, -ed and -ing off: the first step of Porter's rules.

    Example:
        >>> [PorterStemmer().stem(word) for word in ("caresses", "ponies", "cats", "hopping", "agreed", "sing")]
        ['caress', 'poni', 'cat', 'hop', 'agree', 'sing']
    """

    def __init__(self, *language: Any, **options: Any):
        note("nltk", PLAIN)

    def stem(self, word: str, *args: Any) -> str:
        """A word without its ending."""
        word = word.lower()
        for ending, instead in (("sses", "ss"), ("ies", "i"), ("ss", "ss"), ("s", "")):
            if word.endswith(ending):
                word = word.removesuffix(ending) + instead
                break
        if word.endswith("eed"):
            return word[:-1]
        for ending in ("ed", "ing"):
            head = word.removesuffix(ending)
            if head != word and re.search(r"[aeiouy]", head):
                return shortened(head)
        return word


def shortened(head: str) -> str:
    """What is left of a word without -ed or -ing: a doubled letter is one, a lost e comes back.

    Example:
        >>> shortened("hopp"), shortened("lik"), shortened("fall"), shortened("play")
        ('hop', 'like', 'fall', 'play')
    """
    if head.endswith(("at", "bl", "iz")) or re.fullmatch(r"[^aeiou]+[aeiou][^aeiouwxy]", head):
        return head + "e"
    return head[:-1] if len(head) > 2 and head[-1] == head[-2] and head[-1] not in "lsz" else head


class SnowballStemmer(PorterStemmer):
    """The same."""


class LancasterStemmer(PorterStemmer):
    """The same."""


class WordNetLemmatizer:
    """Takes the endings of plurals off; verbs stay as they are."""

    def lemmatize(self, word: str, pos: str = "n") -> str:
        """A noun's singular by its ending."""
        if pos != "n" or word.endswith(("ss", "us", "is")) or len(word) < 4:
            return word
        return word[:-3] + "y" if word.endswith("ies") else word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) \
            else word.removesuffix("s")  # fmt: skip


class FreqDist(Counter):
    """How often each thing occurs."""

    def N(self) -> int:  # noqa: N802
        """How many there are in all."""
        return sum(self.values())

    def B(self) -> int:  # noqa: N802
        """How many different ones."""
        return len(self)

    def freq(self, thing: Any) -> float:
        """The share of one."""
        return self[thing] / (self.N() or 1)

    def hapaxes(self) -> list[Any]:
        """Those that occur once."""
        return [thing for thing, count in self.items() if count == 1]

    def plot(self, *most: int, **options: Any) -> Any:
        """A line of the counts."""
        import matplotlib.pyplot as plt

        pairs = self.most_common(*most)
        ax = plt.gca()
        ax.plot([count for _, count in pairs])
        ax.set(xticks=range(len(pairs)), xticklabels=[str(thing) for thing, _ in pairs])
        return ax


class Text:
    """A text as a list of words.

    Args:
        tokens: the words.
        name: what it is called.
    """

    def __init__(self, tokens: Any, name: str | None = None):
        self.tokens, self.name = list(tokens), name

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tokens)

    def vocab(self) -> FreqDist:
        """How often each word occurs."""
        return FreqDist(self.tokens)

    def count(self, word: Any) -> int:
        """How often one does."""
        return self.tokens.count(word)

    def plot(self, *most: int, **options: Any) -> Any:
        """A line of the counts."""
        return self.vocab().plot(*most)


def ngrams(sequence: Any, n: int, **options: Any) -> Iterator[tuple]:
    """All runs of n."""
    items = list(sequence)
    return zip(*(items[k:] for k in range(n)), strict=False)


def bigrams(sequence: Any, **options: Any) -> Iterator[tuple]:
    """All pairs of neighbours."""
    return ngrams(sequence, 2)


def trigrams(sequence: Any, **options: Any) -> Iterator[tuple]:
    """All threes of neighbours."""
    return ngrams(sequence, 3)


def everygrams(sequence: Any, min_len: int = 1, max_len: int = -1, **options: Any) -> Iterator[tuple]:
    """All runs of these lengths."""
    items = list(sequence)
    return (run for n in range(min_len, (len(items) if max_len < 0 else max_len) + 1) for run in ngrams(items, n))


def pos_tag(tokens: Any, **options: Any) -> list[tuple[str, str]]:
    """Kinds of words by their endings: NN, VBG, VBD, RB, CD, and signs."""
    kinds = ((r"\d", "CD"), (r".*ly$", "RB"), (r".+ing$", "VBG"), (r".+ed$", "VBD"), (r"\W", "."), (r".+s$", "NNS"))
    return [(word, next((kind for pattern, kind in kinds if re.match(pattern, word)), "NN")) for word in tokens]


porter = snowball = wordnet = lancaster = sys.modules[__name__]
