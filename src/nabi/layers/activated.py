"""Activated: a linear map followed by an activation, y = a(linear(x)).

The halves are kept apart, so that a plan can fuse the activation into its neighbours, or leave the last softmax to the loss.
"""

from nabi import activations
from nabi.layers.inside import as_activation
from nabi.layers.layer import Layer


class Activated(Layer):
    """Base of layers that end in an activation; they write `linear`.

    Args:
        activation: name or function on tensors; None is linear. A layer like PReLU is one, too; its weights are this layer's.
        activity_regularizer: function of the output whose result, divided by the batch size, is added to the loss.
    """

    def __init__(self, activation=None, activity_regularizer=None, **base):
        from nabi import regularizers

        super().__init__(**base)
        self.activation = as_activation(self, activations.get(activation))
        self.activity_regularizer = regularizers.get(activity_regularizer)

    def linear(self, x):
        """The map before the activation."""
        return x

    def call(self, x):
        return self.activation(self.linear(x))
