"""Printing: tensors and variables as TensorFlow shows them, in scripts that import it.

    print(t)      tf.Tensor([2 2], shape=(2,), dtype=int32)
    t             <tf.Tensor: shape=(2,), dtype=int32, numpy=array([2, 2], dtype=int32)>
    v             <tf.Variable 'v:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>

A script that imports torch, too, sees torch's tensors.
Source: TensorFlow 2.21, framework/ops.py and ops/resource_variable_ops.py.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.as_keras.patches import Patches
from nabi.layers.weight import Weight


def dress_printing(patches: Patches) -> None:
    """Puts this in place."""
    patches.around(torch.Tensor, "__repr__", as_shown)
    patches.put(torch.Tensor, "__str__", text_of)
    patches.around(torch.Tensor, "__format__", formatted)
    patches.around(Weight, "__repr__", variable_shown)


def speaks_tensorflow(tensor: torch.Tensor | None = None) -> bool:
    """Whether the script imports tensorflow and not torch; and a tensor has numbers to show."""
    main = vars(sys.modules.get("__main__", sys))
    if "tensorflow" not in sys.modules or any(value is torch for value in main.values()):
        return False
    return tensor is None or (tensor.device.type == "cpu" and tensor.layout is torch.strided)


def array_of(tensor: torch.Tensor) -> np.ndarray:
    """Its numbers; bfloat16, which NumPy does not have, as float32."""
    bare = torch.Tensor.detach(tensor)
    return (bare.float() if bare.dtype is torch.bfloat16 else bare).numpy()


def name_of(tensor: torch.Tensor) -> str:
    """The name of its dtype."""
    return str(tensor.dtype).removeprefix("torch.")


def on_lines(text: str) -> str:
    """A text of several lines begins on one of its own."""
    return f"\n{text}" if "\n" in text else text


def numbers_shown(array: np.ndarray) -> str:
    """numpy=... as TensorFlow writes it."""
    return f"numpy={on_lines(repr(array)) if array.ndim else array[()]}"


def text_of(self: torch.Tensor) -> str:
    """What `print` shows."""
    if not speaks_tensorflow(self):
        return repr(self)
    return f"tf.Tensor({on_lines(str(array_of(self)))}, shape={tuple(self.shape)}, dtype={name_of(self)})"


def as_shown(shown: Callable) -> Callable:
    """`repr` of a tensor."""

    @wraps(shown)
    def call(self: torch.Tensor, *args: Any, **options: Any) -> str:
        if not speaks_tensorflow(self):
            return shown(self, *args, **options)
        return f"<tf.Tensor: shape={tuple(self.shape)}, dtype={name_of(self)}, {numbers_shown(array_of(self))}>"

    return call


def formatted(format_of: Callable) -> Callable:
    """A tensor within an f-string: its numbers alone."""

    @wraps(format_of)
    def call(self: torch.Tensor, form: str) -> str:
        return format(array_of(self), form) if self.ndim and speaks_tensorflow(self) else format_of(self, form)

    return call


def variable_shown(shown: Callable) -> Callable:
    """`repr` of a variable: of tf.Variable, or of a layer's weight in Keras 3's words."""

    @wraps(shown)
    def call(self: Weight) -> str:
        if not speaks_tensorflow():
            return shown(self)
        array = self.numpy()
        if self.owner is None:
            return f"<tf.Variable '{self.name}:0' shape={self.shape} dtype={self.dtype}, {numbers_shown(array)}>"
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, value={array}>"

    return call
