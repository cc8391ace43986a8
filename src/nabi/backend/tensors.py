"""Tensors: made, looked at, put in another shape; variables and their values.

Source: keras/backend/tensorflow_backend.py of Keras 2 for the names and arguments.
"""

from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.backend.orders import either_order
from nabi.backend.settings import floatx
from nabi.backend.variables import Variable
from nabi.core.symbolic import Symbolic
from nabi.layers import Input
from nabi.layers.weight import Weight

Tensor = torch.Tensor


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Weight:
    """A weight of its own, that belongs to no layer."""
    return Variable(value, dtype=dtype or floatx(), name=name or "variable")


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of a number, list or array, spread over `shape` if one is given."""
    made = ops.convert_to_tensor(value, dtype or floatx())
    return made if shape is None else made.expand(*shape) if made.ndim == 0 else made.reshape(*shape)


def _to_tensor(x: Any, dtype: Any = None) -> Tensor:
    """What Keras 1 and 2 made of numbers beside a tensor; scripts of those years import it."""
    return ops.convert_to_tensor(x, dtype)


def placeholder(shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None):
    """A symbol of this whole shape: the first axis is None for any number of samples, or as long as it says. A number is a batch
    of one.

    Example:
        >>> placeholder((None, 4)).shape, placeholder((5,)).shape, placeholder(ndim=2).shape, placeholder(()).shape
        ((None, 4), (5,), (None, None), (None,))
    """
    sizes = tuple(shape) if shape is not None else (None,) * int(ndim or 0)
    made = Input(sizes[1:], dtype=dtype, name=name)
    if sizes and sizes[0] is not None:
        made.shape = type(made.shape)(sizes)
    return made


def is_keras_tensor(x: Any) -> bool:
    """Whether it is a symbol."""
    return isinstance(x, Symbolic)


is_tensor = is_keras_tensor


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """Its shape as a tuple; None for a length that is open."""
    found = getattr(x, "shape", None)
    return None if found is None else tuple(found)


def ndim(x: Any) -> int:
    """How many axes it has."""
    return len(x.shape)


def dtype(x: Any) -> str:
    """The name of its dtype."""
    return str(x.dtype).removeprefix("torch.")


def count_params(x: Any) -> int:
    """Number of elements."""
    return int(np.prod([n for n in x.shape if n is not None]))


def get_value(x: Any) -> Any:
    """Its numbers as a NumPy array; Python's number of a number."""
    if isinstance(x, Weight):
        x = x.numpy()
    if isinstance(x, Tensor):
        x = x.detach().cpu().numpy()
    return x.item() if isinstance(x, np.ndarray) and x.ndim == 0 else x


eval = get_value


def set_value(x: Any, value: Any) -> None:
    """Writes numbers into a weight or tensor."""
    if isinstance(x, Tensor):
        with torch.no_grad():
            x.copy_(torch.as_tensor(value))
    else:
        x.assign(value)


def batch_get_value(tensors: Any) -> list:
    """`get_value` of each."""
    return [get_value(x) for x in tensors]


def batch_set_value(tuples: Any) -> None:
    """`set_value` of each (variable, value)."""
    for x, value in tuples:
        set_value(x, value)


def update(x: Any, new_x: Any) -> Any:
    """Writes new numbers and gives the variable."""
    set_value(x, new_x)
    return x


def update_add(x: Any, increment: Any) -> Any:
    """Adds to a variable."""
    return update(x, x + increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Takes off a variable."""
    return update(x, x - decrement)


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """x = momentum x + (1 - momentum) value."""
    return update(x, x * momentum + value * (1 - momentum))


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros, in any shape."""
    return ops.zeros(shape, dtype)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones, of any shape."""
    return ops.ones(shape, dtype)


def eye(size: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """The unit matrix."""
    return ops.eye(*(size if isinstance(size, (list, tuple)) else (size,)), dtype=dtype)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Zeros in the shape of x."""
    return ops.zeros_like(x, dtype)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Ones in the shape of x."""
    return ops.ones_like(x, dtype)


def identity(x: Any, name: str | None = None) -> Any:
    """x itself."""
    return x


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Tensor:
    """start, start + step, ... below stop; 0, 1, ... below start if that is all."""
    return ops.arange(start, stop, step, dtype)


def flatten(x: Any) -> Any:
    """All numbers in one row."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """The numbers of each sample in one row."""
    sizes = x.shape[1:]
    return ops.reshape(x, (-1, int(np.prod(sizes))))


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Axes in another order."""
    return ops.transpose(x, tuple(pattern))


def transpose(x: Any) -> Any:
    """Axes in the reverse order."""
    return ops.transpose(x)


def repeat(x: Any, n: int) -> Any:
    """(batch, d) -> (batch, n, d)."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each entry along an axis `rep` times."""
    return ops.repeat(x, rep, axis=axis)


def tile(x: Any, n: Any) -> Any:
    """x again and again, n times along each axis."""
    return ops.tile(x, n)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """A further axis of length 1."""
    return ops.expand_dims(x, axis)


def squeeze(x: Any, axis: Any) -> Any:
    """Without that axis of length 1."""
    return ops.squeeze(x, axis)


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """One after the other along an axis."""
    return ops.concatenate(list(tensors), axis=axis)


def stack(x: Any, axis: int = 0) -> Any:
    """Beside each other along a new axis."""
    return ops.stack(x, axis=axis)


def reverse(x: Any, axes: Any) -> Any:
    """Backwards along axes."""
    return ops.flip(x, axes)


def gather(reference: Any, indices: Any) -> Any:
    """Rows by number."""
    return ops.take(reference, indices, axis=0)


def one_hot(indices: Any, num_classes: int) -> Any:
    """Numbers as rows with a single 1."""
    return ops.one_hot(indices, num_classes)


@either_order
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around the pictures of a batch."""
    return ops.pad(x, ((0, 0), *map(tuple, padding), (0, 0)))


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Zeros before and behind sequences."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """Prints and gives x."""
    print(message, x)
    return x
