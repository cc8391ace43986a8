"""Texts and sequences against Keras 3's own (keras.src.legacy.preprocessing), whose numbers and orders must come out."""

import json
import os
import random

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.preprocessing import sequence, text

os.environ.setdefault("KERAS_BACKEND", "torch")

TEXTS = ["The cat saw the dog.", "A dog, a cat -- and\tthe\nmouse!", "", "dog dog dog", "cats & dogs; THE end",
         "An owl saw an ant"]
OTHERS = ["the unknown dog", "saw saw a mouse again", ""]


@pytest.fixture(scope="module")
def keras():
    from keras.src.legacy import preprocessing
    from keras.src.legacy.preprocessing import sequence as keras_sequence
    from keras.src.legacy.preprocessing import text as keras_text
    preprocessing.text, preprocessing.sequence = keras_text, keras_sequence
    return preprocessing


SETTINGS = [{}, {"num_words": 4}, {"oov_token": "<OOV>"}, {"num_words": 5, "oov_token": "?"}, {"char_level": True},
            {"lower": False, "filters": ".,"}, {"char_level": True, "num_words": 6, "oov_token": "#"},
            {"analyzer": lambda t: t.split("o")}, {"filters": "", "split": "a"}]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: ",".join(settings) or "usual")
def test_tokenizer_is_keras(settings, keras):
    ours, theirs = text.Tokenizer(**settings), keras.text.Tokenizer(**settings)
    for part in (TEXTS[:3], TEXTS[3:]):
        ours.fit_on_texts(part)
        theirs.fit_on_texts(part)
    for name in ("word_index", "index_word", "index_docs", "word_docs", "word_counts", "document_count"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert list(ours.word_index) == list(theirs.word_index) and list(ours.word_counts) == list(theirs.word_counts)
    numbers = ours.texts_to_sequences(OTHERS + TEXTS)
    assert numbers == theirs.texts_to_sequences(OTHERS + TEXTS)
    assert ours.sequences_to_texts([*numbers, [99]]) == theirs.sequences_to_texts([*numbers, [99]])
    for mode in text.MODES:
        rows = OTHERS + TEXTS
        np.testing.assert_allclose(ours.texts_to_matrix(rows, mode), theirs.texts_to_matrix(rows, mode), 1e-12)
    assert json.loads(ours.to_json())["config"].keys() == json.loads(theirs.to_json())["config"].keys()
    back = keras.text.tokenizer_from_json(ours.to_json())
    assert text.tokenizer_from_json(theirs.to_json()).word_index == back.word_index == ours.word_index
    if "analyzer" not in settings:
        assert text.tokenizer_from_json(theirs.to_json()).texts_to_matrix(TEXTS, "tfidf").tolist() == ours.texts_to_matrix(
            TEXTS, "tfidf").tolist()


def test_lists_of_words_and_of_numbers(keras):
    ours, theirs = text.Tokenizer(), keras.text.Tokenizer()
    for tokenizer in (ours, theirs):
        tokenizer.fit_on_texts([["A", "b"], ["b", "c c"]])
        tokenizer.fit_on_sequences([[1, 2, 2], [3]])
    assert ours.word_index == theirs.word_index and ours.index_docs == theirs.index_docs
    assert ours.texts_to_sequences([["B", "x"]]) == theirs.texts_to_sequences([["B", "x"]])


def test_the_first_seen_of_equally_common_words_comes_first():
    tokenizer = text.Tokenizer()
    tokenizer.fit_on_texts(["b a c a"])
    assert tokenizer.word_index == {"a": 1, "b": 2, "c": 3}, "not sorted by the alphabet"


def test_keras_1_says_nb_words():
    with pytest.warns(UserWarning, match="num_words"):
        assert text.Tokenizer(nb_words=3).num_words == 3


def test_words_and_hashes(keras):
    said = "Well... done, done! (100%)"
    assert text.text_to_word_sequence(said) == keras.text.text_to_word_sequence(said)
    assert text.text_to_word_sequence(said, ".", False, "e") == keras.text.text_to_word_sequence(said, ".", False, "e")
    assert text.one_hot(said, 9) == keras.text.one_hot(said, 9)
    for function in (None, "md5", len):
        assert text.hashing_trick(said, 30, function) == keras.text.hashing_trick(said, 30, function)


@pytest.mark.parametrize("call, error", [
    (lambda: text.Tokenizer().fit_on_texts("one text"), DataError),
    (lambda: text.Tokenizer().fit_on_texts(["a", float("nan")]), DataError),
    (lambda: text.Tokenizer().sequences_to_matrix([[1]]), StateError),
    (lambda: text.Tokenizer(3).sequences_to_matrix([[1]], "tf"), ArgumentError),
    (lambda: text.Tokenizer(3).sequences_to_matrix([[1]], "tfidf"), StateError),
    (lambda: text.tokenizer_from_json("{}"), DataError),
    (lambda: text.hashing_trick("a", 1), ArgumentError),
    (lambda: sequence.pad_sequences([1, 2]), DataError),
    (lambda: sequence.pad_sequences([[1]], padding="left"), ArgumentError),
    (lambda: sequence.pad_sequences([["a"]], value="pad"), ArgumentError),
    (lambda: sequence.TimeseriesGenerator([1], [1, 2], 1), DataError),
    (lambda: sequence.TimeseriesGenerator([1, 2], [1, 2], 2), ArgumentError),
])
def test_bad_calls_say_what_is_wrong(call, error):
    with pytest.raises(error, match="expected .* got"):
        call()


ROWS = [[1, 2, 3, 4], [5], [], [6, 7]]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 6])
def test_padding_is_keras(padding, truncating, maxlen):
    from keras.utils import pad_sequences

    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating}
    pairs = [np.arange(6).reshape(3, 2), np.ones((1, 2))]
    words = [["a", "b", "c"], ["d"]]
    for rows, more in ((ROWS, {}), (ROWS, {"dtype": "float32", "value": -1.5}), ([np.array(row) for row in ROWS], {}),
                       (pairs, {}),
                       ([(1, 2), (3,)], {}), (words, {"dtype": object, "value": "-"}), ([[1.7, 2.2], [3.9]], {}),
                       (np.arange(6).reshape(2, 3), {}), (np.array([[1], [2, 3]], dtype=object), {})):
        ours, theirs = sequence.pad_sequences(rows, **options, **more), pad_sequences(rows, **options, **more)
        assert ours.dtype == theirs.dtype and ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("options", [
    {}, {"stride": 2, "sampling_rate": 2}, {"reverse": True, "start_index": 2, "end_index": 15}, {"shuffle": True}], ids=str)
def test_windows_are_keras(options, keras):
    data = np.random.default_rng(0).normal(size=(20, 3))
    ours = sequence.TimeseriesGenerator(data, data[:, 0], 4, batch_size=5, **options)
    theirs = keras.sequence.TimeseriesGenerator(data, data[:, 0], 4, batch_size=5, **options)
    assert len(ours) == len(theirs)
    for index in range(len(ours)):
        np.random.seed(3)
        x, y = ours[index]
        np.random.seed(3)
        x_, y_ = theirs[index]
        assert np.array_equal(x, x_) and np.array_equal(y, y_)
    assert json.loads(ours.to_json())["config"]["length"] == 4


@pytest.mark.parametrize("options", [{}, {"categorical": True, "window_size": 2}, {"negative_samples": 0, "shuffle": False},
                                     {"seed": 4, "sampling_table": sequence.make_sampling_table(9, 0.5)}], ids=str)
def test_skipgrams_are_keras(options, keras):
    numbers = [1, 2, 0, 5, 3, 8, 2, 7]
    random.seed(7)
    ours = sequence.skipgrams(numbers, 9, **options)
    random.seed(7)
    assert ours == keras.sequence.skipgrams(numbers, 9, **options)
    np.testing.assert_allclose(sequence.make_sampling_table(50), keras.sequence.make_sampling_table(50), 1e-12)
