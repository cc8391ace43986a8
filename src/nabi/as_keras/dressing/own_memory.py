"""Own memory: what subclasses of Optimizer remember by `add_variable` and its like, in checkpoints and in Keras' files.

    self.m = self.add_variable_from_reference(weight, "m")     a part of the span's memory, as long as its weights
    self.count = self.add_variable(())                         a number beside it

Keras' files hold the number of steps, the rate, and then these variables in the order in which they were made.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi.core.warning import warn

BEGUN = "own_memory"  # where an optimizer lists what it has made


def begin_memory(optimizer: Any) -> list[torch.Tensor]:
    """Lists of its own for what its `build` makes now; what it remembered beside the weights before."""
    before = optimizer.__dict__.get("own_loose", [])
    optimizer.__dict__[BEGUN], optimizer.__dict__["own_loose"] = [], []
    return before


def remembered(optimizer: Any, variable: Any, weight: Any = None) -> Any:
    """A variable that was made, laid into the memory of its weight's span where it has the weight's shape."""
    if BEGUN not in optimizer.__dict__:
        return variable
    place = place_of(optimizer, weight) if weight is not None and tuple(variable.shape) == tuple(weight.shape) else None
    if place is None:
        optimizer.__dict__["own_loose"].append(variable)
    else:
        step, number, view, (start, stop) = place
        count = step.counts[number] = step.counts.get(number, -1) + 1
        vector = step.span.slots.setdefault(f"own_{count}", torch.zeros_like(step.span.w))
        kept = view(vector[start:stop])
        kept.copy_(variable)
        variable = kept.as_subclass(type(variable))
    optimizer.__dict__[BEGUN].append(variable)
    return variable


def place_of(optimizer: Any, weight: Any) -> tuple | None:
    """Where a weight stands among the spans: its step, its number there, its view, its segment; None for no weight of them."""
    for step in optimizer.own_steps:
        views: Any = step.span.views or [lambda part: part] * len(step.span.segments)
        for number, variable in enumerate(step.variables):
            if variable is weight:
                return step, number, views[number], step.span.segments[number]
    return None


def with_memory(take_up: Callable, begin: Callable, steps_itself: Callable) -> Callable:
    """`Binding.take_up`: the optimizer's own memory is made before that of another binding, or of a file, comes into it."""

    @wraps(take_up)
    def call(self: Any, optimizer: Any) -> None:
        if not steps_itself(optimizer) or not optimizer.__dict__.get("own_steps"):
            return take_up(self, optimizer)
        old = begin(optimizer)
        pending = optimizer.__dict__.pop("pending_memory", None)
        if pending is not None:
            optimizer.calls = 0
        take_up(self, optimizer)
        if optimizer.calls:
            fill(optimizer.own_loose, old)
        if pending is not None:
            of_file(optimizer, pending)
        return None

    return call


def of_file(optimizer: Any, arrays: list[np.ndarray]) -> None:
    """Takes the arrays of a file: steps, the rate where it has one, the variables."""
    variables = optimizer.__dict__[BEGUN]
    for values in (arrays[2:], arrays[1:]):
        if [tuple(one.shape) for one in variables] == [value.shape for value in values]:
            fill(variables, values)
            optimizer.calls = int(arrays[0])
            return
    warn(f"The optimizer {optimizer.name} begins anew: what the file remembers has other shapes.")


def fill(variables: list[Any], values: Any) -> None:
    """Gives variables their numbers, where there are as many."""
    if len(variables) == len(values):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(torch.as_tensor(np.asarray(value)).reshape(variable.shape))


def with_own_numbers(state_dict: Callable) -> Callable:
    """`Optimizer.state_dict`, with what the class remembers beside its weights."""

    @wraps(state_dict)
    def call(self: Any) -> dict[str, Any]:
        made = state_dict(self)
        made["state"].update({f"own_{n}": np.asarray(one).tolist() for n, one in enumerate(self.__dict__.get("own_loose", ()))})
        return made

    return call


def taking_own_numbers(load: Callable) -> Callable:
    """`Optimizer.load_state_dict` likewise."""

    @wraps(load)
    def call(self: Any, state: dict[str, Any]) -> None:
        own = {name: value for name, value in state["state"].items() if name.startswith("own_")}
        load(self, {**state, "state": {name: value for name, value in state["state"].items() if name not in own}})
        fill(self.__dict__.get("own_loose", []), [own[f"own_{n}"] for n in range(len(own))])

    return call


def taking_memory(steps_itself: Callable) -> Callable:
    """`optimizer.take_memory(arrays)`: whether it will take a file's arrays up when it begins."""

    def take_memory(self: Any, arrays: list[np.ndarray]) -> bool:
        if not steps_itself(self):
            return False
        if arrays:
            self.__dict__["pending_memory"] = arrays
        return True

    return take_memory
