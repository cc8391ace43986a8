"""Fusion: neighbours in a plan that run as one kernel.

    pictures -> Rescaling, RandomFlip, ...       -> kernels.pictures (see `head`)
    Conv2D [+ relu]                              -> kernels.convolution
    Dense [+ relu]                               -> kernels.linear
    BatchNormalization [+ Add] [+ relu]          -> kernels.batch_norm, kernels.normalize
    [[leaky_]relu +] MaxPooling2D [+ Dropout]    -> kernels.relu_pool_dropout; AveragePooling2D: relu_average_dropout
    Dropout, Flatten                             -> kernels.dropout, kernels.flatten

A join needs the tensor between to have one reader, and not to be an output. It takes the place of its last member, so the layers
run, and count their random calls, in the order of the graph.
"""

from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import torch

from nabi import kernels
from nabi.kernels.average import ReluAverageDropout
from nabi.kernels.conv import Convolution
from nabi.kernels.dropout import Dropout as DropoutKernel
from nabi.kernels.flatten import Flatten as FlattenKernel
from nabi.kernels.linear import Linear
from nabi.kernels.norm import Norm, norm
from nabi.kernels.pool import ReluPoolDropout
from nabi.layers import Add, Conv2D, Dense, Dropout
from nabi.training.head import head, heads
from nabi.training.neighbours import Neighbours, is_a, named, pools, slope_of
from nabi.training.plan import Fused, Op, Pass

FRESH = ("Conv2D", "Dense", "BatchNormalization")  # what makes a gradient for its input that is nobody else's
POOLED = {"MaxPooling2D": (kernels.relu_pool_dropout, ReluPoolDropout),
          "AveragePooling2D": (kernels.relu_average_dropout, ReluAverageDropout)}


def join(ops: list[Op], outputs: set[int], frozen: Collection[int]) -> list[Op]:
    """The ops with neighbours joined.

    Args:
        ops: the unfused ops in order.
        outputs: slots that must be there at the end.
        frozen: ids of frozen layers.
    """
    near = Neighbours(ops, outputs)
    joined: dict[int, Op | None] = {}  # id of a member -> what stands in its place
    for members in heads(ops, near):
        joined.update((id(member), None) for member in members)
        joined[id(members[-1])] = head(members, near)
    for op in ops:
        if id(op) in joined:
            continue
        pool = op if pools(op) else near.pooling(op)
        if pool is not None:
            members = [part for part in (None if op is pool else op, pool, near.after(pool, "Dropout")) if part is not None]
            made = pooled(members)
        elif is_a(op, "Conv2D") or is_a(op, "Dense"):
            relu = near.after(op, "relu")
            members = [op] if relu is None or near.pooling(relu) is not None else [op, relu]  # the pooling takes a relu before it
            last = near.reader(members[-1])
            owns = last is not None and any(is_a(last, kind) for kind in FRESH)
            made = (convolved if is_a(op, "Conv2D") else multiplied)(members, owns)
        elif is_a(op, "BatchNormalization"):
            again = sum(layer is op.layers[0] for other in ops for layer in other.layers) > 1
            total = None if again else near.after(op, "Add")  # called twice, its moments must be counted in the calls' order
            if total is not None and (id(total) in joined or not two_alike(total.layers[0])):
                total = None
            relu = None if again else near.after(total or op, "relu")
            members = [part for part in (op, total, relu if near.pooling(relu) is None else None) if part is not None]
            made = normalized(members, total, id(op.layers[0]) in frozen)
        elif is_a(op, "Dropout") or is_a(op, "Flatten"):
            members = [op]
            made = dropped(op) if is_a(op, "Dropout") else whole(members, kernels.flatten, Fused(FlattenKernel, lambda p, x: ()))
        else:
            continue
        joined.update((id(member), None) for member in members)
        joined[id(members[-1])] = made
    return [op for op in (joined.get(id(op), op) for op in ops) if op is not None]


def two_alike(layer: Add) -> bool:
    """Whether a sum has two terms of one shape wherever it is used."""
    uses = [[symbol.shape[1:] for symbol in node.inputs] for node in layer.nodes]
    return all(len(shapes) == 2 and shapes[0] == shapes[1] and None not in shapes[0] for shapes in uses)


def whole(members: list[Op], function: Callable[..., Any], fused: Fused) -> Op:
    """Several ops as one, computed by a function of `nabi.kernels`."""

    def run(tensors, p: Pass):
        made = function(*tensors, *fused.weights(), *fused.options(p, tensors))
        return made if fused.after is None else fused.after(made, p)

    return Op(*named(members), members[0].inputs, members[-1].outputs, run, members[0].index, members[0].dtype, fused)


def mask(op: Op) -> Callable[..., tuple]:
    """Rate and key of a dropout in a pass; 0 and None where nothing is dropped."""
    layer: Dropout = op.layers[0]
    return lambda p, x: (layer.rate, p.counters.key(layer, op.index)) if p.training else (0.0, None)


def dropped(op: Op) -> Op:
    """Dropout by itself."""
    def dropout(x, rate, key):
        return x if key is None else kernels.dropout(x, rate, key)

    return whole([op], dropout, Fused(DropoutKernel, mask(op)))


def pooled(members: list[Op]) -> Op:
    """[[leaky] relu +] max or average pooling [+ dropout] as one op."""
    slope, last = slope_of(members[0]), members[-1]
    pool, bend = (members[0], 1.0) if slope is None else (members[1], slope)
    window, drawn = pool.layers[0].window, mask(last) if is_a(last, "Dropout") else lambda p, x: (0.0, None)
    function, kernel = POOLED[pool.kind]

    def options(p: Pass, x):
        held(pool.layers[0], x[0])
        return window, *drawn(p, x), bend

    return whole(members, function, Fused(kernel, options))


def held(pool: Any, x: torch.Tensor) -> None:
    """Raises the layer's own ShapeError where its window does not fit in a map whose size was open."""
    if x.shape[1] < pool.window[0] or x.shape[2] < pool.window[1]:
        pool.compute_output_shape(tuple(x.shape))


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


def normalized(members: list[Op], total: Op | None, held: bool) -> Op:
    """Batch normalisation [+ a skip connection's sum] [+ relu] as one op; `held`: frozen, so always in inference mode."""
    layer, relu = members[0].layers[0], members[-1].kind == "relu"

    def own(p: Pass) -> bool:
        return p.training and not held

    def options(p: Pass, x):
        moments = (None, None) if own(p) else (layer.moving_mean, layer.moving_variance)
        return *moments, layer.epsilon, 0.0 if relu else 1.0

    def weights():
        vectors = layer.gamma if layer.scale else None, layer.beta if layer.center else None
        return vectors if total is not None else (None, *vectors)  # None: no residual

    def count(made, p: Pass):
        y, mu, s2 = made
        if own(p):
            with torch.no_grad():
                layer.moving_mean.lerp_(mu, 1 - layer.momentum)
                layer.moving_variance.lerp_(s2, 1 - layer.momentum)
        return y

    made = whole(members, norm, Fused(Norm, options, weights, count))
    made.dtype = None  # float32 inside, whatever it reads and writes
    if total is not None:
        made.inputs = members[0].inputs + tuple(slot for slot in total.inputs if slot != members[0].outputs[0])
    return made
