"""Sampling: which samples an epoch draws, where they do not count alike: `fit(x, y, sampling="balanced")`.

    n draws an epoch; sample i, of weight w_i, is drawn floor or ceil of n w_i / sum(w) times

    balanced    w_i = n / (K n_c) for class c of K: every class is drawn n / K times, to within one, whatever its number

    c_0 = 0, c_k = w of the first k samples, in an order f(seed, epoch) in which a class stands together
    draw j is the sample k with c_k <= (j + u) c_n / n < c_{k+1},  u in [0, 1) f(seed, epoch); then all are put in a new order

A rare class is repeated, of a frequent one an epoch sees a part, each epoch another one. `class_weight` weighs the loss instead:
the same mean gradient, but a rare class comes in few batches with a large step; drawn more often, it is in every batch.
Draws are a function of the model's seed and the epoch, so a resumed run is exact.

Source: systematic sampling: Madow & Madow, "On the theory of systematic sampling", Annals of Mathematical Statistics, 1944;
torch's WeightedRandomSampler draws independently, so that counts scatter by their square root.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from nabi.core import random
from nabi.core.errors import ArgumentError, DataError
from nabi.data import ArrayFeed, Feed, class_labels, class_weights

WHERE = "fit(sampling)"


def check_sampling(sampling: Any, class_weight: Any, shuffle: bool, feed: Feed) -> Any:
    """What was given, if it can be meant: "balanced", {class: weight}, or a float64 array with a weight for each sample.

    Raises:
        ArgumentError: something else; weights by class as well, no shuffling, data that are no arrays.
    """
    if sampling is None:
        return None
    if not isinstance(feed, ArrayFeed):
        raise ArgumentError(WHERE, "arrays, whose samples are known", "a generator", "Let it draw them itself.")
    if class_weight is not None:
        raise ArgumentError(WHERE, "None beside class_weight, which weighs the same samples again", sampling_text(sampling),
                            "Leave one of the two out.")
    if not shuffle:
        raise ArgumentError(WHERE, "shuffle=True, since samples are drawn in a new order", "shuffle=False")
    if isinstance(sampling, str | Mapping):
        if isinstance(sampling, str) and sampling != "balanced":
            raise ArgumentError(WHERE, "'balanced', {class: weight}, or a weight for each sample", repr(sampling))
        by_class(sampling, feed)
        return sampling
    try:
        weights = np.asarray(sampling, dtype=np.float64)
    except (TypeError, ValueError):
        weights = np.zeros(0)
    if weights.shape != (feed.samples,) or not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum() > 0:
        raise ArgumentError(WHERE, f"'balanced', {{class: weight}}, or {feed.samples:,} weights, 0 or more and not all 0",
                            sampling_text(sampling))
    return weights


def by_class(sampling: str | Mapping, feed: ArrayFeed) -> np.ndarray:
    """Weight of each sample (n,) by its class.

    Raises:
        DataError, ArgumentError: the targets are no classes, or a weight is not of one of them.
    """
    try:
        return class_weights(sampling, class_labels(feed.y[0]) if len(feed.y) == 1 else None)
    except DataError as error:
        where, expected, got, _ = error.parts
        raise DataError(where.replace("class_weight", WHERE), expected, got, "Give a weight for each sample.") from None
    except ArgumentError as error:
        where, expected, got, remedy = error.parts
        raise ArgumentError(where.replace("class_weight", WHERE), expected, got, remedy or "") from None


def sampling_text(sampling: Any) -> str:
    """What was given, in few words."""
    return f"an array {sampling.shape}" if isinstance(sampling, np.ndarray) else repr(sampling)[:80]


def settings(sampling: Any) -> Any:
    """What the draws depend on besides the model, as plain data."""
    if isinstance(sampling, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(sampling).data).hexdigest()
    return {str(key): float(weight) for key, weight in sampling.items()} if isinstance(sampling, Mapping) else sampling


class Sampler:
    """Draws the samples of each pass.

    Args:
        weights: (n,) of the samples, 0 or more.
        groups: (n,) classes, which are drawn in their exact shares; None where there are none.

    Example:
        >>> sampler = Sampler(np.array([1.0, 1.0, 1.0, 3.0]), np.array([0, 0, 0, 1]))
        >>> [int(np.bincount(sampler.order(0, epoch), minlength=4)[3]) for epoch in range(3)]
        [2, 2, 2]
    """

    def __init__(self, weights: np.ndarray, groups: np.ndarray | None):
        self.weights, self.groups = np.asarray(weights, np.float64), groups

    @classmethod
    def of(cls, sampling: Any, feed: ArrayFeed, kept: np.ndarray | None) -> "Sampler":
        """The sampler of a feed; `kept` are its samples among those that the weights are of, None for all.

        Raises:
            DataError, ArgumentError: see `by_class`; weights that are all 0.
        """
        labels = class_labels(feed.y[0]) if len(feed.y) == 1 else None
        if isinstance(sampling, np.ndarray):
            weights = sampling if kept is None else sampling[kept]
        else:
            weights = by_class(sampling, feed)
        if not weights.sum() > 0:
            raise ArgumentError(WHERE, "a weight above 0 among the samples for training", "only 0")
        return cls(weights, labels)

    def order(self, seed: int, epoch: int) -> np.ndarray:
        """Numbers of the samples that an epoch draws (n,), in their order."""
        generator = random.stream(seed, random.SAMPLING, epoch)
        n = len(self.weights)
        placed = generator.permutation(n)
        if self.groups is not None:
            placed = placed[np.argsort(self.groups[placed], kind="stable")]
        ends = np.cumsum(self.weights[placed])
        points = np.minimum((np.arange(n) + generator.random()) * (ends[-1] / n), np.nextafter(ends[-1], 0))
        return generator.permutation(placed[np.searchsorted(ends, points, side="right")])
