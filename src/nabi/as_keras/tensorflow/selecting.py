"""Selecting: functions of `tf` that take some of the numbers: by place, by order, by truth; and running sums.

    tf.gather([[1, 2], [3, 4]], [[1], [0]], batch_dims=1)      [[2], [3]]: places of each row in that row
    tf.where([True, False, True])                              [[0], [2]]: one row of places for each True
    tf.unique_with_counts([7, 7, 8])                           y [7, 8], idx [0, 0, 1], count [2, 1]

On symbols those that have no name in `nabi.ops` are layers. Lists of whole numbers are int32, as in TensorFlow.
"""

import builtins
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.tensorflow.renaming import of_their_kind
from nabi.core.symbolic import Symbolic
from nabi.data.strings import Strings
from nabi.layers import Lambda
from nabi.layers.weight import bare

Tensor = torch.Tensor

__all__ = ["argsort", "boolean_mask", "cumprod", "cumsum", "equal", "gather", "gather_nd", "not_equal", "slice",
           "sort", "strided_slice",
           "tensor_scatter_nd_sub", "tensor_scatter_nd_update", "top_k", "unique", "unique_with_counts", "where"]


class TopK(NamedTuple):
    """The largest numbers, and their places."""

    values: Any
    indices: Any


class Unique(NamedTuple):
    """Different entries, and the number of each entry's."""

    y: Tensor
    idx: Tensor


class Counted(NamedTuple):
    """Different entries, the number of each entry's, and how often each occurs."""

    y: Tensor
    idx: Tensor
    count: Tensor


def number(x: Any) -> Any:
    """A tensor of a list, array, weight or tensor; whole numbers of Python's are int32."""
    made = ops.convert_to_tensor(bare(x))
    python = not isinstance(x, Tensor) and not hasattr(x, "dtype") and made.dtype is torch.int64
    return made.int() if python else made


def given(x: Any) -> Any:
    """A symbol as it is, whatever else as a tensor."""
    return x if isinstance(x, Symbolic) else number(x)


def gather(params: Any, indices: Any, validate_indices: Any = None, axis: int | None = None, batch_dims: int = 0,
           name: str | None = None) -> Any:
    """Entries by number along an axis, of texts as well; with batch_dims the first axes of both go together."""
    if isinstance(params, Strings) or isinstance(params, (list, tuple)) and params and isinstance(params[0], (str, bytes)) \
            or isinstance(params, np.ndarray) and params.dtype.kind in "US":
        return Strings(np.take(Strings(params).values, np.asarray(indices), axis=axis or 0))
    if not batch_dims:
        return ops.take(given(params), indices, axis=axis or 0)
    if isinstance(params, Symbolic) or isinstance(indices, Symbolic):
        return Lambda(lambda two: gather(two[0], two[1].long(), None, axis, batch_dims), takes_list=True)([params, indices])
    x, places = number(params), number(indices).long()
    along = batch_dims if axis is None else axis % x.ndim
    batch = batch_dims % places.ndim
    own = torch.meshgrid(*(torch.arange(n) for n in x.shape[:batch]), indexing="ij")
    first = x.movedim(along, batch)
    found = first[(*(one.reshape(*one.shape, *[1] * (places.ndim - batch)) for one in own), places)]
    around = along - batch  # axes between the batch's and the one that was looked along
    ends = [*range(places.ndim, places.ndim + around)]
    return found.movedim(ends, [*range(batch, batch + around)]) if around else found


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    """Entries by their places, one list of numbers for each; with batch_dims the first axes of both go together."""
    if isinstance(params, Symbolic) or isinstance(indices, Symbolic):
        return Lambda(lambda two: gather_nd(two[0], two[1].long(), batch_dims), takes_list=True)([params, indices])
    x, places = number(params), number(indices).long()
    if batch_dims:
        return torch.stack([gather_nd(one, at, batch_dims - 1) for one, at in zip(x, places, strict=True)])
    return x[tuple(places.moveaxis(-1, 0))]


def boolean_mask(tensor: Any, mask: Any, axis: int | None = None, name: str = "boolean_mask") -> Any:
    """The entries where the mask is True, along an axis."""
    x, wanted = tensor if isinstance(tensor, Strings) else number(tensor), number(mask).bool()
    wanted = wanted.numpy() if isinstance(x, Strings) else wanted
    return x[(builtins.slice(None),) * (axis or 0) + (wanted,)]


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """x where the condition is true, else y; without them the places where it is true, a row for each."""
    if x is not None or y is not None:
        return ops.where(condition, x, y)
    return torch.nonzero(number(condition))


def equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Where two tensors, or texts, are the same."""
    if isinstance(x, Strings) or isinstance(y, Strings):
        return Strings(x) == y
    return ops.equal(x, y)


def not_equal(x: Any, y: Any, name: str | None = None) -> Any:
    """Where two tensors, or texts, differ."""
    return ~equal(x, y) if isinstance(x, Strings) or isinstance(y, Strings) else ops.not_equal(x, y)


def sort(values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None) -> Any:
    """In order of size."""
    made = ops.sort(given(values), axis)
    return ops.flip(made, axis) if direction.upper() == "DESCENDING" else made


def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None) -> Any:
    """Places in order of size."""
    x = given(values)
    return ops.cast(ops.argsort(ops.negative(x) if direction.upper() == "DESCENDING" else x, axis), "int32")


def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """Sums up to each place, from the end with `reverse`; without the place itself where it is `exclusive`."""
    x, turned = given(x), [int(axis)]
    made = ops.cumsum(ops.flip(x, turned) if reverse else x, axis=int(axis))
    made = ops.flip(made, turned) if reverse else made
    return of_their_kind(ops.subtract(made, x) if exclusive else made, x)


def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """Products up to each place, as `cumsum`."""
    x, axis = given(x), int(axis)
    made = ops.flip(x, [axis]) if reverse else x
    if exclusive:
        first, others = ops.split(made, [1], axis=axis)[0], ops.split(made, [made.shape[axis] - 1], axis=axis)[0]
        made = ops.concatenate([ops.ones_like(first), others], axis=axis)
    made = of_their_kind(ops.cumprod(made, axis=axis), x)
    return ops.flip(made, [axis]) if reverse else made


def top_k(input: Any, k: int = 1, sorted: bool = True, index_type: Any = None, name: str | None = None) -> TopK:
    """The k largest numbers of the last axis, and their places."""
    values, indices = ops.top_k(given(input), int(k), sorted)
    return TopK(values, indices if isinstance(indices, Symbolic) else indices.to(index_type or torch.int32))


def unique_with_counts(x: Any, out_idx: Any = None, name: str | None = None) -> Counted:
    """Different entries in order of their first place, the number of each entry's, and how often each occurs."""
    values, first, inverse, counts = np.unique(np.asarray(number(x)), return_index=True, return_inverse=True, return_counts=True)
    order = np.argsort(first)
    place = np.argsort(order)
    return Counted(torch.as_tensor(values[order]), *(torch.as_tensor(one).int() for one in (place[inverse], counts[order])))


def unique(x: Any, out_idx: Any = None, name: str | None = None) -> Unique:
    """Different entries in order of their first place, and the number of each entry's."""
    return Unique(*unique_with_counts(x)[:2])


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """A block of a tensor: from `begin`, so long; -1 means to the end."""
    ends = ((int(b), int(n)) for b, n in zip(begin, size, strict=True))
    return given(input_)[tuple(builtins.slice(b, None if n == -1 else b + n) for b, n in ends)]


def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = None, begin_mask: int = 0, end_mask: int = 0,
                  ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0, name: str | None = None) -> Any:
    """x[begin:end:stride] along each axis; a mask's bits leave out ends, or make a place of one axis go."""
    parts = []
    steps = strides if strides is not None else [1] * len(begin)
    for axis, (first, last, step) in enumerate(zip(begin, end, steps, strict=True)):
        if shrink_axis_mask >> axis & 1:
            parts.append(int(first))
        else:
            low, high = (None if mask >> axis & 1 else int(n) for mask, n in ((begin_mask, first), (end_mask, last)))
            parts.append(builtins.slice(low, high, int(step)))
    return given(input_)[tuple(parts)]


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A copy with other numbers at these places."""
    x = number(tensor)
    return x.index_put(tuple(number(indices).long().moveaxis(-1, 0)), number(updates).to(x.dtype))


def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A copy with numbers taken off at these places."""
    x = number(tensor)
    return x.index_put(tuple(number(indices).long().moveaxis(-1, 0)), -number(updates).to(x.dtype), accumulate=True)
