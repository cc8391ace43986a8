"""Evaluation: what a classifier gets right on a test set, class by class.

    confusion C: (K, K), C_ij = samples of class i answered j          accuracy = trace(C) / n
    precision_j = C_jj / sum_i C_ij        recall_i = C_ii / sum_j C_ij        baseline = max_i sum_j C_ij / n

The baseline is the accuracy of always answering the most frequent class. Precision of a class that is never answered is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.errors import StateError
from nabi.lab.calibration import Calibration, calibration
from nabi.lab.statistics import wilson
from nabi.utils import to_categorical


@dataclass(frozen=True)
class Evaluation:
    """Answers of a classifier beside the truth.

    Attributes:
        truth: (n,) true classes.
        answers: (n,) answered classes.
        sure: (n,) probability that was given to the answer.
        class_names: names of the K classes.
        loss: mean loss, None if unknown or infinite.
    """

    truth: np.ndarray
    answers: np.ndarray
    sure: np.ndarray
    class_names: tuple[str, ...]
    loss: float | None = None

    @property
    def total(self) -> int:
        """Samples."""
        return len(self.truth)

    @property
    def correct(self) -> int:
        """Samples that were right."""
        return int((self.truth == self.answers).sum())

    @property
    def accuracy(self) -> float:
        """Share that was right."""
        return self.correct / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson(self.correct, self.total)

    @property
    def confusion(self) -> np.ndarray:
        """(K, K) counts, rows the truth, columns the answers."""
        k = len(self.class_names)
        return np.bincount(self.truth * k + self.answers, minlength=k * k).reshape(k, k)

    @property
    def baseline(self) -> float:
        """Accuracy of always answering the most frequent class."""
        return int(np.bincount(self.truth).max()) / self.total

    @property
    def by_class(self) -> list[dict[str, Any]]:
        """Precision, recall and number of samples of each class; None where there is nothing to divide by."""
        table = self.confusion
        rows = []
        for i, name in enumerate(self.class_names):
            right, answered, samples = int(table[i, i]), int(table[:, i].sum()), int(table[i].sum())
            rows.append({"name": name, "precision": right / answered if answered else None,
                         "recall": right / samples if samples else None, "samples": samples})
        return rows

    @property
    def calibration(self) -> Calibration:
        """How sure the answers were against how often they were right."""
        return calibration(self.sure, self.truth == self.answers)

    @property
    def misread(self) -> np.ndarray:
        """Numbers of the samples that were wrong, the surest errors first."""
        wrong = np.flatnonzero(self.truth != self.answers)
        return wrong[np.argsort(-self.sure[wrong], kind="stable")]

    def summary(self) -> dict[str, Any]:
        """The figures as plain data."""
        low, high = self.interval
        return {"loss": self.loss, "accuracy": self.accuracy, "correct": self.correct, "total": self.total,
                "interval": [low, high], "baseline": self.baseline, "calibration_error": self.calibration.error,
                "confusion": self.confusion.tolist(), "by_class": self.by_class, "class_names": list(self.class_names)}


def targets(model, y: np.ndarray) -> np.ndarray:
    """Class numbers (N,) as a compiled classifier's loss takes them: as they are, or as one-hot rows (N, K)."""
    (loss, *_), units = model.trainer.objective.losses, model.output_shape[-1]
    return y if loss is None or loss.integer_labels or units == 1 else to_categorical(y, units)


def evaluate(model, x: np.ndarray, y: np.ndarray, class_names: Sequence[str], batch_size: int = 256) -> Evaluation:
    """What a compiled classifier answers for x: (N, H, W, C), y: (N,). One sigmoid unit is read as the probability of class 1.

    Raises:
        StateError: its answers are NaN or infinite, as after training that failed.
    """
    p = np.asarray(model.predict(x, batch_size=batch_size, verbose=0), dtype=np.float64)
    if not np.isfinite(p).all():
        remedy = "Train it anew with a lower learning rate."
        raise StateError(f"model '{model.name}'", "finite answers", "NaN or infinity", remedy)
    if p.ndim == 2 and p.shape[1] == 1:
        p = np.concatenate([1 - p, p], axis=1)
    answers = p.argmax(axis=1)
    loss = None
    if model.trainer is not None:
        loss = float(model.evaluate(x, targets(model, y), batch_size=batch_size, verbose=0, return_dict=True)["loss"])
        loss = loss if math.isfinite(loss) else None
    return Evaluation(y, answers, p[np.arange(len(p)), answers], tuple(class_names), loss)
