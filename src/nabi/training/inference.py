"""Inference: the plan that predictions take: weights packed once, batch normalisation folded into them, ReLU fused, dropout gone.

    Conv2D or Dense [+ BatchNormalization] [+ Add] [+ relu]      one call:  y = relu(conv(x, w') + b' [+ skip])
    [[leaky_]relu +] MaxPooling2D, BatchNormalization [+ relu]   one pass
    Dropout                                                      nothing

    w' = w a        b' = beta + (b - mean) a        a = gamma / sqrt(variance + epsilon), one number a channel

The folding is done in float64 and rounded once. Weights are copied when one of them has changed since the last prediction, so a
prediction after fit, set_weights or load is right. Convolutions and hidden Dense layers of classifiers compute in bfloat16 where
training does, for one picture as for a thousand, so that results hang on the batch by rounding at most; a bias stays float32.
Settings of layers, such as epsilon, are read when weights are packed. Nothing is counted: neither moving means nor random keys.
Source of the folding: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
inference", 2018, section 3.2.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from nabi import kernels
from nabi.kernels import jit
from nabi.kernels.conv import nchw
from nabi.kernels.packed import packed_convolution, packed_linear
from nabi.kernels.relu import bent
from nabi.layers import BatchNormalization, Conv2D
from nabi.models.graph import Graph
from nabi.training.fusion import held
from nabi.training.head import every_byte, heads, lowered
from nabi.training.neighbours import Neighbours, is_a, named, pools, slope_of
from nabi.training.plan import Op, Pass, Plan

MAX = "MaxPooling2D"  # average pooling leaves its ReLU to the convolution, where it costs nothing
FEW = 1 << 18  # numbers below which torch's pooling and multiply-add are quicker than waking a fused kernel (measured)

Run = Callable[[list[Tensor], Pass], Any]


@dataclass
class Packed(Op):
    """An op with weights of its own; `pack` reads the layers' weights and gives what `run` is from then on."""

    pack: Callable[[], Run] | None = None


class Inference:
    """A graph made ready for predictions.

    Args:
        graph, low, dtype, logits, frozen: as in `Plan`.

    Attributes:
        plan: its ops; printed, it says what runs as one.
        alone: whether all weights are packed, so that layers need not be bound to a step's tensors.
    """

    def __init__(self, graph: Graph, low: Collection[int] = (), dtype: torch.dtype = torch.float32, logits: Collection[int] = (),
                 frozen: Collection[int] = ()):
        kernels.keep_freed_memory()
        self.plan = Plan(graph, low, dtype, logits, frozen, join, modes=(True,))
        self.packed = [op for op in self.plan.ops if isinstance(op, Packed)]
        self.weights = list({id(w): w for op in self.packed for layer in op.layers for w in layer.weights}.values())
        self.alone = all(isinstance(op, Packed) or not any(layer.weights for layer in op.layers) for op in self.plan.ops)
        slots = [self.plan.graph.input_slots, *(op.outputs for op in self.plan.ops)]
        self.chain = tuple(self.plan.outputs) == slots[-1] and len(slots[-1]) == 1 and all(
            len(made) == 1 and op.inputs == made for made, op in zip(slots, self.plan.ops, strict=False))
        self.seen: list[tuple[Any, str, Tensor, int]] = []  # stores and weights with what they held and its version
        self.signs: list = []  # what tells whether a model that is not compiled has changed
        self.fused: bool | None = None  # whether they were packed for fused kernels

    def fresh(self) -> bool:
        """Whether the packed weights are those of the layers."""
        if self.fused is not jit.fused():
            return False
        for owner, name, tensor, version in self.seen:  # mostly one store
            if getattr(owner, name) is not tensor or tensor._version + owner.unseen != version:
                return False
        return bool(self.seen) or not self.weights

    @torch.no_grad()
    def refresh(self) -> None:
        """Packs the weights where one has changed. Tensors made in torch's inference mode do not tell: they are packed anew."""
        if self.fresh():
            return
        owners = {id(w.store or w): (w.store, "vector") if w.store else (w, "stored") for w in self.weights}.values()
        held = [(owner, name, getattr(owner, name)) for owner, name in owners]
        self.fused = jit.fused()
        self.seen = [] if any(t.is_inference() for *_, t in held) else [(*one, one[-1]._version + one[0].unseen) for one in held]
        for op in self.packed:
            if op.pack is not None:
                op.run = op.pack()

    def run(self, inputs: list[Tensor], p: Pass) -> list[Tensor]:
        """The outputs for these inputs, as `Plan.run`; call it without gradients."""
        self.refresh()
        if not self.chain:
            return self.plan.run(inputs, p)
        x = inputs[0]  # one op after the other: for one picture every line counts
        for op in self.plan.ops:
            x = op.run([x if op.dtype is None else x.to(op.dtype)], p)
        return [x.to(self.plan.dtype)]


def join(ops: list[Op], outputs: set[int], frozen: Collection[int] = ()) -> list[Op]:
    """The ops with dropout left out and neighbours joined; arguments as in `fusion.join`. Frozen or not is one here."""
    ops = without_dropout(ops, outputs)
    near = Neighbours(ops, outputs)
    taken: set[int] = set()
    joined: dict[int, Op] = {}  # id of a group's last member -> the group
    for members in heads(ops, near):
        taken.update(map(id, members))
        joined[id(members[-1])] = begun(members, near)
    for op in ops:
        if id(op) in taken:
            continue
        members, make = [op], None
        if is_a(op, "Conv2D") or is_a(op, "Dense"):
            make = multiplied
            for kind in ("BatchNormalization", "Add", "relu"):
                found = near.after(members[-1], kind)
                if found is None or id(found) in taken or (kind == "Add" and len(found.inputs) != 2):
                    continue
                if kind == "relu" and near.pooling(found, MAX) is not None:  # which takes it along
                    continue
                members.append(found)
        elif is_a(op, "BatchNormalization"):
            relu, make = near.after(op, "relu"), normalized
            members += [] if relu is None or near.pooling(relu, MAX) else [relu]
        elif (pool := near.pooling(op, MAX)) is not None:
            members, make = [op, pool], pooled
        elif pools(op, 1.0, MAX):
            make = pooled
        if make is not None:
            taken.update(map(id, members))
            joined[id(members[-1])] = make(members)
    return [joined.get(id(op), op) for op in ops if id(op) in joined or id(op) not in taken]


def without_dropout(ops: list[Op], outputs: set[int]) -> list[Op]:
    """The ops without dropout; one that makes an output stays."""
    same: dict[int, int] = {}  # slot that a dropout fills -> slot that it reads
    found = []
    for op in ops:
        op = replace(op, inputs=tuple(same.get(slot, slot) for slot in op.inputs))
        if is_a(op, "Dropout") and op.outputs[0] not in outputs:
            same[op.outputs[0]] = op.inputs[0]
        else:
            found.append(op)
    return found


def packed(members: list[Op], inputs: tuple[int, ...], pack: Callable[[], Run]) -> Packed:
    """Several ops as one that packs its weights."""
    def unready(tensors, p):
        return pack()(tensors, p)

    return Packed(*named(members), inputs, members[-1].outputs, unready, members[0].index, pack=pack)


def values(layer: Any) -> dict[str, Tensor]:
    """A layer's own weights by name, also where a step has bound others to it."""
    return {w.name: w.value.detach() for w in layer.own_weights}


def scale_and_offset(norm: BatchNormalization) -> tuple[Tensor, Tensor]:
    """a and c of a batch normalisation in inference, y = a x + c, in float64."""
    own = {name: value.double() for name, value in values(norm).items()}
    a = own.get("gamma", 1.0) / torch.sqrt(own["moving_variance"] + norm.epsilon)
    return a, own.get("beta", 0.0) - own["moving_mean"] * a


def folded(layer: Any, norm: BatchNormalization | None) -> tuple[Tensor, Tensor | None]:
    """w' and b' of a Conv2D or Dense layer with the channels first, in the weights' dtype."""
    own = values(layer)
    w, b = own["kernel"].movedim(-1, 0), own.get("bias")
    if norm is not None:
        a, c = scale_and_offset(norm)
        b = (c if b is None else c + b.double() * a).to(w.dtype)
        w = (w.double() * a.view(-1, *[1] * (w.ndim - 1))).to(w.dtype)
    return (w if w.ndim == 2 else w.movedim(-1, 1)), b


def multiplied(members: list[Op]) -> Packed:
    """Conv2D or Dense [+ BatchNormalization] [+ Add] [+ relu] as one op."""
    first, kinds = members[0], {op.kind: op for op in members[1:]}
    layer: Any = first.layers[0]
    norm, add, dtype = kinds.get("BatchNormalization"), kinds.get("Add"), first.dtype
    skip = () if add is None else tuple(slot for slot in add.inputs if slot != members[members.index(add) - 1].outputs[0])
    pads: Any = cache(layer.pads) if isinstance(layer, Conv2D) else None

    def pack() -> Run:
        w, b = folded(layer, None if norm is None else norm.layers[0])
        fits = norm is None or all(bool(t.isfinite().all()) for t in (w, b) if t is not None)
        if not fits:  # a variance of 0 without epsilon, a training that diverged: as it is written
            w, b = folded(layer, None)
        w = w.to(dtype)
        b = b if b is None or dtype is torch.bfloat16 else b.to(dtype)
        relu_inside = "relu" in kinds and add is None and fits
        f: Any = (packed_linear(w, b, relu_inside) if pads is None else
                  packed_convolution(w, b, layer.strides, layer.dilation_rate, layer.groups, relu_inside))

        def run(tensors: list[Tensor], p: Pass) -> Tensor:
            x = tensors[0].to(dtype)
            y = f(x) if pads is None else f(x, pads(tuple(x.shape[1:3])))
            if not fits and norm is not None:
                y = norm.run([y.to(norm.dtype)], p)
            if add is not None:
                other = tensors[1]
                y = y.add_(other) if other.shape == y.shape and other.dtype is y.dtype else y + other
            return y if relu_inside or "relu" not in kinds else y.relu_()

        return run

    return packed(members, (*first.inputs, *skip), pack)


def begun(members: list[Op], near: Neighbours) -> Packed:
    """What stands first behind an input of pictures, of which rescaling and normalising are left; bytes go through a table."""
    own: Any = [op.layers[0] for op in members if not op.layers[0].random]
    low = lowered(members, near)

    def one_by_one(x: Tensor) -> Tensor:
        for layer in own:
            x = layer.run([x], False)
        return x

    def run(tensors: list[Tensor], p: Pass) -> Tensor:
        x = tensors[0]
        if x.dtype is not torch.uint8:
            return one_by_one(x)
        if x.numel() < FEW:
            return one_by_one(x.float())
        return kernels.pictures(x, table=one_by_one(every_byte(x.shape[3])).view(256, -1), dtype=low)

    return Packed(*named(members), members[0].inputs, members[-1].outputs, run, members[0].index, raw=True)


def normalized(members: list[Op]) -> Packed:
    """BatchNormalization [+ relu] by itself, in the dtype that comes in."""
    norm: Any = members[0].layers[0]
    slope = 0.0 if len(members) > 1 else 1.0

    def pack() -> Run:
        own = values(norm)
        vectors = own["moving_mean"], own["moving_variance"], own.get("gamma"), own.get("beta"), norm.epsilon
        a, c = (t.to(own["moving_mean"].dtype) for t in scale_and_offset(norm))
        exact = bool(a.isfinite().all() and c.isfinite().all())

        def run(tensors: list[Tensor], p: Pass) -> Tensor:
            x = tensors[0]
            if x.numel() >= FEW or not exact:
                return kernels.normalize(x, *vectors, None, slope)
            y = torch.addcmul(c, x.to(a.dtype), a)
            return (y if slope else y.relu_()).to(x.dtype)

        return run

    return packed(members, members[0].inputs, pack)


def pooled(members: list[Op]) -> Op:
    """[[leaky] relu +] max pooling; the maximum's ReLU is the ReLUs' maximum."""
    pool, slope = members[-1], slope_of(members[0])
    window, bend = pool.layers[0].window, 1.0 if slope is None else slope

    def run(tensors: list[Tensor], p: Pass) -> Tensor:
        x = tensors[0]
        held(pool.layers[0], x)
        if x.numel() >= FEW:
            return kernels.relu_pool_dropout(x, window, slope=bend)
        y = F.max_pool2d(nchw(x), window).permute(0, 2, 3, 1).contiguous()
        return y.relu_() if bend == 0 else bent(y, bend)

    return Op(*named(members), members[0].inputs, pool.outputs, run, pool.index)
