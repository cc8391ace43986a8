"""Arranging: functions of `tf` on places: scattering, searching, masks of lengths, histograms; structures; global clipping.

    tf.scatter_nd([[0], [2]], [1.0, 2.0], [4])      1 0 2 0
    tf.sequence_mask([1, 3], 4)                     True in the first places of each row
"""

from collections.abc import Callable
from typing import Any

import torch

from nabi import ops
from nabi.layers.node import flatten
from nabi.layers.weight import bare

__all__ = ["Assert", "add_n", "argmax", "argmin", "assert_equal", "assert_greater", "assert_less", "assert_rank",
           "clip_by_global_norm", "dynamic_partition", "dynamic_stitch", "foldl", "global_norm", "gradients",
           "histogram_fixed_width", "is_symbolic_tensor", "lgamma", "norm", "scan",
           "scatter_nd", "searchsorted", "segment_sum", "sequence_mask", "squared_difference", "tensor_scatter_nd_add",
           "vectorized_map"]

from nabi.as_keras.tensorflow.arithmetic import add_n, argmax, argmin, lgamma, norm, segment_sum, squared_difference
from nabi.as_keras.tensorflow.debugging import Assert, assert_equal, assert_greater, assert_less, assert_rank
from nabi.backend.gradient import gradients as of_symbols
from nabi.core.symbolic import Symbolic


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> torch.Tensor:
    """Numbers put at places of zeros; those at one place add up."""
    values = ops.convert_to_tensor(updates)
    return tensor_scatter_nd_add(torch.zeros(tuple(int(n) for n in shape), dtype=values.dtype), indices, values)


def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> torch.Tensor:
    """A copy with numbers added at these places."""
    start, values = ops.convert_to_tensor(tensor), ops.convert_to_tensor(updates)
    at = tuple(torch.as_tensor(indices).long().moveaxis(-1, 0))
    return start.index_put(at, values.to(start.dtype), accumulate=True)


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left", out_type: Any = None, name: str | None = None) -> Any:
    """Where values belong in a sorted sequence."""
    return ops.searchsorted(sorted_sequence, values, side)


def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = torch.bool, name: str | None = None) -> torch.Tensor:
    """True in the first `length` places of each row."""
    sizes = torch.as_tensor(lengths)
    most = int(sizes.max()) if maxlen is None else int(maxlen)
    made = torch.arange(most) < sizes[..., None]
    return made if dtype is torch.bool else ops.cast(made, str(dtype).removeprefix("torch."))


def histogram_fixed_width(values: Any, value_range: Any, nbins: int = 100, dtype: Any = None, name: str | None = None) -> Any:
    """How many values lie in each of so many parts of an interval; those beyond count in the outermost."""
    low, high = (float(bare(end)) for end in value_range)
    x = ops.convert_to_tensor(values).float().reshape(-1)
    places = ((x - low) / (high - low) * nbins).floor().clamp(0, nbins - 1).long()
    return torch.bincount(places, minlength=nbins).int()


def global_norm(t_list: Any, name: str | None = None) -> torch.Tensor:
    """The length of all tensors together; None counts nothing."""
    return torch.stack([bare(t).square().sum() for t in t_list if t is not None]).sum().sqrt()


def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None) -> tuple[list, torch.Tensor]:
    """The tensors made shorter together where they are longer than clip_norm, and their length."""
    length = global_norm(t_list) if use_norm is None else torch.as_tensor(use_norm)
    factor = float(bare(clip_norm)) / torch.clamp(length, min=float(bare(clip_norm)))
    return [None if t is None else bare(t) * factor for t in t_list], length


def vectorized_map(fn: Callable, elems: Any, **options: Any) -> Any:
    """fn of each entry along the first axis."""
    from nabi.as_keras.tensorflow.tensors import map_fn

    return map_fn(fn, elems)


def scan(fn: Callable, elems: Any, initializer: Any = None, **options: Any) -> torch.Tensor:
    """What fn(last, entry) gives entry after entry, one beside the other."""
    entries = list(elems)
    last = entries.pop(0) if initializer is None else initializer
    found = [last] if initializer is None else []
    for entry in entries:
        last = fn(last, entry)
        found.append(last)
    return torch.stack([torch.as_tensor(one) for one in found])


def foldl(fn: Callable, elems: Any, initializer: Any = None, **options: Any) -> Any:
    """What fn(last, entry) gives in the end."""
    entries = list(elems)
    last = entries.pop(0) if initializer is None else initializer
    for entry in entries:
        last = fn(last, entry)
    return last


def gradients(ys: Any, xs: Any, *more: Any, unconnected_gradients: Any = "none", **options: Any) -> Any:
    """d y / d x of symbols of a model, as `K.gradients` gives them; "zero" gives zeros for what y does not depend on."""
    found = of_symbols(ys, xs)
    if getattr(unconnected_gradients, "value", unconnected_gradients) != "zero":
        return found
    return [0.0 * x if slope is None else slope for slope, x in zip(found, flatten(xs), strict=True)]


def is_symbolic_tensor(tensor: Any) -> bool:
    """Whether it has no numbers yet."""
    return isinstance(tensor, Symbolic)


def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> list[torch.Tensor]:
    """The rows of each part, by the numbers of their parts."""
    x, numbers = ops.convert_to_tensor(data), ops.convert_to_tensor(partitions)
    return [x[numbers == part] for part in range(int(num_partitions))]


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> torch.Tensor:
    """The way back of `dynamic_partition`: each part's rows at its places."""
    places = [ops.convert_to_tensor(one).long() for one in indices]
    parts = [ops.convert_to_tensor(one).flatten(0, at.ndim - 1) if at.ndim else ops.convert_to_tensor(one)[None]
             for one, at in zip(data, places, strict=True)]
    flat = torch.cat([at.flatten() for at in places])
    made = torch.zeros((int(flat.max()) + 1, *parts[0].shape[1:]), dtype=parts[0].dtype)
    return made.index_put((flat,), torch.cat(parts))
