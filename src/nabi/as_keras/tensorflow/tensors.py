"""Tensors: tf.constant, tf.shape, tf.concat, tf.one_hot and other functions whose arguments are not those of `nabi.ops`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.tensorflow.slopes import custom_gradient
from nabi.core.symbolic import Symbolic
from nabi.data.strings import Strings

Tensor = torch.Tensor

__all__ = ["Tensor", "add_n", "argsort", "boolean_mask", "clip_by_norm", "clip_by_value", "concat", "cond", "constant",
           "convert_to_tensor", "custom_gradient", "device", "ensure_shape", "executing_eagerly", "expand_dims", "fill",
           "function", "gather", "gather_nd", "group", "identity", "init_scope", "is_tensor", "map_fn", "matmul", "meshgrid",
           "name_scope", "no_gradient", "no_op", "numpy_function", "one_hot", "ones", "pad", "print", "py_function", "range",
           "rank", "reduce_logsumexp", "shape", "size", "slice", "split", "stop_gradient", "strided_slice",
           "tensor_scatter_nd_update", "unique", "variable_scope", "while_loop", "zeros"]


def name_of(dtype: Any) -> Any:
    """A dtype by the name that `nabi.ops` takes; None stays None."""
    return None if dtype is None else str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else dtype


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "") -> Any:
    """A tensor of numbers; texts become a NumPy array."""
    if np.asarray(value).dtype.kind in "USO" and not isinstance(value, Tensor):
        return np.asarray(value)
    made = ops.convert_to_tensor(value, name_of(dtype))
    if dtype is None and not isinstance(value, (np.ndarray, np.generic, Tensor)) and made.dtype is torch.int64:
        made = made.to(torch.int32)
    return made if shape is None else made.expand(*shape).clone() if made.ndim == 0 else made.reshape(*shape)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """As `constant`; a tensor stays what it is."""
    return value if isinstance(value, Symbolic) else constant(value, dtype)


def shape(input: Any, out_type: Any = None, name: str | None = None) -> Any:
    """The lengths of the axes, as a tuple of numbers; None for those that are open."""
    return ops.shape(input)


def size(input: Any, out_type: Any = None, name: str | None = None) -> int:
    """Number of elements."""
    return int(np.prod(tuple(input.shape)))


def rank(input: Any, name: str | None = None) -> int:
    """How many axes a tensor or symbol has."""
    return len(input.shape)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros, in this shape."""
    return ops.zeros(sizes(shape), name_of(dtype))


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones, in this shape."""
    return ops.ones(sizes(shape), name_of(dtype))


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """One number, in this shape."""
    return torch.full(sizes(dims), value)


def sizes(shape: Any) -> tuple[int, ...]:
    """A shape as a tuple of numbers."""
    return tuple(int(n) for n in shape) if np.ndim(shape) else (int(shape),)


def concat(values: Any, axis: int, name: str | None = None) -> Any:
    """One after the other along an axis."""
    return ops.concatenate(list(values), axis=axis)


def one_hot(indices: Any, depth: int, on_value: Any = None, off_value: Any = None, axis: int = -1, dtype: Any = None,
            name: str | None = None) -> Any:
    """Numbers as rows with a single 1; numbers outside give rows of zeros."""
    made = ops.one_hot(indices, depth, axis=axis, dtype=name_of(dtype))
    if on_value is None and off_value is None:
        return made
    return ops.where(made > 0, 1 if on_value is None else on_value, 0 if off_value is None else off_value)


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None) -> Any:
    """a b, with either transposed first."""
    a, b = (ops.swapaxes(x, -1, -2) if flip else x for x, flip in ((a, transpose_a), (b, transpose_b)))
    return ops.matmul(a, b)


def gather(params: Any, indices: Any, validate_indices: Any = None, axis: int | None = None, batch_dims: int = 0,
           name: str | None = None) -> Any:
    """Entries by number along an axis."""
    return ops.take(params, indices, axis=axis or 0)


def gather_nd(params: Any, indices: Any, batch_dims: int = 0, name: str | None = None) -> Any:
    """Entries by their places."""
    return params[tuple(torch.as_tensor(indices).long().moveaxis(-1, 0))]


def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: str | None = None) -> Any:
    """The entries where the mask is True."""
    return torch.as_tensor(tensor)[torch.as_tensor(mask).bool()]


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Numbers brought into an interval."""
    return ops.clip(t, clip_value_min, clip_value_max)


def clip_by_norm(t: Any, clip_norm: float, axes: Any = None, name: str | None = None) -> Any:
    """t made shorter where it is longer than clip_norm."""
    length = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=axes is not None))
    return ops.multiply(t, ops.minimum(1.0, ops.divide(clip_norm, ops.maximum(length, 1e-12))))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None, name: str | None = None) -> list:
    """Parts along an axis: so many, or of these lengths."""
    if isinstance(num_or_size_splits, (list, tuple)):
        return ops.split(value, [int(n) for n in np.cumsum(num_or_size_splits)[:-1]], axis=axis)
    return ops.split(value, num_or_size_splits, axis=axis)


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None) -> Any:
    """Numbers put around."""
    return ops.pad(tensor, [tuple(int(n) for n in pair) for pair in paddings], mode.lower(), constant_values or None)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Tensor:
    """start, start + delta, ... below limit."""
    first, last = (0, start) if limit is None else (start, limit)
    return ops.arange(first, last, delta, name_of(dtype))


def meshgrid(*args: Any, indexing: str = "xy", **options: Any) -> list[Tensor]:
    """Coordinates of a grid."""
    return list(torch.meshgrid(*[torch.as_tensor(x) for x in args], indexing=indexing))


def unique(x: Any, out_idx: Any = None, name: str | None = None) -> tuple:
    """Different entries in order of their first place, and the number of each entry's."""
    values, first, inverse = np.unique(np.asarray(x), return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.argsort(order)
    return torch.as_tensor(values[order]), torch.as_tensor(place[inverse])


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """A block of a tensor: from `begin`, so long; -1 means to the end."""
    import builtins

    return input_[tuple(builtins.slice(b, None if n == -1 else b + n) for b, n in zip(begin, size, strict=True))]


strided_slice = slice


def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A copy with other numbers at these places."""
    made = tensor.clone()
    made[tuple(torch.as_tensor(indices).long().moveaxis(-1, 0))] = torch.as_tensor(updates, dtype=made.dtype)
    return made


def identity(input: Any, name: str | None = None) -> Any:
    """The same."""
    return input


def expand_dims(input: Any, axis: int = -1, name: str | None = None) -> Any:
    """An axis of length 1 more; of texts, too."""
    return Strings(np.expand_dims(input.values, axis)) if isinstance(input, Strings) else ops.expand_dims(input, axis)


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of tensors."""
    total = inputs[0]
    for one in inputs[1:]:
        total = ops.add(total, one)
    return total


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor or a symbol."""
    return isinstance(x, (Tensor, Symbolic)) or hasattr(x, "assign")


def argsort(values: Any, axis: int = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None) -> Tensor:
    """Places in order of size."""
    return torch.argsort(torch.as_tensor(values), dim=axis, descending=direction.upper() == "DESCENDING", stable=True)


def map_fn(fn: Callable, elems: Any, dtype: Any = None, **options: Any) -> Any:
    """fn of each entry along the first axis."""
    parts = [fn(part) for part in (zip(*elems, strict=True) if isinstance(elems, (tuple, list)) else elems)]
    return torch.stack([torch.as_tensor(part) for part in parts])


def cond(pred: Any, true_fn: Callable, false_fn: Callable, name: str | None = None) -> Any:
    """What one of the two functions gives."""
    return true_fn() if bool(pred) else false_fn()


def while_loop(cond: Callable, body: Callable, loop_vars: Any, **options: Any) -> Any:
    """Repeats `body` while `cond` holds."""
    while bool(cond(*loop_vars)):
        made = body(*loop_vars)
        loop_vars = list(made) if isinstance(made, (list, tuple)) else [made]
    return loop_vars


def function(func: Callable | None = None, *args: Any, **options: Any) -> Any:
    """The function itself: nabi computes at once. With options: a decorator."""
    return func if callable(func) else lambda wrapped: wrapped


no_gradient = function


def numpy_function(func: Callable, inp: Any, Tout: Any = None, **options: Any) -> Any:
    """func of the numbers as NumPy arrays."""
    return torch.as_tensor(func(*[x.detach().numpy() if isinstance(x, Tensor) else x for x in inp]))


def py_function(func: Callable, inp: Any, Tout: Any = None, **options: Any) -> Any:
    """func of the tensors."""
    return func(*inp)


def executing_eagerly() -> bool:
    """True: nabi computes at once."""
    return True


def print(*values: Any, **options: Any) -> None:
    """Writes values to standard output, as Python does."""
    import builtins

    builtins.print(*values, **{word: value for word, value in options.items() if word in ("sep", "end")})


def group(*inputs: Any, **options: Any) -> None:
    """Nothing: what was to be done is done."""


def no_op(name: str | None = None) -> None:
    """Nothing."""


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """x itself."""
    return x


class Block:
    """A block that changes nothing: devices, scopes of names.

    Args:
        values: whatever it was called with.
    """

    def __init__(self, *values: Any, **options: Any):
        self.values = values

    def __enter__(self):
        return self.values[0] if self.values else None

    def __exit__(self, *failure):
        return None


device = name_scope = variable_scope = init_scope = Block


def stop_gradient(input: Any, name: str | None = None) -> Any:
    """The numbers, without their way."""
    return ops.stop_gradient(input)


def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """log sum exp."""
    return ops.logsumexp(input_tensor, axis, keepdims)
