"""TextVectorization: Keras' layer that makes numbers of texts, for the inside of a model too.

    "a red fox" -> 2 7 4 0          filled up with 0, to the longest of a batch or to output_sequence_length
    ragged=True                     2 7 4: rows of different lengths, a RaggedTensor, where texts are given outside a model

Source: Keras 3, layers/preprocessing/text_vectorization.py.
"""

from typing import Any

from nabi import preprocessing
from nabi.as_keras.layers.columns import no_sparse
from nabi.as_keras.layers.texts import TextLayer, texts_of
from nabi.as_keras.notes import note
from nabi.as_keras.tensorflow.ragged import RaggedTensor
from nabi.core.errors import ArgumentError
from nabi.data import Strings


class TextVectorization(TextLayer):
    """Texts to rows of numbers: `nabi.preprocessing.TextVectorization` as a layer.

    Args: as there, and
        ragged: rows as long as their texts, with output_mode="int".
        sparse: columns that name the places of their numbers; nabi's name all.

    Example:
        >>> layer = TextVectorization(vocabulary=["fox", "red"], ragged=True)
        >>> layer(["a red fox", "fox"]).to_list()
        [[1, 3, 2], [2]]
    """

    def __init__(self, max_tokens=None, standardize="lower_and_strip_punctuation", split="whitespace", ngrams=None,
                 output_mode="int", output_sequence_length=None, pad_to_max_tokens=False, vocabulary=None, idf_weights=None,
                 sparse=False, ragged=False, encoding="utf-8", **base):
        base.pop("dtype", None)
        super().__init__(**base)
        self.vectorizer = preprocessing.TextVectorization(max_tokens, standardize, split, ngrams, output_mode,
                                                          output_sequence_length, pad_to_max_tokens, vocabulary, idf_weights)
        self.ragged, self.sparse = bool(ragged), bool(sparse)
        if ragged and self.vectorizer.output_mode != "int":
            raise ArgumentError("TextVectorization(ragged=True)", 'output_mode="int"', repr(output_mode))
        no_sparse(self.vectorizer, sparse)

    def __getattr__(self, name):
        inner = self.__dict__.get("vectorizer")
        if inner is not None and not name.startswith("_") and hasattr(inner, name):
            return getattr(inner, name)
        return super().__getattr__(name)

    def of_values(self, x):
        made = self.of_texts(texts := Strings(x))
        if not self.ragged or made.ndim < 2:
            return made
        lengths = map(len, self.vectorizer.tokens(Strings(texts.values.ravel())))
        return RaggedTensor(row[:length] for row, length in zip(made, lengths, strict=True))

    def of_texts(self, texts):
        return self.vectorizer(texts)

    def call(self, x):
        if self.ragged:
            note("ragged", "TextVectorization(ragged=True): inside a model the rows are filled up with 0.")
        return self.vectorizer(texts_of(x.reshape(len(x), -1)[:, 0]))

    def compute_output_shape(self, input_shape):
        if self.vectorizer.output_mode == "int":
            return (input_shape[0], self.vectorizer.output_sequence_length)
        padded = self.vectorizer.pad_to_max_tokens and self.vectorizer.max_tokens
        return (input_shape[0], padded or self.vectorizer.vocabulary_size())

    def get_config(self):
        config: dict[str, Any] = self.vectorizer.get_config() | {"name": self.name, "ragged": self.ragged, "sparse": self.sparse}
        return config | {"standardize": plain(config["standardize"]), "split": plain(config["split"])}


def plain(value: Any) -> Any:
    """A setting as a file keeps it: functions by their names."""
    return getattr(value, "__name__", value)
