"""Metrics: `keras.metrics` shows the functions of losses too, which make a node where they are called on symbols."""

from inspect import isfunction
from typing import Any

from nabi import metrics
from nabi.as_keras.names.losses import FUNCTIONS, plain_loss
from nabi.as_keras.names.mean_tensor import MeanTensor

globals().update(FUNCTIONS)


def get(identifier: Any, custom_objects: dict | None = None) -> Any:
    """A function for a function's name, as Keras gives it; an object for that of a class; functions as they are.

    Example:
        >>> get("mae").__name__, get("AUC").name
        ('mean_absolute_error', 'auc')
    """
    if isinstance(identifier, str):
        found = (custom_objects or {}).get(identifier) or FUNCTIONS.get(identifier) or getattr(metrics, identifier, None)
        return found if isfunction(found) else metrics.get(found or identifier)
    return identifier if isfunction(identifier) else metrics.get(identifier)


def serialize(metric: Any) -> Any:
    """The name of a function; {"class_name", "config"} of an object: what `get` reads back.

    Example:
        >>> serialize(get("mae"))
        'mean_absolute_error'
    """
    function = plain_loss(metric)
    return metrics.serialize(metric) if function is metric else function.__name__


deserialize = get
__all__ = [*sorted(FUNCTIONS), "MeanTensor", "deserialize", "get", "serialize"]
