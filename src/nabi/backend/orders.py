"""Orders: functions of pictures that are told the order of the axes, or go by `K.image_data_format()`.

    f(x, ..., "channels_first") = first(f(last(x), ...))        last: (N, C, H, W) -> (N, H, W, C), first: the way back
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from nabi import ops
from nabi.backend.settings import image_data_format
from nabi.core.errors import ArgumentError

LAST, FIRST = "channels_last", "channels_first"


def either_order(function: Callable) -> Callable:
    """A function of pictures, its first argument, with the channels last, as one that takes `data_format`.

    An argument `output_shape` is in the same order as the pictures. Raises ArgumentError for another order.
    """
    told = signature(function)
    pictures = next(iter(told.parameters))

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        given = told.bind(*args, **options)
        order = given.arguments.get("data_format") or image_data_format()
        if order not in (LAST, FIRST):
            raise ArgumentError(f"backend.{function.__name__}(data_format)", f"'{LAST}' or '{FIRST}'", repr(order))
        if order == LAST:
            return function(*args, **options)
        given.arguments["data_format"] = LAST
        given.arguments[pictures] = ops.moveaxis(given.arguments[pictures], 1, -1)
        if "output_shape" in given.arguments:
            n, channels, *sizes = given.arguments["output_shape"]
            given.arguments["output_shape"] = (n, *sizes, channels)
        return ops.moveaxis(function(*given.args, **given.kwargs), -1, 1)

    return call
