"""Slopes: `tf.custom_gradient`: a function that says itself what its slope is.

    @tf.custom_gradient
    def reverse(x):
        return tf.identity(x), lambda dy: -dy
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from nabi.layers.weight import bare


class Given(torch.autograd.Function):
    """A value with a slope of the user's own."""

    @staticmethod
    def forward(ctx: Any, function: Callable, *args: Any) -> Any:  # type: ignore[override]
        with torch.enable_grad():
            value, ctx.slope = function(*[x.detach() if isinstance(x, torch.Tensor) else x for x in args])
        return value.detach().clone()

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:  # type: ignore[override]
        made = ctx.slope(dy)
        return None, *(made if isinstance(made, (list, tuple)) else [made])


def custom_gradient(f: Callable) -> Callable:
    """Decorator for a function that gives (value, function from the slope behind it to that before it).

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> custom_gradient(lambda x: (x * 1, lambda dy: -dy))(x).sum().backward()
        >>> x.grad
        tensor([-1., -1.])
    """

    @wraps(f)
    def call(*args: Any) -> Any:
        return Given.apply(f, *bare(args))

    return call
