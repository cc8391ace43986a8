"""Linalg: `tf.linalg`."""

from typing import Any

import torch

from nabi.as_keras.tensorflow.statistics import l2_normalize
from nabi.as_keras.tensorflow.tensors import matmul
from nabi.ops import diag, einsum, eye, norm, tensordot, tril, triu

__all__ = ["cholesky", "det", "diag", "einsum", "eye", "inv", "l2_normalize", "lstsq", "matmul", "matvec", "norm", "solve", "svd",
           "tensordot", "trace", "transpose", "tril", "triu"]
det, inv, solve, cholesky, svd = torch.linalg.det, torch.linalg.inv, torch.linalg.solve, torch.linalg.cholesky, torch.linalg.svd


def lstsq(matrix: Any, rhs: Any, **options: Any) -> Any:
    """The least squares solution."""
    return torch.linalg.lstsq(matrix, rhs).solution


def matvec(a: Any, b: Any, **options: Any) -> Any:
    """a b for a vector b."""
    return (a @ b[..., None])[..., 0]


def trace(x: Any, name: Any = None) -> Any:
    """The sum of the diagonal."""
    return x.diagonal(dim1=-2, dim2=-1).sum(-1)


def transpose(a: Any, name: Any = None) -> Any:
    """The last two axes swapped."""
    return a.swapaxes(-1, -2)
