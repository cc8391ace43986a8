"""Targets: labels and predictions brought to tensors of one rank and dtype, by Keras' rules.

    y_true (8,) against y_pred (8, 1)        -> (8, 1) and (8, 1)
    y_true (8, 28, 28, 1) against (8, 28, 28) -> (8, 28, 28) and (8, 28, 28)

Source: Keras 3, losses/loss.py (squeeze_or_expand_to_same_rank), trainers/compile_utils.py.
"""

from typing import Any

import torch

from nabi.core.config import config
from nabi.core.errors import DataError
from nabi.core.numbers import readable


def as_pair(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Tensors from whatever came: predictions in float32 or float64, labels as they are, on the same device.

    Half precision (bfloat16, float16) becomes float32; whole numbers become `nabi.config.floatx`.
    """
    y_pred = torch.as_tensor(readable(bare(y_pred)))
    if y_pred.dtype in (torch.bfloat16, torch.float16):
        y_pred = y_pred.float()
    elif not y_pred.is_floating_point():
        y_pred = y_pred.to(getattr(torch, config.floatx))
    return torch.as_tensor(readable(bare(y_true)), device=y_pred.device), y_pred


def bare(value: Any) -> Any:
    """The tensor of a weight or variable, which show it as `tensor`; other values as they are."""
    return getattr(value, "tensor", value)


def same_rank(a: torch.Tensor, b: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Drops or adds a last axis of length 1 where the ranks differ by exactly one.

    Example:
        >>> [tuple(t.shape) for t in same_rank(torch.zeros(8), torch.zeros(8, 1))]
        [(8, 1), (8, 1)]
    """
    if a.ndim == b.ndim + 1:
        b, a = same_rank(b, a)
    elif b.ndim == a.ndim + 1 and b.shape[-1] == 1:
        return (a.unsqueeze(-1), b) if a.ndim == 1 else (a, b.squeeze(-1))
    return a, b


def aligned(y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Labels and predictions as tensors of one rank and of the predictions' dtype."""
    y_true, y_pred = as_pair(y_true, y_pred)
    return same_rank(y_true.to(y_pred.dtype), y_pred)


def per_sample(values: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights brought to the rank of the values they multiply: equal leading axes first, then Keras' rule for a last axis of 1.

    Example:
        >>> [tuple(t.shape) for t in per_sample(torch.zeros(8, 28, 28), torch.ones(8))]
        [(8, 28, 28), (8, 1, 1)]
    """
    if values.ndim > w.ndim > 0 and values.shape[: w.ndim] == w.shape:
        return values, w.reshape(w.shape + (1,) * (values.ndim - w.ndim))
    values, w = same_rank(values, w)
    axes = zip(w.shape[::-1], values.shape[::-1], strict=False)
    if values.ndim and (w.ndim > values.ndim or any(n not in (1, m) for n, m in axes)):
        expected = f"one weight a sample, {tuple(values.shape[:1])}, or the values' shape {tuple(values.shape)}"
        raise DataError("sample_weight", expected, tuple(w.shape))
    return values, w


def label_form(y_true_shape: tuple, y_pred_shape: tuple) -> str:
    """ "binary", "sparse" or "categorical": Keras' choice behind `metrics=["accuracy"]`. Shapes include the batch axis.

    Example:
        >>> label_form((None, 1), (None, 1)), label_form((None,), (None, 10)), label_form((None, 10), (None, 10))
        ('binary', 'sparse', 'categorical')
    """
    if y_pred_shape[-1] == 1:
        return "binary"
    return "sparse" if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1 else "categorical"
