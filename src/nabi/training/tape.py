"""Tape: a training step forward and backward without autograd's engine, op after op.

    forward     x -> op 1 -> op 2 -> ... -> outputs        each op notes what its backward pass needs
    loss        L(outputs, penalized weights)              and where the way back begins: dL/d outputs (`nabi.training.slope`)
    backward    dL/d outputs -> ... -> op 2 -> op 1        each op gives dL/d its inputs, and writes dL/d its weights

An op that is a function of `nabi.kernels` is called directly; any other op is a small autograd graph of its own. The numbers are
those of autograd on the same plan, to the bit (but where a bfloat16 weight is used twice: its gradients add up in float32 here):
only the calls in between are saved, which at small batches cost as much as the arithmetic. Graphs with layers of the user's own,
which may change a tensor in place, stay with autograd as a whole, and so do penalties on activity.
"""

from inspect import unwrap
from typing import Any, NamedTuple

import torch
from torch import Tensor

from nabi.data import Batch
from nabi.layers.inside import opened
from nabi.layers.weight import Weight
from nabi.optimizers import Span
from nabi.training.binding import Binding
from nabi.training.nonfinite import nabi_only
from nabi.training.objective import Objective
from nabi.training.plan import Op, Pass, Plan
from nabi.training.slope import Slope


class Context:
    """What a kernel's function keeps from its forward to its backward pass, under the names of autograd's own."""

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad, self.saved_tensors = needs_input_grad, ()

    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *tensors):
        """Nothing to do: whoever calls the backward pass knows which outputs have gradients."""


class Place(NamedTuple):
    """Where a weight's gradient goes: a view of the gradient vector, and where that lies in memory, since views may share it."""

    view: Tensor
    address: int


class Entry:
    """An op of the plan, made ready.

    Args:
        op: the op.
        needs: for each input, whether its gradient is wanted.
        weights: what it computes with: arguments of its function, or leaves.
        gradients: views that their gradients go to; None for what does not learn.

    Attributes:
        fused: the op's kernel, None if it has none. `back`: its backward half, as it was written; `writes`: the same, if it can
            write gradients of weights where they belong.
        needed: its function's `needs_input_grad`. `alive`: whether any of it is needed.
    """

    def __init__(self, op: Op, needs: tuple[bool, ...], weights: tuple, gradients: tuple):
        self.op, self.needs, self.weights = op, needs, weights
        self.fused: Any = op.fused
        function = None if op.fused is None else op.fused.function
        self.back: Any = None if function is None else unwrap(function.backward)
        self.writes: Any = getattr(function, "gradients", None)
        self.places = [None if view is None else Place(view, view.data_ptr()) for view in gradients]
        self.needed = (*needs, *(place is not None for place in self.places))
        self.alive = any(self.needed)


class Direct:
    """One run of an op whose kernel is called directly: its context, until the backward pass has used it."""

    def __init__(self, entry: Entry, tensors: list[Tensor], p: Pass):
        self.entry, self.context, fused = entry, Context(entry.needed), entry.fused
        made = fused.function.forward(self.context, *tensors, *entry.weights, *fused.options(p, tensors))
        self.made = [made if fused.after is None else fused.after(made, p)]

    def backward(self, gs: list[Tensor | None], out: list[Tensor | None]) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Gradients of the inputs and of the weights from those of the outputs; they come in the order of the arguments.

        A kernel with a function `gradients` may write those of the weights into `out`.
        """
        entry, context = self.entry, self.context
        made = entry.writes(context, *gs, out) if entry.writes is not None else entry.back(context, *gs)
        found: list[Tensor | None] = [made] if isinstance(made, Tensor) else list(made)
        inputs = len(entry.needs)
        return found[:inputs], found[inputs:len(entry.needed)]


class Small:
    """One run of any other op: a small autograd graph from its inputs and weights to its outputs."""

    def __init__(self, entry: Entry, tensors: list[Tensor], p: Pass):
        self.entry = entry
        with torch.enable_grad():
            self.inputs = [t.detach().requires_grad_(needs and t.is_floating_point())
                           for t, needs in zip(tensors, entry.needs, strict=True)]
            made = entry.op.run(self.inputs, p)
        self.outputs = [made] if isinstance(made, Tensor) else list(made)
        self.made = [t.detach() for t in self.outputs]

    def backward(self, gs: list[Tensor | None], out: list[Tensor | None]) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """As in `Direct`."""
        known = [(t, g) for t, g in zip(self.outputs, gs, strict=True) if g is not None and t.requires_grad]
        wanted = [*self.inputs, *self.entry.weights]
        learning = [t for t in wanted if t.requires_grad]
        found: dict[int, Tensor | None] = {}
        if known and learning:
            outputs, grads = zip(*known, strict=True)
            found.update(zip(map(id, learning), pulled_back(outputs, learning, grads), strict=True))
        every = [found.get(id(t)) for t in wanted]
        return every[: len(self.inputs)], every[len(self.inputs) :]


def pulled_back(outputs: tuple[Tensor, ...], wanted: list[Tensor], grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """torch.autograd.grad, None for what is not used, without the check of the gradients' sizes: it imports sympy (0.35 s)."""
    run = getattr(torch.autograd.graph, "_engine_run_backward", None)
    if run is None:
        return torch.autograd.grad(outputs, wanted, grads, allow_unused=True)
    return run(outputs, grads, False, False, tuple(wanted), allow_unreachable=True, accumulate_grad=False)


class Sums:
    """Gradients on their way back: those of tensors between ops, and those of weights, each added up over its readers."""

    def __init__(self):
        self.between: dict[int, Tensor] = {}  # by slot
        self.written: set[int] = set()  # where a weight's gradient lies in memory: several views may be of one place

    def add(self, slot: int, dtype: torch.dtype, g: Tensor | None) -> None:
        """What one reader of a slot gives, in the dtype of the tensor there."""
        if g is not None:
            g = g if g.dtype is dtype else g.to(dtype)
            self.between[slot] = g if slot not in self.between else self.between[slot] + g

    def free(self, place: Place | None) -> Tensor | None:
        """The view of a place where nothing has been written yet."""
        return None if place is None or place.address in self.written else place.view

    def put(self, place: Place | None, g: Tensor | None) -> None:
        """What one use of a weight gives, into its place, if it is not there already."""
        if place is None or g is None:
            return
        if g is not place.view:
            place.view.add_(g) if place.address in self.written else place.view.copy_(g)
        self.written.add(place.address)


class Tape:
    """The ops of a plan, and where the gradients of their weights go.

    Args:
        plan: the plan of a step.
        binding: the trainer's hold on the weights.
        objective: the losses.
        penalized: weights whose regularizers add to the loss.

    Attributes:
        own: numbers of the outputs whose losses are of the user's own. `reached`: weights that these, or penalties, may read.
        alone: whether a step needs no binding: every op has its weights as arguments, and neither penalty nor loss reads any.
    """

    def __init__(self, plan: Plan, binding: Binding, objective: Objective, penalized: list[Weight]):
        self.plan, self.binding, self.objective, self.entries = plan, binding, objective, []
        self.places = {id(w): Place(view, view.data_ptr()) for w, view in zip(binding.learned, binding.views, strict=True)}
        self.penalized = penalized
        self.own = {i for i, loss in enumerate(objective.losses) if loss is not None and not nabi_only([loss])}
        self.reached = binding.learned if self.own else penalized
        alive: set[int] = set()  # slots that depend on a weight that learns
        for op in plan.ops:
            needs = tuple(slot in alive and not op.constant for slot in op.inputs)
            weights, gradients = binding.paired(op.fused.weights if op.fused is not None else own_weights(op))
            entry = Entry(op, needs, weights, gradients)
            self.entries.append(entry)
            if entry.alive:
                alive.update(op.outputs)
        self.alone = not (penalized or self.own) and all(entry.fused is not None for entry in self.entries)

    def run(self, batch: Batch, p: Pass, scale: float) -> "Record":
        """The plan forward, and the loss; call it inside the binding, without autograd. `scale` multiplies the gradients."""
        made, values = [], dict(zip(self.plan.graph.input_slots, batch.x, strict=True))
        for entry, ends in zip(self.entries, self.plan.ends, strict=True):
            op = entry.op
            given = [values[slot] for slot in op.inputs]
            tensors = given if op.dtype is None else [t.to(op.dtype) for t in given]
            one = (Small if entry.fused is None else Direct)(entry, tensors, p)
            values.update(zip(op.outputs, one.made, strict=True))
            del one.made  # who reads it keeps it, nobody else
            made.append((one, [t.dtype for t in given]))
            for slot in ends:
                values.pop(slot, None)
        p.masks = {number: values[slot] for number, slot in self.plan.masks.items()}
        return Record(self, batch, p, made, [values[slot] for slot in self.plan.outputs], scale)


class Record:
    """One run of a tape.

    Args:
        tape: the tape.
        batch, p: what it ran on.
        made: what each op left behind, with the dtypes that its inputs had.
        outputs: the plan's outputs.
        scale: what the gradients are multiplied by.

    Attributes:
        value: the loss.
        right: how many answers of an output are right, by number, where the loss has counted them.
    """

    def __init__(self, tape: Tape, batch: Batch, p: Pass, made: list[tuple[Direct | Small, list[torch.dtype]]],
                 outputs: list[Tensor], scale: float):
        self.tape, self.p, self.made, self.dtypes = tape, p, made, [t.dtype for t in outputs]
        self.outputs = [t.to(tape.plan.dtype) for t in outputs]
        self.slope = Slope(tape.objective, batch, self.outputs, tape.penalized, p.masks, scale, tape.own, tape.reached)
        self.value, self.right = self.slope.value, {i: made.right for i, made in self.slope.passes.items()}

    def predictions(self) -> list[Tensor]:
        """What the user sees of the outputs."""
        return self.tape.plan.finish(self.outputs, self.p, {i: made.p for i, made in self.slope.passes.items()})

    def backward(self) -> list[Span]:
        """The spans with the gradient of scale * loss in them. Only once."""
        tape, sums = self.tape, Sums()
        by_output, by_reached = self.slope.gradients()
        for slot, dtype, g in zip(tape.plan.outputs, self.dtypes, by_output, strict=True):
            sums.add(slot, dtype, g)
        while self.made:
            one, dtypes = self.made.pop()  # what it keeps is freed once it is used
            entry = one.entry
            gs = [sums.between.pop(slot, None) for slot in entry.op.outputs]
            if not entry.alive or all(g is None for g in gs):
                continue
            dx, dw = one.backward(gs, [sums.free(place) for place in entry.places])
            for place, g in zip(entry.places, dw, strict=True):
                sums.put(place, g)
            for slot, needs, dtype, g in zip(entry.op.inputs, entry.needs, dtypes, dx, strict=True):
                sums.add(slot, dtype, g if needs else None)
        for w, g in zip(tape.reached, by_reached, strict=True):
            sums.put(tape.places[id(w)], g)
        if len(sums.written) < len(tape.places):  # the loss does not reach all weights
            for view in (place.view for place in tape.places.values() if place.address not in sums.written):
                view.zero_()
        return tape.binding.spans


def own_weights(op: Op):
    """The tensors of an op's layers, which its small autograd graph ends in."""
    return lambda: tuple(w.tensor for layer in op.layers for w in layer.weights)


def fits(leaves: list, losses: list, dtype: torch.dtype) -> bool:
    """Whether a graph of these layers, with these losses, runs on a tape."""
    every = [layer for leaf in leaves for layer in opened(leaf)]
    own = [f for layer in every for name in ("activation", "recurrent_activation") if callable(f := getattr(layer, name, None))]
    quiet = not any(layer.may_add for layer in leaves) and not any(getattr(loss, "follows_layers", False) for loss in losses)
    return quiet and dtype is torch.float32 and nabi_only(every) and all(f.__module__.startswith("nabi.") for f in own)
