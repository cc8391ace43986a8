"""Selection: some of the numbers: by place, by order, by a pattern; and numbers of classes as one-hot vectors."""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.ops.op import axes_of, dtype_named, op, tensor

Tensor = torch.Tensor


@op
def get_item(x: Any, key: Any) -> Tensor:
    """x[key]: numbers, slices, None, ..., arrays of places or of truth values; what x[:, 0] of a symbol means."""
    return tensor(x)[key]


@op
def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """The slices at these places of an axis; negative ones count from its end. Without an axis x is flattened first.

    Example:
        >>> take([[1, 2, 3], [4, 5, 6]], [0, -1], axis=1).tolist()
        [[1, 3], [4, 6]]
    """
    t = tensor(x).flatten() if axis is None or not tensor(x).ndim else tensor(x)
    (a,) = axes_of(axis or 0, t.ndim)
    places = from_the_front("take", indices, t.shape[a])
    return t.index_select(a, places.flatten()).reshape((*t.shape[:a], *places.shape, *t.shape[a + 1:]))


@op
def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """At each place of `indices` the number of x at that place along the axis: what `argsort` and `argmax` point at."""
    t = tensor(x)
    length = t.numel() if axis is None else t.shape[axis]
    return torch.take_along_dim(t, from_the_front("take_along_axis", indices, length), axis)


def from_the_front(where: str, indices: Any, n: int) -> Tensor:
    """Places among n, negative ones counted from the end, as places from 0 on."""
    places = tensor(indices).long()
    low, high = ends(places)
    if low < -n or high >= n:
        beyond = places[(places < -n) | (places >= n)][0]
        raise ArgumentError(f"ops.{where}(indices)", f"places from {-n} to {n - 1}, of {n} along the axis", int(beyond))
    return places if low >= 0 else torch.where(places < 0, places + n, places)


def ends(places: Tensor) -> tuple[int, int]:
    """The lowest and the highest of whole numbers; of none (0, -1), as those of range(0)."""
    low, high = places.aminmax() if places.numel() else (0, -1)
    return int(low), int(high)


@op
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None) -> Tensor:
    """Class numbers as vectors with a 1 at the class; a number that no class has gives zeros.

    Example:
        >>> one_hot([2, 0, -1], 3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    t = tensor(x)
    hot = t.unsqueeze(-1) == torch.arange(num_classes, device=t.device)
    return hot.to(dtype_named("one_hot", dtype)).movedim(-1, axis)


@op
def sort(x: Any, axis: int | None = -1) -> Tensor:
    """In rising order along an axis; axis=None flattens x first."""
    return (tensor(x).flatten() if axis is None else tensor(x)).sort(dim=-1 if axis is None else axis, stable=True).values


@op
def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The places of the numbers in rising order; axis=None flattens x first."""
    return (tensor(x).flatten() if axis is None else tensor(x)).argsort(dim=-1 if axis is None else axis, stable=True)


@op
def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The k largest numbers of the last axis, and their places.

    Example:
        >>> [part.tolist() for part in top_k([0.1, 0.7, 0.2], 2)]
        [[0.699999988079071, 0.20000000298023224], [1, 2]]
    """
    found = tensor(x).topk(k, -1, sorted=sorted)
    return found.values, found.indices


@op
def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where each value belongs in a rising sequence: the first place ("left") or the last ("right")."""
    return torch.searchsorted(tensor(sorted_sequence), tensor(values), side=side)


@op
def tril(x: Any, k: int = 0) -> Tensor:
    """Matrices with 0 above the k-th diagonal."""
    return tensor(x).tril(k)


@op
def triu(x: Any, k: int = 0) -> Tensor:
    """Matrices with 0 below the k-th diagonal."""
    return tensor(x).triu(k)


@op
def diag(x: Any, k: int = 0) -> Tensor:
    """A matrix with this vector as its k-th diagonal, or the k-th diagonal of a matrix."""
    return tensor(x).diag(k)


@op
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of the matrices that lie in two axes, along a new last axis."""
    return tensor(x).diagonal(offset, axis1, axis2)
