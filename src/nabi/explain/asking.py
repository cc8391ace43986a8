"""Asking: what every method takes besides its own arguments: several pictures, one of several outputs, one of several inputs.

    saliency(model, pictures)                         a batch (N, ...): a list of N results
    saliency(model, pictures, [3, 7, ...])            a class for each
    grad_cam(model, x, output="main")                 a model with several outputs: which one answers
    saliency(model, [image, numbers], input="image")  a model with several inputs: which one is explained; the others stay
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from inspect import Parameter, signature
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, UnknownName, did_you_mean
from nabi.core.numbers import is_whole
from nabi.layers import Input, Lambda
from nabi.models import Model


def explains(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of a method `(model, x, class_index, ...)` of one picture: it takes batches, `output=` and `input=` as well."""

    @wraps(method)
    def call(model, x, class_index=None, *args, output=None, input=None, others=None, **options):
        where = method.__name__
        part, given, kept = chosen(where, model, x, output, input, others)
        batch = several(where, part, given)
        if batch is None:
            found = method(part, given, class_index, *args, **options)
            return replace(found, options={**found.options, **kept}) if kept else found
        classes = list(class_index) if isinstance(class_index, (list, tuple, np.ndarray)) else [class_index] * len(batch)
        if len(classes) != len(batch):
            raise ArgumentError(f"{where}(class_index)", f"one class, or {len(batch)}, one for each picture", len(classes))
        found = [method(part, one, k, *args, **options) for one, k in zip(batch, classes, strict=True)]
        return [replace(one, options={**one.options, **kept}) for one in found] if kept else found

    more = [Parameter(name, Parameter.KEYWORD_ONLY, default=None) for name in ("output", "input", "others")]
    own = signature(method)
    call.__signature__ = own.replace(parameters=[*own.parameters.values(), *more])  # type: ignore[attr-defined]
    return call


def several(where: str, model: Any, x: Any) -> Any:
    """The pictures of a batch of several; None for one picture.

    Raises DataError for none.
    """
    graph = getattr(model, "graph", None)
    if graph is None or not hasattr(x, "__len__"):
        return None
    shape = np.shape(x.detach() if hasattr(x, "detach") else x)
    if len(shape) != len(graph.inputs[0].shape) or shape[0] == 1 or len(shape) < 2:
        return None
    if not shape[0]:
        raise DataError(f"{where}(x)", "one picture or more", "none")
    return x


def chosen(where: str, model: Any, x: Any, output: Any = None, input: Any = None,
           others: Any = None) -> tuple[Any, Any, dict[str, Any]]:
    """The part of a model with one input and one output that is asked, its x, and what says which part it is.

    Raises ArgumentError, UnknownName: an output or input that is not there, or none where there are several.
    """
    if not isinstance(model, Model) or getattr(model, "graph", None) is None:
        return model, x, {}
    kept: dict[str, Any] = {}
    made = model
    if len(model.inputs) > 1:
        made, x, kept = with_one_input(where, model, x, input, others)
    elif input is not None:
        position(f"{where}(input)", list(model.input_names), input)
    if output is not None:
        names = list(model.output_names)
        number = position(f"{where}(output)", names, output)
        kept["output"] = output
        if len(names) > 1:
            made = Model(made.inputs, made.outputs[number], name=model.name)
    elif len(model.outputs) > 1:
        raise ArgumentError(f"{where}(output)", f"one of {', '.join(map(repr, model.output_names))}", "none",
                            f"The model has several outputs: {where}(model, x, output={model.output_names[0]!r}).")
    if made is not model:
        made.card = dict(model.card)
    return made, x, kept


def with_one_input(where: str, model: Any, x: Any, input: Any, others: Any) -> tuple[Any, Any, dict[str, Any]]:
    """The model with all inputs but one held at what was given for them."""
    names = list(model.input_names)
    if input is None:
        raise ArgumentError(f"{where}(input)", f"one of {', '.join(map(repr, names))}", "none",
                            f"The model has several inputs: {where}(model, [...], input={names[0]!r}).")
    number = position(f"{where}(input)", names, input)
    if others is None:
        x = [x.get(name) for name in names] if isinstance(x, Mapping) else x
        if not isinstance(x, Sequence) or isinstance(x, str) or len(x) != len(names) or any(one is None for one in x):
            raise ArgumentError(f"{where}(x)", f"a list or dict of {len(names)} inputs: {', '.join(names)}", type(x).__name__)
        others = [np.asarray(one) for k, one in enumerate(x) if k != number]
        x = x[number]
    free = Input(model.inputs[number].shape[1:], name=names[number])
    rest = iter(others)
    fed = [free if k == number else held(where, names[k], next(rest), model.inputs[k].shape[1:])(free) for k in range(len(names))]
    return Model(free, model(fed), name=model.name), x, {"input": input, "others": others}


def held(where: str, name: str, value: Any, shape: tuple) -> Any:
    """A layer that gives one sample of an input, whatever it reads; as often as there are pictures.

    Raises ArgumentError for several samples, or another shape.
    """
    array = np.asarray(value, dtype=np.float32)
    array = array[None] if array.ndim == len(shape) else array
    if len(array) != 1 or any(want not in (None, got) for want, got in zip(shape, array.shape[1:], strict=False)) \
            or array.ndim != len(shape) + 1:
        raise ArgumentError(f"{where}(x)", f"one sample {tuple(shape)} for input {name!r}", np.shape(value))
    constant = torch.from_numpy(array)

    def repeated(t: torch.Tensor) -> torch.Tensor:
        return constant.to(t.dtype).expand(len(t), *constant.shape[1:])

    return Lambda(repeated, output_shape=tuple(array.shape[1:]), name=f"{name}_held")


def position(where: str, names: list[str], wanted: Any) -> int:
    """The number of an input or output that was named or numbered.

    Raises UnknownName, ArgumentError.
    """
    if isinstance(wanted, str):
        if wanted not in names:
            raise UnknownName(where, "a name of the model's", repr(wanted), did_you_mean(wanted, names))
        return names.index(wanted)
    if not is_whole(wanted) or not 0 <= int(wanted) < len(names):
        raise ArgumentError(where, f"a name, or a whole number from 0 to {len(names) - 1}", repr(wanted))
    return int(wanted)
