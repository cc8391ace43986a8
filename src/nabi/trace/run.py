"""Run: one pass of a model whose every number is kept, in float64, beside the model: nothing in it changes.

    slot          one tensor on its way through the flat graph: (N, ...)
    linear slot   z of a layer that ends in an activation, y = a(z): the slot's number below zero, -1 - slot
    gradients     dL/d each slot and dL/d each weight, by autograd, where a loss is given

The weights are copies in float64: those of one layer at a time, or all of them where gradients are wanted. Dropout draws the mask
that the next training step will draw.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor

from nabi import activations
from nabi.kernels import jit
from nabi.layers import Activated
from nabi.layers.adding import ADDING, Added
from nabi.layers.inside import FROZEN, holding
from nabi.layers.masks import Masks
from nabi.layers.weight import Weight
from nabi.models.counters import Counters
from nabi.models.graph import Call
from nabi.models.passes import masks_of, mode_of, several, step
from nabi.training.binding import STEPPING


class Copies:
    """Weights in float64, in whose place the layers compute with copies.

    Args:
        learning: whether they are differentiated by; then all are kept, else those of one call at a time.

    Attributes:
        made: the copies by the weight's id.
    """

    def __init__(self, learning: bool):
        self.learning = learning
        self.made: dict[int, Tensor] = {}

    @contextmanager
    def of(self, weights: list[Weight]) -> Iterator[None]:
        """Within the block these weights are their copies."""
        before = [(w, w.bound, w.leaf) for w in weights]
        for w in weights:
            copy = self.made.get(id(w))
            if copy is None:
                copy = w.stored.detach().to(torch.float64, copy=True)
                if self.learning:
                    self.made[id(w)] = copy.requires_grad_(w.trainable)
            w.bound = w.leaf = copy
        try:
            yield
        finally:
            for w, bound, leaf in before:
                w.bound, w.leaf = bound, leaf


class Run:
    """The numbers of one pass.

    Args:
        model: the model, built.
        inputs: its inputs, float64, or whole numbers where a layer reads them.
        training: whether layers run as in training.
        frozen: ids of layers that training leaves; None asks the layers.
        learning: whether gradients will be asked for.

    Attributes:
        values: by slot the tensor there. `keys`: by number of the call the key of its random numbers.
        added: what layers added to the loss.
        given: training mode of each call.
    """

    def __init__(self, model: Any, inputs: list[Tensor], training: bool, frozen: Any = None, learning: bool = False):
        self.model, self.graph, self.training, self.frozen = model, model.require_graph(), training, frozen
        self.counters = Counters()
        if training and any(layer.random for layer in model.leaves):
            model.counters.seed  # noqa: B018  (drawn here, if it was not yet, as the first training step would)
        self.counters.load_state(model.counters.state())
        self.copies, self.added = Copies(learning), Added()
        self.values: dict[int, Tensor] = dict(zip(self.graph.input_slots, inputs, strict=True))
        self.keys: dict[int, Any] = {}
        self.given: dict[int, bool] = {}
        for number, call in enumerate(self.graph.calls):
            if call.inputs:
                with self.about(call.layer, self.copies, self.added):
                    step(call, self.values, partial(self.first, number))

    @contextmanager
    def about(self, layer: Any, copies: Copies, added: Added) -> Iterator[None]:
        """Within the block a layer computes with copies, on plain kernels; a stateful one stands behind it where it stood."""
        states = getattr(layer, "states", None)
        try:
            with STEPPING, jit.using("plain"), torch.set_grad_enabled(copies.learning), copies.of(list(layer.weights)), \
                    holding(ADDING, added), holding(FROZEN, self.frozen):
                yield
        finally:
            if getattr(layer, "stateful", False):
                layer.states = states

    def first(self, number: int, call: Call, read: list[Tensor], masks: Masks) -> Any:
        """What a call makes in this pass; z is kept where it ends in an activation."""
        layer: Any = call.layer
        self.given[number] = training = mode_of(call, self.training)
        if splits(layer):
            z = self.values[-1 - call.outputs[0]] = layer.linear(read[0])
            made = layer.activation(z)
            if layer.activity_regularizer is not None:
                layer.regularize(made)
            return made
        if layer.random and training:
            self.keys[number] = self.counters.key(layer, call.index)
        return self.made(number, read, masks)

    def made(self, number: int, read: list[Tensor], masks: Masks) -> Any:
        """What a call's layer makes of these in the mode of this pass, with its random numbers."""
        return self.graph.calls[number].layer.run(read, self.given[number], self.keys.get(number), masks)

    def again(self, number: int, inputs: list[Tensor], copies: Copies | None = None) -> list[Tensor]:
        """What a call makes of other inputs; with copies, to be differentiated: z where it ends in an activation."""
        call = self.graph.calls[number]
        layer: Any = call.layer
        masks = masks_of(call, self.values) if call.reads else ()
        with self.about(layer, Copies(False) if copies is None else copies, Added()), torch.set_grad_enabled(copies is not None):
            z = copies is not None and splits(layer)
            return several(layer.linear(inputs[0]) if z else self.made(number, inputs, masks))

    def logits(self, output: int) -> int:
        """The slot before the last activation of an output."""
        slot = self.graph.output_slots[output]
        if -1 - slot in self.values:
            return -1 - slot
        return next(call for call in self.graph.calls if slot in call.outputs).inputs[0]

    def gradients(self, loss: Tensor) -> tuple[dict[int, Tensor], dict[int, Tensor]]:
        """dL/d each slot, and dL/d each weight by its id; what the loss does not depend on is left out."""
        slots = {slot: t for slot, t in self.values.items() if t.requires_grad}
        leaves = {key: t for key, t in self.copies.made.items() if t.requires_grad}
        found = torch.autograd.grad(loss, [*slots.values(), *leaves.values()], allow_unused=True, retain_graph=True)
        by_slot = {slot: g for slot, g in zip(slots, found, strict=False) if g is not None}
        by_weight = {key: g for key, g in zip(leaves, found[len(slots):], strict=True) if g is not None}
        return by_slot, by_weight


def splits(layer: Any) -> bool:
    """Whether a layer is a linear map and then an activation."""
    known = isinstance(layer, Activated) and type(layer).call is Activated.call and not layer.inside
    return known and layer.activation is not activations.linear  # pyright: ignore[reportAttributeAccessIssue]
