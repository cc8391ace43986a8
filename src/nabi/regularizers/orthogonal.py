"""Orthogonal penalty: rows (or columns) of a matrix that point the same way cost something.

    v_i = w_i / |w_i|,   P = factor * mean over pairs i < j of |v_i . v_j|         0: all at right angles, factor: all parallel

Source: Keras 3, regularizers/regularizers.py; Brock et al. 2017, "Neural photo editing", section 3 (with absolute values).
"""

import torch.nn.functional as F

from nabi.core.config import config
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.regularizers.l1_l2 import Regularizer

MODES = ("rows", "columns")


@register("regularizer", "orthogonal_regularizer")
class OrthogonalRegularizer(Regularizer):
    """factor times the mean |cosine| between two rows, or two columns.

    Args:
        factor: the penalty when all are parallel, 0 or more.
        mode: "rows": a Dense kernel (n_in, units) has a row for each input; "columns": one for each unit.

    Example:
        >>> import torch
        >>> OrthogonalRegularizer(0.1, "columns")(torch.tensor([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]))
        tensor(0.0333)

    A single row gives 0, in Keras NaN. Raises ShapeError for a weight that is no matrix.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows"):
        if mode not in MODES:
            raise ArgumentError("OrthogonalRegularizer(mode)", f"one of {', '.join(MODES)}", repr(mode))
        self.factor = number("OrthogonalRegularizer(factor)", factor, least=0)
        self.mode = mode

    def __call__(self, w):
        if w.ndim != 2:
            raise ShapeError("OrthogonalRegularizer", "a matrix, such as a Dense kernel", f"a weight of shape {tuple(w.shape)}")
        v = F.normalize(w if self.mode == "rows" else w.t(), eps=config.epsilon)
        cosines = (v @ v.t()).triu(diagonal=1)
        pairs = max(1, len(v) * (len(v) - 1) / 2)
        return self.factor * cosines.abs().sum() / pairs
