"""Spelled: functions of `nabi.ops` and of matrices with all of Keras' arguments, and functions of windows.

    ops.one_hot(labels, 10, sparse=False);  ops.cholesky(x, upper=True);  ops.adaptive_average_pool(x, 7)

Sparse tensors are not part of nabi: `sparse=True` gives dense ones. Source: Keras 3, ops/nn.py, ops/linalg.py, ops/math.py.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from nabi import ops
from nabi.as_keras.operations.entered import entered
from nabi.core.shapes import as_tuple
from nabi.ops.op import floats, tensor

__all__ = ["adaptive_average_pool", "adaptive_max_pool", "cholesky", "cholesky_inverse", "convert_to_tensor", "fold", "jvp",
           "matrix_rank", "moments", "one_hot", "pinv", "unfold", "view_as_complex", "view_as_real"]
ADAPTIVE = {("avg", 1): F.adaptive_avg_pool1d, ("avg", 2): F.adaptive_avg_pool2d, ("avg", 3): F.adaptive_avg_pool3d,
            ("max", 1): F.adaptive_max_pool1d, ("max", 2): F.adaptive_max_pool2d, ("max", 3): F.adaptive_max_pool3d}


def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """`nabi.ops.one_hot`."""
    return ops.one_hot(x, num_classes, axis, dtype)


def moments(x: Any, axes: Any, keepdims: bool = False, synchronized: bool = False) -> Any:
    """`nabi.ops.moments`."""
    return ops.moments(x, axes, keepdims)


def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """`nabi.ops.convert_to_tensor`."""
    return ops.convert_to_tensor(x, dtype)


@entered
def cholesky(x: Any, upper: bool = False) -> torch.Tensor:
    """The triangle whose square is x."""
    return torch.linalg.cholesky(floats(x), upper=upper)


@entered
def cholesky_inverse(x: Any, upper: bool = False) -> torch.Tensor:
    """The inverse of the matrix whose triangle x is."""
    return torch.cholesky_inverse(floats(x), upper=upper)


@entered
def matrix_rank(x: Any, tol: Any = None) -> torch.Tensor:
    """How many singular values are larger than tol."""
    return torch.linalg.matrix_rank(floats(x), tol=tol)


@entered
def pinv(x: Any, rcond: Any = None) -> torch.Tensor:
    """The pseudoinverse; singular values below the share rcond of the largest count as 0."""
    return torch.linalg.pinv(floats(x), rtol=rcond)


def jvp(fun: Callable, primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """What a function gives, and how it changes along the tangents."""
    return torch.func.jvp(fun, tuple(map(tensor, primals)), tuple(map(tensor, tangents)), has_aux=has_aux)


def adapted(kind: str, inputs: Any, output_size: Any, data_format: Any) -> torch.Tensor:
    """Pooling to a map of a given size."""
    t = floats(inputs)
    first = data_format == "channels_first"
    size = as_tuple(output_size, t.ndim - 2, "ops.adaptive_pool(output_size)")
    made = ADAPTIVE[kind, t.ndim - 2](t if first else t.movedim(-1, 1), size)
    return made if first else made.movedim(1, -1)


@entered
def adaptive_average_pool(inputs: Any, output_size: Any, data_format: Any = None) -> torch.Tensor:
    """Means of so many windows as there are places in the result."""
    return adapted("avg", inputs, output_size, data_format)


@entered
def adaptive_max_pool(inputs: Any, output_size: Any, data_format: Any = None) -> torch.Tensor:
    """The largest of so many windows as there are places in the result."""
    return adapted("max", inputs, output_size, data_format)


@entered
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> torch.Tensor:
    """The windows of (N, C, H, W) as columns: (N, C kH kW, places)."""
    return F.unfold(floats(x), kernel_size, dilation, padding, stride)


@entered
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> torch.Tensor:
    """Such columns added up to maps again."""
    return F.fold(floats(x), output_size, kernel_size, dilation, padding, stride)


@entered
def view_as_complex(x: Any) -> torch.Tensor:
    """Pairs (real part, imaginary part) in the last axis as complex numbers."""
    return torch.view_as_complex(floats(x).contiguous())


@entered
def view_as_real(x: Any) -> torch.Tensor:
    """Complex numbers as such pairs."""
    return torch.view_as_real(tensor(x))
