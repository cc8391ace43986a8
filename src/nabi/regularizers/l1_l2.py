"""L1 and L2 penalties: large weights cost something, so the network stays simple.

    L1 = l1 sum |w|        pulls each weight by l1, to exactly 0 if it is not needed
    L2 = l2 sum w^2        pulls each weight by 2 l2 w

The penalty is added to the loss. Source: Keras 3, regularizers/regularizers.py; Goodfellow et al., "Deep learning", 7.1.
"""

import torch

from nabi.core.errors import Unwritten
from nabi.core.numbers import number
from nabi.core.pieces import Piece
from nabi.core.registry import register


class Regularizer(Piece):
    """Base of all regularizers: subclass it and write `__call__(w)`, which returns one number."""

    def __call__(self, w: torch.Tensor) -> torch.Tensor:
        """The penalty of a weight, a scalar tensor."""
        raise Unwritten(self, "__call__(self, w)")


@register("regularizer", "l1")
class L1(Regularizer):
    """l1 sum |w|.

    Example:
        >>> L1(0.1)(torch.tensor([1.0, -2.0]))
        tensor(0.3000)
    """

    def __init__(self, l1: float = 0.01):
        self.l1 = float(number("L1(l1)", l1, least=0))

    def __call__(self, w):
        return self.l1 * torch.abs(w).sum()


@register("regularizer", "l2")
class L2(Regularizer):
    """l2 sum w^2; torch's `weight_decay` is 2 l2.

    Example:
        >>> L2(0.1)(torch.tensor([1.0, -2.0]))
        tensor(0.5000)
    """

    def __init__(self, l2: float = 0.01):
        self.l2 = float(number("L2(l2)", l2, least=0))

    def __call__(self, w):
        return self.l2 * torch.square(w).sum()


@register("regularizer", "l1_l2")
class L1L2(Regularizer):
    """l1 sum |w| + l2 sum w^2 (elastic net).

    Example:
        >>> L1L2(0.1, 0.1)(torch.tensor([1.0, -2.0]))
        tensor(0.8000)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0):
        self.l1 = float(number("L1L2(l1)", l1, least=0))
        self.l2 = float(number("L1L2(l2)", l2, least=0))

    def __call__(self, w):
        return self.l1 * torch.abs(w).sum() + self.l2 * torch.square(w).sum()
