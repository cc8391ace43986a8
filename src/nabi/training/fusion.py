"""Fusion: neighbours in a plan that run as one kernel.

    convolution                                  -> kernels.conv_bias
    convolution + relu                           -> kernels.conv_bias_relu
    [relu +] max pooling [+ dropout]             -> kernels.relu_pool_dropout

A join needs the tensor between to have one reader, and not to be an output. It takes the place of its last member, so the layers
run, and count their random calls, in the order of the graph.
"""

from typing import Any

from nabi import kernels
from nabi.layers import Conv2D, Dense, Dropout, MaxPooling2D
from nabi.layers.window import channels_last, channels_second
from nabi.training.plan import Op, Pass

CLASSES = {"Conv2D": Conv2D, "Dense": Dense, "Dropout": Dropout, "MaxPooling2D": MaxPooling2D}


def join(ops: list[Op], outputs: set[int]) -> list[Op]:
    """The ops with neighbours joined.

    Args:
        ops: the unfused ops in order.
        outputs: slots that must be there at the end.
    """
    readers: dict[int, list[Op]] = {}
    for op in ops:
        for slot in op.inputs:
            readers.setdefault(slot, []).append(op)

    def reader(op: Op | None) -> Op | None:
        """The one op that reads what this one makes."""
        if op is None or len(op.outputs) != 1 or op.outputs[0] in outputs:
            return None
        found = readers.get(op.outputs[0], [])
        return found[0] if len(found) == 1 else None

    def after(op: Op | None, kind: str) -> Op | None:
        found = reader(op)
        return found if found is not None and is_a(found, kind) else None

    joined: dict[int, Op | None] = {}  # id of a member -> what stands in its place
    for op in ops:
        if id(op) in joined:
            continue
        relu = op if op.kind == "relu" else None
        pool = op if is_a(op, "MaxPooling2D") else after(relu, "MaxPooling2D")
        if pool is not None and side_by_side(pool.layers[0]):
            members = [part for part in (relu, pool, after(pool, "Dropout")) if part is not None]
            made = pooled(members, relu is not None)
        elif is_a(op, "Conv2D"):
            relu = after(op, "relu")
            pool = after(relu, "MaxPooling2D")
            if pool is not None and side_by_side(pool.layers[0]):
                relu = None  # the pooling takes it
            members = [op] if relu is None else [op, relu]
            last = reader(members[-1])
            made = convolved(members, last is not None and (is_a(last, "Conv2D") or is_a(last, "Dense")))
        else:
            continue
        joined.update((id(member), None) for member in members)
        joined[id(members[-1])] = made
    return [op for op in (joined.get(id(op), op) for op in ops) if op is not None]


def is_a(op: Op, kind: str) -> bool:
    """Whether an op is this kind of nabi's, not a layer of the user's with the same name or with more to it."""
    if kind == "relu":
        return op.kind == kind
    return type(op.layers[0]) is CLASSES[kind] and op.kind == kind and getattr(op.layers[0], "activity_regularizer", None) is None


def side_by_side(layer: MaxPooling2D) -> bool:
    """Whether the fused kernel has this pooling: windows side by side, no padding."""
    return layer.padding == "valid" and layer.window == layer.strides


def whole(members: list[Op], run) -> Op:
    """Several ops as one."""
    return Op(" + ".join(op.kind for op in members), tuple(layer for op in members for layer in op.layers), members[0].inputs,
              members[-1].outputs, run, members[0].index, members[0].dtype)


def pooled(members: list[Op], relu: bool) -> Op:
    """[relu +] max pooling [+ dropout] as one op."""
    window, last = members[1 if relu else 0].layers[0].window, members[-1]
    dropout: Dropout | None = last.layers[0] if is_a(last, "Dropout") else None

    def run(tensors, p: Pass):
        rate = dropout.rate if dropout is not None and p.training else 0.0
        key = p.counters.key(dropout, last.index) if dropout is not None and p.training else None
        return kernels.relu_pool_dropout(tensors[0], window, rate, key, relu)

    return whole(members, run)


def convolved(members: list[Op], owns_gradient: bool) -> Op:
    """Convolution [+ relu] as one op; `owns_gradient`: the one reader makes a gradient that may be overwritten."""
    layer: Conv2D = members[0].layers[0]

    def run(tensors, p: Pass):
        x, zeros = layer.padded(channels_second(tensors[0]))
        bias = layer.bias if layer.use_bias else None
        arguments: Any = (x, layer.torch_kernel(), bias, layer.strides, zeros, layer.dilation_rate, layer.groups)
        if len(members) == 1:
            return channels_last(kernels.conv_bias(*arguments))
        return channels_last(kernels.conv_bias_relu(*arguments, owns_gradient=owns_gradient))

    return whole(members, run)
