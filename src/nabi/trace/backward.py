"""Backward: where a gradient came from: a weight's from all places where it was used, a unit's from all that read it.

    dL/dw   = sum over the places where w was used of (what w was multiplied by) x (gradient of what it went into)
    dL/dx_u = sum over the numbers that read x_u of   d number/d x_u  x  dL/d number

The gradients of the numbers are those of one training step, in float64: dropout's next mask, the batch's own mean and variance,
the loss on logits where training takes it so. A conv's or dense layer's factors are the weights; of any other layer they are its
derivatives, column by column, from autograd.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from nabi.core.errors import StateError, UnknownName, did_you_mean
from nabi.data import Batch
from nabi.data.batch import cast
from nabi.kernels import jit
from nabi.layers import MaxPooling2D
from nabi.layers.adding import ADDING, Added
from nabi.layers.inside import holding, local_names
from nabi.trace.derivatives import of_input, of_weight
from nabi.trace.gradients import UnitStep, WeightStep
from nabi.trace.numbers import bracketed, products, show
from nabi.trace.places import WEIGHTS, checked
from nabi.trace.run import Run, splits
from nabi.trace.seen import Seen, array
from nabi.trace.step import Line, Table
from nabi.trace.update import Update
from nabi.trace.weights import used
from nabi.trace.words import t
from nabi.training import feeding


class Backward:
    """A training step beside the model.

    Args:
        model: compiled. inputs, y, training, sample_weight, class_weight: as of a `Trace`.

    Attributes:
        run: its numbers. `loss`: its loss. `slots`, `weights`: gradients by slot, and by weight's id.

    Raises:
        StateError: not compiled, or with a train_step of the user's own.
    """

    def __init__(self, model: Any, inputs: list[Tensor], y: Any, training: bool, sample_weight: Any, class_weight: Any):
        if model.trainer is None:
            got = f"'{model.name}', which is not"
            raise StateError("trace(model, x, y)", "a compiled model", got, "Call model.compile first.")
        self.trainer = trainer = model.trainer
        if trainer.own.trains:
            raise StateError("trace(model, x, y)", "a model that is trained by the loss that compile was given",
                             f"{type(model).__name__} with a step of its own", "trace(model, x) follows its forward pass.")
        arrays = [array(x) for x in inputs]
        given = feeding.one_batch(trainer, arrays if len(arrays) > 1 else arrays[0], y, sample_weight, class_weight)
        trainer.ready()
        self.model, self.batch = model, cast(given, torch.float64)
        batch = self.batch
        self.run = Run(model, [x.requires_grad_() for x in batch.x], training, trainer.frozen, learning=True)
        self.outputs = [self.run.logits(i) if i in trainer.objective.absorbed else slot
                        for i, slot in enumerate(self.run.graph.output_slots)]
        self.masks = {number: self.run.values[slot] for number, slot in self.run.graph.output_masks.items()}
        loss = self.measure(batch, [self.run.values[slot] for slot in self.outputs], penalties=True)
        self.loss = float(loss.detach())
        self.slots, self.weights = self.run.gradients(loss)
        ends = [self.run.values[slot].detach().requires_grad_() for slot in self.outputs]
        direct = torch.autograd.grad(self.measure(batch, ends, penalties=False), ends, allow_unused=True)
        self.direct = dict(zip(self.outputs, direct, strict=True))
        self.updated: Update | None = None

    def measure(self, batch: Batch, outputs: list[Tensor], penalties: bool) -> Tensor:
        """The loss of these outputs."""
        objective, penalized = self.trainer.objective, self.trainer.penalized
        before = objective.values
        added = self.run.added.penalties + [w.regularizer(self.run.copies.made[id(w)]) for w in penalized] if penalties else []
        try:
            with jit.using("plain"), torch.enable_grad():
                return objective.loss(batch, outputs, added, self.masks)
        finally:
            objective.values = before

    def update(self) -> Update:
        """The optimizer's step, made once."""
        self.updated = self.updated or Update(self.trainer, self.weights)
        return self.updated

    def weight(self, calls: list[int], name: str, index: Any) -> WeightStep:
        """See `Trace.weight`; `calls` are those of its layer."""
        one = self.run.graph.calls[calls[0]].layer
        known, layer = local_names(one), one.name
        if name not in known:
            raise UnknownName(f"trace(...).weight('{layer}')", "the name of one of its weights", repr(name),
                              did_you_mean(name, known) if known else "It has none.")
        w = known[name]
        at = checked(f"trace: index in '{layer}/{name}'", index, w.shape, WEIGHTS)
        if id(w) not in {id(one) for one in self.trainer.ready().learned}:
            raise StateError(f"trace(...).weight('{layer}/{name}')", "a weight that learns", "one that training leaves as it is")
        tables, parts = [], []
        for number in calls:
            seen = Seen(self.run, number, 0)
            found = used(seen.layer, seen, name, at, self.gradient_at(number))
            if found is None:
                places, factors, g = of_weight(self.run, number, w, at, self.gradients_of(number))
                found = Table({"place": places, "local": factors, "upstream": g, "local g": factors * g})
            tables.append(found)
            parts.append(float(next(reversed(found.columns.values())).sum()))
        lines = [Line("g", count(sum(map(len, tables))), sums(tables, parts), float(sum(parts)))]
        total = float(sum(parts))
        if w.regularizer is not None and any(w is one for one in self.trainer.penalized):
            copy = self.run.copies.made[id(w)].detach().requires_grad_()
            (slope,) = torch.autograd.grad(w.regularizer(copy), copy)
            more = float(slope[at])
            text = f"g + d {type(w.regularizer).__name__}/dw"
            lines.append(Line("g", text, f"{show(total)} + {bracketed(more)}", total + more))
            total += more
        before = float(w.stored[at])
        lines.append(Line("w", "", "", before))
        step, after = self.update().of(w, at)
        computed = float(self.weights[id(w)][at]) if id(w) in self.weights else 0.0
        return WeightStep(layer, at, total, computed, (*lines, *step), tuple(tables), name, before, after)

    def gradient_at(self, number: int) -> np.ndarray:
        """dL/dz of a call whose weights make z, dL/dy where it has no activation; 0 where the loss does not depend on it."""
        out = self.run.graph.calls[number].outputs[0]
        slot = -1 - out if -1 - out in self.run.values else out
        return array(self.slots[slot]) if slot in self.slots else np.zeros(self.run.values[slot].shape)

    def gradients_of(self, number: int) -> list[Tensor]:
        """dL/d each output of a call, dL/dz where it ends in an activation."""
        call = self.run.graph.calls[number]
        slots = [-1 - call.outputs[0]] if splits(call.layer) else list(call.outputs)
        return [self.slots.get(slot, torch.zeros_like(self.run.values[slot])) for slot in slots]

    def unit(self, number: int, place: tuple[int, ...], sample: int, output: int) -> UnitStep:
        """See `Trace.gradient`."""
        call = self.run.graph.calls[number]
        slot, at = call.outputs[output], (sample, *place)
        tables, lines, readers, parts, leads = [], [], [], [], []
        for reader, other in enumerate(self.run.graph.calls):
            for which, read in enumerate(other.inputs):
                if read != slot:
                    continue
                if all(made in self.absorbed_outputs and made not in self.slots and -1 - made not in self.slots
                       for made in other.outputs):
                    continue  # the last activation, which the loss has taken over
                places, factors, g = of_input(self.run, reader, which, at, self.gradients_of(reader))
                tables.append(Table({"place": places, "local": factors, "upstream": g, "local g": factors * g}))
                parts.append(float((factors * g).sum()))
                said = t("not the largest") if not len(g) and isinstance(other.layer, MaxPooling2D) else count(len(g))
                lines.append(Line(f"from {other.layer.name}", said, products(factors, g), parts[-1]))
                readers.append(other.layer.name)
                leads.append(reader)
        for end, found in self.direct.items():
            if end == slot and found is not None:
                parts.append(float(found[at]))
                lines.append(Line(f"from {t('loss')}", "", "", parts[-1]))
        if call.layer.activity_regularizer is not None:
            parts.append(self.penalty(call.layer, slot, at))
            lines.append(Line("from penalty", f"d {type(call.layer.activity_regularizer).__name__}/dy", "", parts[-1]))
        total, ways = float(sum(parts)), (tuple(readers), tuple(leads))
        z = -1 - slot
        absorbed = z in self.direct
        if not absorbed:
            lines.append(Line("dL/dy", " + ".join(line.name for line in lines), "", total))
            if z in self.slots and slot in self.slots:
                lines += self.before_activation(call.layer, slot, at, total)
            computed = float(self.slots[slot][at]) if slot in self.slots else 0.0
            return UnitStep(call.layer.name, place, total, computed, tuple(lines), tuple(tables), sample, *ways)
        value = float(self.slots[z][at]) if z in self.slots else 0.0
        found = self.direct[z]
        lines += self.at_the_end(slot, z, at, float(found[at]) if found is not None else 0.0)
        return UnitStep(call.layer.name, place, lines[-1].value, value, tuple(lines), tuple(tables), sample, *ways)

    def at_the_end(self, slot: int, z: int, at: tuple[int, ...], value: float) -> list[Line]:
        """dL/dz of a last activation that the loss has taken over: (p - target) / m where it is that, as with crossentropies."""
        target = self.batch.y[self.outputs.index(z)]
        p, share = float(self.run.values[slot][at].detach()), self.run.values[slot][0].numel()
        alike = target.shape == self.run.values[slot].shape
        wanted = float(target[at]) if alike else float(target[at[:-1]].reshape(-1)[0] == at[-1])
        for m in (len(target), len(target) * share):
            if np.isclose((p - wanted) / m, value, rtol=1e-9, atol=1e-15):
                return [Line("p", "", "", p), Line("target", "", "", wanted),
                        Line("dL/dz", "(p - target) / m", f"({show(p)} - {show(wanted)}) / {m}", value)]
        return [Line("dL/dz", t("loss"), "", value)]

    @property
    def absorbed_outputs(self) -> set[int]:
        """Slots of outputs whose last activation the loss has taken over."""
        return {self.run.graph.output_slots[i] for i in self.trainer.objective.absorbed}

    def before_activation(self, layer: Any, slot: int, at: tuple[int, ...], total: float) -> list[Line]:
        """dL/dz from dL/dy of an activation that works number by number; of a softmax what autograd found."""
        z = self.run.values[-1 - slot].detach()
        one = z[at].reshape(1).requires_grad_()
        found = float(self.slots[-1 - slot][at])
        (slope,) = torch.autograd.grad(layer.activation(one).sum(), one)
        if not np.isclose(total * float(slope), found, rtol=1e-9, atol=1e-300):
            return [Line("dL/dz", "", "", found)]
        return [Line("a'(z)", f"{getattr(layer.activation, '__name__', 'a')}'({show(z[at])})", "", float(slope)),
                Line("dL/dz", "dL/dy a'(z)", f"{show(total)}*{bracketed(float(slope))}", total * float(slope))]

    def penalty(self, layer: Any, slot: int, at: tuple[int, ...]) -> float:
        """d penalty/d one number of an output."""
        leaf, added = self.run.values[slot].detach().requires_grad_(), Added()
        with torch.enable_grad(), holding(ADDING, added):
            layer.regularize(leaf)
        (found,) = torch.autograd.grad(sum(added.penalties), leaf)  # type: ignore[call-overload]
        return float(found[at])


def count(n: int) -> str:
    """How many products are added up."""
    return t("one product") if n == 1 else t("sum of n", n=n)


def sums(tables: list[Table], parts: list[float]) -> str:
    """The products of the only use, or the sums of several."""
    if len(tables) > 1:
        return " + ".join(map(bracketed, parts))
    columns = list(tables[0].columns.values())
    return products(columns[1], columns[2])
