"""Batch: the tensors of one step; and the way from what users hold (arrays, lists, dicts) to tensors.

Data stay in memory as given (uint8 where they came so) and are cast batch by batch, so a set is never held twice.
"""

from typing import NamedTuple

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, ShapeError, did_you_mean


class Batch(NamedTuple):
    """Inputs, targets and sample weights of one step: a list of tensors each; a weight may be None."""

    x: list[torch.Tensor]
    y: list[torch.Tensor]
    w: list[torch.Tensor | None]

    @property
    def size(self) -> int:
        """Number of samples."""
        return len(self.x[0]) if self.x else 0


def as_tensor(array, where: str) -> torch.Tensor:
    """An array, list or tensor as a tensor that shares its memory where it can; the first axis counts samples."""
    if isinstance(array, torch.Tensor):
        return array.detach()
    array = np.asarray(array)
    if array.dtype == object or array.dtype.kind in "USO":
        raise DataError(where, "numbers", f"an array of {'texts' if array.dtype.kind in 'US' else 'mixed objects'}",
                        "Give every sample the same shape, and turn class names into numbers.")
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        array = array.astype(np.int64)
    if not array.flags.writeable or any(s < 0 for s in array.strides) or not array.dtype.isnative:
        array = np.array(array, dtype=array.dtype.newbyteorder("="))
    return torch.from_numpy(array)


def as_list(data, names: list[str], where: str) -> list[torch.Tensor]:
    """One array, a list of arrays or a dict by name as a list of tensors in the order of `names`."""
    if data is None:
        return []
    if isinstance(data, dict):
        for name in data:
            if name not in names:
                raise ArgumentError(where, f"the names {names}", repr(name), did_you_mean(name, names))
        missing = [name for name in names if name not in data]
        if missing:
            raise ArgumentError(where, f"an entry for each of {names}", f"none for {missing}")
        return [as_tensor(data[name], f"{where}['{name}']") for name in names]
    if isinstance(data, (list, tuple)) and (len(names) > 1 or (len(data) == 1 and hasattr(data[0], "shape") and data[0].ndim > 1)):
        if len(data) != len(names):
            raise ArgumentError(where, f"{len(names)} arrays for {names}", len(data))
        return [as_tensor(part, f"{where}[{i}]") for i, part in enumerate(data)]
    return [as_tensor(data, where)]


def same_length(parts: dict[str, list]) -> int:
    """Number of samples; an error that lists the lengths where they differ."""
    lengths = {name: len(t) for name, tensors in parts.items() for t in tensors if t is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {n}" for name, n in lengths.items())
        raise ShapeError("fit/evaluate data", "as many samples in each array", listed)
    return next(iter(lengths.values()), 0)


def cast(batch: Batch, dtype: torch.dtype) -> Batch:
    """Inputs, float targets and weights in the model's dtype; whole-number targets become int64."""
    x = [t if t.dtype == dtype else t.to(dtype) for t in batch.x]
    y = [t.to(dtype) if t.is_floating_point() or t.dtype == torch.bool else t.long() for t in batch.y]
    w = [None if t is None else t.to(dtype) for t in batch.w]
    return Batch(x, y, w)
