"""In place: `x += y`: TensorFlow's tensors never change, so that a script gets a new one; torch's would change.

    def call(self, x):
        h = K.dot(x, self.kernel)
        h += self.bias              h is new; autograd keeps what it needs of the old one

nabi's and torch's own code goes on changing tensors in place.
"""

import operator
import sys
from collections.abc import Callable
from typing import Any

import torch

from nabi.as_keras.patches import Patches

WORDS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and_", "or_", "xor")
OURS = ("nabi", "torch")


def dress_in_place(patches: Patches) -> None:
    """Puts these in place."""
    for word in WORDS:
        name = f"__i{word.rstrip('_')}__"
        patches.put(torch.Tensor, name, fresh(getattr(operator, word), getattr(torch.Tensor, name)))


def fresh(plain: Callable, changing: Callable) -> Callable:
    """An operator that makes a new tensor for a script, and changes the old one for nabi and torch."""

    def compute(self: torch.Tensor, other: Any) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        return changing(self, other) if caller.partition(".")[0] in OURS else plain(self, other)

    return compute
