"""Copying: models that share nothing with their originals: `copy.deepcopy(model)`.

A graph or chain is copied by its configuration and its arrays, as a file would bring it back. A class of one's own with `call` is
copied attribute by attribute, so that it needs no configuration.
"""

import copy
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.core.warning import warn
from nabi.layers.weight import Weight
from nabi.models.compiled import compile_config, compile_from_config
from nabi.models.saving import twin
from nabi.models.written import KEPT


def copied(model: Any, memo: dict[int, Any]) -> Any:
    """The copy: layers, weights, counters, compile settings; its optimizer starts afresh. `memo` is that of `copy.deepcopy`.

    What is compiled by a `compile` of the user's own stays in the attributes that it sets.
    """
    if not model.written:
        made = memo[id(model)] = twin(model)
        return made
    kind: Any = type(model)
    made = memo[id(model)] = kind.__new__(kind)
    genuine: Any = next(base for base in kind.__mro__ if base.__module__.startswith("nabi."))
    genuine.__init__(made, name=model.name, dtype=model.dtype, rate_factor=model.rate_factor)
    for weight in model.own_weights:
        fresh = Weight(weight.name, weight.value.detach(), weight.trainable, weight.regularizer, weight.memory, weight.constraint)
        fresh.owner = made
        made._weights[weight.name] = fresh
    for name, value in list(vars(model).items()):
        if name not in KEPT:
            object.__setattr__(made, name, copy.deepcopy(value, memo))
    made._trainable, made.own_built, made.opaque = model._trainable, model.own_built, model.opaque
    if model.given is not None:
        made.begin(model.given)
    made.counters.load_state(model.counters.state())
    made.card = dict(model.card)
    try:
        settings = compile_config(model)
    except ArgumentError as error:
        warn(f"The copy of {model.label} has no compile settings: {error} Call compile again.")
        return made
    if settings is not None:
        compile_from_config(made, settings)
    return made
