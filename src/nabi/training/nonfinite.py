"""Non-finite numbers: refused in arrays before the first step; a NaN or infinite loss or gradient stops the training.

    arrays      a sum is finite only if all its numbers are: one pass over memory, piece by piece
    loss        read at every step                                     no weight is changed by a step that is not finite
    gradient    its sum, read before the optimizer runs                likewise

Within `going_on(tell)` they are told instead, and training goes on with them, as Keras' does.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from nabi.core.errors import DataError, NabiError
from nabi.data import Batch, cast
from nabi.models.states import stateful_layers, unmoved
from nabi.optimizers import Span
from nabi.training.plan import Op, Pass, Plan

LEARNING = "Lower the learning rate, or clip the gradients (clipnorm=1)."


PIECE = 2**22  # numbers that are summed at once


class NonFinite(NabiError, ArithmeticError):
    """The loss or a gradient is NaN or infinite."""


class Going:
    """Who is told of numbers that are not finite; None: they stop the training."""

    told: Callable[[str], None] | None = None


@contextmanager
def going_on(tell: Callable[[str], None]) -> Iterator[None]:
    """Within the block training goes on with NaN and infinity; `tell` is called with a sentence about them."""
    before, Going.told = Going.told, tell
    try:
        yield
    finally:
        Going.told = before


def stops(loss: float) -> bool:
    """Whether a loss stops the training, and leaves the weights as they are."""
    return Going.told is None and not math.isfinite(loss)


def report(trainer, batch: Batch) -> None:
    """Tells that the loss of a batch is not finite.

    Raises NonFinite where that stops the training.
    """
    if Going.told is None:
        raise NonFinite(name_place(trainer, batch))
    found = None if trainer.own.trains else in_data(trainer, batch)
    Going.told(f"{step_of(trainer)}: the loss is not finite: {found or LEARNING}")


def first_bad(tensor: torch.Tensor) -> tuple[int, ...] | None:
    """Where the first NaN or infinity stands, None if there is none.

    Example:
        >>> first_bad(torch.tensor([[1.0, 2.0], [3.0, float("nan")]]))
        (1, 1)
    """
    rows = max(1, PIECE * len(tensor) // max(tensor.numel(), 1))
    for begin in range(0, len(tensor) if tensor.is_floating_point() else 0, rows):
        piece = tensor[begin:begin + rows]
        if not math.isfinite(piece.sum().item()):  # or finite numbers add up to too much: then none is found
            bad = (~torch.isfinite(piece)).nonzero()
            if len(bad):
                return begin + int(bad[0, 0]), *bad[0, 1:].tolist()
    return None


def not_finite(tensor: torch.Tensor, where: str) -> str | None:
    """A sentence about NaN and infinity in an array, None if all its numbers are finite."""
    place = first_bad(tensor)
    if place is None:
        return None
    samples = sum(int((~torch.isfinite(piece)).reshape(len(piece), -1).any(1).sum()) for piece in tensor.split(4096))
    value = {"nan": "NaN"}.get(str(tensor[place].item()), "infinity")
    return (f"{where}: expected finite numbers, got {value} at {where}[{', '.join(map(str, place))}], and NaN or infinity in "
            f"{samples:,} of {len(tensor):,} samples; leave these out, or repair them: np.nan_to_num({where}).")


def refuse_bad(trainer, batch: Batch) -> None:
    """Raises DataError where arrays hold NaN or infinity; a layer or loss of the user's own may know what they mean."""
    model, nabis = trainer.model, nabi_only(trainer.model.leaves)
    losses = [loss is not None and nabi_only([loss]) for loss in trainer.objective.losses]
    sides = (("x", batch.x, model.input_names, [nabis] * len(batch.x)), ("y", batch.y, model.output_names, losses),
             ("sample_weight", batch.w, model.output_names, losses))
    for what, tensors, names, looked_at in sides:
        for tensor, name, look in zip(tensors, names, looked_at, strict=False):  # no targets where no loss asks for any
            said = not_finite(tensor, what if len(names) == 1 else f"{what}['{name}']") if look and tensor is not None else None
            if not said:
                continue
            if Going.told is None:
                raise DataError(said)
            Going.told(said)


def nabi_only(things: list) -> bool:
    """Whether all of these are nabi's own, with nabi's formulas."""
    return all(type(thing).__module__.startswith("nabi.") and not hasattr(thing, "fn") and not getattr(thing, "own_code", False)
               for thing in things)


def refuse_gradient(trainer, spans: list[Span], batch: Batch) -> None:
    """Raises NonFinite, before the optimizer runs, where a gradient is NaN or infinite; names the data or layer it began in."""
    if Going.told is not None or all(math.isfinite(span.g.sum().item()) for span in spans):
        return
    found = in_data(trainer, batch)
    if found:
        raise NonFinite(f"{step_of(trainer)}: a gradient is not finite: {found}")
    binding, leaves = trainer.binding, trainer.model.leaves
    order = {id(w): place for place, layer in enumerate(leaves) for w in layer.weights}
    bad = [w for w, g in zip(binding.learned, binding.views, strict=True) if not torch.isfinite(g).all()]
    if bad:  # backwards through the graph it began at the layer nearest to the output
        weight = max(bad, key=lambda w: order[id(w)])
        raise NonFinite(f"{step_of(trainer)}: the loss is finite, but the gradient of weight '{weight.name}' of "
                        f"{weight.owner.label} is NaN or infinite. {LEARNING} In a layer or loss of your own look for the "
                        "square root or logarithm of 0, and for a division by it.")


def step_of(trainer) -> str:
    """Which step is running, for messages."""
    position = trainer.position
    return f"epoch {position.epoch + 1}, step {position.step + 1}" if trainer.callbacks is not None else "train_on_batch"


def in_data(trainer, batch: Batch) -> str | None:
    """A sentence about the first NaN or infinity in a batch's arrays, None if there is none."""
    model = trainer.model
    for what, tensors, names in (("x", batch.x, model.input_names), ("y", batch.y, model.output_names),
                                 ("sample_weight", batch.w, model.output_names)):
        for tensor, name in zip(tensors, names, strict=False):
            place = None if tensor is None else first_bad(tensor)
            if place is not None:
                sample = place[0]
                which = f"sample {sample} of this batch" if batch.numbers is None else f"sample {int(batch.numbers[sample])}"
                return f"{which} has NaN or infinity in {what} ('{name}'). Clean the data."
    return None


@torch.no_grad()
def name_place(trainer, batch: Batch) -> str:
    """Where the first NaN or infinite number of this batch arises: in the data, in a weight, or in a layer's output."""
    start = f"{step_of(trainer)}: the loss is not finite"
    model, batch = trainer.model, cast(batch, trainer.precision.dtype)
    found = in_data(trainer, batch)
    if found:
        return f"{start}: {found}"
    for layer in model.leaves:
        for weight in layer.weights:
            if not torch.isfinite(weight.value).all():
                return f"{start}: weight '{weight.name}' of {layer.label} has become NaN or infinite. {LEARNING}"
    with unmoved(stateful_layers(model)):
        for op, made in watch(trainer, batch):
            if not torch.isfinite(made).all():
                return f"{start}: the output of {op.layers[-1].label} is not finite. {LEARNING}"
    return f"{start}: the loss itself overflows. {LEARNING}"


def watch(trainer, batch: Batch) -> Iterator[tuple[Op, torch.Tensor]]:
    """Each op of the unfused plan with its output, on one batch, in inference mode."""
    plan = Plan(trainer.model.graph, dtype=trainer.precision.dtype, frozen=trainer.frozen)
    values = dict(zip(plan.graph.input_slots, batch.x, strict=True))
    for op in plan.ops:
        made = op.run([values[slot] for slot in op.inputs], Pass(False, trainer.model.counters))
        for slot, tensor in zip(op.outputs, [made] if isinstance(made, torch.Tensor) else made, strict=True):
            values[slot] = tensor
            yield op, tensor
