"""Layers with what they drew: a layer's draws for a batch, and the batch it makes of them; pictures to try them on."""

import numpy as np
import torch

from nabi.core.random import Key

KEY = Key(1, 2, 3)
RNG = np.random.default_rng(0)
COLOURED = np.concatenate([RNG.integers(0, 256, size=(7, 6, 5, 3)), np.full((1, 6, 5, 3), 77)]).astype(np.float64)  # one is even
PICTURES = torch.tensor(COLOURED)


def drawn(layer, x=PICTURES, key=KEY):
    """(draws, result) of a layer in training."""
    return layer.draws(x, key), layer.call(x, training=True, key=key)


def uniform_between(values, low, high, bins=10):
    """Whether numbers fill a range evenly: chi square at one in a thousand."""
    values = np.asarray(values, dtype=np.float64).ravel()
    counts = np.histogram(values, bins=bins, range=(low, high))[0]
    expected = len(values) / bins
    return counts.sum() == len(values) and ((counts - expected) ** 2 / expected).sum() < 28  # 9 degrees of freedom
