"""Confusion counts: right and wrong yes-no answers at one or several thresholds.

    TP(t) = sum w [y = 1 and p > t]     FN(t) = sum w [y = 1 and p <= t]      w: weights, else 1
    FP(t) = sum w [y = 0 and p > t]     TN(t) = sum w [y = 0 and p <= t]      p at a threshold is a no, as is NaN

Every number of y and p is an answer of its own: one-hot labels of C classes are C answers a sample.
Source: Keras 3, metrics/confusion_metrics.py, metrics/metrics_utils.py.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.targets import as_pair, per_sample, same_rank
from nabi.metrics.metric import Metric

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


def confusion(y: torch.Tensor, p: torch.Tensor, weight: Any, limits: Sequence[float], by_label: bool = False) -> dict:
    """TP, FP, TN and FN of a batch at `limits`: (T,) each, or (T, C) by label; one pass over the data, whatever T is.

    Numbers are sorted into the T + 1 gaps between thresholds; what lies above a threshold is a sum over the gaps above it.
    """
    rising = sorted(limits)
    columns = p.shape[-1] if by_label else 1
    gap = torch.searchsorted(torch.tensor(rising, dtype=torch.float64).to(p), p.nan_to_num(nan=-math.inf).contiguous())
    cell = (gap * columns + torch.arange(columns, device=p.device) if by_label else gap).flatten()
    places, w = p, torch.ones((), dtype=torch.float64)
    if weight is not None:
        places, w = per_sample(p, torch.as_tensor(weight, dtype=torch.float64, device=p.device))
    w = w.expand(places.shape).reshape(p.shape)

    def tally(answers: torch.Tensor) -> torch.Tensor:
        """Weights of these answers in each gap: (T + 1, columns)."""
        sums = torch.zeros((len(rising) + 1) * columns, dtype=torch.float64)
        return sums.index_add_(0, cell, (w * answers).flatten()).view(-1, columns)

    yes, no = tally(y != 0), tally(y == 0)
    above = [gaps.flip(0).cumsum(0).flip(0)[1:] for gaps in (yes, no)]
    below = [gaps.cumsum(0)[:-1] for gaps in (no, yes)]
    asked = [rising.index(limit) for limit in limits]
    return {name: (t if by_label else t[:, 0])[asked] for name, t in zip(COUNTS, (*above, *below), strict=True)}


def ratio(part: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """part / whole, 0 where whole is 0."""
    return torch.where(whole == 0, 0.0, part / whole)


def limits_of(where: str, thresholds: Any, otherwise: float = 0.5) -> list[float]:
    """One threshold or several, each in [0, 1], as a list; None means `otherwise`."""
    if thresholds is None:
        return [otherwise]
    several = list(thresholds) if isinstance(thresholds, list | tuple) else [thresholds]
    if not several:
        raise ArgumentError(where, "a number in [0, 1], or several of them", repr(thresholds))
    return [float(number(where, threshold, least=0, most=1)) for threshold in several]


class Confusion(Metric):
    """Base of metrics made of confusion counts; subclasses write `result`.

    Args:
        limits: the thresholds; where there are several, `result` gives an array, one number for each.
        name, dtype: as in `Metric`.
        columns: how many labels are counted each for itself; 1 if all are counted together, or if the first batch will tell.

    Attributes:
        kept: which counts it keeps, each a float64 tensor (T,), or (T, C) by label.
    """

    kept: tuple[str, ...] = COUNTS
    by_label = False

    true_positives: torch.Tensor
    false_positives: torch.Tensor
    true_negatives: torch.Tensor
    false_negatives: torch.Tensor

    def __init__(self, limits: list[float], name: str | None = None, dtype: Any = None, columns: int | None = None):
        self.limits = limits
        shape = (len(limits),) if columns is None else (len(limits), columns)
        self.accumulators = dict.fromkeys(self.kept, shape)
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            y, p = same_rank(*as_pair(y_true, y_pred))
            if y.shape != p.shape:
                raise DataError(self.name, f"labels in the predictions' shape {tuple(p.shape)}", tuple(y.shape),
                                "Class numbers become one-hot by to_categorical(y).")
            y, p = self.selected(y, p)
            counts = confusion(y, p, sample_weight, self.limits, self.by_label)
            for name in self.kept:
                setattr(self, name, getattr(self, name) + counts[name])

    def selected(self, y: torch.Tensor, p: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The answers that count."""
        return y, p

    def shown(self, values: torch.Tensor) -> Any:
        """A float for one threshold, an array for several."""
        return float(values[0]) if len(self.limits) == 1 else values.numpy().copy()


def one_class(where: str, class_id: int | None, y: torch.Tensor, p: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Labels and predictions of one class (batch, ..., 1); all of them if `class_id` is None."""
    if class_id is None:
        return y, p
    if p.ndim < 2 or not 0 <= class_id < p.shape[-1]:
        raise DataError(f"{where}(class_id)", f"predictions (batch, classes) with a class {class_id}", tuple(p.shape))
    return y[..., class_id, None], p[..., class_id, None]


class Count(Confusion):
    """Base of the four counts."""

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None):
        super().__init__(limits_of(f"{type(self).__name__}(thresholds)", thresholds), name, dtype)
        self.thresholds = thresholds

    def result(self) -> float | np.ndarray:
        return self.shown(getattr(self, self.kept[0]))


@register("metric", "true_positives")
class TruePositives(Count):
    """How many of label 1 got p > threshold.

    Args:
        thresholds: one number in [0, 1] or several; 0.5 if None.

    Example:
        >>> TruePositives()([0, 1, 1, 1], [1, 0, 1, 1], sample_weight=[0, 0, 1, 0])
        1.0
        >>> TruePositives([0.2, 0.8])([0, 1, 1], [0.9, 0.5, 0.9]).tolist()
        [2.0, 1.0]
    """

    kept = ("true_positives",)


@register("metric", "false_positives")
class FalsePositives(Count):
    """How many of label 0 got p > threshold: false alarms.

    Example:
        >>> FalsePositives()([0, 1, 0, 0], [0, 0, 1, 1])
        2.0
    """

    kept = ("false_positives",)


@register("metric", "true_negatives")
class TrueNegatives(Count):
    """How many of label 0 got p <= threshold.

    Example:
        >>> TrueNegatives()([0, 1, 0, 0], [1, 1, 0, 0])
        2.0
    """

    kept = ("true_negatives",)


@register("metric", "false_negatives")
class FalseNegatives(Count):
    """How many of label 1 got p <= threshold: misses.

    Example:
        >>> FalseNegatives()([0, 1, 1, 1], [0, 1, 0, 0])
        2.0
    """

    kept = ("false_negatives",)
