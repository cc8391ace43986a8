"""Linalg: `tf.linalg`."""

from typing import Any

import torch

from nabi.as_keras.tensorflow.arithmetic import norm
from nabi.as_keras.tensorflow.statistics import l2_normalize
from nabi.as_keras.tensorflow.tensors import matmul
from nabi.ops import diag, einsum, eye, tensordot, tril, triu

__all__ = ["band_part", "cholesky", "det", "diag", "diag_part", "eigh", "einsum", "eye", "inv", "l2_normalize", "lstsq",
           "matmul", "matvec", "norm", "solve", "svd", "tensordot", "trace", "transpose", "tril", "triu"]
det, inv, solve, cholesky = torch.linalg.det, torch.linalg.inv, torch.linalg.solve, torch.linalg.cholesky
eigh = torch.linalg.eigh


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


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Any = None) -> Any:
    """Singular values s, and u and v of x = u diag(s) v^T, in TensorFlow's order."""
    if not compute_uv:
        return torch.linalg.svdvals(tensor)
    u, s, vt = torch.linalg.svd(tensor, full_matrices=full_matrices)
    return s, u, vt.swapaxes(-1, -2)


def diag_part(input: Any, name: Any = None, **options: Any) -> Any:
    """The numbers of the diagonal."""
    return input.diagonal(dim1=-2, dim2=-1)


def band_part(input: Any, num_lower: int, num_upper: int, name: Any = None) -> Any:
    """x near its diagonal, 0 beyond so many lines below and above; -1 keeps a side whole."""
    made = input if num_lower < 0 else torch.triu(input, -num_lower)
    return made if num_upper < 0 else torch.tril(made, num_upper)
