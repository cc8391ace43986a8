"""NumPy beside: `array * tensor` while nabi plays Keras: torch knows `tensor * array` alone."""

from typing import Any

import numpy as np
import torch

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


def dress_reflected(patches: Patches) -> None:
    """Puts them on torch's tensors."""
    for word in REFLECTED:
        name = f"__r{word}__"
        patches.put(torch.Tensor, name, reflected(getattr(torch.Tensor, name)))
