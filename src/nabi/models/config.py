"""Configuration of models: layers by class name and arguments, and who reads whom, as plain data (JSON).

    chain   {"name", "trainable", "rate_factor", "input_shape", "input_name", "layers": [entry, ...]}
    graph   {"name", "trainable", "rate_factor", "layers": [entry, ...], "calls": [[layer, [[call, output], ...]], ...],
             "inputs": [[call, output], ...], "outputs": ..., "input_names", "output_names", "output_dict"}
    own     the arguments of the constructor of a class of the user's; beside it its name, what its `call` takes,
            and what the layers inside it were built for
    entry   {"class_name", "config"}, or {"same_as": n}: the n-th entry of the whole configuration once more (a shared layer)

Calls stand in the order in which they run and read earlier ones only, so no circle can be written down. A tensor is named by the
call that makes it and which of its outputs it is. A call that always runs in one mode, training or not, has it as a third entry;
one of the user's own layers that says how its tensors stand among its arguments, as a fourth (`nabi.models.forms`).
Nested models are entries whose config is a chain or graph again.
"""

from inspect import signature
from typing import Any

from nabi import layers as nabi_layers
from nabi.core.errors import ArgumentError, FileError
from nabi.core.pieces import arguments, plain
from nabi.core.registry import TABLE, full_name, lookup
from nabi.layers.input import InputLayer
from nabi.layers.inside import opened
from nabi.layers.layer import Layer, revived_arguments
from nabi.layers.node import Node, Symbol
from nabi.models import forms
from nabi.models.graph import MOST_CALLS, size
from nabi.models.keras_format.building import is_keras, model_from_entry
from nabi.models.naming import is_model
from nabi.models.written import Given

WEIGHTS_ALONE = "Its weights can be saved without that: model.save_weights(path)."
MOST_LAYERS = 100_000  # more in one file is taken for an attack, as are more than MOST_CALLS flat calls
UNUSED = {"inputs", "outputs", "input_shape", "input_dim", "batch_input_shape"}  # of no use to a class with `call`
MODELS = {"Sequential": "Sequential", "Model": "Model", "Functional": "Model"}


def layer_entry(layer: Layer, seen: dict[int, int] | None = None) -> dict:
    """The entry of a layer; `seen` numbers the layers that have one already.

    Raises:
        ArgumentError: the layer or one of its arguments is not registered, so a file could not name it.
    """
    seen = {} if seen is None else seen
    if id(layer) in seen:
        return {"same_as": seen[id(layer)]}
    seen[id(layer)] = len(seen)
    name = type(layer).__name__
    if is_model(layer) and not type(layer).__module__.startswith("nabi."):
        config = layer.get_config() if has_own(layer, "get_config") else model_config(layer, seen)
        given = {"given": layer.given and layer.given.state(), "name": layer.name, "inner": inner_shapes(layer)}
        return {"class_name": name, "config": config, **(given if layer.written else {})}
    kind = getattr(type(layer), "stands_for", type(layer))  # the class that a file names for this one
    if TABLE["layer"].get(name, kind) is not kind:
        name = full_name("layer", kind) or name
    if TABLE["layer"].get(name, kind) is not kind:
        raise ArgumentError(layer.label, "a class with a name of its own", f"{name}, which means another layer in files",
                            f'Rename it, or put @register("layer") (from nabi.core.registry) above class {name}.')
    if name in MODELS:
        config = chain_config(layer, seen) if name == "Sequential" else graph_config(layer, seen)
    else:
        try:
            config = layer.get_config()
        except ArgumentError as error:
            raise ArgumentError(f"{layer.label}: {error}") from None
    return {"class_name": name, "config": config}


def chain_config(model: Any, seen: dict[int, int] | None = None) -> dict:
    """The configuration of a Sequential."""
    seen = {id(model): 0} if seen is None else seen
    first = model.symbols[0] if model.symbols else None
    return {"name": model.name, "trainable": model.trainable, "rate_factor": model.rate_factor,
            "input_shape": None if first is None else list(first.shape[1:]),
            "input_name": None if first is None else first.name, "layers": [layer_entry(layer, seen) for layer in model.chain]}


def graph_config(model: Any, seen: dict[int, int] | None = None) -> dict:
    """The configuration of a functional model."""
    seen = {id(model): 0} if seen is None else seen
    graph = model.require_graph()
    entries, calls = [], []
    layers: dict[int, int] = {}  # id of a layer -> its place among the entries
    made: dict[int, list[int]] = {}  # id of a symbol -> [call, output]

    def place(layer: Layer) -> int:
        if id(layer) not in layers:
            layers[id(layer)] = len(entries)
            entries.append(layer_entry(layer, seen))
        return layers[id(layer)]

    inner = [s for s in graph.inputs if s.node.inputs]  # a model cut out of a larger one: its input is another layer's output
    for symbol in inner:
        made[id(symbol)] = [len(calls), 0]
        calls.append([len(entries), []])
        entries.append(layer_entry(InputLayer(symbol.shape[1:], name=symbol.name), seen))
    for node in graph.nodes:
        if all(id(s) in made for s in node.outputs):
            continue
        read = [made[id(s)] for s in node.inputs]
        made.update((id(s), [len(calls), s.position]) for s in node.outputs if id(s) not in made)
        form = [] if node.form is None else [forms.entry(node.form)]
        calls.append([place(node.layer), read, *([node.training] if form or node.training is not None else []), *form])
    return {"name": model.name, "trainable": model.trainable, "rate_factor": model.rate_factor, "layers": entries, "calls": calls,
            "inputs": [made[id(s)] for s in graph.inputs], "outputs": [made[id(s)] for s in graph.outputs],
            "input_names": model.input_names, "output_names": model.output_names, "output_dict": bool(model.output_structure)}


def model_config(model: Any, seen: dict[int, int] | None = None) -> dict:
    """The configuration of a model: of its graph or chain; of a class with a constructor of its own that one's arguments.

    A class whose own `get_config` asks this one for its part gets the arguments that are attributes.

    Raises:
        ArgumentError: an argument that is not plain, or is no attribute of its own name; the weights can be saved without it.
    """
    genuine, strict = nabis(model), not has_own(model, "get_config")
    if not model.written and type(model).__init__ is genuine.__init__:
        return (chain_config if hasattr(model, "chain") else graph_config)(model, seen)
    own = signature(type(model).__init__).parameters
    names = [name for name in arguments(type(model)) if name not in UNUSED or name in own]
    config, missing = {}, []
    for name in names:
        if name not in vars(model) and name != "trainable":
            missing.append(name)
            continue
        try:
            config[name] = plain(getattr(model, name))
        except ArgumentError as error:
            if strict:
                raise ArgumentError(f"{model.label}: {error} {WEIGHTS_ALONE}") from None
    if missing and strict:
        raise ArgumentError(f"{type(model).__name__}({missing[0]})", "an attribute of the same name", "none",
                            f"Write self.{missing[0]} = {missing[0]} in the constructor, or get_config. {WEIGHTS_ALONE}")
    return config


def nabis(model: Any) -> type:
    """The class of nabi's that a model's class is made of."""
    return next(base for base in type(model).__mro__ if base.__module__.startswith("nabi."))


def has_own(model: Any, method: str) -> bool:
    """Whether a class of the user's writes a method anew."""
    return getattr(type(model), method) is not getattr(nabis(model), method)


def model_from_config(cls: Any, config: dict, made: list[Layer | None] | None = None):
    """The way back from `model_config`, for a class: a graph, a chain, or its constructor's arguments; Keras' own, too."""
    name = "Sequential" if hasattr(cls, "add") else "Functional"
    if cls.__module__.startswith("nabi.") and is_keras({"class_name": name, "config": config}):
        return model_from_entry({"class_name": name, "config": config})
    if "calls" in config and "inputs" in config:
        return graph_from_config(config, made, cls)
    if "layers" in config and "input_shape" in config:
        return chain_from_config(config, made, cls)
    return cls(**revived_arguments(config))


def layer_from_entry(entry: dict, made: list[Layer | None]) -> Layer:
    """The layer of an entry; `made` holds the layers of all entries before it.

    Raises:
        FileError: too many layers, or an entry that refers to itself or to a later one.
        UnknownName: no layer of that name is registered.
    """
    if "same_as" in entry:
        number = entry["same_as"]
        layer = made[number] if type(number) is int and 0 <= number < len(made) else None
        if layer is None:
            raise FileError("model configuration", "a layer named earlier", f"same_as {number!r}, a circle or a later one")
        return layer
    place = len(made)
    made.append(None)
    if len(made) > MOST_LAYERS:
        raise FileError("model configuration", f"at most {MOST_LAYERS} layers", "more")
    kind = MODELS.get(entry["class_name"])
    own = lookup("layer", entry["class_name"]) if kind is None else None
    if own is not None and hasattr(own, "compile"):
        layer = own_from_entry(own, entry, made)
    elif kind is not None:
        layer = (chain_from_config if kind == "Sequential" else graph_from_config)(entry["config"], made)
    else:
        layer = nabi_layers.get({"class_name": entry["class_name"], "config": entry["config"]})
    if not isinstance(layer.name, str):
        raise FileError("model configuration", "a text as the layer's name", repr(layer.name)[:80])
    made[place] = layer
    return layer


def own_from_entry(cls: Any, entry: dict, made: list[Layer | None]):
    """A model of the user's class, built for what its `call` takes."""
    own = cls.from_config.__func__ is not lookup("model", "Model").from_config.__func__
    model = cls.from_config(entry["config"]) if own else model_from_config(cls, entry["config"], made)
    if model.written:
        model.name = str(entry["name"])
        if entry["given"] is not None:
            model.begin(Given.from_state(entry["given"]))
        for layer, shape in zip(opened(model)[1:], entry["inner"], strict=False):  # those that a trial on zeros did not reach
            if not layer.built and shape is not None:
                layer.prepare(list(map(tuple, shape)) if layer.takes_list else [tuple(shape)])
    return model


def inner_shapes(model: Any) -> list:
    """What each layer inside a model was built for, None of one that is not built."""
    return [plain(layer.built_shape) if layer.built else None for layer in opened(model)[1:]]


def chain_from_config(config: dict, made: list[Layer | None] | None = None, cls: Any = None):
    """A Sequential with fresh weights."""
    made = [None] if made is None else made
    model = (cls or lookup("model", "Sequential"))(name=config["name"])
    if config["input_shape"] is not None:
        model.add(InputLayer(tuple(config["input_shape"]), name=config.get("input_name")))
    for entry in config["layers"]:
        model.add(layer_from_entry(entry, made))
    model._trainable, model.rate_factor = bool(config.get("trainable", True)), float(config.get("rate_factor", 1.0))
    return model


def graph_from_config(config: dict, made: list[Layer | None] | None = None, cls: Any = None):
    """A functional model with fresh weights."""
    made = [None] if made is None else made
    layers = [layer_from_entry(entry, made) for entry in config["layers"]]
    results: list[tuple[Symbol, ...]] = []
    calls = 0

    def symbol(reference) -> Symbol:
        call, output = (number if type(number) is int else -1 for number in reference)
        if not 0 <= call < len(results) or not 0 <= output < len(results[call]):
            raise FileError("model configuration", f"an output of one of the {len(results)} calls before", repr(reference)[:80],
                            "Layers in a circle cannot be computed.")
        return results[call][output]

    for number, read, *more in config["calls"]:
        if type(number) is not int or not 0 <= number < len(layers):
            raise FileError("model configuration", f"the number of one of {len(layers)} layers", repr(number)[:80])
        layer, symbols = layers[number], [symbol(reference) for reference in read]
        calls += size(layer)
        if calls > MOST_CALLS:
            raise FileError("model configuration", f"at most {MOST_CALLS} calls of layers, nested models opened", "more")
        if isinstance(layer, InputLayer):
            layer.nodes.append(Node(layer, (), [layer.built_shape]))
            results.append(layer.nodes[-1].outputs)
        else:
            training, form = (*more, None, None)[:2]
            form = forms.from_entry(form, layer, len(symbols))
            args, kwargs = forms.again(layer, symbols, form, None if training is None else bool(training))
            layer(*args, **kwargs)
            results.append(layer.nodes[-1].outputs)
    inputs, outputs = ([symbol(reference) for reference in config[side]] for side in ("inputs", "outputs"))
    model = (cls or lookup("model", "Model"))(inputs=inputs, outputs=outputs, name=config["name"])
    model._trainable, model.rate_factor = bool(config.get("trainable", True)), float(config.get("rate_factor", 1.0))
    for side, count in (("input_names", len(model.input_names)), ("output_names", len(model.output_names))):
        names = config.get(side, getattr(model, side))
        if not isinstance(names, list) or len(names) != count or not all(isinstance(name, str) for name in names):
            raise FileError("model configuration", f"{count} {side}", repr(names)[:80])
        setattr(model, side, list(names))
    model.output_structure = model.output_names if config.get("output_dict") else None
    return model
