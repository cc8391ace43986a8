"""Slope: where a tape's way back begins: L of one batch, and its gradients by outputs and penalized weights.

    L = sum over outputs o of factor_o * loss_o + penalties        dL/d output_o = factor_o * d loss_o / d output_o

    loss_o = sum_i w_i l_i / n         d loss_o / d z_i = w_i / n * d l_i / d z_i

A loss that has a kernel (`Loss.one_pass`) gives its l_i with their gradients; the others, and the penalties, are one small
autograd graph.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.data import Batch
from nabi.layers.weight import Weight
from nabi.training.objective import Objective

REDUCTIONS = ("sum_over_batch_size", "mean", "sum")


class OnePass:
    """One output's loss by its kernel.

    Args:
        losses, gradients: of each sample.
        w: sample weights in the losses' shape, or None.
        n: what the sum is divided by, None for a loss that is a sum.

    Attributes:
        value: loss_o.
    """

    def __init__(self, losses: Tensor, gradients: Tensor, w: Tensor | None, n: int | None):
        self.gradients, self.w, self.n = gradients, w, n
        total = (losses if w is None else losses * w).sum()
        self.value = total if n is None else total / n

    def gradient(self, g: np.float32) -> Tensor:
        """g * d loss_o / d z, written over what was kept; in the order, and so with the bits, of autograd."""
        share = float(g if self.n is None else g / np.float32(self.n))
        return self.gradients.mul_(share if self.w is None else (self.w * share).unsqueeze(-1))


class Slope:
    """L of one batch, and its gradients.

    Args:
        objective: the losses.
        batch: with targets and sample weights.
        outputs: of the plan, without a graph.
        penalized: weights whose regularizers add to L.
        masks: of the outputs, by number.

    Attributes:
        value: L.
        probabilities: those behind an absorbed softmax, by number of the output.
    """

    def __init__(self, objective: Objective, batch: Batch, outputs: list[Tensor], penalized: list[Weight],
                 masks: Mapping[int, Tensor]):
        objective.check_targets(batch)
        self.objective, self.probabilities, values = objective, {}, []
        self.found: list[OnePass | Tensor | None] = []  # by output; a tensor is a leaf for autograd
        self.penalized = [w.tensor for w in penalized]
        with torch.enable_grad():
            for i, (part, out) in enumerate(zip(objective.on_outputs, outputs, strict=True)):
                found = None if part is None else self.one_pass(i, batch, out, masks) or out.detach().requires_grad_()
                values.append(found.value if isinstance(found, OnePass) else objective.value(i, batch, found, masks))
                self.found.append(found)
            self.total = objective.sum_up(values, [w.regularizer(w.tensor) for w in penalized])
        self.value = self.total.item()  # on a CPU it is there already

    def one_pass(self, i: int, batch: Batch, z: Tensor, masks: Mapping[int, Tensor]) -> OnePass | None:
        """The loss of output i by its kernel; None where it has none for these targets, or sums up in an unusual way."""
        part, y, w = self.objective.on_outputs[i], batch.y[i], batch.w[i]
        if i in masks or part.reduction not in REDUCTIONS or (w is not None and w.shape != z.shape[:-1]):
            return None
        part.explain_mismatch(y, z)
        made = part.one_pass(y, z)
        if made is None:
            return None
        losses, gradients, self.probabilities[i] = made
        return OnePass(losses, gradients, w, None if part.reduction == "sum" else losses.numel())

    def gradients(self, scale: float) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Those of scale * L, by outputs and by penalized weights. Only once."""
        leaves = [t for t in (*self.found, *self.penalized) if isinstance(t, Tensor)]
        seed = None if scale == 1.0 else self.total.new_tensor(scale)
        by_autograd: Any = iter(torch.autograd.grad(self.total, leaves, seed, allow_unused=True) if leaves else ())
        by_output = [found.gradient(np.float32(scale) * np.float32(factor)) if isinstance(found, OnePass)
                     else None if found is None else next(by_autograd)
                     for found, factor in zip(self.found, self.objective.factors, strict=True)]
        return by_output, list(by_autograd)
