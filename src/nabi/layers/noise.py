"""Noise: in training each number is moved by a normal one, so that a network learns to live with small changes (가우시안 잡음).

    GaussianNoise       y = x + stddev z                                   z normal: mean 0, variance 1, one for each number
    GaussianDropout     y = x (1 + sqrt(rate / (1 - rate)) z)              mean and variance of Dropout's factor, without zeros

At inference y = x. z is f(seed, the layer's index in the graph, its call counter, element): Philox bits through Box and Muller's
transform, the same for any number of threads.
Source: Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995; Srivastava et al., "Dropout", 2014,
section 10.
"""

import math
from typing import Any

from nabi import kernels
from nabi.core.errors import ArgumentError
from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.layers.dropout import share_off
from nabi.layers.layer import Layer
from nabi.layers.scaled import wide


@register("layer")
class GaussianNoise(Layer):
    """Adds normal noise during training.

    Args:
        stddev: standard deviation of the noise, 0 or more, in the units of the input.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.GaussianNoise(0.1)(torch.tensor([[1., 2.]])).tolist()        # inference: nothing happens
        [[1.0, 2.0]]

    Keras takes no stddev above 1; here it may be, for pixels from 0 to 255.
    Raises ArgumentError for a negative stddev.
    """

    random = True
    supports_masking = True

    def __init__(self, stddev, seed=None, **base):
        super().__init__(**base)
        self.stddev = number("GaussianNoise(stddev)", stddev, least=0)
        self.seed = whole("GaussianNoise(seed)", seed, optional=True)

    def call(self, x, training: bool = False, key: Any = None):
        if not training or not self.stddev:
            return x
        v = wide(x)
        z = kernels.normal(key, v.shape, v.dtype, v.device)
        return (v + self.stddev * z).to(x.dtype)


@register("layer")
class GaussianDropout(Layer):
    """Multiplies by normal noise around 1 during training.

    Args:
        rate: share that Dropout would switch off, in [0, 1); the noise has the same variance, rate / (1 - rate).
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.GaussianDropout(0.5)(torch.tensor([[1., 2.]])).tolist()      # inference: nothing happens
        [[1.0, 2.0]]

    Raises ArgumentError for a rate outside [0, 1); Keras takes 1, and then divides by 0.
    """

    random = True
    supports_masking = True

    def __init__(self, rate, seed=None, **base):
        super().__init__(**base)
        self.rate: Any = share_off("GaussianDropout(rate)", rate)
        if self.rate == 1:
            raise ArgumentError("GaussianDropout(rate)", "a share in [0, 1)", repr(rate), "Its noise would be infinite.")
        self.seed = whole("GaussianDropout(seed)", seed, optional=True)

    def call(self, x, training: bool = False, key: Any = None):
        if not training or not self.rate:
            return x
        v, stddev = wide(x), math.sqrt(self.rate / (1 - self.rate))
        z = kernels.normal(key, v.shape, v.dtype, v.device)
        return (v * (1 + stddev * z)).to(x.dtype)
