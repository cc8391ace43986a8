"""Graph: the layers between some input symbols and some output symbols, in an order in which they can run.

A graph keeps nested models as single nodes, as its writer sees them; `calls` opens them, so that plans, summaries and traces see
every layer. A *slot* is a number that stands for one tensor on its way through the flat list of calls.
"""

from dataclasses import dataclass

from nabi.core.errors import ShapeError
from nabi.layers.layer import Layer
from nabi.layers.node import Node, Symbol


@dataclass(frozen=True)
class Call:
    """One use of a layer: it reads the slots `inputs` and fills the slots `outputs`.

    `index` numbers the layers (not their uses) in the order of the flat graph; random keys are made from it.
    """

    layer: Layer
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    index: int


class Graph:
    """Nodes from `inputs` to `outputs`, inputs first.

    Args:
        inputs, outputs: symbols.
        name: the model's name, for errors.

    Raises:
        ShapeError: an output depends on an `Input` that is not among the inputs.
    """

    def __init__(self, inputs: list[Symbol], outputs: list[Symbol], name: str):
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.nodes = self._ordered(name)
        self.layers = unique(node.layer for node in self.nodes)
        self.calls, self.input_slots, self.output_slots = self._flat()

    def _ordered(self, name: str) -> list[Node]:
        """Nodes in an order in which each comes after those it reads (depth first, without recursion: nets are deep)."""
        given = {id(s) for s in self.inputs}
        entry = unique(s.node for s in self.inputs if not s.node.inputs)
        ordered, done = list(entry), {id(node) for node in entry}
        todo = [s.node for s in reversed(self.outputs) if id(s) not in given]
        while todo:
            node = todo[-1]
            waiting = [s.node for s in node.inputs if id(s) not in given and id(s.node) not in done]
            if id(node) in done:
                todo.pop()
            elif waiting:
                todo.extend(reversed(waiting))
            elif not node.inputs:
                raise ShapeError(f"Model '{name}'", "outputs that depend on its inputs only", f"a path from '{node.layer.name}'",
                                 f"Add that Input to Model(inputs=...), whose inputs are {[s.name for s in self.inputs]}.")
            else:
                done.add(id(node))
                ordered.append(node)
                todo.pop()
        return ordered

    def _flat(self) -> tuple[list[Call], tuple[int, ...], tuple[int, ...]]:
        calls: list[Call] = []
        indices: dict[int, int] = {}
        count = 0

        def new_slot() -> int:
            nonlocal count
            count += 1
            return count - 1

        def walk(graph: "Graph", given: list[int]) -> list[int]:
            slots = {id(symbol): slot for symbol, slot in zip(graph.inputs, given, strict=True)}
            for node in graph.nodes:
                if all(id(s) in slots for s in node.outputs):
                    continue
                read = [slots[id(s)] for s in node.inputs]
                inner = getattr(node.layer, "graph", None)
                if inner is not None:
                    made = walk(inner, read)
                else:
                    index = indices.setdefault(id(node.layer), len(indices))
                    made = [new_slot() for _ in node.outputs]
                    calls.append(Call(node.layer, tuple(read), tuple(made), index))
                slots.update((id(symbol), slot) for symbol, slot in zip(node.outputs, made, strict=True))
            return [slots[id(s)] for s in graph.outputs]

        inputs = [new_slot() for _ in self.inputs]
        outputs = walk(self, inputs)
        return calls, tuple(inputs), tuple(outputs)


def unique(things) -> list:
    """Each thing once (by identity), in the order of first appearance."""
    seen: dict[int, object] = {}
    for thing in things:
        seen.setdefault(id(thing), thing)
    return list(seen.values())


def last_uses(calls, outputs: tuple[int, ...]) -> list[tuple[int, ...]]:
    """For each call the slots that nothing reads after it, so that their tensors can be freed."""
    keep, freed = set(outputs), []
    for call in reversed(calls):
        ends = tuple(slot for slot in dict.fromkeys((*call.inputs, *call.outputs)) if slot not in keep)
        keep.update(ends)
        freed.append(ends)
    return freed[::-1]
