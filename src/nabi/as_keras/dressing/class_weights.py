"""Class weights: `class_weight` in the forms of Keras 1 and 2: an array, one for each output, a word.

    fit(x, [y1, y2], class_weight=[{0: 1, 1: 5}, {0: 1, 1: 2, 2: 2}])      a dict for each output, in a list or by its name
    fit(x, y, class_weight=[1.0, 5.0])                                      {0: 1.0, 1: 5.0}
    fit(x, y, class_weight="auto")                                          nothing, as Keras 1 took any word

Weights of several outputs become `sample_weight`, an array for each output.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.as_keras.notes import note
from nabi.data import class_labels
from nabi.models import Model


def with_class_weights(method: Callable) -> Callable:
    """fit or train_on_batch, which reads these forms."""

    @wraps(method)
    def call(self, *args, **options):
        weights = options.get("class_weight")
        if weights is None:
            return method(self, *args, **options)
        if isinstance(weights, str) and weights == "auto" or isinstance(weights, (Mapping, list, tuple)) and len(weights) == 0:
            note("class_weight", f"class_weight={weights!r} has no effect, as in Keras 1 and 2.")
            weights = None
        elif listed(weights):
            note("class_weight", "class_weight as an array: read as {class: weight} in its order.")
            weights = dict(enumerate(np.asarray(weights).tolist()))
        each = by_output(self, weights)
        y = args[1] if len(args) > 1 else options.get("y")
        if each is None and isinstance(weights, Mapping) and several_at_once(y):
            each = [weights]
        if each is not None and y is not None:
            options["sample_weight"] = weights_of(self, each, y, options.get("sample_weight"))
            weights = None
        options["class_weight"] = weights
        return method(self, *args, **options)

    return call


def listed(weights: Any) -> bool:
    """Whether it is a row of numbers."""
    return isinstance(weights, (list, tuple, np.ndarray)) and np.asarray(weights).dtype.kind in "fiu" and np.ndim(weights) == 1


def several_at_once(y: Any) -> bool:
    """Whether they are rows of several labels, of which Keras takes the largest for the class."""
    return isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] > 1 and class_labels(torch.as_tensor(y)) is None


def by_output(model: Model, weights: Any) -> list | None:
    """The weights of each output; None where they are those of the only one."""
    if isinstance(weights, Mapping):
        if not any(isinstance(one, Mapping) for one in weights.values()):
            return None
        return [weights.get(name) for name in model.output_names]
    if isinstance(weights, (list, tuple)) and all(one is None or isinstance(one, Mapping) for one in weights):
        return list(weights)
    return None


def weights_of(model: Model, each: list, y: Any, given: Any) -> Any:
    """The weights of samples, by output."""
    targets = [y[name] for name in model.output_names] if isinstance(y, Mapping) else y if isinstance(y, (list, tuple)) else [y]
    before = list(given) if isinstance(given, (list, tuple)) else [given] * len(targets)
    made = [own if table is None else of_classes(table, labels) * (1 if own is None else np.asarray(own))
            for table, labels, own in zip(each, targets, before, strict=False)]
    return made[0] if len(made) == 1 else made


def of_classes(table: Mapping, y: Any) -> np.ndarray:
    """The weight of each sample's class, that of the largest number of a row; 1 for a class that is not in the table.

    Example:
        >>> of_classes({0: 1.0, 1: 5.0}, np.array([[0], [1]])).tolist(), of_classes({1: 5.0}, np.eye(2)).tolist()
        ([1.0, 5.0], [1.0, 5.0])
    """
    y = np.asarray(y)
    labels = y.argmax(1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
    return np.array([float(table.get(int(label), 1.0)) for label in labels], "float32")
