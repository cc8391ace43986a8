"""Hashing layers: texts and whole numbers, or pairs of them, to numbers below `num_bins`: TensorFlow's own numbers.

    Hashing(3)([["A"], ["B"]])          [[1], [0]]
"""

import numpy as np
import torch

from nabi.as_keras.layers.columns import MODES, columns
from nabi.as_keras.layers.hashing import crossed, fingerprint64, hashed
from nabi.as_keras.layers.texts import TextLayer, is_text, texts_of
from nabi.data import Strings


class Hashing(TextLayer):
    """Texts or whole numbers to numbers below num_bins.

    Args:
        num_bins: how many.
        mask_value: what has number 0 for itself.
        salt: one or two numbers, for other bins.
        output_mode: "int", "one_hot", "multi_hot" or "count".
    """

    settings = ("num_bins", "mask_value", "salt", "output_mode")

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", sparse=False, **base):
        base.pop("dtype", None)
        super().__init__(**base)
        self.num_bins, self.mask_value, self.salt = int(num_bins), mask_value, salt
        self.key = None if salt is None else (salt, salt) if isinstance(salt, int) else tuple(salt)
        self.output_mode = MODES.get(output_mode, output_mode)

    def of_values(self, x):
        values = Strings(np.asarray(x).astype(str) if isinstance(x, torch.Tensor) else x).values
        masks = 0 if self.mask_value is None else 1
        mask = str(self.mask_value).encode() if masks else None
        bins = self.num_bins - masks
        numbers = [0 if value == mask else masks + hashed(value.decode(), bins, self.key) for value in values.ravel()]
        found = torch.from_numpy(np.array(numbers, np.int64).reshape(values.shape))
        return found if self.output_mode == "int" else columns(found, self.num_bins, self.output_mode)

    def call(self, x):
        return self.of_values(texts_of(x))

    def compute_output_shape(self, input_shape):
        return input_shape if self.output_mode == "int" else (*input_shape[:-1], self.num_bins)


class HashedCrossing(TextLayer):
    """Pairs, triples, ... of texts or whole numbers to numbers below num_bins.

    Args:
        num_bins: how many. output_mode: "int" or "one_hot".

    Example:
        >>> HashedCrossing(5)((["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102])).tolist()          # Keras' own example
        [1, 4, 1, 1, 3]
    """

    takes_list = True
    settings = ("num_bins", "output_mode")

    def __init__(self, num_bins, output_mode="int", sparse=False, **base):
        base.pop("dtype", None)
        super().__init__(**base)
        self.num_bins, self.output_mode = int(num_bins), output_mode

    def of_values(self, x):
        parts = [Strings(one).values if is_text(one) else np.asarray(one) for one in x]
        rows = zip(*(part.ravel().tolist() for part in parts), strict=True)
        numbers = [crossed(fingerprint64(v) if isinstance(v, bytes) else int(v) for v in row) % self.num_bins for row in rows]
        found = torch.from_numpy(np.array(numbers, np.int64).reshape(parts[0].shape))
        return found if self.output_mode == "int" else columns(found, self.num_bins, self.output_mode)
