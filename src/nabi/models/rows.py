"""Rows: what a summary says about each layer, as plain objects: shapes, parameters, multiply-adds, memory, receptive field.

A row stands for one use of a layer: a layer used twice has two rows, and its weights are counted in the first. Therefore

    sum over rows of parameters = number of elements in the model's weights, each counted once
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nabi.core.shapes import Shape, volume
from nabi.layers import Flatten, Reshape
from nabi.layers.layer import Layer
from nabi.models.graph import Graph
from nabi.models.own_call import OwnCall
from nabi.models.rates import frozen_layers
from nabi.models.receptive import Field, of_input, through

BYTES = 4  # of one activation in float32


@dataclass
class Row:
    """One use of a layer, or one nested model.

    Attributes:
        layer: the layer.
        depth: 0 in the model itself, 1 in a model nested in it.
        reads: rows of what it reads.
        follows: whether it reads just what the row above makes.
        given, shapes: shapes it reads and makes, batch axis first.
        parameters: elements of its weights that no earlier row has counted.
        macs: multiply-adds for one sample; None where a size is unknown.
        memory: bytes of its output for one sample in float32; None likewise. Flatten and Reshape make none: they see the same
            numbers.
        seen, sees: receptive fields of what it reads and makes; None where they cannot be known.
        again: whether an earlier row is the same layer.
        inner: rows of a nested model, or of the layers inside a call that is one op.
        still: whether training leaves the layer alone.
    """

    layer: Layer
    depth: int
    reads: list["Row"]
    follows: bool
    given: list[Shape]
    shapes: list[Shape]
    parameters: int = 0
    macs: int | None = 0
    memory: int | None = 0
    seen: list[Field | None] = field(default_factory=list)
    sees: Field | None = None
    again: bool = False
    inner: list["Row"] = field(default_factory=list)
    still: bool = False

    @property
    def frozen(self) -> bool:
        """Whether it has weights that could learn, and none does: what training goes by, once the model is compiled."""
        if self.inner:
            able = [row for row in self.inner if any(w.trainable for w in row.layer.weights)]
            return bool(able) and all(row.frozen for row in able)
        return self.still and any(w.trainable for w in self.layer.weights)

    def walk(self) -> Iterator["Row"]:
        """This row and those inside it."""
        yield self
        for row in self.inner:
            yield from row.walk()


def rows(model) -> list[Row]:
    """The rows of a built model, inputs of a functional model first.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((784,)), nabi.layers.Dense(512), nabi.layers.Dense(10)])
        >>> [(row.layer.units, row.parameters, row.macs) for row in rows(model)]
        [(512, 401920, 401408), (10, 5130, 5120)]
    """
    found = Walk(model.require_graph(), inputs_shown=not hasattr(model, "chain")).rows
    frozen = model.trainer.frozen if model.trainer is not None else frozen_layers(model)
    for row in (inner for top in found for inner in top.walk()):
        row.still = id(row.layer) in frozen
    return found


class Walk:
    """One way through a graph and the graphs nested in it, in the order of `graph.calls`."""

    def __init__(self, graph: Graph, inputs_shown: bool):
        self.calls = iter(graph.calls)
        self.shapes: dict[int, Shape] = {slot: s.shape for slot, s in zip(graph.input_slots, graph.inputs, strict=True)}
        self.fields: dict[int, Field | None] = {slot: of_input(slot, shape) for slot, shape in self.shapes.items()}
        self.inputs = graph.input_slots
        self.counted: set[int] = set()
        self.met: set[int] = set()
        self.above: list[int] = list(graph.input_slots)
        first = [Row(symbol.node.layer, 0, [], True, [], [symbol.shape], sees=Field()) for symbol in graph.inputs]
        if inputs_shown:
            self.above = list(graph.input_slots[-1:])
        made, _ = self.through(graph, list(graph.input_slots), dict(zip(graph.input_slots, first, strict=True)), 0)
        self.rows = [*(first if inputs_shown else []), *made]

    def through(self, graph: Graph, given: list[int], makers: dict[int, Row], depth: int) -> tuple[list[Row], list[int]]:
        """Rows of one graph and the slots of its outputs; `makers` says which row makes a slot."""
        slots = {id(symbol): slot for symbol, slot in zip(graph.inputs, given, strict=True)}
        found = []
        for node in graph.nodes:
            if all(id(s) in slots for s in node.outputs):
                continue
            read = [slots[id(s)] for s in node.inputs]
            shapes, seen = [self.shapes[slot] for slot in read], [self.fields[slot] for slot in read]
            row = Row(node.layer, depth, [makers[slot] for slot in read], read == self.above, shapes, [], seen=seen,
                      again=id(node.layer) in self.met)
            self.met.add(id(node.layer))
            inner = getattr(node.layer, "graph", None)
            made = self.use(row, read) if inner is None else self.open(row, inner, read, dict(makers), depth)
            row.inner += self.steps(node.layer, depth) if isinstance(node.layer, OwnCall) else []
            row.shapes, row.sees = [self.shapes[slot] for slot in made], self.fields[made[0]]
            makers.update((slot, row) for slot in made)
            slots.update((id(symbol), slot) for symbol, slot in zip(node.outputs, made, strict=True))
            self.above = made
            found.append(row)
        return found, [slots[id(s)] for s in graph.outputs]

    def use(self, row: Row, read: list[int]) -> list[int]:
        """Fills in the row of a layer."""
        call, layer = next(self.calls), row.layer
        shape = row.given if layer.takes_list else row.given[0]
        out = layer.compute_output_shape(shape)
        shapes = [out] if isinstance(out, tuple) else list(out)
        size = total(volume(s[1:]) for s in shapes)
        new = [w for w in layer.weights if id(w) not in self.counted]
        self.counted.update(map(id, new))
        row.parameters = sum(w.size for w in new)
        row.macs = None if size is None else layer.macs(shape, out)
        row.memory = None if size is None else 0 if isinstance(layer, (Flatten, Reshape)) else BYTES * size
        for slot, made in zip(call.outputs, shapes, strict=True):
            picture = isinstance(layer, Reshape) and read[0] in self.inputs  # a vector of pixels becomes a picture of them
            self.shapes[slot] = made
            self.fields[slot] = of_input(read[0], made) if picture else through(layer, row.seen, row.given, made)
        return list(call.outputs)

    def steps(self, layer: OwnCall, depth: int) -> list[Row]:
        """Rows of the layers inside a call that is one op, in the order in which it calls them; who reads whom is not known."""
        found, met = [], set()
        for inner, macs, given, shapes in layer.steps:
            size = total(volume(s[1:]) for s in shapes)
            memory = None if size is None else 0 if isinstance(inner, (Flatten, Reshape)) else BYTES * size
            new = [w for w in inner.weights if id(w) not in met]
            met.update(map(id, new))
            found.append(Row(inner, depth + 1, [], True, given, shapes, sum(w.size for w in new), macs, memory,
                             again=any(row.layer is inner for row in found)))
        return found

    def open(self, row: Row, inner: Graph, read: list[int], makers: dict[int, Row], depth: int) -> list[int]:
        """Fills in the row of a nested model from the rows inside it."""
        self.above = read
        row.inner, made = self.through(inner, read, makers, depth + 1)
        row.parameters = sum(r.parameters for r in row.inner)
        row.macs, row.memory = total(r.macs for r in row.inner), total(r.memory for r in row.inner)
        return made


def total(values: Iterable[int | None]) -> int | None:
    """Sum, None if one is unknown."""
    everything = list(values)
    known = [value for value in everything if value is not None]
    return sum(known) if len(known) == len(everything) else None
