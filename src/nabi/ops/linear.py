"""Linear algebra: sums of products.

    matmul      y_ij = sum_k a_ik b_kj        einsum      any sum of products, by letters: "bij,bjk->bik"
"""

from typing import Any

import torch

from nabi.ops.op import firmness, op, pair

Tensor = torch.Tensor


@op
def matmul(x1: Any, x2: Any) -> Tensor:
    """Products of the matrices in the last two axes.

    Example:
        >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
        [[11.0]]
    """
    return torch.matmul(*pair(x1, x2))


@op
def dot(x1: Any, x2: Any) -> Tensor:
    """NumPy's dot: the sum of products over the last axis of x1 and the last but one of x2 (the only one of a vector)."""
    a, b = pair(x1, x2)
    dims = [a.ndim - 1], [max(b.ndim - 2, 0)]
    return a * b if not a.ndim or not b.ndim else torch.tensordot(a, b, dims)  # type: ignore


@op
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Tensor:
    """The sum of products over the last `axes` of x1 and the first of x2, or over the axes in two lists (or two axes)."""
    sides = axes if isinstance(axes, int) else [[side] if isinstance(side, int) else list(side) for side in axes]
    return torch.tensordot(*pair(x1, x2), dims=sides)  # type: ignore


@op
def outer(x1: Any, x2: Any) -> Tensor:
    """Each number of x1 times each of x2: (n, m), both flattened."""
    a, b = pair(x1, x2)
    return torch.outer(a.flatten(), b.flatten())


@op
def einsum(subscripts: str, *operands: Any) -> Tensor:
    """Any sum of products, axes named by letters (Einstein's convention).

    Example:
        >>> einsum("ij,kj->ik", [[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]).tolist()
        [[11.0, 17.0]]
    """
    first = max(operands, key=firmness, default=None)
    return torch.einsum(subscripts, *(pair(first, x)[1] for x in operands))
