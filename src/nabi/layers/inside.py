"""Inside: layers kept in attributes of other layers, which would not be built, trained or saved, and so are refused."""

from typing import Any

from nabi.core.errors import ArgumentError
from nabi.layers.node import flatten

REMEDY = ("What is inside would not be trained or saved: nabi has no layers within layers yet. Write a function that calls "
          "them one after the other on its argument, x = Dense(3)(x), or a Model(inputs, outputs), which is a layer itself.")


def refuse_inside(owner: Any, attribute: str, value: Any, is_layer) -> None:
    """Raises ArgumentError if a value is, or holds, a layer with weights, randomness or a training mode of its own.

    Layers that only compute, such as ReLU or Flatten, may be used like functions.
    """
    if isinstance(value, (list, tuple, dict)) or is_layer(value):
        for inner in flatten(value):
            if is_layer(inner) and inner.keeps:
                raise ArgumentError(f"{type(owner).__name__}.{attribute}", "numbers, weights or functions",
                                    f"the layer {inner.label}", REMEDY)
