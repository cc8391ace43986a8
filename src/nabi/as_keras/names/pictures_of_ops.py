"""Pictures of ops: how a function of pictures (N, H, W, C) becomes one of `keras.ops.image`.

    ops.image.resize(picture, (32, 32), data_format="channels_first")
"""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any

from nabi.backend import image_data_format
from nabi.layers import Lambda
from nabi.layers.node import Symbol
from nabi.ops.op import tensor


def on_symbols(function: Callable) -> Callable:
    """A function of (N, H, W, C), which takes single pictures, pictures with channels in front, and symbols, too."""

    @wraps(function)
    def call(images=None, *args, data_format=None, image=None, **options):
        images = image if images is None else images  # its name until Keras 3.4
        if isinstance(images, Symbol):
            return Lambda(lambda x: call(x, *args, data_format=data_format, **options))(images)
        x = tensor(images)
        one, first = x.ndim == 3, (data_format or image_data_format()) == "channels_first"
        x = x[None] if one else x
        made = function(x.movedim(1, -1) if first else x, *args, **options)
        made = made.movedim(3, 1) if first and made.ndim >= 4 else made
        return made[0] if one else made

    shown: Any = call
    taken = signature(function)
    order = Parameter("data_format", Parameter.KEYWORD_ONLY, default=None)
    shown.__signature__ = taken.replace(parameters=[*taken.parameters.values(), order])
    return call
