"""Held: a variable that belongs to no layer, as a symbol among symbols: its numbers are read whenever the graph runs.

    picture = K.variable(pixels)
    K.concatenate([picture, symbol], axis=0)      ->  Held(picture) and symbol, joined

The picture of a style transfer, the target of a loss: what changes between two runs of a graph without being fed to it.
"""

from typing import Any

from nabi.core.symbolic import Symbolic
from nabi.layers.layer import Layer
from nabi.layers.weight import Weight


class Held(Layer):
    """Gives a variable's numbers, whatever it is called on.

    Args:
        weight: the variable. It learns if a tape or `K.gradients` asks for its gradient, never by `fit`.
    """

    takes_integers = True

    def __init__(self, weight: Weight, **base: Any):
        super().__init__(**base)
        self.held = (weight,)  # not as an attribute: it is no weight of this layer

    @property
    def variable(self) -> Weight:
        """Whose numbers it gives."""
        return self.held[0]

    def call(self, x):
        return self.variable.tensor

    def check_shapes(self, shapes):
        """Any: what it is called on only says where in the graph it stands."""

    def compute_output_shape(self, input_shape):
        return self.variable.shape


def standing_in(values: Any, beside: Symbolic) -> Any:
    """The values with symbols for variables of no layer, in lists too; `beside` is a symbol of the same graph."""
    if isinstance(values, Weight) and values.owner is None:
        return Held(values)(beside)
    if isinstance(values, (list, tuple)):
        return type(values)(standing_in(part, beside) for part in values)
    return values


def first_symbol(values: Any) -> Symbolic | None:
    """The first symbol among values, in lists too."""
    for part in values:
        found = part if isinstance(part, Symbolic) else first_symbol(part) if isinstance(part, (list, tuple)) else None
        if found is not None:
            return found
    return None
