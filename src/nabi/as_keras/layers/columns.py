"""Columns: numbers of categories as rows of 0s and 1s, in the modes of Keras' preprocessing layers."""

from typing import Any

import numpy as np
import torch

from nabi.as_keras.notes import note
from nabi.core.errors import ArgumentError, DataError

MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}  # former names of output modes


def columns(numbers: torch.Tensor, width: int, mode: str, weights: Any = None) -> torch.Tensor:
    """Numbers as rows of `width` columns: one_hot for each; multi_hot and count for all of a sample.

    With `weights` each counts so much instead of 1.

    Example:
        >>> columns(torch.tensor([[0, 2, 2]]), 3, "count").tolist()
        [[1.0, 0.0, 2.0]]

    Raises DataError for numbers that have no column.
    """
    if numbers.numel() and int(numbers.max()) >= width:
        raise DataError("CategoryEncoding", f"numbers below {width}, the columns", int(numbers.max()), "Raise num_tokens.")
    if mode == "one_hot" and numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers.squeeze(-1)
    found = torch.nn.functional.one_hot(numbers.long().clamp(min=0), width).float() * (numbers >= 0)[..., None]
    if mode == "one_hot":
        return found
    if weights is not None:
        found = found * torch.as_tensor(np.asarray(weights), dtype=found.dtype)[..., None]
    found = found.sum(-2) if numbers.ndim else found
    return found if mode == "count" else found.clamp(max=1)


def no_sparse(layer: Any, sparse: bool) -> None:
    """Says that columns name all their numbers, where a layer is asked for those that are not 0.

    Raises ArgumentError for sparse=True with numbers in the place of columns, as Keras does.
    """
    if sparse and layer.output_mode == "int":
        raise ArgumentError(f"{type(layer).__name__}(sparse=True)", "an output_mode of columns", "'int'")
    if sparse:
        note("sparse columns", f"{type(layer).__name__}(sparse=True): the columns are the same, but all their 0s are kept, too.")
