"""Masking: time steps that hold one value only are left out by the layers behind (마스킹).

    mask_t = whether any number of x_t differs from mask_value        x: (N, T, ...)
    y_t = x_t where mask_t, else 0

Source: Keras 3, layers/core/masking.py. What becomes of masks: `nabi.layers.masks`.
"""

import torch

from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.layers.layer import Layer


@register("layer")
class Masking(Layer):
    """Marks the time steps that only fill a sequence up.

    Args:
        mask_value: what stands in every place of such a step.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> layer = nabi.layers.Masking(-1.0)
        >>> x = torch.tensor([[[3., -1.], [-1., -1.]]])
        >>> layer(x).tolist(), layer.compute_mask(x).tolist()
        ([[[3.0, -1.0], [0.0, 0.0]]], [[True, False]])
    """

    min_rank = 2

    def __init__(self, mask_value=0.0, **base):
        super().__init__(**base)
        self.mask_value = number("Masking(mask_value)", mask_value)

    def call(self, x):
        return torch.where(self.compute_mask(x)[..., None], x, 0)

    def compute_mask(self, inputs, mask=None):
        return (inputs != self.mask_value).any(-1)
