"""Keras: a model as the Keras 3 code that a person would write: a Sequential or a functional model, one line a layer.

Arguments stand there where they differ from Keras' defaults, names where somebody gave them. Nested models are functions of their
own. The weights lie beside it in Keras' own format (.weights.h5), layer by layer in their order.
"""

import json
import re
from inspect import Parameter
from typing import Any

from nabi.core.errors import FileError
from nabi.core.names import snake_case
from nabi.core.pieces import arguments
from nabi.layers.input import InputLayer
from nabi.layers.layer import Layer
from nabi.models.keras_format.describing import ELSEWHERE, NO_KERAS, OWN, layer_config
from nabi.models.naming import is_model

FIRST = {  # arguments that are written without their names, besides those that must be given
    "MaxPooling1D": ("pool_size",), "MaxPooling2D": ("pool_size",), "AveragePooling1D": ("pool_size",),
    "AveragePooling2D": ("pool_size",), "ZeroPadding1D": ("padding",), "ZeroPadding2D": ("padding",), "UpSampling1D": ("size",),
    "UpSampling2D": ("size",), "Cropping1D": ("cropping",), "Cropping2D": ("cropping",),
}  # fmt: skip
MODULES = {"keras.initializers": "initializers", "keras.regularizers": "regularizers", "keras.constraints": "constraints"}
WINDOWS = ("kernel_size", "strides", "pool_size", "dilation_rate", "size", "padding", "cropping")  # equal sizes as one number
SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "true_divide": "/", "power": "**"}


class KerasWriter:
    """The code of a model while it is being written.

    Attributes:
        functions: the code of each nested model, by its id.
    """

    def __init__(self, model: Any):
        self.model = model
        self.functions: dict[int, tuple[str, str]] = {}

    def text(self, weights: str) -> str:
        """The whole file."""
        build = self.function(self.model, "build")
        inner = "".join(f"{code}\n\n" for _, code in self.functions.values())
        ops = "ops, " if "ops." in inner + build else ""
        pieces = [word for word in MODULES.values() if f"{word}." in inner + build]
        names = ", ".join(sorted([*pieces, "layers", *([ops.rstrip(", ")] if ops else [])]))
        names += "".join(f"\nfrom {module} import {name}" for name, module in ELSEWHERE.items() if f" {name}(" in inner + build)
        return HEAD.format(name=self.model.name, weights=weights, names=names, inner=inner, build=build)

    def function(self, model: Any, name: str) -> str:
        """The function that builds a model."""
        body = self.chain(model) if hasattr(model, "chain") and not model.written else self.graph(model)
        return f"def {name}():\n" + "\n".join(f"    {line}" if line else "" for line in body) + "\n"

    def nested(self, model: Any) -> str:
        """The call that makes a model inside another."""
        if id(model) not in self.functions:
            word = f"build_{identifier(model.name, 'model')}"
            taken = {name for name, _ in self.functions.values()} | {"build"}
            number, name = 2, word
            while name in taken:
                name, number = f"{word}_{number}", number + 1
            self.functions[id(model)] = name, ""
            self.functions[id(model)] = name, self.function(model, name)
            self.functions[id(model)] = self.functions.pop(id(model))  # those inside it come first
        return f"{self.functions[id(model)][0]}()"

    def chain(self, model: Any) -> list[str]:
        """The lines of a Sequential."""
        lines = ["return keras.Sequential(", "    ["]
        if model.symbols:
            lines.append(f"        {self.input(model.symbols[0])},")
        for layer in model.chain:
            lines += [f"        {line}," for line in self.made(layer)]
        return [*lines, "    ],", f"    name={quoted(model.name)},", ")"]

    def input(self, symbol: Any, named: bool = False) -> str:
        """The line of an input."""
        own = not re.fullmatch(r"input(_layer)?(_\d+)?", symbol.name)
        return f"keras.Input({tuple(symbol.shape[1:])!r}{f', name={quoted(symbol.name)}' if named or own else ''})"

    def graph(self, model: Any) -> list[str]:
        """The lines of a functional model."""
        graph = model.require_graph()
        uses: dict[int, int] = {}
        for node in graph.nodes:
            uses[id(node.layer)] = uses.get(id(node.layer), 0) + 1
        last = {id(s): n for n, node in enumerate(graph.nodes) for s in node.inputs}
        last.update((id(s), len(graph.nodes)) for s in graph.outputs)
        texts: dict[int, str] = {}
        layers: dict[int, str] = {}
        lines: list[str] = []
        for number, symbol in enumerate(graph.inputs):
            texts[id(symbol)] = "inputs" if len(graph.inputs) == 1 else f"input_{number + 1}"
            lines.append(f"{texts[id(symbol)]} = {self.input(symbol)}")
        for number, node in enumerate(graph.nodes):
            if all(id(s) in texts for s in node.outputs):
                continue
            layer, read = node.layer, [texts[id(s)] for s in node.inputs]
            busy = {text for key, text in texts.items() if last.get(key, -1) > number} | set(layers.values())
            if type(layer).__name__ == "Operation":
                made = self.operation(layer, read)
            else:
                *zeros, text = self.made(layer)  # zeros around, which Keras' convolution cannot add itself
                if uses[id(layer)] > 1:
                    if id(layer) not in layers:
                        layers[id(layer)] = self.fresh(f"{layer.name}_layer", busy)
                        lines.append(f"{layers[id(layer)]} = {text}")
                    text = layers[id(layer)]
                made = f"{text}({zeros[0]}({read[0]}))" if zeros else f"{text}({self.given(node, read)})"
            if len(node.outputs) > 1 and type(getattr(layer, "cell", None)).__name__ == "StackedRNNCells":
                made = f"keras.tree.flatten({made})"  # Keras gives the states cell by cell
            targets = []
            for _ in node.outputs:
                free = [t for key, t in texts.items() if last.get(key) == number and t not in busy and not t.startswith("input")]
                name = (
                    free[0]
                    if free and len(node.outputs) == 1
                    else self.fresh(
                        "x" if "x" not in busy and len(node.outputs) == 1 else identifier(layer.name, "y"), busy | set(targets)
                    )
                )
                targets.append(name)
            for s, name in zip(node.outputs, targets, strict=True):
                texts[id(s)] = name
            lines.append(f"{', '.join(targets)} = {made}")
        outs: Any = [texts[id(s)] for s in graph.outputs]
        if model.output_structure is not None:
            outputs = (
                "{" + ", ".join(f"{quoted(name)}: {text}" for name, text in zip(model.output_names, outs, strict=True)) + "}"
            )
        else:
            outputs = outs[0] if len(outs) == 1 else f"[{', '.join(outs)}]"
        ins = [texts[id(s)] for s in graph.inputs]
        inputs = ins[0] if len(ins) == 1 else f"[{', '.join(ins)}]"
        return [*lines, f"return keras.Model({inputs}, {outputs}, name={quoted(model.name)})"]

    def fresh(self, name: str, busy: set[str]) -> str:
        """A variable's name that is free."""
        plain, number = identifier(name, "y"), 2
        found = plain
        while found in busy:
            found, number = f"{plain}_{number}", number + 1
        return found

    def given(self, node: Any, read: list[str]) -> str:
        """What a layer is called on."""
        layer = node.layer
        mode = "" if node.training is None else f", training={node.training}"
        if hasattr(layer, "get_initial_state") or type(layer).__name__ == "Bidirectional":
            return read[0] + (f", initial_state=[{', '.join(read[1:])}]" if read[1:] else "") + mode
        several = layer.takes_list and not (is_model(layer) and len(read) == 1)
        return (f"[{', '.join(read)}]" if several else read[0]) + mode

    def made(self, layer: Layer) -> list[str]:
        """The texts that make a layer; more than one where Keras needs zeros around it first."""
        if is_model(layer) and type(layer).__module__.startswith("nabi."):
            return [self.nested(layer)]
        name = type(layer).__name__
        if (
            not type(layer).__module__.startswith("nabi.")
            or name in NO_KERAS
            or name == "Lambda"
            or isinstance(layer, InputLayer)
        ):
            raise FileError(
                f'to_code("keras") of {self.model.label}, {layer.label}',
                "a layer that Keras has",
                name,
                "Write it in Keras by hand; model.save(...) keeps the model.",
            )
        before, padding = [], getattr(layer, "padding", None)
        window = "Conv" in name or (name.startswith("MaxPooling") and positive(layer))
        if window and not isinstance(padding, str) and padding is not None:
            sizes = list(padding) if isinstance(padding, (tuple, list)) else [padding] * (1 if "1D" in name else 2)
            before = [f"layers.ZeroPadding{'1D' if len(sizes) == 1 else '2D'}({value(plain(sizes))})"]
            layer.padding, kept = "valid", padding
            try:
                config = layer_config(layer)
            finally:
                layer.padding = kept
        else:
            config = layer_config(layer)
        return [*before, self.call(name, layer, config)]

    def call(self, name: str, layer: Layer, config: dict[str, Any]) -> str:
        """A layer's constructor with the arguments that say something."""
        defaults = arguments(type(layer))
        first = (*required(type(layer)), *FIRST.get(name, ()))
        fresh = defaulted(layer)
        parts = [self.argument(layer, key, config[key]) for key in first if key in config]
        for key, given in config.items():
            if key in first or key in OWN and name != "Embedding" or key in ("dtype", "data_format"):
                continue
            if key == "name" and re.fullmatch(rf"(forward_|backward_)?{snake_case(name)}(_\d+)?", str(given)):
                continue
            if key == "strides" and given == config.get("pool_size", [1] * len(given)):
                continue
            if key == "backward_layer" and name == "Bidirectional" and mirrored(config):
                continue
            if key == "trainable" and given or key not in ("name", "strides") and key in fresh and fresh[key] == given:
                continue
            if key in defaults and defaults[key] == given and type(defaults[key]) is type(given):
                continue
            parts.append(f"{key}={self.argument(layer, key, given)}")
        return f"{'' if name in ELSEWHERE else 'layers.'}{name}({', '.join(parts)})"

    def argument(self, layer: Layer, key: str, given: Any) -> str:
        """The text of an argument."""
        inner = getattr(layer, key, None)
        if isinstance(inner, Layer):
            return self.made(inner)[-1]
        return value(plain(given) if key in WINDOWS else given)

    def operation(self, layer: Any, read: list[str]) -> str:
        """The text of an operator or function."""

        def text(part: Any) -> str:
            if isinstance(part, list):
                return f"[{', '.join(map(text, part))}]"
            if isinstance(part, dict) and "input" in part:
                return read[part["input"]]
            if isinstance(part, dict) and "slice" in part:
                a, b, c = ("" if n is None else str(n) for n in part["slice"])
                return f"{a}:{b}" + (f":{c}" if c else "")
            if isinstance(part, dict):
                return "..." if "ellipsis" in part else repr(part["array"])
            return f"({part!r})" if isinstance(part, (int, float)) and part < 0 else repr(part)

        name, operands = layer.function, layer.arguments
        if name in SIGNS and len(operands) == 2:
            return f"{text(operands[0])} {SIGNS[name]} {text(operands[1])}"
        if name == "get_item":
            places = operands[1] if isinstance(operands[1], list) else [operands[1]]
            return f"{text(operands[0])}[{', '.join(map(text, places))}]"
        rest = [*map(text, operands), *(f"{key}={text(part)}" for key, part in layer.options.items())]
        return f"ops.{name}({', '.join(rest)})"


def positive(layer: Layer) -> bool:
    """Whether all that a layer is called on comes out of ReLU: then zeros around a maximum are as good as nothing."""
    makers = [symbol.node.layer for node in layer.nodes for symbol in node.inputs]
    return bool(makers) and all(type(one).__name__ == "ReLU" and not getattr(one, "negative_slope", 1)
                                or getattr(getattr(one, "activation", None), "__name__", "") == "relu" for one in makers)


def mirrored(config: dict[str, Any]) -> bool:
    """Whether a Bidirectional's backward layer is what Keras makes by itself: the forward one, turned round."""
    one, other = ({k: v for k, v in config[key]["config"].items() if k not in ("name", "go_backwards", "seed")}
                  for key in ("layer", "backward_layer"))
    return config["layer"]["class_name"] == config["backward_layer"]["class_name"] and one == other


def defaulted(layer: Layer) -> dict[str, Any]:
    """The configuration of a layer of this class that was given the required arguments alone."""
    return layer_config(type(layer)(**{key: getattr(layer, key) for key in required(type(layer))}, name=layer.name))


def required(kind: type) -> list[str]:
    """The arguments that a layer cannot do without, in order."""
    return [key for key, default in arguments(kind).items() if default is Parameter.empty]


def plain(given: Any) -> Any:
    """Equal numbers as one.

    Example:
        >>> plain([3, 3]), plain([[1, 1], [1, 1]]), plain([2, 1])
        (3, 1, [2, 1])
    """
    if isinstance(given, (list, tuple)) and given:
        parts = [plain(part) for part in given]
        return parts[0] if isinstance(parts[0], int) and parts.count(parts[0]) == len(parts) else given
    return given


def quoted(text: str) -> str:
    """A text between double quotes, as Python reads it."""
    return json.dumps(text, ensure_ascii=False)


def value(given: Any) -> str:
    """The text of plain data, initializers, regularizers and constraints."""
    if isinstance(given, str):
        return quoted(given)
    if isinstance(given, dict) and "class_name" in given:
        module = MODULES.get(given.get("module") or "", "layers")
        inner = ", ".join(f"{key}={value(part)}" for key, part in given["config"].items() if part is not None)
        return f"{module}.{given['class_name']}({inner})"
    if isinstance(given, (list, tuple)):
        inner = ", ".join(map(value, given))
        return f"({inner}{',' if len(given) == 1 else ''})"
    return repr(given)


def identifier(name: str, other: str) -> str:
    """A name fit for a variable."""
    found = re.sub(r"\W", "_", name)
    return found if found.isidentifier() and found not in ("layers", "keras", "ops") else f"{other}_{found}"


HEAD = '''"""{name}: a network in Keras 3, written by nabi. Its weights lie in {weights}."""

from pathlib import Path

import keras
from keras import {names}


{inner}{build}

def load(path=Path(__file__).with_name("{weights}")):
    """The network with its weights, ready to predict."""
    model = build()
    model.load_weights(path)
    return model


if __name__ == "__main__":
    load().summary()
'''
