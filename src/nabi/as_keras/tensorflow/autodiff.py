"""Autodiff: `tf.autodiff`: slopes forwards, along a direction: J v, where a tape gives u J.

    with tf.autodiff.ForwardAccumulator(primals=w, tangents=v) as acc:
        loss = loss_fn(w)
    acc.jvp(loss)                      sum_i v_i d loss / d w_i

Computed backwards twice: g(u) = u J is linear in u, and the slope of v . g(u) by u is J v.
"""

from typing import Any

import torch

from nabi.as_keras.tensorflow.taping import GradientTape
from nabi.layers.node import flatten
from nabi.layers.weight import Weight

__all__ = ["ForwardAccumulator", "GradientTape"]


class ForwardAccumulator(GradientTape):
    """Watches what is computed in its block, for slopes along a direction.

    Args:
        primals: tensors or weights.
        tangents: the direction, of the same structure and shapes.

    Example:
        >>> x = torch.tensor([2.0, 3.0])
        >>> with ForwardAccumulator(x, torch.tensor([1.0, 10.0])) as acc:
        ...     y = x * x
        >>> acc.jvp(y)
        tensor([ 4., 60.])
    """

    def __init__(self, primals: Any, tangents: Any):
        super().__init__()
        self.primals = flatten(primals)
        self.tangents = [torch.as_tensor(one) for one in flatten(tangents)]

    def __enter__(self):
        super().__enter__()
        self.watch([one for one in self.primals if not isinstance(one, Weight)])
        return self

    def jvp(self, primals: Any, unconnected_gradients: Any = None) -> Any:
        """d primals along the direction, in the same structure; None (or zeros) where they do not depend on it."""
        if isinstance(primals, (list, tuple)):
            return type(primals)(self.jvp(one, unconnected_gradients) for one in primals)
        leaves = [(leaf, v) for leaf, v in ((self.leaf(one), v) for one, v in zip(self.primals, self.tangents, strict=True))
                  if leaf is not None]
        none = torch.zeros_like(primals) if str(unconnected_gradients).lower().endswith("zero") else None
        if not leaves or not primals.requires_grad:
            return none
        u = torch.zeros_like(primals).requires_grad_()
        found = torch.autograd.grad(primals, [leaf for leaf, _ in leaves], u, create_graph=True, allow_unused=True)
        along = [(g * v.to(g.dtype)).sum() for g, (_, v) in zip(found, leaves, strict=True) if g is not None]
        return torch.autograd.grad(torch.stack(along).sum(), u)[0] if along else none
