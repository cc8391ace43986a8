"""Addons, layers: tensorflow_addons' layers, as far as they are nabi's or small.

    tfa.layers.WeightNormalization(Conv2D(8, 3))       kernel = g v / |v|, by output channel
    tfa.layers.InstanceNormalization()                 channels of each sample by themselves

Source: Salimans & Kingma, "Weight normalization", 2016, eq. 2; the names: tensorflow_addons 0.23.
"""

from typing import Any

import torch

from nabi import activations
from nabi.as_keras.companions.addons_text import CRF
from nabi.as_keras.installing import enter
from nabi.as_keras.layers import newer
from nabi.as_keras.layers.many_heads import MultiHeadAttention
from nabi.as_keras.names import contrib
from nabi.as_keras.notes import note
from nabi.layers import GroupNormalization, Layer

__all__ = ["CRF", "GELU", "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D",
           "GroupNormalization", "InstanceNormalization", "Maxout", "MultiHeadAttention", "Sparsemax", "SpectralNormalization",
           "StochasticDepth", "WeightNormalization"]
SpectralNormalization = newer.SpectralNormalization
AdaptiveAveragePooling1D, AdaptiveAveragePooling2D = (newer.ADAPTIVE[f"AdaptiveAveragePooling{n}D"] for n in (1, 2))
AdaptiveMaxPooling1D, AdaptiveMaxPooling2D = (newer.ADAPTIVE[f"AdaptiveMaxPooling{n}D"] for n in (1, 2))


class InstanceNormalization(contrib.InstanceNormalization):
    """Each channel of each sample brought to mean 0 and variance 1.

    Args:
        axis, epsilon, ...: as of GroupNormalization.
    """

    def __init__(self, axis: Any = -1, epsilon: float = 1e-3, **options: Any):
        options.pop("groups", None)
        super().__init__(axis, epsilon, **options)


class WeightNormalization(Layer):
    """A layer whose kernel is a direction times a length that is learned by itself: kernel = g v / |v|.

    Args:
        layer: the layer inside, with a kernel.
        data_init: tensorflow_addons' start by a first batch; here g starts as |v| in any case, which is said once.
    """

    def __init__(self, layer: Any, data_init: bool = True, **base):
        super().__init__(**base)
        self.layer, self.data_init = layer, data_init

    def build(self, input_shape):
        if self.data_init:
            note("WeightNormalization", "WeightNormalization: lengths start as the kernel's own, not by a first batch.")
        if not self.layer.built:
            self.layer.build(tuple(input_shape))
            self.layer.built = True
        self.g = self.add_weight((self.inner.shape[-1],), "ones", name="g")
        self._weights["g"].assign(self.inner.tensor.detach().flatten(0, -2).norm(dim=0))

    @property
    def inner(self) -> Any:
        """The weight that is normalized."""
        return next(w for w in self.layer.weights if w.name.rpartition("/")[2] == "kernel")

    def call(self, x):
        weight = self.inner
        v, before = weight.tensor, weight.bound
        weight.bound = v / v.flatten(0, -2).norm(dim=0).clamp(min=1e-6) * self.g
        try:
            return self.layer(x)
        finally:
            weight.bound = before

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


class Maxout(Layer):
    """The largest of channels that are num_units apart: c channels become num_units.

    Args:
        num_units: how many remain. axis: of the channels.
    """

    def __init__(self, num_units: int, axis: int = -1, **base):
        super().__init__(**base)
        self.num_units, self.axis = num_units, axis

    def call(self, x):
        axis = self.axis % x.ndim
        return x.unflatten(axis, (-1, self.num_units)).amax(axis)

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[self.axis] = self.num_units
        return tuple(shape)


class GELU(Layer):
    """x Phi(x), by default with the tangent that is near it.

    Args:
        approximate: whether by tanh.
    """

    def __init__(self, approximate: bool = True, **base):
        super().__init__(**base)
        self.approximate = approximate

    def call(self, x):
        return activations.gelu(x, self.approximate)


class Sparsemax(Layer):
    """Shares, many of them 0.

    Args:
        axis: along which they sum to 1.
    """

    def __init__(self, axis: int = -1, **base):
        super().__init__(**base)
        self.axis = axis

    def call(self, x):
        return activations.sparsemax(x, self.axis)


class StochasticDepth(Layer):
    """[shortcut, branch] -> shortcut + branch, the branch left out of a step at random: Huang et al. 2016.

    Args:
        survival_probability: how often it stays; without training the branch counts so much.
    """

    def __init__(self, survival_probability: float = 0.5, **base):
        super().__init__(**base)
        self.survival_probability = survival_probability

    def call(self, x, training=False):
        shortcut, branch = x
        if training:
            return shortcut + branch * (torch.rand(()) < self.survival_probability)
        return shortcut + self.survival_probability * branch

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])


enter("layer", {layer.__name__: layer for layer in (InstanceNormalization, WeightNormalization, Maxout, GELU, Sparsemax,
                                                    StochasticDepth)})
