"""Pieces: small registered things (losses, metrics, initializers, ...) that can be named, configured, written down and read back.

    get("loss", "mse")                                              a name          -> MeanSquaredError()
    get("loss", {"class_name": "Huber", "config": {"delta": 2.0}})  a configuration -> Huber(delta=2.0)
    serialize("loss", Huber(2.0))                                   the way back

A class's configuration is its constructor's arguments, read from the attributes of the same names. Only registered names can be
read back, so a file cannot name code.
"""

import inspect
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.core.registry import TABLE, lookup


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

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments and their present values."""
        return {name: getattr(self, name) for name in _arguments(type(self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]):
        """A new object from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name), default) for name, default in _arguments(type(self)).items())
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value, default in shown if value != default)})"


def _arguments(cls: type) -> dict[str, Any]:
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
        remedy = f'Put @register("{kind}") (from nabi.core.registry) above its definition.'
        raise ArgumentError(f"{kind} '{name}'", f"a registered {kind}", "one that is not registered", remedy)
    return {"class_name": name, "config": config()} if config else name
