"""Linalg: `tf.linalg`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import torch

from nabi import ops
from nabi.as_keras.tensorflow import arranging
from nabi.as_keras.tensorflow.arithmetic import norm
from nabi.as_keras.tensorflow.statistics import l2_normalize
from nabi.as_keras.tensorflow.tensors import eye, matmul
from nabi.layers.weight import bare
from nabi.ops import convert_to_tensor, einsum, tensordot, tril, triu

__all__ = ["LinearOperatorLowerTriangular", "adjoint", "band_part", "cholesky", "cholesky_solve", "cross", "det", "diag",
           "diag_part", "eig", "eigh", "eigvals", "eigvalsh", "einsum", "expm", "eye", "global_norm", "inv", "l2_normalize",
           "logdet", "lstsq", "lu", "matmul", "matrix_rank", "matrix_transpose", "matvec", "norm", "normalize", "pinv", "qr",
           "set_diag", "slogdet", "solve", "sqrtm", "svd", "tensor_diag", "tensor_diag_part", "tensordot", "trace",
           "transpose", "triangular_solve", "tril", "triu"]


def of_matrices(function: Callable) -> Callable:
    """A function of torch's that takes lists, arrays and variables as well, and a name of TensorFlow's."""

    @wraps(function)
    def call(*matrices: Any, name: str | None = None, **options: Any) -> Any:
        return function(*(convert_to_tensor(bare(one)) for one in matrices), **options)

    return call


det, inv, solve, cholesky = (of_matrices(getattr(torch.linalg, word)) for word in ("det", "inv", "solve", "cholesky"))
eigh, eig, eigvals, pinv, expm = (of_matrices(getattr(torch.linalg, word)) for word in
                                  ("eigh", "eig", "eigvals", "pinv", "matrix_exp"))
eigvalsh, slogdet, cross = (of_matrices(getattr(torch.linalg, word)) for word in ("eigvalsh", "slogdet", "cross"))
logdet = of_matrices(torch.logdet)
matrix_rank, qr = of_matrices(torch.linalg.matrix_rank), of_matrices(torch.linalg.qr)


class LinearOperatorLowerTriangular:
    """A matrix of which the lower triangle counts: `.to_dense()`, `.matmul(x)`.

    Args:
        tril: the matrix, or many of them.
    """

    def __init__(self, tril: Any, **options: Any):
        self.tril = tril

    def to_dense(self, name: str | None = None) -> Any:
        """The matrix with zeros above its diagonal."""
        return torch.tril(convert_to_tensor(bare(self.tril)))

    def matmul(self, x: Any, **options: Any) -> Any:
        """Its product with a matrix."""
        return self.to_dense() @ convert_to_tensor(bare(x))


def lstsq(matrix: Any, rhs: Any, **options: Any) -> Any:
    """The least squares solution."""
    return torch.linalg.lstsq(convert_to_tensor(matrix), convert_to_tensor(rhs)).solution


def matvec(a: Any, b: Any, transpose_a: bool = False, **options: Any) -> Any:
    """a b for a vector b."""
    return ops.squeeze(matmul(a, ops.expand_dims(b, -1), transpose_a=transpose_a), -1)


def trace(x: Any, name: Any = None) -> Any:
    """The sum of the diagonal."""
    return convert_to_tensor(x).diagonal(dim1=-2, dim2=-1).sum(-1)


def transpose(a: Any, name: Any = None) -> Any:
    """The last two axes swapped."""
    return ops.swapaxes(a, -1, -2)


matrix_transpose = adjoint = transpose


def set_diag(input: Any, diagonal: Any, name: Any = None) -> Any:
    """A matrix with another diagonal."""
    x, values = convert_to_tensor(input), convert_to_tensor(diagonal)
    return torch.where(torch.eye(*x.shape[-2:], dtype=torch.bool), torch.diag_embed(values.to(x.dtype)), x)


def diag(diagonal: Any, name: Any = None, k: int = 0, **options: Any) -> Any:
    """Matrices with these numbers on their diagonals."""
    return torch.diag_embed(convert_to_tensor(diagonal), offset=int(k))


def global_norm(t_list: Any, name: Any = None) -> Any:
    """The length of all tensors together."""
    return arranging.global_norm(t_list)


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: Any = None) -> Any:
    """Singular values s, and u and v of x = u diag(s) v^T, in TensorFlow's order."""
    tensor = convert_to_tensor(tensor)
    if not compute_uv:
        return torch.linalg.svdvals(tensor)
    u, s, vt = torch.linalg.svd(tensor, full_matrices=full_matrices)
    return s, u, vt.swapaxes(-1, -2)


def diag_part(input: Any, name: Any = None, k: int = 0, **options: Any) -> Any:
    """The numbers of the diagonal, or of that k places above it."""
    return convert_to_tensor(bare(input)).diagonal(offset=int(k), dim1=-2, dim2=-1)


def tensor_diag(diagonal: Any, name: Any = None) -> Any:
    """Zeros (..., ...) with a tensor (...) where both halves of the places are the same."""
    x = convert_to_tensor(bare(diagonal))
    return torch.diag(x.reshape(-1)).reshape(*x.shape, *x.shape)


def tensor_diag_part(input: Any, name: Any = None) -> Any:
    """The way back of `tensor_diag`."""
    x = convert_to_tensor(bare(input))
    sizes = x.shape[: x.ndim // 2]
    return x.reshape(sizes.numel(), sizes.numel()).diagonal().reshape(sizes)


def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: Any = None) -> tuple:
    """x / |x| along an axis, and |x|."""
    x = convert_to_tensor(bare(tensor))
    length = norm(x, ord, axis, keepdims=True)
    return x / length, length


class LU(NamedTuple):
    """Both triangles in one matrix, and the order of rows."""

    lu: Any
    p: Any


def lu(input: Any, output_idx_type: Any = None, name: Any = None) -> LU:
    """Rows in another order as a product of a lower and an upper triangle."""
    both, pivots = torch.linalg.lu_factor(convert_to_tensor(bare(input)))
    order = torch.lu_unpack(both, pivots, unpack_data=False)[0].argmax(-2)
    return LU(both, order.int())


def triangular_solve(matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: Any = None) -> Any:
    """x of a x = b, where only one triangle of a counts."""
    a, b = convert_to_tensor(bare(matrix)), convert_to_tensor(bare(rhs))
    return torch.linalg.solve_triangular(a.mT if adjoint else a, b, upper=lower == adjoint)


def cholesky_solve(chol: Any, rhs: Any, name: Any = None) -> Any:
    """x of l l^T x = b."""
    return torch.cholesky_solve(convert_to_tensor(bare(rhs)), convert_to_tensor(bare(chol)))


def sqrtm(input: Any, name: Any = None) -> Any:
    """s with s s = x, by the eigenvectors."""
    x = convert_to_tensor(bare(input))
    values, vectors = torch.linalg.eig(x)
    made = vectors @ torch.diag_embed(values.sqrt()) @ torch.linalg.inv(vectors)
    return made if x.is_complex() else made.real.to(x.dtype)


def band_part(input: Any, num_lower: int, num_upper: int, name: Any = None) -> Any:
    """x near its diagonal, 0 beyond so many lines below and above; -1 keeps a side whole."""
    input = convert_to_tensor(input)
    made = input if num_lower < 0 else torch.triu(input, -int(num_lower))
    return made if num_upper < 0 else torch.tril(made, int(num_upper))
