"""BLEU: how much of a translation or caption stands in given ones, where nltk is not installed.

    BLEU = b exp(sum of w_n log p_n)      p_n: the share of runs of n words that stand in a reference, too
    b = 1 if c > r else exp(1 - r / c)    c, r: how many words there are, and in the references nearest in length

Source: Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"; nltk.translate.bleu_score.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from nabi.as_keras.companions.english_words import ngrams

__all__ = ["SmoothingFunction", "bleu_score", "brevity_penalty", "corpus_bleu", "modified_precision", "sentence_bleu"]
TINY = sys.float_info.min
bleu_score = sys.modules[__name__]


def shares(references: Sequence[Any], hypothesis: Any, n: int) -> tuple[int, int]:
    """(runs of n that stand in a reference, runs of n)."""
    counts = Counter(ngrams(hypothesis, n))
    most: Counter = Counter()
    for reference in references:
        most |= Counter(ngrams(reference, n))
    return sum((counts & most).values()), max(1, sum(counts.values()))


def modified_precision(references: Sequence[Any], hypothesis: Any, n: int) -> Fraction:
    """p_n of one text."""
    return Fraction(*shares(references, hypothesis, n))


def brevity_penalty(closest_ref_len: int, hyp_len: int) -> float:
    """b: what is too short loses."""
    if hyp_len > closest_ref_len:
        return 1.0
    return math.exp(1 - closest_ref_len / hyp_len) if hyp_len else 0.0


class SmoothingFunction:
    """What stands for a share of 0.

    Args:
        epsilon: of method1, in place of a count of 0.
    """

    def __init__(self, epsilon: float = 0.1, alpha: float = 5, k: float = 5):
        self.epsilon, self.alpha, self.k = epsilon, alpha, k

    def method0(self, found: list[tuple[int, int]], length: int) -> list[float]:
        """As good as nothing."""
        return [hits / runs if hits else TINY for hits, runs in found]

    def method1(self, found: list[tuple[int, int]], length: int) -> list[float]:
        """epsilon hits."""
        return [(hits or self.epsilon) / runs for hits, runs in found]

    def method2(self, found: list[tuple[int, int]], length: int) -> list[float]:
        """One more hit and one more run, from pairs on."""
        return [(hits + (n > 0)) / (runs + (n > 0)) for n, (hits, runs) in enumerate(found)]

    def method3(self, found: list[tuple[int, int]], length: int) -> list[float]:
        """1/2, 1/4, ... hits for the first, second, ... share of 0."""
        made, zeros = [], 0
        for hits, runs in found:
            zeros += not hits
            made.append((hits or 0.5**zeros) / runs)
        return made

    def method4(self, found: list[tuple[int, int]], length: int) -> list[float]:
        """As method3, more careful with short texts."""
        made, zeros = [], 1
        for hits, runs in found:
            if hits or length <= 1:
                made.append(hits / runs)
            else:
                made.append(1 / (2**zeros * self.k / math.log(length)) / runs)
                zeros += 1
        return made


def corpus_bleu(list_of_references: Sequence[Any], hypotheses: Sequence[Any], weights: Any = (0.25, 0.25, 0.25, 0.25),
                smoothing_function: Callable | None = None, auto_reweigh: bool = False) -> Any:
    """BLEU of many texts, each with its references: all runs counted together.

    Args:
        weights: w_n; a list of such tuples gives a list of scores.
        smoothing_function: of SmoothingFunction.
    """
    several = hasattr(weights[0], "__len__")
    listed = list(weights) if several else [weights]
    sums = [[0, 0] for _ in range(max(map(len, listed)))]
    length = nearest = 0
    for references, hypothesis in zip(list_of_references, hypotheses, strict=True):
        for n, pair in enumerate(sums, 1):
            for k, value in enumerate(shares(references, hypothesis, n)):
                pair[k] += value
        length += len(hypothesis)
        nearest += min((abs(len(one) - len(hypothesis)), len(one)) for one in references)[1]
    found = [(hits, runs) for hits, runs in sums]
    smooth = smoothing_function or SmoothingFunction().method0
    precise = smooth(found, length) if found[0][0] else []
    scores = []
    for row in listed:
        if auto_reweigh and length < 4 and tuple(row) == (0.25,) * 4:
            row = (1 / length,) * length
        parts = sum(w * math.log(p) for w, p in zip(row, precise, strict=False) if p > 0)
        scores.append(brevity_penalty(nearest, length) * math.exp(parts) if precise else 0)
    return scores if several else scores[0]


def sentence_bleu(references: Sequence[Any], hypothesis: Any, weights: Any = (0.25, 0.25, 0.25, 0.25),
                  smoothing_function: Callable | None = None, auto_reweigh: bool = False) -> Any:
    """BLEU of one text."""
    return corpus_bleu([references], [hypothesis], weights, smoothing_function, auto_reweigh)
