"""Splits and weights: holding samples out for validation, and weights by class.

    tail         the last share of the samples, before any shuffling (Keras)
    stratified   every class in the same share on both sides, f(seed)

    balanced     weight of class c = n / (number of classes * n_c)
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nabi.core import random
from nabi.core.errors import ArgumentError, DataError
from nabi.core.language import say
from nabi.core.numbers import is_number
from nabi.core.warning import warn

LISTED = 10  # classes named in one sentence
WORDS: dict[str, tuple[str, str]] = {
    "one class": ("class {listed} is", "클래스 {listed}"),
    "classes": ("classes {listed} are", "클래스 {listed}"),
    "training": ("validation_split: {named} missing in the training part: {why}.",
                 "validation_split: 학습 표본에 {named}이(가) 없습니다. {why}."),
    "validation": ("validation_split: {named} missing in the validation part: {why}.",
                   "validation_split: 검증 표본에 {named}이(가) 없습니다. {why}."),
    "one sample": ("one sample cannot stand on both sides", "표본 하나를 양쪽에 둘 수는 없습니다"),
    "tail": ("the last samples are held out as they come; validation_split_mode='stratified' takes as many of every class",
             "마지막 표본을 그대로 떼어 두기 때문입니다. validation_split_mode='stratified'는 클래스마다 고르게 뗍니다"),
}  # fmt: skip


def class_labels(y: torch.Tensor) -> np.ndarray | None:
    """Class numbers of targets that are integers (n,) or (n, 1), or one-hot rows (n, k); None for other targets."""
    if y.ndim == 2 and y.shape[1] > 1 and bool(((y == 0) | (y == 1)).all()) and bool((y.sum(1) == 1).all()):
        return (y != 0).byte().argmax(1).numpy()
    if y.numel() == len(y) and (not y.is_floating_point() or bool((y == y.round()).all())):
        return y.reshape(-1).long().numpy()
    return None


def split_indices(n: int, share: float, mode: str, labels: np.ndarray | None, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample numbers (training, validation); in "stratified" mode a class of one sample stays in training.

    Raises:
        ArgumentError: a share outside [0, 1) or with nothing on one side, an unknown mode, "stratified" without classes.
    """
    if not is_number(share) or not 0 <= share < 1:
        percent = f"For {share} % write {share / 100:g}." if is_number(share) and 1 < share < 100 else "0.2 holds a fifth out."
        raise ArgumentError("validation_split", "a share in [0, 1)", repr(share), percent)
    if mode not in ("tail", "stratified"):
        raise ArgumentError("validation_split_mode", "'tail' or 'stratified'", repr(mode))
    held = np.zeros(n, bool)
    if mode == "tail":
        held[int(n * (1 - share)):] = True
    elif labels is None:
        raise ArgumentError("validation_split_mode='stratified'", "one array of class labels as y", "other targets")
    else:
        generator = random.stream(seed, random.SPLIT)
        for label in np.unique(labels):
            members = generator.permutation(np.flatnonzero(labels == label))
            held[members[:min(max(1, round(share * len(members))), len(members) - 1)]] = True
    if held.all() or not held.any():
        raise ArgumentError("validation_split", "a share that leaves samples on both sides", f"{share} of {n}")
    return np.flatnonzero(~held), np.flatnonzero(held)


def warn_missing(labels: np.ndarray | None, train: np.ndarray, held: np.ndarray, mode: str) -> None:
    """Warns where a class is missing on one side of a split; labels that can hardly be classes are passed over."""
    if labels is None:
        return
    classes = np.unique(labels)
    if len(classes) > 1000 or len(classes) * 2 > len(labels):
        return
    for side, index in (("training", train), ("validation", held)):
        missing = np.setdiff1d(classes, labels[index]).tolist()
        if missing:
            listed = ", ".join(map(str, missing[:LISTED]))
            named = say(WORDS, "one class" if len(missing) == 1 else "classes", listed=listed)
            warn(say(WORDS, side, named=named, why=say(WORDS, "one sample" if mode == "stratified" else "tail")))


def class_weights(class_weight: Mapping | str, labels: np.ndarray | None) -> np.ndarray:
    """Weight of each sample by its class: {class: weight}, where classes that are not named weigh 1, or "balanced".

    Raises:
        DataError: the targets are not classes; a class is named that the data do not have, while one of theirs is not.
        ArgumentError: another text; a key that is no class number, a weight that is no number or negative.
    """
    if labels is None:
        raise DataError("class_weight", "one output whose targets are classes (integers or one-hot)", "other targets",
                        "Use sample_weight.")
    present, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ArgumentError("class_weight", "a dict or 'balanced'", repr(class_weight))
        return (len(labels) / (len(present) * counts))[place]
    table = {class_number(c): weight_of(c, w) for c, w in dict(class_weight).items()}
    unknown = sorted(set(table) - set(present.tolist()))
    if unknown and not set(present.tolist()) <= set(table):
        raise DataError("class_weight", f"the classes {present.tolist()}", f"weights for {sorted(table)}")
    return np.array([table.get(c, 1.0) for c in present.tolist()])[place]


def class_number(key: Any) -> int:
    """A class as a whole number: 1, 1.0, np.int64(1)."""
    if isinstance(key, (int, float, np.integer, np.floating)) and not isinstance(key, bool) and float(key).is_integer():
        return int(key)
    raise ArgumentError("class_weight", "class numbers as keys", repr(key), "With names, number them as y does.")


def weight_of(key: Any, weight: Any) -> float:
    """A class's weight, a number that is 0 or more."""
    if isinstance(weight, (int, float, np.integer, np.floating)) and 0 <= weight < float("inf"):
        return float(weight)
    raise ArgumentError(f"class_weight[{key!r}]", "a number, 0 or more", repr(weight))
