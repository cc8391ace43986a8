"""Splits and weights: holding samples out for validation, and weights by class.

    tail         the last share of the samples, before any shuffling (Keras)
    stratified   every class in the same share on both sides, f(seed)
"""

import warnings

import numpy as np
import torch

from nabi.core import random
from nabi.core.errors import ArgumentError, DataError


def class_labels(y: torch.Tensor) -> np.ndarray | None:
    """Class numbers of targets that are integers (n,) or (n, 1), or one-hot rows (n, k); None for other targets."""
    if y.ndim == 2 and y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all()) and bool((y.sum(1) == 1).all()):
        return y.argmax(1).numpy()
    if y.numel() == len(y) and (not y.is_floating_point() or bool((y == y.round()).all())):
        return y.reshape(-1).long().numpy()
    return None


def split_indices(n: int, share: float, mode: str, labels: np.ndarray | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample numbers (training, validation).

    Raises:
        ArgumentError: a share outside [0, 1), an unknown mode, or "stratified" without classes.
    """
    if not 0 <= share < 1:
        raise ArgumentError("validation_split", "a share in [0, 1)", share)
    if mode not in ("tail", "stratified"):
        raise ArgumentError("validation_split_mode", "'tail' or 'stratified'", repr(mode))
    cut = int(n * (1 - share))
    if cut == 0 or cut == n:
        raise ArgumentError("validation_split", "a share that leaves samples on both sides", f"{share} of {n}")
    everything = np.arange(n)
    if mode == "tail":
        return everything[:cut], everything[cut:]
    if labels is None:
        raise ArgumentError("validation_split_mode='stratified'", "one array of class labels as y", "other targets")
    generator = random.stream(seed, random.SPLIT)
    held = np.zeros(n, bool)
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        held[members[: max(1, round(share * len(members)))]] = True
    return everything[~held], everything[held]


def warn_missing(labels: np.ndarray | None, train: np.ndarray, held: np.ndarray) -> None:
    """Warns where a class is missing on one side of a split."""
    if labels is None:
        return
    classes = np.unique(labels)
    if len(classes) > 1000 or len(classes) * 2 > len(labels):
        return
    for side, index in (("training", train), ("validation", held)):
        missing = sorted(set(classes.tolist()) - set(np.unique(labels[index]).tolist()))
        if missing:
            warnings.warn(f"validation_split: class {', '.join(map(str, missing[:10]))} is missing in the {side} part, since the "
                          "last samples are held out as they come. validation_split_mode='stratified' takes every class "
                          "in the same share.", stacklevel=5)


def class_weights(class_weight, labels: np.ndarray | None) -> np.ndarray | None:
    """Weight of each sample by its class: {class: weight}, or "balanced" for n / (classes count_c).

    Raises:
        DataError: the targets are not classes, or a class of the data has no weight.
    """
    if class_weight is None:
        return None
    if labels is None:
        raise DataError("class_weight", "one output whose targets are classes (integers or one-hot)", "other targets",
                        "Use sample_weight.")
    present, counts = np.unique(labels, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ArgumentError("class_weight", "a dict or 'balanced'", repr(class_weight))
        table = {int(c): len(labels) / (len(present) * n) for c, n in zip(present, counts, strict=True)}
    else:
        table = {int(c): float(w) for c, w in dict(class_weight).items()}
        unknown = sorted(set(table) - set(present.tolist()))
        if unknown and not set(present.tolist()) <= set(table):
            raise DataError("class_weight", f"the classes {present.tolist()}", f"weights for {sorted(table)}")
    return np.array([table.get(int(c), 1.0) for c in present])[np.searchsorted(present, labels)]
