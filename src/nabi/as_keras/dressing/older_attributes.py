"""Older attributes: what Keras 1 called a layer's weights and settings, for scripts that read them and for their subclasses.

    layer.W, layer.b, layer.U                 layer.kernel, layer.bias, layer.recurrent_kernel
    layer.nb_filter, layer.output_dim         layer.filters, layer.units
    layer.nb_row, layer.nb_col                layer.kernel_size[0], layer.kernel_size[1]
    layer.W_shape                             the shape of layer.kernel
    layer.bias, before a subclass builds      layer.use_bias

A class that derives from Layer itself has no settings of nabi's: names in it are its own.
Source: Keras 1.2, layers/core.py, convolutional.py, recurrent.py.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from nabi.as_keras.dressing import old
from nabi.core.claimed import is_users
from nabi.layers import Layer
from nabi.layers.names import of_nabi
from nabi.models import Model

WEIGHTS = {"W": "kernel", "b": "bias", "U": "recurrent_kernel", "W_shape": "kernel", "nb_row": "kernel_size",
           "nb_col": "kernel_size"}  # fmt: skip
PARTS: dict[str, Callable[[Any], Any]] = {"W_shape": lambda kernel: tuple(kernel.shape), "nb_row": lambda size: size[0],
                                          "nb_col": lambda size: size[1]}  # fmt: skip


@cache
def older_name(kind: type, name: str) -> str | None:
    """The present name of what Keras 1 called so in layers of this class; None for other names.

    Example:
        >>> from nabi.layers import Conv2D
        >>> older_name(Conv2D, "nb_filter"), older_name(Conv2D, "W"), older_name(Conv2D, "filters"), older_name(Layer, "W")
        ('filters', 'kernel', None, None)
    """
    ours = of_nabi(kind)
    if ours is Layer or issubclass(ours, Model) or name == "bias" and not is_users(kind):
        return None
    rows = {word: new for base in ours.__mro__ if base is not Layer for word, new in old.LAYERS.get(base.__name__, {}).items()}
    found = WEIGHTS.get(name) or rows.get(name)
    return found if found != name and found else None
