"""Watching: `K.gradients` inside a Lambda: its inputs are watched, so that there is a slope to look back on.

    Lambda(lambda x: K.gradients(K.sum(K.square(x)), x)[0])          2 x
"""

from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any

import torch
from torch.utils._pytree import tree_leaves, tree_map

from nabi.as_keras.patches import Patches
from nabi.layers import Lambda


def dress_lambdas(patches: Patches) -> None:
    """Watches inputs where a function asks for gradients."""
    patches.around(Lambda, "call", watching)


def asks(code: Any) -> bool:
    """Whether code, or a function inside it, names `gradients`."""
    return isinstance(code, CodeType) and ("gradients" in code.co_names or any(map(asks, code.co_consts)))


def followed(inputs: Any) -> Any:
    """Inputs that autograd follows; whole numbers are made floats where there is nothing else, and left alone beside floats."""
    tensors = [x for x in tree_leaves(inputs) if isinstance(x, torch.Tensor)]
    only_whole = not any(x.is_floating_point() for x in tensors)

    def leaf(x: Any) -> Any:
        if not isinstance(x, torch.Tensor) or x.requires_grad or not (only_whole or x.is_floating_point()):
            return x
        return (x.float() if only_whole else x).clone().requires_grad_()

    return tree_map(leaf, inputs)


def watching(method: Callable) -> Callable:
    """`Lambda.call` with watched inputs, where its function asks for gradients."""

    @wraps(method)
    def call(self, x, *args, **options):
        if not asks(getattr(self.function, "__code__", None)):
            return method(self, x, *args, **options)
        outside = torch.is_grad_enabled()
        with torch.inference_mode(False), torch.enable_grad():
            made = method(self, followed(x), *args, **options)
        return made if outside else tree_map(lambda y: y.detach() if isinstance(y, torch.Tensor) else y, made)

    return call
