"""Configuration of a graph: layers by class name and arguments, and who reads whom, as plain data (JSON).

    {"name": "model", "layers": [{"class_name", "config", "calls": [[[layer, call, output], ...], ...]}, ...],
     "inputs": [[layer, call, output]], "outputs": [...]}

A tensor is named by three things: the layer that makes it, which of that layer's calls inside this model, and which output.
"""

from nabi import layers as nabi_layers
from nabi.core.errors import FileError
from nabi.layers.input import InputLayer
from nabi.layers.layer import Layer
from nabi.layers.node import Node, Symbol
from nabi.models.model import Model

MOST_LAYERS = 100_000  # more in one file is taken for an attack


def layer_entry(layer: Layer) -> dict:
    """Class name and arguments of a layer."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def graph_config(model: Model) -> dict:
    """The configuration of a functional model."""
    graph = model.require_graph()
    calls: dict[int, list[Node]] = {}
    for node in graph.nodes:
        calls.setdefault(id(node.layer), []).append(node)

    def reference(symbol: Symbol) -> list:
        node = symbol.node
        return [node.layer.name, [id(n) for n in calls[id(node.layer)]].index(id(node)), symbol.position]

    entries = []
    for layer in graph.layers:
        read = [[reference(s) for s in node.inputs] for node in calls[id(layer)]]
        entries.append({**layer_entry(layer), "calls": read})
    return {"name": model.name, "layers": entries, "inputs": [reference(s) for s in graph.inputs],
            "outputs": [reference(s) for s in graph.outputs], "input_names": model.input_names,
            "output_names": model.output_names}


def model_from_config(config: dict) -> Model:
    """A functional model with fresh weights."""
    entries = config["layers"]
    if len(entries) > MOST_LAYERS:
        raise FileError("model configuration", f"at most {MOST_LAYERS} layers", len(entries))
    made: dict[tuple, Symbol] = {}
    layers = {entry["config"]["name"]: nabi_layers.get(entry) for entry in entries}
    waiting = []
    for entry in entries:
        name = entry["config"]["name"]
        for number, read in enumerate(entry["calls"]):
            waiting.append((name, number, [tuple(r) for r in read]))
    while waiting:
        ready = [w for w in waiting if all(r in made for r in w[2])]
        if not ready:
            raise FileError("model configuration", "layers that can be put in an order", f"a circle through '{waiting[0][0]}'")
        for name, number, read in ready:
            layer = layers[name]
            if isinstance(layer, InputLayer):
                node = Node(layer, (), [layer.built_shape])
                layer.nodes.append(node)
                outputs = node.outputs
            else:
                out = layer([made[r] for r in read] if layer.takes_list else made[read[0]])
                outputs = out if isinstance(out, list) else [out]
            made.update(((name, number, i), symbol) for i, symbol in enumerate(outputs))
        taken = {(name, number) for name, number, _ in ready}
        waiting = [w for w in waiting if (w[0], w[1]) not in taken]
    model = Model([made[tuple(r)] for r in config["inputs"]], [made[tuple(r)] for r in config["outputs"]], config["name"])
    model.input_names = list(config.get("input_names", model.input_names))
    model.output_names = list(config.get("output_names", model.output_names))
    return model
