"""Constraint: a function of a weight whose value takes the weight's place after each step of the optimizer.

    w <- formula(w, g)          the optimizer's step
    w <- c(w)                   the nearest (or some) weight that fulfils the constraint

Only weights that learn are brought back; initial values are left as they were drawn. Source: Keras 3, constraints/constraints.py.
"""

import torch

from nabi.core.errors import Unwritten
from nabi.core.pieces import Piece


class Constraint(Piece):
    """Base of all constraints: subclass it and write `__call__(w)`, which returns a tensor of w's shape.

    Example:
        >>> class Symmetric(Constraint):
        ...     def __call__(self, w):
        ...         return (w + w.T) / 2
        >>> Symmetric()(torch.tensor([[1.0, 2.0], [0.0, 1.0]]))
        tensor([[1., 1.],
                [1., 1.]])
    """

    def __call__(self, w: torch.Tensor) -> torch.Tensor:
        """What takes the weight's place; w, in Keras' shape, is left as it is."""
        raise Unwritten(self, "__call__(self, w)")
