"""Slope: where a tape's way back begins: L of one batch, and its gradients by outputs and penalized weights.

    L = sum over outputs o of factor_o * loss_o + penalties        dL/d output_o = factor_o * d loss_o / d output_o

    loss_o = sum_i w_i l_i / n         d loss_o / d z_i = w_i / n * d l_i / d z_i

A loss that has a kernel (`Loss.one_pass`) gives its l_i with their gradients, which are autograd's to the bit; L is summed up, or
divided, in float64, and so differs from autograd's by a few roundings of float32. The other losses, and the penalties, are
one small graph. A loss of the user's own may depend on any weight besides, and write over the outputs that it is given:
it gets a copy.
"""

from collections.abc import Collection, Mapping
from typing import Any

import torch
from numpy import float32 as f32
from torch import Tensor

from nabi.data import Batch
from nabi.kernels.softmax import OnePass
from nabi.layers.weight import Weight
from nabi.training.by_autograd import refuse_detached
from nabi.training.objective import Objective

REDUCTIONS = ("sum_over_batch_size", "mean", "sum")


class Slope:
    """L of one batch, and its gradients.

    Args:
        objective: the losses.
        batch: with targets and sample weights.
        outputs: of the plan, without a graph.
        penalized: weights whose regularizers add to L.
        masks: of the outputs, by number.
        scale: what the gradients are multiplied by.
        own: numbers of the outputs whose losses are of the user's own.
        reached: weights that L may depend on beside the outputs: all that learn where there are such losses, else `penalized`.

    Attributes:
        value: L.
        passes: what the losses' kernels gave, by number of the output.
    """

    def __init__(self, objective: Objective, batch: Batch, outputs: list[Tensor], penalized: list[Weight],
                 masks: Mapping[int, Tensor], scale: float, own: Collection[int], reached: list[Weight]):
        objective.check_targets(batch)
        self.passes: dict[int, OnePass] = {}
        self.reached, self.scale = [w.tensor for w in reached], scale
        values: list[Any] = [None if i in own else self.by_kernel(i, objective, batch, out, masks)
                             for i, out in enumerate(outputs)]
        self.leaves: list[Tensor | None] = [
            out.detach().requires_grad_() if value is None and part is not None else None
            for value, part, out in zip(values, objective.on_outputs, outputs, strict=True)]  # for autograd
        if penalized or any(leaf is not None for leaf in self.leaves):
            with torch.enable_grad():
                values = [value if leaf is None else objective.value(i, batch, leaf.clone() if i in own else leaf, masks)
                          for i, (value, leaf) in enumerate(zip(values, self.leaves, strict=True))]
                self.total = objective.sum_up(values, [w.regularizer(w.tensor) for w in penalized])
        else:
            self.total = objective.sum_up(values, [])
        self.value = float(self.total)  # on a CPU it is there already

    def by_kernel(self, i: int, objective: Objective, batch: Batch, z: Tensor, masks: Mapping[int, Tensor]) -> float | None:
        """loss_o of output i; None where it has no kernel for these targets, or sums up in an unusual way."""
        part: Any = objective.on_outputs[i]
        if part is None or i in masks or part.reduction not in REDUCTIONS:
            return None
        (y, w), shape = objective.target(batch, i), z.shape[:-1]
        if w is not None and w.shape != shape:
            return None
        n = 1 if part.reduction == "sum" else shape.numel()
        g = f32(self.scale) * f32(objective.factors[i]) / f32(n)  # in float32, step by step, as autograd does
        made = part.one_pass(y, z, g if w is None else (w * float(g)).unsqueeze(-1))
        if made is None:
            return None
        self.passes[i] = made
        return (made.total if w is None else float((made.losses * w).sum())) / n

    def gradients(self) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Those of scale * L, by outputs and by the weights reached."""
        leaves = [t for t in (*self.leaves, *self.reached) if t is not None]
        if not leaves:
            return [self.passes[i].gradient if i in self.passes else None for i in range(len(self.leaves))], []
        found = iter(self.by_autograd(leaves))
        by_output = [self.passes[i].gradient if i in self.passes else None if leaf is None else next(found)
                     for i, leaf in enumerate(self.leaves)]
        return by_output, list(found)

    def by_autograd(self, leaves: list[Tensor]) -> tuple[Tensor | None, ...]:
        """Those of what has no kernel. Raises: StateError, where a loss has no way back to outputs that weights stand behind."""
        if not self.total.requires_grad:
            if not self.passes:
                refuse_detached(self.total, self.reached)
            return (None,) * len(leaves)
        seed = None if self.scale == 1.0 else self.total.new_tensor(self.scale)
        return torch.autograd.grad(self.total, leaves, seed, allow_unused=True)
