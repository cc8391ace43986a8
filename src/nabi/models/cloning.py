"""Cloning: a model with the same layers and fresh weights: `clone_model`; and the way back from `to_json`: `model_from_json`.

    clone_model(model)                                   every layer anew, from its configuration
    clone_model(model, clone_function=function)          function(layer) gives the layer that takes its place

Source: Keras 3.15, models/cloning.py. For a copy with the weights in it there is `copy.deepcopy(model)`; `duplicate` leaves the
compile settings out, and takes no more memory than the weights of the copy.
"""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import torch

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, FileError, NabiError
from nabi.core.numbers import flag
from nabi.layers import Input, Layer
from nabi.layers.function import speaking
from nabi.layers.input import InputLayer
from nabi.layers.node import Symbol, flatten
from nabi.layers.weight import supplied
from nabi.models.config import layer_from_entry
from nabi.models.forms import again
from nabi.models.keras_format import from_entry, is_keras
from nabi.models.model import Model
from nabi.models.naming import is_model
from nabi.models.saving import also_known, own_classes
from nabi.models.sequential import Sequential


def same_again(layer: Layer) -> Layer:
    """What a layer's configuration makes: its twin with fresh weights."""
    return type(layer).from_config(layer.get_config())


@checked
def clone_model(model, input_tensors=None, clone_function: Callable[[Layer], Layer] = same_again, recursive=False,
                call_function: Callable | None = None):
    """A model with new layers in the places of the old ones, with fresh weights, not compiled.

    Args:
        model: a Sequential, or a model made of inputs and outputs.
        input_tensors: inputs to begin with in place of new ones: what `Input` gave, or a list of it.
        clone_function: `function(layer)` gives the layer that takes a layer's place; it is called once a layer, not for inputs.
        recursive: whether `clone_function` goes into models that are layers of this one; else it is called for them as they are.
        call_function: `function(layer, *args, **kwargs)` calls a new layer on what it reads, and may put others beside it; the
            result is then a model of inputs and outputs.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2, name="out")])
        >>> twin = clone_model(model)
        >>> twin.layers[0].name, twin.layers[0] is model.layers[0], twin.count_params()
        ('out', False, 10)

    Raises ArgumentError for a model that is written as `call`: make another one of its class.
    """
    if not is_model(model) or model.written:
        raise ArgumentError("clone_model(model)", "a Sequential or a model of inputs and outputs", repr(model),
                            "Make a new one of its class; copy.deepcopy(model) copies the weights, too.")
    if not callable(clone_function):
        raise ArgumentError("clone_model(clone_function)", "a function of a layer", repr(clone_function))
    flag("clone_model(recursive)", recursive)
    given = flatten([] if input_tensors is None else input_tensors)
    if input_tensors is not None and (not all(isinstance(x, Symbol) for x in given) or len(given) != len(model.input_names)):
        raise ArgumentError("clone_model(input_tensors)", f"{len(model.input_names)} of what Input gives", repr(input_tensors))
    with speaking(), also_known(own_classes(model)):
        copies = {id(layer): cloned(layer, clone_function, recursive) for layer in model.layers}
    if call_function is not None and not callable(call_function):
        raise ArgumentError("clone_model(call_function)", "a function of a layer and its arguments, or None", repr(call_function))
    if isinstance(model, Sequential) and call_function is None:
        first = given or [Input(symbol.shape[1:], name=symbol.name) for symbol in model.symbols[:1]]
        twin = Sequential([*first, *copies.values()], name=model.name)
    else:
        twin = rewired(model, copies, given, call_function or called)
    twin.rate_factor = model.rate_factor
    return twin


def cloned(layer: Layer, clone_function: Callable[[Layer], Layer], recursive: bool) -> Layer:
    """What takes a layer's place."""
    if isinstance(layer, InputLayer):
        return layer
    if recursive and is_model(layer):
        return clone_model(layer, clone_function=clone_function, recursive=True)
    made = clone_function(layer)
    if not isinstance(made, Layer):
        raise ArgumentError("clone_model(clone_function)", f"a layer in the place of {layer.label}", repr(made))
    return made


def called(layer: Layer, *args: Any, **kwargs: Any) -> Any:
    """The usual call of a layer."""
    return layer(*args, **kwargs)


def rewired(model: Any, copies: Mapping[int, Layer], given: list[Symbol], call_function: Callable) -> Model:
    """A model in which the copies read each other as the layers do in `model`."""
    graph = model.graph
    inputs = given or [Input(symbol.shape[1:], name=symbol.name) for symbol in graph.inputs]
    made = dict(zip(map(id, graph.inputs), inputs, strict=True))
    for node in graph.nodes:
        if any(id(symbol) not in made for symbol in node.outputs):
            read = [made[id(symbol)] for symbol in node.inputs]
            layer = copies[id(node.layer)]
            args, kwargs = again(layer, read, node.form, node.training)
            outputs = call_function(layer, *args, **kwargs)
            made.update(zip(map(id, node.outputs), flatten(outputs), strict=True))
    twin = Model(inputs, [made[id(symbol)] for symbol in graph.outputs], name=model.name)
    if not given:
        twin.input_names = list(model.input_names)
    twin.output_names, twin.output_structure = list(model.output_names), model.output_structure
    return twin


def duplicate(model: Any) -> Any:
    """A model that shares nothing with this one, not compiled: layers, weights, which of them learn, card.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2)])
        >>> twin = duplicate(model)
        >>> twin.weights[0].assign(twin.weights[0].value + 1)
        >>> bool((twin.weights[0].value == model.weights[0].value + 1).all())
        True
    """
    if model.written:
        made = copy.deepcopy(model)
        made.trainer = None
        return made
    device = next((w.stored.device for w in model.weights), None)  # "meta" for an outline, whose weights are shapes alone

    def supply(layer, shape, dtype):
        return torch.zeros((), dtype=dtype, device=device).expand(shape)

    with supplied(supply):
        made = clone_model(model)
    for fresh, weight in zip(made.weights, model.weights, strict=True):
        fresh.assign(weight.value.detach())
    made.card = dict(model.card)
    return made


@checked
def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None):
    """The model of `model.to_json()`, of nabi's or Keras' own, with fresh weights.

    Args:
        json_string: the text.
        custom_objects: {name: class or function} that it may name besides what is registered.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2, name="out")])
        >>> model_from_json(model.to_json()).get_layer("out").units
        2

    Raises FileError for a text that is no model, or names layers that are not known.
    """
    try:
        entry = json.loads(json_string)
    except (TypeError, ValueError):
        raise FileError("model_from_json(json_string)", "the text that to_json gave", repr(json_string)[:80]) from None
    if not isinstance(entry, dict) or not {"class_name", "config"} <= set(entry):
        raise FileError("model_from_json(json_string)", "a model as nabi or Keras writes it", repr(json_string)[:80])
    try:
        with also_known(custom_objects or {}):
            model = from_entry(entry) if is_keras(entry) or "registered_name" in entry else layer_from_entry(entry, [])
    except NabiError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise FileError("model_from_json(json_string)", "a model as nabi writes it", f"{type(error).__name__}: {error}") from None
    if not is_model(model):
        raise FileError("model_from_json(json_string)", "a model", model.label)
    return model
