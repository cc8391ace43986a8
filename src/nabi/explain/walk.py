"""Walk: one pass through a model's flat graph, from the picture to the score, every tensor in reach; nothing is hooked.

    picture -> layer -> layer -> ... -> z -> p        z: the scores before the last softmax or sigmoid, p: what the model answers
                          |
                     after(call, y)                   may put another tensor in the place of what a layer made

The layers' own `run` computes, in inference mode and in the weights' own dtype, so that a compiled model's plan, its precision,
its random numbers and the states of its layers stay as they are, also after an error. Nested models are opened, a layer that is
used twice has two places; a place's name is the way to it: "conv", "backbone/conv", "conv#2".
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nabi.core.random import Key
from nabi.core.shapes import Shape
from nabi.layers.adding import ADDING, Added
from nabi.layers.inside import holding
from nabi.layers.masks import Masks
from nabi.models.graph import Call, Graph
from nabi.models.passes import mode_of, several, through
from nabi.models.states import stateful_layers, unmoved
from nabi.training.binding import STEPPING
from nabi.training.plan import last_activation, splits

Z = -1  # the slot of the scores before the last activation
BEFORE = ("softmax", "log_softmax", "sigmoid")  # last activations that turn scores into shares
After = Callable[[Call, Tensor], Tensor]


@dataclass(frozen=True)
class Place:
    """One use of a layer, or of a nested model.

    Attributes:
        name: "conv"; "backbone/conv" in a nested model; "conv#2" where it is the second use.
        layer: the layer.
        slot: of what it makes; a number in the flat graph.
        shape: of that, as the graph was built.
        reads: slots that it reads.
    """

    name: str
    layer: Any
    slot: int
    shape: Shape
    reads: tuple[int, ...]

    @property
    def spatial(self) -> bool:
        """Whether it makes maps with more than one place: (N, H, W, C) with H W > 1, or unknown."""
        return len(self.shape) == 4 and self.shape[1:3] != (1, 1)

    @property
    def does_nothing(self) -> bool:
        """Whether it only hands on what it reads when nothing is trained: dropout, noise."""
        return bool(self.layer.random) and not self.layer.weights and len(self.reads) == 1


def places(graph: Graph) -> list[Place]:
    """The places of a graph in the order in which they run; a nested model comes behind what is in it."""
    calls, found = iter(graph.calls), []

    def through(inner: Graph, given: list[int], way: str) -> list[int]:
        slots = {id(symbol): slot for symbol, slot in zip(inner.inputs, given, strict=True)}
        for node in inner.nodes:
            if all(id(s) in slots for s in node.outputs):
                continue
            read, name = [slots[id(s)] for s in node.inputs], f"{way}{node.layer.name}"
            nested = getattr(node.layer, "graph", None)
            made = list(next(calls).outputs) if nested is None else through(nested, read, f"{name}/")
            slots.update((id(symbol), slot) for symbol, slot in zip(node.outputs, made, strict=True))
            if node.inputs:
                found.append(Place(name, node.layer, made[0], node.outputs[0].shape, tuple(read)))
        return [slots[id(s)] for s in inner.outputs]

    through(graph, list(graph.input_slots), "")
    uses, seen = Counter(place.name for place in found), Counter()
    for number, place in enumerate(found):
        if uses[place.name] > 1:
            seen[place.name] += 1
            found[number] = Place(f"{place.name}#{seen[place.name]}", place.layer, place.slot, place.shape, place.reads)
    return found


def scored(graph: Graph) -> str | None:
    """The last activation, where it turns scores into shares; None where the model's output is the score."""
    name = last_activation(graph, 0)
    return name if name in BEFORE else None


def walk(model: Any, x: Tensor, after: After | None = None, keep: bool = False) -> dict[int, Tensor]:
    """The tensors of one pass by slot: the output and the scores `Z`; all of them with `keep`.

    Args:
        model: with one input.
        x: (N, ...) in the dtype that the layers read.
        after: takes a call and what it made, and gives what goes on in its place.

    Where a place or x wants gradients autograd follows from there on; before it nothing is kept.
    """
    graph = model.require_graph()
    values, end = {graph.input_slots[0]: x}, graph.output_slots[0]
    ending = scored(graph)

    def make(call: Call, read: list[Tensor], masks: Masks) -> list[Tensor]:
        if ending and end in call.outputs:
            values[Z], made = last(call.layer, read)
        else:
            made = run(call, read, masks)
        first, *others = several(made)
        return [first if after is None else after(call, first), *others]

    with STEPPING, unmoved(stateful_layers(model)), holding(ADDING, Added()):
        through(graph, values, make, keep)
    values.setdefault(Z, values[end])
    return values


def run(call: Call, read: list[Tensor], masks: Masks) -> Any:
    """What one call makes; a layer that was told to train for good draws from keys of its own."""
    mode = mode_of(call, False)
    return call.layer.run(read, mode, Key(0, call.index, 0) if call.layer.random and mode else None, masks)


def last(layer: Any, read: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The scores and the shares that the last layer makes of them."""
    if splits(layer):
        z = layer.linear(read[0])
        return z, layer.activation(z)
    return read[0], layer.run(read, False)


def number_type(model: Any) -> torch.dtype:
    """The dtype that a model computes in by itself: that of its weights."""
    return next((w.stored.dtype for w in model.weights), torch.float32)
