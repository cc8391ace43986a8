"""Activations as functions of tensors: the formulas of `nabi.activations`, under Keras' names in ops.

On a symbol relu, softmax and the like, without arguments of their own, become the layer `Activation`, which is fused as ever.
"""

from typing import Any

import torch

from nabi.core.registry import lookup
from nabi.ops.op import floats, numberwise, op

Tensor = torch.Tensor


def activation(name: str, x: Any, **options: Any) -> Tensor:
    """The activation of this name on whatever `floats` takes."""
    return lookup("activation", name)(floats(x), **options)


@numberwise
def relu(x: Any) -> Tensor:
    """max(0, x)."""
    return activation("relu", x)


@numberwise
def relu6(x: Any) -> Tensor:
    """min(max(0, x), 6)."""
    return activation("relu6", x)


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
    """x between -1 and 1."""
    return activation("hard_tanh", x)


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
def softmax(x: Any, axis: int = -1) -> Tensor:
    """e^x_i / sum_j e^x_j along the axis."""
    return activation("softmax", x, axis=axis)


@op
def log_softmax(x: Any, axis: int = -1) -> Tensor:
    """x_i - log sum_j e^x_j along the axis."""
    return activation("log_softmax", x, axis=axis)
