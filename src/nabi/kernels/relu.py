"""Relu: what convolution and matrix product share: when they run fused, and ReLU's gradient, d = g where y > 0, else 0."""

import torch
from torch import Tensor

from nabi.kernels import jit


def takes(x: Tensor, weight: Tensor) -> bool:
    """Whether the fused forms take these tensors."""
    return jit.fused(x, weight) and x.dtype == weight.dtype and x.dtype in (torch.bfloat16, torch.float32)


def through_relu(g: Tensor, y: Tensor, owned: bool) -> Tensor:
    """The gradient before ReLU.

    Args:
        g: the gradient behind ReLU, contiguous, any shape.
        y: ReLU's output, like g.
        owned: whether the result is written over g; then nobody else may read g.

    Returns: g where y > 0, else 0; where y is NaN, g, as in torch.
    """
    if not owned or not g.numel():
        return torch.ops.aten.threshold_backward(g, y, 0)
    jit.load("relu").mask(jit.array(g.view(-1)), jit.array(y.view(-1)))
    return g
