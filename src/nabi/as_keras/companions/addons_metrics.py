"""Addons, metrics: tensorflow_addons' metrics of classes: agreement beyond chance, correlation, wrong labels.

    kappa = 1 - sum w C / sum w E        C: shares of (class, prediction), E: those by chance, w: 0 on the diagonal, else 1, the
                                         distance |i - j| or its square (Cohen 1960, 1968)
    MCC   = covariance of classes and predictions / sqrt(their variances)    (Matthews 1975; several classes: Gorodkin 2004)

Source of the names: tensorflow_addons 0.23.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.metrics import F1Score as PlainF1Score
from nabi.metrics import FBetaScore as PlainFBetaScore
from nabi.metrics import MeanMetricWrapper, Metric, R2Score

__all__ = ["CohenKappa", "F1Score", "FBetaScore", "HammingLoss", "MatthewsCorrelationCoefficient", "MultiLabelConfusionMatrix",
           "RSquare"]


class F1Score(PlainF1Score):
    """Keras' F1Score, with the number of classes before its arguments.

    Args:
        num_classes: kept. average, threshold, name, dtype: as in Keras.
    """

    def __init__(self, num_classes: int = 2, average: Any = None, threshold: Any = None, name: str = "f1_score",
                 dtype: Any = None):
        super().__init__(average, threshold, name, dtype)
        self.num_classes = num_classes


class FBetaScore(PlainFBetaScore):
    """Keras' FBetaScore, with the number of classes before its arguments.

    Args:
        num_classes: kept. average, beta, threshold, name, dtype: as in Keras.
    """

    def __init__(self, num_classes: int = 2, average: Any = None, beta: float = 1.0, threshold: Any = None,
                 name: str = "fbeta_score", dtype: Any = None):
        super().__init__(average, beta, threshold, name, dtype)
        self.num_classes = num_classes


class Confusion(Metric):
    """Base of metrics of a table C, counted over all batches: classes by rows, predictions by columns.

    Args:
        num_classes: how many.
    """

    direction = "max"

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None):
        super().__init__(name, dtype)
        self.num_classes = num_classes
        self.table = self.add_weight((num_classes, num_classes), name="table")

    def classes(self, y_true: Any, y_pred: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Both as numbers of classes (batch,)."""
        return torch.as_tensor(y_true).argmax(-1), torch.as_tensor(y_pred).argmax(-1)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = self.classes(y_true, y_pred)
        w = torch.ones(len(y)) if sample_weight is None else torch.as_tensor(sample_weight).reshape(-1)
        places = y.reshape(-1).long() * self.num_classes + p.reshape(-1).long()
        self.table.assign_add(torch.bincount(places, w.double(), self.num_classes**2).reshape(self.table.shape))


class CohenKappa(Confusion):
    """Agreement beyond chance: 1 for equal, 0 for what chance gives.

    Args:
        num_classes: 2 (one probability a sample) or more (shares, or numbers of classes in a vector).
        weightage: None, "linear" or "quadratic": what a miss by several classes costs.
        sparse_labels: whether labels of several classes are numbers, not one-hot.
        regression: whether predictions are numbers, to be rounded.

    Example:
        >>> kappa = CohenKappa(5, sparse_labels=True)
        >>> round(kappa(torch.tensor([4, 4, 3, 4, 2, 4, 1, 1]), torch.tensor([4, 4, 3, 4, 4, 2, 1, 1])), 4)
        0.619
    """

    def __init__(self, num_classes: int, name: str = "cohen_kappa", weightage: Any = None, sparse_labels: bool = False,
                 regression: bool = False, dtype: Any = None):
        super().__init__(num_classes, name, dtype)
        if weightage not in (None, "linear", "quadratic"):
            raise ArgumentError("CohenKappa(weightage)", "None, 'linear' or 'quadratic'", repr(weightage))
        self.weightage, self.sparse_labels, self.regression = weightage, sparse_labels, regression

    def classes(self, y_true, y_pred):
        y, p = torch.as_tensor(y_true), torch.as_tensor(y_pred)
        if self.num_classes == 2:
            return y.reshape(-1), (p > 0.5).reshape(-1)
        y = y if self.sparse_labels else y.argmax(-1)
        return y, p if p.ndim < 2 else p.abs().round() if self.regression else p.argmax(-1)

    def result(self):
        i = torch.arange(self.num_classes, dtype=torch.float64)
        apart = (i[:, None] - i[None]).abs()
        w = {None: (apart > 0).double(), "linear": apart, "quadratic": apart**2}[self.weightage]
        c = self.table / self.table.sum()
        chance = c.sum(1)[:, None] * c.sum(0)[None]
        missed = float((w * chance).sum())
        return 1 - float((w * c).sum()) / missed if missed > 0 else 0.0


class MatthewsCorrelationCoefficient(Confusion):
    """Correlation of classes and predictions: from -1 to 1; 0 where one of them never changes.

    Args:
        num_classes: columns of labels and predictions.
    """

    def __init__(self, num_classes: int, name: str = "MatthewsCorrelationCoefficient", dtype: Any = None):
        super().__init__(num_classes, name, dtype)

    def result(self):
        y, p, n = self.table.sum(1), self.table.sum(0), self.table.sum()
        spread = float((n**2 - y @ y) * (n**2 - p @ p))
        return float(torch.trace(self.table) * n - y @ p) / spread**0.5 if spread > 0 else 0.0


class MultiLabelConfusionMatrix(Metric):
    """A table [[TN, FP], [FN, TP]] of each class: (classes, 2, 2).

    Args:
        num_classes: columns of labels and predictions, both 0 or 1.
    """

    def __init__(self, num_classes: int, name: str = "Multilabel_confusion_matrix", dtype: Any = None):
        super().__init__(name, dtype)
        self.num_classes = num_classes
        self.table = self.add_weight((num_classes, 2, 2), name="table")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = torch.as_tensor(y_true).double(), torch.as_tensor(y_pred).double()
        cells = [((1 - y) * (1 - p)), (1 - y) * p, y * (1 - p), y * p]
        self.table.assign_add(torch.stack([cell.sum(0) for cell in cells], -1).reshape(-1, 2, 2))

    def result(self):
        return self.table.numpy().copy()


class RSquare(R2Score):
    """Keras' R2Score, under its name there.

    Args:
        multioutput: "uniform_average" and the like; name, dtype, num_regressors: as in Keras.
    """

    def __init__(self, name: str = "r_square", dtype: Any = None, multioutput: str = "uniform_average", num_regressors: int = 0,
                 **options: Any):
        super().__init__(class_aggregation=multioutput, num_regressors=num_regressors, name=name, dtype=dtype)
        self.multioutput = multioutput


class HammingLoss(MeanMetricWrapper):
    """Share of labels that are wrong.

    Args:
        mode: "multiclass" (the largest prediction of a sample counts) or "multilabel" (all above `threshold` do).
        threshold: where the yes begins; None in "multiclass": the largest.
    """

    def __init__(self, mode: str, name: str = "hamming_loss", threshold: Any = None, dtype: Any = None):
        if mode not in ("multiclass", "multilabel"):
            raise ArgumentError("HammingLoss(mode)", "'multiclass' or 'multilabel'", repr(mode))
        super().__init__(self.wrong, name, dtype)
        self.mode, self.threshold, self.direction = mode, threshold, "min"

    def wrong(self, y_true: Any, y_pred: Any) -> torch.Tensor:
        """By sample."""
        if self.threshold is None:
            yes = (y_pred >= y_pred.amax(-1, keepdim=True)) & (y_pred.abs() > 1e-12)
        else:
            yes = y_pred > self.threshold
        missed = (y_true != yes).double().sum(-1)
        return missed / 2 if self.mode == "multiclass" else missed / y_pred.shape[-1]
