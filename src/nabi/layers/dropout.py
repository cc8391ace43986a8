"""Dropout: in training each unit is off with probability `rate`; the others are scaled up so that the mean stays (드롭아웃).

    y = x m / (1 - rate),   m = 1 with probability 1 - rate, else 0          training
    y = x                                                                    inference

The mask is f(seed, the layer's index in the graph, its call counter, element): the same for any number of threads.
Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014.
"""

from numbers import Integral, Real
from typing import Any

from nabi import kernels
from nabi.core.errors import ArgumentError
from nabi.core.registry import register
from nabi.layers.layer import Layer


@register("layer")
class Dropout(Layer):
    """Switches units off at random during training.

    Args:
        rate: share of units that are off, in [0, 1); .3 switches 30 % off.
        noise_shape: None; masks shared along an axis are not there yet.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Dropout(0.3)(torch.tensor([[1., 2., 3.]])).tolist()      # inference: nothing happens
        [[1.0, 2.0, 3.0]]
    """

    random = True

    def __init__(self, rate, noise_shape=None, seed=None, **base):
        super().__init__(noise_shape=noise_shape, **base)
        if not isinstance(rate, Real) or not 0 <= float(rate) < 1:
            raise ArgumentError("Dropout(rate)", "a share in [0, 1)", repr(rate), "0.3 switches 30 % of the units off.")
        if seed is not None and (not isinstance(seed, Integral) or isinstance(seed, bool)):
            raise ArgumentError("Dropout(seed)", "a whole number or None", repr(seed))
        self.rate: Any = rate
        self.noise_shape = None
        self.seed = seed

    def call(self, x, training: bool = False, key: Any = None):
        return kernels.dropout(x, self.rate, key) if training and self.rate else x
