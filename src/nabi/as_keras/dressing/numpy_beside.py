"""NumPy beside: `array * tensor`, `tensor - array` and `np.max(tensor)` while nabi plays Keras, as with TensorFlow's tensors.

    loss = tf.reduce_mean(tf.square(model(x) - y))        y an array: the difference is a tensor that a tape follows
    np.exp(tensor), np.max(tensor)                        arrays, or numbers

torch leaves `tensor - array` to NumPy, whose answer no gradient follows; and NumPy hands `np.max(tensor)` to the tensor's own
`max`, which takes other arguments.
"""

import operator
from functools import wraps
from typing import Any

import numpy as np
import torch
from torch.utils._pytree import tree_map

from nabi.as_keras.patches import Patches
from nabi.backend.variables import Variable
from nabi.layers.weight import Weight, bare

REFLECTED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
OPERATORS = {  # NumPy's functions behind operators -> Python's, which make tensors
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv, "power": operator.pow,
    "floor_divide": operator.floordiv, "remainder": operator.mod, "matmul": operator.matmul, "equal": operator.eq,
    "not_equal": operator.ne, "less": operator.lt, "less_equal": operator.le, "greater": operator.gt,
    "greater_equal": operator.ge}  # fmt: skip


def reflected(plain: Any) -> Any:
    """A reflected operator that takes NumPy's arrays, too."""

    def call(self: torch.Tensor, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            other = torch.as_tensor(other)
            other = other.to(self.dtype) if self.is_floating_point() else other
        return plain(self, other)

    return call


def as_array(value: Any) -> Any:
    """A tensor's numbers; whatever else as it is."""
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value


def by_numpy(self: torch.Tensor, function: Any, types: Any, args: tuple, options: dict[str, Any]) -> Any:
    """What a function of NumPy's gives of tensors (NEP 18): an array, or a number."""
    return function(*tree_map(as_array, args), **tree_map(as_array, options))


def by_operator(self: Any, function: Any, way: str, *inputs: Any, **options: Any) -> Any:
    """What NumPy's `add`, `exp`, ... give (NEP 13): an operator between an array and a tensor a tensor, else an array."""
    plain, inputs, self = OPERATORS.get(function.__name__), bare(inputs), bare(self)
    arrays = [x for x in inputs if isinstance(x, (np.ndarray, np.generic))]
    if plain is None or way != "__call__" or options or not arrays or any(x.dtype.kind in "OUSMm" for x in arrays):
        return getattr(function, way)(*tree_map(as_array, inputs), **tree_map(as_array, options))
    return plain(*(beside(x, self) for x in inputs))


def with_lists(plain: Any) -> Any:
    """An operator that takes Python's lists, too."""

    def call(self: Any, other: Any) -> Any:
        if type(other) is list:
            made = torch.as_tensor(np.asarray(other))
            other = made.to(bare(self).dtype) if bare(self).is_floating_point() else made
        return plain(self, other)

    return call


def at_first_variable(make: Any, patches: Patches) -> Any:
    """A variable's constructor: scripts that make variables write `W * [1, 2, 3]` and `W * x - [1, 2, 3]`, from then on."""
    made: list[bool] = []

    @wraps(make)
    def call(self: Any, *args: Any, **options: Any) -> None:
        if not made:
            made.append(True)
            for word in REFLECTED:
                for name in (f"__{word}__", f"__r{word}__"):
                    for owner in (torch.Tensor, Weight):
                        patches.put(owner, name, with_lists(getattr(owner, name)))
        make(self, *args, **options)

    return call


def beside(value: Any, tensor: torch.Tensor) -> Any:
    """An array as a tensor; its floats take those of the tensor beside it."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = torch.as_tensor(value)
        return value.to(tensor.dtype) if tensor.is_floating_point() and plain_kind(value) else value
    return value


def plain_kind(value: torch.Tensor) -> bool:
    """Whether it is no truth value and no complex number."""
    return value.dtype is not torch.bool and not value.is_complex()


def dress_reflected(patches: Patches) -> None:
    """Puts them on torch's tensors."""
    patches.put(torch.Tensor, "__array_function__", by_numpy)
    patches.put(torch.Tensor, "__array_ufunc__", by_operator)
    patches.put(Weight, "__array_ufunc__", by_operator)
    patches.around(Variable, "__init__", lambda make: at_first_variable(make, patches))
    for word in REFLECTED:
        name = f"__r{word}__"
        patches.put(torch.Tensor, name, reflected(getattr(torch.Tensor, name)))
