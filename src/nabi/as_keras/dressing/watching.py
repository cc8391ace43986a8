"""Watching: `K.gradients` inside a Lambda: its inputs are watched, so that there is a slope to look back on.

    Lambda(lambda x: K.gradients(K.sum(K.square(x)), x)[0])          2 x
    Lambda(lambda x: K.gradients(x[0], x[1])[0])([y, x])             the slope of y by the x that it was made of

Where one of the inputs was made of another the function is run on the symbols: the slope lies outside of the Lambda.
"""

from collections.abc import Callable
from functools import wraps
from types import CodeType
from typing import Any

import torch
from torch.utils._pytree import tree_leaves, tree_map

from nabi.as_keras.patches import Patches
from nabi.backend.gradient import behind
from nabi.layers import Lambda
from nabi.layers.node import Symbol, flatten


def dress_lambdas(patches: Patches) -> None:
    """Watches inputs where a function asks for gradients."""
    patches.around(Lambda, "call", watching)
    patches.around(Lambda, "__call__", across)


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


def across(method: Callable) -> Callable:
    """`Lambda.__call__`, which runs a function that asks for slopes between its inputs on the symbols."""

    @wraps(method)
    def call(self, inputs, *args, **options):
        symbols = [leaf for leaf in flatten(inputs) if isinstance(leaf, Symbol)]
        if len(symbols) < 2 or not asks(getattr(self.function, "__code__", None)) or not related(symbols):
            return method(self, inputs, *args, **options)
        made = self.function(inputs, **self.arguments)
        slopes = flatten(made)
        first = len(slopes) if isinstance(made, (list, tuple)) else None  # the others are there for the weights behind them
        return Lambda(lambda x: x[0] if first is None else x[:first], name=self.name)([*slopes, *symbols])

    return call


def related(symbols: list[Symbol]) -> bool:
    """Whether one of them was made of another."""
    return any(id(other) in behind(one) for one in symbols for other in symbols if other is not one)


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
