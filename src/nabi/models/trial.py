"""Trial: what the `call` of a model of one's own is as a graph: its layers and functions, or one op where a graph cannot say it.

    call tried on symbols     only layers, nabi.ops and operators        -> an ordinary graph: fused, summarized, on the tape
                              anything else: numbers, torch's functions  -> `OwnCall`, one op with the layers inside it

Where `call` takes `training` it is tried in both modes. They must make the same nodes; a layer that is told another mode than the
model's keeps it. A `call` that sets an attribute of its model, or computes with an array or tensor, is one op: these may change.
"""

from typing import Any

from nabi.core.errors import NabiError
from nabi.layers.inside import opened
from nabi.layers.layer import Layer
from nabi.layers.node import Node, Symbol
from nabi.layers.tracing import NoGraph, Trace, tracing
from nabi.models.graph import Graph
from nabi.models.own_call import OwnCall


def graph_of(model: Any, symbols: list[Symbol]) -> Graph:
    """The graph of a model's `call` on these inputs; sets `model.opaque` to the reason where it is one op.

    Raises:
        whatever `call` raises on tensors as well.
    """
    before = [(layer, layer.built) for layer in opened(model)[1:]]
    if model.opaque is None:
        try:
            return traced(model, symbols)
        except Exception as error:  # of whatever kind: `call` is the user's, and was not written for symbols
            try:
                made = as_one(model, symbols)
            except Exception as second:
                for layer, built in before:
                    if not built:
                        layer.unbuild()
                raise (error if isinstance(error, NabiError) and not isinstance(error, NoGraph) else second) from None
            model.opaque = str(error).partition("\n")[0]
            return made
    return as_one(model, symbols)


def as_one(model: Any, symbols: list[Symbol]) -> Graph:
    """The graph with one call of `OwnCall`."""
    layer = OwnCall(model)
    layer.built_shape = [symbol.shape for symbol in symbols]
    made = layer(symbols)
    return Graph(symbols, made if isinstance(made, list) else [made], model.name)


def traced(model: Any, symbols: list[Symbol]) -> Graph:
    """The graph of the nodes that `call` makes of symbols.

    Raises:
        NoGraph: it depends on more than a graph knows. Whatever else `call` raises on symbols.
    """
    runs: list[tuple[Trace, list]] = []
    for mode in (False, True) if model.told_the_mode else (False,):
        with tracing(model, mode) as trace:
            try:
                outputs = model.own_outputs(symbols, mode)
                refuse(model, trace.nodes, outputs)
            except Exception:  # whatever `call` raises: no layer keeps a node of a trial that failed; the error goes on as it is
                for run in (trace, *(run for run, _ in runs)):
                    run.take_back()
                raise
        runs.append((trace, outputs))
    (first, outputs), *others = runs
    try:
        for second, also in others:
            second.take_back()
            Comparison(first, second).outputs(outputs, also)
        return Graph(symbols, outputs, model.name)
    except Exception:  # likewise
        first.take_back()
        raise


def refuse(model: Any, nodes: list[Node], outputs: list) -> None:
    """Raises NoGraph where outputs are no symbols, or layers with weights are not the model's own."""
    if not all(isinstance(output, Symbol) for output in outputs):
        raise NoGraph(f"{model.label}.call", "outputs that follow from the inputs", "other ones")
    mine = set(map(id, opened(model)))
    for layer in (layer for node in nodes for layer in opened(node.layer)):
        if layer.weights and id(layer) not in mine:
            raise NoGraph(f"{model.label}.call", "layers that are attributes of the model", layer.label)


class Comparison:
    """Two traces of one `call`, in inference and in training mode, that should be one graph.

    Modes that layers were told are merged: None and None follows the model, False twice or True twice stays.

    Raises:
        NoGraph: they differ.
    """

    def __init__(self, inference: Trace, training: Trace):
        self.twin: dict[int, Symbol] = {}  # id of a symbol of the second trace -> that of the first
        if len(inference.nodes) != len(training.nodes):
            self.differ()
        for a, b in zip(inference.nodes, training.nodes, strict=True):
            if not alike(a.layer, b.layer) or len(a.outputs) != len(b.outputs):
                self.differ()
            self.outputs(list(a.inputs), list(b.inputs))
            self.twin.update((id(s), t) for s, t in zip(b.outputs, a.outputs, strict=True))
            if a.training is not None and b.training is not None:
                self.differ()
            a.training = b.training if a.training is None else a.training

    def outputs(self, first: list[Symbol], second: list[Symbol]) -> None:
        """Holds symbols of the second trace against those of the first."""
        if len(first) != len(second) or any(self.twin.get(id(b), b) is not a for a, b in zip(first, second, strict=True)):
            self.differ()

    def differ(self) -> None:
        """Raises the error."""
        raise NoGraph("call in training and in inference", "the same layers and functions", "different ones")


def alike(a: Layer, b: Layer) -> bool:
    """Whether two layers are one, or functions with the same arguments that `call` made anew."""
    if a is b or type(a) is not type(b) or a.weights or b.weights:
        return a is b
    return {**a.get_config(), "name": ""} == {**b.get_config(), "name": ""}
