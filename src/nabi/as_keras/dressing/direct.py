"""Direct: layers and models of the user's own whose `call` takes more than one thing: it is called as it stands.

    class Decoder(tf.keras.Model):
        def call(self, x, hidden, encoded): ...

    scores, state = decoder(x, hidden, encoded)          on tensors: whatever it gives, followed by tapes
    y = attention(v, k=x, q=x, mask=None)(...)           on symbols: a node that reads all symbols among the arguments

The layers inside are built when they are reached, and go by the mode that was given.
"""

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, wraps
from typing import Any

import numpy as np
import torch

from nabi.as_keras.patches import Patches
from nabi.layers import Lambda, Layer
from nabi.layers.inside import RUNNING, entered, holding, settle
from nabi.layers.node import Place, Symbol, exchanged, filled, flatten, form_of
from nabi.models import Model

KNOWN = {"training", "inputs", "mask"}


def dress_direct(patches: Patches) -> None:
    """Puts it on layers and models."""
    patches.around(Layer, "__call__", with_more)
    patches.around(Model, "__call__", with_more)


def with_more(method: Callable) -> Callable:
    """`__call__`, which hands on whatever a `call` of the user's takes; nodes note how symbols were given."""

    @wraps(method)
    def call(self, *args, **options):
        before = len(self.__dict__.get("nodes", ()))
        made = given(self, *args, **options)
        nodes = self.__dict__.get("nodes", ())
        if len(nodes) > before and self.own_code and not isinstance(self, (Lambda, Model)):
            nodes[-1].form = form_of(args, options, nodes[-1].inputs)
        return made

    def given(self, *args, **options):
        model = isinstance(self, Model)
        if model and (not self.written or method.__qualname__.startswith("Layer.")) or not asks_for_more(self, args, options):
            return method(self, *args, **options)
        symbols = any(isinstance(leaf, Symbol) for leaf in flatten([args, options]))
        if symbols and not model:
            return method(self, spread(self, args, options))
        args, options = tuple(map(as_tensor, args)), {name: as_tensor(value) for name, value in options.items()}
        begin(self, args[0] if args else next(iter(options.values())))
        with nullcontext() if symbols else in_mode(self, args, options):
            made = type(self).call(self, *args, **options)
        settle(self)
        return made

    return call


def in_mode(layer: Layer, args: tuple, options: dict[str, Any]) -> Any:
    """The block in which the layers inside go by the mode among the arguments, or by that around; `call` is told, too."""
    names, outer = places(type(layer)), RUNNING.get()
    at = names.index("training") if "training" in names else len(args)
    given = args[at] if at < len(args) else options.get("training")
    mode = bool(given) if given is not None else outer is not None and outer.training
    if at >= len(args) and "training" in names:
        options["training"] = mode
    return holding(RUNNING, entered(mode, layer.own_key() if outer is None else None))


def asks_for_more(layer: Layer, args: tuple, options: dict[str, Any]) -> bool:
    """Whether these arguments are more than inputs, the mode and a mask that need not be given."""
    kind = type(layer)
    if args and own_way(kind) and nested(args[0]):
        return True
    if kind.call.__module__.startswith("nabi.") or isinstance(layer, Lambda) or not args and not options:
        return False
    names = places(kind)
    second = len(args) == 2 and len(names) > 1 and names[1] != "training"
    mask = "mask" in options and ("mask" in needed(kind) or isinstance(options["mask"], Symbol))
    return len(args) > 2 or second or mask or bool((set(options) - KNOWN) & set(names))


def own_way(kind: type) -> bool:
    """Whether what it computes is the user's: a `call` or a function of his."""
    return issubclass(kind, Lambda) or not kind.call.__module__.startswith("nabi.")


def nested(inputs: Any) -> bool:
    """Whether inputs are more than one tensor or a list of them: lists in lists, lists in dicts; of tensors or symbols."""
    parts = inputs.values() if isinstance(inputs, dict) else inputs if isinstance(inputs, (list, tuple)) else ()
    groups = [part for part in parts if isinstance(part, (list, tuple, dict))]
    return any(isinstance(leaf, (Symbol, torch.Tensor)) for leaf in flatten(groups))


@cache
def places(kind: type) -> tuple[str, ...]:
    """The names of the arguments of its `call`, in order, without self."""
    return tuple(inspect.signature(kind.call).parameters)[1:]


@cache
def needed(kind: type) -> frozenset[str]:
    """Those of them that must be given."""
    return frozenset(name for name, one in inspect.signature(kind.call).parameters.items() if one.default is one.empty)


def as_tensor(value: Any) -> Any:
    """An array of numbers as a tensor, whose floats are floatx; everything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "buif":
        made = torch.as_tensor(value)
        return made.float() if made.dtype is torch.float64 else made
    return value


def begin(layer: Any, inputs: Any) -> None:
    """Runs its own `build`, once; what is built otherwise is built when `call` reaches it."""
    shape = shapes_of(inputs if nested(inputs) else flatten(inputs))
    shape = shape[0] if isinstance(shape, list) and len(shape) == 1 else shape
    if not isinstance(layer, Model):
        if not layer.built:
            layer.build(shape)
    elif not layer.own_built:
        layer.own_built = True
        build = getattr(type(layer).build, "__wrapped__", None)
        if build is not None and not build.__module__.startswith("nabi."):
            build(layer, shape)
    layer.built = True


def shapes_of(inputs: Any) -> Any:
    """The shapes of tensors, in their structure."""
    if isinstance(inputs, dict):
        return {name: shapes_of(part) for name, part in inputs.items()}
    return list(map(shapes_of, inputs)) if isinstance(inputs, (list, tuple)) else tuple(getattr(inputs, "shape", ()))


def spread(layer: Layer, args: tuple, options: dict[str, Any]) -> list:
    """The symbols and tensors among the arguments; from now on the layer's `call` puts them where they stood."""
    found: list = []

    def place(value: Any) -> Any:
        if not isinstance(value, (Symbol, torch.Tensor, np.ndarray)):
            return value
        found.append(value)
        return Place(len(found) - 1)

    pattern = exchanged((args, options), place)
    patterns = layer.__dict__.setdefault("_patterns", {})  # of each number of tensors: a layer may be called in several ways
    patterns[len(found)] = pattern

    def call(tensors: list, **more: Any) -> Any:
        told, named = patterns[len(tensors)]
        positions = dict(zip(places(type(layer)), [filled(one, tensors) for one in told], strict=False))
        words = positions | {name: filled(value, tensors) for name, value in named.items()}
        if words.get("training", True) is None:
            del words["training"]
        return type(layer).call(layer, **(more | words))

    object.__setattr__(layer, "takes_list", True)
    object.__setattr__(layer, "call", call)
    if args and nested(args[0]) and "build" not in vars(layer):
        object.__setattr__(layer, "build", lambda shapes: type(layer).build(layer, filled(pattern[0][0], shapes)))
    return found
