"""NumPy beside: `array * tensor` and `np.max(tensor)` while nabi plays Keras; torch knows `tensor * array` alone.

NumPy hands `np.max(tensor)` to the tensor's own `max`, which takes other arguments; here its functions read tensors as arrays,
as they read TensorFlow's.
"""

from typing import Any

import numpy as np
import torch
from torch.utils._pytree import tree_map

from nabi.as_keras.patches import Patches

REFLECTED = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")


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


def dress_reflected(patches: Patches) -> None:
    """Puts them on torch's tensors."""
    patches.put(torch.Tensor, "__array_function__", by_numpy)
    for word in REFLECTED:
        name = f"__r{word}__"
        patches.put(torch.Tensor, name, reflected(getattr(torch.Tensor, name)))
