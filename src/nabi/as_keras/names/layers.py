"""Layers: names of Keras 1, 2 and 3 that `nabi.layers` does not have, made of those that it has.

    CuDNNLSTM(64)                       LSTM(64)
    merge([a, b], mode="concat")        Concatenate()([a, b])
"""

from typing import Any

from nabi.as_keras.dressing.symbols import Input
from nabi.as_keras.layers import conv_lstm, lookups, volumes
from nabi.as_keras.layers.attending import AdditiveAttention, Attention
from nabi.as_keras.layers.dropping import AlphaDropout, RandomHeight, RandomWidth, ThresholdedReLU
from nabi.as_keras.layers.einsum_dense import EinsumDense
from nabi.as_keras.layers.lookups import *  # noqa: F403
from nabi.as_keras.layers.many_heads import GroupedQueryAttention, GroupQueryAttention, MultiHeadAttention
from nabi.as_keras.layers.merge_base import _Merge  # noqa: F401
from nabi.as_keras.layers.merging import Merge, merge
from nabi.as_keras.layers.older_layers import Highway, LocallyConnected1D, ParametricSoftplus
from nabi.as_keras.layers.recurrent_base import Recurrent, _time_distributed_dense, time_distributed_dense  # noqa: F401
from nabi.as_keras.layers.recurring import GRU, LSTM, CuDNNGRU, CuDNNLSTM
from nabi.as_keras.names.objects import deserializer
from nabi.as_keras.names.utils_inside import conv_input_length, conv_output_length  # noqa: F401  Keras 1 showed them there
from nabi.layers import Conv2DTranspose, Dense, Layer, SeparableConv2D, TimeDistributed, get
from nabi.models import Model, Sequential

__all__ = [*lookups.__all__, "AdditiveAttention", "AlphaDropout", "AtrousConvolution2D", "Attention", "CuDNNGRU", "CuDNNLSTM",
           "Deconvolution2D", "EinsumDense", "GRUV1", "GroupQueryAttention", "GroupedQueryAttention", "Highway", "Input",
           "InputSpec", "LSTMV1", "LocallyConnected1D", "MaxoutDense", "Merge", "Model", "MultiHeadAttention",
           "ParametricSoftplus", "RandomHeight", "RandomWidth", "Recurrent", "SeparableConvolution2D", "Sequential",
           "ThresholdedReLU", "TimeDistributedDense", "Wrapper", "deserialize", "merge", "serialize"]

SeparableConvolution2D, Deconvolution2D = SeparableConv2D, Conv2DTranspose
LSTMV1, GRUV1 = LSTM, GRU
deserialize = deserializer(get)


class InputSpec:
    """What a layer of the user's says of its input; nabi finds out by itself.

    Args:
        dtype, shape, ndim, max_ndim, min_ndim, axes: kept as they are.
    """

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: int | None = None, max_ndim: int | None = None,
                 min_ndim: int | None = None, axes: dict | None = None, **more: Any):
        self.dtype, self.shape, self.ndim = dtype, shape, ndim
        self.max_ndim, self.min_ndim, self.axes = max_ndim, min_ndim, axes or {}


class Wrapper(Layer):
    """Base of layers around a layer.

    Args:
        layer: the layer inside.
    """

    def __init__(self, layer, **base):
        super().__init__(**base)
        self.layer = layer


def TimeDistributedDense(output_dim: int, **options: Any) -> Layer:
    """Keras 1's Dense at every step."""
    return TimeDistributed(Dense(output_dim, **options))


def AtrousConvolution2D(nb_filter: int, *size: int, atrous_rate: Any = (1, 1), **options: Any) -> Layer:
    """Keras 1's convolution with gaps."""
    from nabi.layers import Conv2D

    return Conv2D(nb_filter, size or options.pop("kernel_size"), dilation_rate=atrous_rate, **options)


class MaxoutDense(Layer):
    """The largest of several linear maps: y_j = max_k (x W_k + b_k)_j.

    Args:
        output_dim: units.
        nb_feature: how many maps.
    """

    def __init__(self, output_dim, nb_feature=4, init="glorot_uniform", **base):
        super().__init__(**base)
        self.output_dim, self.nb_feature, self.init = output_dim, nb_feature, init

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.nb_feature * self.output_dim), self.init)
        self.bias = self.add_weight((self.nb_feature * self.output_dim,), "zeros")

    def call(self, x):
        return (x @ self.kernel + self.bias).unflatten(-1, (self.nb_feature, self.output_dim)).amax(-2)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.output_dim)


def serialize(layer: Layer) -> dict[str, Any]:
    """A layer as {"class_name", "config"}."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


LAYERS = (AdditiveAttention, AlphaDropout, Attention, EinsumDense, GroupedQueryAttention, Highway, LocallyConnected1D,
          MaxoutDense, MultiHeadAttention, ParametricSoftplus, ThresholdedReLU, *volumes.LAYERS, *conv_lstm.LAYERS,
          *lookups.LAYERS)
