"""Own state: what a checkpoint keeps of a model whose steps are its own, besides what it keeps of every model.

    hands        optimizers that are given gradients by hand: which weights they learn, and their memory
                 @hand/d_optimizer/0/m, ...    the vectors, as arrays of the file
    attributes   whatever among the model's attributes has state() and load_state(): metrics, seed generators
    counters     seed and counters of the models inside; draws of layers that are called by themselves
    last         what the last train_step returned

Other attributes, such as numbers that a train_step counts in, are not kept.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from nabi.core.errors import StateError
from nabi.layers.inside import opened
from nabi.models.naming import is_model, named_weights
from nabi.models.written import KEPT
from nabi.optimizers import Optimizer


def own_state(trainer: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Plain data; vectors are added to `arrays`.

    Raises:
        StateError: an optimizer has learned weights that the model does not have.
    """
    model, hands = trainer.model, {}
    names = {id(w): name for name, w in named_weights(model).items()}
    for key, optimizer in optimizers_of(trainer):
        if optimizer.hand is None:
            continue
        learned = optimizer.hand.weights
        strange = [w.path for w in learned if id(w) not in names]
        if strange:
            raise StateError(f"checkpoint of {model.label}", f"weights of the model in self.{key}", f"'{strange[0]}'",
                             "Make the layer or model that has it an attribute: self.net = net.")
        hands[key] = {"class_name": type(optimizer).__name__, "weights": [names[id(w)] for w in learned],
                      "segments": segments(optimizer), "state": optimizer.state_dict()}
        for place, vector in vectors_of(key, optimizer):
            arrays[place] = vector.detach().cpu().numpy()
    return {"hands": hands, "attributes": {name: thing.state() for name, thing in states_in(model)},
            "counters": [layer.counters.state() for layer in opened(model)[1:] if is_model(layer)],
            "draws": [None if layer.own_seed is None else [layer.own_seed, layer.calls] for layer in opened(model)],
            "last": trainer.own.trained.state()["last"]}


def load_own(trainer: Any, state: dict[str, Any], vectors: dict[str, np.ndarray]) -> None:
    """Goes on from what `own_state` gave.

    Raises:
        StateError: it is of other optimizers, or of other layers.
    """
    model, known = trainer.model, dict(optimizers_of(trainer))
    weights = named_weights(model)
    for key, saved in state["hands"].items():
        optimizer = known.get(key)
        if optimizer is None or type(optimizer).__name__ != saved["class_name"] or not set(saved["weights"]) <= set(weights):
            raise StateError(f"checkpoint of {model.label}", f"the optimizer self.{key}, a {saved['class_name']}",
                             f"{optimizer!r}", "Compile as the interrupted run did.")
        optimizer.build([weights[name] for name in saved["weights"]])
        if segments(optimizer) != saved["segments"]:
            raise StateError(f"checkpoint of {model.label}", f"the memory of self.{key}", "one of other weights")
        optimizer.load_state_dict(saved["state"])
        for place, vector in vectors_of(key, optimizer):
            vector.copy_(torch.from_numpy(np.array(vectors[place])))
    for name, thing in states_in(model):
        if name in state["attributes"]:
            thing.load_state(state["attributes"][name])
    inner = [layer for layer in opened(model)[1:] if is_model(layer)]
    for layer, counters in zip(inner, state["counters"], strict=True):
        layer.counters.load_state(counters)
    for layer, drawn in zip(opened(model), state["draws"], strict=True):
        layer.own_seed, layer.calls = drawn or (None, layer.calls)
    trainer.own.trained.last = dict(state["last"])


def optimizers_of(trainer: Any) -> Iterator[tuple[str, Optimizer]]:
    """The optimizer of `compile`, and those among the model's attributes, also in lists and dicts, by name."""
    def enter(name: str, value: Any) -> Iterator[tuple[str, Optimizer]]:
        if isinstance(value, Optimizer):
            yield name, value
        elif isinstance(value, (list, tuple)):
            for number, part in enumerate(value):
                yield from enter(f"{name}/{number}", part)
        elif isinstance(value, dict):
            for key, part in value.items():
                yield from enter(f"{name}/{key}", part)

    if trainer.optimizer is not None:
        yield "optimizer", trainer.optimizer
    for name, value in vars(trainer.model).items():
        if name not in KEPT:
            yield from enter(name, value)


def states_in(model: Any) -> list[tuple[str, Any]]:
    """The attributes of a model that keep states themselves."""
    return [(name, value) for name, value in vars(model).items()
            if name not in KEPT and callable(getattr(value, "state", None)) and callable(getattr(value, "load_state", None))]


def vectors_of(key: str, optimizer: Any) -> list[tuple[str, torch.Tensor]]:
    """The memory of an optimizer by its names in a file."""
    return [(f"@hand/{key}/{number}/{name}", vector) for number, span in enumerate(optimizer.hand.spans)
            for name, vector in span.state().items()]


def segments(optimizer: Any) -> list[list[list[int]]]:
    """Where each weight lies in each span of an optimizer by hand."""
    return [[list(segment) for segment in span.segments] for span in optimizer.hand.spans]
