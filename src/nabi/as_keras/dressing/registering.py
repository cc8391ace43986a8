"""Registering: classes and functions of the user's own that files may name, under Keras' rules.

    @keras.saving.register_keras_serializable(package="mine")
    class F1Score(keras.metrics.Metric): ...             known as "mine>F1Score"; "F1Score" stays Keras' own

Keras keeps what is registered apart from what it brings along by the package before the name. So a class may be called as one of
nabi's; and it may be of any kind: a configuration, a featurizer, a callback.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from nabi.core.errors import ArgumentError
from nabi.core.registry import TABLE, register
from nabi.saving import kinds_of, nabis

T = TypeVar("T", bound=Callable)
REGISTERED: dict[str, Any] = {}  # "package>name" of whatever was registered


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorator: a class or function that files may name as "package>name", and by its own name where nabi has none of it.

    Args:
        package, name: the two parts; the name is its own by default.

    Raises ArgumentError for a decorator without brackets.
    """
    if not isinstance(package, str):
        raise ArgumentError("register_keras_serializable(package)", "a name", repr(package),
                            "Write it with brackets: @register_keras_serializable().")

    def enter(thing: T) -> T:
        own = name or thing.__name__
        REGISTERED[f"{package}>{own}"] = thing
        for kind in kinds_of(thing):
            for word in (thing.__name__, own, f"{package}>{own}"):
                if not known_of_nabi(kind, word):
                    TABLE[kind][word] = thing
        return thing

    return enter


def known_of_nabi(kind: str, name: str) -> bool:
    """Whether nabi itself has something of this kind and name."""
    return name in TABLE[kind] and nabis(TABLE[kind][name])


class Custom(dict):
    """The dict of `get_custom_objects`: what is put in is entered under every kind that it can be and nabi has none of."""

    def __setitem__(self, name: str, thing: Any) -> None:
        super().__setitem__(name, thing)
        if isinstance(thing, type):
            for kind in kinds_of(thing):
                for word in (name, thing.__name__):
                    if not known_of_nabi(kind, word):
                        TABLE[kind][word] = thing
        else:  # Activation(function) stands for its function
            enter_function(name, getattr(thing, "activation", thing))

    def update(self, *others: Any, **more: Any) -> None:
        """Puts in all entries."""
        for name, thing in dict(*others, **more).items():
            self[name] = thing


def enter_function(name: str, function: Callable) -> None:
    """Enters a function as activation, loss and metric, unless it has been entered."""
    for kind in ("activation", "loss", "metric", "initializer", "regularizer"):
        if TABLE[kind].get(name) is None and getattr(function, "__name__", None):
            register(kind, name)(function)


_custom = Custom()


def get_custom_objects() -> dict[str, Any]:
    """A dict whose entries files may name."""
    return _custom


@contextlib.contextmanager
def custom_object_scope(custom_objects: Any = None, *objects: dict[str, Any]) -> Iterator[None]:
    """Within the block, and after it, files may name these."""
    for one in (custom_objects or {}, *objects):
        get_custom_objects().update(one)
    yield


CustomObjectScope = custom_object_scope


def get_registered_object(name: str, custom_objects: dict | None = None, module_objects: dict | None = None) -> Any:
    """What was registered under a name, None if nothing was."""
    short = name.rpartition(">")[2]
    tables = [custom_objects or {}, module_objects or {}, _custom, REGISTERED, *TABLE.values()]
    return next((table[key] for table in tables for key in (name, short) if key in table), None)


def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is known."""
    entries = [*REGISTERED.items(), *_custom.items()]
    return next((name for name, thing in entries if thing is obj), obj.__name__)
