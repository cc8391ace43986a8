"""Accuracy: the share of right answers, in the three forms that labels have.

    binary       label == (p > threshold)         labels 0 or 1
    categorical  argmax(label) == argmax(p)       labels one-hot
    sparse       label == argmax(p)               labels as class numbers

Of equal largest probabilities the first counts. Source: Keras 3, metrics/accuracy_metrics.py.
"""

from typing import Any

import torch

from nabi.core.errors import DataError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.targets import as_pair, same_rank
from nabi.metrics.metric import Averaged


def equal(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """1.0 where labels and answers agree, else 0.0."""
    if a.shape != b.shape:
        raise DataError("accuracy", f"labels for answers of shape {tuple(b.shape)}", f"labels of shape {tuple(a.shape)}")
    return (a == b).to(torch.get_default_dtype())


def accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where a prediction equals its label exactly: for predictions that are already class numbers.

    Example:
        >>> accuracy([1, 2, 3], [1, 2, 0])
        tensor([1., 1., 0.])
    """
    return equal(*same_rank(*as_pair(y_true, y_pred)))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> torch.Tensor:
    """1 where the label is 1 and p > threshold, or 0 and p <= threshold; one value for each answer.

    Example:
        >>> binary_accuracy([1, 0, 1], [0.7, 0.5, 0.5])
        tensor([1., 1., 0.])
    """
    y, p = same_rank(*as_pair(y_true, y_pred))
    return equal(y, p > threshold)


def categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest probability stands at the one of the one-hot label: (batch, ..., C) -> (batch, ...).

    Example:
        >>> categorical_accuracy([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
        tensor([0., 1.])
    """
    y, p = as_pair(y_true, y_pred)
    return equal((y.byte() if y.dtype == torch.bool else y).argmax(-1), p.argmax(-1))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the largest probability stands at the label's number: (batch, ...) or (batch, ..., 1) -> (batch, ...).

    Example:
        >>> sparse_categorical_accuracy([2, 1], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]])
        tensor([0., 1.])
    """
    y, p = as_pair(y_true, y_pred)
    y = y.squeeze(-1) if y.ndim == p.ndim and y.shape[-1] == 1 else y
    return equal(y, p.argmax(-1))


@register("metric", "accuracy", "acc")
class Accuracy(Averaged):
    """Share of predictions that equal their labels exactly.

    Example:
        >>> Accuracy()([1, 2, 3, 4], [0, 2, 3, 4])
        0.75

    `metrics=["accuracy"]` in `compile` means binary, categorical or sparse accuracy by the shapes: see `resolve`.
    """

    direction = "max"

    def __init__(self, name: str | None = "accuracy", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(accuracy(y_true, y_pred), sample_weight, y_pred)


@register("metric", "binary_accuracy")
class BinaryAccuracy(Averaged):
    """Share of right yes-no answers; p = threshold is a no.

    Example:
        >>> BinaryAccuracy()([[1], [1], [0], [0]], [[0.98], [1.0], [0.0], [0.6]])
        0.75
    """

    direction = "max"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5):
        super().__init__(name, dtype)
        self.threshold = number("BinaryAccuracy(threshold)", threshold)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(binary_accuracy(y_true, y_pred, self.threshold), sample_weight, y_pred)


@register("metric", "categorical_accuracy")
class CategoricalAccuracy(Averaged):
    """Share of samples whose largest probability is the right class's; labels one-hot.

    Example:
        >>> CategoricalAccuracy()([[0, 0, 1], [0, 1, 0]], [[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]], sample_weight=[0.7, 0.3])
        0.3
    """

    direction = "max"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(categorical_accuracy(y_true, y_pred), sample_weight, y_pred)


@register("metric", "sparse_categorical_accuracy")
class SparseCategoricalAccuracy(Averaged):
    """Share of samples whose largest probability is the right class's; labels as class numbers.

    Example:
        >>> SparseCategoricalAccuracy()([[2], [1]], [[0.1, 0.6, 0.3], [0.05, 0.95, 0.0]])
        0.5
    """

    direction = "max"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.collect(sparse_categorical_accuracy(y_true, y_pred), sample_weight, y_pred)
