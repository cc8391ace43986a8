"""Given masks: `layer(x, mask=mask)` on symbols: which time steps count is an input of the model like any other.

    x, mask --> GivenMask --> x, which carries the mask --> layer

Source: Keras, layers called with mask=...; its files hold the mask among the call's keyword arguments.
"""

from typing import Any

from nabi.layers.layer import Layer
from nabi.layers.node import Symbol


class GivenMask(Layer):
    """[x, mask] -> x with this mask: (N, T, ...), (N, T) -> (N, T, ...)."""

    takes_list = True
    takes_integers = True

    def call(self, x):
        return x[0]

    def compute_mask(self, inputs, mask=None):
        return inputs[1].bool()

    def check_shapes(self, shapes):
        """Any."""

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])


def with_mask(inputs: Any, mask: Symbol) -> Any:
    """Inputs on symbols, the first of which carries the mask."""
    if isinstance(inputs, (list, tuple)):
        return [GivenMask()([inputs[0], mask]), *inputs[1:]]
    return GivenMask()([inputs, mask])
