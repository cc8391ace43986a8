"""Op: how a function of tensors becomes one of `nabi.ops`: entered under its name, and a node of a graph when called on symbols.

    ops.exp(tensor)     computes
    ops.exp(symbol)     makes a node; `nabi.layers.Operation` is the layer behind it

Whatever is no tensor (numbers, lists, NumPy arrays) takes the dtype of the tensor beside it.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.config import config
from nabi.core.errors import ArgumentError
from nabi.core.numbers import readable
from nabi.core.registry import lookup, register
from nabi.core.symbolic import Symbolic


def op(function: Callable) -> Callable:
    """Decorator: enters a function of tensors; on symbols it makes a node."""
    name, compute = function.__name__, checked(function)

    @wraps(function)
    def call(*args, **options):
        if symbolic(args) or (options and symbolic(options.values())):
            return lookup("layer", "Operation").node(name, args, options)
        return compute(*args, **options)

    return register("op")(call)


def numberwise(function: Callable) -> Callable:
    """Decorator: as `op`, for functions that work number by number, so that places of a map keep what they see."""
    call: Any = op(function)
    call.numberwise = True
    return call


def symbolic(values: Iterable[Any]) -> bool:
    """Whether there is a symbol among these, or in a list among them."""
    return any(isinstance(v, Symbolic) or (isinstance(v, (list, tuple)) and symbolic(v)) for v in values)


def tensor(x: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """A tensor of a tensor, weight, number, array, or list of these; Python's floats take `nabi.config.floatx`."""
    x = getattr(x, "tensor", x)  # of a weight
    if not isinstance(x, torch.Tensor):
        if isinstance(x, (list, tuple)) and any(isinstance(part, torch.Tensor) or hasattr(part, "tensor") for part in x):
            x = torch.stack([tensor(part) for part in x])
        else:
            array = readable(np.asarray(x))
            python = array.dtype.kind == "f" and not firmness(x)
            x = torch.as_tensor(array, dtype=floatx() if python and dtype is None else dtype)
    return x if dtype is None else x.to(dtype)


def floats(x: Any) -> torch.Tensor:
    """As `tensor`; whole numbers become floats."""
    t = tensor(x)
    return t if t.is_floating_point() or t.is_complex() else t.to(floatx())


def pair(a: Any, b: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Two as tensors: numbers and lists take an array's float dtype, arrays a tensor's."""
    if firmness(a) > firmness(b):
        first = tensor(a)
        return first, tensor(b, first.dtype if first.is_floating_point() else None)
    if firmness(a) < firmness(b):
        second = tensor(b)
        return tensor(a, second.dtype if second.is_floating_point() else None), second
    return tensor(a), tensor(b)


def alike(a: Any, b: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """As `pair`, both of the dtype that holds what either may hold."""
    first, second = pair(a, b)
    dtype = torch.promote_types(first.dtype, second.dtype)
    return first.to(dtype), second.to(dtype)


def firmness(x: Any) -> int:
    """How much a dtype is meant: 2 of a tensor or weight, 1 of a NumPy array, 0 of Python's numbers and lists."""
    if isinstance(getattr(x, "tensor", x), torch.Tensor):
        return 2
    return int(isinstance(x, (np.ndarray, np.generic)))


def floatx() -> torch.dtype:
    """The dtype of `nabi.config.floatx`."""
    return getattr(torch, config.floatx)


def dtype_named(where: str, dtype: Any) -> torch.dtype:
    """The torch dtype of a name ("float32", "int64", "bool"), or of a NumPy or torch dtype; None means floatx."""
    if dtype is None:
        return floatx()
    name = str(dtype).removeprefix("torch.") if not isinstance(dtype, type) else dtype.__name__
    found = getattr(torch, {"float": config.floatx, "int": "int64"}.get(name, name), None)
    if not isinstance(found, torch.dtype):
        raise ArgumentError(f"ops.{where}(dtype)", 'a dtype such as "float32", "int64" or "bool"', repr(dtype))
    return found


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes that `axis` means, from 0 on: None means all. As in torch, a single number has an axis 0, too."""
    axes = list(range(ndim) if axis is None else [axis] if isinstance(axis, (int, np.integer)) else axis)
    n = max(ndim, 1)
    for a in axes:
        if not -n <= a < n:
            raise ArgumentError("ops(axis)", f"{-n} to {n - 1}, of {n} {'axis' if n == 1 else 'axes'}", a)
    return tuple(int(a) % n for a in axes)
