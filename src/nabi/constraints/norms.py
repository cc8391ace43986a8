"""Limits on the length of each unit's weights.

    n = sqrt(sum w^2) over `axis`
    MaxNorm     w min(n, max) / (n + 1e-7)
    UnitNorm    w / (n + 1e-7)
    MinMaxNorm  w (rate clip(n, min, max) + (1 - rate) n) / (n + 1e-7)

`axis` names the axes of one unit's weights: 0 for Dense (n_in, units), [0, 1, 2] for Conv2D (kH, kW, C_in, filters).
Source: Srivastava et al. 2014, "Dropout", section 5.1; Keras 3, constraints/constraints.py.
"""

from collections.abc import Sequence

import torch

from nabi.constraints.constraint import Constraint
from nabi.core.config import config
from nabi.core.errors import ShapeError
from nabi.core.numbers import checked_axes, number
from nabi.core.registry import register


class Norm(Constraint):
    """Base of constraints on lengths: they write `desired(n)`, the lengths that are to be."""

    axis: int | Sequence[int]

    def desired(self, n: torch.Tensor) -> torch.Tensor:
        """Lengths that are to be, from those that are."""
        return n

    def __call__(self, w):
        axes = tuple(self.axis) if isinstance(self.axis, Sequence) else (self.axis,)
        if not all(-w.ndim <= axis < w.ndim for axis in axes):
            raise ShapeError(f"{type(self).__name__}(axis)", f"axes of a weight of shape {tuple(w.shape)}", self.axis)
        n = torch.square(w).sum(axes, keepdim=True).sqrt()
        return w * (self.desired(n) / (config.epsilon + n))


@register("constraint", "max_norm")
class MaxNorm(Norm):
    """Lengths up to `max_value`: longer weights are cut back, shorter ones stay.

    Args:
        max_value: the greatest length, 0 or more.
        axis: axes that belong to one unit.

    Example:
        >>> MaxNorm(1.0)(torch.tensor([[3.0, 0.3], [4.0, 0.4]])).round(decimals=4)
        tensor([[0.6000, 0.3000],
                [0.8000, 0.4000]])
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0):
        self.max_value = number("MaxNorm(max_value)", max_value, least=0)
        self.axis = checked_axes("MaxNorm(axis)", axis)

    def desired(self, n):
        return n.clamp(max=self.max_value)


@register("constraint", "unit_norm")
class UnitNorm(Norm):
    """Length 1 for every unit: its weights are a direction.

    Example:
        >>> UnitNorm()(torch.tensor([[3.0], [4.0]])).round(decimals=4).flatten()
        tensor([0.6000, 0.8000])

    torch's `weight_norm` and `normalize` have no 1e-7 beside the length.
    """

    def __init__(self, axis: int | Sequence[int] = 0):
        self.axis = checked_axes("UnitNorm(axis)", axis)

    def desired(self, n):
        return torch.ones_like(n)


@register("constraint", "min_max_norm")
class MinMaxNorm(Norm):
    """Lengths from `min_value` to `max_value`, approached by `rate` at each step: 1 at once, 0.1 a tenth of the way.

    Example:
        >>> MinMaxNorm(0.5, 1.0, rate=0.5)(torch.tensor([[3.0], [4.0]])).round(decimals=4).flatten()
        tensor([1.8000, 2.4000])
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0):
        self.min_value = number("MinMaxNorm(min_value)", min_value, least=0)
        self.max_value = number("MinMaxNorm(max_value)", max_value, least=min_value)
        self.rate = number("MinMaxNorm(rate)", rate, least=0, most=1)
        self.axis = checked_axes("MinMaxNorm(axis)", axis)

    def desired(self, n):
        return self.rate * n.clamp(self.min_value, self.max_value) + (1 - self.rate) * n
