"""Functions: `K.function([inputs], [outputs])`: what layers make of given data.

    features = K.function([model.input, K.learning_phase()], [model.layers[2].output])
    features([x, 0])[0]
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from nabi.backend.settings import learning_phase
from nabi.backend.tensors import set_value
from nabi.core.config import config
from nabi.core.errors import StateError
from nabi.core.symbolic import Symbolic
from nabi.models import Model


def function(inputs: Any, outputs: Any = (), updates: Any = None, name: str | None = None,
             **options: Any) -> Callable[[Any], Any]:
    """A function of arrays that gives what the outputs become.

    Args:
        inputs: symbols; the learning phase beside them is a number, for which 1 means training.
        outputs: symbols; numbers and tensors among them are given back as they are.
        updates: what an optimizer's `get_updates` gave, or pairs (variable, symbol): the variables take these values afterwards.

    Raises StateError for outputs that need an input which is not among the inputs.
    """
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    wanted = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    steps = [one for one in updates or [] if callable(getattr(one, "step", None))]
    pairs = [one for one in updates or [] if isinstance(one, (list, tuple))]
    symbols = [one for one in [*wanted, *(new for _, new in pairs), *(one.loss for one in steps)] if isinstance(one, Symbolic)]
    read = used(given, symbols)
    model = Model([given[place] for place in read], symbols) if symbols else None

    def call(values: Any = ()) -> Any:
        fed = list(values) if isinstance(values, (list, tuple)) else [values]
        phases = [one for place, one in enumerate(fed) if place < len(given) and not isinstance(given[place], Symbolic)]
        training = bool(learning_phase() if not phases else phases[0])
        data: Any = [array(fed[place]) for place in read]
        made = iter(computed(model, data, training, bool(steps)) if model else [])
        results = [next(made) if isinstance(one, Symbolic) else one for one in wanted]
        for variable, new in pairs:
            set_value(variable, next(made).detach() if isinstance(new, Symbolic) else new)
        for one in steps:
            one.step(next(made) if isinstance(one.loss, Symbolic) else one.loss)
        parts = [get_array(part) for part in results]
        return parts if isinstance(outputs, (list, tuple)) else parts[0]

    return call


def used(given: list, symbols: list) -> list[int]:
    """Places of the inputs that the symbols are made of; of one that is given twice the first.

    Raises StateError for an input that is missing.
    """
    stop = {id(one) for one in given}
    needed: set[int] = set()
    todo, seen = list(symbols), set()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if id(one) in stop:
            needed.add(id(one))
        elif not one.node.inputs:
            raise StateError("backend.function(inputs)", f"'{one.name}' among them, since the outputs are made of it",
                             [getattr(part, "name", part) for part in given])
        todo += [] if id(one) in stop else one.node.inputs
    places = {id(one): place for place, one in reversed([*enumerate(given)]) if isinstance(one, Symbolic)}
    return sorted(places[key] for key in needed if key in places)


def array(value: Any) -> Any:
    """Data for an input: floats of the common precision; a number without axes becomes a batch of one."""
    found = value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
    found = found.astype(config.floatx) if found.dtype.kind == "f" else found
    return found.reshape(1) if found.ndim == 0 else found


def computed(model: Model, data: list, training: bool, watched: bool) -> list:
    """What a model makes of data; watched by autograd if an optimizer is to learn from it."""
    with leaves_of(model) if watched else torch.no_grad():
        made = model(data if len(data) > 1 else data[0], training=training)
    return list(made) if isinstance(made, list) else [made]


@contextmanager
def leaves_of(model: Model) -> Iterator[None]:
    """Within the block the weights that learn stand as leaves of autograd, which they keep as `weight.leaf` until their step."""
    weights = [weight for weight in model.trainable_weights if weight.bound is None]
    with torch.enable_grad():
        for weight in weights:
            weight.leaf = weight.bound = weight.stored.detach().requires_grad_()
        try:
            yield
        finally:
            for weight in weights:
                weight.bound = None


def get_array(value: Any) -> Any:
    """A result as NumPy has it."""
    return value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value


class Update:
    """One step of an optimizer, done whenever a `K.function` runs: what `optimizer.get_updates` gives.

    Args:
        optimizer: the optimizer.
        loss: the symbol to be made small.
        weights: the weights that learn.
    """

    def __init__(self, optimizer: Any, loss: Any, weights: Any):
        self.optimizer, self.loss, self.weights = optimizer, loss, list(weights)

    def step(self, loss: torch.Tensor) -> None:
        """Learns from this loss; of several numbers from their sum, as TensorFlow does."""
        leaves = [weight.leaf for weight in self.weights]
        known = [one for one in leaves if one is not None]
        found = iter(torch.autograd.grad(loss.sum(), known, allow_unused=True, retain_graph=True))
        slopes = [None if one is None else next(found) for one in leaves]
        for weight in self.weights:
            weight.leaf = None
        self.optimizer.apply(slopes, self.weights)
