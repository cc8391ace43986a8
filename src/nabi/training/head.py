"""Head: what stands first behind an input of pictures, as one op that takes bytes as they came.

    [Rescaling | Normalization] [RandomFlip] [RandomTranslation by whole pixels]        in any order
        y[n, i, j, c] = f_c(x[n, rows[n, i], columns[n, j], c])

f, a table, is what the layers make of the 256 bytes; rows and columns are the choices they draw, under their own keys. So uint8
pictures are read once and written once, in the dtype of the convolution behind, and become the numbers that the layers give one
by one. Pictures that come as floats go through the formulas in whole tensors, and are picked from once.
"""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from nabi import kernels
from nabi.kernels.pictures import chosen
from nabi.layers import Normalization, RandomFlip, RandomTranslation, Rescaling
from nabi.training.neighbours import Neighbours, named
from nabi.training.plan import Op, Pass


def heads(ops: list[Op], near: Neighbours) -> list[list[Op]]:
    """The ops that stand first behind each input and run as one, in order; none of them stands twice in the graph."""
    uses: dict[int, int] = {}
    for op in ops:
        for layer in op.layers:
            uses[id(layer)] = uses.get(id(layer), 0) + 1
    made = {slot for op in ops for slot in op.outputs}
    found = []
    for op in ops:
        if len(op.inputs) == 1 and op.inputs[0] not in made and near.alone(op.inputs[0]):
            members: list[Op] = []
            after: Op | None = op
            while after is not None and fits(after, members) and uses[id(after.layers[0])] == 1:
                members.append(after)
                after = near.reader(after)
            if members:
                found.append(members)
    return found


def fits(op: Op, before: list[Op]) -> bool:
    """Whether an op can be part of a head that begins with those before: one picture's pixels, or channels, each by itself."""
    if not op.layers:
        return False
    layer: Any = op.layers[0]
    shape = layer.built_shape
    if layer.activity_regularizer is not None or len(shape) != 4 or shape[3] is None:
        return False
    if op.kind != type(layer).__name__:  # called with a mode of its own: training=True
        return False
    if type(layer) is RandomTranslation:
        return layer.interpolation == "nearest" and not any(type(other.layers[0]) is RandomTranslation for other in before)
    if type(layer) is Rescaling:
        return all(not isinstance(n, list) or (len(n) in (1, shape[3]) and not isinstance(n[0], list))
                   for n in (layer.scale, layer.offset))
    return type(layer) is RandomFlip or (type(layer) is Normalization and layer.kept(4) in ((), (3,)))


def head(members: list[Op], near: Neighbours) -> Op:
    """These ops as one; if a bfloat16 op alone reads the result, it is written so."""
    low = lowered(members, near)

    def run(tensors: list[Tensor], p: Pass) -> Tensor:
        x = tensors[0]
        raw = x.dtype is torch.uint8
        y, rows, columns, fill = every_byte(x.shape[3]) if raw else x, None, None, None
        for op in members:
            layer: Any = op.layers[0]
            if not layer.random:
                y = layer.run([y], False)
                fill = None if fill is None else layer.run([fill], False)
            elif p.training:
                picked = layer.origins(x, p.counters.key(layer, op.index))
                rows, columns = (chosen(first, then) for first, then in zip((rows, columns), picked, strict=True))
                if isinstance(layer, RandomTranslation):
                    fill = torch.full((1, 1, 1, x.shape[3]), layer.fill_value, dtype=y.dtype)
        if not raw and rows is None and columns is None:
            return y
        return kernels.pictures(x if raw else y, rows, columns, y.view(256, -1) if raw else None,
                                None if fill is None else fill.flatten(), low or y.dtype)

    kind, layers = named(members)
    return replace(members[0], kind=kind, layers=layers, outputs=members[-1].outputs, run=run, dtype=None, raw=True)


def lowered(members: list[Op], near: Neighbours) -> torch.dtype | None:
    """bfloat16 if such an op alone reads what these make, else None."""
    reader = near.reader(members[-1])
    return torch.bfloat16 if reader is not None and reader.dtype is torch.bfloat16 else None


def every_byte(channels: int) -> Tensor:
    """256 pictures of one pixel: each byte in each channel, as floats."""
    return torch.arange(256, dtype=torch.float32).view(256, 1, 1, 1).expand(256, 1, 1, channels).contiguous()
