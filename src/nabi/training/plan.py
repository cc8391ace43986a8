"""Plan: which layers run as one kernel, in which precision. Layers themselves stay plain.

The flat graph is first opened into primitives (a Conv2D with relu is a convolution and a relu), then neighbours are joined
(`nabi.training.fusion`). `fused=False` leaves every layer to itself: the unfused plan, which traces, hooks and second derivatives
use. Both give the same numbers (a test holds them against each other).

    images -> Conv2D + relu -> Conv2D -> relu + MaxPooling2D + Dropout -> Flatten -> Dense -> relu -> Dense -> logits
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from nabi import activations
from nabi.core.masks import mask_on
from nabi.layers import Activated, Activation, Layer, LeakyReLU, Operation, ReLU, Softmax
from nabi.layers.adding import ADDING
from nabi.layers.inside import holding
from nabi.layers.masks import Masks
from nabi.models.counters import Counters
from nabi.models.graph import Call, Graph, last_uses
from nabi.models.masks import filled_masks, left_masks

NONE: Mapping[int, torch.Tensor] = {}


@dataclass
class Pass:
    """One run through a plan: training or not, where keys come from; what layers add to the loss and to the metrics on the way
    (`nabi.layers.adding`), and the masks of outputs, by number.
    """

    training: bool
    counters: Counters
    penalties: list[torch.Tensor] = field(default_factory=list)
    measured: list[tuple[str, torch.Tensor]] = field(default_factory=list)
    masks: dict[int, torch.Tensor] = field(default_factory=dict)


@dataclass
class Fused:
    """An op as a function of `nabi.kernels`, which a tape calls without autograd: function(*inputs, *weights, *options).

    Attributes:
        function: its `torch.autograd.Function`.
        options: (pass, inputs) -> the arguments that are not tensors.
        weights: () -> the weights as arguments, each a tensor or None.
        after: what becomes of several results: (results, pass) -> the output.
    """

    function: Any
    options: Callable[[Pass, list[torch.Tensor]], tuple]
    weights: Callable[[], tuple] = tuple
    after: Callable[[tuple, Pass], torch.Tensor] | None = None


@dataclass
class Op:
    """One step of a plan.

    Attributes:
        kind: what it computes, such as "Conv2D", "relu" or "Conv2D + relu".
        layers: the layers it stands for.
        inputs, outputs: slots.
        run: function (tensors, pass) -> tensor or list of tensors.
        index: the layer's number in the graph, for random keys.
        dtype: dtype its inputs are brought to, or None to take them as they come.
        fused: the op as one kernel, if it is one.
        constant: True if nothing is differentiated through it: it makes masks.
        raw: whether it takes uint8 as it came.
    """

    kind: str
    layers: tuple
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    run: Callable[[list[torch.Tensor], Pass], Any]
    index: int = 0
    dtype: torch.dtype | None = None
    fused: Fused | None = None
    constant: bool = False
    raw: bool = False

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots that it reads or fills."""
        return (*self.inputs, *self.outputs)


class Plan:
    """The ops of a graph in order.

    Args:
        graph: the model's graph.
        low: ids of layers that compute in bfloat16.
        dtype: dtype of all other layers with weights, and of the outputs.
        logits: outputs (by number) that are wanted before their last activation.
        frozen: ids of layers that are frozen; batch normalisation among them runs in inference mode.
        join: joins neighbours: function (ops, output slots, frozen) -> ops, or None for the unfused plan.
        modes: modes of their own, training or not, that calls are held to; others go by that of the pass.

    Attributes:
        ops: what runs, in order.
        raw: numbers of the inputs that are taken as uint8 where they came so.
    """

    def __init__(self, graph: Graph, low: Collection[int] = (), dtype: torch.dtype = torch.float32, logits: Collection[int] = (),
                 frozen: Collection[int] = (), join: Callable[[list[Op], set[int], Collection[int]], list[Op]] | None = None,
                 modes: Collection[bool] = (True, False)):
        self.graph, self.low, self.dtype, self.frozen, self.modes = graph, low, dtype, frozen, modes
        self.outputs = list(graph.output_slots)
        self.ops = [op for call in graph.calls if call.inputs for op in self.primitives(call)]
        self.last = {number: self.strip(number) for number in logits}  # the ops left out, by output
        if join is not None:
            self.ops = join(self.ops, {*self.outputs, *graph.output_masks.values()}, frozen)
        bytewise = {slot for op in self.ops if op.raw and dtype is torch.float32 for slot in op.inputs}
        self.raw = {number for number, slot in enumerate(graph.input_slots) if slot in bytewise}
        self.masks = graph.output_masks
        self.ends = last_uses(self.ops, (*self.outputs, *self.masks.values()))

    def primitives(self, call: Call) -> list[Op]:
        """A call as one op, or as two where a layer ends in an activation."""
        layer: Any = call.layer
        dtype = torch.bfloat16 if id(layer) in self.low else (self.dtype if layer.weights else None)
        if splits(layer) and layer.activation is not activations.linear:
            name, between = name_of(layer.activation), (-1 - call.outputs[0],)  # a slot that no layer of the graph has
            return [Op(kind_of(layer), (layer,), call.inputs, between, lambda x, p: layer.linear(x[0]), call.index, dtype),
                    Op(name, (layer,), between, call.outputs, lambda x, p: layer.activation(x[0]), call.index)]
        mode = call.training if call.training in self.modes else None
        run = self.plainly(layer, call.index, mode)
        if call.masks or call.filled:
            return masked(call, run, dtype)
        kind = kind_of(layer) if mode is None else f"{kind_of(layer)}, always {'in training' if mode else 'inference'}"
        return [Op(kind, (layer,), call.inputs, call.outputs, run, call.index, dtype)]

    def plainly(self, layer: Layer, index: int, mode: bool | None = None) -> Callable[..., Any]:
        """The layer's own `call`, with training mode (`mode`, or the pass's), key and penalty."""
        held, adds = layer.frozen_is_inference and id(layer) in self.frozen, layer.may_add

        def run(tensors: list[torch.Tensor], p: Pass, masks: Masks = ()):
            training = (p.training if mode is None else mode) and not held
            key = p.counters.key(layer, index) if layer.random and training else None
            if not adds:
                return layer.run(tensors, training, key, masks)
            with holding(ADDING, p):
                return layer.run(tensors, training, key, masks)

        return run

    def strip(self, number: int) -> Op:
        """Leaves the last activation of an output out, so that the loss can take the logits."""
        slot = self.outputs[number]
        op = next(op for op in self.ops if slot in op.outputs)
        self.ops.remove(op)
        self.outputs[number] = op.inputs[0]
        return op

    def run(self, inputs: list[torch.Tensor], p: Pass) -> list[torch.Tensor]:
        """The outputs for these inputs; each tensor is freed after its last reader."""
        values = dict(zip(self.graph.input_slots, inputs, strict=True))
        for op, ends in zip(self.ops, self.ends, strict=True):
            tensors = [values[slot] for slot in op.inputs]
            if op.dtype is not None:
                tensors = [t.to(op.dtype) for t in tensors]
            made = op.run(tensors, p)
            if isinstance(made, torch.Tensor):
                values[op.outputs[0]] = made
            else:
                values.update(zip(op.outputs, made, strict=True))
            for slot in ends:
                values.pop(slot, None)
        p.masks = self.output_masks(values)
        return [values[slot].to(self.dtype) for slot in self.outputs]

    def output_masks(self, values: Mapping[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """The masks of the outputs, by number: from their slots, or from the tensors, where code of the user's left them."""
        riding = {number: mask for number, slot in enumerate(self.outputs) if (mask := mask_on(values[slot])) is not None}
        return {**riding, **{number: values[slot] for number, slot in self.masks.items()}}

    def finish(self, outputs: list[torch.Tensor], p: Pass, known: Mapping[int, torch.Tensor] = NONE) -> list[torch.Tensor]:
        """What the user sees of the outputs: the last activations put back where the loss took them over.

        What these give may be `known`, by number, from the loss.
        """
        return [out if i not in self.last else known[i] if i in known else self.last[i].run([out], p)
                for i, out in enumerate(outputs)]

    def __str__(self):
        rows = []
        for number, op in enumerate(self.ops, 1):
            names = ", ".join(dict.fromkeys(layer.name for layer in op.layers))
            dtype = "" if op.dtype is None else str(op.dtype).removeprefix("torch.")
            rows.append((str(number), op.kind, names, dtype))
        widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else [0] * 4
        return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)

    __repr__ = __str__


def splits(layer: Layer) -> bool:
    """Whether a layer is a linear map and an activation, nothing else."""
    plain = isinstance(layer, Activated) and type(layer).call is Activated.call and not layer.inside  # no PReLU as activation
    return plain and layer.activity_regularizer is None


def name_of(activation: Any) -> str:
    """An activation's name; one of the user's own that bears the name of one of nabi's gets a star behind it."""
    if isinstance(activation, Layer):
        return kind_of(activation)
    name = getattr(activation, "__name__", type(activation).__name__)
    return name if getattr(activations, name, activation) is activation else f"{name}*"


def kind_of(layer: Any) -> str:
    """What a layer computes, apart from an activation that is split off: its class, or "relu", "leaky_relu" however written."""
    if type(layer) is Operation:
        return f"ops.{layer.function}"
    if type(layer) is Activation:
        return name_of(layer.activation)
    if type(layer) is ReLU and (layer.max_value, layer.threshold) == (None, 0.0):
        return "leaky_relu" if layer.negative_slope else "relu"
    name = "leaky_relu" if type(layer) is LeakyReLU else type(layer).__name__
    return f"{name}*" if type(layer).__name__ in activations.__all__ else name


def last_activation(graph: Graph, number: int) -> str | None:
    """Name of the activation that makes an output, if nothing else reads that output."""
    slot = graph.output_slots[number]
    if graph.output_slots.count(slot) > 1 or any(slot in call.inputs for call in graph.calls):
        return None
    layer: Any = next((call.layer for call in graph.calls if slot in call.outputs), None)
    if type(layer) is Softmax:
        return "softmax" if layer.axis == -1 else None
    return name_of(layer.activation) if type(layer) is Activation or splits(layer) else None


def masked(call: Call, run: Callable[..., Any], dtype: torch.dtype | None) -> list[Op]:
    """A call with masks: an op that makes those of its outputs, if it does, then the layer's op, which reads those of its inputs.

    Their kinds are of their own, so that no kernel takes the place of a layer that reads masks.
    """
    layer: Any = call.layer
    read = tuple(slot for slot in call.masks if slot is not None)

    def parted(tensors: list[torch.Tensor]) -> tuple[list[torch.Tensor], Masks]:
        left = iter(tensors[len(call.inputs):])
        return tensors[:len(call.inputs)], [None if slot is None else next(left) for slot in call.masks]

    def make(tensors: list[torch.Tensor], p: Pass):
        return list(filled_masks(call, *parted(tensors)).values())

    def use(tensors: list[torch.Tensor], p: Pass):
        x, masks = parted(tensors)
        return run(x if dtype is None else [t.to(dtype) for t in x], p, masks)

    def leave(tensors: list[torch.Tensor], p: Pass):
        made = run(tensors, p)
        several = list(made) if isinstance(made, (list, tuple)) else [made]
        return [*several, *left_masks(call, several).values()]

    filled = tuple(slot for slot in call.filled if slot is not None)
    if not call.masks:
        return [Op(f"{kind_of(layer)} with mask", (layer,), call.inputs, (*call.outputs, *filled), leave, call.index, dtype)]
    ops = [Op(f"mask of {layer.name}", (), (*call.inputs, *read), filled, make, call.index, constant=True)] if filled else []
    if not call.reads:
        return [*ops, Op(kind_of(layer), (layer,), call.inputs, call.outputs, run, call.index, dtype)]
    return [*ops, Op(f"{kind_of(layer)} with mask", (layer,), (*call.inputs, *read), call.outputs, use, call.index)]
