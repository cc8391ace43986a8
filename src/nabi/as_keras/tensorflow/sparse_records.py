"""Sparse records: `tf.io.serialize_sparse` and its like: a sparse tensor as three texts: places, values, lengths of the axes."""

from typing import Any

import torch

from nabi.as_keras.tensorflow.parsing import parse_tensor, serialize_tensor
from nabi.as_keras.tensorflow.sparse import SparseTensor
from nabi.as_keras.tensorflow.tensors import concat, stack
from nabi.data.strings import Strings

__all__ = ["deserialize_many_sparse", "serialize_many_sparse", "serialize_sparse"]


def serialize_sparse(sp_input: Any, out_type: Any = None, name: str | None = None) -> Strings:
    """Shape: a sparse tensor -> (3,)."""
    shape = torch.as_tensor(sp_input.dense_shape, dtype=torch.int64)
    return stack([serialize_tensor(part) for part in (sp_input.indices, sp_input.values, shape)])


def serialize_many_sparse(sp_input: Any, out_type: Any = None, name: str | None = None) -> Strings:
    """Each element of the first axis by itself. Shape: a sparse tensor (N, ...) -> (N, 3)."""
    rows, lengths = sp_input.indices[:, 0], sp_input.dense_shape
    here = [(rows == row).nonzero().ravel() for row in range(int(lengths[0]))]
    parts = [SparseTensor(sp_input.indices[one, 1:], sp_input.values[one], lengths[1:]) for one in here]
    return stack([serialize_sparse(part) for part in parts])


def deserialize_many_sparse(serialized_sparse: Any, dtype: Any, rank: Any = None, name: str | None = None) -> SparseTensor:
    """The sparse tensor of many that were serialized, one behind the other. Shape: (N, 3) -> a sparse tensor (N, ...)."""
    places, values, lengths = [], [], []
    for number, row in enumerate(Strings(serialized_sparse)):
        found = parse_tensor(row[0], "int64")
        places.append(torch.cat([torch.full((len(found), 1), number), found], 1))
        values.append(parse_tensor(row[1], dtype))
        lengths.append(parse_tensor(row[2], "int64"))
    return SparseTensor(torch.cat(places), concat(values, 0), [len(lengths), *torch.stack(lengths).amax(0).tolist()])
