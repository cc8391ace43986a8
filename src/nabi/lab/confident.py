"""Confident: which labels are probably wrong, by what networks say that did not learn them.

    p[x, j]       probability of class j for picture x, from a network that was trained on other pictures
    t[j]          mean of p[x, j] over the pictures labelled j: how sure the network is of that class when it is right
    C[i, j]       pictures labelled i whose surest class among those with p[x, j] >= t[j] is j
    suspects      the pictures counted in C off its diagonal, by their margin p[x, j] - p[x, label], the largest first

A threshold for each class: where classes are uneven or hard, a network is less sure of some than of others, and a common one
would call these mislabelled.
Source: Northcutt, Jiang & Chuang, "Confident learning: estimating uncertainty in dataset labels", 2021, equations 1 and 2.
"""

from dataclasses import dataclass

import numpy as np

from nabi.core.errors import ShapeError


@dataclass(frozen=True)
class Confident:
    """What confident learning says of a set's labels.

    Attributes:
        thresholds: t, (K,); NaN for a class without pictures.
        joint: C, (K, K): rows are labels, columns what the network is sure of.
        suspects: numbers of the pictures off the diagonal, the largest margin first.
        answers: the class that each of them should have instead.
        margins: p[x, answer] - p[x, label] of each.
    """

    thresholds: np.ndarray
    joint: np.ndarray
    suspects: np.ndarray
    answers: np.ndarray
    margins: np.ndarray


def confident(p: np.ndarray, labels: np.ndarray) -> Confident:
    """Confident learning on probabilities p (N, K) and labels (N,), whole numbers below K.

    Example:
        >>> p = np.array([[.9, .1], [.8, .2], [.1, .9], [.2, .8], [.13, .87]])
        >>> found = confident(p, np.array([0, 0, 1, 1, 0]))
        >>> found.thresholds.round(3).tolist(), found.joint.tolist(), found.suspects.tolist(), found.answers.tolist()
        ([0.61, 0.85], [[2, 1], [0, 1]], [4], [1])

    Raises:
        ShapeError: shapes that do not belong together.
    """
    p, labels = np.asarray(p, np.float64), np.asarray(labels)
    if p.ndim != 2 or labels.shape != p.shape[:1]:
        raise ShapeError("confident(p, labels)", "probabilities (N, K) and labels (N,)", f"{p.shape} and {labels.shape}")
    n, k = p.shape
    t = np.full(k, np.nan)
    for j in np.unique(labels):
        t[j] = p[labels == j, j].mean()
    sure = np.where(p >= t, p, -1.0)  # NaN: never
    j = sure.argmax(axis=1)
    is_counted = sure.max(axis=1, initial=-1) >= 0
    joint = np.zeros((k, k), np.int64)
    np.add.at(joint, (labels[is_counted], j[is_counted]), 1)
    margin = p[np.arange(n), j] - p[np.arange(n), labels]
    off = np.flatnonzero(is_counted & (j != labels) & (margin > 0))
    off = off[np.argsort(-margin[off], kind="stable")]
    return Confident(t, joint, off, j[off], margin[off])
