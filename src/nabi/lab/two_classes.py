"""Two classes: how well scores tell one from the other, and from which score on to call it the second.

    score        probability of the second class ("smile" of "neutral, smile")
    TP, FP       samples of the second, of the first class with a score >= t
    precision = TP / (TP + FP)      recall = TP / n1      F1(t) = 2 TP / (2 TP + FP + FN) = 2 TP / (TP + FP + n1)
    ROC          the points (FP / n0, TP / n1) for all t
    AUC          the area under it: P(score of a second > score of a first) + P(equal) / 2
                 = (sum of the ranks of the second class - n1 (n1 + 1) / 2) / (n1 n0),  ties share their mean rank

The threshold is that of the best F1 on validation samples; precision, recall and F1 are those at it on the test samples.
Source: Hanley & McNeil, "The meaning and use of the area under a ROC curve", 1982; van Rijsbergen, "Information retrieval", 1979.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

THRESHOLDS = np.arange(101) / 100


@dataclass(frozen=True)
class TwoClasses:
    """Answers of a classifier of two classes.

    Attributes:
        truth: (n,) 0 and 1.
        scores: (n,) probability of 1.
        threshold: score from which on a sample counts as 1.
        name: name of class 1.
    """

    truth: np.ndarray
    scores: np.ndarray
    threshold: float
    name: str

    def summary(self) -> dict[str, Any]:
        """The figures as plain data; None where there is nothing to divide by.

        Example:
            >>> TwoClasses(np.array([0, 0, 1, 1]), np.array([0.1, 0.6, 0.4, 0.9]), 0.5, "smile").summary()
            {'auc': 0.75, 'threshold': 0.5, 'precision': 0.5, 'recall': 0.5, 'f1': 0.5, 'balanced_accuracy': 0.5}
        """
        above, ones = self.scores >= self.threshold, self.truth == 1
        tp, fp, n1, n0 = int((above & ones).sum()), int((above & ~ones).sum()), int(ones.sum()), int((~ones).sum())
        both = n1 > 0 and n0 > 0
        return {"auc": auc(self.truth, self.scores) if both else None, "threshold": self.threshold,
                "precision": tp / (tp + fp) if tp + fp else None, "recall": tp / n1 if n1 else None,
                "f1": 2 * tp / (tp + fp + n1) if n1 else None,
                "balanced_accuracy": (tp / n1 + 1 - fp / n0) / 2 if both else None}

    def roc(self) -> tuple[np.ndarray, np.ndarray]:
        """False and true positive rates of the ROC curve, from (0, 0) to (1, 1)."""
        order = np.argsort(-self.scores, kind="stable")
        last = np.append(np.diff(self.scores[order]) != 0, True)  # where a run of equal scores ends
        ones = self.truth[order] == 1
        rates = [np.concatenate([[0], np.cumsum(side)[last] / max(int(side.sum()), 1)]) for side in (~ones, ones)]
        return rates[0], rates[1]


def two_classes(model: Any, data: Any, batch_size: int = 256) -> TwoClasses | None:
    """Threshold from a data set's validation part, scores of its test part; None unless it has such a part and two classes."""
    if len(data.class_names) != 2 or data.x_validation is None or len(np.unique(data.y_validation)) != 2:
        return None
    threshold = best_threshold(np.asarray(data.y_validation), second(model, data.x_validation, batch_size))
    return TwoClasses(np.asarray(data.y_test), second(model, data.x_test, batch_size), threshold, str(data.class_names[1]))


def second(model: Any, x: Any, batch_size: int = 256) -> np.ndarray:
    """Probability (N,) of the second class; that of a single sigmoid unit is it."""
    return np.asarray(model.predict(x, batch_size=batch_size, verbose=0), dtype=np.float64)[:, -1]


def auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve of scores (N,) for truth (N,) of 0 and 1, both of which are there.

    Example:
        >>> auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
        0.75
    """
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2
    ones = np.asarray(truth) == 1
    n1, n0 = int(ones.sum()), int((~ones).sum())
    return float((rank[place][ones].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def at_thresholds(truth: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """TP and FP (101,) at the thresholds 0.00, 0.01, ..., 1.00.

    Example:
        >>> caught, false = at_thresholds(np.array([0, 1, 1]), np.array([0.2, 0.5, 0.9]))
        >>> caught[[0, 50, 51]].tolist(), false[[0, 20, 21]].tolist()
        ([2, 2, 1], [1, 1, 0])
    """
    above = np.asarray(scores)[:, None] >= THRESHOLDS
    ones = np.asarray(truth) == 1
    return above[ones].sum(axis=0), above[~ones].sum(axis=0)


def best_f1(caught: np.ndarray, false: np.ndarray, positives: int) -> int:
    """Number n of the threshold n / 100 of the best F1; the middle one where several are equal.

    Args:
        caught, false: TP and FP at the thresholds. positives: samples of the second class.
    """
    f1 = 2 * caught / (caught + false + positives)
    best = np.flatnonzero(f1 == f1.max())
    return int(best[len(best) // 2])


def best_threshold(truth: np.ndarray, scores: np.ndarray) -> float:
    """The threshold of the best F1, in hundredths.

    Example:
        >>> best_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.5, 0.9]))
        0.41
    """
    caught, false = at_thresholds(truth, scores)
    return best_f1(caught, false, int((truth == 1).sum())) / 100
