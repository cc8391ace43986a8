"""Dropping: small layers of Keras that `nabi.layers` does not have: AlphaDropout, ThresholdedReLU, RandomHeight, RandomWidth."""

import math
from typing import Any

import torch

from nabi import random
from nabi.layers import Layer, Resizing

ALPHA = -1.6732632423543772 * 1.0507009873554805  # where SELU ends


class AlphaDropout(Layer):
    """Dropout that keeps mean 0 and variance 1 behind SELU: dropped numbers become alpha', then y = a x + b.

        a = ((1 - p) (1 + p alpha'^2))^(-1/2)      b = -a alpha' p

    Source: Klambauer et al., "Self-normalizing neural networks", 2017.

    Args:
        rate: p, the share that is dropped.
    """

    random = True

    def __init__(self, rate, noise_shape=None, seed=None, **base):
        super().__init__(**base)
        self.rate, self.noise_shape, self.seed = float(rate), noise_shape, seed

    def call(self, x, training: bool = False):
        if not training or not self.rate:
            return x
        p = self.rate
        kept = random.uniform(tuple(self.noise_shape or x.shape), seed=self.seed) >= p
        a = 1 / math.sqrt((1 - p) * (1 + p * ALPHA**2))
        return a * torch.where(kept, x, torch.full_like(x, ALPHA)) - a * ALPHA * p


class ThresholdedReLU(Layer):
    """y = x where x > theta, else 0.

    Args:
        theta: the threshold.
    """

    def __init__(self, theta=1.0, **base):
        super().__init__(**base)
        self.theta = float(theta)

    def call(self, x):
        return x * (x > self.theta).to(x.dtype)


def RandomHeight(factor: Any, **options: Any) -> Layer:
    """Keras 2's layer, which made the height of a batch vary: here pictures keep their size, as batches must have one."""
    from nabi.layers import Identity

    return Identity(name=options.get("name"))


def RandomWidth(factor: Any, **options: Any) -> Layer:
    """As `RandomHeight`."""
    return RandomHeight(factor, **options)


__all__ = ["AlphaDropout", "RandomHeight", "RandomWidth", "Resizing", "ThresholdedReLU"]
