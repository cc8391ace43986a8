"""Described: a network as plain dicts, for drawing: its nodes with what their cards say, and who reads whom.

    {"nodes": [{"kind": "Conv2D", "name": "conv2d", "family": "convolution", "shapes": [(None, 26, 26, 32)],
                "setting": "3x3", "parameters": 320, ...}],
     "edges": [(0, 1, 0, 0)]}      node 1 reads node 0

A layer that is used twice is two nodes, each "shared". Nested models have an "inside" if they are to be opened: a network with
"inputs" and "outputs", the nodes that stand for them; an edge (u, v, out, into) then says which of them it means.
"""

from collections import Counter
from typing import Any

from nabi.core.shapes import Shape
from nabi.layers import (
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    GroupNormalization,
    LayerNormalization,
    LocallyConnected2D,
    LocalResponseNormalization,
    Normalization,
    TimeDistributed,
    UnitNormalization,
)
from nabi.layers.dropout import Dropping
from nabi.layers.filtering import Filtering
from nabi.layers.global_pooling import GlobalPooling
from nabi.layers.input import InputLayer
from nabi.layers.layer import Layer
from nabi.layers.merging import Merge
from nabi.layers.node import Symbol
from nabi.layers.noise import GaussianDropout, GaussianNoise
from nabi.layers.operation import Operation
from nabi.layers.pooling import Pooling
from nabi.layers.recurrent.cell import Cell
from nabi.layers.recurrent.recurrent import Recurrent
from nabi.layers.transposed import Transposed
from nabi.layers.upsampling import UpSampling
from nabi.models.graph import Graph
from nabi.models.own_call import OwnCall

FAMILIES: dict[str, tuple[type, ...]] = {
    "input": (InputLayer,),
    "merge": (Merge,),
    "convolution": (Filtering, Transposed, LocallyConnected2D),
    "pooling": (Pooling, GlobalPooling, UpSampling),
    "dense": (Dense, Embedding),
    "recurrent": (Recurrent, Cell, Bidirectional),
    "normalization": (BatchNormalization, LayerNormalization, GroupNormalization, LocalResponseNormalization, Normalization,
                      UnitNormalization, Dropping, GaussianNoise, GaussianDropout),
}


def described(graph: Graph, opened: bool = False, nested: bool = False, counted: set[int] | None = None) -> dict[str, list]:
    """The nodes of a graph in the order in which they run, and who reads whom.

    Args:
        graph: of a model.
        opened: whether nested models have an "inside".
        nested: whether this is one; several outputs then get nodes of their own.
        counted: weights, by id, that have been counted as somebody's parameters: each counts once.
    """
    counted = set() if counted is None else counted
    nodes: list[dict[str, Any]] = []
    edges: list[tuple[int, int, int, int]] = []
    makers: dict[int, tuple[int, int]] = {}  # which node makes a symbol, by which of its outputs
    uses = Counter(id(node.layer) for node in graph.nodes)
    for symbol in graph.inputs:
        if id(symbol) not in makers and symbol.node not in graph.nodes:  # a network that begins inside another one
            makers[id(symbol)] = len(nodes), 0
            nodes.append(pill("Input", symbol))
    for node in graph.nodes:
        if all(id(symbol) in makers for symbol in node.outputs):
            continue
        entry, inner = card(node.layer, [symbol.shape for symbol in node.outputs]), getattr(node.layer, "graph", None)
        if uses[id(node.layer)] > 1:
            entry["shared"] = True
        new = {id(w): w.size for w in node.layer.weights if id(w) not in counted}
        entry["parameters"] = sum(new.values())
        if opened and inner is not None:
            entry["inside"] = described(inner, True, True, counted)
        counted.update(new)
        read = [(*makers[id(symbol)], number if "inside" in entry else 0) for number, symbol in enumerate(node.inputs)]
        edges += sorted({(u, len(nodes), out, into) for u, out, into in read})
        makers.update((id(symbol), (len(nodes), number if "inside" in entry else 0))
                      for number, symbol in enumerate(node.outputs) if id(symbol) not in makers)
        nodes.append(entry)
    if not nested:
        return {"nodes": nodes, "edges": edges}
    inputs, outputs = ([makers[id(symbol)][0] for symbol in ends] for ends in (graph.inputs, graph.outputs))
    if len(outputs) > 1:
        for number, symbol in enumerate(graph.outputs):
            u, out = makers[id(symbol)]
            edges.append((u, len(nodes), out, 0))
            outputs[number] = len(nodes)
            nodes.append(pill("Output", symbol))
    return {"nodes": nodes, "edges": edges, "inputs": inputs, "outputs": outputs}


def pill(kind: str, symbol: Symbol) -> dict[str, Any]:
    """A node for an input or an output."""
    return {"kind": kind, "name": symbol.name, "family": "input", "shapes": [symbol.shape]}


def card(layer: Layer, shapes: list[Shape]) -> dict[str, Any]:
    """What the card of a layer may say.

    Example:
        >>> dense = Dense(10, activation="softmax", name="out")
        >>> dense.build((None, 4))
        >>> card(dense, [(None, 10)])["activation"], card(TimeDistributed(dense), [(None, 5, 10)])["kind"]
        ('softmax', 'TimeDistributed(Dense)')
    """
    inner = getattr(layer, "layer", None)
    kind = "Input" if isinstance(layer, InputLayer) else type(layer).__name__
    found = {"kind": f"{kind}({type(inner).__name__})" if isinstance(inner, Layer) else kind, "name": layer.name,
             "shapes": shapes, "dtype": "" if kind == "Input" else layer.dtype, "activation": activation_name(layer),
             "family": next((name for name, classes in FAMILIES.items() if isinstance(layer, classes)), "other")}
    found["setting"] = setting(layer)
    if isinstance(layer, Operation):
        found["kind"] = layer.function
    if isinstance(layer, OwnCall):
        found["kind"] = type(layer.model).__name__
    if isinstance(layer, TimeDistributed):
        found["family"] = card(layer.layer, [])["family"]
    if layer.weights:
        found["learns"] = "trainable" if layer.trainable and layer.trainable_weights else "frozen"
    return found


def setting(layer: Layer) -> str:
    """What a layer is set to, short: its window, its strides where they are not the usual ones, its groups; a dropout's rate.

    Example:
        >>> from nabi.layers import Conv2D, Dropout, MaxPooling2D
        >>> setting(Conv2D(96, 11, strides=4)), setting(MaxPooling2D(3, 2)), setting(MaxPooling2D(2)), setting(Dropout(0.25))
        ('11x11/4', '3x3/2', '2x2', '0.25')
    """
    if isinstance(layer, Dropping):
        return f"{layer.rate:g}"
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if not isinstance(window, tuple):
        return ""
    strides = getattr(layer, "strides", None)
    strides = strides if isinstance(strides, tuple) else (1,)
    text = "x".join(map(str, window))
    if max(strides) > 1 and (strides != window or not isinstance(layer, Pooling)):
        text += "/" + (str(strides[0]) if len(set(strides)) == 1 else "x".join(map(str, strides)))
    groups = getattr(layer, "groups", 1)
    return text + (f", {groups} groups" if isinstance(groups, int) and groups > 1 else "")


def activation_name(layer: Layer) -> str:
    """The activation that a layer ends in, "" for none and for linear."""
    activation = getattr(layer, "activation", None)
    name = "" if activation is None else getattr(activation, "__name__", type(activation).__name__)
    return "" if name == "linear" else name
