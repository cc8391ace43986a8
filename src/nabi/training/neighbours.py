"""Neighbours: who alone reads what an op makes, and of which kind it is: what plans ask before they join ops.

    conv -> relu -> pool        after(conv, "relu") is the relu, pooling(relu) is the pool
    conv -> relu, conv -> add   two readers: nothing is after conv
"""

from inspect import signature
from typing import Any

from nabi import activations
from nabi.kernels import average, pool
from nabi.layers import Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nabi.training.plan import Op

NAMED = Add, AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
CLASSES = {kind.__name__: kind for kind in NAMED}
POOLINGS = {"MaxPooling2D": pool.codes, "AveragePooling2D": average.codes}  # those with a fused kernel
LEAKY = signature(activations.leaky_relu).parameters["negative_slope"].default


class Neighbours:
    """The readers of each op's output.

    Args:
        ops: the ops of a plan, in order.
        outputs: slots that must be there at the end, so that whoever makes them is joined with nobody behind.
    """

    def __init__(self, ops: list[Op], outputs: set[int]):
        self.outputs = outputs
        self.readers: dict[int, list[Op]] = {}
        for op in ops:
            for slot in op.inputs:
                self.readers.setdefault(slot, []).append(op)

    def alone(self, slot: int) -> bool:
        """Whether one op reads a slot, and nobody wants it at the end."""
        return slot not in self.outputs and len(self.readers.get(slot, [])) == 1

    def reader(self, op: Op | None) -> Op | None:
        """The one op that reads what this one makes."""
        if op is None or len(op.outputs) != 1 or not self.alone(op.outputs[0]):
            return None
        return self.readers[op.outputs[0]][0]

    def after(self, op: Op | None, kind: str) -> Op | None:
        """The reader, if it is of this kind."""
        found = self.reader(op)
        return found if found is not None and is_a(found, kind) else None

    def pooling(self, op: Op | None, *kinds: str) -> Op | None:
        """The reader of a [leaky] ReLU, if it is a pooling (of these kinds) whose fused kernel takes the activation along."""
        found, slope = self.reader(op), slope_of(op)
        return found if found is not None and slope is not None and pools(found, slope, *kinds) else None


def is_a(op: Op, kind: str) -> bool:
    """Whether an op is this kind of nabi's, not a user's layer of that name or one with more to it.

    Norms: of the last axis. Sums: of as many axes in each term. Dropout: of single numbers, not of all.
    """
    if kind not in CLASSES or op.kind != kind:
        return op.kind == kind
    layer = op.layers[0]
    own = type(layer) is CLASSES[kind] and layer.activity_regularizer is None and not layer.inside  # no PReLU as activation
    if kind == "Add":
        return own and all(len({len(symbol.shape) for symbol in node.inputs}) == 1 for node in layer.nodes)
    if kind == "Dropout":
        return own and layer.noise_shape is None and layer.rate < 1
    return own and (kind != "BatchNormalization" or layer.axis in (-1, len(layer.built_shape) - 1))


def slope_of(op: Op | None) -> float | None:
    """Slope below 0 of a ReLU (0) or leaky ReLU, however it is written, if it is in [0, 1]; None for any other op."""
    if op is None or op.kind != "leaky_relu":
        return 0.0 if op is not None and op.kind == "relu" else None
    last: Any = op.layers[0]
    while hasattr(last, "activation"):  # Conv2D(activation="leaky_relu"), Activation("leaky_relu")
        last = last.activation
    slope = getattr(last, "negative_slope", LEAKY)
    return slope if 0 < slope <= 1 else None


def pools(op: Op, slope: float = 1.0, *kinds: str) -> bool:
    """Whether an op is a pooling (of these kinds) that has a fused kernel, behind an activation of this slope: windows side by
    side, no padding, and a byte for each of them is enough.
    """
    if not any(is_a(op, kind) for kind in kinds or POOLINGS):
        return False
    layer = op.layers[0]
    return layer.padding == "valid" and layer.window == layer.strides and POOLINGS[op.kind](layer.window, slope)


def named(members: list[Op]) -> tuple[str, tuple]:
    """Several ops' kind and layers as those of one."""
    return " + ".join(op.kind for op in members), tuple(layer for op in members for layer in op.layers)
