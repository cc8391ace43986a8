"""Passes: one way through a flat graph, from slot to slot, whoever goes it: a model called by hand, an explanation, a trace.

    values[call.inputs] -> make(call, inputs, masks) -> values[call.outputs], and the masks that the call fills

Who goes through says with `make` what a call is to make of its inputs: how its layer runs, what is seen or changed on the way.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from nabi.layers.inside import stands_still
from nabi.layers.masks import Masks
from nabi.models.graph import Call, Graph
from nabi.models.masks import filled_masks, left_masks

Make = Callable[[Call, list[Tensor], Masks], Any]


def through(graph: Graph, values: dict[int, Tensor], make: Make, keep: bool = False) -> dict[int, Tensor]:
    """Fills `values`, which hold the inputs, call by call; without `keep` each tensor is freed after its last reader."""
    for call, ends in zip(graph.calls, graph.ends, strict=True):
        if call.inputs:
            step(call, values, make)
        for slot in () if keep else ends:
            values.pop(slot, None)
    return values


def step(call: Call, values: dict[int, Tensor], make: Make) -> None:
    """One call: what it makes of its slots, and its masks."""
    read, masks = [values[slot] for slot in call.inputs], masks_of(call, values)
    made = several(make(call, read, masks if call.reads else ()))
    values.update(zip(call.outputs, made, strict=True))
    if call.filled:
        values.update(filled_masks(call, read, masks) if call.masks else left_masks(call, made))


def masks_of(call: Call, values: dict[int, Tensor]) -> list[Tensor | None]:
    """The masks of a call's inputs."""
    return [None if slot is None else values[slot] for slot in call.masks]


def mode_of(call: Call, training: bool) -> bool:
    """The mode that a call runs in within a pass: its own where it has one, inference where its layer is frozen to it."""
    return (training if call.training is None else call.training) and not stands_still(call.layer)


def several(made: Any) -> list[Tensor]:
    """What a layer made, as a list."""
    return list(made) if isinstance(made, (list, tuple)) else [made]
