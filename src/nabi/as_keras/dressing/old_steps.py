"""Old steps: own optimizers of Keras 1 and 2, which say in `get_updates` how all weights and their memory change at once.

    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        m = [K.zeros(K.int_shape(p)) for p in params]
        return [K.update(p, p - self.lr * g) for p, g in zip(params, grads)]

Keras runs it once and keeps the graph. Here it runs at each step: the variables that it makes are those of the first run, and
what it updates changes when it is done, so that all of it reads the numbers from before the step.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import torch

from nabi import backend
from nabi.as_keras.patches import Patches
from nabi.backend import tensors
from nabi.layers.weight import Weight

MAKERS = ("zeros", "ones", "variable", "zeros_like", "ones_like", "constant", "random_uniform_variable")


class Run:
    """The run of `get_updates` that is going on: its variables, and what will change.

    Attributes:
        now: it; None outside of one.
    """

    now: "Run | None" = None

    def __init__(self, made: list[Any]):
        self.made, self.place, self.changes = made, 0, []


def lasting(make: Callable, keep: Callable) -> Callable:
    """A function that makes a variable: inside `get_updates` always the same one."""

    @wraps(make)
    def call(*args: Any, **options: Any) -> Any:
        run = Run.now
        if run is None:
            return make(*args, **options)
        if run.place == len(run.made):
            made = make(*args, **options)
            run.made.append(made if hasattr(made, "assign") else keep(torch.as_tensor(made).detach().clone()))
        run.place += 1
        return run.made[run.place - 1]

    return call


def later(update: Callable) -> Callable:
    """`K.update`, which waits for the end of `get_updates`."""

    @wraps(update)
    def call(x: Any, new_x: Any) -> Any:
        if Run.now is None:
            return update(x, new_x)
        Run.now.changes.append((x, new_x))
        return x

    return call


def step(optimizer: Any, variables: list[Any], gradients: list[torch.Tensor]) -> None:
    """One step of all weights.

    Args:
        optimizer: whose `get_updates` it is.
        variables: the weights. gradients: theirs.
    """
    optimizer.__dict__["gradients_now"] = dict(zip(map(id, variables), gradients, strict=True))
    Run.now = run = Run(optimizer.__dict__.setdefault("own_memory", []))
    try:
        given = called(optimizer.get_updates, variables)
    finally:
        Run.now = None
    changes = [*run.changes, *(one for one in given or [] if isinstance(one, tuple) and len(one) == 2)]
    for x, new_x in changes:
        x.assign(torch.as_tensor(getattr(new_x, "tensor", new_x)).detach())


def called(get_updates: Callable, variables: list[Any]) -> Any:
    """`get_updates(loss, params)`, or Keras 1's `get_updates(params, constraints, loss)`."""
    words = get_updates.__code__.co_varnames[1:4] if hasattr(get_updates, "__code__") else ()
    loss = torch.zeros(())
    oldest = words[:1] == ("params",) and len(words) > 2 and "loss" in words[2]
    return get_updates(variables, {}, loss) if oldest else get_updates(loss=loss, params=variables)


def get_gradients(self: Any, loss: Any, params: Any) -> list[torch.Tensor]:
    """The gradients of the step, in the order of the weights."""
    return [self.gradients_now[id(param)] for param in params]


def own_iterations(usual: property, outside: Callable) -> property:
    """`iterations`, which such a class may make itself."""

    def read(self: Any) -> Any:
        own = self.__dict__.get("own_iterations")
        return own if own is not None and outside() else usual.__get__(self)

    def write(self: Any, value: Any) -> None:
        self.__dict__["own_iterations"] = value

    return property(read, write)


def own_rate(usual: property, outside: Callable) -> property:
    """`lr`, which such a class may make a variable."""

    def read(self: Any) -> Any:
        own = self.__dict__.get("own_rate")
        return usual.__get__(self) if own is None else own if outside() else float(own)

    def write(self: Any, value: Any) -> None:
        if isinstance(value, Weight):
            self.__dict__["own_rate"] = value
            value = float(value)
        elif "own_rate" in self.__dict__:
            self.own_rate.assign(value)
        usual.__set__(self, value)

    return property(read, write)


def dress_old_steps(patches: Patches, keep: Callable) -> None:
    """Puts these on Keras' backend.

    Args:
        patches: what is undone later. keep: makes a tensor one that changes in place.
    """
    for name in MAKERS:
        if hasattr(backend, name):
            patches.put(backend, name, lasting(getattr(backend, name), keep))
    waiting = later(tensors.update)
    for module in (tensors, backend):
        patches.put(module, "update", waiting)
