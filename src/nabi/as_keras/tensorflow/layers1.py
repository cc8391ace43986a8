"""Layers 1: `tf.layers.dense` and its like: functions of TensorFlow 1 that make a layer and call it at once.

    hidden = tf.layers.dense(inputs, 64, activation=tf.nn.relu)              on symbols of keras.Input it is a part of their graph
"""

from collections.abc import Callable
from typing import Any

from nabi import layers as nabi_layers
from nabi.layers import Layer

KINDS = {
    "average_pooling1d": "AveragePooling1D", "average_pooling2d": "AveragePooling2D", "batch_normalization": "BatchNormalization",
    "conv1d": "Conv1D", "conv2d": "Conv2D", "conv2d_transpose": "Conv2DTranspose", "dense": "Dense", "dropout": "Dropout",
    "flatten": "Flatten", "max_pooling1d": "MaxPooling1D", "max_pooling2d": "MaxPooling2D",
    "separable_conv1d": "SeparableConv1D", "separable_conv2d": "SeparableConv2D",
}  # fmt: skip
LEFT_OUT = ("reuse", "_reuse", "_scope", "fused", "renorm", "virtual_batch_size", "adjustment")
__all__ = list(KINDS)


def at_once(name: str, kind: str) -> Callable[..., Any]:
    """A function that makes a layer of a class and calls it."""
    def call(inputs: Any, *args: Any, training: Any = None, **options: Any) -> Any:
        known = {word: value for word, value in options.items() if word not in LEFT_OUT}
        layer: Layer = getattr(nabi_layers, kind)(*args, **known)
        return layer(inputs) if training is None else layer(inputs, training=bool(training))

    call.__name__, call.__doc__ = name, f"A new {kind} with these arguments, called on `inputs`."
    return call


globals().update({name: at_once(name, kind) for name, kind in KINDS.items()})
