"""Set operations: `tf.sets`: rows as sets: what two have in common, in all, and apart.

    tf.sets.intersection([[1, 2, 3]], [[2, 3, 4]])         a sparse tensor of one row, 2 and 3
"""

from collections.abc import Callable
from typing import Any

import torch

from nabi.as_keras.tensorflow.parsing import SparseValues
from nabi.as_keras.tensorflow.sparse import SparseTensor
from nabi.as_keras.tensorflow.tensors import constant

__all__ = ["difference", "intersection", "size", "union"]


def rows(x: Any) -> tuple[list[set], tuple[int, ...], torch.dtype]:
    """The rows along the last axis as sets, the lengths of the axes before it, and the dtype."""
    if isinstance(x, SparseValues):
        found: dict[tuple, set] = {}
        for place, value in zip(x.indices.tolist(), x.values.tolist(), strict=True):
            found.setdefault(tuple(place[:-1]), set()).add(value)
        front = tuple(int(n) for n in x.dense_shape.tolist()[:-1])
        places = torch.cartesian_prod(*(torch.arange(n) for n in front)).reshape(-1, len(front)).tolist()
        return [found.get(tuple(place), set()) for place in places], front, x.values.dtype
    dense = constant(x)
    return [set(row) for row in dense.reshape(-1, dense.shape[-1]).tolist()], tuple(dense.shape[:-1]), dense.dtype


def packed(sets: list[set], front: tuple[int, ...], dtype: torch.dtype) -> SparseTensor:
    """Sets as a sparse tensor, each in order."""
    places = torch.cartesian_prod(*(torch.arange(n) for n in front)).reshape(-1, len(front)).tolist()
    indices = [[*place, n] for place, one in zip(places, sets, strict=True) for n in range(len(one))]
    values = [value for one in sets for value in sorted(one)]
    longest = max((len(one) for one in sets), default=0)
    return SparseTensor(torch.tensor(indices, dtype=torch.long).reshape(-1, len(front) + 1), torch.tensor(values, dtype=dtype),
                        [*front, longest])


def together(a: Any, b: Any, function: Callable) -> SparseTensor:
    """A function of the sets of each row."""
    (left, front, dtype), (right, _, _) = rows(a), rows(b)
    return packed([function(one, other) for one, other in zip(left, right, strict=True)], front, dtype)


def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What both have.

    Example:
        >>> intersection([[1, 2, 3], [4, 5, 6]], [[2, 3, 4], [7, 8, 4]]).values.tolist()
        [2, 3, 4]
    """
    return together(a, b, set.__and__)


def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What one of them has."""
    return together(a, b, set.__or__)


def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """What a has and b has not, or the other way round."""
    return together(a, b, set.__sub__ if aminusb else lambda one, other: other - one)


def size(a: Any, validate_indices: bool = True) -> torch.Tensor:
    """How many different ones each row has."""
    sets, front, _ = rows(a)
    return torch.tensor([len(one) for one in sets], dtype=torch.int32).reshape(front)
