"""Activations as functions of tensors: the formulas of `nabi.activations`, under Keras' names in ops.

On a symbol relu, softmax and the like, without arguments of their own, become the layer `Activation`, which is fused as ever.
"""

from typing import Any

import torch

from nabi.core.registry import lookup
from nabi.ops.op import axes_of, floats, numberwise, op, tensor

Tensor = torch.Tensor


def activation(name: str, x: Any, **options: Any) -> Tensor:
    """The activation of this name on whatever `floats` takes."""
    return lookup("activation", name)(floats(x), **options)


def whole(name: str, x: Any) -> Tensor:
    """As `activation`; whole numbers stay whole, and truth values become floats."""
    t = tensor(x)
    return lookup("activation", name)(floats(t) if t.dtype is torch.bool else t)


def along(name: str, x: Any, axis: Any) -> Tensor:
    """As `activation` along one axis, or along several, or all (None), as if they were one."""
    t = floats(x)
    if axis is not None and not isinstance(axis, (tuple, list)):
        return activation(name, t, axis=axis)
    axes = axes_of(axis, t.ndim)
    last = tuple(range(-len(axes), 0))
    moved = t.movedim(axes, last)
    flat = moved.reshape((*moved.shape[:t.ndim - len(axes)], -1))
    return activation(name, flat).reshape(moved.shape).movedim(last, axes)


@numberwise
def relu(x: Any) -> Tensor:
    """max(0, x); whole numbers stay whole."""
    return whole("relu", x)


@numberwise
def relu6(x: Any) -> Tensor:
    """min(max(0, x), 6); whole numbers stay whole."""
    return whole("relu6", x)


@numberwise
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """x where x > 0, else negative_slope x."""
    return activation("leaky_relu", x, negative_slope=negative_slope)


@numberwise
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha (e^x - 1)."""
    return activation("elu", x, alpha=alpha)


@numberwise
def selu(x: Any) -> Tensor:
    """1.0507 x where x > 0, else 1.7581 (e^x - 1)."""
    return activation("selu", x)


@numberwise
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """x Phi(x), Phi the normal distribution's share below x; by default through tanh, as in Keras' ops."""
    return activation("gelu", x, approximate=approximate)


@numberwise
def silu(x: Any) -> Tensor:
    """x sigmoid(x)."""
    return activation("silu", x)


@numberwise
def sigmoid(x: Any) -> Tensor:
    """1 / (1 + e^-x)."""
    return activation("sigmoid", x)


@numberwise
def log_sigmoid(x: Any) -> Tensor:
    """log(sigmoid(x)), without overflow."""
    return activation("log_sigmoid", x)


@numberwise
def hard_sigmoid(x: Any) -> Tensor:
    """relu6(x + 3) / 6."""
    return activation("hard_sigmoid", x)


@numberwise
def hard_silu(x: Any) -> Tensor:
    """x relu6(x + 3) / 6."""
    return activation("hard_silu", x)


@numberwise
def hard_tanh(x: Any) -> Tensor:
    """x between -1 and 1; whole numbers stay whole."""
    t = tensor(x)
    return t.clamp(max=1) if t.dtype is torch.uint8 else whole("hard_tanh", t)


@numberwise
def tanh(x: Any) -> Tensor:
    """(e^x - e^-x) / (e^x + e^-x)."""
    return activation("tanh", x)


@numberwise
def softplus(x: Any) -> Tensor:
    """log(1 + e^x)."""
    return activation("softplus", x)


@numberwise
def softsign(x: Any) -> Tensor:
    """x / (1 + |x|)."""
    return activation("softsign", x)


@op
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """e^x_i / sum_j e^x_j along the axis, or over all numbers of several axes (None: of all)."""
    return along("softmax", x, axis)


@op
def log_softmax(x: Any, axis: Any = -1) -> Tensor:
    """x_i - log sum_j e^x_j along the axis, or over all numbers of several axes (None: of all)."""
    return along("log_softmax", x, axis)
