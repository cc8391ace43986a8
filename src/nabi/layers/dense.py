"""Dense: every unit sees every input (fully connected, 전결합층).

    y = a(x W + b)        x: (..., n_in)   W: (n_in, units)   b: (units,)   y: (..., units)

Parameters: (n_in + 1) units. Multiply-adds: n_in units, times the product of the axes between batch and last.
Source: Rosenblatt, "The perceptron", 1958; back-propagation: Rumelhart, Hinton & Williams, Nature 323, 1986.
"""

import math

import torch.nn.functional as F

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ShapeError
from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.core.shapes import as_tuple
from nabi.layers.activated import Activated


@register("layer")
class Dense(Activated):
    """Fully connected layer; it acts on the last axis, as in Keras.

    Args:
        units: number of outputs.
        activation: name or function; None is linear.
        use_bias: whether b is added.
        kernel_initializer, bias_initializer: first values of W and b.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties on W, b and y.
        kernel_constraint, bias_constraint: what W and b are brought back to after each step.

    Shapes: (batch, ..., n_in) -> (batch, ..., units).

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Dense(10)
        >>> layer(nabi.Input((128,))).shape, layer.count_params()
        ((None, 10), 1290)
    """

    min_rank = 2
    supports_masking = True

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer="glorot_uniform", bias_initializer="zeros",
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **base):
        super().__init__(activation, activity_regularizer, **base)
        (self.units,) = as_tuple(units, 1, "Dense(units)")
        self.use_bias = flag("Dense(use_bias)", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        if input_shape[-1] is None:
            raise ShapeError(self.label, "a known number of features", "an unknown one, since the input has no fixed size",
                             "Give Input its height and width, or put GlobalAveragePooling2D() for Flatten().")
        self.kernel = self.add_weight((input_shape[-1], self.units), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint, memory=(1, 0))
        if self.use_bias:
            self.bias = self.add_weight((self.units,), self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)

    def linear(self, x):
        return F.linear(x, self.kernel.t(), self.bias if self.use_bias else None)  # x W + b

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def macs(self, input_shape, output_shape):
        return math.prod(n or 1 for n in output_shape[1:]) * input_shape[-1]
