"""Rates: which layers of a model learn, and how fast.

    rate of a layer = its rate_factor, times the rate_factor of every model around it
    no rate         = the layer is frozen, or the model itself is

A rate multiplies the optimizer's learning rate. Freezing goes layer by layer, as in Keras 3: `base.trainable = False` freezes
every layer in it, `base.layers[-1].trainable = True` lets one of them learn again.
"""

from numbers import Real
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.layers.inside import opened
from nabi.models.naming import is_model
from nabi.models.own_call import OwnCall


def rates(model: Any) -> dict[int, float]:
    """Factor on the learning rate of each layer that learns, by the layer's id.

    A layer that is reached in several ways takes the largest.

    Raises:
        ArgumentError: a rate_factor that is negative or no number.
    """
    found: dict[int, float] = {}

    def enter(layer, factor: float) -> None:
        own = layer.rate_factor
        if not isinstance(own, Real) or not float(own) >= 0:
            raise ArgumentError(f"{layer.label}.rate_factor", "a number, 0 or more", repr(own))
        factor *= float(own)
        if is_model(layer):
            calls = [] if layer.graph is None else layer.graph.calls
            found.update((id(call.layer), factor) for call in calls if isinstance(call.layer, OwnCall))
            for inner in layer.layers:
                enter(inner, factor)
        elif layer.trainable:
            found[id(layer)] = max(found.get(id(layer), 0.0), factor)
            for inner in layer.inside:
                enter(inner, factor)

    if model.trainable:
        enter(model, 1.0)
    return found


def frozen_layers(model: Any) -> set[int]:
    """Ids of the layers that do not learn, those inside layers included."""
    return {id(layer) for leaf in model.leaves for layer in opened(leaf)} - set(rates(model))
