"""TextVectorization: the examples of Keras' documentation and counts made by hand."""

import numpy as np
import pytest

from nabi.as_keras.tensorflow import strings
from nabi.core.errors import ArgumentError, StateError
from nabi.data import Dataset, Strings
from nabi.preprocessing import TextVectorization

TEXTS = ["The cat sat.", "the DOG, the cat", "a dog!"]


def test_the_documentations_examples():
    """Keras 3, layers/preprocessing/text_vectorization.py: a vocabulary that is given."""
    vectorize = TextVectorization(max_tokens=5000, output_sequence_length=4, vocabulary=["earth", "wind", "and", "fire"])
    assert vectorize.get_vocabulary() == ["", "[UNK]", "earth", "wind", "and", "fire"]
    assert vectorize([["earth wind and fire"], ["fire and earth michigan"]]).tolist() == [[2, 3, 4, 5], [5, 4, 2, 1]]


def test_a_vocabulary_is_learned():
    vectorize = TextVectorization()
    vectorize.adapt(Dataset.from_tensor_slices(TEXTS).batch(2))
    assert vectorize.get_vocabulary() == ["", "[UNK]", "the", "dog", "cat", "sat", "a"]
    assert vectorize(TEXTS).tolist() == [[2, 4, 5, 0], [2, 3, 2, 4], [6, 3, 0, 0]] and vectorize("the owl").tolist() == [2, 1]
    few = TextVectorization(max_tokens=4, output_sequence_length=2)
    few.adapt(np.array(TEXTS))
    assert few.get_vocabulary() == ["", "[UNK]", "the", "dog"] and few(TEXTS).tolist() == [[2, 1], [2, 3], [1, 3]]
    pairs = TextVectorization(ngrams=2)
    pairs.adapt(["x y", "x y"])
    assert pairs.get_vocabulary(False) == ["y", "x y", "x"]
    letters = TextVectorization(split="character", standardize=None)
    letters.adapt(["aab"])
    assert letters("ba").tolist() == [3, 2]


@pytest.mark.parametrize("mode", ["multi_hot", "count", "tf_idf"])
def test_bags_of_words(mode):
    vectorize = TextVectorization(output_mode=mode)
    vectorize.adapt(TEXTS)
    assert vectorize.get_vocabulary() == ["[UNK]", "the", "dog", "cat", "sat", "a"]
    counts = np.array([[0, 1, 0, 1, 1, 0], [0, 2, 1, 1, 0, 0], [0, 0, 1, 0, 0, 1]])
    idf = np.log(1 + 3 / (1 + np.array([2, 2, 2, 1, 1])))
    expected = {"multi_hot": counts > 0, "count": counts, "tf_idf": counts * np.r_[idf.mean(), idf]}[mode]
    np.testing.assert_allclose(vectorize(TEXTS), expected, atol=1e-6)
    assert TextVectorization(9, output_mode=mode, pad_to_max_tokens=True, vocabulary=["a"])(["a b"]).shape == (1, 9)


def test_a_function_of_ones_own_in_a_stream():
    def plain(texts):
        return strings.regex_replace(strings.lower(texts), "<br />", " ")

    vectorize = TextVectorization(standardize=plain, output_sequence_length=3)
    stream = Dataset.from_tensor_slices((["One<br />two", "two"], [0, 1])).batch(2)
    vectorize.adapt(stream.map(lambda text, y: text))
    (x, y), = list(stream.map(lambda text, y: (vectorize(text), y)))
    assert x.tolist() == [[3, 2, 0], [2, 0, 0]] and y.tolist() == [0, 1]
    assert vectorize(Strings(["two one"])).tolist() == [[2, 3, 0]]


@pytest.mark.parametrize("call, error", [
    (lambda: TextVectorization(output_mode="onehot"), ArgumentError), (lambda: TextVectorization(split="word"), ArgumentError),
    (lambda: TextVectorization(standardize="upper"), ArgumentError), (lambda: TextVectorization()(["a"]), StateError)])
def test_bad_calls_say_what_is_wrong(call, error):
    with pytest.raises(error, match="expected .* got"):
        call()
