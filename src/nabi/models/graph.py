"""Graph: the layers between some input symbols and some output symbols, in an order in which they can run.

A graph keeps nested models as single nodes, as its writer sees them; `calls` opens them, so that plans, summaries and traces see
every layer. A *slot* is a number that stands for one tensor on its way through the flat list of calls; a mask has one of its own.
"""

from dataclasses import dataclass
from functools import cached_property

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.shapes import Shape
from nabi.layers.layer import Layer
from nabi.layers.node import Node, Symbol
from nabi.models.masks import follow

MOST_CALLS = 100_000  # a few nested models that each use the one before twice would make 2^n


@dataclass(frozen=True)
class Call:
    """One use of a layer: it reads the slots `inputs` and fills the slots `outputs`.

    `index` numbers the layers (not their uses) in the order of the flat graph; random keys are made from it. `masks` are the
    slots of its inputs' masks (None where one has none), `filled` those that its `compute_mask` fills, one an output, and
    `reads` says whether its `call` takes masks; the first two are () where there is nothing of the kind, as almost everywhere.
    Where `filled` stands without `masks`, they ride on what the layer makes (see `nabi.models.masks`).
    `training` is the mode that it always runs in; None, the model's.
    """

    layer: Layer
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    index: int
    masks: tuple[int | None, ...] = ()
    filled: tuple[int | None, ...] = ()
    reads: bool = False
    training: bool | None = None

    @property
    def slots(self) -> tuple[int, ...]:
        """All slots that it reads or fills."""
        return (*self.inputs, *self.outputs, *(slot for slot in (*self.masks, *self.filled) if slot is not None))


class Graph:
    """Nodes from `inputs` to `outputs`, inputs first.

    Args:
        inputs, outputs: symbols.
        name: the model's name, for errors.

    Attributes:
        nodes: in an order in which they can run.
        layers: each once, in Keras' order (see `by_depth`).
        size: number of flat calls.
        masks: slot of its mask for each slot that has one.

    Raises:
        ShapeError: an output depends on an `Input` that is not among the inputs; more than 100,000 flat calls.
        ArgumentError: two layers of one name.
    """

    def __init__(self, inputs: list[Symbol], outputs: list[Symbol], name: str):
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.nodes, self.layers = self._ordered(name)
        self.size = sum(size(node.layer) for node in self.nodes if node.inputs)
        if self.size > MOST_CALLS:
            raise ShapeError(f"Model '{name}'", f"at most {MOST_CALLS} calls of layers, nested models opened", self.size)
        calls, self.input_slots, self.output_slots, shapes = self._flat()
        self.calls, self.masks = follow(calls, shapes)
        self.output_masks = {number: self.masks[slot] for number, slot in enumerate(self.output_slots) if slot in self.masks}

    @cached_property
    def ends(self) -> list[tuple[int, ...]]:
        """For each call the slots that nothing reads after it."""
        return last_uses(self.calls, (*self.output_slots, *self.output_masks.values()))

    def _ordered(self, name: str) -> tuple[list[Node], list[Layer]]:
        """Nodes in an order in which each comes after those it reads, and the layers in Keras' order.

        Both come from one walk from the outputs, depth first (without recursion: nets are deep).
        """
        given = {id(s) for s in self.inputs}
        entry = unique(s.node for s in self.inputs if not s.node.inputs)
        entered = {id(node) for node in entry}
        ordered: list[Node] = []
        reached: dict[int, int] = {}  # id of a layer -> how many were reached before it
        done: set[int] = set()
        todo = [(s.node, False) for s in reversed(self.outputs) if id(s) not in given or id(s.node) in entered]
        while todo:
            node, leaving = todo.pop()
            if leaving:
                ordered.append(node)
            elif id(node) not in done:
                if not node.inputs and id(node) not in entered:
                    other = f"a path from '{node.layer.name}'"
                    raise ShapeError(f"Model '{name}'", "outputs that depend on its inputs only", other,
                                     f"Add that Input to Model(inputs=...), whose inputs are {[s.name for s in self.inputs]}.")
                done.add(id(node))
                reached.setdefault(id(node.layer), len(reached))
                todo.append((node, True))
                todo += [(s.node, False) for s in reversed(node.inputs) if id(s) not in given or id(s.node) in entered]
        layers = by_depth(ordered, reached, [node.layer for node in entry])
        return [*entry, *(node for node in ordered if id(node) not in entered)], distinct(layers, name)

    def _flat(self) -> tuple[list[Call], tuple[int, ...], tuple[int, ...], dict[int, Shape]]:
        calls: list[Call] = []
        indices: dict[int, int] = {}
        shapes: dict[int, Shape] = {}

        def new_slot(symbol: Symbol) -> int:
            shapes[len(shapes)] = symbol.shape
            return len(shapes) - 1

        def walk(graph: "Graph", given: list[int], outer: bool | None = None) -> list[int]:
            slots = {id(symbol): slot for symbol, slot in zip(graph.inputs, given, strict=True)}
            for node in graph.nodes:
                if all(id(s) in slots for s in node.outputs):
                    continue
                read = [slots[id(s)] for s in node.inputs]
                inner, mode = getattr(node.layer, "graph", None), outer if node.training is None else node.training
                if inner is not None:
                    made = walk(inner, read, mode)
                else:
                    index = indices.setdefault(id(node.layer), len(indices))
                    made = [new_slot(symbol) for symbol in node.outputs]
                    mode = mode if node.layer.has_modes else None
                    calls.append(Call(node.layer, tuple(read), tuple(made), index, training=mode))
                slots.update((id(symbol), slot) for symbol, slot in zip(node.outputs, made, strict=True))
            return [slots[id(s)] for s in graph.outputs]

        inputs = [new_slot(symbol) for symbol in self.inputs]
        outputs = walk(self, inputs)
        return calls, tuple(inputs), tuple(outputs), shapes


def unique(things) -> list:
    """Each thing once (by identity), in the order of first appearance."""
    seen: dict[int, object] = {}
    for thing in things:
        seen.setdefault(id(thing), thing)
    return list(seen.values())


def by_depth(ordered: list[Node], reached: dict[int, int], entry: list[Layer]) -> list[Layer]:
    """The layers as Keras counts them: those farthest from the outputs first, equally far ones as the walk reached them.

        depth of a layer = largest number of layers between one of its uses and an output

    Args:
        ordered: nodes, each behind those it reads.
        reached: rank of each layer, by id, in the walk from the outputs.
        entry: layers of the inputs; those that nothing reads have depth 0 and come before others of it.

    Source: keras/src/ops/function.py, `map_graph`; the order of `get_weights` hangs on it.
    """
    depths: dict[int, int] = {}  # by id of a node
    deepest: dict[int, int] = {}  # by id of a layer
    inside = {id(node) for node in ordered}
    for node in reversed(ordered):
        depth = max(depths.get(id(node), 0), deepest.get(id(node.layer), 0))
        depths[id(node)] = deepest[id(node.layer)] = depth
        for parent in (s.node for s in node.inputs):
            if id(parent) in inside:
                depths[id(parent)] = max(depth + 1, depths.get(id(parent), 0))
    layers = unique([*(node.layer for node in ordered), *entry])
    return sorted(layers, key=lambda layer: (-deepest.get(id(layer), 0), reached.get(id(layer), -1)))


def distinct(layers: list[Layer], name: str) -> list[Layer]:
    """The layers, if no two of them have one name: names say in files, dicts and `get_layer` which is meant."""
    known: set[str] = set()
    for layer in layers:
        if layer.name in known:
            raise ArgumentError(f"Model '{name}'", "names of layers to be unique", f"'{layer.name}' twice",
                                "Give one of them another name=..., or use one layer twice to share it.")
        known.add(layer.name)
    return layers


def size(layer: Layer) -> int:
    """Flat calls that one use of a layer takes: those of a nested model's layers, else one."""
    inner = getattr(layer, "graph", None)
    return 1 if inner is None else max(inner.size, 1)


def last_uses(calls, outputs: tuple[int, ...]) -> list[tuple[int, ...]]:
    """For each call the slots that nothing reads after it, so that their tensors can be freed."""
    keep, freed = set(outputs), []
    for call in reversed(calls):
        ends = tuple(slot for slot in dict.fromkeys(call.slots) if slot not in keep)
        keep.update(ends)
        freed.append(ends)
    return freed[::-1]
