"""Precision and recall: how many of the yes answers are right, and how many of the positives are found.

    precision = TP / (TP + FP)          recall = TP / (TP + FN)          0 where there is nothing to count

Source: van Rijsbergen, "Information retrieval", 1979, chapter 7; Keras 3, metrics/confusion_metrics.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import DataError
from nabi.core.numbers import whole
from nabi.core.registry import register
from nabi.metrics.confusion import Confusion, limits_of, one_class, ratio

ANY = -1e10  # the threshold that every finite prediction passes: top_k alone decides


class Share(Confusion):
    """Base of precision and recall: TP over TP and one kind of mistake, the second of `kept`."""

    direction = "max"

    def __init__(self, thresholds: Any = None, top_k: int | None = None, class_id: int | None = None, name: str | None = None,
                 dtype: Any = None):
        where = type(self).__name__
        super().__init__(limits_of(f"{where}(thresholds)", thresholds, 0.5 if top_k is None else ANY), name, dtype)
        self.thresholds = thresholds
        self.top_k = whole(f"{where}(top_k)", top_k, least=1, optional=True)
        self.class_id = whole(f"{where}(class_id)", class_id, least=0, optional=True)

    def selected(self, y, p):
        where = type(self).__name__
        if self.top_k is not None:
            if self.top_k > p.shape[-1]:
                raise DataError(f"{where}(top_k)", f"up to {p.shape[-1]}, the number of classes", self.top_k)
            best = torch.zeros_like(p, dtype=torch.bool).scatter_(-1, p.topk(self.top_k).indices, True)
            p = p.where(best, -torch.inf)
        return one_class(where, self.class_id, y, p)

    def result(self) -> float | np.ndarray:
        mistakes = getattr(self, self.kept[1])
        return self.shown(ratio(self.true_positives, self.true_positives + mistakes))


@register("metric", "precision")
class Precision(Share):
    """TP / (TP + FP): of the answers that said yes, the share that was right.

    Args:
        thresholds: one number in [0, 1] or several; 0.5 if None. p > threshold is a yes.
        top_k: only the k largest predictions of a sample can be a yes; thresholds then start below everything.
        class_id: looks at one class alone.

    Example:
        >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1])
        0.6666666666666666
        >>> Precision(top_k=1)([[0, 1, 0], [0, 0, 1]], [[0.2, 0.5, 0.3], [0.1, 0.6, 0.3]])
        0.5

    Raises DataError for labels in another shape than the predictions.
    """

    kept = ("true_positives", "false_positives")


@register("metric", "recall")
class Recall(Share):
    """TP / (TP + FN): of the positives, the share that was found (sensitivity). Arguments as in `Precision`.

    Example:
        >>> Recall()([0, 1, 1, 1], [1, 0, 1, 1])
        0.6666666666666666
        >>> Recall([0.3, 0.7])([0, 1, 1, 1], [0.9, 0.5, 0.9, 0.1]).round(2).tolist()
        [0.67, 0.33]
    """

    kept = ("true_positives", "false_negatives")
