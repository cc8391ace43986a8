"""Statistics: counts of answers, unit vectors, crossentropies from logits: `tf.math` and `tf.nn`."""

from typing import Any

import torch

from nabi import ops


def confusion_matrix(labels: Any, predictions: Any, num_classes: int | None = None, weights: Any = None, dtype: Any = None,
                     name: str | None = None) -> torch.Tensor:
    """How often each class (row) was taken for each (column)."""
    true, guessed = torch.as_tensor(labels).long().reshape(-1), torch.as_tensor(predictions).long().reshape(-1)
    n = num_classes or int(max(true.max(), guessed.max())) + 1
    return torch.bincount(true * n + guessed, minlength=n * n).reshape(n, n).int()


def in_top_k(targets: Any, predictions: Any, k: int, name: str | None = None) -> torch.Tensor:
    """Whether the target is among the k likeliest classes."""
    return (ops.top_k(predictions, k)[1] == ops.expand_dims(targets, -1)).any(-1)


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Any:
    """x / |x| along an axis."""
    axis = dim if axis is None else axis
    return ops.divide(x, ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon)))


def softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, axis: int = -1, name: Any = None) -> Any:
    """-sum_k t_k log softmax(z)_k, sample by sample."""
    return ops.negative(ops.sum(ops.multiply(labels, ops.log_softmax(logits, axis)), axis=axis))


def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """-log softmax(z)_y, sample by sample."""
    places = ops.expand_dims(ops.cast(labels, "int64"), -1)
    return ops.negative(ops.squeeze(ops.take_along_axis(ops.log_softmax(logits, -1), places, -1), -1))


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: Any = None) -> Any:
    """-t log s(z) - (1 - t) log(1 - s(z)), number by number."""
    return weighted_cross_entropy_with_logits(labels, logits, 1.0)


def weighted_cross_entropy_with_logits(labels: Any = None, logits: Any = None, pos_weight: Any = 1.0, name: Any = None) -> Any:
    """-w t log s(z) - (1 - t) log(1 - s(z)), number by number; (1 - t) z + (1 + (w - 1) t) softplus(-z)."""
    share = ops.add(1.0, ops.multiply(ops.subtract(pos_weight, 1.0), labels))
    return ops.add(ops.multiply(ops.subtract(1.0, labels), logits), ops.multiply(share, ops.softplus(ops.negative(logits))))


def l2_loss(t: Any, name: str | None = None) -> Any:
    """sum t^2 / 2."""
    return ops.divide(ops.sum(ops.square(t)), 2)


def moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None, **old: Any) -> Any:
    """Mean and variance along axes; keep_dims is TensorFlow 1's word for keepdims."""
    return ops.moments(x, axes, old.get("keep_dims", keepdims))


def dropout(x: Any, rate: float = 0.5, noise_shape: Any = None, seed: Any = None, name: str | None = None, **old: Any) -> Any:
    """x with the share `rate` of its numbers set to 0; keep_prob is TensorFlow 1's word for the others."""
    from nabi.backend import dropout as drop

    return drop(x, 1 - old["keep_prob"] if "keep_prob" in old else rate, noise_shape, seed)
