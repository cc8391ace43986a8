"""Weights from 0 upwards: what has fallen below 0 is set to 0.

    c(w) = max(w, 0)

Source: Keras 3, constraints/constraints.py; Lee & Seung, Nature 401, 1999 (parts that only add).
"""

import torch

from nabi.constraints.constraint import Constraint
from nabi.core.registry import register


@register("constraint", "non_neg")
class NonNeg(Constraint):
    """max(w, 0): every input can only add to a unit, none can take from it.

    Example:
        >>> NonNeg()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    def __call__(self, w):
        return torch.clamp(w, min=0)
