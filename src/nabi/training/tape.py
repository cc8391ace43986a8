"""Tape: a training step forward and backward without autograd's engine, op after op.

    forward     x -> op 1 -> op 2 -> ... -> outputs        each op notes what its backward pass needs
    loss        L(outputs, penalized weights), by autograd
    backward    dL/d outputs -> ... -> op 2 -> op 1        each op gives dL/d its inputs, and writes dL/d its weights

An op that is a function of `nabi.kernels` is called directly; any other op is a small autograd graph of its own. The numbers are
those of autograd on the same plan, to the bit (but where a bfloat16 weight is used twice: its gradients add up in float32 here):
only the calls in between are saved, which at small batches cost as much as the arithmetic. Graphs with layers or losses of the
user's own, which may change a tensor in place, stay with autograd as a whole, and so do penalties on activity.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from nabi.layers.weight import Weight
from nabi.optimizers import Span
from nabi.training.binding import Binding
from nabi.training.nonfinite import nabi_only
from nabi.training.plan import Op, Pass, Plan


class Context:
    """What a kernel's function keeps from its forward to its backward pass, under the names of autograd's own."""

    def __init__(self, needs_input_grad: tuple[bool, ...]):
        self.needs_input_grad, self.saved_tensors = needs_input_grad, ()

    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors

    def mark_non_differentiable(self, *tensors):
        """Nothing to do: whoever calls the backward pass knows which outputs have gradients."""


@dataclass
class Entry:
    """An op of the plan, made ready.

    Attributes:
        op: the op.
        needs: for each input, whether its gradient is wanted.
        weights: what it computes with: arguments of its function, or leaves.
        gradients: where their gradients go; None for what does not learn.
        needed: its function's `needs_input_grad`.
    """

    op: Op
    needs: tuple[bool, ...]
    weights: tuple
    gradients: tuple
    needed: tuple[bool, ...]


@dataclass
class Made:
    """What one run of an op left behind: a function's context, or inputs and outputs of a small autograd graph."""

    entry: Entry
    dtypes: list[torch.dtype]  # of the inputs as they came
    outputs: list[Tensor] = field(default_factory=list)
    context: Any = None
    inputs: list[Tensor] = field(default_factory=list)

    def forward(self, tensors: list[Tensor], p: Pass) -> list[Tensor]:
        """The op's outputs."""
        op, entry = self.entry.op, self.entry
        if op.fused is not None:
            self.context = Context(entry.needed)
            made = op.fused.function.forward(self.context, *tensors, *entry.weights, *op.fused.options(p, tensors))
            return [made if op.fused.after is None else op.fused.after(made, p)]
        with torch.enable_grad():
            self.inputs = [t.detach().requires_grad_(needs) for t, needs in zip(tensors, entry.needs, strict=True)]
            made = op.run(self.inputs, p)
        self.outputs = [made] if isinstance(made, Tensor) else list(made)
        return [t.detach() for t in self.outputs]

    def backward(self, gs: list[Tensor | None]) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Gradients of the inputs and of the weights from those of the outputs."""
        op, entry = self.entry.op, self.entry
        if op.fused is not None:
            made = op.fused.function.backward(self.context, *gs)
            found: list[Tensor | None] = [made] if isinstance(made, Tensor) else list(made)
            ends = len(entry.needs), len(entry.needs) + len(entry.weights)
            return found[: ends[0]], found[ends[0] : ends[1]]
        known = [(t, g) for t, g in zip(self.outputs, gs, strict=True) if g is not None and t.requires_grad]
        wanted = [*self.inputs, *entry.weights]
        learning = [t for t in wanted if t.requires_grad]
        if not known or not learning:
            return [None] * len(self.inputs), [None] * len(entry.weights)
        outputs, grads = zip(*known, strict=True)
        by_id = dict(zip(map(id, learning), torch.autograd.grad(outputs, learning, grads, allow_unused=True), strict=True))
        found = [by_id.get(id(t)) for t in wanted]
        return found[: len(self.inputs)], found[len(self.inputs) :]


class Tape:
    """The ops of a plan, and where the gradients of their weights go.

    Args:
        plan: the plan of a step.
        binding: the trainer's hold on the weights.
        penalized: weights whose regularizers add to the loss.
    """

    def __init__(self, plan: Plan, binding: Binding, penalized: list[Weight]):
        self.plan, self.binding, self.entries = plan, binding, []
        learned = {id(w): view for w, view in zip(binding.learned, binding.views, strict=True)}
        self.penalized = [(w, learned[id(w)]) for w in penalized]
        alive: set[int] = set()  # slots that depend on a weight that learns
        for op in plan.ops:
            needs = tuple(slot in alive for slot in op.inputs)
            weights, gradients = binding.paired(op.fused.weights if op.fused is not None else own_weights(op))
            learns = tuple(g is not None for g in gradients)
            self.entries.append(Entry(op, needs, weights, gradients, (*needs, *learns)))
            if any(needs) or any(learns):
                alive.update(op.outputs)

    @torch.no_grad()
    def forward(self, inputs: list[Tensor], p: Pass) -> "Record":
        """Runs the plan; call it inside the binding."""
        made, values = [], dict(zip(self.plan.graph.input_slots, inputs, strict=True))
        for entry, ends in zip(self.entries, self.plan.ends, strict=True):
            op = entry.op
            tensors = [values[slot] for slot in op.inputs]
            one = Made(entry, [t.dtype for t in tensors])
            if op.dtype is not None:
                tensors = [t.to(op.dtype) for t in tensors]
            values.update(zip(op.outputs, one.forward(tensors, p), strict=True))
            made.append(one)
            for slot in ends:
                values.pop(slot, None)
        outputs = [values[slot] for slot in self.plan.outputs]
        leaves = [t.to(self.plan.dtype).detach().requires_grad_() for t in outputs]
        return Record(self, made, [t.dtype for t in outputs], leaves)


@dataclass
class Record:
    """One run of a tape.

    Attributes:
        outputs: the plan's outputs, as leaves for the loss.
    """

    tape: Tape
    made: list[Made]
    dtypes: list[torch.dtype]
    outputs: list[Tensor]

    @torch.no_grad()
    def backward(self, loss: Tensor) -> list[Span]:
        """The spans with the gradient of a loss on `outputs` and penalized weights in them. Only once."""
        tape, grads, written = self.tape, {}, set()

        def put(view: Tensor | None, g: Tensor | None) -> None:
            """The gradient of a weight, added to what another use of it gave."""
            if view is None or g is None:
                return
            place = view.data_ptr()  # a view of the gradient vector may be any of several objects
            view.add_(g) if place in written else view.copy_(g)
            written.add(place)

        def add(slot: int, dtype: torch.dtype, g: Tensor | None) -> None:
            """The gradient of a tensor between ops, added to what its other readers gave."""
            if g is not None:
                grads[slot] = g.to(dtype) if slot not in grads else grads[slot] + g.to(dtype)

        leaves = [*self.outputs, *(w.tensor for w, _ in tape.penalized)]
        found = torch.autograd.grad(loss, leaves, allow_unused=True)
        for slot, dtype, g in zip(tape.plan.outputs, self.dtypes, found, strict=False):
            add(slot, dtype, g)
        while self.made:
            one = self.made.pop()  # what it keeps is freed once it is used
            op, entry = one.entry.op, one.entry
            gs = [grads.pop(slot, None) for slot in op.outputs]
            if all(g is None for g in gs) or not any(entry.needed):
                continue
            dx, dw = one.backward(gs)
            for view, g in zip(entry.gradients, dw, strict=True):
                put(view, g)
            for slot, needs, dtype, g in zip(op.inputs, entry.needs, one.dtypes, dx, strict=True):
                add(slot, dtype, g if needs else None)
        for (_, view), g in zip(tape.penalized, found[len(self.outputs):], strict=True):
            put(view, g)
        for view in tape.binding.views:
            if view.data_ptr() not in written:
                view.zero_()
        return tape.binding.spans


def own_weights(op: Op):
    """The tensors of an op's layers, which its small autograd graph ends in."""
    return lambda: tuple(w.tensor for layer in op.layers for w in layer.weights)


def fits(leaves: list, losses: list, dtype: torch.dtype) -> bool:
    """Whether a graph of these layers, with these losses, runs on a tape."""
    own = [layer.activation for layer in leaves if callable(getattr(layer, "activation", None))]
    quiet = all(getattr(layer, "activity_regularizer", None) is None for layer in leaves)
    nabis = nabi_only([*leaves, *(loss for loss in losses if loss is not None)])
    return quiet and dtype is torch.float32 and nabis and all(f.__module__.startswith("nabi.") for f in own)
