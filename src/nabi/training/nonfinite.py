"""Non-finite numbers: training stops at the first NaN or infinite loss and says step and layer."""

import torch

from nabi.core.errors import NabiError
from nabi.data import cast
from nabi.training.plan import Pass, Plan


class NonFinite(NabiError, ArithmeticError):
    """The loss is NaN or infinite."""


@torch.no_grad()
def name_place(trainer, batch, position) -> str:
    """Where the first NaN or infinite number of this batch arises: in the data, in a weight, or in a layer's output."""
    start = f"epoch {position.epoch + 1}, step {position.step + 1}: the loss is not finite"
    batch = cast(batch, trainer.precision.dtype)
    for what, tensors, names in (("x", batch.x, trainer.model.input_names), ("y", batch.y, trainer.model.output_names)):
        for tensor, name in zip(tensors, names, strict=True):
            bad = ~torch.isfinite(tensor).reshape(len(tensor), -1).all(1) if tensor.is_floating_point() else torch.zeros(1)
            if bad.any():
                return f"{start}: sample {int(bad.nonzero()[0])} of this batch has NaN or infinity in {what} ('{name}'). Clean the data."
    learning = "Lower the learning rate, or clip the gradients (clipnorm=1)."
    for layer in trainer.model.leaves:
        for weight in layer.weights:
            if not torch.isfinite(weight.value).all():
                return f"{start}: weight '{weight.name}' of {layer.label} has become NaN or infinite. {learning}"
    for op, made in watch(trainer, batch):
        if not torch.isfinite(made).all():
            return f"{start}: the output of {op.layers[-1].label} is not finite. {learning}"
    return f"{start}: the loss itself overflows. {learning}"


def watch(trainer, batch):
    """Each op of the unfused plan with its output, on one batch, in inference mode."""
    plan = Plan(trainer.model.graph, dtype=trainer.precision.dtype, frozen=trainer.frozen, fused=False)
    values = dict(zip(plan.graph.input_slots, batch.x, strict=True))
    for op in plan.ops:
        made = op.run([values[slot] for slot in op.inputs], Pass(False, trainer.model.counters))
        for slot, tensor in zip(op.outputs, [made] if isinstance(made, torch.Tensor) else made, strict=True):
            values[slot] = tensor
            yield op, tensor
