"""Weighing: `class_weight`: each sample's loss times the weight of its class, of arrays at once, of a stream batch by batch.

    fit(x, y, class_weight={0: 1, 1: 5})        w_i = class_weight[y_i], times the sample's own weight
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.data import ArrayFeed, Batch, Feed, class_labels, class_weights


def weighted(feed: Feed, class_weight: Any) -> Feed:
    """The feed with its sample weights multiplied by those of the classes.

    Raises:
        ArgumentError: weights that are no dict or "balanced"; "balanced" for a stream, whose classes nobody has counted.
    """
    if not isinstance(class_weight, (Mapping, str)):
        listed = isinstance(class_weight, (list, tuple, np.ndarray)) and len(class_weight) < 100
        table = repr(dict(enumerate(np.asarray(class_weight).tolist()))) if listed else "{0: 1.0, 1: 2.5}"
        raise ArgumentError("class_weight", "a dict {class: weight} or 'balanced'", f"a {type(class_weight).__name__}",
                            f"Write class_weight={table}.")
    if isinstance(feed, ArrayFeed):
        return feed.reweighted([weights_of(class_weight, feed.y, feed.w)])
    if isinstance(class_weight, str):
        raise ArgumentError("class_weight", "arrays, whose classes can be counted, or a dict {class: weight}", "a generator")
    stream: Any = feed
    read = stream.read

    def weighing(item: Any) -> Batch:
        batch = read(item)
        labels = class_labels(batch.y[0]) if len(batch.y) == 1 else None
        table = {int(c): 1.0 for c in np.unique([] if labels is None else labels)}  # a batch need not have every class
        return batch._replace(w=[weights_of({**table, **dict(class_weight)}, batch.y, batch.w)])

    stream.read = weighing
    return stream


def weights_of(class_weight: Mapping | str, y: list, w: list) -> torch.Tensor:
    """The weight of each sample: that of its class, times its own."""
    by_class = torch.from_numpy(class_weights(class_weight, class_labels(y[0]) if len(y) == 1 else None))
    given = w[0] if w else None
    return by_class if given is None else by_class.view(-1, *[1] * (given.ndim - 1)) * given
