"""Feature column: `tf.feature_column`: what the columns of a table are, for `tf.keras.layers.DenseFeatures`.

    age = tf.feature_column.numeric_column("age")
    tf.feature_column.indicator_column(tf.feature_column.categorical_column_with_vocabulary_list("sex", ["f", "m"]))
"""

from typing import Any

import numpy as np

from nabi.as_keras.layers.feature_columns import Bucketized, Crossed, Embedded, Hashed, Identity, Indicator, Numeric, Vocabulary
from nabi.core.errors import ArgumentError

__all__ = ["bucketized_column", "categorical_column_with_hash_bucket", "categorical_column_with_identity",
           "categorical_column_with_vocabulary_file", "categorical_column_with_vocabulary_list", "crossed_column",
           "embedding_column", "indicator_column", "numeric_column"]
LISTS = "Give numbers in lists to keras.layers.Embedding."
INSTEAD = dict.fromkeys(
    ("shared_embeddings", "sequence_numeric_column", "sequence_categorical_column_with_identity",
     "sequence_categorical_column_with_vocabulary_list", "sequence_categorical_column_with_hash_bucket"), LISTS)
INSTEAD |= {"weighted_categorical_column": "Multiply the columns by the weights in a Lambda.",
            "make_parse_example_spec": "Write {name: tf.io.FixedLenFeature([1], dtype)} for tf.io.parse_example."}


def numeric_column(key: str, shape: Any = (1,), default_value: Any = None, dtype: Any = None, normalizer_fn: Any = None) -> Any:
    """Numbers, or what a function makes of them."""
    return Numeric(key, tuple(shape) if np.ndim(shape) else (int(shape),), normalizer_fn)


def bucketized_column(source_column: Any, boundaries: Any) -> Any:
    """The bins of numbers."""
    if not isinstance(source_column, Numeric):
        raise ArgumentError("bucketized_column(source_column)", "a numeric_column", repr(source_column))
    return Bucketized(source_column, tuple(float(b) for b in boundaries))


def categorical_column_with_vocabulary_list(key: str, vocabulary_list: Any, dtype: Any = None, default_value: int = -1,
                                            num_oov_buckets: int = 0) -> Any:
    """Numbers of words in a list; for others default_value, -1 for nothing, or one of num_oov_buckets more."""
    listed = tuple(v.decode() if isinstance(v, bytes) else v for v in np.asarray(vocabulary_list).tolist())
    if not listed or len(set(listed)) < len(listed):
        raise ArgumentError(f"categorical_column_with_vocabulary_list({key!r})", "different words, at least one",
                            repr(listed[:9]))
    return Vocabulary(key, listed, default_value, num_oov_buckets)


def categorical_column_with_vocabulary_file(key: str, vocabulary_file: Any, vocabulary_size: int | None = None, dtype: Any = None,
                                            default_value: int | None = None, num_oov_buckets: int = 0,
                                            file_format: Any = None) -> Any:
    """Numbers of words in a file, one a line."""
    with open(vocabulary_file, encoding="utf-8") as file:
        listed = file.read().splitlines()[:vocabulary_size]
    return Vocabulary(key, tuple(listed), -1 if default_value is None else default_value, num_oov_buckets)


def categorical_column_with_hash_bucket(key: str, hash_bucket_size: int, dtype: Any = None) -> Any:
    """Hashes of words, or of whole numbers."""
    name = getattr(dtype, "name", str(dtype)).removeprefix("torch.")
    return Hashed(key, int(hash_bucket_size), "int64" if "int" in name else "string")


def categorical_column_with_identity(key: str, num_buckets: int, default_value: int | None = None) -> Any:
    """Whole numbers below num_buckets."""
    return Identity(key, int(num_buckets), default_value)


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: Any = None) -> Any:
    """Hashes of several columns together."""
    for key in keys:
        if isinstance(key, (Hashed, Numeric)):
            raise ArgumentError("crossed_column(keys)", "names, or columns that are not hashed", f"the column of '{key.key}'",
                                "Give its name; numbers go through bucketized_column.")
    if len(keys) < 2:
        raise ArgumentError("crossed_column(keys)", "two columns or more", repr(keys))
    return Crossed(tuple(keys), int(hash_bucket_size), hash_key)


def indicator_column(categorical_column: Any) -> Any:
    """How often each number is in a sample."""
    return Indicator(categorical_column)


def embedding_column(categorical_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
                     ckpt_to_load_from: Any = None, tensor_name_in_ckpt: Any = None, max_norm: Any = None,
                     trainable: bool = True, use_safe_embedding_lookup: bool = True) -> Any:
    """A vector of `dimension` numbers for each number, which are learned."""
    if combiner not in ("mean", "sum", "sqrtn"):
        raise ArgumentError("embedding_column(combiner)", "'mean', 'sum' or 'sqrtn'", repr(combiner))
    return Embedded(categorical_column, int(dimension), combiner, initializer, trainable)
