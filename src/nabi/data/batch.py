"""Batch: the tensors of one step; and the way from what users hold (arrays, lists, dicts) to tensors.

Data stay in memory as given (uint8 where they came so) and are cast batch by batch, so a set is never held twice.
"""

import os
import warnings
from collections.abc import Container, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, ShapeError, did_you_mean

NUMBERS = "biuf"  # NumPy's kinds of arrays that can be learned from: bool, whole, unsigned, real
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
READ = ('A picture is read and sized first: x = np.asarray(PIL.Image.open("picture.png").convert("RGB").resize((width, height)))'
        "[None]; nabi predict MODEL PICTURE does so on the command line, for models with a card.")


class Batch(NamedTuple):
    """Inputs, targets and sample weights of one step: a list of tensors each; a weight may be None.

    `numbers` are the places of its samples in the data, where they are known.
    """

    x: list[torch.Tensor]
    y: list[torch.Tensor]
    w: list[torch.Tensor | None]
    numbers: Sequence[int] | np.ndarray | None = None

    @property
    def size(self) -> int:
        """Number of samples."""
        return self.x[0].shape[0] if self.x else 0


def as_tensor(array: Any, where: str) -> torch.Tensor:
    """An array, list or tensor as a tensor that shares its memory where it can; the first axis counts samples.

    Raises:
        DataError: texts, mixed objects, samples of several shapes, a single number.
    """
    if not isinstance(array, torch.Tensor):
        try:
            array = np.asarray(os.fspath(array) if isinstance(array, os.PathLike) else array)
        except ValueError:
            raise DataError(where, "samples of one shape", f"a {type(array).__name__} of samples of several shapes",
                            "For an array and its labels write fit(x, y).") from None
        array = shared(array, where)
    if array.dtype is torch.bfloat16:  # NumPy has none
        array = array.float()
    if array.ndim == 0:
        raise DataError(where, "an array whose first axis counts the samples", f"the single number {array.item()}")
    return array.detach()


def shared(array: np.ndarray, where: str) -> torch.Tensor:
    """A NumPy array as a tensor on its memory; what torch cannot read (other byte order, steps backwards) is copied."""
    if array.dtype.kind not in NUMBERS:
        kind = {"U": "texts", "S": "texts", "O": "mixed objects"}.get(array.dtype.kind, str(array.dtype))
        picture = kind == "texts" and array.size > 0 and str(array.flat[0]).lower().endswith(PICTURES)
        remedy = {"texts": READ if picture else
                  f"To turn class names into numbers: names, {where} = np.unique({where}, return_inverse=True).",
                  "mixed objects": "Give every sample the same shape, and turn class names into numbers."}
        raise DataError(where, "numbers", f"an array of {kind}", remedy.get(kind, ""))
    if array.dtype.kind == "u" and array.dtype.itemsize > 1:
        array = array.astype(np.int64)
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    if any(step < 0 for step in array.strides) or not array.dtype.isnative:
        array = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
    with warnings.catch_warnings():  # a read-only array, such as a memory-mapped file, is only read
        warnings.filterwarnings("ignore", message=".*not writable")
        return torch.from_numpy(array)


def as_list(data: Any, names: list[str], where: str, least: int = 2) -> list[torch.Tensor]:
    """One array, a list of arrays or a dict by name as a list of tensors in the order of `names`.

    A list of one array with at least `least` axes holds the data of a single name, as in Keras; other lists are samples.

    Raises:
        ArgumentError: names or a number of arrays that the model does not have.
        DataError: what is no array of numbers.
    """
    if data is None:
        return []
    if isinstance(data, dict):
        missing = [name for name in names if name not in data]
        for name in data:
            if missing and name not in names:  # what is there besides all names is left alone, as in Keras
                raise ArgumentError(where, f"the names {names}", repr(name), did_you_mean(name, names))
        if missing:
            raise ArgumentError(where, f"an entry for each of {names}", f"none for {missing}")
        return [as_tensor(data[name], f"{where}['{name}']") for name in names]
    if isinstance(data, (list, tuple)) and (len(names) > 1 or is_one_array(data, least)):
        if len(data) != len(names):
            raise ArgumentError(where, f"{len(names)} arrays for {names}", len(data))
        return [as_tensor(part, f"{where}[{number}]" if len(names) > 1 else where) for number, part in enumerate(data)]
    return [as_tensor(data, where)]


def is_one_array(data: Sequence, least: int) -> bool:
    """Whether a list is Keras' `[x]` for a single input, rather than a list of samples."""
    return len(data) == 1 and getattr(data[0], "ndim", 0) >= least


def same_length(parts: dict[str, list]) -> int:
    """Number of samples; an error that lists the lengths where they differ."""
    lengths = {f"{name}[{i}]" if len(tensors) > 1 else name: len(t)
               for name, tensors in parts.items() for i, t in enumerate(tensors) if t is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {n}" for name, n in lengths.items())
        raise ShapeError("fit/evaluate data", "as many samples in each array", listed)
    return next(iter(lengths.values()), 0)


def as_batch(item: Any, inputs: list[str], outputs: list[str]) -> Batch:
    """What a generator gave as a batch: x, (x, y) or (x, y, sample_weight); a list means the same as a tuple, as in Keras."""
    parts = tuple(item) if isinstance(item, (tuple, list)) else (item,)
    if not 1 <= len(parts) <= 3:
        raise DataError("generator", "x, (x, y) or (x, y, sample_weight)", f"{len(parts)} parts")
    x = as_list(parts[0], inputs, "generator x")
    y = as_list(parts[1], outputs, "generator y", 1) if len(parts) > 1 else []
    w = weights_for(parts[2] if len(parts) > 2 else None, outputs, len(y))
    if same_length({"x": x, "y": y, "sample_weight": w}) == 0:
        raise DataError("generator", "at least one sample a batch", "an empty batch")
    return Batch(x, y, w)


def weights_for(sample_weight: Any, names: list[str], count: int) -> list:
    """Sample weights as one entry an output; one array serves all outputs."""
    if sample_weight is None:
        return [None] * count
    where = "sample_weight"
    if isinstance(sample_weight, dict):
        for name in sample_weight:
            if name not in names:
                raise ArgumentError(where, f"the outputs {names}", repr(name))
        return [None if (w := sample_weight.get(name)) is None else as_tensor(w, f"{where}['{name}']") for name in names]
    listed = isinstance(sample_weight, (list, tuple)) and len(sample_weight) == len(names)
    if listed and (len(names) > 1 or is_one_array(sample_weight, 1)):
        return [None if w is None else as_tensor(w, f"{where}[{number}]") for number, w in enumerate(sample_weight)]
    return [as_tensor(sample_weight, where)] * count


def cast(batch: Batch, dtype: torch.dtype, raw: Container[int] = ()) -> Batch:
    """Inputs, float targets and weights in the model's dtype; whole-number targets become int64.

    Inputs whose numbers are in `raw` stay uint8 where they came so: whoever reads them turns bytes into numbers.
    """
    def number(t: torch.Tensor) -> torch.Tensor:
        return t if t.dtype is dtype else t.to(dtype)

    x = [t if t.dtype is torch.uint8 and i in raw else number(t) for i, t in enumerate(batch.x)]
    y = [number(t) if t.is_floating_point() or t.dtype == torch.bool else t.long() for t in batch.y]
    w = [None if t is None else number(t) for t in batch.w]
    return Batch(x, y, w, batch.numbers)
