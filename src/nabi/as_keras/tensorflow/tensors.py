"""Tensors: tf.constant, tf.shape, tf.concat, tf.one_hot and other functions whose arguments are not those of `nabi.ops`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.tensorflow.functions import function
from nabi.as_keras.tensorflow.printed import print  # noqa: A004
from nabi.as_keras.tensorflow.ragged import RaggedTensor
from nabi.as_keras.tensorflow.renaming import of_their_kind
from nabi.as_keras.tensorflow.slopes import custom_gradient
from nabi.core.symbolic import Symbolic
from nabi.data.strings import Strings

Tensor = torch.Tensor

__all__ = ["Tensor", "add_n", "case", "clip_by_norm", "clip_by_value", "concat", "cond", "constant", "convert_to_tensor",
           "custom_gradient", "device", "ensure_shape", "executing_eagerly", "expand_dims", "eye", "fill", "function", "group",
           "identity", "identity_n", "init_scope", "is_tensor", "map_fn", "matmul", "meshgrid", "name_scope", "no_gradient",
           "no_op", "numpy_function", "one_hot", "ones", "pad", "print", "py_function", "range", "reduce_logsumexp", "reshape",
           "switch_case", "split", "stack", "stop_gradient", "variable_scope", "while_loop", "zeros"]


def name_of(dtype: Any) -> Any:
    """A dtype by the name that `nabi.ops` takes; None stays None."""
    return None if dtype is None else str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else dtype


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str = "") -> Any:
    """A tensor of numbers, or texts."""
    if isinstance(value, Strings) or not isinstance(value, Tensor) and is_text(value):
        texts = Strings(value)
        return texts if shape is None else Strings(np.broadcast_to(texts.values, shape) if texts.ndim == 0
                                                   else texts.values.reshape(shape))
    made = ops.convert_to_tensor(value, name_of(dtype))
    if dtype is None and not isinstance(value, (np.ndarray, np.generic, Tensor)) and made.dtype is torch.int64:
        made = made.to(torch.int32)
    return made if shape is None else made.expand(*shape).clone() if made.ndim == 0 else made.reshape(*shape)


def is_text(value: Any) -> bool:
    """Whether it is a text, or a list or array of texts."""
    if isinstance(value, (str, bytes, Strings)):
        return True
    if isinstance(value, (list, tuple)):
        return bool(value) and is_text(value[0])
    if not isinstance(value, np.ndarray) and not (hasattr(value, "dtype") and hasattr(value, "values")):  # nor a pandas Series
        return False
    array = np.asarray(value)
    return array.dtype.kind in "USO" and all(isinstance(one, (str, bytes)) for one in array.ravel()[:1])


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """As `constant`; a tensor stays what it is."""
    return value if isinstance(value, Symbolic) else constant(value, dtype)


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros, in this shape."""
    return ops.zeros(sizes(shape), name_of(dtype))


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones, in this shape."""
    return ops.ones(sizes(shape), name_of(dtype))


def fill(dims: Any, value: Any, name: str | None = None) -> Any:
    """One number or text, in this shape."""
    value = constant(value)
    if isinstance(value, Strings):
        return Strings(np.full(sizes(dims), value.numpy(), object))
    return value.expand(sizes(dims)).clone()


def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones on the diagonal; many such matrices with a batch_shape."""
    made = ops.eye(int(num_rows), None if num_columns is None else int(num_columns), dtype=name_of(dtype))
    return made if batch_shape is None else made.expand(*sizes(batch_shape), *made.shape).clone()


def meshgrid(*args: Any, indexing: str = "xy", **options: Any) -> list[Tensor]:
    """Coordinates of a grid."""
    return list(torch.meshgrid(*[constant(x) for x in args], indexing=indexing))


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Any:
    """The same numbers, or texts, in another shape."""
    wanted = shape.tolist() if isinstance(shape, (Tensor, np.ndarray)) else shape
    if isinstance(tensor, Strings):
        return Strings(tensor.values.reshape(wanted))
    return ops.reshape(tensor, wanted)


def stack(values: Any, axis: int = 0, name: str | None = None) -> Any:
    """Tensors, or texts, along a new axis."""
    listed = list(values)
    if listed and is_text(listed[0]):
        return Strings(np.stack([Strings(one).values for one in listed], int(axis)))
    return ops.stack([constant(one) if isinstance(one, (int, float, list)) else one for one in listed], axis=int(axis))


def sizes(shape: Any) -> tuple[int, ...]:
    """A shape as a tuple of numbers."""
    return tuple(int(n) for n in shape) if np.ndim(shape) else (int(shape),)


def concat(values: Any, axis: int, name: str | None = None) -> Any:
    """One after the other along an axis; rows of different lengths, too."""
    listed = list(values)
    if any(isinstance(one, RaggedTensor) for one in listed):
        if int(axis) == 0:
            return RaggedTensor(row for one in listed for row in one)
        return RaggedTensor(concat(rows, int(axis) - 1) for rows in zip(*listed, strict=True))
    if listed and is_text(listed[0]):
        return Strings(np.concatenate([Strings(one).values for one in listed], int(axis)))
    return ops.concatenate([constant(list(one)) if isinstance(one, (list, tuple)) else one for one in listed], axis=int(axis))


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


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """Numbers brought into an interval."""
    return of_their_kind(ops.clip(t, clip_value_min, clip_value_max), t)


def clip_by_norm(t: Any, clip_norm: float, axes: Any = None, name: str | None = None) -> Any:
    """t made shorter where it is longer than clip_norm."""
    length = ops.sqrt(ops.sum(ops.square(t), axis=axes, keepdims=axes is not None))
    return ops.multiply(t, ops.minimum(1.0, ops.divide(clip_norm, ops.maximum(length, 1e-12))))


def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: Any = None, name: str | None = None) -> list:
    """Parts along an axis: so many, or of these lengths."""
    if isinstance(num_or_size_splits, (Tensor, np.ndarray)) and num_or_size_splits.ndim:
        num_or_size_splits = num_or_size_splits.tolist()
    if isinstance(num_or_size_splits, (list, tuple)):
        if -1 in num_or_size_splits:
            rest = value.shape[axis] - sum(n for n in num_or_size_splits if n != -1)
            num_or_size_splits = [rest if n == -1 else n for n in num_or_size_splits]
        return ops.split(value, [int(n) for n in np.cumsum(num_or_size_splits)[:-1]], axis=axis)
    return ops.split(value, int(num_or_size_splits), axis=axis)


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None) -> Any:
    """Numbers put around."""
    return ops.pad(tensor, [tuple(int(n) for n in pair) for pair in paddings], mode.lower(), constant_values or None)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Tensor:
    """start, start + delta, ... below limit."""
    first, last = (0, start) if limit is None else (start, limit)
    made = ops.arange(first, last, delta, name_of(dtype))
    return made if dtype is not None else of_their_kind(made, first, last, delta)


def identity(input: Any, name: str | None = None) -> Any:
    """The same; a number, list or array as a tensor."""
    return convert_to_tensor(input) if isinstance(input, (bool, int, float, list, np.ndarray)) else input


def identity_n(input: Any, name: str | None = None) -> list:
    """The same, one by one."""
    return [identity(one) for one in input]


def case(pred_fn_pairs: Any, default: Callable | None = None, exclusive: bool = False, strict: bool = False,
         name: str = "case") -> Any:
    """What the first function gives whose condition holds."""
    pairs = pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    chosen = next((function for condition, function in pairs if bool(condition)), default)
    return None if chosen is None else chosen()


def switch_case(branch_index: Any, branch_fns: Any, default: Callable | None = None, name: str = "switch_case") -> Any:
    """What the function of this number gives; the last, or `default`, for a number that none has."""
    table = dict(branch_fns if isinstance(branch_fns, dict) else enumerate(branch_fns) if callable(branch_fns[0]) else branch_fns)
    return table.get(int(branch_index), default or table[max(table)])()


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


def map_fn(fn: Callable, elems: Any, dtype: Any = None, **options: Any) -> Any:
    """fn of each entry along the first axis; entries and answers may be tuples, lists or dicts."""
    from nabi.as_keras.operations.control import first_leaf, map

    if isinstance(first_leaf(elems), Strings):
        return Strings(np.array([np.asarray(fn(part)) for part in elems]))
    return map(fn, elems)


def cond(pred: Any, true_fn: Callable, false_fn: Callable, name: str | None = None) -> Any:
    """What one of the two functions gives."""
    return true_fn() if bool(pred) else false_fn()


def while_loop(cond: Callable, body: Callable, loop_vars: Any, **options: Any) -> Any:
    """Repeats `body` while `cond` holds."""
    while bool(cond(*loop_vars)):
        made = body(*loop_vars)
        loop_vars = list(made) if isinstance(made, (list, tuple)) else [made]
    return loop_vars


no_gradient = function


def numpy_function(func: Callable, inp: Any = None, Tout: Any = None, **options: Any) -> Any:
    """func of the numbers as NumPy arrays: a tensor, or a list of them where Tout is one."""
    return typed(func(*[np.asarray(x) if isinstance(x, (Tensor, Strings)) else x for x in inp or []]), Tout)


def py_function(func: Callable, inp: Any = None, Tout: Any = None, **options: Any) -> Any:
    """func of the tensors: a tensor, or a list of them where Tout is one."""
    return typed(func(*[x if isinstance(x, Symbolic) else convert_to_tensor(x) for x in inp or []]), Tout)


def typed(made: Any, dtypes: Any) -> Any:
    """What a function of Python's gave, as tensors of these dtypes."""
    if isinstance(dtypes, (list, tuple)):
        parts = made if isinstance(made, (list, tuple)) else [made] if len(dtypes) else []
        return [typed(part, dtype) for part, dtype in zip(parts, dtypes, strict=True)]
    if made is None:
        return made
    found = constant(made)
    return found.to(dtypes) if isinstance(dtypes, torch.dtype) and isinstance(found, Tensor) else found


def executing_eagerly() -> bool:
    """True: nabi computes at once."""
    return True


def group(*inputs: Any, **options: Any) -> None:
    """Nothing: what was to be done is done."""


def no_op(name: str | None = None) -> None:
    """An operation without effect."""


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
