"""Lookups: layers that number words and categories before a network: Keras' preprocessing layers of texts and tables.

    StringLookup      "red" -> 3                       IntegerLookup     1966 -> 3
    CategoryEncoding  3 -> 0 0 0 1 0                   Hashing           "red" -> a number below num_bins
    Discretization    0.4 -> the number of its bin     TextVectorization "a red fox" -> 2 7 4

A vocabulary is sorted by how common its entries are; first comes what masks (if there is a mask token), then what is not known.
Hashes are TensorFlow's. Source: Keras 3, layers/preprocessing.
"""

import math
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from nabi.as_keras.layers import quantiles
from nabi.as_keras.layers.columns import MODES, columns, no_sparse
from nabi.as_keras.layers.hashing import fingerprint64
from nabi.as_keras.layers.hashing_layers import HashedCrossing, Hashing
from nabi.as_keras.layers.text_vectorization import TextVectorization
from nabi.as_keras.layers.texts import TextLayer, is_text
from nabi.core.errors import ArgumentError, StateError
from nabi.data import Dataset, Strings
from nabi.data.structure import leaves
from nabi.layers.node import Symbol

__all__ = ["CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup",
           "TextVectorization"]

class Lookup(TextLayer):
    """Base: numbers for the entries of a vocabulary."""

    unknown: Any = "[UNK]"

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=None, vocabulary=None, idf_weights=None,
                 invert=False, output_mode="int", pad_to_max_tokens=False, sparse=False, vocabulary_dtype=None, max_values=None,
                 encoding="utf-8", **base):
        base.pop("dtype", None)
        super().__init__(**base)
        self.max_tokens, self.num_oov_indices = max_values if max_tokens is None else max_tokens, int(num_oov_indices)
        self.mask_token, self.oov_token = mask_token, self.unknown if oov_token is None else oov_token
        self.invert, self.output_mode = bool(invert), MODES.get(output_mode, output_mode)
        self.pad_to_max_tokens = bool(pad_to_max_tokens)
        no_sparse(self, sparse)
        self.entries: tuple = ()
        self.index: Any = None
        self.idf: Any = None  # of the unknown, then of each entry
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def entry(self, value: Any) -> Any:
        """A value as an entry of the vocabulary."""
        return str(Strings(value))

    @property
    def special(self) -> list:
        """What stands before the vocabulary."""
        masks = self.mask_token is not None and self.output_mode == "int"
        return ([self.mask_token] if masks else []) + [self.oov_token] * self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Takes entries, or a file with one a line, instead of learning them."""
        if isinstance(vocabulary, (str, os.PathLike)):
            with open(vocabulary, encoding="utf-8") as file:
                vocabulary = file.read().split("\n")
        found = [self.entry(value) for value in np.asarray(vocabulary, object).ravel()]
        special = [one for one in (self.mask_token, self.oov_token) if one is not None]
        while found and found[0] in special:
            found = found[1:]
        self.entries = tuple(found)
        self.index = {entry: number for number, entry in enumerate(found, len(self.special))}
        if idf_weights is not None:
            given = [float(weight) for weight in idf_weights]
            first = given[:-len(found)] if len(given) > len(found) else [float(np.mean(given))] * self.num_oov_indices
            self.idf = np.array([*first, *given[-len(found):]])

    def reset_state(self) -> None:
        """Forgets the vocabulary."""
        self.entries, self.index, self.idf = (), None, None

    def adapt(self, data: Any, batch_size: Any = None, steps: int | None = None) -> None:
        """Learns the vocabulary of data, a list, an array, or a stream; with "tf_idf" also in how many rows an entry is."""
        counts: Counter = Counter()
        rows_with: Counter = Counter()
        rows = 0
        for part in self.rows_of(data, steps):
            listed = [[self.entry(value) for value in row] for row in part]
            rows += len(listed)
            for row in listed:
                counts.update(row)
                rows_with.update(set(row))
        for special in (self.mask_token, self.oov_token):
            counts.pop(special, None)
        most = None if self.max_tokens is None else self.max_tokens - len(self.special)
        ranked = sorted(counts.items(), key=lambda item: (item[1], item[0]), reverse=True)
        kept = [entry for entry, _ in ranked[:most]]
        idf = [math.log(1 + rows / (1 + rows_with[entry])) for entry in kept]
        self.set_vocabulary(kept, idf if self.output_mode == "tf_idf" and kept else None)

    def rows_of(self, data: Any, steps: int | None = None) -> Iterator[list]:
        """What is learned from, row by row: an element of a stream, or the data, each at least one axis long."""
        for number, element in enumerate(data if isinstance(data, Dataset) else [data]):
            if steps is not None and number >= steps:
                return
            part = leaves(element)[0] if isinstance(data, Dataset) else element
            values = Strings(part).values if self.reads_texts or is_text(part) else np.asarray(part)
            yield values.reshape(len(values) if values.ndim else 1, -1).tolist()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list:
        """The entries, in the order of their numbers."""
        return [*(self.special if include_special_tokens else []), *self.entries]

    def vocabulary_size(self) -> int:
        """How many entries there are, the special ones included."""
        return len(self.special) + len(self.entries)

    vocab_size = vocabulary_size

    def number(self, value: Any) -> int:
        """Where a value stands in the vocabulary; one of the first places for what is not in it."""
        entry = self.entry(value)
        found = self.index.get(entry)
        if found is None and self.mask_token is not None and entry == self.mask_token:
            return 0
        if found is None:
            if not self.num_oov_indices:
                raise ArgumentError(f"{type(self).__name__}, which has no number for the unknown", "an entry of its vocabulary",
                                    repr(entry))
            first = len(self.special) - self.num_oov_indices
            number = entry if isinstance(entry, int) else fingerprint64(entry.encode())
            return first + number % self.num_oov_indices
        return found

    def of_array(self, values: np.ndarray) -> Any:
        """Numbers, or columns, for the values of an array."""
        if self.index is None:
            raise StateError(type(self).__name__, "a vocabulary", "none", "Call adapt(data) first, or give vocabulary=[...].")
        numbers = np.array([self.number(value) for value in values.ravel().tolist()], np.int64).reshape(values.shape)
        found = torch.from_numpy(numbers)
        width = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.vocabulary_size()
        if self.output_mode != "tf_idf":
            return found if self.output_mode == "int" else columns(found, width, self.output_mode)
        if self.idf is None:
            raise StateError(f"{type(self).__name__}(output_mode='tf_idf')", "idf_weights beside the vocabulary", "none",
                             "Call adapt(data), or give idf_weights=[...].")
        made = columns(found, width, "count")
        return made * torch.nn.functional.pad(torch.from_numpy(self.idf).float(), (0, width - len(self.idf)))

    def of_texts(self, texts):
        return self.of_array(texts.values)

    def of_values(self, x):
        if not self.invert:
            return self.of_texts(Strings(x))
        numbers, all_entries = np.asarray(x).astype(int), self.get_vocabulary()
        listed = [all_entries[n] if 0 <= n < len(all_entries) else self.oov_token for n in numbers.ravel()]
        made = np.array(listed, object).reshape(numbers.shape)
        return Strings(made) if self.reads_texts else torch.from_numpy(made.astype(np.int64))

    def compute_output_shape(self, input_shape):
        if self.output_mode == "int":
            return input_shape
        width = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.vocabulary_size()
        alone = self.output_mode == "one_hot" and input_shape[-1] != 1 or len(input_shape) == 1
        return (*(input_shape if alone else input_shape[:-1]), width)

    def get_config(self):
        names = ("name", "max_tokens", "num_oov_indices", "mask_token", "oov_token", "invert", "output_mode", "pad_to_max_tokens")
        return {name: getattr(self, name) for name in names} | {"vocabulary": list(self.entries) or None}


class StringLookup(Lookup):
    """Texts to numbers.

    Args:
        max_tokens: size of the vocabulary, the special entries included; None takes all.
        num_oov_indices: numbers for what is not known. mask_token: the text of number 0. oov_token: what stands for the unknown.
        vocabulary: the entries, instead of `adapt`. invert: from numbers to texts.
        output_mode: "int", or columns: "one_hot", "multi_hot", "count".

    Example:
        >>> lookup = StringLookup(vocabulary=["cat", "dog"])
        >>> lookup(["dog", "cow"]).tolist(), lookup.get_vocabulary()
        ([2, 0], ['[UNK]', 'cat', 'dog'])
    """


class IntegerLookup(Lookup):
    """Whole numbers, such as codes of a table, to numbers 0, 1, 2, ...; arguments as in `StringLookup`."""

    unknown = -1
    reads_texts = False

    def entry(self, value):
        return int(value)

    def of_values(self, x):
        return super().of_values(x) if self.invert else self.of_array(np.asarray(x).astype(np.int64))

    def call(self, x):
        return self.of_array(x.detach().cpu().numpy().astype(np.int64))


class CategoryEncoding(TextLayer):
    """Numbers below num_tokens as columns.

    Args:
        num_tokens: how many columns. output_mode: "multi_hot", "one_hot" or "count".
    """

    settings = ("num_tokens", "output_mode")

    def __init__(self, num_tokens=None, output_mode="multi_hot", sparse=False, max_tokens=None, **base):
        base.pop("dtype", None)
        super().__init__(**base)
        self.num_tokens: Any = max_tokens if num_tokens is None else num_tokens
        self.output_mode = MODES.get(output_mode, output_mode)
        no_sparse(self, sparse)

    def __call__(self, inputs, count_weights=None, **options):
        if isinstance(inputs, Symbol) or count_weights is None:
            return super().__call__(inputs, **options)
        return self.call(torch.as_tensor(np.asarray(inputs)), count_weights)

    def of_values(self, x):
        return self.call(torch.as_tensor(np.asarray(x)))

    def call(self, x, count_weights=None):
        return columns(x, int(self.num_tokens), self.output_mode, count_weights)

    def compute_output_shape(self, input_shape):
        alone = self.output_mode == "one_hot" and input_shape[-1] != 1 or len(input_shape) == 1
        return (*(input_shape if alone else input_shape[:-1]), self.num_tokens)

    def adapt(self, data: Any, **options: Any) -> None:
        """Finds the largest number, where num_tokens was not given."""
        if self.num_tokens is None:
            self.num_tokens = 1 + max(int(np.max(part)) for part in self.pieces(data))


class Discretization(TextLayer):
    """Numbers to the numbers of their bins: below the first boundary 0, from it on 1, ...

    Args:
        bin_boundaries: the boundaries. num_bins: how many bins `adapt` makes, with as many samples in each.
        output_mode: "int", "one_hot", "multi_hot" or "count".
    """

    settings = ("bin_boundaries", "num_bins", "epsilon", "output_mode")

    def __init__(self, bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode="int", sparse=False, bins=None, **base):
        base.pop("dtype", None)
        super().__init__(**base)
        given = bins if isinstance(bins, (list, tuple)) else bin_boundaries
        self.bin_boundaries = None if given is None else [float(b) for b in given]
        self.num_bins: Any = num_bins
        self.epsilon, self.output_mode = epsilon, MODES.get(output_mode, output_mode)
        no_sparse(self, sparse)

    reads_texts = False

    def adapt(self, data: Any, batch_size: Any = None, steps: int | None = None) -> None:
        """Finds boundaries with about as many samples between them."""
        found = np.zeros((2, 0), np.float32)
        for values in self.pieces(data, steps):
            found = quantiles.joined(quantiles.summary_of(values, self.epsilon), found, self.epsilon)
        self.bin_boundaries = quantiles.boundaries(found, int(self.num_bins))

    def of_values(self, x):
        return self.call(torch.as_tensor(np.asarray(x)))

    def call(self, x):
        if self.bin_boundaries is None:
            raise StateError("Discretization", "boundaries", "none", "Call adapt(data) first, or give bin_boundaries=[...].")
        found = torch.bucketize(x.float(), torch.tensor(self.bin_boundaries), right=True)
        return found if self.output_mode == "int" else columns(found, len(self.bin_boundaries) + 1, self.output_mode)

    def compute_output_shape(self, input_shape):
        return input_shape if self.output_mode == "int" else (*input_shape[:-1], len(self.bin_boundaries or ()) + 1)


LAYERS = (CategoryEncoding, Discretization, HashedCrossing, Hashing, IntegerLookup, StringLookup, TextVectorization)
