"""ByAutograd: a training step by torch's autograd, forward and backward: on plain kernels, with layers or losses of one's own.

It stands in for a tape's record: the loss, the gradients in their spans, and the predictions.
"""

import torch
from torch import Tensor

from nabi.core.errors import StateError
from nabi.data import Batch
from nabi.layers.weight import Weight
from nabi.optimizers import Span
from nabi.training.binding import Binding
from nabi.training.objective import Objective
from nabi.training.plan import Pass, Plan


class ByAutograd:
    """One run of a plan; call it inside the binding.

    Args:
        plan, binding, objective, penalized: as of a `Tape`.
        batch, p, scale: as of its `run`.

    Attributes:
        value: the loss.
        right: nothing; see `Record`.
    """

    right: dict[int, int | None] = {}

    def __init__(self, plan: Plan, binding: Binding, objective: Objective, penalized: list[Weight], batch: Batch, p: Pass,
                 scale: float):
        self.plan, self.binding, self.objective, self.p, self.scale = plan, binding, objective, p, scale
        with torch.enable_grad():
            self.outputs = plan.run(batch.x, p)
            self.loss = objective.loss(batch, self.outputs, p.penalties + [w.regularizer(w.tensor) for w in penalized], p.masks)
        self.value = self.loss.item()

    def predictions(self) -> list[Tensor]:
        """What the user sees of the outputs."""
        return self.plan.finish([out.detach() for out in self.outputs], self.p)

    def backward(self) -> list[Span]:
        """The spans with the gradient of scale * loss in them. Only once."""
        trained = zip(self.outputs, self.objective.losses, strict=True)
        refuse_detached(self.loss, [out for out, part in trained if part is not None])
        with torch.enable_grad():
            return self.binding.differentiated(self.loss if self.scale == 1.0 else self.loss * self.scale)


def refuse_detached(loss: Tensor, outputs: list[Tensor]) -> None:
    """Raises StateError where a loss has lost its way back to the outputs it is of: nothing would ever be learned."""
    if not loss.requires_grad and any(out.requires_grad for out in outputs):
        raise StateError("training step", "a loss that follows from the model's outputs", "one that autograd cannot follow",
                         "In a loss of your own use torch's functions, not NumPy's, and neither detach() nor item().")
