"""Lookup: `tf.lookup`: tables from texts or whole numbers to others.

    keys = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], [0, 1])
    tf.lookup.StaticHashTable(keys, default_value=-1).lookup(tf.constant(["dog", "cow"]))         [1, -1]
"""

from typing import Any

import numpy as np
import torch

from nabi.as_keras.layers.hashing import hashed
from nabi.data.strings import Strings

__all__ = ["KeyValueTensorInitializer", "StaticHashTable", "StaticVocabularyTable", "TextFileIndex", "TextFileInitializer"]


def entries_of(values: Any) -> list[Any]:
    """Texts as bytes, numbers as Python's, in a row."""
    if isinstance(values, torch.Tensor):
        return values.reshape(-1).tolist()
    array = np.asarray(values.values if isinstance(values, Strings) else values)
    return list(Strings(array).values.ravel()) if array.dtype.kind in "OUS" else array.ravel().tolist()


class KeyValueTensorInitializer:
    """Keys and what belongs to them.

    Args:
        keys, values: lists, arrays or tensors of one length. key_dtype, value_dtype: accepted.
    """

    def __init__(self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None, name: str | None = None):
        self.table = dict(zip(entries_of(keys), entries_of(values), strict=True))


class TextFileIndex:
    """Names of parts of a file: the line as a whole, or its number."""

    WHOLE_LINE, LINE_NUMBER = -2, -1


class TextFileInitializer:
    """Keys and values from the lines of a file.

    Args:
        filename: its path. key_index, value_index: `TextFileIndex`, or the number of a column.
        delimiter: between columns.
    """

    def __init__(self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int, vocab_size: Any = None,
                 delimiter: str = "\t", name: str | None = None, value_index_offset: int = 0):
        with open(str(filename), encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.table = {self.part(key_index, number, line, delimiter, key_dtype): self.part(value_index, number, line, delimiter,
                                                                                          value_dtype)
                      for number, line in enumerate(lines)}

    @staticmethod
    def part(index: int, number: int, line: str, delimiter: str, dtype: Any) -> Any:
        """What a line gives for a key or value."""
        if index == TextFileIndex.LINE_NUMBER:
            return number
        text = line if index == TextFileIndex.WHOLE_LINE else line.split(delimiter)[index]
        return (float(text) if dtype.is_floating_point else int(text)) if isinstance(dtype, torch.dtype) else text.encode()


class StaticHashTable:
    """A table that does not change.

    Args:
        initializer: keys and values. default_value: what all other keys get.
    """

    def __init__(self, initializer: Any, default_value: Any = None, name: str | None = None, **more: Any):
        self.table, self.default_value = dict(initializer.table), default_value

    def other(self, key: Any) -> Any:
        """What a key gets that is not in the table."""
        return self.default_value

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """What belongs to each key."""
        shape = tuple(keys.shape) if hasattr(keys, "shape") else np.shape(keys)
        found = [self.table[key] if key in self.table else self.other(key) for key in entries_of(keys)]
        if any(isinstance(one, (bytes, str)) for one in found):
            return Strings(np.array(found, dtype=object).reshape(shape))
        return torch.as_tensor(np.array(found).reshape(shape))

    __getitem__ = lookup

    def size(self, name: str | None = None) -> torch.Tensor:
        """How many keys there are."""
        return torch.tensor(len(self.table))


class StaticVocabularyTable(StaticHashTable):
    """A table of words whose numbers begin at 0; other words share so many buckets behind them.

    Args:
        initializer: words and their numbers. num_oov_buckets: how many buckets.
    """

    def __init__(self, initializer: Any, num_oov_buckets: int = 1, lookup_key_dtype: Any = None, name: str | None = None,
                 **more: Any):
        super().__init__(initializer)
        self.num_oov_buckets = int(num_oov_buckets)

    def other(self, key: Any) -> int:
        """One of the buckets behind the words; which one is this library's own choice."""
        text = key.decode("utf-8", "replace") if isinstance(key, bytes) else str(key)
        return len(self.table) + hashed(text, self.num_oov_buckets)
