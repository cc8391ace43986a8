"""Fusion: neighbours in a plan that run as one kernel.

    Conv2D [+ relu]                              -> kernels.convolution
    Dense [+ relu]                               -> kernels.linear
    [relu +] MaxPooling2D [+ Dropout]            -> kernels.relu_pool_dropout
    Dropout, Flatten                             -> kernels.dropout, kernels.flatten

A join needs the tensor between to have one reader, and not to be an output. It takes the place of its last member, so the layers
run, and count their random calls, in the order of the graph.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from nabi import kernels
from nabi.kernels.conv import Convolution
from nabi.kernels.dropout import Dropout as DropoutKernel
from nabi.kernels.flatten import Flatten as FlattenKernel
from nabi.kernels.linear import Linear
from nabi.kernels.pool import ReluPoolDropout, codes
from nabi.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nabi.training.plan import Fused, Op, Pass

CLASSES = {"Conv2D": Conv2D, "Dense": Dense, "Dropout": Dropout, "Flatten": Flatten, "MaxPooling2D": MaxPooling2D}


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

    def pool_after(op: Op | None) -> Op | None:
        found = after(op, "MaxPooling2D")
        return found if found is not None and side_by_side(found.layers[0]) else None

    joined: dict[int, Op | None] = {}  # id of a member -> what stands in its place
    for op in ops:
        if id(op) in joined:
            continue
        relu = op if op.kind == "relu" else None
        pool = op if is_a(op, "MaxPooling2D") and side_by_side(op.layers[0]) else pool_after(relu)
        if pool is not None:
            members = [part for part in (relu, pool, after(pool, "Dropout")) if part is not None]
            made = pooled(members, relu is not None)
        elif is_a(op, "Conv2D") or is_a(op, "Dense"):
            relu = after(op, "relu")
            members = [op] if relu is None or pool_after(relu) is not None else [op, relu]  # the pooling takes a relu before it
            last = reader(members[-1])
            owns = last is not None and (is_a(last, "Conv2D") or is_a(last, "Dense"))  # their gradients are nobody else's
            made = (convolved if is_a(op, "Conv2D") else multiplied)(members, owns)
        elif is_a(op, "Dropout") or is_a(op, "Flatten"):
            members = [op]
            made = dropped(op) if is_a(op, "Dropout") else whole(members, kernels.flatten, Fused(FlattenKernel, lambda p, x: ()))
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
    return layer.padding == "valid" and layer.window == layer.strides and codes(layer.window)


def whole(members: list[Op], function: Callable[..., Any], fused: Fused) -> Op:
    """Several ops as one, computed by a function of `nabi.kernels`."""

    def run(tensors, p: Pass):
        return function(*tensors, *fused.weights(), *fused.options(p, tensors))

    return Op(" + ".join(op.kind for op in members), tuple(layer for op in members for layer in op.layers), members[0].inputs,
              members[-1].outputs, run, members[0].index, members[0].dtype, fused)


def mask(op: Op) -> Callable[..., tuple]:
    """Rate and key of a dropout in a pass; 0 and None where nothing is dropped."""
    layer: Dropout = op.layers[0]
    return lambda p, x: (layer.rate, p.counters.key(layer, op.index)) if p.training else (0.0, None)


def dropped(op: Op) -> Op:
    """Dropout by itself."""
    def dropout(x, rate, key):
        return x if key is None else kernels.dropout(x, rate, key)

    return whole([op], dropout, Fused(DropoutKernel, mask(op)))


def pooled(members: list[Op], relu: bool) -> Op:
    """[relu +] max pooling [+ dropout] as one op."""
    window, last = members[1 if relu else 0].layers[0].window, members[-1]
    drawn = mask(last) if is_a(last, "Dropout") else lambda p, x: (0.0, None)
    return whole(members, kernels.relu_pool_dropout, Fused(ReluPoolDropout, lambda p, x: (window, *drawn(p, x), relu)))


def convolved(members: list[Op], owns_gradient: bool) -> Op:
    """Convolution [+ relu] as one op; `owns_gradient`: the one reader makes a gradient that may be overwritten."""
    layer: Conv2D = members[0].layers[0]
    pads, rest = cache(layer.pads), (layer.dilation_rate, layer.groups, len(members) > 1, owns_gradient)
    return whole(members, kernels.convolution, Fused(
        Convolution, lambda p, x: (layer.strides, pads(tuple(x[0].shape[1:3])), *rest),
        lambda: (layer.torch_kernel(), layer.bias if layer.use_bias else None)))


def multiplied(members: list[Op], owns_gradient: bool) -> Op:
    """Dense [+ relu] as one op."""
    layer: Dense = members[0].layers[0]
    return whole(members, kernels.linear, Fused(
        Linear, lambda p, x: (len(members) > 1, owns_gradient),
        lambda: (layer.kernel.t(), layer.bias if layer.use_bias else None)))
