"""Sparse: `tf.sparse`: values and where they stand, as `tf.io.VarLenFeature` gives them."""

from typing import Any

import torch

from nabi.as_keras.tensorflow.parsing import SparseValues
from nabi.data.strings import Strings

__all__ = ["SparseTensor", "from_dense", "to_dense"]
SparseTensor = SparseValues


def to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None) -> Any:
    """All places, with 0, "" or `default_value` where there is no value."""
    return sp_input.to_dense(default_value) if isinstance(sp_input, SparseValues) else sp_input.to_dense()


def from_dense(tensor: Any, name: str | None = None) -> SparseValues:
    """The values of a tensor that are not 0, or texts that are not empty."""
    dense = tensor if isinstance(tensor, (torch.Tensor, Strings)) else torch.as_tensor(tensor)
    there = torch.from_numpy(dense.values != b"") if isinstance(dense, Strings) else dense != 0
    places = there.nonzero()
    values = Strings(dense.values[tuple(places.T.numpy())]) if isinstance(dense, Strings) else dense[tuple(places.T)]
    return SparseValues(places, values, list(dense.shape))
