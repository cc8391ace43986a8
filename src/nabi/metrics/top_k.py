"""Top-k accuracy: the share of samples whose right class is among the k largest probabilities.

    right where p_y >= (the k-th largest p); equal probabilities share a place

Source: Krizhevsky et al. 2012 (top-5 error of ImageNet); Keras 3, metrics/accuracy_metrics.py.
"""

from typing import Any

import torch

from nabi.core.errors import DataError
from nabi.core.numbers import flag, whole
from nabi.core.registry import register
from nabi.core.targets import as_pair
from nabi.metrics.metric import Averaged


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> torch.Tensor:
    """1 where the label's class is among the k best: (batch, ...) or (batch, ..., 1) -> (batch, ...).

    Example:
        >>> sparse_top_k_categorical_accuracy([2, 0], [[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]], k=2)
        tensor([1., 0.])
    """
    y, p = as_pair(y_true, y_pred)
    y = y if y.ndim == p.ndim else y.unsqueeze(-1)
    if y.shape != (*p.shape[:-1], 1):
        raise DataError("top-k accuracy", f"labels for answers of shape {tuple(p.shape[:-1])}", f"labels {tuple(y.shape)}")
    if from_sorted_ids:
        right = (y == p[..., :k]).any(-1)
    else:
        known = (y >= 0) & (y < p.shape[-1])
        least = p.topk(min(k, p.shape[-1])).values[..., -1:]
        right = (known & (p.gather(-1, torch.where(known, y, 0).long()) >= least)).squeeze(-1)
    return right.to(torch.get_default_dtype())


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> torch.Tensor:
    """1 where the class of the one-hot label is among the k best: (batch, ..., C) -> (batch, ...).

    Example:
        >>> top_k_categorical_accuracy([[0, 0, 1], [1, 0, 0]], [[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]], k=2)
        tensor([1., 0.])
    """
    y, p = as_pair(y_true, y_pred)
    return sparse_top_k_categorical_accuracy((y.byte() if y.dtype == torch.bool else y).argmax(-1), p, k)


@register("metric", "top_k_categorical_accuracy")
class TopKCategoricalAccuracy(Averaged):
    """Share of samples whose class is among the k largest probabilities; labels one-hot.

    Example:
        >>> TopKCategoricalAccuracy(k=2)([[0, 0, 1], [1, 0, 0]], [[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]])
        0.5
    """

    direction = "max"

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None):
        super().__init__(name, dtype)
        self.k = whole("TopKCategoricalAccuracy(k)", k, least=1)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(top_k_categorical_accuracy(y_true, y_pred, self.k), sample_weight, y_pred)


@register("metric", "sparse_top_k_categorical_accuracy")
class SparseTopKCategoricalAccuracy(Averaged):
    """Share of samples whose class is among the k largest probabilities; labels as class numbers.

    Args:
        k: how many answers a sample has.
        from_sorted_ids: predictions are class numbers, best first, in place of probabilities.

    Example:
        >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.1, 0.6, 0.3], [0.1, 0.6, 0.3]])
        0.5
        >>> SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)([2, 0], [[1, 2, 0], [1, 2, 0]])
        0.5
    """

    direction = "max"

    def __init__(self, k: int = 5, name: str | None = "sparse_top_k_categorical_accuracy", dtype: Any = None,
                 from_sorted_ids: bool = False):
        super().__init__(name, dtype)
        self.k = whole("SparseTopKCategoricalAccuracy(k)", k, least=1)
        self.from_sorted_ids = flag("SparseTopKCategoricalAccuracy(from_sorted_ids)", from_sorted_ids)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(sparse_top_k_categorical_accuracy(y_true, y_pred, self.k, self.from_sorted_ids), sample_weight, y_pred)
