"""Optimizer weights: what an optimizer remembers as a list of arrays, as scripts of Keras 1 and 2 pickle it.

    state = model.optimizer.get_weights();  model.optimizer.set_weights(state)

The list: number of steps, then for each weight its slots, in the order in which the weights were met: iterations, m, v, m, v, ...
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ShapeError, StateError
from nabi.layers.weight import Weight
from nabi.optimizers import Optimizer


def learned(optimizer: Optimizer) -> list[Weight]:
    """The weights that it remembers; before the first step those of the model that was compiled with it."""
    model = optimizer.__dict__.get("compiled_for", lambda: None)()
    return list(optimizer.remembered) or ([] if model is None or not model.built else list(model.trainable_weights))


def get_weights(self: Optimizer) -> list[np.ndarray]:
    """Steps and memory as arrays."""
    made = [np.asarray(self.calls, "int64")]
    for weight, slots in self.remembered.items():
        made += [weight.view(slots[slot]).detach().cpu().numpy().copy() for slot in self.slots]
    return made


def set_weights(self: Optimizer, weights: Any) -> None:
    """Takes up what `get_weights` gave.

    Raises ShapeError where it is of other weights.
    """
    arrays = [np.asarray(array) for array in weights]
    known = learned(self)
    wanted = [weight.shape for weight in known for _ in self.slots]
    if [array.shape for array in arrays[1:]] != wanted:
        raise ShapeError(f"{type(self).__name__}.set_weights", f"the number of steps, and arrays of shapes {wanted}",
                         [array.shape for array in arrays], "Compile the model as it was, and build it.")
    self.calls, left = int(arrays[0]), iter(arrays[1:])
    for weight in known:
        slots = self.remembered.setdefault(weight, {})
        for slot in self.slots:
            vector = slots.setdefault(slot, torch.zeros(weight.size, dtype=weight.stored.dtype))
            weight.view(vector).copy_(torch.from_numpy(np.array(next(left))))


def stateless_apply(self: Optimizer, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> tuple[list, list]:
    """A step on other numbers for weights and memory: (weights after it, memory after it); its own stay as they are.

    Args:
        optimizer_variables: numbers as `optimizer.variables` lists them. grads: one a weight.
        trainable_variables: numbers of the weights that it was built for, in their order.

    Raises StateError before `optimizer.build(weights)`.
    """
    known = learned(self)
    if not known or self.hand is None:
        raise StateError(f"{type(self).__name__}.stateless_apply", "an optimizer that knows its weights", "one without any",
                         "Call optimizer.build(model.trainable_variables) first.")
    before = get_weights(self), [weight.stored.detach().clone() for weight in known]

    def put(memory: Any, numbers: Any) -> None:
        set_weights(self, [np.asarray(getattr(one, "tensor", one)) for one in memory])
        for weight, value in zip(known, numbers, strict=True):
            weight.assign(getattr(value, "tensor", value))

    try:
        put(optimizer_variables, trainable_variables)
        self.apply([torch.as_tensor(getattr(g, "tensor", g)) for g in grads], known)
        return [weight.stored.detach().clone() for weight in known], list(variables(self))
    finally:
        put(*before)


def variables(self: Optimizer) -> "Variables":
    """Steps and memory as tensors; both `optimizer.variables` and `optimizer.variables()` give them."""
    return Variables(torch.from_numpy(array) for array in get_weights(self))


class Variables(list):
    """A list that is also called, as Keras 2 and 3 differ in that."""

    def __call__(self) -> "Variables":
        return self
