"""Neighbours: who alone reads what an op makes, and of which kind it is: what plans ask before they join ops.

    conv -> relu -> pool        after(conv, "relu") is the relu, pooling(relu) is the pool
    conv -> relu, conv -> add   two readers: nothing is after conv
"""

from nabi.kernels.pool import codes
from nabi.layers import Add, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nabi.training.plan import Op

CLASSES = {kind.__name__: kind for kind in (Add, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D)}


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

    def reader(self, op: Op | None) -> Op | None:
        """The one op that reads what this one makes."""
        if op is None or len(op.outputs) != 1 or op.outputs[0] in self.outputs:
            return None
        found = self.readers.get(op.outputs[0], [])
        return found[0] if len(found) == 1 else None

    def after(self, op: Op | None, kind: str) -> Op | None:
        """The reader, if it is of this kind."""
        found = self.reader(op)
        return found if found is not None and is_a(found, kind) else None

    def pooling(self, op: Op | None) -> Op | None:
        """The reader, if it is a max pooling that a fused kernel has."""
        found = self.after(op, "MaxPooling2D")
        return found if found is not None and side_by_side(found) else None


def is_a(op: Op, kind: str) -> bool:
    """Whether an op is this kind of nabi's, not a user's layer of that name or one with more to it; norms: of the last axis."""
    if kind == "relu" or op.kind != kind:
        return op.kind == kind
    layer = op.layers[0]
    own = type(layer) is CLASSES[kind] and getattr(layer, "activity_regularizer", None) is None
    return own and (kind != "BatchNormalization" or layer.axis in (-1, len(layer.built_shape) - 1))


def side_by_side(pool: Op) -> bool:
    """Whether the fused kernel has this pooling: windows side by side, no padding."""
    layer = pool.layers[0]
    return layer.padding == "valid" and layer.window == layer.strides and codes(layer.window)


def named(members: list[Op]) -> tuple[str, tuple]:
    """Several ops' kind and layers as those of one."""
    return " + ".join(op.kind for op in members), tuple(layer for op in members for layer in op.layers)
