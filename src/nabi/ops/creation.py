"""Creation: new tensors from shapes and numbers, the way to NumPy and back. dtype: a name; None is `nabi.config.floatx`."""

from typing import Any

import numpy as np
import torch

from nabi.ops.op import dtype_named, op, tensor

Tensor = torch.Tensor


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros of this shape."""
    return torch.zeros(shape, dtype=dtype_named("zeros", dtype))


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Ones of this shape."""
    return torch.ones(shape, dtype=dtype_named("ones", dtype))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """A shape filled with one value, or with an array that is stretched to it."""
    return tensor(fill_value).to(dtype_named("full", dtype)).broadcast_to(shape).clone()


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Tensor:
    """(N, M) with ones on the k-th diagonal.

    Example:
        >>> eye(2, 3, 1).tolist()
        [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return torch.as_tensor(np.eye(N, M, k), dtype=dtype_named("eye", dtype))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Tensor:
    """start, start + step, ... below stop; one number alone is the stop. Whole numbers stay whole.

    Example:
        >>> arange(3), arange(0.0, 1.0, 0.5)
        (tensor([0, 1, 2]), tensor([0.0000, 0.5000]))
    """
    array = np.arange(start, stop, step)
    named = dtype if dtype is not None or array.dtype.kind == "f" else "int64"
    return torch.as_tensor(array, dtype=dtype_named("arange", named))


def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0) -> Any:
    """`num` numbers at equal distances from start to stop, of arrays along a new axis; with `retstep` the distance, too."""
    values, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    made = [torch.as_tensor(part, dtype=dtype_named("linspace", dtype)) for part in (values, step)]
    return tuple(made) if retstep else made[0]


@op
def zeros_like(x: Any, dtype: Any = None) -> Tensor:
    """Zeros in the shape, and by default the dtype, of x."""
    return torch.zeros_like(tensor(x), dtype=None if dtype is None else dtype_named("zeros_like", dtype))


@op
def ones_like(x: Any, dtype: Any = None) -> Tensor:
    """Ones in the shape, and by default the dtype, of x."""
    return torch.ones_like(tensor(x), dtype=None if dtype is None else dtype_named("ones_like", dtype))


@op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Tensor:
    """One value in the shape, and by default the dtype, of x."""
    return torch.full_like(tensor(x), fill_value, dtype=None if dtype is None else dtype_named("full_like", dtype))


def convert_to_tensor(x: Any, dtype: Any = None) -> Tensor:
    """A tensor of a number, list, array, weight or tensor; Python's floats take `nabi.config.floatx`.

    Example:
        >>> convert_to_tensor([1, 2]), convert_to_tensor([1, 2], "float32")
        (tensor([1, 2]), tensor([1., 2.]))
    """
    return tensor(x) if dtype is None else tensor(x, dtype_named("convert_to_tensor", dtype))


def convert_to_numpy(x: Any) -> np.ndarray:
    """A NumPy array of a tensor or weight, without its gradient."""
    return tensor(x).detach().cpu().numpy()
