"""Non-finite numbers: training stops at the first NaN or infinite loss and says step and layer, or sample."""

from collections.abc import Iterator

import torch

from nabi.core.errors import NabiError
from nabi.data import Batch, cast
from nabi.training.plan import Op, Pass, Plan

LEARNING = "Lower the learning rate, or clip the gradients (clipnorm=1)."


class NonFinite(NabiError, ArithmeticError):
    """The loss is NaN or infinite."""


@torch.no_grad()
def name_place(trainer, batch: Batch, position) -> str:
    """Where the first NaN or infinite number of this batch arises: in the data, in a weight, or in a layer's output."""
    start = f"epoch {position.epoch + 1}, step {position.step + 1}: the loss is not finite"
    model, batch = trainer.model, cast(batch, trainer.precision.dtype)
    for what, tensors, names in (("x", batch.x, model.input_names), ("y", batch.y, model.output_names),
                                 ("sample_weight", batch.w, model.output_names)):
        for tensor, name in zip(tensors, names, strict=True):
            sample = None if tensor is None else first_bad(tensor)
            if sample is not None:
                which = f"sample {sample} of this batch" if batch.numbers is None else f"sample {int(batch.numbers[sample])}"
                return f"{start}: {which} has NaN or infinity in {what} ('{name}'). Clean the data."
    for layer in model.leaves:
        for weight in layer.weights:
            if not torch.isfinite(weight.value).all():
                return f"{start}: weight '{weight.name}' of {layer.label} has become NaN or infinite. {LEARNING}"
    for op, made in watch(trainer, batch):
        if not torch.isfinite(made).all():
            return f"{start}: the output of {op.layers[-1].label} is not finite. {LEARNING}"
    return f"{start}: the loss itself overflows. {LEARNING}"


def first_bad(tensor: torch.Tensor) -> int | None:
    """The first sample with NaN or infinity, None if there is none."""
    bad = (~torch.isfinite(tensor)).reshape(len(tensor), -1).any(1).nonzero()
    return int(bad[0]) if len(bad) else None


def watch(trainer, batch: Batch) -> Iterator[tuple[Op, torch.Tensor]]:
    """Each op of the unfused plan with its output, on one batch, in inference mode."""
    plan = Plan(trainer.model.graph, dtype=trainer.precision.dtype, frozen=trainer.frozen)
    values = dict(zip(plan.graph.input_slots, batch.x, strict=True))
    for op in plan.ops:
        made = op.run([values[slot] for slot in op.inputs], Pass(False, trainer.model.counters))
        for slot, tensor in zip(op.outputs, [made] if isinstance(made, torch.Tensor) else made, strict=True):
            values[slot] = tensor
            yield op, tensor
