"""Losses: nabi's functions of losses, which make a node where they are called on symbols; short names of Keras 1 and 2.

    reconstruction = binary_crossentropy(inputs, outputs)          symbols, for `model.add_loss`
"""

from collections.abc import Callable
from functools import wraps
from inspect import isfunction
from typing import Any

from nabi import losses
from nabi.layers import Lambda
from nabi.ops.op import symbolic

SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "mape": "mean_absolute_percentage_error",
         "msle": "mean_squared_logarithmic_error", "bce": "binary_crossentropy", "kld": "kl_divergence",
         "kullback_leibler_divergence": "kl_divergence", "cosine": "cosine_similarity", "cosine_proximity": "cosine_similarity",
         "logcosh": "log_cosh"}  # fmt: skip


def with_symbols(function: Callable) -> Callable:
    """A function (y_true, y_pred) that makes a node where one of them is a symbol."""

    @wraps(function)
    def call(y_true: Any, y_pred: Any, *args: Any, **options: Any) -> Any:
        if symbolic((y_true, y_pred)):
            return Lambda(lambda pair: in_axis(function(*pair, *args, **options)), takes_list=True)([y_true, y_pred])
        return function(getattr(y_true, "tensor", y_true), getattr(y_pred, "tensor", y_pred), *args, **options)

    return call


def in_axis(made: Any) -> Any:
    """One loss for all, as of `K.flatten`ed pictures, as an axis of 1, which adds to those of the samples."""
    return made.reshape(1) if made.ndim == 0 else made


FUNCTIONS = {name: with_symbols(function) for name in losses.__all__
             if callable(function := getattr(losses, name)) and name.islower() and name not in ("get", "resolve", "serialize")}
FUNCTIONS |= {short: FUNCTIONS[name] for short, name in SHORT.items()}
FUNCTIONS |= {short.upper(): FUNCTIONS[short] for short in ("mse", "mae", "mape", "msle", "bce", "kld")}
globals().update(FUNCTIONS)


def get(identifier: Any, custom_objects: dict | None = None) -> Any:
    """A function for a function's name, as Keras gives it; an object for that of a class; functions as they are.

    Example:
        >>> get("mse").__name__, get("MeanSquaredError").name
        ('mean_squared_error', 'mean_squared_error')
    """
    if isinstance(identifier, str):
        return (custom_objects or {}).get(identifier) or FUNCTIONS.get(identifier) or losses.get(identifier)
    return identifier if isfunction(identifier) else losses.get(identifier)


deserialize = get


def serialize(loss: Any) -> Any:
    """The name of a function; {"class_name", "config"} of an object: what `get` reads back.

    Example:
        >>> serialize(get("mse"))
        'mean_squared_error'
    """
    function = plain_loss(loss)
    return losses.serialize(loss) if function is loss else function.__name__


class Reduction:
    """How losses of samples become one number, by TensorFlow's names."""

    AUTO = SUM_OVER_BATCH_SIZE = SUM_OVER_NONZERO_WEIGHTS = "sum_over_batch_size"
    SUM = "sum"
    NONE = "none"


def plain_loss(loss: Any) -> Any:
    """A loss as nabi takes it: its own function for one of those above."""
    inner = getattr(loss, "__wrapped__", None)
    name = getattr(inner, "__name__", "")
    return inner if name in FUNCTIONS and getattr(losses, name, None) is inner else loss


__all__ = [*sorted(FUNCTIONS), "Reduction", "deserialize", "get", "serialize"]
