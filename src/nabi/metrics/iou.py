"""Intersection over union: how well areas of a segmentation match, class by class.

    M[i, j] = sum w [y = i and answer = j]                                       the confusion matrix
    IoU_i = M[i, i] / (sum_j M[i, j] + sum_j M[j, i] - M[i, i] + e)              e = 1e-7
    result = sum IoU_i / (number of them + e)                                    over the asked classes that occur

Source: Jaccard 1901; Everingham et al., "The Pascal VOC challenge", 2010, section 4.2; Keras 3, metrics/iou_metrics.py.
"""

from collections.abc import Sequence
from typing import Any

import torch

from nabi.core.config import config
from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.metrics.metric import Metric


@register("metric", "io_u")
class IoU(Metric):
    """Mean IoU of the classes `target_class_ids`, for maps of class numbers or of probabilities.

    Args:
        num_classes: how many classes there are. target_class_ids: which of them count.
        ignore_class: places of this label count nothing.
        sparse_y_true, sparse_y_pred: whether labels, predictions are class numbers; else the largest along `axis` is taken.
        axis: the axis of the classes where they are not numbers.

    Example:
        >>> round(IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1]), 4)
        0.3333

    Labels and predictions outside 0 to num_classes - 1 count nothing. Keras sums weights as whole numbers by default.
    """

    direction = "max"
    total_cm: torch.Tensor

    def __init__(self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
                 ignore_class: int | None = None, sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1):
        where = type(self).__name__
        self.num_classes = whole(f"{where}(num_classes)", num_classes, least=1)
        if not isinstance(target_class_ids, list | tuple | range) or not target_class_ids:
            raise ArgumentError(f"{where}(target_class_ids)", "a list of class numbers", repr(target_class_ids))
        if max(whole(f"{where}(target_class_ids)", one, least=0) for one in target_class_ids) >= num_classes:
            raise ArgumentError(f"{where}(target_class_ids)", f"class numbers below {num_classes}", repr(target_class_ids))
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = whole(f"{where}(ignore_class)", ignore_class, optional=True)
        self.sparse_y_true = flag(f"{where}(sparse_y_true)", sparse_y_true)
        self.sparse_y_pred = flag(f"{where}(sparse_y_pred)", sparse_y_pred)
        self.axis = whole(f"{where}(axis)", axis)
        self.accumulators = {"total_cm": (num_classes, num_classes)}
        super().__init__(name, dtype)

    def answers(self, p: torch.Tensor) -> torch.Tensor:
        """Class numbers from predictions."""
        return p if self.sparse_y_pred else p.argmax(self.axis)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y = torch.as_tensor(y_true)
            y = (y if self.sparse_y_true else y.argmax(self.axis)).flatten().long()
            p = self.answers(torch.as_tensor(y_pred)).flatten().long()
            if y.shape != p.shape:
                raise DataError(self.name, f"as many labels as answers, {len(p)}", len(y))
            w = torch.as_tensor(1.0 if sample_weight is None else sample_weight, dtype=torch.float64).flatten()
            if w.numel() not in (1, len(y)):
                raise DataError("sample_weight", f"one weight, or one for each of {len(y)} places", w.numel())
            n = self.num_classes
            counts = (y >= 0) & (y < n) & (p >= 0) & (p < n)
            if self.ignore_class is not None:
                counts &= y != self.ignore_class
            cell = torch.where(counts, y * n + p, 0)
            matrix = torch.zeros(n * n, dtype=torch.float64).index_add_(0, cell, w * counts)
            self.total_cm = self.total_cm + matrix.view(n, n)

    def result(self) -> float:
        hits = self.total_cm.diagonal()
        union = self.total_cm.sum(0) + self.total_cm.sum(1) - hits
        hits, union = hits[self.target_class_ids], union[self.target_class_ids]
        iou = torch.where(union > 1e-9, hits / (union + config.epsilon), 0.0)
        return float(iou.sum() / ((union > 1e-9).sum() + config.epsilon))


@register("metric", "mean_io_u", "mean_iou")
class MeanIoU(IoU):
    """Mean IoU of all classes that occur; arguments as in `IoU`.

    Example:
        >>> round(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1]), 4)
        0.3333
    """

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
                 sparse_y_true: bool = True, sparse_y_pred: bool = True, axis: int = -1):
        whole("MeanIoU(num_classes)", num_classes, least=1)
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)


@register("metric", "one_hot_io_u")
class OneHotIoU(IoU):
    """IoU with one-hot labels and, unless `sparse_y_pred`, probabilities.

    Example:
        >>> round(OneHotIoU(2, [0])([[1, 0], [1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]), 4)
        0.3333
    """

    def __init__(self, num_classes: int, target_class_ids: Sequence[int], name: str | None = None, dtype: Any = None,
                 ignore_class: int | None = None, sparse_y_pred: bool = False, axis: int = -1):
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)


@register("metric", "one_hot_mean_io_u")
class OneHotMeanIoU(MeanIoU):
    """Mean IoU with one-hot labels and, unless `sparse_y_pred`, probabilities."""

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None, ignore_class: int | None = None,
                 sparse_y_pred: bool = False, axis: int = -1):
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)


@register("metric", "binary_io_u")
class BinaryIoU(IoU):
    """IoU of background (0) and foreground (1); p >= threshold is foreground.

    Example:
        >>> round(BinaryIoU([1])([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), 4)
        0.5
    """

    def __init__(self, target_class_ids: Sequence[int] = (0, 1), threshold: float = 0.5, name: str | None = None,
                 dtype: Any = None):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = number("BinaryIoU(threshold)", threshold)

    def answers(self, p):
        return p >= self.threshold
