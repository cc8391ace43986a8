"""Sparse: `tf.sparse`: values and where they stand, as `tf.io.VarLenFeature` gives them."""

from typing import Any

import torch

from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.tensorflow.parsing import SparseValues
from nabi.as_keras.tensorflow.selecting import number
from nabi.as_keras.tensorflow.tensors import constant
from nabi.data.strings import Strings

__all__ = ["SparseTensor", "add", "from_dense", "reorder", "sparse_dense_matmul", "to_dense", "transpose"]


class SparseTensor(SparseValues):
    """Values and where they stand; all other places hold 0.

    Args:
        indices: (N, axes). values: (N,). dense_shape: lengths of the axes.

    Example:
        >>> to_dense(SparseTensor([[0, 1], [1, 0]], [5, 6], [2, 3])).tolist()
        [[0, 5, 0], [6, 0, 0]]
    """

    def __init__(self, indices: Any, values: Any, dense_shape: Any):
        super().__init__(number(indices).long(), constant(values), [int(n) for n in dense_shape])

    @property
    def shape(self) -> Lengths:
        """Lengths of the axes."""
        return Lengths(self.dense_shape.tolist())

    def get_shape(self) -> Lengths:
        """The shape, in TensorFlow 1's words."""
        return self.shape

    @property
    def dtype(self) -> Any:
        """Kind of numbers that are not zero."""
        return self.values.dtype

    def __mul__(self, other: Any) -> "SparseTensor":
        return SparseTensor(self.indices, self.values * other, self.dense_shape)

    def __truediv__(self, other: Any) -> "SparseTensor":
        return SparseTensor(self.indices, self.values / other, self.dense_shape)


def to_dense(sp_input: Any, default_value: Any = None, validate_indices: bool = True, name: str | None = None) -> Any:
    """All places, with 0, "" or `default_value` where there is no value."""
    return sp_input.to_dense(default_value) if isinstance(sp_input, SparseValues) else sp_input.to_dense()


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The values of a tensor that are not 0, or texts that are not empty."""
    dense = tensor if isinstance(tensor, (torch.Tensor, Strings)) else torch.as_tensor(tensor)
    there = torch.from_numpy(dense.values != b"") if isinstance(dense, Strings) else dense != 0
    places = there.nonzero()
    values = Strings(dense.values[tuple(places.T.numpy())]) if isinstance(dense, Strings) else dense[tuple(places.T)]
    return SparseTensor(places, values, list(dense.shape))


def reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """Its places in order, row by row."""
    order = sorted(range(len(sp_input.indices)), key=lambda n: sp_input.indices[n].tolist())
    return SparseTensor(sp_input.indices[order], sp_input.values[order], sp_input.dense_shape)


def sparse_dense_matmul(sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False,
                        name: str | None = None) -> torch.Tensor:
    """a b, of which one is sparse."""
    x, y = (to_dense(one) if isinstance(one, SparseValues) else number(one) for one in (sp_a, b))
    return (x.mT if adjoint_a else x) @ (y.mT if adjoint_b else y)


def add(a: Any, b: Any, threshold: Any = 0) -> Any:
    """a + b; sparse where both are."""
    made = sum(to_dense(one) if isinstance(one, SparseValues) else number(one) for one in (a, b))
    return from_dense(made) if isinstance(a, SparseValues) and isinstance(b, SparseValues) else made


def transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The axes in another order, the other way round unless told."""
    sizes = sp_input.dense_shape.tolist()
    order = list(reversed(range(len(sizes)))) if perm is None else [int(n) for n in perm]
    return reorder(SparseTensor(sp_input.indices[:, order], sp_input.values, [sizes[n] for n in order]))
