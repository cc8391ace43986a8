"""Relu: [leaky] ReLU in plain torch, and what convolution and matrix product share: when they run fused, and ReLU's gradient.

    y = x where x > 0, else slope x          d = g where y > 0, else 0 (slope 0)
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from nabi.kernels import jit


def takes(x: Tensor, weight: Tensor) -> bool:
    """Whether the fused forms take these tensors."""
    return jit.fused(x, weight) and x.dtype == weight.dtype and x.dtype in (torch.bfloat16, torch.float32)


def bent(x: Tensor, slope: float) -> Tensor:
    """x where x > 0, else slope x: 0 is ReLU, 1 is x itself, what lies between is leaky ReLU.

    Example:
        >>> bent(torch.tensor([-2.0, 3.0]), 0.1)
        tensor([-0.2000,  3.0000])
    """
    return x if slope == 1 else F.relu(x) if slope == 0 else F.leaky_relu(x, slope)


def through_relu(g: Tensor, y: Tensor, owned: bool) -> Tensor:
    """The gradient before ReLU.

    Args:
        g: the gradient behind ReLU, contiguous, any shape.
        y: ReLU's output, like g.
        owned: whether the result is written over g; then nobody else may read g.

    Returns: g where y > 0, else 0; where y is NaN, g, as in torch.
    """
    if not owned:
        return torch.ops.aten.threshold_backward(g, y, 0)
    if g.numel() < jit.GRAIN:  # a kernel's call would take longer
        return torch.ops.aten.threshold_backward.grad_input(g, y, 0, grad_input=g)
    jit.load("relu").mask(jit.array(g.view(-1)), jit.array(y.view(-1)))
    return g
