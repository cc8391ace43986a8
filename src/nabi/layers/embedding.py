"""Embedding: each whole number (a word, a category) becomes a vector that is learned (임베딩).

    y_t = E[x_t]        x: (N, T), numbers 0 to n - 1     E: (n, d)     y: (N, T, d)

The same as a Dense layer without bias on one-hot vectors, without making them. Parameters: n d; no multiply-adds.
Source: Bengio et al., "A neural probabilistic language model", JMLR 3, 2003.
"""

from typing import Any

import torch.nn.functional as F

from nabi import constraints, initializers, regularizers
from nabi.core.errors import DataError
from nabi.core.numbers import flag, whole
from nabi.core.pieces import arguments, plain
from nabi.core.registry import register
from nabi.layers.layer import Layer


@register("layer")
class Embedding(Layer):
    """A table of vectors, looked up by number.

    Args:
        input_dim: n, how many numbers there are: the largest one + 1.
        output_dim: d, numbers in a vector.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: for E.
        mask_zero: whether 0 only fills sequences up to one length: then these steps are masked, and words count from 1.
        weights: first values of E, an array (n, d) or a list with it alone; None draws them.
        input_length: Keras 1's and 2's way to write `input_shape=(input_length,)`.

    Shapes: (batch, ...) -> (batch, ..., d), mostly (batch, steps) -> (batch, steps, d).

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Embedding(3, 2, weights=[[[0, 0], [1, 2], [3, 4]]])
        >>> layer([[2, 1]]).tolist()
        [[[3.0, 4.0], [1.0, 2.0]]]

    Raises DataError for a number outside the table; Keras counts negative ones from the end.
    """

    takes_integers = True
    fixed_axes = ()

    def __init__(self, input_dim, output_dim, embeddings_initializer="uniform", embeddings_regularizer=None,
                 embeddings_constraint=None, mask_zero=False, weights=None, *, input_length=None, **base):
        length = whole("Embedding(input_length)", input_length, least=1, optional=True)
        super().__init__(**(base if length is None else {"input_shape": (length,), **base}))
        self.input_dim: Any = whole("Embedding(input_dim)", input_dim, 1)
        self.output_dim = whole("Embedding(output_dim)", output_dim, 1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = flag("Embedding(mask_zero)", mask_zero)
        self.input_length = None
        if weights is not None:
            self.build((None,))
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape):
        self.embeddings = self.add_weight((self.input_dim, self.output_dim), self.embeddings_initializer,
                                          regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint)

    def call(self, x):
        numbers = x.long()
        try:
            return F.embedding(numbers, self.embeddings)
        except IndexError:
            low, high = int(numbers.min()), int(numbers.max())
            larger = f"Write Embedding({high + 1}, {self.output_dim}): its first argument is the largest number + 1."
            raise DataError(self.label, f"whole numbers from 0 to {self.input_dim - 1}", f"{low} to {high}",
                            larger if low >= 0 else "Number the words from 0, or from 1 with mask_zero=True.") from None

    def compute_mask(self, inputs, mask=None):
        return inputs != 0 if self.mask_zero else None

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.output_dim)

    def get_config(self):
        return {name: plain(getattr(self, name)) for name in arguments(type(self)) if name != "weights"}
