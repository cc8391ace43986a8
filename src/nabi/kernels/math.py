"""Math: the functions that an optimizer's formula may use beside + - * / ** and comparisons.

On tensors they are torch's. Inside a fused update the same names are compiled for single numbers (`nabi.kernels.fused.element`).
"""

import math

import torch


def sqrt(x):
    """Square root."""
    return torch.sqrt(x) if isinstance(x, torch.Tensor) else math.sqrt(x)


def absolute(x):
    """|x|."""
    return abs(x)


def sign(x):
    """-1, 0 or 1; 0 for NaN, as in torch."""
    return torch.sign(x) if isinstance(x, torch.Tensor) else (x > 0) - (x < 0)


def maximum(a, b):
    """The larger of both; NaN if either is NaN. One of them may be a number."""
    return torch.maximum(*_alike(a, b))


def minimum(a, b):
    """The smaller of both; NaN if either is NaN. One of them may be a number."""
    return torch.minimum(*_alike(a, b))


def where(condition, a, b):
    """a where the condition holds, else b; one of them may be a number."""
    return torch.where(condition, *_alike(a, b))


def _alike(a, b):
    like = a if isinstance(a, torch.Tensor) else b
    return tuple(t if isinstance(t, torch.Tensor) else torch.full_like(like, t) for t in (a, b))
