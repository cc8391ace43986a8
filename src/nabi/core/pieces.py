"""Pieces: small registered things (losses, metrics, initializers, ...) that can be named, configured, written down and read back.

    get("loss", "mse")                                              a name          -> MeanSquaredError()
    get("loss", {"class_name": "Huber", "config": {"delta": 2.0}})  a configuration -> Huber(delta=2.0)
    serialize("loss", Huber(2.0))                                   the way back

A class's configuration is its constructor's arguments, read from the attributes of the same names. Only registered names can be
read back, so a file cannot name code.
"""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any, NoReturn

import numpy as np

from nabi.core.calls import checked, unknown_argument
from nabi.core.errors import ArgumentError, StateError
from nabi.core.registry import TABLE, full_name, lookup


class Piece:
    """Base of whatever has a configuration: each constructor argument is kept as an attribute of the same name.

    A constructor that ends in `**kwargs` passes them on, so the next class's arguments belong to the configuration too.

    Example:
        >>> class Scale(Piece):
        ...     def __init__(self, factor=2.0):
        ...         self.factor = factor
        >>> Scale(3.0), Scale(3.0).get_config(), Scale.from_config({"factor": 5.0})
        (Scale(factor=3.0), {'factor': 3.0}, Scale(factor=5.0))
    """

    instead: dict[str, str] = {}  # arguments that Keras or torch have and it has not: what to do

    def __init_subclass__(cls, **options):
        """A constructor called with arguments that it does not have says which ones it has."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = checked(cls.__init__)

    @classmethod
    def argument_names(cls) -> list[str]:
        """What its constructor takes."""
        return list(arguments(cls))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments and their present values."""
        missing = [name for name in arguments(type(self)) if not hasattr(self, name)]
        if missing:
            raise StateError(f"{type(self).__name__}.get_config", "an attribute for each argument of the constructor",
                             f"no attribute {missing[0]!r}", f"Write self.{missing[0]} = {missing[0]} in the constructor.")
        return {name: getattr(self, name) for name in arguments(type(self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]):
        """A new object from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name), default) for name, default in arguments(type(self)).items())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value, default in shown if value != default)})"

    @classmethod
    def refuse(cls, unknown: dict[str, Any]) -> NoReturn:
        """Raises ArgumentError for an argument that no constructor takes, with the nearest one that some does."""
        known = (name for name in arguments(cls) if name not in unknown)
        raise unknown_argument(cls.__name__, next(iter(unknown)), known, cls.instead)


NAMER: ContextVar[Callable[[Any], str] | None] = ContextVar("nabi_namer", default=None)  # names what is not registered


@cache
def arguments(cls: type) -> dict[str, Any]:
    """Names and defaults of the constructor's arguments, those behind **kwargs included."""
    found: dict[str, Any] = {}
    for base in cls.__mro__:
        if "__init__" not in vars(base) or base is object:
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]
        named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        found.update({p.name: p.default for p in named if p.name not in found})
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    return found


def get(kind: str, identifier: Any) -> Any:
    """The object that `identifier` means: a name, a configuration, a class (made with its defaults), or the object itself.

    Raises:
        UnknownName: no such name; the message offers the nearest one.
        ArgumentError: something that is neither a name nor callable.
    """
    if isinstance(identifier, str):
        identifier = lookup(kind, identifier)
    elif isinstance(identifier, dict) and "class_name" in identifier:
        made = lookup(kind, identifier["class_name"])
        return made if inspect.isfunction(made) else made.from_config(identifier.get("config") or {})
    if inspect.isclass(identifier):
        return identifier()
    if callable(identifier) or isinstance(identifier, Piece):
        return identifier
    raise ArgumentError(kind, 'a name, {"class_name": ..., "config": ...}, a function or an object', repr(identifier))


def serialize(kind: str, thing: Any) -> Any:
    """A function's name, or an object's `{"class_name", "config"}`: what `get` reads back.

    Raises:
        ArgumentError: the thing is not registered, so a file could not name it.
    """
    config = getattr(thing, "get_config", None)
    named = type(thing) if config else thing
    name = getattr(named, "__name__", type(thing).__name__)
    if TABLE[kind].get(name) is not named:
        name = full_name(kind, named) or name
    if TABLE[kind].get(name) is not named:
        remedy = f'Put @register("{kind}") (from nabi.core.registry) above its definition.'
        raise ArgumentError(f"{kind} '{name}'", f"a registered {kind}", "one that is not registered", remedy)
    return {"class_name": name, "config": config()} if config else name


def plain(value: Any) -> Any:
    """A configuration's value as plain data for a file: what is registered under any kind by name, or as class name and config.

    Example:
        >>> plain({"shape": (2, np.int64(3)), "rate": 0.5})
        {'shape': [2, 3], 'rate': 0.5}

    Raises:
        ArgumentError: the value is neither plain nor registered, so a file could not name it.
    """
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    thing = getattr(value, "fn", value)  # an initializer or regularizer made from a function stands for that function
    name = getattr(thing, "__name__", type(thing).__name__)
    for kind, table in TABLE.items():
        known = table.get(name)
        if known is not None and (known is thing or known is type(thing)):
            return plain(serialize(kind, thing))
    namer = NAMER.get()
    if namer is not None and (inspect.isroutine(thing) or hasattr(thing, "get_config")):
        own = namer(thing if inspect.isroutine(thing) else type(thing))
        return own if inspect.isroutine(thing) else {"class_name": own, "config": plain(thing.get_config())}
    raise ArgumentError("configuration", "registered functions and plain values", repr(value),
                        "Put @register(kind) (from nabi.core.registry) above its definition, so that a file can name it.")
