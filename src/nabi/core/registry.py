"""Registry: names of layers, losses, optimizers ... and the modules that hold them, imported on demand.

A *kind* ("layer", "loss", "optimizer", ...) maps names to objects. `register` adds an object; `lookup` finds it, importing
the kind's home package first. Nothing outside a registry can be named in a file, so a file cannot run code.
"""

import importlib
from typing import Any

from nabi.core.errors import UnknownName, did_you_mean

HOMES = {
    "activation": "nabi.activations",
    "op": "nabi.ops",
    "initializer": "nabi.initializers",
    "regularizer": "nabi.regularizers",
    "constraint": "nabi.constraints",
    "loss": "nabi.losses",
    "metric": "nabi.metrics",
    "schedule": "nabi.schedules",
    "optimizer": "nabi.optimizers",
    "layer": "nabi.layers",
    "model": "nabi.models",
    "callback": "nabi.callbacks",
    "trainer": "nabi.training",
    "network": "nabi.zoo",
    "figure": "nabi.viz",
    "recorder": "nabi.lab.recorder",
}
TABLE: dict[str, dict[str, object]] = {kind: {} for kind in HOMES}


def register(kind: str, *names: str):
    """Decorator: enters a class or function under its own name and any further `names`.

    Example:
        >>> @register("activation", "twice")
        ... def double(x):
        ...     return 2 * x
        >>> lookup("activation", "twice")(4)
        8
    """

    def enter(thing):
        for name in (thing.__name__, *names):
            TABLE[kind][name] = thing
        return thing

    return enter


def lookup(kind: str, name: str) -> Any:
    """The object registered under `name`; an unknown name is an error that offers the nearest one."""
    importlib.import_module(HOMES[kind])
    table = TABLE[kind]
    if name not in table:
        raise UnknownName(f"{kind} '{name}'", f"a known {kind}", repr(name), did_you_mean(name, table))
    return table[name]


def names(kind: str) -> list[str]:
    """All names of a kind, sorted."""
    importlib.import_module(HOMES[kind])
    return sorted(TABLE[kind])


def full_name(kind: str, thing: object) -> str | None:
    """The further name "package>name" that a thing of the user's was registered under; None without one."""
    return next((name for name, known in TABLE[kind].items() if known is thing and ">" in name), None)
