"""Calling: layers called as Keras allows: on several tensors, on a list by a class of the user's, with arguments of its `call`.

    attention(query, value)          the list [query, value]
    Sampling()([mean, variance])     a class whose `call` takes a list need not say so
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np
import torch

from nabi.as_keras.dressing.older_attributes import PARTS, older_name
from nabi.as_keras.notes import note
from nabi.layers import Lambda, Layer
from nabi.layers.node import Symbol
from nabi.layers.weight import Weight
from nabi.models import Model
from nabi.models.given_masks import with_mask

TENSORS = (Symbol, torch.Tensor, np.ndarray, Weight)
NAMED = ("query", "value", "key")  # what attention layers are called with
NOT_HERE = {"attention_mask": None, "return_attention_scores": False, "use_causal_mask": False, "constants": None}


def several(method: Callable) -> Callable:
    """`Layer.__call__`, on several tensors too."""

    @wraps(method)
    def call(self, *args, **options):
        if isinstance(self, Model):
            return method(self, *args, **without(options))
        if own(self) and isinstance(args[0] if args else options.get("inputs"), dict):
            named = args[0] if args else options.pop("inputs")
            args = by_names(self, named), *args[1:]
        mask = args[2] if len(args) > 2 else options.get("mask")  # recurrent layers hand it on in its place
        if isinstance(mask, Symbol) and args and not own(self) and (self.hands_masks_on or self.reads_mask(1)):
            options.pop("mask", None)
            args = (with_mask(args[0], mask), *args[1:2])
        given = list(args)
        for name in NAMED:
            if isinstance(options.get(name), TENSORS):
                given.append(options.pop(name))
        first = [one for one in given if isinstance(one, TENSORS)]
        if len(first) > 1 and isinstance(given[0], TENSORS):
            rest = [one for one in given if not isinstance(one, TENSORS)]
            if own(self):
                spread(self)
            return method(self, first, *rest, **without(options))
        if own(self) and isinstance(given[0], (list, tuple)) and not isinstance(self, Lambda) and not self.takes_list:
            object.__setattr__(self, "takes_list", True)
        return method(self, *given, **without(options))

    return call


def own(layer: Layer) -> bool:
    """Whether its class is the user's."""
    return not type(layer).__module__.startswith("nabi.")


def spread(layer: Layer) -> None:
    """From now on the layer's `call` gets the tensors of its list one by one.

    Of their masks `mask` is the first's, as in Keras 2, and `value_mask` that of the argument `value`, as in Keras 3.
    """
    if "call" in layer.__dict__:
        return
    places = [name for name in signature(type(layer).call).parameters if name != "self"]
    named = [f"{name}_mask" for name in places]

    def call(tensors: list, mask: Any = None, **options: Any) -> Any:
        if mask is not None:
            given = {"mask": mask[0], **dict(zip(named, mask, strict=False))}
            options |= {name: one for name, one in given.items() if name in places}
        return type(layer).call(layer, *tensors, **options)

    object.__setattr__(layer, "takes_list", True)
    object.__setattr__(layer, "call", call)
    if set(named) & set(places):
        object.__setattr__(layer, "reads_mask", lambda inputs: True)


def by_names(layer: Layer, named: dict[str, Any]) -> list:
    """The tensors of a dict, and from now on the layer's `call` gets such a dict: {"query": x, "mask": None}."""
    tensors = {name: value for name, value in named.items() if isinstance(value, TENSORS)}
    others = {name: value for name, value in named.items() if name not in tensors}
    object.__setattr__(layer, "takes_list", True)
    object.__setattr__(layer, "call", lambda found, **options: type(layer).call(
        layer, others | dict(zip(tensors, found, strict=True)), **options))
    return list(tensors.values())


def without(options: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a call that nabi's layers take; what is left out is said where it means something."""
    for word, plain in NOT_HERE.items():
        if word in options:
            value = options.pop(word)
            if value is not plain and not (value is None or value is False):
                note(word, f"{word} of a layer's call has no effect here.")
    return options


def output_shape(method: Callable) -> Callable:
    """`__getattr__` that knows Keras 2's `layer.output_shape`, batch axis included, and Keras 1's `layer.W`."""

    @wraps(method)
    def get(self, name):
        if name == "output_shape" and self.__dict__.get("nodes"):
            shapes = [tuple(symbol.shape) for symbol in self.nodes[0].outputs]
            return shapes[0] if len(shapes) == 1 else shapes
        if name in ("_name", "_layers"):
            return getattr(self, name[1:])
        weights, older = self.__dict__.get("_weights", {}), older_name(type(self), name)
        if older and name not in weights and older in {*vars(self), *weights}:
            return PARTS.get(name, lambda value: value)(getattr(self, older))
        return method(self, name)

    return get


def model_shape(side: str) -> property:
    """Keras' `model.input_shape` or `model.output_shape`, batch axis included: None, or what its first input was told."""

    def read(self):
        if self.__dict__.get("graph") is None and self.__dict__.get("_graph") is None and not self.__dict__.get("built"):
            return self.__dict__.get(f"{side}_shape")
        batch = getattr(self.inputs[0].node.layer, "batch_size", None)
        shapes = [(batch, *tuple(symbol.shape)[1:]) for symbol in getattr(self, f"{side}s")]
        return shapes[0] if len(shapes) == 1 else shapes

    def write(self, value):
        self.__dict__[f"{side}_shape"] = value

    return property(read, write)
