"""Describing: a model of nabi in the words of Keras 3's configuration.

    entry   {"module": "keras.layers", "class_name": "Dense", "config": {...}, "registered_name": null}
    node    {"args": [tensor, ...], "kwargs": {}}      one call of a layer in a functional model
    tensor  {"class_name": "__keras_tensor__", "config": {"shape", "dtype", "keras_history": [layer, call, output]}}

The arguments of nabi's layers are Keras' own, so that little has to be translated. What Keras has not (a padding of 3 zeros,
layers of nabi's own) is refused by name. Source: Keras 3, saving/serialization_lib.py and models/functional.py.
"""

import inspect
from typing import Any, cast

from nabi.core.errors import FileError
from nabi.core.registry import TABLE, full_name
from nabi.core.warning import warn
from nabi.layers.input import InputLayer
from nabi.layers.layer import Layer
from nabi.layers.operation import Operation
from nabi.models.forms import written
from nabi.models.given_masks import GivenMask
from nabi.models.keras_format.functions import function_call, function_entry
from nabi.models.keras_format.own_state import build_config
from nabi.models.naming import is_model

OWN = {
    "rate_factor": 1.0,
    "input_shape": None,
    "input_dim": None,
    "batch_input_shape": None,
    "weights": None,
    "implementation": None,
    "takes_list": None,
    "asked": None,
    "input_length": None,
    "alpha": None,
    "own_seed": None,
}  # arguments that Keras' layers do not have
NOT_OF = {
    "AutoContrast": ("data_format",),
    "RandomBrightness": ("data_format",),
    "RandomContrast": ("data_format",),
    "Solarization": ("data_format",),
    "LayerNormalization": ("rms_scaling",),
    "Lambda": ("dtype",),
    "SpatialDropout1D": ("trainable",),
    "SpatialDropout2D": ("trainable",),
}
ELSEWHERE = {  # layers that are no part of keras.layers
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "LayerScale": "keras.src.applications.convnext",
}
NO_KERAS = ("L2Pooling2D", "LocalResponseNormalization", "LocallyConnected2D")
MODULES = {
    "layer": "keras.layers",
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
    "loss": "keras.losses",
    "metric": "keras.metrics",
    "optimizer": "keras.optimizers",
    "schedule": "keras.optimizers.schedules",
}
INSTEAD = "Save it as .safetensors, or write the layer with Keras' own ones."


def model_entry(model: Any) -> dict[str, Any]:
    """The entry of a model: its class and configuration.

    Raises:
        FileError: a part that Keras has not, by name.
    """
    return layer_entry(model)


def layer_entry(layer: Layer) -> dict[str, Any]:
    """The entry of a layer or model."""
    name, own = type(layer).__name__, not type(layer).__module__.startswith("nabi.")
    if is_model(layer) and not own:
        chain = hasattr(layer, "chain")
        config = chain_config(layer) if chain else graph_config(layer)
        made = {
            "module": "keras" if chain else "keras.src.models.functional",
            "class_name": "Sequential" if chain else "Functional",
            "config": config,
            "registered_name": None if chain else "Functional",
        }
        return {**made, "build_config": {"input_shape": config["build_input_shape"]}} if chain else made
    if name in NO_KERAS:
        raise FileError(f"writing {layer.label}", "a layer that Keras has", f"{name}, which is nabi's own", INSTEAD)
    if isinstance(layer, InputLayer):
        return input_entry(layer.name, (layer.batch_size, *layer.shape))
    if name == "Operation":
        return function_entry(cast(Operation, layer))
    made = {**entry_of("layer", name, layer_config(layer), type(layer) if own else None), **build_config(layer)}
    if is_model(layer) and layer.graph is not None:
        shapes = [list(symbol.shape) for symbol in layer.inputs]
        made.setdefault("build_config", {"input_shape": shapes[0] if len(shapes) == 1 else shapes})
        made["given"] = layer.given and layer.given.state()
    return made


def entry_of(kind: str, name: str, config: dict, own: Any = None) -> dict[str, Any]:
    """An entry as Keras writes it; a class of the user's (`own`) is registered as "package>name", or under its own name."""
    return {
        "module": None if own else ELSEWHERE.get(name, MODULES[kind]),
        "class_name": name,
        "config": config,
        "registered_name": (full_name(kind, own) or name) if own else name if name in ELSEWHERE else None,
    }


def input_entry(name: str, shape: tuple) -> dict[str, Any]:
    """Where a model begins: an InputLayer with the batch axis in its shape."""
    config = {"batch_shape": list(shape), "dtype": "float32", "sparse": False, "ragged": False, "name": name}
    return entry_of("layer", "InputLayer", config)


def layer_config(layer: Layer) -> dict[str, Any]:
    """A layer's arguments without those that only nabi has."""
    name, config = type(layer).__name__, {}
    if not type(layer).__module__.startswith("nabi."):
        return {key: held_in(value) for key, value in layer.get_config().items() if key not in OWN}
    for key, value in layer.get_config().items():
        inner = getattr(layer, key, None)
        if key == "rate_factor" and value != 1.0:
            warn(f"Keras knows no rate_factor: {layer.label} learns there at the full rate.")
        if key == "padding" and not isinstance(value, str) and not name.startswith("ZeroPadding"):
            raise FileError(
                f"writing {layer.label}",
                'padding="valid" or "same", which Keras has',
                f"padding={value!r}",
                'Write ZeroPadding2D(...) and padding="valid" instead, or save it as .safetensors.',
            )
        if (key in OWN and (name, key) != ("Embedding", "input_dim")) or key in NOT_OF.get(name, ()):
            continue
        if isinstance(inner, Layer):
            config[key] = layer_entry(inner)
        elif name == "Lambda" and key in ("function", "output_shape", "mask") and callable(inner):
            config[key] = {"module": "builtins", "class_name": "function", "config": value, "registered_name": "function"}
        else:
            config[key] = described(value)
    return config


def held_in(value: Any) -> Any:
    """A value of a configuration that a class of the user's writes: layers and pieces in it become entries, as in Keras."""
    if isinstance(value, Layer):
        return layer_entry(value)
    if isinstance(value, (list, tuple)):
        return [held_in(part) for part in value]
    if isinstance(value, dict):
        return {key: held_in(part) for key, part in value.items()}
    if inspect.isfunction(value) and value.__name__.isidentifier():
        known = next((full for kind in TABLE if (full := full_name(kind, value))), "function")
        return {"module": "builtins", "class_name": "function", "config": value.__name__, "registered_name": known}
    if hasattr(value, "get_config") and not isinstance(value, type):
        return described({"class_name": type(value).__name__, "config": held_in(value.get_config())})
    return value


def described(value: Any) -> Any:
    """A configuration's value; {"class_name", "config"} gets the module of its kind."""
    if isinstance(value, (list, tuple)):
        return [described(part) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) != {"class_name", "config"}:
        return {key: described(part) for key, part in value.items()}
    name = value["class_name"]
    kind = next((kind for kind in MODULES if name in TABLE[kind]), None)
    if kind == "layer" and name == "Identity" and "gain" in value["config"]:
        kind = "initializer"
    config = {key: described(part) for key, part in value["config"].items() if kind != "layer" or key not in OWN}
    if kind is None:
        return {"class_name": name, "config": config}
    thing: Any = TABLE[kind][name]
    return entry_of(kind, name, config, None if thing.__module__.startswith("nabi.") else thing)


def chain_config(model: Any) -> dict[str, Any]:
    """The configuration of a Sequential."""
    first = model.symbols[0] if model.symbols else None
    inputs = [] if first is None else [input_entry(first.name, first.shape)]
    return {
        "name": model.name,
        "trainable": model.trainable,
        "dtype": "float32",
        "layers": inputs + [layer_entry(layer) for layer in model.chain],
        "build_input_shape": None if first is None else list(first.shape),
    }


def graph_config(model: Any) -> dict[str, Any]:
    """The configuration of a functional model: its layers with their calls, in an order in which each reads earlier ones."""
    graph = model.require_graph()
    entries: dict[int, dict[str, Any]] = {}  # by id of a layer
    place: dict[int, list] = {}  # id of a symbol -> [layer, call, output]
    masks: dict[int, dict[str, Any]] = {}  # id of a symbol -> the mask that it was given

    def reference(symbol: Any) -> dict[str, Any]:
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": list(symbol.shape), "dtype": "float32", "keras_history": place[id(symbol)]},
        }

    for symbol in graph.inputs:
        if symbol.node.inputs:  # the output of another layer, where this model begins
            place[id(symbol)] = [symbol.name, 0, 0]
            entries[-id(symbol)] = {**input_entry(symbol.name, symbol.shape), "name": symbol.name, "inbound_nodes": []}
    for node in graph.nodes:
        if all(id(s) in place for s in node.outputs):
            continue
        layer = node.layer
        if isinstance(layer, GivenMask):  # Keras notes the mask with the call that reads it
            place[id(node.outputs[0])], masks[id(node.outputs[0])] = place[id(node.inputs[0])], reference(node.inputs[1])
            continue
        if id(layer) not in entries:
            entries[id(layer)] = {**layer_entry(layer), "name": layer.name, "inbound_nodes": []}
        entry = entries[id(layer)]
        for s in node.outputs:
            place.setdefault(id(s), [layer.name, max(len(entry["inbound_nodes"]), 0), s.position])
        if node.inputs:
            call = called(node, [reference(s) for s in node.inputs])
            if id(node.inputs[0]) in masks:
                call["kwargs"]["mask"] = masks[id(node.inputs[0])]
            entry["inbound_nodes"].append(call)
    known = [entry["name"] for entry in entries.values()]
    if len(set(known)) < len(known):
        twice = next(name for name in known if known.count(name) > 1)
        raise FileError(f"writing {model.label}", "names of layers to be unique", f"'{twice}' twice", "Give one another name.")

    def ends(symbols: list) -> list:
        shifted = []
        for s in symbols:
            name, call, output = place[id(s)]
            inner = is_model(s.node.layer) and not hasattr(s.node.layer, "chain") and id(s.node.layer) in entries
            shifted.append([name, call + bool(inner), output])  # Keras counts a functional model's own inputs as its call 0
        return shifted

    outputs: Any = ends(graph.outputs)
    if model.output_structure is not None:
        outputs = dict(zip(model.output_names, outputs, strict=True))
    inputs = ends(graph.inputs)
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": list(entries.values()),
        "input_layers": inputs[0] if len(inputs) == 1 else inputs,
        "output_layers": outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs,
    }


def called(node: Any, tensors: list) -> dict[str, Any]:
    """One call of a layer, with the tensors it reads."""
    layer = node.layer
    kwargs: dict[str, Any] = {} if node.training is None else {"training": node.training}
    if type(layer).__name__ == "Operation":
        return function_call(layer, tensors)
    if node.form is not None:
        return written(node.form, tensors)
    if hasattr(layer, "get_initial_state") or type(layer).__name__ == "Bidirectional":
        return {"args": tensors[:1], "kwargs": {**kwargs, **({"initial_state": tensors[1:]} if tensors[1:] else {})}}
    told = getattr(layer, "of_call", None)
    if told is not None:  # attention: flags and masks by their names
        flags = told()
        kwargs |= dict(zip(flags.pop("masks", ()), tensors[3:], strict=True)) | flags
        several = "num_heads" not in layer.argument_names()
        return {"args": [tensors[:3]] if several else tensors[:3], "kwargs": kwargs}
    several = layer.takes_list and not (is_model(layer) and len(tensors) == 1)
    if type(layer).__name__ == "Lambda":
        several = bool(layer.takes_list)
    return {"args": [tensors] if several else tensors, "kwargs": kwargs}
