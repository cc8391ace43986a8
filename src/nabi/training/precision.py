"""Precision: which layers compute in bfloat16.

"auto" means bfloat16 inside convolutions and hidden Dense layers of classifiers (cross-entropy losses), where the processor
multiplies bfloat16 itself. The last layer, losses, norms, regression, and all weights and gradients stay float32.
"""

from contextlib import nullcontext
from typing import Any

import torch

from nabi.core.config import PRECISIONS, config
from nabi.core.device import native_bfloat16
from nabi.core.errors import ArgumentError
from nabi.layers import Dense
from nabi.layers.depthwise import Depthwise, Separable
from nabi.layers.filtering import Filtering
from nabi.models.graph import Graph

NOTHING = nullcontext()


def without_autocast() -> Any:
    """Within the block torch casts nothing by itself: a model's precision is that of `compile`, also inside `torch.autocast`."""
    return torch.autocast("cpu", enabled=False) if torch.is_autocast_enabled("cpu") else NOTHING


class Precision:
    """The numbers a model computes in.

    Attributes:
        name: what was asked for: "auto", "float32", "float64" or "bfloat16".
        dtype: dtype of weights, gradients and of all that is not lowered.
        low: whether convolutions and hidden Dense layers run in bfloat16, if there are any.
    """

    def __init__(self, name: str | None, classifier: bool):
        self.name = config.precision if name is None else name
        if self.name not in PRECISIONS:
            raise ArgumentError("compile(precision)", f"one of {', '.join(PRECISIONS)}", repr(name))
        double = self.name == "float64" or (self.name == "auto" and config.floatx == "float64")
        self.dtype = torch.float64 if double else torch.float32
        self.low = self.name == "bfloat16" or (self.name == "auto" and not double and classifier and native_bfloat16())

    @property
    def text(self) -> str:
        """What the first line of `fit` says."""
        if self.low:
            return "bfloat16 in convolutions and hidden Dense layers, float32 elsewhere"
        return str(self.dtype).removeprefix("torch.")


def low_layers(graph: Graph, precision: Precision) -> set[int]:
    """Ids of the layers that compute in bfloat16: convolutions and Dense layers that are not the last before an output."""
    if not precision.low:
        return set()
    maker = {slot: call for call in graph.calls for slot in call.outputs}
    last, todo, seen = set(), list(graph.output_slots), set()
    while todo:
        slot = todo.pop()
        if slot in seen or slot not in maker:
            continue
        seen.add(slot)
        call = maker[slot]
        if isinstance(call.layer, (Filtering, Dense)):
            last.add(id(call.layer))
        else:
            todo.extend(call.inputs)
    return {id(c.layer) for c in graph.calls if isinstance(c.layer, (Filtering, Dense)) and quicker(c.layer)} - last


def quicker(layer: Filtering | Dense) -> bool:
    """Whether bfloat16 is the quicker form of a layer: everywhere but in some depthwise convolutions (`benchmarks/layers.py`).

    Of these oneDNN has 3 x 3 kernels that are quicker in bfloat16; a training step through strides takes 3 times as long as in
    float32, one through dilated or larger kernels 1.4 times.
    """
    if not isinstance(layer, (Depthwise, Separable)):
        return True
    return {*layer.strides, *layer.dilation_rate} == {1} and max(layer.kernel_size) <= 3
