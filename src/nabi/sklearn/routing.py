"""Routing: parameters with a prefix, which go to the build function, the optimizer or `fit`.

    model__units=64                  build(..., units=64)
    optimizer__learning_rate=0.01    Adam(learning_rate=0.01)
    fit__steps_per_epoch=10          model.fit(..., steps_per_epoch=10)
"""

import inspect
from collections.abc import Callable
from typing import Any

from nabi import optimizers
from nabi.core.errors import ArgumentError, did_you_mean

PREFIXES = ("model__", "optimizer__", "fit__")


def parameters(estimator: Any) -> list[str]:
    """The constructor's parameters by name, without what it takes beyond them."""
    found = inspect.signature(type(estimator).__init__).parameters.values()
    return [p.name for p in found if p.name != "self" and p.kind is not p.VAR_KEYWORD]


def extras(estimator: Any) -> dict[str, Any]:
    """What the constructor was given beyond its own parameters; fitted attributes end in an underscore, private ones begin so."""
    own = parameters(estimator)
    return {name: value for name, value in vars(estimator).items() if name not in own and name[0] != "_" and name[-1] != "_"}


def check_routes(estimator: Any) -> None:
    """Raises ArgumentError for a parameter that is neither the estimator's own nor has one of the prefixes.

    Scikit-learn wants constructors to take everything as it is; so this is done at the first fit.
    """
    for name in extras(estimator):
        if not name.startswith(PREFIXES) or name in PREFIXES:
            raise ArgumentError(f"{type(estimator).__name__}({name})", "a parameter that it has", repr(name),
                                did_you_mean(name, [*parameters(estimator), *(f"{prefix}..." for prefix in PREFIXES)]))


def routed(estimator: Any, prefix: str) -> dict[str, Any]:
    """What was given with one of the prefixes, without it."""
    return {name.removeprefix(prefix): value for name, value in extras(estimator).items() if name.startswith(prefix)}


def built(owner: str, build: Callable, offered: dict[str, Any], own: dict[str, Any]) -> Any:
    """What the build function makes of the `offered` arguments that it names, and its `own`, which it must take.

    Raises:
        ArgumentError: it does not take one of its own.
    """
    takes = inspect.signature(build).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    for name in own:
        if name not in takes and not takes_all:
            raise ArgumentError(f"{owner}(model__{name})", "an argument of the build function", repr(name),
                                did_you_mean(name, takes))
    return build(**{name: value for name, value in offered.items() if name in takes} | own)


def chosen_optimizer(identifier: Any, own: dict[str, Any]) -> Any:
    """A fresh optimizer like the given one, with its `own` arguments in place.

    Example:
        >>> chosen_optimizer("sgd", {"learning_rate": 0.5})
        SGD(learning_rate=0.5, name='sgd')
    """
    config = optimizers.serialize(optimizers.get(identifier))
    return optimizers.get({**config, "config": {**config["config"], **own}})
