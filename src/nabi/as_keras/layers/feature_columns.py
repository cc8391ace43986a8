"""Feature columns: `tf.feature_column`: how the columns of a table become numbers; `DenseFeatures` puts them side by side.

    numeric        x, or a function of it                      bucketized     the bin of x as a row of 0s and one 1
    categorical    a number for a word: its place in a list, its hash, x itself, or the hash of several columns crossed
    indicator      how often each number is in a sample        embedding      the mean of the vectors of a sample's numbers

Columns stand in the order of their names. Hashes are TensorFlow's. Source: TensorFlow 2, python/feature_column.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import Any

import torch

from nabi import initializers
from nabi.as_keras.installing import enter
from nabi.as_keras.layers.hashing import crossed, fingerprint64, hashed
from nabi.as_keras.layers.texts import TextLayer, coded, is_text, texts_of
from nabi.core.errors import ArgumentError, DataError, did_you_mean
from nabi.data import Strings
from nabi.layers import Input, Layer
from nabi.layers.node import Symbol

__all__ = ["DenseFeatures"]
Given = dict[str, Any]  # a batch: by key a tensor (N, n) of numbers, or Strings (N, n)


def words(x: Any) -> list[list[bytes]]:
    """Texts, or whole numbers as texts, row by row."""
    rows = x.values if isinstance(x, Strings) else x.long().numpy().astype(str)
    return [[v if isinstance(v, bytes) else v.encode() for v in row] for row in rows.tolist()]


@dataclass(frozen=True)
class Numeric:
    """Numbers as they are."""

    key: str
    shape: tuple[int, ...] = (1,)
    normalizer_fn: Callable | None = None

    name = property(lambda self: self.key)
    width = property(lambda self: math.prod(self.shape))
    inputs = property(lambda self: {self.key: (self.width, "float32")})

    def dense(self, given: Given) -> torch.Tensor:
        x = given[self.key].float()
        x = torch.as_tensor(self.normalizer_fn(x)).float() if self.normalizer_fn else x
        return x.reshape(len(x), -1)


@dataclass(frozen=True)
class Bucketized:
    """The bin of a number: below the first boundary 0, from it on 1, ..."""

    source: Numeric
    boundaries: tuple[float, ...]

    name = property(lambda self: f"{self.source.name}_bucketized")
    buckets = property(lambda self: len(self.boundaries) + 1)
    width = property(lambda self: self.source.width * self.buckets)
    inputs = property(lambda self: self.source.inputs)

    def numbers(self, given: Given) -> torch.Tensor:
        found = torch.bucketize(self.source.dense(given), torch.tensor(self.boundaries), right=True)
        return found + self.buckets * torch.arange(self.source.width)

    def dense(self, given: Given) -> torch.Tensor:
        return counts(self.numbers(given), self.width)


@dataclass(frozen=True)
class Vocabulary:
    """A word's place in a list."""

    key: str
    vocabulary: tuple
    default_value: int = -1
    num_oov_buckets: int = 0

    name = property(lambda self: self.key)
    buckets = property(lambda self: len(self.vocabulary) + self.num_oov_buckets)
    inputs = property(lambda self: {self.key: (1, "string" if isinstance(self.vocabulary[0], (str, bytes)) else "int64")})

    def numbers(self, given: Given) -> torch.Tensor:
        n = len(self.vocabulary)
        place = {str(Strings(v)).encode() if isinstance(v, (str, bytes)) else str(int(v)).encode(): i
                 for i, v in enumerate(self.vocabulary)}

        def number(word: bytes) -> int:
            if word in place or not self.num_oov_buckets or not word:
                return place.get(word, self.default_value if word else -1)
            return n + hashed(word.decode(), self.num_oov_buckets)

        return torch.tensor([[number(word) for word in row] for row in words(given[self.key])])


@dataclass(frozen=True)
class Hashed:
    """A word's hash."""

    key: str
    buckets: int
    dtype: str = "string"

    name = property(lambda self: self.key)
    inputs = property(lambda self: {self.key: (1, self.dtype)})

    def numbers(self, given: Given) -> torch.Tensor:
        return torch.tensor([[hashed(word.decode(), self.buckets) if word else -1 for word in row]
                             for row in words(given[self.key])])


@dataclass(frozen=True)
class Identity:
    """A whole number itself."""

    key: str
    buckets: int
    default_value: int | None = None

    name = property(lambda self: self.key)
    inputs = property(lambda self: {self.key: (1, "int64")})

    def numbers(self, given: Given) -> torch.Tensor:
        found = given[self.key].long()
        odd = (found < 0) | (found >= self.buckets)
        if odd.any() and self.default_value is None:
            raise DataError(f"categorical_column_with_identity('{self.key}')", f"numbers from 0 to {self.buckets - 1}",
                            int(found[odd][0]), "Raise num_buckets, or give default_value.")
        return torch.where(odd, self.default_value or 0, found)


@dataclass(frozen=True)
class Crossed:
    """The hash of one value of each column, for all such values of a sample."""

    keys: tuple
    buckets: int
    hash_key: int | None = None

    @property
    def leaves(self) -> list:
        """The columns, those of columns that are crossed themselves opened."""
        return [leaf for key in self.keys for leaf in (key.leaves if isinstance(key, Crossed) else [key])]

    @property
    def name(self) -> str:
        return "_X_".join(sorted(leaf if isinstance(leaf, str) else leaf.name for leaf in self.leaves))

    @property
    def inputs(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for leaf in self.leaves:
            found |= {leaf: (1, "any")} if isinstance(leaf, str) else leaf.inputs
        return found

    def numbers(self, given: Given) -> torch.Tensor:
        sides = []
        for leaf in sorted(self.leaves, key=lambda leaf: isinstance(leaf, str)):  # TensorFlow takes columns before plain keys
            x = given[leaf] if isinstance(leaf, str) else leaf.numbers(given)
            sides.append([[fingerprint64(v) for v in row] for row in words(x)] if isinstance(x, Strings) else x.long().tolist())
        return torch.tensor([[crossed(values) % self.buckets for values in product(*row)] for row in zip(*sides, strict=True)])


@dataclass(frozen=True)
class Indicator:
    """How often each number is in a sample."""

    source: Any

    name = property(lambda self: f"{self.source.name}_indicator")
    width = property(lambda self: self.source.width if isinstance(self.source, Bucketized) else self.source.buckets)
    inputs = property(lambda self: self.source.inputs)

    def dense(self, given: Given) -> torch.Tensor:
        return counts(self.source.numbers(given), self.width)


@dataclass(frozen=True)
class Embedded:
    """The vectors of a sample's numbers: their mean, sum, or sum / sqrt(how many)."""

    source: Any
    width: int
    combiner: str = "mean"
    initializer: Any = None
    trainable: bool = True

    name = property(lambda self: f"{self.source.name}_embedding")
    rows = property(lambda self: self.source.width if isinstance(self.source, Bucketized) else self.source.buckets)
    inputs = property(lambda self: self.source.inputs)

    def start(self) -> Any:
        """What the vectors are drawn from."""
        return self.initializer or initializers.TruncatedNormal(0.0, 1 / math.sqrt(self.width))

    def mixed(self, given: Given, vectors: torch.Tensor) -> torch.Tensor:
        """(N, width) of the vectors (rows, width)."""
        times = counts(self.source.numbers(given), self.rows)
        n = times.sum(1, keepdim=True).clamp(min=1)
        return times @ vectors / {"mean": n, "sum": 1.0, "sqrtn": n.sqrt()}[self.combiner]


def counts(numbers: torch.Tensor, width: int) -> torch.Tensor:
    """How often each number below width is in a row; those below 0 count nothing."""
    there = (numbers >= 0) & (numbers < width)
    return torch.zeros(len(numbers), width).scatter_add_(1, numbers.where(there, 0), there.float())


KINDS = {kind.__name__: kind for kind in (Numeric, Bucketized, Vocabulary, Hashed, Identity, Crossed, Indicator, Embedded)}


def described(value: Any) -> Any:
    """A column as plain data."""
    if is_dataclass(value):
        return {"column": type(value).__name__} | {field.name: described(getattr(value, field.name)) for field in fields(value)}
    if callable(value):
        raise ArgumentError("DenseFeatures.get_config", "columns without functions", "a normalizer_fn or an initializer",
                            "Normalize the table before, or save the weights alone: model.save_weights(file).")
    return [described(part) for part in value] if isinstance(value, tuple) else value


def revived(value: Any) -> Any:
    """What `described` gave as a column again."""
    if isinstance(value, dict) and value.get("column") in KINDS:
        return KINDS[value["column"]](**{name: revived(part) for name, part in value.items() if name != "column"})
    return tuple(revived(part) for part in value) if isinstance(value, list) else value


class DenseFeatures(TextLayer):
    """The columns of a table, a dict by name, as one array: what each feature column makes of them, side by side.

    Args:
        feature_columns: numeric, bucketized, indicator and embedding columns.

    Shapes: {name: (batch,) or (batch, n)} -> (batch, sum of widths).
    Raises ArgumentError for categorical columns that neither indicator_column nor embedding_column wraps.
    """

    takes_list = True

    def __init__(self, feature_columns, partitioner=None, **base):
        super().__init__(**base)
        given: list[Any] = [feature_columns] if is_dataclass(feature_columns) else [revived(one) for one in feature_columns]
        for one in given:
            if not isinstance(one, (Numeric, Bucketized, Indicator, Embedded)):
                raise ArgumentError("DenseFeatures(feature_columns)", "columns of numbers", getattr(one, "name", repr(one)),
                                    "Wrap it: tf.feature_column.indicator_column(column), or embedding_column.")
        self.feature_columns: tuple[Any, ...] = tuple(sorted(given, key=lambda one: one.name))
        self.partitioner = partitioner
        self.read: dict[str, Any] = {}  # by key how many numbers, and their dtype
        for one in self.feature_columns:
            self.read |= {key: form for key, form in one.inputs.items() if form[1] != "any" or key not in self.read}
        self.reads_words = {key: form[1] in ("string", "any") for key, form in self.read.items()}

    def named_inputs(self) -> dict[str, Any]:
        """Inputs that a chain which begins with this layer has."""
        return {key: Input((n,), name=key, dtype="string" if dtype == "any" else dtype) for key, (n, dtype) in self.read.items()}

    def build(self, input_shape):
        for one in self.feature_columns:
            if isinstance(one, Embedded):
                self.add_weight((one.rows, one.width), one.start(), trainable=one.trainable, name=f"{one.name}/embedding_weights")

    def __call__(self, inputs, *args, **options):
        if isinstance(inputs, dict):
            for key in self.read:
                if key not in inputs:
                    raise DataError(self.label, f"a column '{key}'", ", ".join(map(repr, inputs)),
                                    did_you_mean(key, list(inputs)))
            inputs = [inputs[key] for key in self.read]
        if not any(isinstance(one, Symbol) for one in inputs):
            self.reads_words = {key: is_text(one) for key, one in zip(self.read, inputs, strict=True)}
            inputs = [coded(one) for one in inputs]
        return Layer.__call__(self, inputs)

    def call(self, x):
        given = {}
        for key, one in zip(self.read, x, strict=True):
            one = one.reshape(len(one), -1)
            given[key] = texts_of(one) if self.reads_words[key] else one
        made = []
        for one in self.feature_columns:
            made.append(one.mixed(given, self._weights[f"{one.name}/embedding_weights"].tensor)
                        if isinstance(one, Embedded) else one.dense(given))
        return torch.cat(made, 1)

    def check_shapes(self, shapes):
        """Any: columns are (batch,) or (batch, n)."""

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], sum(one.width for one in self.feature_columns))

    def get_config(self):
        return {"name": self.name, "feature_columns": [described(one) for one in self.feature_columns]}


enter("layer", {"DenseFeatures": DenseFeatures})
