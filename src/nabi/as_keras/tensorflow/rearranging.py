"""Rearranging: rarer functions of `tf` on places and whole numbers: blocks to the batch, rows turned, distances of edits.

    tf.reverse_sequence([[1, 2, 3]], [2], seq_axis=1)       2 1 3
    tf.unravel_index([5, 3], [2, 3])                        rows 1 1, columns 2 0
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from nabi import ops
from nabi.as_keras.dressing.shapes import Lengths
from nabi.as_keras.tensorflow.parsing import SparseValues
from nabi.as_keras.tensorflow.selecting import number
from nabi.as_keras.tensorflow.strings import as_string
from nabi.core.symbolic import Symbolic
from nabi.layers.weight import bare

__all__ = ["as_string", "batch_to_space", "broadcast_dynamic_shape", "broadcast_static_shape", "edit_distance", "foldr",
           "get_static_value", "grad_pass_through", "guarantee_const", "histogram_fixed_width_bins", "inside_function",
           "realdiv", "recompute_grad", "reverse_sequence", "saturate_cast", "space_to_batch", "space_to_batch_nd",
           "tensor_scatter_nd_max", "tensor_scatter_nd_min", "timestamp", "truncatediv", "truncatemod", "unravel_index"]


def scattered(tensor: Any, indices: Any, updates: Any, how: str) -> torch.Tensor:
    """A copy in which places hold the larger ("amax") or smaller ("amin") of the old number and the new."""
    x, places = number(tensor), number(indices).long()
    sizes, depth = x.shape, places.shape[-1]
    flat = x.reshape(-1, *sizes[depth:])
    at = torch.zeros(places.shape[:-1], dtype=torch.int64)
    for n in range(depth):
        at = at * sizes[n] + places[..., n]
    values = number(updates).to(x.dtype).reshape(-1, *sizes[depth:])
    return flat.index_reduce(0, at.reshape(-1), values, how).reshape(sizes)


def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """A copy with the larger of two numbers at these places."""
    return scattered(tensor, indices, updates, "amax")


def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """A copy with the smaller of two numbers at these places."""
    return scattered(tensor, indices, updates, "amin")


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> torch.Tensor:
    """Places along each axis, (axes, n), of places in the flattened array."""
    return torch.stack(torch.unravel_index(number(indices).long(), tuple(int(n) for n in dims))).int()


def reverse_sequence(input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = 0,
                     name: str | None = None) -> torch.Tensor:
    """The first `length` entries of each sample the other way round."""
    x = number(input).movedim((int(batch_axis or 0), int(1 if seq_axis is None else seq_axis)), (0, 1)).clone()
    for row, length in zip(x, number(seq_lengths).tolist(), strict=True):
        row[:length] = row[:length].flip(0)
    return x.movedim((0, 1), (int(batch_axis or 0), int(1 if seq_axis is None else seq_axis)))


def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> torch.Tensor:
    """Pictures (N, H, W, ...) as b_h b_w N smaller ones, of every b-th row and column, after zeros around."""
    x, blocks = number(input), [int(n) for n in np.ravel(np.asarray(block_shape))]
    around = [int(n) for pair in reversed(np.asarray(paddings).tolist()) for n in pair]
    x = F.pad(x, [0, 0] * (x.ndim - 1 - len(blocks)) + around)
    starts = np.ndindex(*blocks)
    cut = [x[(slice(None), *(slice(at, None, step) for at, step in zip(start, blocks, strict=True)))] for start in starts]
    return torch.cat(cut)


space_to_batch_nd = space_to_batch


def batch_to_space(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> torch.Tensor:
    """The way back of `space_to_batch`: what `crops` says is cut off the edges."""
    x, blocks = number(input), [int(n) for n in np.ravel(np.asarray(block_shape))]
    count, k = x.shape[0] // int(np.prod(blocks)), len(blocks)
    sizes = [n * step for n, step in zip(x.shape[1 : 1 + k], blocks, strict=True)]
    made = x.new_zeros((count, *sizes, *x.shape[1 + k :]))
    for part, start in zip(x.split(count), np.ndindex(*blocks), strict=True):
        made[(slice(None), *(slice(at, None, step) for at, step in zip(start, blocks, strict=True)))] = part
    ends = zip(np.asarray(crops).tolist(), sizes, strict=True)
    return made[(slice(None), *(slice(first, size - last) for (first, last), size in ends))]


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> torch.Tensor:
    """Another dtype; numbers beyond its ends become its ends."""
    kind = dtype if isinstance(dtype, torch.dtype) else getattr(torch, str(dtype).removeprefix("torch."))
    ends = torch.finfo(kind) if kind.is_floating_point else torch.iinfo(kind)
    return number(value).clamp(ends.min, ends.max).to(kind)


def truncatediv(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """x / y rounded towards 0."""
    return torch.div(number(x), number(y), rounding_mode="trunc")


def truncatemod(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """What is left of x / y rounded towards 0."""
    return torch.fmod(number(x), number(y))


def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y."""
    return ops.divide(x, y)


def histogram_fixed_width_bins(values: Any, value_range: Any, nbins: int = 100, dtype: Any = None,
                               name: str | None = None) -> torch.Tensor:
    """The number of the part of an interval in which each value lies; those beyond are in the outermost."""
    low, high = (float(bare(end)) for end in value_range)
    return ((number(values).double() - low) / (high - low) * nbins).floor().clamp(0, nbins - 1).int()


def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance") -> torch.Tensor:
    """How many entries of each row are to be changed, added and left out to make it the true one, / its length.

    Args:
        hypothesis, truth: rows as SparseTensors.
        normalize: whether to divide.
    """
    found: dict[tuple, list[list]] = {}
    for place, rows in enumerate((hypothesis, truth)):
        assert isinstance(rows, SparseValues), "tf.edit_distance takes SparseTensors: tf.sparse.from_dense makes one."
        values = np.asarray(rows.values)
        for at, value in zip(rows.indices.tolist(), values, strict=True):
            found.setdefault(tuple(at[:-1]), [[], []])[place].append(value)
    sizes = torch.maximum(torch.as_tensor(hypothesis.dense_shape), torch.as_tensor(truth.dense_shape)).tolist()[:-1]
    made = torch.zeros(sizes)
    for at, (mine, true) in found.items():
        distance = edits(mine, true)
        made[at] = distance if not normalize else distance / len(true) if true else float("inf") if distance else 0.0
    return made


def edits(a: list, b: list) -> int:
    """Levenshtein's distance of two rows."""
    last = list(range(len(b) + 1))
    for n, x in enumerate(a, 1):
        now = [n]
        for k, y in enumerate(b, 1):
            now.append(min(last[k] + 1, now[-1] + 1, last[k - 1] + (x != y)))
        last = now
    return last[-1]


def foldr(fn: Callable, elems: Any, initializer: Any = None, **options: Any) -> Any:
    """What fn(last, entry) gives in the end, from the last entry to the first."""
    entries = list(elems)
    last = entries.pop() if initializer is None else initializer
    for entry in reversed(entries):
        last = fn(last, entry)
    return last


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The numbers as an array; None for a symbol."""
    return None if isinstance(tensor, Symbolic) else np.asarray(bare(tensor))


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Lengths:
    """The shape of what two shapes make together."""
    return Lengths(tuple(np.broadcast_shapes(tuple(shape_x), tuple(shape_y))))


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> torch.Tensor:
    """The same as a tensor."""
    return torch.tensor(np.broadcast_shapes(tuple(int(n) for n in shape_x), tuple(int(n) for n in shape_y)), dtype=torch.int32)


def timestamp(name: str | None = None) -> torch.Tensor:
    """Seconds since 1970."""
    return torch.tensor(time.time(), dtype=torch.float64)


def inside_function() -> bool:
    """False: nabi computes at once."""
    return False


def guarantee_const(input: Any, name: str | None = None) -> Any:
    """The same."""
    return input


def recompute_grad(f: Callable) -> Callable:
    """The function itself: what it computed is kept."""
    return f


def grad_pass_through(f: Callable) -> Callable:
    """The function's value with the slope of x itself: x + (f(x) - x), of which the second part is held still."""
    return lambda x: x + (f(x) - x).detach()


