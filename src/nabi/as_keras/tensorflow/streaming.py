"""Streaming: `tf.metrics` of TensorFlow 1, which gave a pair: the value so far, and what brings it up to date.

    score, update = tf.metrics.mean_iou(y_true, y_pred, 2)
    auc = tf.metrics.auc(y_true, y_pred)[1]

Here both are the value of these data: in `compile(metrics=[...])` that of a batch, and an epoch's is the mean of its batches'.
"""

from typing import Any

import torch

from nabi import metrics
from nabi.as_keras.notes import note

__all__ = ["accuracy", "auc", "false_negatives", "false_positives", "mean", "mean_absolute_error", "mean_iou",
           "mean_squared_error", "precision", "recall", "root_mean_squared_error", "true_negatives", "true_positives"]


def value(metric: Any, *data: Any, weights: Any = None) -> tuple[torch.Tensor, torch.Tensor]:
    """The metric of these data, twice."""
    note("tf.metrics", "tf.metrics.* of TensorFlow 1: of each batch; an epoch's is the mean of its batches'.")
    with torch.no_grad():
        metric.update_state(*(torch.as_tensor(part) for part in data), sample_weight=weights)
        found = torch.as_tensor(metric.result(), dtype=torch.float32)
    return found, found


def flat(x: Any) -> torch.Tensor:
    """All entries in one row, as numbers."""
    return torch.as_tensor(x).reshape(-1).float()


def mean_iou(labels: Any, predictions: Any, num_classes: int, weights: Any = None, *places: Any, **options: Any) -> Any:
    """Mean over classes of intersection over union.

    Example:
        >>> float(mean_iou([0, 0, 1, 1], [0, 1, 1, 1], 2)[0])         # (1/2 + 2/3) / 2
        0.583...
    """
    return value(metrics.MeanIoU(num_classes=int(num_classes)), flat(labels).long(), flat(predictions).long(), weights=weights)


def auc(labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, *places: Any, curve: str = "ROC",
        **options: Any) -> Any:
    """Area under the curve of rates."""
    return value(metrics.AUC(num_thresholds, curve=curve), flat(labels), flat(predictions).clamp(0, 1), weights=weights)


def accuracy(labels: Any, predictions: Any, weights: Any = None, *places: Any, **options: Any) -> Any:
    """Share of predictions that are the labels."""
    return mean((flat(labels) == flat(predictions)).float(), weights)


def mean(values: Any, weights: Any = None, *places: Any, **options: Any) -> Any:
    """What the values come to on average, weighted."""
    return value(metrics.Mean(), flat(values), weights=weights)


def of_pairs(make: Any) -> Any:
    """A function of labels and predictions."""

    def call(labels: Any, predictions: Any, weights: Any = None, *places: Any, **options: Any) -> Any:
        return value(make(), flat(labels), flat(predictions), weights=weights)

    call.__doc__ = f"{make.__name__} of these data."
    return call


precision, recall = of_pairs(metrics.Precision), of_pairs(metrics.Recall)
true_positives, true_negatives = of_pairs(metrics.TruePositives), of_pairs(metrics.TrueNegatives)
false_positives, false_negatives = of_pairs(metrics.FalsePositives), of_pairs(metrics.FalseNegatives)
mean_squared_error, mean_absolute_error = of_pairs(metrics.MeanSquaredError), of_pairs(metrics.MeanAbsoluteError)
root_mean_squared_error = of_pairs(metrics.RootMeanSquaredError)
