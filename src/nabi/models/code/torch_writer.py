"""Torch: a model as the nn.Module that a person would write, its weights in torch's shapes and order.

    class Net(nn.Module):
        def __init__(self):                     one line a layer with weights
        def forward(self, x):                   one line a call, in the model's order

Pictures are (N, C, H, W) in it, in and out; sequences stay (N, steps, features), and are turned for torch's Conv1d. Where Keras'
order of numbers matters (Flatten, Reshape), a picture is turned back first. Nested models are written out.
"""

import json
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.errors import FileError
from nabi.layers.layer import Layer
from nabi.models.naming import is_model

TAKEN = {
    "forward",
    "train",
    "eval",
    "training",
    "parameters",
    "modules",
    "children",
    "register_buffer",
    "type",
    "float",
    "double",
    "to",
    "half",
    "cpu",
    "cuda",
    "apply",
    "state_dict",
    "self",
    "x",
    "F",
    "nn",
    "torch",
    "compile",
    "share_memory",
    "zero_grad",
    "add_module",
}
LAYERS: dict[str, Callable] = {}
MASKS: dict[str, Callable] = {  # the text of the mask that a layer makes: which steps count
    "Embedding": lambda layer, x: f"{x.channels_last} != 0",
    "Masking": lambda layer, x: f"({x.channels_last} != {layer.mask_value!r}).any(-1)",
}
MASKED = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "GlobalAveragePooling1D", "BatchNormalization")  # that may read one


@dataclass
class Value:
    """A tensor in the code: the text that stands for it, its shape in Keras, and whether its channels come second."""

    text: str
    shape: tuple
    first: bool = False

    @property
    def channels_first(self) -> str:
        """The text of it with channels second."""
        return self.text if self.first or len(self.shape) < 3 else turned(self.text, len(self.shape), True)

    @property
    def channels_last(self) -> str:
        """The text of it in Keras' order."""
        return self.text if not self.first or len(self.shape) < 3 else turned(self.text, len(self.shape), False)

    @property
    def axis(self) -> int:
        """Where its channels are."""
        return 1 if self.first and len(self.shape) > 2 else -1

    def dim(self, axis: int) -> int:
        """Where an axis of Keras' order is.

        Example:
            >>> picture = Value("x", (None, 8, 9, 3), True)
            >>> [picture.dim(axis) for axis in (0, 1, 2, -1)]
            [0, 2, 3, 1]
        """
        axis, last = axis % len(self.shape), len(self.shape) - 1
        return axis if not self.first or not axis or last < 2 else 1 if axis == last else axis + 1


def turned(text: str, rank: int, first: bool) -> str:
    """A tensor's text with its channels moved."""
    if rank == 3:
        return f"{text}.transpose(1, 2)"
    return f"{text}.permute({'0, 3, 1, 2' if first else '0, 2, 3, 1'})"


def writes(*names: str) -> Callable[[Callable], Callable]:
    """Decorator: a function (writer, layer, values, shape) that gives the `Value` of a layer of one of these classes."""

    def enter(function: Callable) -> Callable:
        LAYERS.update(dict.fromkeys(names, function))
        return function

    return enter


class TorchWriter:
    """The code of a network while layer after layer is written.

    Attributes:
        made: lines of the constructor.
        lines: lines of `forward`.
        state: the module's weights by torch's names.
        masks: the text of the mask that a call reads, by its slot.
        helpers: functions that stand above the network.
    """

    def __init__(self, model: Any):
        self.model = model
        self.made: list[str] = []
        self.lines: list[str] = []
        self.state: dict[str, np.ndarray] = {}
        self.names: dict[int, str] = {}
        self.met: set[int] = set()
        self.masks: dict[int, str] = {}
        self.mask: str | None = None
        self.helpers: dict[str, str] = {}

    def refuse(self, layer: Layer, what: str) -> FileError:
        """The error for a layer that is not written."""
        return FileError(
            f'to_code("torch") of {self.model.label}, {layer.label}',
            "a layer that can be written in torch",
            what,
            "model.as_torch() gives an nn.Module of any model; model.save(...) keeps it.",
        )

    def name(self, layer: Layer, ending: str = "") -> str:
        """The attribute of a layer: its name, made fit for Python."""
        key = id(layer) if not ending else hash((id(layer), ending))
        if key not in self.names:
            plain = re.sub(r"\W", "_", layer.name + ending)
            plain = f"layer_{plain}" if not plain.isidentifier() or keyword.iskeyword(plain) or plain in TAKEN else plain
            used, number = set(self.names.values()), 2
            unique = plain
            while unique in used:
                unique, number = f"{plain}_{number}", number + 1
            self.names[key] = unique
        return self.names[key]

    def first_met(self, layer: Layer) -> bool:
        """Whether a layer is met for the first time; from now on it is not."""
        new = id(layer) not in self.met
        self.met.add(id(layer))
        return new

    def module(self, layer: Layer, text: str, state: dict[str, np.ndarray], ending: str = "") -> str:
        """A module with its weights; the text that calls it. A layer that is used twice has one."""
        known = (id(layer) if not ending else hash((id(layer), ending))) in self.names
        name = self.name(layer, ending)
        if not known:
            self.made.append(f"self.{name} = {text}")
            self.state.update({f"{name}.{key}": np.ascontiguousarray(array) for key, array in state.items()})
        return f"self.{name}"

    def written(self) -> None:
        """Writes all calls."""
        graph = self.model.require_graph()
        shapes = self.model.slot_shapes([symbol.shape for symbol in graph.inputs])
        last = {slot: number for number, call in enumerate(graph.calls) for slot in call.inputs}
        last.update(dict.fromkeys(graph.output_slots, len(graph.calls)))
        values: dict[int, Value] = {}
        self.inputs = []
        for number, slot in enumerate(graph.input_slots):
            text = "x" if len(graph.input_slots) == 1 else f"x{number + 1}"
            values[slot] = Value(text, shapes[slot], len(shapes[slot]) == 4)
            self.inputs.append(values[slot])
        read_masks = {slot for call in graph.calls if call.reads for slot in call.masks}
        for number, call in enumerate(graph.calls):
            if not call.inputs:
                continue
            layer, read = call.layer, [values[slot] for slot in call.inputs]
            if layer.augments and not layer.weights and shapes[call.outputs[0]] == read[0].shape and not is_model(layer):
                self.lines.append(f"# {type(layer).__name__} varied the pictures here, in training alone")
                values[call.outputs[0]] = read[0]
                continue
            write = LAYERS.get(type(layer).__name__)
            if write is None or not type(layer).__module__.startswith("nabi."):
                raise self.refuse(layer, type(layer).__name__)
            self.mask = None
            if call.reads and any(mask is not None for mask in call.masks):
                if type(layer).__name__ not in MASKED or len(call.masks) > 1 or call.masks[0] not in self.masks:
                    raise self.refuse(layer, "a layer that reads a mask")
                self.mask = self.masks[call.masks[0]]
            if call.training:
                raise self.refuse(layer, "a call with training=True")
            if len(call.outputs) > 1:
                raise self.refuse(layer, "several outputs")
            (slot,) = call.outputs
            if call.filled and call.filled[0] in read_masks and type(layer).__name__ in MASKS:
                self.masks[call.filled[0]] = mask = f"mask_{len(self.masks) + 1}" if self.masks else "mask"
                self.lines.append(f"{mask} = {MASKS[type(layer).__name__](layer, read[0])}")
            made = write(self, layer, read, shapes[slot])
            free = [values[s].text for s in call.inputs if last.get(s) == number and values[s].text.isidentifier()]
            busy = {values[s].text for s in values if last.get(s, -1) > number}
            if not made.text.isidentifier():
                target = next((text for text in free if text not in busy), None) or self.fresh(layer, busy)
                self.lines.append(f"{target} = {made.text}")
                made = Value(target, made.shape, made.first)
            values[slot] = made
        self.outputs = []
        for slot in graph.output_slots:
            value = values[slot]
            self.outputs.append(value.channels_first if len(value.shape) == 4 else value.channels_last)

    def fresh(self, layer: Layer, busy: set[str]) -> str:
        """A variable's name that is free."""
        plain = re.sub(r"\W", "_", layer.name)
        plain = f"y_{plain}" if not plain.isidentifier() or keyword.iskeyword(plain) or plain in TAKEN - {"x"} else plain
        number, name = 2, "x" if "x" not in busy else plain
        while name in busy:
            name, number = f"{plain}_{number}", number + 1
        return name

    def text(self, weights: str) -> str:
        """The whole file."""
        self.written()
        made = self.made or ["pass"]
        names = ", ".join(value.text for value in self.inputs)
        shapes = "; ".join(f"{value.text}: {told(value)}" for value in self.inputs)
        outputs = ", ".join(self.outputs)
        if self.model.output_structure is not None:
            outputs = ", ".join(f"{json.dumps(n)}: {text}" for n, text in zip(self.model.output_names, self.outputs, strict=True))
            outputs = "{" + outputs + "}"
        lines = "\n".join(f"        {line}" for line in self.lines)
        body = "\n".join(f"        {line}" for line in made)
        return HEAD.format(
            name=self.model.name,
            weights=weights,
            made=body,
            helpers="".join(f"{text}\n\n\n" for text in self.helpers.values()),
            names=names,
            shapes=shapes,
            lines=f"{lines}\n" if lines else "",
            outputs=outputs,
        )


def told(value: Value) -> str:
    """A shape in words: (N, 1, 28, 28)."""
    sizes = list(value.shape[1:])
    if value.first:
        sizes = [sizes[-1], *sizes[:-1]]
    return f"({', '.join(['N', *('?' if n is None else str(n) for n in sizes)])})"


HEAD = '''"""{name}: a network in PyTorch, written by nabi. Its weights lie in {weights}."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


{helpers}class Net(nn.Module):
    def __init__(self):
        super().__init__()
{made}

    def forward(self, {names}):
        # {shapes}
{lines}        return {outputs}


def load(path=Path(__file__).with_name("{weights}")):
    """The network with its weights, ready to predict."""
    net = Net()
    with np.load(path) as arrays:
        net.load_state_dict({{name: torch.from_numpy(arrays[name]) for name in arrays.files}})
    return net.eval()


if __name__ == "__main__":
    print(load())
'''
