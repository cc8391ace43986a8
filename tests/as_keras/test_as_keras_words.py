"""konlpy's and nltk's calls where they are not installed.

Oracle: for BLEU and English words, numbers and lists stored from nltk 3.10; for Korean, words cut by hand.
"""

import importlib
import importlib.util

import numpy as np
import pytest

from nabi.as_keras.companions import bleu, english_words
from nabi.as_keras.companions.korean_words import Okt
from nabi.core.errors import DataError

REFERENCES = [["the cat is on the mat".split(), "there is a cat on the mat".split()],
              ["he read the book because he was interested in history".split()]]  # fmt: skip
GIVEN = ["the cat the cat on the mat".split(), "he was interested in history because he read the book".split()]


def test_they_are_found_where_they_are_not_installed(served):
    if importlib.util.find_spec("nltk") is None:
        importlib.import_module("nltk").download("stopwords")
        assert "the" in importlib.import_module("nltk.corpus").stopwords.words("english")
        assert importlib.import_module("nltk.translate.bleu_score").corpus_bleu is bleu.corpus_bleu
        assert importlib.import_module("nltk.stem.porter").PorterStemmer is english_words.PorterStemmer
    if importlib.util.find_spec("konlpy") is None:
        assert importlib.import_module("konlpy.tag").Okt is Okt


@pytest.mark.parametrize(("weights", "expected"), [
    ((1, 0, 0, 0), 0.8823529411764706), ((0.5, 0.5, 0, 0), 0.8401680504168059), ((0.3, 0.3, 0.3, 0), 0.7481111088448908),
    ((0.25, 0.25, 0.25, 0.25), 0.6097314262600262),
])  # fmt: skip
def test_bleu_of_many(weights, expected):
    assert np.isclose(bleu.corpus_bleu(REFERENCES, GIVEN, weights=weights), expected, rtol=1e-12)


@pytest.mark.parametrize(("method", "expected"), [
    ("method1", 0.10305224267080783), ("method2", 0.2740311596835683), ("method3", 0.1937692912686648),
    ("method4", 0.10202995073993343),
])  # fmt: skip
def test_bleu_of_one_with_shares_of_zero(method, expected):
    smooth, short = getattr(bleu.SmoothingFunction(), method), "the cat sat here".split()
    assert np.isclose(bleu.sentence_bleu(REFERENCES[0], short, smoothing_function=smooth), expected, rtol=1e-12)
    assert bleu.sentence_bleu(REFERENCES[0], ["dog"]) == 0


def test_english_words(served):
    assert english_words.word_tokenize("I can't believe they've gone...") == \
        ["I", "ca", "n't", "believe", "they", "'ve", "gone", "..."]  # fmt: skip
    assert english_words.word_tokenize("Don't stop, it's fine.") == ["Do", "n't", "stop", ",", "it", "'s", "fine", "."]
    assert english_words.sent_tokenize("One. Two! Three") == ["One.", "Two!", "Three"]
    assert english_words.RegexpTokenizer(r"\w+").tokenize("a, b") == ["a", "b"]
    stem = english_words.PorterStemmer().stem
    assert [stem(word) for word in "caresses ponies cats hopping movies running falling plastered".split()] == \
        ["caress", "poni", "cat", "hop", "movi", "run", "fall", "plaster"]  # fmt: skip
    assert list(english_words.bigrams("abc")) == [("a", "b"), ("b", "c")]
    assert english_words.Text("a b a".split()).vocab().most_common(1) == [("a", 2)]
    with pytest.raises(DataError, match="english"):
        english_words.stopwords.words("german")


def test_korean_words(served):
    okt = Okt()
    assert okt.morphs("영화가 정말 재미있다!") == ["영화", "가", "정말", "재미있다", "!"]
    assert okt.nouns("나는 학교에서 친구를 만났다") == ["나", "학교", "친구"]
    assert okt.pos("영화는 7점", norm=True, stem=True) == [("영화", "Noun"), ("는", "Josa"), ("7", "Number"), ("점", "Noun")]
    assert okt.pos("책을", join=True) == ["책을/Noun"]  # one syllable before a particle stays
