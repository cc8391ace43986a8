"""Building: a model from Keras' configuration: of Keras 3, of Keras 2 and of the late Keras 1.

    Sequential    {"name", "layers": [entry, ...]}, in Keras 1 the bare list
    functional    {"name", "layers": [entry with its calls, ...], "input_layers", "output_layers"}
    a call        Keras 3: {"args": [tensor, ...], "kwargs": {}}     Keras 1, 2: [[layer, call, output, {}], ...]

A file names registered layers and functions only; Python code in it (a Lambda's, a class's) is refused by the layer's name.
"""

from typing import Any

from nabi.core.errors import FileError, NabiError
from nabi.core.registry import lookup
from nabi.layers.input import Input
from nabi.layers.layer import Layer
from nabi.layers.node import flatten
from nabi.models.given_masks import with_mask
from nabi.models.graph import MOST_CALLS, size
from nabi.models.keras_format.functions import TENSORFLOW, applied, named
from nabi.models.keras_format.masks import masked
from nabi.models.keras_format.pieces import layer_from_entry, value_of
from nabi.models.naming import is_model

MODELS = ("Functional", "Model", "Sequential", "Network", "Container")
MOST_LAYERS = 100_000


def is_keras(entry: Any) -> bool:
    """Whether a configuration {"class_name", "config"} of a model is Keras' own, and not one of nabi's."""
    if not isinstance(entry, dict) or entry.get("class_name") not in MODELS:
        return False
    config = entry.get("config")
    if isinstance(config, list):
        return True
    return isinstance(config, dict) and "layers" in config and not {"calls", "input_shape"} & set(config)


def model_from_entry(entry: dict[str, Any], depth: int = 0) -> Any:
    """The model of an entry, with fresh weights.

    Raises:
        FileError: anything about it that is not as it should be.
    """
    if depth > 16:
        raise FileError("model configuration", "at most 16 models inside each other", "more")
    name = entry.get("class_name")
    config = entry.get("config")
    if name == "Sequential":
        return chain(config, depth)
    if not isinstance(config, dict) or not {"layers", "input_layers", "output_layers"} <= set(config):
        raise FileError(
            "model configuration",
            "layers, input_layers and output_layers",
            f"a {name!r} without them",
            "A class of the user's own must be passed in: custom_objects={name: class}.",
        )
    return Graph(config, depth).model()


def chain(config: Any, depth: int) -> Any:
    """A Sequential."""
    config = {"layers": config} if isinstance(config, list) else config
    entries = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_LAYERS:
        raise FileError("model configuration", f"a list of at most {MOST_LAYERS} layers", type(entries).__name__)
    model = lookup("layer", "Sequential")(name=config.get("name"))
    for number, entry in enumerate(entries):
        if isinstance(entry, dict) and entry.get("class_name") == "InputLayer":
            shape, name = input_of(entry)
            if number == 0:
                model.add(Input(shape, name=name))
            continue
        layer = made(entry, depth)
        shape = batch_shape(inside(entry))
        if number == 0 and shape is not None and not is_model(layer):
            model.add(Input(shape, name=f"{layer.name}_input"))
        model.add(layer)
    shape = config.get("build_input_shape")
    if not model.built and isinstance(shape, list) and model.chain:
        model.build(tuple(shape))
    if config.get("trainable") is False:
        model.trainable = False
    return model


def inside(entry: Any) -> dict[str, Any]:
    """The configuration in an entry."""
    config = entry.get("config") if isinstance(entry, dict) else None
    return config if isinstance(config, dict) else {}


def input_of(entry: Any) -> tuple[tuple, str | None]:
    """Shape of one sample and name of an input."""
    config = inside(entry)
    shape, name = batch_shape(config), config.get("name", entry.get("name"))
    if shape is None or not isinstance(name, str | None):
        raise FileError("model configuration", "an input with its shape", repr(config)[:200])
    return shape, name


def batch_shape(config: dict[str, Any]) -> tuple | None:
    """The shape of one sample that a layer's configuration names, None for none."""
    for key in ("batch_shape", "batch_input_shape"):
        shape = value_of(config.get(key))
        if isinstance(shape, (list, tuple)):
            return tuple(shape)[1:]
    if isinstance(config.get("input_dim"), int) and "input_length" not in config:
        return (config["input_dim"],)
    return None


def made(entry: Any, depth: int = 0) -> Layer:
    """The layer or model of an entry."""
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise FileError("model configuration", "a layer with its class", repr(entry)[:120])
    if entry["class_name"] in MODELS and is_keras(entry):
        model = model_from_entry(entry, depth + 1)
        model.name = str(inside(entry).get("name") or entry.get("name") or model.name)
        return model
    return layer_from_entry(entry, lambda inner: made(inner, depth + 1))


class Graph:
    """A functional model's configuration while it is being built.

    Args:
        config: the configuration.
        depth: how many models it lies in.
    """

    def __init__(self, config: dict[str, Any], depth: int):
        self.config, self.depth = config, depth
        entries = config["layers"]
        if not isinstance(entries, list) or len(entries) > MOST_LAYERS:
            raise FileError("model configuration", f"a list of at most {MOST_LAYERS} layers", type(entries).__name__)
        self.entries: dict[str, dict] = {}
        for entry in entries:
            name = entry.get("name") or inside(entry).get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or name in self.entries or not isinstance(entry.get("inbound_nodes", []), list):
                raise FileError("model configuration", "layers with names of their own and lists of calls", repr(entry)[:120])
            self.entries[name] = entry
        self.layers: dict[str, Layer] = {}
        self.results: dict[tuple[str, int], list] = {}  # (layer, call) -> symbols
        self.calls = 0
        self.masked: set[str] | None = None  # layers that masks of layers can reach
        self.offsets = self.first_calls()

    def nodes(self, name: str) -> list:
        """What the file says of how often, and on what, a layer is called."""
        if name not in self.entries:
            raise FileError("model configuration", "calls of layers in it", repr(name)[:80])
        return self.entries[name].get("inbound_nodes", [])

    def first_calls(self) -> dict[str, int]:
        """Keras 2 numbers the calls of a model in a model from 1."""
        highest: dict[str, int] = {}
        for name in self.entries:
            for node in self.nodes(name):
                if isinstance(node, list):
                    for ref in legacy(node):
                        highest[ref[0]] = max(highest.get(ref[0], 0), ref[1])
        old = bool(highest)
        for ref in leaves(self.config["output_layers"]):
            if old:
                highest[ref[0]] = max(highest.get(ref[0], 0), ref[1])
        return {name: 1 for name, call in highest.items() if name in self.entries and call >= max(len(self.nodes(name)), 1)}

    def model(self) -> Any:
        """Inputs, what follows from them, and outputs, as a model."""
        given, wanted = self.config["input_layers"], self.config["output_layers"]
        inputs = {name: self.symbol(name, call, output) for name, call, output in leaves(given)}
        ends = [self.end(*ref) for ref in leaves(wanted)]
        names = list(given) if isinstance(given, dict) else None
        outputs: Any = dict(zip(wanted, ends, strict=True)) if isinstance(wanted, dict) and len(wanted) == len(ends) else ends
        made_inputs: Any = dict(zip(names, inputs.values(), strict=True)) if names else list(inputs.values())
        model = lookup("layer", "Model")(inputs=made_inputs, outputs=outputs, name=self.config.get("name"))
        if self.config.get("trainable") is False:
            model.trainable = False
        return model

    def end(self, name: str, call: int, output: int) -> Any:
        """An output; Keras 3 counts a functional model's own inputs as its call 0."""
        if name not in self.offsets and inside(self.entries.get(name)).get("layers") and call >= len(self.nodes(name)) > 0:
            call -= 1
        elif (
            name not in self.offsets
            and self.entries.get(name, {}).get("class_name") in ("Functional", "Model")
            and ("keras" in str(self.entries[name].get("module")) or any(isinstance(n, dict) for n in self.nodes(name)))
        ):
            call = max(call - 1, 0)
        return self.symbol(name, call, output)

    def symbol(self, name: str, call: int, output: int) -> Any:
        """The symbol that a reference names; the calls before it are made first, without recursion."""
        call -= self.offsets.get(name, 0)
        todo = [(name, call)]
        waiting: set[tuple[str, int]] = set()
        while todo:
            place = todo[-1]
            if place in self.results:
                todo.pop()
                continue
            needed = [(n, c - self.offsets.get(n, 0)) for n, c, _ in self.read(*place)]
            open_ones = [need for need in needed if need not in self.results]
            if place[1] > 0 and (place[0], place[1] - 1) not in self.results and self.nodes(place[0]):
                open_ones.append((place[0], place[1] - 1))  # calls of one layer stand in their order
            if not open_ones:
                self.call(*place)
                todo.pop()
            elif place in waiting:
                raise FileError("model configuration", "layers without a circle", f"'{place[0]}', which waits for itself")
            else:
                waiting.add(place)
                todo += open_ones
        made_here = self.results[name, call]
        if not 0 <= output < len(made_here):
            raise FileError("model configuration", f"an output of '{name}'", repr(output)[:40])
        return made_here[output]

    def read(self, name: str, call: int) -> list[tuple[str, int, int]]:
        """What a call reads."""
        nodes = self.nodes(name)
        if not nodes and call == 0:
            return []
        if not 0 <= call < len(nodes):
            raise FileError("model configuration", f"one of the {len(nodes)} calls of '{name}'", repr(call)[:40])
        node = nodes[call]
        if isinstance(node, list):
            return legacy(node)
        if not isinstance(node, dict):
            raise FileError("model configuration", "a call", repr(node)[:80])
        return histories([node.get("args"), self.said(node)])

    def call(self, name: str, call: int) -> None:
        """Makes the symbols of a layer's call, whose inputs there are already."""
        entry = self.entries[name]
        if entry.get("class_name") == "InputLayer" or not self.nodes(name):
            shape, own = input_of(entry)
            self.results[name, call] = [Input(shape, name=own or name)]
            return
        args, kwargs = self.arguments(self.nodes(name)[call])
        function = named(entry)
        if entry["class_name"] in ("TFOpLambda", "SlicingOpLambda"):
            said = str(inside(entry).get("function"))
            function = TENSORFLOW.get(said)
            if function is None:
                raise FileError(
                    f"model configuration, '{name}'", "a function that nabi reads", f"tf.{said}", "Build it in Python."
                )
        if function is not None:
            settings = {
                key: value_of(value)
                for key, value in inside(entry).items()
                if key not in ("name", "function", "dtype", "trainable")
            }
            made_here = applied(function, args, {**settings, **kwargs}, name)
        else:
            made_here = self.of_layer(name, args, kwargs)
        self.results[name, call] = flatten(made_here)

    def of_layer(self, name: str, args: list, kwargs: dict[str, Any]) -> Any:
        """A call of a layer on symbols."""
        if name not in self.layers:
            self.layers[name] = made(self.entries[name], self.depth)
        layer = self.layers[name]
        self.calls += size(layer)
        if self.calls > MOST_CALLS:
            raise FileError("model configuration", f"at most {MOST_CALLS} calls of layers, nested models opened", "more")
        training = kwargs.pop("training", None)
        if (training is False and not is_model(layer)) or layer.augments:
            training = None  # Keras 3 notes the mode of the moment with every call
        if layer.own_code and not is_model(layer) and not type(layer).takes_list and (kwargs or len(args) > 1):
            return layer(*args, **kwargs, **({} if training is None else {"training": training}))  # as it was called
        states, mask = kwargs.pop("initial_state", None), None if hasattr(layer, "of_call") else kwargs.pop("mask", None)
        if mask is not None:
            args = [with_mask(args[0], mask), *args[1:]]
        given = args[0] if len(args) == 1 else args
        if states is not None:
            return layer(given, initial_state=states)  # pyright: ignore[reportCallIssue]
        if hasattr(layer, "of_call"):  # attention: masks and flags
            return layer(given, training=training, **kwargs)
        if kwargs:
            raise FileError(f"model configuration, '{name}'", "a call on tensors", f"the arguments {sorted(kwargs)}", "")
        if isinstance(given, (list, tuple)) and len(given) == 1 and not layer.takes_list:
            given = given[0]
        return layer(list(given) if isinstance(given, tuple) else given, training=training)

    def arguments(self, node: Any) -> tuple[list, dict[str, Any]]:
        """The arguments of a call, with symbols for tensors."""
        if isinstance(node, list):
            symbols = [self.results[n, c - self.offsets.get(n, 0)][t] for n, c, t in legacy(node)]
            first = node if isinstance(node[0], str) else node[0]
            kwargs = first[3] if len(first) > 3 and isinstance(first[3], dict) else {}
            kwargs = {key: self.put(value) for key, value in kwargs.items() if key not in ("mask", "name", "constants")}
            return [symbols if len(symbols) > 1 else symbols[0]], {k: v for k, v in kwargs.items() if v is not None}
        kwargs = {key: self.put(value) for key, value in self.said(node).items()}
        return list(self.put(node.get("args") or [])), {key: value for key, value in kwargs.items() if value is not None}

    def said(self, node: dict[str, Any]) -> dict[str, Any]:
        """The further arguments of a call, without a mask that Keras handed on: nabi does so itself."""
        given = dict(node.get("kwargs") or {})
        found = histories(given.get("mask"))
        if self.masked is None:
            self.masked = masked(self.entries, lambda name: [ref[0] for call in self.nodes(name) if isinstance(call, dict)
                                                             for ref in histories(call.get("args"))])
        inputs = [name for name, _, _ in found if self.entries.get(name, {}).get("class_name") == "InputLayer"]
        reads = {name for name, _, _ in histories(node.get("args"))}
        if len(found) != 1 or not inputs and reads & self.masked:
            given.pop("mask", None)
        return given

    def put(self, value: Any) -> Any:
        """A value with symbols for its tensors."""
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            name, call, output = histories(value)[0]
            return self.results[name, call][output]
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and value[0] in self.entries:
            return self.results[value[0], value[1] - self.offsets.get(value[0], 0)][value[2]]
        if isinstance(value, list):
            return [self.put(part) for part in value]
        if isinstance(value, dict) and value.get("class_name") == "__tuple__":
            return tuple(self.put(part) for part in (value.get("config") or {}).get("value", value.get("items", [])))
        if isinstance(value, dict) and "class_name" not in value:
            return {key: self.put(part) for key, part in value.items()}
        return value_of(value)


def leaves(given: Any) -> list[list]:
    """The references [layer, call, output] among inputs or outputs: one, a list or a dict of them."""
    if isinstance(given, list) and len(given) == 3 and isinstance(given[0], str):
        if not all(type(number) is int for number in given[1:]):
            raise FileError("model configuration", "[layer, call, output]", repr(given)[:80])
        return [given]
    if isinstance(given, (list, dict)):
        return [ref for part in (given.values() if isinstance(given, dict) else given) for ref in leaves(part)]
    raise FileError("model configuration", "[layer, call, output]", repr(given)[:80])


def legacy(node: list) -> list[tuple[str, int, int]]:
    """What a call of Keras 1 and 2 reads; tensors among its further arguments, too."""
    node = [node] if node and isinstance(node[0], str) else node
    found = []
    for part in node:
        if not isinstance(part, list) or len(part) < 3:
            raise FileError("model configuration", "a call [[layer, call, output, {}], ...]", repr(part)[:80])
        found += [tuple(ref) for ref in leaves(part[:3])]
    return found


def histories(value: Any) -> list[tuple[str, int, int]]:
    """The references in the arguments of a call of Keras 3."""
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return [tuple(leaves((value.get("config") or {}).get("keras_history"))[0])]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [ref for part in parts for ref in histories(part)]


def blamed(where: str, error: Exception) -> FileError:
    """Whatever goes wrong with a configuration is the file's fault."""
    said = str(error) if isinstance(error, NabiError) else f"{type(error).__name__}: {error}"
    return FileError(
        where,
        "a model of layers that nabi knows",
        f"this error: {said[:500]}",
        "Pass classes and functions of your own in: custom_objects={name: thing}.",
    )
