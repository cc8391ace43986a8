"""NN: `tf.nn`."""

from typing import Any

from nabi import backend, ops
from nabi.as_keras.tensorflow import averaging, convolving, pooling
from nabi.as_keras.tensorflow.arithmetic import zero_fraction
from nabi.as_keras.tensorflow.averaging import *  # noqa: F403
from nabi.as_keras.tensorflow.convolving import *  # noqa: F403
from nabi.as_keras.tensorflow.pooling import *  # noqa: F403
from nabi.as_keras.tensorflow.renaming import NN, table
from nabi.as_keras.tensorflow.selecting import top_k
from nabi.as_keras.tensorflow.statistics import (
    dropout,
    in_top_k,
    l2_loss,
    l2_normalize,
    moments,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)

NAMES = table(NN)
globals().update(NAMES)
softmax_cross_entropy_with_logits_v2 = softmax_cross_entropy_with_logits
__all__ = [*sorted({*NAMES, *convolving.__all__, *averaging.__all__, *pooling.__all__}), "zero_fraction",
           "avg_pool", "avg_pool1d", "avg_pool2d", "bias_add", "conv2d",
           "crelu", "depth_to_space", "dropout", "embedding_lookup", "in_top_k", "l2_loss", "l2_normalize", "leaky_relu",
           "max_pool", "max_pool1d", "max_pool2d", "moments", "pool", "space_to_depth", "sigmoid_cross_entropy_with_logits",
           "softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2",
           "sparse_softmax_cross_entropy_with_logits", "top_k", "weighted_cross_entropy_with_logits"]


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Any:
    """max(x, alpha x)."""
    return ops.leaky_relu(features, alpha)


def crelu(features: Any, axis: int = -1, name: str | None = None) -> Any:
    """relu(x) and relu(-x), side by side."""
    return ops.concatenate([ops.relu(features), ops.relu(ops.negative(features))], axis=axis)


def conv2d(input: Any, filters: Any = None, strides: Any = 1, padding: str = "VALID", data_format: str = "NHWC",
           dilations: Any = 1, name: str | None = None, filter: Any = None) -> Any:
    """Convolution of pictures (batch, height, width, channels) with a kernel (height, width, in, out)."""
    kernel = filters if filters is not None else filter
    kernel = ops.convert_to_tensor(getattr(kernel, "tensor", kernel))
    if not isinstance(padding, str):  # zeros around, told axis by axis
        input, padding = ops.pad(input, [tuple(int(n) for n in pair) for pair in padding]), "VALID"
    return backend.conv2d(input, kernel, inner(strides), padding.lower(), None, inner(dilations))


def inner(sizes: Any) -> tuple[int, int]:
    """Steps along height and width, of one number, two, or four."""
    if isinstance(sizes, int):
        return sizes, sizes
    return (sizes[1], sizes[2]) if len(sizes) == 4 else (sizes[0], sizes[-1])


def pooled(kind: str, x: Any, ksize: Any, strides: Any, padding: str) -> Any:
    """The largest or the mean of each window."""
    from nabi import layers

    make = layers.MaxPooling2D if kind == "max" else layers.AveragePooling2D
    return make(inner(ksize), inner(strides), padding=padding.lower())(x)


def max_pool2d(input: Any, ksize: Any, strides: Any, padding: str = "VALID", data_format: str = "NHWC", name: Any = None) -> Any:
    """The largest of each window."""
    return pooled("max", input, ksize, strides, padding)


def avg_pool2d(input: Any, ksize: Any, strides: Any, padding: str = "VALID", data_format: str = "NHWC", name: Any = None) -> Any:
    """The mean of each window."""
    return pooled("mean", input, ksize, strides, padding)


def max_pool1d(input: Any, ksize: Any, strides: Any, padding: str = "VALID", data_format: str = "NWC", name: Any = None) -> Any:
    """The largest of each window of steps."""
    from nabi import layers

    return layers.MaxPooling1D(only(ksize), only(strides), padding=padding.lower())(input)


def avg_pool1d(input: Any, ksize: Any, strides: Any, padding: str = "VALID", data_format: str = "NWC", name: Any = None) -> Any:
    """The mean of each window of steps."""
    from nabi import layers

    return layers.AveragePooling1D(only(ksize), only(strides), padding=padding.lower())(input)


def only(sizes: Any) -> int:
    """A step along the one axis that is slid over, of one number, one in a list, or three."""
    return sizes if isinstance(sizes, int) else sizes[1] if len(sizes) == 3 else sizes[0]


max_pool, avg_pool = max_pool2d, avg_pool2d


def pool(input: Any, window_shape: Any, pooling_type: str, strides: Any = None, padding: str = "VALID", data_format: Any = None,
         dilations: Any = None, name: str | None = None) -> Any:
    """The largest ("MAX") or the mean ("AVG") of each window of one axis or two."""
    steps = strides if strides is not None else [1] * len(window_shape)
    if len(window_shape) == 1:
        return (max_pool1d if pooling_type.upper() == "MAX" else avg_pool1d)(input, window_shape, steps, padding)
    return pooled(pooling_type.lower(), input, window_shape, steps, padding)


def space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Squares of pixels side by side as channels: (N, H, W, C) -> (N, H / b, W / b, b b C)."""
    b, (_, high, wide, channels) = int(block_size), input.shape
    parts = ops.reshape(input, (-1, high // b, b, wide // b, b, channels))
    return ops.reshape(ops.transpose(parts, (0, 1, 3, 2, 4, 5)), (-1, high // b, wide // b, b * b * channels))


def depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: str | None = None) -> Any:
    """Channels as squares of pixels: the way back."""
    b, (_, high, wide, channels) = int(block_size), input.shape
    parts = ops.reshape(input, (-1, high, wide, b, b, channels // (b * b)))
    return ops.reshape(ops.transpose(parts, (0, 1, 3, 2, 4, 5)), (-1, high * b, wide * b, channels // (b * b)))


def bias_add(value: Any, bias: Any, data_format: Any = None, name: str | None = None) -> Any:
    """x + b."""
    return ops.add(value, bias)


def embedding_lookup(params: Any, ids: Any, name: str | None = None) -> Any:
    """Rows by number."""
    return ops.take(params, ids, axis=0)
