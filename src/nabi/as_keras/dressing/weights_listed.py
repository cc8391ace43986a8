"""Weights listed: layers that say themselves which weights they have, as Keras 1 asked of them.

    self.W = K.variable(self.init((n, 1)))
    self.trainable_weights = [self.W]

nabi finds weights by attribute; those of a list that are no attribute are taken in here.
"""

from collections.abc import Callable
from typing import Any

import torch

from nabi.as_keras.patches import Patches
from nabi.backend.variables import Variable
from nabi.layers.weight import Weight
from nabi.layers.weighted import Weighted

LISTS = {"trainable_weights": True, "non_trainable_weights": False}


def dress_weights(patches: Patches) -> None:
    """Puts these on nabi's layers."""
    for name, learns in LISTS.items():
        read: Any = vars(Weighted)[name].fget
        listed = property(read, taking(learns), doc=read.__doc__)
        patches.put(Weighted, name, listed)
        patches.put(Weighted, f"_{name}", listed)


def taking(learns: bool) -> Callable[[Any, Any], None]:
    """The setter of such a list."""

    def take(self: Any, weights: Any) -> None:
        for given in weights:
            weight = given if isinstance(given, Weight) else self_read(self, given)
            weight = made_weight(self, given) if weight is None else weight
            if weight is not None:
                weight.trainable = learns
                if not any(weight is known for known in self.own_weights):
                    setattr(self, f"weight_{len(self.own_weights) + 1}", weight)

    return take


def self_read(layer: Any, tensor: Any) -> Weight | None:
    """The layer's weight whose numbers a tensor shows: reading `self.W` gives its tensor."""
    if not isinstance(tensor, torch.Tensor):
        return None
    return next((w for w in layer.own_weights if w.stored.data_ptr() == tensor.data_ptr() and w.shape == tensor.shape), None)


def made_weight(layer: Any, tensor: Any) -> Weight | None:
    """A weight for a tensor that a layer lists, such as K.zeros gives; the layer's attribute is that weight from now on."""
    if not isinstance(tensor, torch.Tensor):
        return None
    weight = Variable(tensor)
    for name in [name for name, value in vars(layer).items() if value is tensor]:
        del layer.__dict__[name]  # which would hide the weight of that name
        setattr(layer, name, weight)
    return weight
