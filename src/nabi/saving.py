"""Saving: models and weights as files, under Keras' path, and classes and functions of one's own that a file may name.

    from nabi.saving import load_model, register_keras_serializable

    @register_keras_serializable(package="mine")
    class Scale(nabi.layers.Layer): ...

    load_model("model.safetensors")          no custom_objects={"Scale": Scale}

Source: the names and arguments are those of keras.saving; `nabi.models.saving` writes and reads.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from nabi.constraints import Constraint
from nabi.core.attributes import offer_nearest
from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.registry import TABLE, register
from nabi.initializers import Initializer
from nabi.layers import Layer
from nabi.losses import Loss
from nabi.metrics import Metric
from nabi.models.saving import from_bytes, load_model, load_weights, save_model, save_weights, to_bytes, twin
from nabi.optimizers import Optimizer
from nabi.regularizers import Regularizer
from nabi.schedules import Schedule

__all__ = ["from_bytes", "load_model", "load_weights", "register_keras_serializable", "save_model", "save_weights", "to_bytes",
           "twin"]

offer_nearest(__name__, __all__)

T = TypeVar("T", bound=Callable)
BASES = {"layer": Layer, "loss": Loss, "metric": Metric, "optimizer": Optimizer, "schedule": Schedule, "initializer": Initializer,
         "regularizer": Regularizer, "constraint": Constraint}  # a model is a layer
OF_FUNCTIONS = "activation", "loss", "metric", "initializer", "regularizer", "constraint"


@checked
def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: a class or function of one's own that files may name; Python must have run it before such a file is loaded.

    Args:
        package: the first part of its further name "package>name", which files of Keras may have.
        name: the last part; its own name by default. nabi's files have the class's or function's own name.

    A class is entered as the layer, loss, metric, ... that it subclasses, a function as whatever a function can be.

    Example:
        >>> import nabi
        >>> @register_keras_serializable()
        ... class Scale(nabi.layers.Layer):
        ...     def call(self, x):
        ...         return 2 * x
        >>> nabi.Sequential([nabi.Input((4,)), Scale()]).save("model.safetensors")
        >>> type(load_model("model.safetensors").layers[0]) is Scale
        True

    Keras: takes any class with `get_config`. Raises ArgumentError for what is of no such kind, and for a name of nabi's own.
    """
    for argument, value in (("package", package), ("name", name)):
        if not isinstance(value, str) and (argument, value) != ("name", None):
            raise ArgumentError(f"register_keras_serializable({argument})", "a name", repr(value),
                                "Write it with brackets: @register_keras_serializable().")

    def enter(thing: T) -> T:
        own = getattr(thing, "__name__", repr(thing))
        kinds = kinds_of(thing)
        if not kinds:
            bases = ", ".join(base.__name__ for base in BASES.values())
            raise ArgumentError(f"register_keras_serializable of {own}", f"a subclass of {bases}, or a function with a name",
                                "neither")
        names = own, name or own, f"{package}>{name or own}"
        for kind in kinds:
            taken = [word for word in names if TABLE[kind].get(word, thing) is not thing and nabis(TABLE[kind][word])]
            if taken:
                raise ArgumentError(f"register_keras_serializable of {own}", f"a name that is not one of nabi's {kind} names",
                                    repr(taken[0]), "Rename it.")
        for kind in kinds:
            register(kind, *names)(thing)
        return thing

    return enter


def kinds_of(thing: Any) -> list[str]:
    """The kinds under which a registry holds a class or function."""
    if inspect.isclass(thing):
        return [kind for kind, base in BASES.items() if issubclass(thing, base)]
    return list(OF_FUNCTIONS) if inspect.isroutine(thing) and thing.__name__.isidentifier() else []


def nabis(thing: Any) -> bool:
    """Whether it is nabi's own."""
    return thing.__module__.startswith("nabi.")
