"""Plan: which layers run as one kernel, in which precision. Layers themselves stay plain.

The flat graph is first opened into primitives (a Conv2D with relu is a convolution and a relu), then neighbours are joined:

    convolution + relu                        -> kernels.conv_bias_relu
    [relu +] max pooling [+ dropout]          -> kernels.relu_pool_dropout
    last softmax or sigmoid + cross-entropy   -> the loss on logits

A join needs the tensor between to have one reader. `fused=False` leaves every layer to itself: the unfused plan, which traces,
hooks and second derivatives use. Both give the same numbers (a test holds them against each other).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from nabi import activations, kernels
from nabi.layers import Activated, Activation, Conv2D, Dropout, MaxPooling2D, ReLU
from nabi.layers.window import channels_last, channels_second
from nabi.models.counters import Counters
from nabi.models.graph import Graph, last_uses


@dataclass
class Pass:
    """One run through a plan: training or not, where keys come from, and penalties of activity regularisers on the way."""

    training: bool
    counters: Counters
    penalties: list[torch.Tensor] = field(default_factory=list)


@dataclass
class Op:
    """One step of a plan.

    Attributes:
        kind: what it computes, such as "convolution" or "convolution + relu".
        layers: the layers it stands for.
        inputs, outputs: slots.
        run: function (tensors, pass) -> tensor or list of tensors.
        dtype: dtype its inputs are brought to, or None to take them as they come.
    """

    kind: str
    layers: tuple
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    run: Callable
    index: int = 0
    dtype: torch.dtype | None = None


class Plan:
    """The ops of a graph in order.

    Args:
        graph: the model's graph.
        low: ids of layers that compute in bfloat16.
        dtype: dtype of all other layers with weights, and of the outputs.
        logits: outputs (by number) that are wanted before their last activation.
        frozen: ids of layers that are frozen; batch normalisation among them runs in inference mode.
        fused: join neighbours.
    """

    def __init__(self, graph: Graph, low=frozenset(), dtype=torch.float32, logits=(), frozen=frozenset(), fused=True):
        self.graph, self.low, self.dtype, self.frozen = graph, low, dtype, frozen
        self.outputs = list(graph.output_slots)
        self.ops = [op for call in graph.calls if call.inputs for op in self.primitives(call)]
        for number in logits:
            self.strip(number)
        if fused:
            self.ops = join(self.ops, set(self.outputs), frozen)
        self.ends = last_uses(self.ops, tuple(self.outputs))

    def primitives(self, call) -> list[Op]:
        """A call as one op, or as two where a layer ends in an activation."""
        layer = call.layer
        dtype = torch.bfloat16 if id(layer) in self.low else (self.dtype if layer.weights else None)
        split = isinstance(layer, Activated) and type(layer).call is Activated.call and layer.activity_regularizer is None
        if split and layer.activation is not activations.linear:
            between = -1 - len(self.outputs) - call.outputs[0]  # a slot that no layer of the graph has
            return [Op(type(layer).__name__, (layer,), call.inputs, (between,), lambda x, p: layer.linear(x[0]), call.index, dtype),
                    Op(name_of(layer.activation), (layer,), (between,), call.outputs, lambda x, p: layer.activation(x[0]), call.index)]
        kind = name_of(layer.activation) if isinstance(layer, Activation) else type(layer).__name__
        if isinstance(layer, ReLU) and (layer.max_value, layer.negative_slope, layer.threshold) == (None, 0.0, 0.0):
            kind = "relu"
        return [Op(kind, (layer,), call.inputs, call.outputs, self.plainly(layer, call.index), call.index, dtype)]

    def plainly(self, layer, index: int) -> Callable:
        """The layer's own `call`, with training mode, key and penalty."""
        held = layer.frozen_is_inference and id(layer) in self.frozen
        regularizer = getattr(layer, "activity_regularizer", None)

        def run(tensors, p: Pass):
            training = p.training and not held
            key = p.counters.key(layer, index) if layer.random and training else None
            y = layer.run(tensors, training, key)
            if regularizer is not None:
                p.penalties.append(regularizer(y) / len(y))
            return y

        return run

    def strip(self, number: int) -> None:
        """Leaves the last activation of an output out, so that the loss can take the logits."""
        slot = self.outputs[number]
        op = next(op for op in self.ops if slot in op.outputs)
        self.ops.remove(op)
        self.outputs[number] = op.inputs[0]

    def run(self, inputs: list[torch.Tensor], p: Pass) -> list[torch.Tensor]:
        """The outputs for these inputs; each tensor is freed after its last reader."""
        values = dict(zip(self.graph.input_slots, inputs, strict=True))
        for op, ends in zip(self.ops, self.ends, strict=True):
            tensors = [values[slot] for slot in op.inputs]
            if op.dtype is not None:
                tensors = [t if t.dtype == op.dtype else t.to(op.dtype) for t in tensors]
            made = op.run(tensors, p)
            if isinstance(made, torch.Tensor):
                values[op.outputs[0]] = made
            else:
                values.update(zip(op.outputs, made, strict=True))
            for slot in ends:
                values.pop(slot, None)
        return [values[slot].to(self.dtype) for slot in self.outputs]

    def __str__(self):
        rows = []
        for number, op in enumerate(self.ops, 1):
            names = ", ".join(dict.fromkeys(layer.name for layer in op.layers))
            dtype = "" if op.dtype is None else str(op.dtype).removeprefix("torch.")
            rows.append((str(number), op.kind, names, dtype))
        widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else [0] * 4
        return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)

    __repr__ = __str__


def name_of(activation) -> str:
    """An activation's name."""
    return getattr(activation, "__name__", type(activation).__name__)


def join(ops: list[Op], outputs: set[int], frozen) -> list[Op]:
    """Joins neighbours into fused ops."""
    readers: dict[int, list[Op]] = {}
    for op in ops:
        for slot in op.inputs:
            readers.setdefault(slot, []).append(op)

    def after(op: Op | None, *kinds: str) -> Op | None:
        """The one op that reads this op's output, if it is of these kinds."""
        if op is None or len(op.outputs) != 1 or op.outputs[0] in outputs:
            return None
        found = readers.get(op.outputs[0], [])
        return found[0] if len(found) == 1 and found[0].kind in kinds else None

    joined, gone = [], set()
    for op in ops:
        if id(op) in gone:
            continue
        relu = op if op.kind == "relu" else None
        pool = op if op.kind == "MaxPooling2D" else after(relu, "MaxPooling2D")
        convolved = after(op, "relu") if op.kind == "Conv2D" else None
        if pool is not None and pools_fit(pool.layers[0]):
            dropout = after(pool, "Dropout")
            group = [part for part in (relu, pool, dropout) if part is not None]
            joined.append(pooled(group, relu is not None, pool, dropout) if len(group) > 1 else op)
        elif convolved is not None and after(convolved, "MaxPooling2D") is None:
            group = [op, convolved]
            reader = readers.get(convolved.outputs[0], [])
            fresh = convolved.outputs[0] not in outputs and len(reader) == 1 and reader[0].kind in ("Conv2D", "Dense")
            joined.append(convolved_relu(op, convolved, fresh))
        else:
            group = []
            joined.append(op)
        gone.update(id(part) for part in group)
    return joined


def pools_fit(layer: MaxPooling2D) -> bool:
    """Whether the fused kernel has this pooling: windows side by side, no padding."""
    return layer.padding == "valid" and layer.window == layer.strides


def pooled(group: list[Op], relu: bool, pool: Op, dropout: Op | None) -> Op:
    """[relu +] max pooling [+ dropout] as one op."""
    layer: Dropout | None = dropout.layers[0] if dropout else None

    def run(tensors, p: Pass):
        drops = layer is not None and p.training and layer.rate > 0
        key = p.counters.key(layer, dropout.index) if drops else None
        return kernels.relu_pool_dropout(tensors[0], pool.layers[0].window, layer.rate if drops else 0.0, key, relu)

    return Op(" + ".join(op.kind for op in group), tuple(x for op in group for x in op.layers), group[0].inputs, group[-1].outputs, run)


def convolved_relu(op: Op, relu: Op, owns_gradient: bool) -> Op:
    """Convolution + relu as one op."""
    layer: Conv2D = op.layers[0]

    def run(tensors, p: Pass):
        x, zeros = layer.padded(channels_second(tensors[0]))
        y = kernels.conv_bias_relu(x, layer.torch_kernel(), layer.bias if layer.use_bias else None, layer.strides, zeros,
                                   layer.dilation_rate, layer.groups, owns_gradient)
        return channels_last(y)

    return Op("Conv2D + relu", (layer, *relu.layers), op.inputs, relu.outputs, run, op.index, op.dtype)
